"""Where the book is inside a Project Gutenberg file, and what the file's header says about it.

The rules are positional, because the same words mean different things at either end: files of 2002
to 2004 put the small print *after* the book, older ones before it, and stripping by keyword alone
returns nothing for the former and the licence for the latter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from twainbot.corpus.paragraphs import Paragraph, paragraphs

# A small-print marker belongs to the header only in this share of the file.
_HEADER_SHARE = 0.6
# The licence that follows a book has about 19,000 characters, so the end of a short book may lie in
# its file's first half. Before that, "End of Project Gutenberg's ..., Part 1" is a seam within a book.
_TAIL_CHARS = 25_000
_TAIL_SHARE = 0.4
_LOW_KEPT = 0.5
# Headers without a marker are looked for in the first paragraphs only.
_HEAD_PARAGRAPHS = 60
_CREDIT_PARAGRAPHS = 12

# The markers may be wrapped over two lines; they never span a blank one.
_IN_LINE = r"(?:[^\r\n*]|\r?\n(?!\s*\r?\n))"
_START = re.compile(
    r"^[ \t]*\*{1,3}[ ]?START\s+OF\s+(?:TH(?:IS|E)\s+)?PROJECT\s+GUTENBERG"
    rf"{_IN_LINE}{{0,200}}(?:\*{{2,3}}|$)",
    re.IGNORECASE | re.MULTILINE,
)
_SMALL_PRINT_END = re.compile(
    r"^[ \t]*\*END[\s*]*(?:OF\s+)?THE\s+SMALL\s+PRINT.*$", re.IGNORECASE | re.MULTILINE
)
_SMALL_PRINT_MOVED = re.compile(r"small print\W.{0,120}?end of this file", re.IGNORECASE | re.DOTALL)
_END = re.compile(
    r"^[ \t]*(?:"
    r"\*{1,3}[ ]?END\s+OF\s+(?:TH(?:IS|E)\s+)?PROJECT\s+GUTENBERG"
    r"|\**[ ]?(?:This\s+is\s+the\s+)?End\s+of\s+(?:the\s+|this\s+)?Project\s+Gutenberg"
    r"|End\s+of\s+(?:the\s+|this\s+)?(?:[\w']+\s+){1,4}(?:E-?text|E-?book)\s+of\b"
    r"|\*{0,3}The\s+Project\s+Gutenberg(?:'s|’s)?\s+Etext\s+of\b"
    r"|\*{3,}[ ]?This\s+file\s+should\s+be\s+named"
    r"|\*{0,3}[ ]?START\*+[ ]?THE\s+SMALL\s+PRINT"
    r")",
    re.IGNORECASE | re.MULTILINE,
)
# Words that no author of the public domain could have used.
BOILERPLATE = re.compile(
    r"Project\s+Gutenberg|gutenberg\.(?:org|net)|\bgutenberg\s+(?:e-?book|e-?text|license)"
    r"|\be-?texts?\b|\be-?books?\b|\bsmall\s+print!|\bpgdp\b|Distributed\s+Proofread|\barchive\.org\b|\bHTML\s+version"
    r"|\bPG\s+(?:has|edition|text)",
    re.IGNORECASE,
)
TRANSCRIBER_NOTE = re.compile(r"^\W*(?:Original\s+)?Transcriber['’]?s?['’]?\s+Notes?\b", re.IGNORECASE)
_CREDIT = re.compile(
    r"^\W*(?:(?:This\s+)?(?:e-?text|e-?book)\s+(?:was\s+)?)?(?:produced|prepared|transcribed|scanned|digitized)\s+by\b"
    r"|^\W*(?:HTML\s+version|Updated\s+edition|Text\s+file)\b",
    re.IGNORECASE,
)
# "Produced by Mr. X at the Y Theatre" is part of a play.
_STAGE = re.compile(r"\btheat(?:re|er)\b|\bmanager\b", re.IGNORECASE)
_CREDIT_LINES = 6
_FIELD = re.compile(
    r"^(Title|Author|Editor|Language|Release Date|Posting Date|First Posted)[ \t]*:[ \t]*(.*)$", re.I
)
_NUMBER = re.compile(r"\[\s*(?:e-?book|e-?text)\s*:?\s*#?\s*(\w+)\s*\]", re.IGNORECASE)
_YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")


@dataclass(frozen=True)
class Body:
    """The book is ``raw[start:end]``; ``kept`` is its share of the file, ``flags`` what was odd."""

    start: int
    end: int
    flags: tuple[str, ...]
    kept: float


def find_body(raw: str) -> Body:
    """Locate the book between the header and the licence. The result is never empty.

    Rules: the last header marker within the first 60 % of the file; the first footer marker after it
    that lies in the file's tail; then credits directly after the header are skipped. A side without a
    marker is kept whole but for leading boilerplate.

    Flags: ``no_markers``, ``no_start_marker``, ``no_end_marker``, ``low_kept_ratio`` (less than half the
    file is left: right for a short book, suspicious for a long one), ``empty_between_markers`` (the
    markers enclose nothing, so the whole file was kept).
    """
    size = len(raw)
    start = _header_end(raw)
    end = _footer_start(raw, start or 0)
    flags: list[str] = []
    if start is None and end is None:
        flags.append("no_markers")
    elif start is None:
        flags.append("no_start_marker")
    elif end is None:
        flags.append("no_end_marker")
    stop = size if end is None else end
    begin = _after_boilerplate_head(raw, stop) if start is None else start
    begin = _after_credits(raw, begin, stop)
    if not raw[begin:stop].strip():
        begin, stop = 0, size
        flags.append("empty_between_markers")
    kept = (stop - begin) / size if size else 0.0
    if kept < _LOW_KEPT:
        flags.append("low_kept_ratio")
    return Body(begin, stop, tuple(flags), round(kept, 4))


def _header_end(raw: str) -> int | None:
    """The end of the last header marker, or None."""
    limit = _HEADER_SHARE * len(raw)
    tail = _END.search(raw, int(limit))
    ends = [match.end() for match in _START.finditer(raw) if tail is None or match.start() < tail.start()]
    ends += [match.end() for match in _SMALL_PRINT_END.finditer(raw) if match.start() < limit]
    if not ends and (moved := _SMALL_PRINT_MOVED.search(raw, 0, int(limit))):
        blank = re.compile(r"\r?\n[ \t]*\r?\n").search(raw, moved.end())
        ends.append(blank.start() if blank else moved.end())
    return max(ends, default=None)


def _footer_start(raw: str, after: int) -> int | None:
    """The start of the first footer marker after ``after`` that lies in the tail, or None."""
    earliest = min((1 - _TAIL_SHARE) * len(raw), len(raw) - _TAIL_CHARS)
    for match in _END.finditer(raw, after):
        if match.start() >= earliest:
            return match.start()
    return None


def _after_boilerplate_head(raw: str, stop: int) -> int:
    """Without a header marker: the end of the last boilerplate paragraph among the first ones, or 0."""
    head = paragraphs(raw, 0, min(stop, _TAIL_CHARS))[:_HEAD_PARAGRAPHS]
    if head and TRANSCRIBER_NOTE.match(head[0].text):
        return 0  # the parser drops the note as a whole, with the paragraphs that tell nothing by themselves
    return max((paragraph.end for paragraph in head if BOILERPLATE.search(paragraph.text)), default=0)


def _after_credits(raw: str, begin: int, stop: int) -> int:
    """Skip credits among the first paragraphs of the body.

    The first paragraph may name the volunteers only; later ones must have a second telling word,
    since "Produced by Mr. X at the Y Theatre" belongs to a play.
    """
    window = paragraphs(raw, begin, min(stop, begin + _TAIL_CHARS))[:_CREDIT_PARAGRAPHS]
    for number, paragraph in enumerate(window):
        if not is_credit(paragraph, first=number == 0):
            return begin
        begin = paragraph.end
    return begin


def is_credit(paragraph: Paragraph, first: bool = False) -> bool:
    """Whether a paragraph speaks of the making of the file, not of the book."""
    text = paragraph.text
    if BOILERPLATE.search(text) or not re.search(r"\w", text):
        return first or bool(BOILERPLATE.search(text))
    named_only = _CREDIT.match(text) and len(paragraph.lines) <= _CREDIT_LINES and not _STAGE.search(text)
    return bool(first and named_only)


def header_metadata(raw: str) -> dict[str, str | int | None]:
    """What the header states: ``title, author, release_year, language, ebook``; None where it is silent."""
    fields: dict[str, str] = {}
    head = raw[: _header_end(raw) or 4000]
    lines = head.splitlines()
    for number, line in enumerate(lines):
        if match := _FIELD.match(line.strip()):
            name, value = match.group(1).lower(), match.group(2).strip()
            following = lines[number + 1] if number + 1 < len(lines) else ""
            if name == "title" and following[:1].isspace() and following.strip():
                value = f"{value} {following.strip()}"
            fields.setdefault(name, value)
    released = fields.get("release date") or fields.get("posting date") or ""
    year = _YEAR.search(released)
    number_match = _NUMBER.search(head)
    return {
        "title": fields.get("title") or None,
        "author": fields.get("author") or fields.get("editor") or None,
        "release_year": int(year.group()) if year else None,
        "language": fields.get("language") or None,
        "ebook": number_match.group(1) if number_match else None,
    }
