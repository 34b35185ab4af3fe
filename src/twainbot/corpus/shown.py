"""Whether a piece of a raw file shows a text, whatever markup stands between its words."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterable


def as_read(span: str, path: str) -> str:
    """A row of a dump or a piece of a page as a reader sees it: JSON's escapes, tags and entities undone.

    Dumps escape entities up to twice.
    """
    if path.endswith((".json", ".jsonl", ".ndjson")):
        span = _json_text(span)
    return html.unescape(html.unescape(re.sub(r"<[^<>]*>", "", span)))


def _json_text(span: str) -> str:
    """The texts of an object, or what a piece of a string says; what is neither stays as it is."""
    try:
        if not span.startswith("{"):
            return str(json.loads(f'"{span}"'))
        cells = json.loads(span)
        cells = cells["data"] if isinstance(cells.get("data"), dict) else cells
        return "\n".join(str(cell) for cell in cells.values())
    except ValueError:
        return span


def shows(span: str, text: str) -> bool:
    """Whether each line of ``text`` is in ``span``, its words in order, whatever markup stands between.

    Lines are looked for one by one, since a dump's columns come in any order. Compared are letters and
    digits, and a word may be put together ("mc^2^" shows "mc2").
    """
    there = _letters(span)
    for line in text.split("\n"):
        position = 0
        # A note's number between two words goes with its brackets, whatever dash joined them.
        for word in re.split(r"\s+|--+|[–—]", line):
            letters = _letters(word)
            position = there.find(letters, position)
            if position < 0:
                return False
            position += len(letters)
    return True


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text)))


def occurs_in_order(needle: Iterable[str], haystack: Iterable[str]) -> bool:
    """Whether ``needle`` is a subsequence of ``haystack``."""
    rest = iter(haystack)
    return all(word in rest for word in needle)
