"""Decisions of a person on passages that were flagged for a topic: data/review.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from twainbot.files import InputError, content_id
from twainbot.params import Section, describe, read_yaml


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
        InputError: a list is missing or of the wrong form, or an id is in both.
    """
    try:
        found = _Decisions.model_validate(read_yaml(path))
    except ValidationError as error:
        raise InputError(describe(error, str(path), _Decisions)) from error
    if both := sorted(set(found.accepted) & set(found.rejected)):
        raise InputError(
            f"{path}: accepted and rejected at once: {', '.join(both)}. Delete each from one of the lists."
        )
    return Decisions(frozenset(found.accepted), frozenset(found.rejected))
