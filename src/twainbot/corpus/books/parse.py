"""A book to paragraphs with exact spans: text is kept, everything around it is dropped with a reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from twainbot.corpus.books import layout
from twainbot.corpus.books.editorial import without_editorial
from twainbot.corpus.books.gutenberg import BOILERPLATE, TRANSCRIBER_NOTE, Body
from twainbot.corpus.books.marks import (
    FOOTNOTE_NUMBER,
    FOOTNOTE_TITLE,
    FOOTNOTE_WORD,
    ILLUSTRATION,
    is_apparatus,
)
from twainbot.corpus.paragraphs import (
    Paragraph,
    flow,
    is_verse,
    opens_note,
    paragraphs,
    split_indented,
    without_markup,
    wrap_width,
)
from twainbot.corpus.pieces import Pieces
from twainbot.records import Kind, Reject, Segment

BOOK_REASONS = (
    "heading", "contents", "illustration", "footnote", "break", "table", "front_matter", "credits",
    "editorial",
)  # fmt: skip
# A bracketed block goes on over blank lines until its bracket closes, but a bracket that never closes
# must not swallow the book.
_BLOCK_PARAGRAPHS = 8
_NOTE_GAP = 3
# A transcriber's note in this last part of a book runs to its end, if that is not too far; in the second half
# if no chapter follows.
_NOTE_TAIL, _NOTE_HALF, _NOTE_CHARS = 0.8, 0.5, 30_000
_NOTE_PARAGRAPHS = 30
_MAX_SECTION = 120
_OPENING_PARAGRAPHS = 40


def parse_book(
    raw: str, body: Body, *, doc_id: str, source_id: str, kind: Kind = "book", author: str = ""
) -> tuple[list[Segment], list[Reject]]:
    """The paragraphs of ``raw[body.start:body.end]``; every one becomes a segment or a reject.

    ``raw[start:end]`` is the paragraph as it stands in the file, without the indentation of its first
    line. ``text`` has no markup; prose is on one line, verse keeps its line breaks. ``section`` is the
    chapter, with the book or part before it where there is one. An introduction by somebody else than
    ``author`` is no text of the author's, and dropped (:mod:`twainbot.corpus.books.editorial`).

    Reasons of rejects: :data:`BOOK_REASONS`.
    """
    found = split_indented(paragraphs(raw, body.start, body.end), raw)
    walk = _Walk(found, wrap_width(found), body.start, body.end)
    pieces = Pieces(raw, doc_id, source_id, kind)
    for paragraph, reason, section in without_editorial(walk.run(), author):
        verse = is_verse(paragraph, walk.width)
        text = flow(paragraph, verse) if reason is None else ""
        if reason is None and not re.search(r"\w", text):
            reason = "break"
        if reason is None:
            pieces.keep(paragraph.start, paragraph.end, text, section=section, verse=verse and "\n" in text)
        else:
            pieces.drop(paragraph.start, paragraph.end, reason)
    return pieces.result()


@dataclass
class _Title:
    rank: int
    text: str
    alone: bool  # a preface or the like


@dataclass
class _Walk:
    """Goes through the paragraphs once, remembering the section and which list or block it is in."""

    found: Sequence[Paragraph]
    width: int
    body_start: int
    body_end: int
    titles: list[_Title] = field(default_factory=list)  # highest rank first
    after_heading: bool = False
    in_list: bool = False
    in_index: bool = False
    listed: set[str] = field(default_factory=set)
    front: bool = True
    roman: bool = False  # chapters are counted I, II, III

    def __post_init__(self) -> None:
        self.roman = any(paragraph.text.strip("_= .") == "II" for paragraph in self.found)

    def run(self) -> list[tuple[Paragraph, str | None, str]]:
        """Each paragraph with the reason to drop it (None: keep it) and its section."""
        result: list[tuple[Paragraph, str | None, str]] = []
        index = 0
        first_text = self._first_text()
        while index < len(self.found):
            self.front = index < first_text
            block, reason = self._block(index)
            if reason is None:
                block, reason = 1, self._single(index)
            result += [(paragraph, reason, self.section) for paragraph in self.found[index : index + block]]
            index += block
        return result

    @property
    def section(self) -> str:
        return " ".join(title.text for title in self.titles)[:_MAX_SECTION]

    def _first_text(self) -> int:
        """Where the title page ends: the title above the first running text, or that text itself."""
        after_note = 0
        for index, paragraph in enumerate(self.found):
            if TRANSCRIBER_NOTE.match(paragraph.text):
                after_note = index + self._note_length(index)
            prose = layout.is_prose(paragraph, self.width, set_in=True)
            if index >= after_note and prose and not is_apparatus(paragraph):
                return self._opening(index)
        return 0

    def _opening(self, prose: int) -> int:
        """The index of the titles above the first running text, so that short opening paragraphs are kept."""
        for index in range(prose - 1, max(-1, prose - _OPENING_PARAGRAPHS), -1):
            paragraph = self.found[index]
            if layout.opens_list(paragraph) or is_apparatus(paragraph):
                break
            set_off = paragraph.blanks_before >= 2 or index == prose - 1
            if (
                set_off
                and layout.is_heading(paragraph, False)
                and layout.rank(paragraph) >= layout.NUMBER_RANK
            ):
                while index and self._stands_above(index):
                    index -= 1
                return index
        previous = self.found[prose - 1] if prose else None
        return prose - 1 if previous and layout.is_heading(previous, False) else prose

    def _stands_above(self, index: int) -> bool:
        """Whether the paragraph before ``index`` is a title of higher rank: a part above a chapter."""
        above, below = self.found[index - 1], self.found[index]
        return layout.is_heading(above, False) and layout.rank(above) > layout.rank(below)

    def _block(self, index: int) -> tuple[int, str | None]:
        """Runs of paragraphs that are dropped together: notes, illustrations and footnotes."""
        paragraph = self.found[index]
        text = paragraph.text
        if TRANSCRIBER_NOTE.match(text):
            return self._note_length(index), "credits"
        if text.startswith("<<") and BOILERPLATE.search(text):
            return self._licence_length(index), "credits"
        if ILLUSTRATION.match(text) and "[" in text[:3]:
            length = self._bracket_length(index)
            if length and self._ends_with_bracket(index + length - 1):
                return length, "illustration"
        if FOOTNOTE_WORD.match(text) and not re.search(r"\w", without_markup(text)):
            return self._bracket_length(index) or 1, "footnote"
        if index and opens_note(self.found[index - 1]) and (length := self._note_end(index)):
            return length, "footnote"
        if FOOTNOTE_NUMBER.match(text):
            return self._footnote_length(index), "footnote"
        return 1, None

    def _note_length(self, index: int) -> int:
        """How many paragraphs a transcriber's note has; in the book's tail it may run to the end."""
        paragraph = self.found[index]
        if paragraph.text.startswith("[") and (length := self._bracket_length(index)):
            return length
        if len(TRANSCRIBER_NOTE.sub("", paragraph.text).strip(" .:[]+-|=_")) > 0:
            return 1
        rest = self.found[index + 1 :]
        done = (paragraph.start - self.body_start) / max(1, self.body_end - self.body_start)
        last = done >= _NOTE_TAIL or (done >= _NOTE_HALF and not any(map(layout.chapter_key, rest)))
        if last and self.body_end - paragraph.start <= _NOTE_CHARS:
            return len(rest) + 1
        for length, following in enumerate(rest, start=1):
            # Its first paragraph may be set off from the title.
            heading = following.blanks_before >= 2 and layout.is_heading(following, False)
            if length > 1 and (following.blanks_before >= _NOTE_GAP or heading or length > _NOTE_PARAGRAPHS):
                return length
            if layout.is_bare_chapter(following) or layout.opens_list(following):
                return length
        return len(rest) + 1

    def _licence_length(self, index: int) -> int:
        """A licence within a book, in double angle brackets."""
        for length, paragraph in enumerate(self.found[index : index + _BLOCK_PARAGRAPHS], start=1):
            if ">>" in paragraph.text:
                return length
        return 1

    def _bracket_length(self, index: int) -> int:
        """How many paragraphs until the first bracket is closed; 0 if it does not close soon."""
        depth = 0
        for length, paragraph in enumerate(self.found[index : index + _BLOCK_PARAGRAPHS], start=1):
            for char in paragraph.text:
                depth += (char == "[") - (char == "]")
                if char == "]" and depth <= 0:
                    return length
        return 0

    def _note_end(self, index: int) -> int:
        """How many paragraphs until one ends with the bracket that closes a note; 0 if none does soon."""
        for length, paragraph in enumerate(self.found[index : index + _BLOCK_PARAGRAPHS], start=1):
            if paragraph.text.endswith(("]", "}")):
                return length
        return 0

    def _ends_with_bracket(self, index: int) -> bool:
        return self.found[index].text.rstrip("_ .").endswith("]")

    def _footnote_length(self, index: int) -> int:
        """A numbered note and the paragraphs set as far in as it is."""
        first = self.found[index]
        if first.indent < 2:
            return 1
        length = 1
        while index + length < len(self.found):
            paragraph = self.found[index + length]
            if (
                paragraph.indent < first.indent
                or paragraph.blanks_before > 1
                or FOOTNOTE_NUMBER.match(paragraph.text)
            ):
                break
            length += 1
        return length

    def _single(self, index: int) -> str | None:
        """The reason to drop one paragraph, or None; keeps track of sections and lists."""
        paragraph = self.found[index]
        if BOILERPLATE.search(paragraph.text):
            return "credits"
        if layout.is_break(paragraph):
            return "break"
        if FOOTNOTE_TITLE.match(paragraph.text):
            return "footnote"
        if layout.opens_list(paragraph) or layout.opens_index(paragraph):
            self.in_list, self.in_index, self.after_heading = True, layout.opens_index(paragraph), False
            self.listed.clear()
            return "contents"
        if self.front and not self.in_list and layout.is_imprint(paragraph):
            return "front_matter"
        heading = layout.is_heading(paragraph, self.after_heading)
        if self.in_list and self._still_listed(index, heading):
            return "contents"
        if heading:
            self._enter(paragraph)
            return "heading"
        after_heading, self.after_heading = self.after_heading, False
        if after_heading and layout.is_synopsis(paragraph):
            return "contents"
        if self.front or (after_heading and layout.is_imprint(paragraph)):
            return "front_matter"
        if layout.is_table(paragraph):
            return "table"
        return None

    def _still_listed(self, index: int, heading: bool) -> bool:
        """Whether a list goes on. It ends at running text, or at a title that leads to some."""
        paragraph = self.found[index]
        prose = layout.is_prose(paragraph, self.width)
        key = layout.chapter_key(paragraph)
        following = self.found[index + 1] if index + 1 < len(self.found) else None
        if self.in_index or following is None:
            self.in_list = not prose
        elif heading and not layout.is_synopsis(following):
            bare = layout.is_bare_chapter(paragraph) or layout.is_named_heading(paragraph)
            again = key in self.listed or _letters(paragraph.text) in self.listed
            leads_to_text = layout.is_prose(following, self.width)
            self.in_list = not (leads_to_text or again or (bare and paragraph.blanks_before >= 2))
        elif prose and not heading:
            self.in_list = False
        self.listed.update({key} if key else ())
        self.listed.update(_letters(line) for line in paragraph.lines)
        return self.in_list

    def _enter(self, paragraph: Paragraph) -> None:
        """A title ends the sections of its rank and below; one directly below another is added to it."""
        text = re.sub(r"\s+", " ", paragraph.text.strip("_= "))
        rank = layout.rank(paragraph, self.roman)
        if not self.front and not layout.is_last_word(text):
            if self.after_heading and self.titles and rank < min(self.titles[-1].rank, layout.NUMBER_RANK):
                self.titles[-1].text += f" {text}"
            elif rank:
                # A preface has no chapters: whatever is set off after it ends it.
                self.titles = [title for title in self.titles if title.rank > rank and not title.alone]
                self.titles.append(_Title(rank, text, layout.is_named_heading(paragraph)))
        # A signature in capitals is no title, and what follows it is no subtitle.
        self.after_heading = self.after_heading or rank > 0


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()
