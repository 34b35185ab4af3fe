"""Where the book is inside a Project Gutenberg file.

The rules are positional, because the same words mean different things at either end: files of 2002
to 2004 put the small print *after* the book, older ones before it, and stripping by keyword alone
returns nothing for the former and the licence for the latter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from twainbot.corpus.paragraphs import Paragraph, paragraphs
from twainbot.files import InputError

# A small-print marker belongs to the header only in this share of the file.
_HEADER_SHARE = 0.6
# The licence that follows a book has about 19,000 characters. A footer marker farther from the end is a
# seam within a book ("End of Project Gutenberg's ..., Part 1"), unless it lies in the file's last part.
_TAIL_CHARS = 25_000
_TAIL_SHARE = 0.4
# Where the licence follows the marker "*** END OF", "End of Project Gutenberg's ..." stands this near before
# it; where the marker is the last thing in the file, the licence stands before it.
_FOOTER_LEAD = 3_000
_LICENCE_CHARS = 10_000
_LOW_KEPT = 0.5
# Headers without a marker: boilerplate paragraphs at the top, with gaps up to this many characters; the
# small print has longer ones.
_HEAD_CHARS = 25_000
_HEAD_GAP, _SMALL_PRINT_GAP = 600, 2_500
_SHORT_BOOK = 200  # characters
# Up to this size a file whose markers enclose nothing has no book; a longer one has markers of another kind.
_ONLY_LICENCE = 60_000
_CREDIT_PARAGRAPHS = 24
_TRAILING_PARAGRAPHS = 6

_WHOSE = r"(?:TH(?:IS|E)\s+)?(?:COPYRIGHTED\s+)?PROJECT\s+GUTENBERG"
# A marker may be wrapped over three lines, never over a blank one; without closing asterisks it is one line.
_CLOSED = r"(?:[^\n*]{0,200}(?:\n(?![ \t]*\n)[^\n*]{1,200}){0,2}?\*{2,}[^\n]*|[^\n]*)"
_START = re.compile(
    rf"^[ \t]*\**[ ]?(?:START|BEGINNING)\s+OF\s+{_WHOSE}{_CLOSED}", re.IGNORECASE | re.MULTILINE
)
_SMALL_PRINT_END = re.compile(
    r"^[ \t]*\**[ ]?END[\s*]*(?:OF\s+)?(?:THE\s+)?SMALL\s+PRINT[^\n]*(?:\n[ \t]*\*?END\*+[^\n]*)?",
    re.IGNORECASE | re.MULTILINE,
)
_SMALL_PRINT_START = re.compile(r"START[\s*]*(?:THE\s+)?SMALL\s+PRINT", re.IGNORECASE)
_SMALL_PRINT_MOVED = re.compile(r"small print\W.{0,120}?end of this file", re.IGNORECASE | re.DOTALL)
_STRONG_END = re.compile(rf"^[ \t]*\**[ ]?END\s+OF\s+{_WHOSE}", re.IGNORECASE | re.MULTILINE)
# Blanks are taken once for all and at most so many: a file may hold a long run of them.
_END = re.compile(
    r"^[ \t]*+(?:"
    rf"\**[ ]?END\s+OF\s+{_WHOSE}"
    r"|[\[*\s]{0,40}(?:This\s+is\s+the\s+)?(?:End|Fin|Fine|Ende|Einde)\s+(?:of|de|di|dieses|der|van)\s+"
    r"(?:the\s+|this\s+|dit\s+)?Project\s+Gutenberg"
    r"|[\[*]*End\s+of\s+(?:the\s+|this\s+)?(?:[\w']+\s+){0,4}(?:E-?text|E-?book)\b"
    r"|\*{0,9}(?:The\s+)?Project\s+Gutenberg(?:'s|’s)?\s+E-?text\s+of\b"
    r"|\*{3,}[ ]?This\s+file\s+should\s+be\s+named"
    r"|\**[ ]?START[:*\s]*(?:THE\s+)?(?:SMALL\s+PRINT|FULL\s+LICENSE)"
    r"|THE\s+FULL\s+PROJECT\s+GUTENBERG\s+LICEN[SC]E|\**The\s+Legal\s+Small\s+Print"
    r"|Updated\s+editions\s+will\s+replace\s+the\s+previous"
    r"|More\s+information\s+about\s+this\s+book\s+is\s+at\s+the\s+top\s+of\s+this\s+file"
    r"|This\s+site\s+is\s+full\s+of\s+FREE\s+ebooks|Project\s+Gutenberg\s+(?:of\s+)?(?:Australia|Canada)\s*$"
    r"|\[\s*(?:The\s+)?End\s+of\s+[^\n\]]{1,100}(?:\n[^\n\]]{1,100})?\bby\s[^\n\]]{1,80}\]"
    r"|About\s+this\s+digital\s+edition[ \t]*$|Exported\s+from\s+Wikisource\s+on\b"
    r")",
    re.IGNORECASE | re.MULTILINE,
)
_LAST_LINE = re.compile(
    r"^[ \t]*[\[*]*[ ]?End\s+of\s[^\n]*(?:Gutenberg|E-?text|E-?book)", re.IGNORECASE | re.MULTILINE
)
# Words that no author of the public domain could have used.
BOILERPLATE = re.compile(
    r"Project\s+Gutenberg|gutenberg\.(?:org|net|ca)|\bgutenberg\s+(?:e-?book|e-?text|license)"
    r"|\be-?texts?\b|\be-?books?\b|\bsmall\s+print!|\bpgdp\b|Distributed\s+Proofread|\barchive\.org\b|\bHTML\s+version"
    r"|\bPG\s+(?:has|edition|text)|\bWikisource\b|\b(?:https?|ftp)://|\bELECTRONIC\s+VERSION\s+OF\b",
    re.IGNORECASE,
)
# What tells a header or credit only at the top of a file, since a letter in a book may hold the words.
_AT_TOP = re.compile(
    r"\S@[\w-]+\.\w|\bwww\.|\be-?mail\b|\binternet\b|\bMichael\s+(?:S\.\s+)?Hart\b|\blegal\s+small\s+print\b"
    r"|copyright\s+laws\s+are\s+changing|plain\s+vanilla|\bcharacter\s+set\b|\bfile\s+was\s+(?:first\s+)?(?:produced|posted)"
    r"|\bpublic\s+domain\b|^\W*note:\s+(?:images|the\s+original)\b",
    re.IGNORECASE,
)
TRANSCRIBER_NOTE = re.compile(
    r"^\W*(?:Original\s+)?(?:Transcri(?:ber|ption)|Proofreader)(?:['’]?s)?['’]?\s*[-–—:]?\s*(?:End)?"
    r"(?:Notes?|Comments?|Remarks?|Corrections?|Errata|Addend(?:a|um)|List\s+of)\b"
    r"|^\W*Notes?\s+(?:by|from|of)\s+the\s+transcriber\b",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"^\W*(?:(?:This\s+)?(?:(?:e-?text|e-?book|text|file|book|edition|work|HTML)\s+){0,2}(?:was\s+|is\s+)?"
    r"(?:originally\s+|first\s+)?(?:and\s+)?"
    r"(?:produced|prepared|transcribed|scanned|digiti[sz]ed|typed|proofed|proofread|proof-read|keyed|entered|converted"
    r"|provided|contributed|created|OCR(?:ed|'d)?|corrected|updated|compiled\s+for)\b[^.]{0,60}\b(?:by|from)\b)"
    r"|^\W*(?:HTML\s+version|Updated\s+edition|Text\s+file|Credits:|Proofing\s+by|Scanning\s+by|OCR\s+by"
    r"|Electronic\s+(?:text|version|edition))\b",
    re.IGNORECASE,
)
# "Produced by Mr. X at the Y Theatre" is part of a play.
_STAGE = re.compile(r"\btheat(?:re|er)\b|\bmanager\b", re.IGNORECASE)
_CREDIT_LINES = 6
_FIELD_LINE = re.compile(
    r"^\W*(?:Title|Author|Editor|Translator|Illustrator|Language|(?:Official\s+)?Release\s+Date|Posting\s+Date"
    r"|First\s+Posted|Last\s+(?:Updated|Modified)|(?:Most\s+)?Recently\s+Updated|Edition|Character\s+set(?:\s+encoding)?"
    r"|Date\s+(?:first|most|last|of)\b[\w\s]*|Place\s+and\s+date\b[\w\s]*|Credits|Subject|Series)[ \t]*:",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Body:
    """The book is ``raw[start:end]``; ``kept`` is its share of the file, ``flags`` what was odd."""

    start: int
    end: int
    flags: tuple[str, ...]
    kept: float


def find_body(raw: str) -> Body:
    """Locate the book between the header and the licence. The result is never empty.

    Rules: the last header marker within the first 60 % of the file; credits, banners and fields directly
    after it are skipped; then the first footer marker of those that belong to the file's tail, with the
    credits before it. A side without a marker is kept whole but for boilerplate at its edge.

    Flags: ``no_markers``, ``no_start_marker``, ``no_end_marker``, ``low_kept_ratio`` (less than half the
    file is left: right for a short book, suspicious for a long one), ``empty_between_markers`` (the
    markers enclose nothing, so the whole file was kept).

    Raises:
        InputError: the file holds several books, each with markers of its own, or a licence and no book.
    """
    # Carriage returns become line feeds or blanks, one for one, so that every offset stays.
    lines = raw.replace("\r\n", " \n").replace("\r", "\n")
    size = len(lines)
    _refuse_several(lines)
    start = header_end(lines)
    begin = _after_boilerplate_head(lines) if start is None else start
    begin = _after_credits(lines, begin)
    end = _footer_start(lines, begin)
    flags: list[str] = []
    if start is None and end is None:
        flags.append("no_markers")
    elif start is None:
        flags.append("no_start_marker")
    elif end is None:
        flags.append("no_end_marker")
    stop = _before_credits(lines, begin, size if end is None else end)
    if not lines[begin:stop].strip():
        if size <= _ONLY_LICENCE and size:
            raise InputError(
                "it holds the header and the licence of a Project Gutenberg file but no book. Fetch it again."
            )
        begin, stop = 0, size
        flags.append("empty_between_markers")
    kept = (stop - begin) / size if size else 0.0
    if kept < _LOW_KEPT:
        flags.append("low_kept_ratio")
    return Body(begin, stop, tuple(flags), round(kept, 4))


def _refuse_several(lines: str) -> None:
    """A marker of a beginning after one of an end: two files were joined, and one would be lost."""
    first_end = _STRONG_END.search(lines)
    again = _START.search(lines, first_end.end()) if first_end else None
    if first_end and again and _START.search(lines, 0, first_end.start()):
        number = lines.count("\n", 0, again.start()) + 1
        raise InputError(
            f"it holds several Project Gutenberg books: another one starts at line {number}. "
            "Split it into one file a book and give each an entry in data/sources.yaml."
        )


def header_end(lines: str) -> int | None:
    """The end of the last header marker, or None."""
    limit = _HEADER_SHARE * len(lines)
    tail = _END.search(lines, int(limit))
    starts = [match for match in _START.finditer(lines) if tail is None or match.start() < tail.start()]
    ends = [match.end() for match in starts]
    for match in _SMALL_PRINT_END.finditer(lines):
        if match.start() < limit or (not ends and _before_short_book(lines, match)):
            ends.append(match.end())
    if not ends and (moved := _SMALL_PRINT_MOVED.search(lines, 0, int(limit))):
        blank = re.compile(r"\n[ \t]*\n").search(lines, moved.end())
        ends.append(blank.start() if blank else moved.end())
    return max(ends, default=None)


def _before_short_book(lines: str, small_print: re.Match[str]) -> bool:
    """Whether a small print that fills most of the file still stands before the book: text comes after it."""
    start, end = small_print.span()
    last = _LAST_LINE.search(lines, end)
    after = lines[end : last.start() if last else len(lines)]
    return (
        start < _HEAD_CHARS and not _LAST_LINE.search(lines, 0, start) and len(after.strip()) >= _SHORT_BOOK
    )


def _footer_start(lines: str, after: int) -> int | None:
    """The start of the first footer marker after ``after`` that belongs to the tail, or None."""
    size = len(lines)
    starts = [match.start() for match in _END.finditer(lines, after)]
    late = [start for start in starts if start >= (1 - _TAIL_SHARE) * size]
    tail = [start for start in starts if start >= size - _TAIL_CHARS]
    strong = [
        match.start() for match in _STRONG_END.finditer(lines, after) if match.start() in {*late, *tail}
    ]
    if strong and size - strong[0] > _LICENCE_CHARS:
        return min(start for start in starts if strong[0] - _FOOTER_LEAD <= start)
    return min(tail) if tail else late[-1] if late else None


def _after_boilerplate_head(lines: str) -> int:
    """Without a header marker: the end of the boilerplate at the top, or 0."""
    head = paragraphs(lines, 0, min(len(lines), _HEAD_CHARS))
    if head and TRANSCRIBER_NOTE.match(head[0].text):
        return 0  # the parser drops the note as a whole, with the paragraphs that tell nothing by themselves
    end, gap, directly = 0, _HEAD_GAP, False
    for paragraph in head:
        if paragraph.start - end > gap or _is_footer(lines, paragraph):
            break
        directly = is_credit(paragraph, at_top=directly)
        if directly:
            end = paragraph.end
        if _SMALL_PRINT_START.search(paragraph.text):
            gap = _SMALL_PRINT_GAP
    return end


def _is_footer(lines: str, paragraph: Paragraph) -> bool:
    """Whether a line of a paragraph is one that stands at the end of a file only."""
    first = lines.rfind("\n", 0, paragraph.start) + 1
    return bool(_LAST_LINE.search(lines, first, paragraph.end))


def _after_credits(lines: str, begin: int) -> int:
    """Skip the credits, banners and fields that stand directly at ``begin``."""
    window = paragraphs(lines, begin, min(len(lines), begin + _HEAD_CHARS))[:_CREDIT_PARAGRAPHS]
    for paragraph in window:
        # The paragraph at the edge of the window may be cut in two.
        if not is_credit(paragraph, at_top=True) or _is_footer(lines, paragraph):
            return begin
        begin = paragraph.end
    return begin


def _before_credits(lines: str, begin: int, stop: int) -> int:
    """``stop``, or the start of the boilerplate paragraphs that stand directly before it."""
    window = paragraphs(lines, max(begin, stop - _HEAD_CHARS), stop)[1:][-_TRAILING_PARAGRAPHS:]
    for paragraph in reversed(window):
        if not BOILERPLATE.search(paragraph.text):
            break
        stop = paragraph.start
    return stop


def is_credit(paragraph: Paragraph, at_top: bool = False) -> bool:
    """Whether a paragraph speaks of the making of the file, not of the book.

    At the top of a book the names of volunteers, an address or the file's fields are enough; elsewhere
    a word that only a file has must stand there, since "Produced by Mr. X at the Y Theatre" is a play's.
    """
    text = paragraph.text
    if BOILERPLATE.search(text):
        return True
    if not at_top:
        return False
    if not re.search(r"\w", text) or _AT_TOP.search(text):
        return True
    fields = all(_FIELD_LINE.match(line) or line[:1].isspace() for line in paragraph.lines)
    if fields and _FIELD_LINE.match(paragraph.lines[0]):
        return True
    return bool(_CREDIT.match(text) and len(paragraph.lines) <= _CREDIT_LINES and not _STAGE.search(text))
