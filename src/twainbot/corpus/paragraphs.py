"""Paragraphs with their exact place in the file, and the measures that tell verse from prose.

Hard-wrapped text is unwrapped only where the line breaks were made by a wrapping program: such a
program breaks a line only if the next word would not have fitted. A line that had room for the next
word was ended on purpose, and a paragraph with such lines is verse, a letter head or a list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

_LINE = re.compile(r"([^\r\n]*)(\r\n|\n|\r|\Z)")
# A wrapping program may be set a few columns narrower than the longest line shows.
_SLACK = 9
_VERSE_SHARE = 0.5
_NARROW_LINES, _NARROW_SHARE = 4, 0.2
_DEFAULT_WIDTH = 70
# A run of prose without blank lines: this long, most lines at the margin, and full on the whole.
_RUN_LINES, _MARGIN_SHARE, _RUN_WIDTH = 6, 0.65, 45
_FOOTNOTE_MARK = re.compile(
    r"[ ]?\[\d{1,4}\.?\](?=[.,;:!?])|\[\d{1,4}\.?\]"  # [12]
    r"|(?<=\S)\[(?:[A-Z]|\*+|†|‡)\]"  # word[A]: with a space before it, it may be the author's own
    r"|[ ]?\[\d{1,3}\.\s[^\[\]]{1,80}\]"  # [2. See Appendix B]
)
_PAGE_NUMBER = re.compile(
    r"\{\s*(?:Pg|Page|p)?\.?\s*\d{1,4}\s*\}|\[(?:Pg|Page|p\.?)\s*(?:\d+|[ivxlc]+)\]", re.IGNORECASE
)
# What the makers of a file write into brackets.
NOTE_WORDS = (
    r"(?:Illustrations?|Footnotes?|Sidenotes?|Side-notes?|Transcriber['’]?s?\s+Notes?|Music|Blank\s+Page"
    r"|Decoration|Headpiece|Tailpiece)"
)
_BRACKET_NOTE = re.compile(rf"\[{NOTE_WORDS}\b(?:[^\[\]]|\[[^\[\]]*\])*\]", re.IGNORECASE)
# [Greek: logos] gives the word in other letters; <i>so</i> and *so* are older marks of italics.
_GREEK = re.compile(r"\[Greek:\s*([^\[\]]*)\]", re.IGNORECASE)
_TAG = re.compile(r"</?(?:i|b|u|em|strong|small|sc|sup|sub)>", re.IGNORECASE)
_STARS = re.compile(r"(?<![\w*])\*(?=[\w“\"‘'])([^*\n]{1,80}?)(?<=[\w.,;:!?”\"’'])\*(?![\w*])")
_BRACE_NOTE = re.compile(r"[ ]?\{\s*footnote\b[^{}]*\}", re.IGNORECASE)
# A note that goes on in the next paragraph.
_OPEN_NOTE = re.compile(
    r"[ ]?(?:\{\s*footnote|\[(?:Footnote|Illustration|Sidenote))\b.*\Z", re.IGNORECASE | re.DOTALL
)
_BOLD = re.compile(r"=(?=\S)([^=\n]{1,200}?)(?<=\S)=")
_SUPERSCRIPT = re.compile(r"\^\{([^{}]*)\}")
_UNDERSCORE = re.compile(r"(?<!_)_(?!_)")
_SPACES = re.compile(r"[ \t\u00a0]+")


@dataclass(frozen=True)
class Paragraph:
    """A run of lines without a blank one between them: ``raw[start:end]``, ends trimmed of white space."""

    start: int
    end: int
    lines: tuple[str, ...]  # without line ends and trailing blanks, indentation kept
    blanks_before: int

    @cached_property
    def text(self) -> str:
        """The words on one line."""
        return _SPACES.sub(" ", " ".join(line.strip() for line in self.lines)).strip()

    @property
    def indent(self) -> int:
        """Columns that all lines are indented by."""
        return min(len(line) - len(line.lstrip()) for line in self.lines)


def paragraphs(raw: str, start: int, end: int) -> list[Paragraph]:
    """All paragraphs of ``raw[start:end]`` in order; together they cover every character but white space."""
    found: list[Paragraph] = []
    lines: list[str] = []
    first = last = 0
    blanks = blanks_before = 0
    position = start
    while position <= end:
        match = _LINE.match(raw, position, end)
        assert match is not None  # the pattern accepts the empty string
        line = match.group(1).rstrip()
        if line.strip():
            if not lines:
                first, blanks_before = match.start() + len(line) - len(line.lstrip()), blanks
            lines.append(line)
            last = match.start() + len(line)
        else:
            if lines:
                found.append(Paragraph(first, last, tuple(lines), blanks_before))
                lines.clear()
                blanks = 0
            blanks += 1
        if match.end() == end:
            break
        position = match.end()
    if lines:
        found.append(Paragraph(first, last, tuple(lines), blanks_before))
    return found


def split_indented(found: Sequence[Paragraph], raw: str) -> list[Paragraph]:
    """Take apart runs of prose whose paragraphs begin with an indented line instead of a blank one.

    A line begins a paragraph if it is set in, the line before ended a sentence and the next is back at
    the margin. Verse, whose lines are set in by turns, is left whole.
    """
    result: list[Paragraph] = []
    for paragraph in found:
        result += _taken_apart(paragraph, raw)
    return result


def _taken_apart(paragraph: Paragraph, raw: str) -> list[Paragraph]:
    lines = paragraph.lines
    indents = [len(line) - len(line.lstrip()) for line in lines]
    margin = min(indents)
    if len(lines) < _RUN_LINES or indents.count(margin) < _MARGIN_SHARE * len(lines):
        return [paragraph]
    if sum(len(line) for line in lines) < _RUN_WIDTH * len(lines):
        return [paragraph]
    cuts = [
        number
        for number in range(1, len(lines))
        if margin + 2 <= indents[number] <= margin + 10
        and lines[number - 1].rstrip("_\"'”’)]*").endswith((".", "!", "?", "--", "—", ":"))
        and (number + 1 == len(lines) or indents[number + 1] == margin)
    ]
    if not cuts:
        return [paragraph]
    starts = _line_starts(paragraph, raw)
    pieces = []
    for first, stop in pairwise([0, *cuts, len(lines)]):
        start, last = starts[first], starts[stop - 1]
        end = last + len(lines[stop - 1].lstrip())
        pieces.append(Paragraph(start, end, lines[first:stop], paragraph.blanks_before if first == 0 else 0))
    return pieces


def _line_starts(paragraph: Paragraph, raw: str) -> list[int]:
    """Where each line of a paragraph begins in the file, without its indentation."""
    starts = []
    position = paragraph.start
    for line in paragraph.lines:
        position = raw.index(line.lstrip(), position)
        starts.append(position)
        position += len(line.lstrip())
    return starts


def wrap_width(found: Sequence[Paragraph], share: float = 0.9) -> int:
    """The column at which the prose of a text was wrapped: what nine of ten inner lines stay within.

    A text that is mostly verse needs a higher ``share``, since only its few prose lines show the column.
    """
    lengths = sorted(
        len(line) for paragraph in found if len(paragraph.lines) > 2 for line in paragraph.lines[:-1]
    )
    return lengths[int(share * (len(lengths) - 1))] if lengths else _DEFAULT_WIDTH


def chosen_breaks(lines: Sequence[str], width: int) -> int:
    """How many line breaks were made on purpose: the next word would still have fitted into ``width``."""
    count = 0
    for line, following in pairwise(lines):
        word = following.split(maxsplit=1)[0]
        count += len(line) + 1 + len(word) <= width - _SLACK
    return count


def is_verse(paragraph: Paragraph, width: int) -> bool:
    """Whether the line breaks carry meaning (verse, addresses, signatures) rather than a margin."""
    lines = paragraph.lines
    if len(lines) < 2 or chosen_breaks(lines, width) < _VERSE_SHARE * (len(lines) - 1):
        return False
    return not _narrow_prose(lines)


def _narrow_prose(lines: Sequence[str]) -> bool:
    """A quotation wrapped at a margin of its own: few lines had room, and most go on in lower case."""
    if len(lines) < _NARROW_LINES:
        return False
    own_width = max(len(line) for line in lines)
    going_on = sum(line.lstrip()[:1].islower() for line in lines[1:])
    roomy = chosen_breaks(lines, own_width + _SLACK)
    return roomy <= _NARROW_SHARE * (len(lines) - 1) and going_on >= _VERSE_SHARE * (len(lines) - 1)


def without_markup(text: str) -> str:
    """The text without Gutenberg's markup: footnote marks, page numbers, italics, bold, bracketed notes.

    Idempotent on text that has no nested markup. ``____`` (a blank left in the original) stays.
    """
    text = _OPEN_NOTE.sub("", _closed_notes_gone(text))
    text = _PAGE_NUMBER.sub("", text)
    text = _FOOTNOTE_MARK.sub("", text)
    text = _SUPERSCRIPT.sub(r"\1", text)
    text = _GREEK.sub(r"\1", text)
    text = _STARS.sub(r"\1", _TAG.sub("", text))
    text = _BOLD.sub(r"\1", text)
    return _UNDERSCORE.sub("", text)


def opens_note(paragraph: Paragraph) -> bool:
    """Whether a footnote or illustration begins in the paragraph and does not end there."""
    return bool(_OPEN_NOTE.search(_closed_notes_gone(paragraph.text)))


def _closed_notes_gone(text: str) -> str:
    return _BRACKET_NOTE.sub("", _BRACE_NOTE.sub("", text)) if "[" in text or "{" in text else text


def flow(paragraph: Paragraph, verse: bool) -> str:
    """The text without markup: prose on one line, verse with its line breaks and relative indents."""
    if not verse:
        joined = without_markup(" ".join(line.strip() for line in paragraph.lines))
        return _tidy(joined)
    indent = paragraph.indent
    # Notes may span lines, so markup goes before the lines are taken apart.
    cleaned = without_markup("\n".join(line[indent:] for line in paragraph.lines))
    kept = []
    for line in cleaned.split("\n"):
        if line.strip():
            body = _tidy(line)
            kept.append(" " * (len(line) - len(line.lstrip())) + body)
    return "\n".join(kept)


def _tidy(line: str) -> str:
    return _SPACES.sub(" ", line).strip()
