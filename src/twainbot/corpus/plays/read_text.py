"""A play in plain text to speeches, from the structure of the page.

The lines that begin speeches are found by :mod:`~twainbot.corpus.plays.layouts`; paragraphs are cut at
them, at headings and at directions that stand on lines of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from twainbot.corpus.books import layout
from twainbot.corpus.books.gutenberg import BOILERPLATE, TRANSCRIBER_NOTE, Body
from twainbot.corpus.paragraphs import Paragraph, chosen_breaks, flow, paragraphs, wrap_width
from twainbot.corpus.plays.directions import begins_direction, direction_lines, inner_directions
from twainbot.corpus.plays.front import after_first_heading, first_part, front_reason, opens_persons, persons
from twainbot.corpus.plays.headings import UNLABELLED, enter, heading
from twainbot.corpus.plays.layouts import CHORUS, Cue, Layout, find_layout
from twainbot.corpus.plays.script import Drop, Script, Speech, label, without_inner
from twainbot.files import InputError

# A rule, or the name of a stanza of a Greek chorus.
_UNDERLINE = re.compile(
    r"^\s*(?:[=\-_~*]{3,}|[_\[(]*(?:(?:ANTI)?STROPHE|EPODE|(?i:(?:anti)?strophe|epode)\s+(?:[IVX]+|\d+))"
    r"[IVX\d .]*[.\])_]*)\s*$"
)
_INNER_DIRECTION = re.compile(r"(?:^|[.;:]\s+)(?:Re-?enter|Enter|Exit|Exeunt)\b")
_BRACKETS = re.compile(r"\[[^\[\]]*\]")
_MARKS = " _.=()"
_TOLD = re.compile(
    r"_?(?:(?P<curtain>(?:[Tt]he\s+)?[Cc]urtain\b|A\s+pause\b|Pause\b|Silence\b)"
    r"|(?P<name>(?:[Tt]he\s+|A\s+)?[A-Z][\w'’.]*(?:\s[A-Z][\w'’.]*){0,2}?)(?:\s+and\s|\s+(?P<verb>(?!is\b|was\b|has\b|does\b)[a-z]+s)\b|[\s.,_]))",
)
# Editions number every fifth or tenth line at the right margin.
_LINE_NUMBER = re.compile(r"[ \t]{2,}\d{0,3}[05][ \t]*$", re.MULTILINE)
# From so many blank lines on, capitals below them are a title: of the next play or poem of the file.
_TITLE_GAP = 3
_RIGHT_MARGIN, _RIGHT_CHARS = 40, 45  # columns; a short line so far in is a direction set to the right
_LEAST_WIDTH = 60  # a play all in verse shows no margin; nobody wraps prose narrower than this
# Share of line breaks made on purpose from which a speech is verse; capitals at line starts are a
# second sign.
_VERSE_SHARE, _CAPITAL_SHARE = 0.5, 0.2


@dataclass
class _Open:
    """A speech that may go on in the next paragraph."""

    speakers: tuple[str, ...]
    act: str
    scene: str
    start: int
    end: int
    work: str
    parts: list[str] = field(default_factory=list)


def read_text(raw: str, body: Body, where: str) -> Script:
    """The speeches of ``raw[body.start:body.end]`` in order.

    A speech's span begins at the speaker's name and goes on over stage directions within it. Directions
    are dropped one by one, also those inside a speech's span. What a prologue or epilogue says without
    a name before it is spoken by ``PROLOGUE`` or ``EPILOGUE``.

    Raises:
        InputError: nobody speaks in any of the layouts; ``where`` names the file.
    """
    found = paragraphs(raw, body.start, body.end)
    style = find_layout(after_first_heading(found)) or find_layout(found)
    first = first_part(found, style) if style else None
    if style is None or first is None:
        raise InputError(
            f"{where}: found no act with speeches ('NAME. text', or 'NAME.' alone on a line). "
            "Set `kind: gutenberg` for it in data/sources.yaml if it is not a play."
        )
    width = max(_LEAST_WIDTH, wrap_width(found, share=0.99))
    script = Script(
        persons=persons(found[:first]),
        drops=[Drop(p.start, p.end, front_reason(p)) for p in found[:first]],
    )
    act = scene = work = title_above = ""
    current: _Open | None = None
    speeches: list[_Open] = []
    for unit, cue in _units(raw, found[first:], style):
        section = " ".join(part for part in (work, act, scene) if part)
        if cue is None and (opens_persons(unit) or layout.opens_list(unit)):
            # Another play of the same file begins.
            act, scene, work, current = "", "", title_above or work, None
            script.drops.append(Drop(unit.start, unit.end, front_reason(unit)))
            continue
        if (
            cue is None
            and unit.blanks_before >= _TITLE_GAP
            and unit.text.isupper()
            and not heading(unit.text)
        ):
            title_above, current = unit.text, None
        if cue is None and (title := heading(unit.text)) is not None:
            act, scene = enter(act, scene, title)
            current = None
            script.drops.append(Drop(unit.start, unit.end, "heading"))
            continue
        if cue is not None:
            current = _Open(cue.speakers, act, scene, unit.start, unit.end, work)
            speeches.append(current)
        else:
            reason = _dropped(unit, style, in_speech=current is not None)
            unlabelled = scene or act
            if not reason and current is None and unlabelled in UNLABELLED:
                current = _Open((unlabelled,), act, scene, unit.start, unit.end, work)
                speeches.append(current)
            if reason or current is None:
                script.drops.append(Drop(unit.start, unit.end, reason or "stage_direction"))
                if reason in (None, "stage_direction"):
                    script.directions.append((section, unit.text))
                continue
        current.end = unit.end
        opening = not any(current.parts)
        current.parts.append(_said(unit, cue, width, opening))
        for start, end in _inner(raw, unit, cue, opening):
            script.drops.append(Drop(start, end, "stage_direction"))
            script.directions.append((section, raw[start:end]))

    silent: list[tuple[int, int]] = []
    several = len({speech.work for speech in speeches if any(speech.parts)}) > 1
    for speech in speeches:
        parts = [part for part in speech.parts if part]
        if not parts:
            silent.append((speech.start, speech.end))
            continue
        verse = any("\n" in part for part in parts)
        text = ("\n" if verse else " ").join(parts)
        script.speeches.append(
            Speech(speech.speakers, speech.act, speech.scene, speech.start, speech.end, text, verse,
                   speech.work if several else "")
        )  # fmt: skip
    script.drops = without_inner(script.drops, silent)
    script.drops += [Drop(start, end, "stage_direction") for start, end in silent]
    return script


def _units(raw: str, found: Sequence[Paragraph], style: Layout) -> list[tuple[Paragraph, Cue | None]]:
    """Paragraphs cut so that each is one heading, one direction, a speech's beginning, or what goes on."""
    units: list[tuple[Paragraph, Cue | None]] = []
    for paragraph in found:
        starts = [0]
        cues: dict[int, Cue | None] = {}
        lines = paragraph.lines
        until = 0
        whole_heading = heading(paragraph.text) is not None and not any(
            style.cue(line, place == 0) for place, line in enumerate(lines)
        )
        for index, line in enumerate(lines):
            if whole_heading or index < until:
                continue
            below = index < len(lines) - 1 or label(line) == CHORUS
            cue = style.cue(line, index == 0, below)
            title = heading(line) if cue is None and len(lines) > 1 else None
            directed = (
                direction_lines(lines, index) if cue is None and title is None and len(lines) > 1 else 0
            )
            if cue or title or directed or _UNDERLINE.match(line):
                starts.append(index)
                cues[index] = cue
                if not cue:
                    until = index + max(directed, 1)
                    starts.append(until)
        cuts = sorted({start for start in starts if start < len(lines)})
        places = _line_places(raw, paragraph)
        for start, end in pairwise([*cuts, len(lines)]):
            first, last = places[start][0], places[end - 1][1]
            blanks = paragraph.blanks_before if start == 0 else 0
            units.append((Paragraph(first, last, lines[start:end], blanks), cues.get(start)))
    return units


