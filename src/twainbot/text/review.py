"""Decisions of a person on passages that were flagged for a topic: data/review.yaml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from twainbot.files import InputError, content_id
from twainbot.params import describe, read_yaml
from twainbot.sections.strict import Section

_ID = re.compile("rev-[0-9a-f]{16}")


class _Decisions(Section):
    accepted: list[str]
    rejected: list[str]


@dataclass(frozen=True)
class Decisions:
    """Review ids that were accepted and rejected."""

    accepted: frozenset[str] = frozenset()
    rejected: frozenset[str] = frozenset()


def review_id(text: str) -> str:
    """The id under which a decision on ``text`` is kept: copies share it, whatever file they come from."""
    return content_id("rev", text)


def read_decisions(path: Path) -> Decisions:
    """Read accepted and rejected ids.

    Raises:
        InputError: a list is missing or of the wrong form, or ids are no review ids or in both lists; all.
    """
    try:
        found = _Decisions.model_validate(read_yaml(path) or {})
    except ValidationError as error:
        raise InputError(describe(error, str(path), _Decisions)) from error
    problems: list[str] = []
    listed = dict.fromkeys([*found.accepted, *found.rejected])
    if unknown := [name for name in listed if not _ID.fullmatch(name)]:
        problems.append(
            f"{path}: no review ids: {', '.join(unknown)}. They are rev- and 16 hex digits; `twainbot review "
            f"topics` prints them."
        )
    if both := sorted(set(found.accepted) & set(found.rejected)):
        problems.append(
            f"{path}: accepted and rejected at once: {', '.join(both)}. Delete each from one of the lists."
        )
    if problems:
        raise InputError("\n".join(problems))
    return Decisions(frozenset(found.accepted), frozenset(found.rejected))
