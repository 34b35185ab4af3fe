"""The visible text of an HTML page with its exact place, to find again what an extractor took from it."""

from __future__ import annotations

import html
import re
import unicodedata
from array import array
from bisect import bisect_left

# Comments, what browsers do not show, tags, entities, and characters, in this order. A quoted value may
# hold an angle bracket; its length is bounded so that a stray quote costs no second look at the page.
_TOKEN = re.compile(
    r"(?P<hidden><!--.*?(?:-->|\Z)|<(?P<name>script|style|template|title)\b.*?(?:</(?P=name)\s*>|\Z))"
    r"""|(?P<tag><[a-zA-Z/!?](?:[^<>"']|"[^"]{0,2000}"|'[^']{0,2000}')*+>|<[a-zA-Z/!?][^<>]*>)"""
    r"|(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});)"
    r"|(?P<character>.)",
    re.DOTALL | re.IGNORECASE,
)
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|cite|code|data|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup"
    r"|time|tt|u|var|wbr)\b",
    re.IGNORECASE,
)
_EDGE_LETTERS = 40  # enough to know a paragraph's beginning and end by


class VisibleText:
    """Letters and digits of a page in order, each with the place where it is written."""

    def __init__(self, page: str) -> None:
        self.page = page
        letters: list[str] = []
        self._start, self._end = array("l"), array("l")
        # Quotes, stops and brackets that touch a word belong to it: place of a character -> of the next.
        self._touching_end: dict[int, int] = {}
        self._touching_start: dict[int, int] = {}
        for match in _TOKEN.finditer(page):
            kind = match.lastgroup
            if kind == "character" or kind == "entity":
                text = match.group() if kind == "character" else html.unescape(match.group())
                found = plain_letters(text)
                for letter in found:
                    letters.append(letter)
                    self._start.append(match.start())
                    self._end.append(match.end())
                if found or text.isspace():
                    continue
            elif not _INLINE.match(match.group()):
                continue
            self._touching_end[match.start()] = match.end()
            self._touching_start[match.end()] = match.start()
        self.letters = "".join(letters)

    def find(self, text: str, after: int = 0) -> tuple[int, int, int] | None:
        """Start and end in the page of what shows ``text``, and how many letters lie before its end.

        Looked for are its letters and digits, first behind ``after`` letters, then from the beginning. Of a
        paragraph from which an extractor left something out, beginning and end are looked for.
        """
        wanted = plain_letters(text)
        if not wanted:
            return None
        for begin in (after, 0):
            first = self.letters.find(wanted, begin)
            if first >= 0:
                return self._place(first, first + len(wanted))
        head, tail = wanted[:_EDGE_LETTERS], wanted[-_EDGE_LETTERS:]
        first = self.letters.find(head, after)
        last = self.letters.find(tail, first + len(head)) if first >= 0 else -1
        if last < 0 or last + len(tail) - first > 2 * len(wanted) + _EDGE_LETTERS:
            return None
        return self._place(first, last + len(tail))

    def shown(self, start: int, end: int) -> bool:
        """Whether a letter or digit stands in ``page[start:end]``."""
        at = bisect_left(self._start, start)
        return at < len(self._start) and self._start[at] < end

    def _place(self, first: int, stop: int) -> tuple[int, int, int]:
        start, end = self._start[first], self._end[stop - 1]
        while end in self._touching_end:
            end = self._touching_end[end]
        while start in self._touching_start:
            start = self._touching_start[start]
        return start, end, stop


def plain_letters(text: str) -> str:
    """The letters and digits of a text; ligatures and accents as their parts, so that spellings compare."""
    if text.isascii():
        return "".join(filter(str.isalnum, text))
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text)))