def _line_places(raw: str, paragraph: Paragraph) -> list[tuple[int, int]]:
    """(start, end) in the file of each line's text, without indentation and trailing blanks."""
    places = []
    position = paragraph.start
    for line in paragraph.lines:
        text = line.strip()
        start = raw.index(text, position)
        position = start + len(text)
        places.append((start, position))
    return places


def _dropped(paragraph: Paragraph, style: Layout, in_speech: bool) -> str | None:
    """The reason to drop a paragraph without a speaker, or None if it continues the speech before it."""
    text = paragraph.text
    if BOILERPLATE.search(text) or TRANSCRIBER_NOTE.match(text):
        return "credits"
    if layout.is_break(paragraph):
        return "break"
    if _UNDERLINE.match(text):
        return "heading"
    if layout.is_last_word(text) or (text.isupper() and not in_speech):
        return "heading"
    bare = _BRACKETS.sub("", text).strip(_MARKS)
    if not bare or begins_direction(text) or (paragraph.indent and _INNER_DIRECTION.search(text)):
        return "stage_direction"
    if text.isupper() and len(text) > 2 and not text.endswith(("!", "?")):
        return "stage_direction"
    if paragraph.indent >= _RIGHT_MARGIN and len(text) <= _RIGHT_CHARS and len(paragraph.lines) == 1:
        return "stage_direction"
    if in_speech and paragraph.blanks_before and _tells_of(text, style.known):
        return "stage_direction"
    inside = text.strip("_ ")
    if inside[:1] == "(" and inside[-1:] == ")" and inside.count("(") == 1:
        return "stage_direction"
    if text.startswith("[") and text.count("[") > text.count("]"):
        return "stage_direction"
    return None


