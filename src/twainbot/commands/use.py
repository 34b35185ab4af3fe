"""``twainbot use``: write profiles into params.yaml, keeping its comments and order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twainbot.commands.profiles import FOLDER, Profile, choose, read_profiles, round_trip
from twainbot.files import InputError, atomic_file
from twainbot.params import load_params, read_yaml

PARAMS = Path("params.yaml")


def _apply(content: Any, profiles: Sequence[Profile]) -> list[str]:
    """Write the profiles' values into ``content``; the changes as lines."""
    changes = []
    for profile in profiles:
        for path, value in profile.values.items():
            *sections, name = path.split(".")
            section = content
            for part in sections:
                section = section.get(part) if isinstance(section, dict) else None
            if not isinstance(section, dict) or name not in section:
                raise InputError(f"{profile.path}: {path}: {PARAMS} has no such key. Mend the profile.")
            if section[name] != value:
                changes.append(f"{path}: {section[name]} -> {value}")
                section[name] = value
    return changes


def use_profiles(choices: Sequence[str], root: Path = Path()) -> None:
    """Write the chosen profiles into params.yaml and print what changed.

    The new file is validated before it takes the old one's place.

    Raises:
        InputError: unknown profiles, or values that params.yaml does not allow.
    """
    profiles = choose(choices, read_profiles(root / FOLDER))
    params = root / PARAMS
    read_yaml(params)  # for its message if the file is missing or broken
    yaml = round_trip()
    content = yaml.load(params)
    changes = _apply(content, profiles)
    if changes:
        with atomic_file(params) as temporary:
            yaml.dump(content, temporary)
            try:
                load_params(temporary)
            except InputError as error:
                message = str(error).replace(str(temporary), str(params))
                raise InputError(f"{message}\n{params} was left as it was.") from error
    print("\n".join(changes) if changes else f"{params} has these values already.")


def list_profiles(root: Path = Path()) -> None:
    """Print the profiles with the comment on their first line, those in use marked.

    Raises:
        InputError: no profiles, or params.yaml cannot be read.
    """
    params = read_yaml(root / PARAMS)
    every = [profile for names in read_profiles(root / FOLDER).values() for profile in names.values()]
    width = max(len(f"{profile.key}={profile.name}") for profile in every)
    for profile in every:
        mark = "*" if profile.in_use(params) else " "
        print(f"{mark} {f'{profile.key}={profile.name}':{width}}  {profile.comment}".rstrip())
    print("\n* in use. `twainbot use KEY=VALUE ...` writes one of each key into params.yaml.")
