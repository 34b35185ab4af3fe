"""Introductions by other hands: an editor's preface is no sample of the author's voice.

An author seldom names himself. A preface or introduction that keeps naming the author is about him; one
that says it is an editor's, or that somebody else has signed, is believed if it names him at all
(novelists invent editors). What follows a signature is judged by itself.
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
_SIGNATURE = re.compile(
    r"^(?:(?:[A-Z]\.|[A-Z][\w'’-]+\.?|[dlv][aeon]{1,2}[nrs]?)\s+){1,4}[A-Z][\w'’-]+[.,]?_?$|^(?:[A-Z]\.\s?){2,4}$"
)
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
        for part in _signed_parts(list(group)):
            texts = [paragraph.text for paragraph, reason, _ in part if reason is None]
            if name and is_editorial(section, texts, name, author):
                part = [(paragraph, reason or "editorial", section) for paragraph, reason, _ in part]
            result += part
    return result


def _signed_parts(rows: list[Row]) -> list[list[Row]]:
    """The rows of a section, divided after each signature."""
    parts: list[list[Row]] = [[]]
    for row in rows:
        parts[-1].append(row)
        if row[1] in (None, "heading") and is_signature(row[0].text):
            parts.append([])
    return [part for part in parts if part]


def is_signature(text: str) -> bool:
    """A person's name alone: ``DeLong Rice.``, ``_J. B. Priest_``, ``E. M. L.``"""
    return bool(_SIGNATURE.match(text.strip("_ ")))


def _initials(signature: str) -> bool:
    return all(len(part) == 1 for part in re.findall(r"[^\W\d_]+", signature))


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
    signed = next((line for line in reversed(texts) if is_signature(line)), None)
    other_signed = signed is not None and name.casefold() not in signed.casefold() and not _initials(signed)
    if by_others or other_signed:
        return mentions > 0
    return mentions >= max(_MENTIONS, len(text.split()) / _WORDS_A_MENTION)
