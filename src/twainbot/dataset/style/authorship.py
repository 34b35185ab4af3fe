"""Which prose of a persona's books somebody else wrote: letters to him, and a life that tells of him."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from twainbot.records import PROSE, Passage

_SELF = re.compile(r"\b(?:I|my|me|myself)\b")


def _to(persona: str) -> re.Pattern[str]:
    """A heading of a letter to the persona, or from a named other: "FROM A. B. TO THE WRITER"."""
    return re.compile(rf"\bTO\b(?:(?!\bBY\b).)*\b(?i:{persona})\b|^FROM (?!.*\b(?i:{persona})\b.*\bTO\b)")


def by_others(passages: Iterable[Passage]) -> frozenset[str]:
    """The ids of passages that are not the persona's own words.

    A life tells of him by name. Between one naming and the next it goes on in the third person, so what
    follows such a passage is the biographer's too, until somebody says "I".
    """
    prose = sorted(
        (passage for passage in passages if passage["kind"] in PROSE),
        key=lambda passage: (passage["persona"], passage["doc_id"], passage["start"]),
    )
    return frozenset(
        name
        for (persona, _), found in groupby(prose, key=lambda passage: (passage["persona"], passage["doc_id"]))
        for name in _of_document(re.escape(persona), found)
    )


def _of_document(persona: str, passages: Iterable[Passage]) -> Iterator[str]:
    # "Clove him in twain" names nobody.
    named, letter = re.compile(rf"\b(?:{persona.title()}|{persona.upper()})\b"), _to(persona)
    told = False
    for passage in passages:
        told = bool(named.search(passage["text"])) or (told and not _SELF.search(passage["text"]))
        if told or letter.search(passage["section"]):
            yield passage["id"]
