"""The profiles: small overlays for params.yaml, one file each, profiles/KEY/VALUE.yaml."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twainbot.files import InputError
from twainbot.params import read_yaml

FOLDER = Path("profiles")


@dataclass(frozen=True)
class Profile:
    """``values`` maps dotted paths of params.yaml to what this profile sets there."""

    key: str
    name: str
    path: Path
    comment: str
    values: dict[str, Any]

    def in_use(self, params: Mapping[str, Any]) -> bool:
        """Whether params.yaml already holds every value of this profile."""
        current = flatten(params)
        return all(current.get(path) == value for path, value in self.values.items())


def round_trip() -> Any:
    """A ruamel.yaml reader and writer that keeps comments, order, quotes and the form of numbers."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000  # a long flow list must not be broken into lines
    return yaml


def flatten(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """``{"a": {"b": 1}}`` as ``{"a.b": 1}``; lists are values."""
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            flat.update(flatten(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def read_profile(path: Path) -> Profile:
    """One profile file.

    Raises:
        InputError: not YAML, or not a mapping of sections.
    """
    if not isinstance(read_yaml(path), dict):
        raise InputError(f"{path}: expected sections as in params.yaml. Write at least one value.")
    first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    comment = first.lstrip("# ").strip() if first.startswith("#") else ""
    return Profile(path.parent.name, path.stem, path, comment, flatten(round_trip().load(path)))


def read_profiles(folder: Path = FOLDER) -> dict[str, dict[str, Profile]]:
    """All profiles by key and name, sorted.

    Raises:
        InputError: there is none, or one of them cannot be read.
    """
    profiles: dict[str, dict[str, Profile]] = {}
    for path in sorted(folder.glob("*/*.yaml")):
        profiles.setdefault(path.parent.name, {})[path.stem] = read_profile(path)
    if not profiles:
        raise InputError(f"{folder} holds no profiles. Run from the repository's root.")
    return profiles


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`` Did you mean …?`` with the nearest word, or nothing."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def choose(choices: Iterable[str], profiles: Mapping[str, Mapping[str, Profile]]) -> list[Profile]:
    """The profiles that ``KEY=VALUE`` arguments name.

    Raises:
        InputError: an argument without ``=``, an unknown or repeated key, an unknown value; all at once.
    """
    chosen: dict[str, Profile] = {}
    problems = []
    for choice in choices:
        key, equals, name = choice.partition("=")
        if not equals:
            problems.append(f"{choice!r} is not KEY=VALUE, for example corpus=sample.")
        elif key not in profiles:
            problems.append(
                f"{choice}: no profiles for {key!r}; there are {', '.join(profiles)}."
                f"{did_you_mean(key, profiles)}"
            )
        elif name not in profiles[key]:
            names = profiles[key]
            problems.append(
                f"{choice}: no profile {name!r}; {key} has {', '.join(names)}.{did_you_mean(name, names)}"
            )
        elif key in chosen:
            problems.append(f"{choice}: {key} is given twice.")
        else:
            chosen[key] = profiles[key][name]
    if problems:
        raise InputError("\n".join(problems))
    return list(chosen.values())