def _tells_of(text: str, known: frozenset[str]) -> bool:
    """Whether a paragraph tells what one who speaks does: ``Fred rushes in.``, ``_ORLO comes in_.``"""
    match = _TOLD.match(text)
    if match is None:
        return False
    if match.group("curtain") or label(match.group("name")) in known:
        italic = text.startswith("_") and text.count("_") == 2 and text.rstrip(" .").endswith("_")
        return italic or bool(match.group("verb") and not match.group("curtain"))
    return False


def _inner(raw: str, unit: Paragraph, cue: Cue | None, opening: bool) -> Iterator[tuple[int, int]]:
    """The places in the file of the directions within what a unit says."""
    indent = len(unit.lines[0]) - len(unit.lines[0].lstrip())
    said = unit.start + max(0, cue.length - indent) if cue else unit.start
    for first, last in inner_directions(raw[said : unit.end], opening):
        piece = raw[said + first : said + last]
        start = said + first + len(piece) - len(piece.lstrip())
        yield start, start + len(piece.strip())


def _said(unit: Paragraph, cue: Cue | None, width: int, opening: bool) -> str:
    """What a unit says, without speaker and directions; line breaks are kept if they were made on purpose."""
    # The page's own lines tell about its margin: a speaker's name makes the first one longer.
    page = unit.lines[1:] if cue and cue.alone else unit.lines
    lines = page if cue is None or cue.alone else (page[0][cue.length :], *page[1:])
    text = _LINE_NUMBER.sub("", "\n".join(lines))
    for first, last in reversed(list(inner_directions(text, opening))):
        text = text[:first] + text[last:]
    if opening and not text.lstrip().startswith(".."):
        text = text.lstrip(" .:,")
    kept = tuple(line.rstrip() for line in text.split("\n") if line.strip(" _."))
    if not kept:
        return ""
    breaks = chosen_breaks(page, width)
    capitals = all(line.lstrip("_ '\"‘“(")[:1].isupper() for line in kept[1:])
    wanted = _CAPITAL_SHARE if capitals else _VERSE_SHARE
    verse = len(kept) > 1 and breaks >= wanted * (len(page) - 1)
    return flow(Paragraph(0, 0, kept, 0), verse)
