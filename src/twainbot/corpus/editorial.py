"""Introductions by other hands: an editor's preface is no sample of the author's voice.

An author seldom names himself. A preface or introduction that keeps naming the author is about him, and
one that says it is an editor's is believed if it names him at all (novelists invent editors).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from twainbot.corpus.paragraphs import Paragraph

Row = tuple[Paragraph, str | None, str]

_BY_OTHERS = re.compile(
    r"\b(?:EDITOR|TRANSLATOR|PUBLISHER)['’]?S?['’]?\s+(?:PREFACE|NOTE|INTRODUCTION|FOREWORD|PREFATORY)"
    r"|^(?:BIOGRAPHICAL|CRITICAL)\s+(?:NOTE|SKETCH|INTRODUCTION|PREFACE)|^ABOUT\s+THE\s+AUTHOR|^NOTE\s+ON\s+THE\s+TEXT"
    r"|^(?:AN?\s+)?(?:INTRODUCTION|PREFACE|FOREWORD|AFTERWORD|INTRODUCTORY\s+NOTE)\s+BY\b",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:AN?\s+|THE\s+|GENERAL\s+)?(?:PREFACE|INTRODUCTION|FOREWORD|AFTERWORD|PREFATORY|INTRODUCTORY)\b"
    r"|^(?:THE\s+)?(?:LIFE|MEMOIRS?|BIOGRAPHY|SKETCH|CHARACTER|DEATH)\s+OF\b",
    re.IGNORECASE,
)
_NOBODY = frozenset({"various", "anonymous", "unknown"})
# An author's own preface may name him once or twice, in a signature or a title.
_MENTIONS = 3
_WORDS_A_MENTION = 300


def without_editorial(rows: Iterable[Row], author: str) -> list[Row]:
    """The rows, with ``editorial`` as the reason to drop the text of sections by others than ``author``.

    Without an author's name only what says whose it is can be told, and nothing is dropped.
    """
    name = family_name(author)
    result: list[Row] = []
    for section, group in groupby(rows, key=lambda row: row[2]):
        part = list(group)
        if name and is_editorial(section, [row[0].text for row in part if row[1] is None], name, author):
            part = [(paragraph, reason or "editorial", section) for paragraph, reason, _ in part]
        result += part
    return result


def family_name(author: str) -> str:
    """The last word of a name outside brackets; empty for various or anonymous authors."""
    words = re.findall(r"[^\W\d_][\w'’-]+", re.sub(r"\(.*?\)|,.*", "", author))
    return words[-1] if words and words[-1].casefold() not in _NOBODY else ""


def is_editorial(section: str, texts: list[str], name: str, author: str) -> bool:
    """Whether a section is by another hand: by its heading, or because it keeps naming the author."""
    by_others = bool(_BY_OTHERS.search(section)) and author.casefold() not in section.casefold()
    if not by_others and not _OPENING.search(section):
        return False
    text = " ".join(texts)
    mentions = len(re.findall(rf"\b{re.escape(name)}\b", text))
    if by_others:
        return mentions > 0
    return mentions >= max(_MENTIONS, len(text.split()) / _WORDS_A_MENTION)
