"""The prompts that a teacher gets, and what else data/teacher/prompts.yaml says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from twainbot.files import InputError
from twainbot.params import read_yaml

Kind = Literal["style", "neutralise", "joke", "paraphrase", "backtranslate"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_SLOTS: dict[Kind, tuple[str, ...]] = {
    "style": ("text",), "neutralise": ("text",), "joke": ("place", "season", "condition"),
    "paraphrase": ("text",), "backtranslate": ("text",),
}  # fmt: skip
CARD = ("name", "description", "voice")
# Kinds whose answer the model is trained on. Only they need user turns.
TRAINED: frozenset[Kind] = frozenset({"style", "joke"})


@dataclass(frozen=True)
class Prompts:
    """data/teacher/prompts.yaml."""

    system: Mapping[Kind, str]
    user: Mapping[Kind, str]
    turns: Mapping[Kind, Sequence[str]]
    seasons: Mapping[str, Sequence[str]]
    climates: frozenset[str]
    unwanted: tuple[str, ...]
    openings: tuple[str, ...]


def read_teacher_prompts(path: Path) -> Prompts:
    """The prompts of each kind of request.

    Raises:
        InputError: a kind is missing or unknown, a prompt lacks a slot or has an unknown one, a list is
            empty; all at once.
    """
    content = read_yaml(path)
    kinds = content.get("kinds") if isinstance(content, dict) else None
    if not isinstance(kinds, dict):
        raise InputError(f"{path}: expected a mapping with `kinds`, found {type(content).__name__}.")
    unknown = kinds.keys() - {*KINDS}
    problems = [f"{path}: kinds: {name}: unknown; known: {', '.join(KINDS)}" for name in unknown]
    for kind in KINDS:
        entry = kinds.get(kind)
        entry = entry if isinstance(entry, dict) else {}
        needed, card = set(_SLOTS[kind]), set(CARD)
        problems += _slot_problems(f"{path}: {kind}.system", entry.get("system"), set(), card)
        problems += _slot_problems(f"{path}: {kind}.user", entry.get("user"), needed, needed | card)
        turns: Any = entry.get("turns") or []
        if not isinstance(turns, list) or (kind in TRAINED and not turns):
            turns = ()
            problems.append(f"{path}: {kind}.turns: needs a list of user turns")
        for turn in turns:
            problems += _slot_problems(f"{path}: {kind}.turns", turn, needed, needed)
    lists = ("climates", "unwanted", "openings")
    problems += [f"{path}: {name}: needs a list of texts" for name in lists if not _texts(content.get(name))]
    seasons = content.get("seasons")
    if not isinstance(seasons, dict) or not seasons or not all(map(_texts, seasons.values())):
        problems.append(f"{path}: seasons: needs a list of conditions for each season")
    if problems:
        raise InputError("\n".join([*sorted(problems), "Mend these entries."]))
    return Prompts(
        system={kind: str(kinds[kind]["system"]).strip() for kind in KINDS},
        user={kind: str(kinds[kind]["user"]).strip() for kind in KINDS},
        turns={kind: kinds[kind]["turns"] for kind in KINDS if kind in TRAINED},
        seasons=content["seasons"],
        climates=frozenset(content["climates"]),
        unwanted=tuple(content["unwanted"]),
        openings=tuple(content["openings"]),
    )


def _texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(text, str) and text for text in value)


def _slot_problems(where: str, text: Any, needed: set[str], allowed: set[str]) -> list[str]:
    if not isinstance(text, str) or not text.strip():
        return [f"{where}: needs a text"]
    found = set(re.findall(r"\{([^{}]*)\}", text))
    if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", text)):
        return [f"{where}: a brace without its partner in {text[:60]!r}"]
    return [
        *(f"{where}: lacks {{{slot}}} in {text[:60]!r}" for slot in sorted(needed - found)),
        *(f"{where}: unknown slot {{{slot}}} in {text[:60]!r}" for slot in sorted(found - allowed)),
    ]
