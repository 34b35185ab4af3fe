"""Personal data is replaced by fixed placeholders; texts with slurs are dropped.

Word lists of profanity are useless on period prose (they flag "hell" and "God"), so only slurs are
dropped here. The list is kept as hashes: nobody has to read it to use it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from twainbot.text.normalize import words

_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
# Ten digits in the shape of a telephone number. Years, verse numbers and footnotes never have it.
_PHONE = re.compile(r"(?<![\w(])(?:\+\d{1,3}[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}\b")
_ACCOUNT = re.compile(r"(?<![\w/])/?u/[\w-]{3,20}\b")


def mask_personal_data(text: str) -> tuple[str, list[str]]:
    """The text with ``<EMAIL>``, ``<PHONE>`` and ``<USER>`` in place of personal data, and what was found.

    Idempotent, and the placeholders do not depend on what came before (numbered or random ones would
    make the output depend on how the data is sharded).
    """
    found: list[str] = []
    seen = -1
    # Again until nothing is found: a match may hide another that touches it ("u/one/u/two").
    while len(found) > seen:
        seen = len(found)
        for pattern, placeholder in ((_EMAIL, "<EMAIL>"), (_PHONE, "<PHONE>"), (_ACCOUNT, "<USER>")):
            found.extend(match.group() for match in pattern.finditer(text))
            text = pattern.sub(placeholder, text)
    return text, found


def word_hash(word: str) -> str:
    """The form in which a slur is listed: the first 16 hex digits of the sha256 of the lower-case word."""
    return hashlib.sha256(word.lower().encode("utf-8")).hexdigest()[:16]


def read_slurs(path: Path) -> frozenset[str]:
    """Hashes from a file with one a line; ``#`` starts a comment."""
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return frozenset(line for line in lines if line)


def find_slur(text: str, hashes: Iterable[str]) -> str | None:
    """The first listed word in ``text``, also as a plural or genitive in -s, else None."""
    listed = hashes if isinstance(hashes, frozenset) else frozenset(hashes)
    for word in words(text):
        if any(word_hash(form) in listed for form in {word, word.removesuffix("'s"), word.removesuffix("s")}):
            return word
    return None
