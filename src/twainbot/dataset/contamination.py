"""What one side of a split shares with another: word n-grams, and near copies.

A row is compared by what its user and its assistant say. System prompts, tool definitions and tool results
are the same on all sides by design.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from twainbot.text.normalize import words
from twainbot.text.similar import DedupeRules, SimilarityIndex


class Said(NamedTuple):
    """The id of a row (or evaluation prompt) and the texts in it that are compared."""

    id: str
    texts: tuple[str, ...]


class Shared(NamedTuple):
    """A row, one of the other side that it shares text with, and what they share."""

    id: str
    other: str
    text: str


def said(row: Mapping[str, Any]) -> Said:
    """What is compared of a chat row, a preference pair, a plain-text row or an evaluation prompt."""
    texts: list[str | None] = []
    for key in ("messages", "text", "prompt", "chosen", "rejected"):
        found = row.get(key, ())
        if isinstance(found, str):
            texts.append(found)
        else:
            texts += [turn["content"] for turn in found if turn["role"] in ("user", "assistant")]
    return Said(row["id"], tuple(text for text in texts if text))


def _ngrams(text: str, size: int) -> Iterable[str]:
    found = words(text)
    return (" ".join(found[at : at + size]) for at in range(len(found) - size + 1))


def shared_ngrams(rows: Iterable[Said], against: Iterable[Said], size: int) -> list[Shared]:
    """The rows that have ``size`` consecutive words in common with the other side, each with the first such.

    N-grams end at the end of a turn; a turn of fewer words has none, and :func:`near_copies` looks after it.
    The index is built of ``against``, which should be the smaller side.
    """
    index: dict[str, str] = {}
    for other in against:
        for text in other.texts:
            for ngram in _ngrams(text, size):
                index.setdefault(ngram, other.id)
    found: list[Shared] = []
    for row in rows:
        hit = next((n for text in row.texts for n in _ngrams(text, size) if n in index), None)
        if hit is not None:
            found.append(Shared(row.id, index[hit], hit))
    return found


def near_copies(rows: Sequence[Said], against: Sequence[Said], rules: DedupeRules) -> list[Shared]:
    """The rows whose whole text is a near-duplicate of one of the other side's, each with the closest."""
    texts = [" ".join(side.texts) for side in (*against, *rows)]
    index = SimilarityIndex(texts, rules)
    for number in range(len(against)):
        index.add(number)
    found: list[Shared] = []
    for number, row in enumerate(rows, start=len(against)):
        if near := index.near(number):
            closest = min(near, key=lambda other: (-near[other], other))
            found.append(Shared(row.id, against[closest].id, f"similarity {near[closest]:.2f}"))
    return found
