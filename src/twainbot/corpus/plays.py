"""A play to speeches, from the structure of the page: acts, scenes, speakers, stage directions.

Two layouts are read, whichever the file uses: ``NAME. text`` on one line, and ``NAME.`` alone on its
line with the speech below. The set of speakers is learnt from the text itself after the first act's
heading, so no list of names is needed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from twainbot.corpus import layout
from twainbot.corpus.gutenberg import BOILERPLATE, TRANSCRIBER_NOTE, Body
from twainbot.corpus.paragraphs import Paragraph, chosen_breaks, flow, paragraphs, wrap_width
from twainbot.corpus.pieces import Pieces
from twainbot.files import InputError
from twainbot.records import Reject, Segment

PLAY_REASONS = ("heading", "contents", "stage_direction", "front_matter", "credits", "break")
JOINED = " AND "
_NUMBER = r"(?:[IVXL]+|\d+|FIRST|SECOND|THIRD|FOURTH|FIFTH|THE\s+\w+)"
_ACT = re.compile(rf"^(?:ACT\s+({_NUMBER})|({_NUMBER})\s+ACT)\b[.:]?(.*)$", re.IGNORECASE | re.DOTALL)
_SCENE = re.compile(rf"^SCENE\s+({_NUMBER})\b[.:]?(.*)$", re.IGNORECASE | re.DOTALL)
_OTHER_PART = re.compile(r"^(PROLOGUE|EPILOGUE|INDUCTION|CHORUS)[.:]?$")
_WORD = r"[A-ZÀ-ÞŒ][A-ZÀ-ÞŒ'’\-]+\.?"
_NAME = rf"{_WORD}(?:[ ](?:OF[ ]|THE[ ])*(?:{_WORD}|[A-Z]\b\.?(?=\s*$|[.:]))|[ ]\d)*"
_NAMES = rf"{_NAME}(?:(?:,[ ]|[ ](?:and|AND|&)[ ]|[ ]&[ ]){_NAME})*"
_ALONE = re.compile(rf"^[_=]*({_NAMES})[.:]?[_=]*(?:\s*[\[(][^\])]*[\])])?[.:]?$")
_INLINE = re.compile(rf"^[_=]*({_NAMES})[_=]*(?:\s*[\[(][^\])]*[\])])?[.:][_=]*\s+(?=\S)")
# A full stop that a transcriber forgot: only for names that are known from elsewhere.
_INLINE_BARE = re.compile(rf"^({_NAMES})\s+(?=[A-Z‘“'\"][a-z’' ]|[A-Z]\b(?![A-Z.]))")
_JOIN = re.compile(r",\s|\s(?:and|AND|&)\s")
_DIRECTION_WORD = re.compile(
    r"^[_(\[]*(?:Re-?enters?|Enters?|Exit|Exeunt|Manet|Alarums?|Flourish|Sennet|Retreat|Hautboys|Trumpets?|Thunder"
    r"|Drums?|Curtain|Dies|Dumb[ -]show|A\s+(?:dead\s+march|flourish|sennet))\b"
)
_BRACKETS = re.compile(r"\[[^\[\]]*\]")
_ASIDE = re.compile(
    r"\(_?(?:aside|to\s|within|sings?|singing|reads?|reading|rising|exit|exeunt|enter|dies|kneel\w*|draw\w*)[^()]{0,80}\)",
    re.IGNORECASE,
)
_TRAILING_EXIT = re.compile(r"\s_(?:Exit|Exeunt|Dies|Aside)[^_]{0,60}_\.?\s*$")
_INNER_DIRECTION = re.compile(r"(?:^|[.;:]\s+)(?:Re-?enter|Enter|Exit|Exeunt)\b")
_MIN_SPEECHES = 2
_LEAST_WIDTH = 60  # a play all in verse shows no margin; nobody wraps prose narrower than this
# Share of line breaks made on purpose from which a speech is verse; capitals at line starts are a
# second sign.
_VERSE_SHARE, _CAPITAL_SHARE = 0.5, 0.2


@dataclass
class _Speech:
    speakers: list[str]
    section: str
    start: int
    end: int
    parts: list[str] = field(default_factory=list)


def parse_play(raw: str, body: Body, *, doc_id: str, source_id: str) -> tuple[list[Segment], list[Reject]]:
    """The speeches of ``raw[body.start:body.end]`` in order, with canonical speakers.

    A speech's span begins at the speaker's name and goes on over stage directions within it; its
    ``text`` has neither. ``section`` is ``ACT I SCENE II``. Speakers of one speech are joined by
    " AND "; a name that shortens exactly one other (``GUILD.``) becomes that one. Directions that are
    paragraphs of their own are rejects, also when they lie inside a speech's span.

    Reasons of rejects: :data:`PLAY_REASONS`.

    Raises:
        InputError: there is no act with speeches in either layout.
    """
    found = paragraphs(raw, body.start, body.end)
    first = _first_act(found)
    if first is None:
        raise InputError(
            f"{source_id}: found no act with speeches ('NAME. text', or 'NAME.' alone on a line). "
            "Set `kind: gutenberg` for it in data/sources.yaml if it is not a play."
        )
    width = max(_LEAST_WIDTH, wrap_width(found, share=0.99))
    known = _speakers(found[first:])
    canonical = _canonical(known, _persons(found[:first]))
    pieces = Pieces(raw, doc_id, source_id, "play")
    speeches: list[_Speech] = []
    for paragraph in found[:first]:
        pieces.drop(paragraph.start, paragraph.end, _front_reason(paragraph))
    act = scene = ""
    current: _Speech | None = None
    for paragraph in found[first:]:
        heading = _heading(paragraph)
        if heading is not None:
            act, scene = (heading[0], heading[1]) if heading[0] else (act, heading[1])
            current = None
            pieces.drop(paragraph.start, paragraph.end, "heading")
            continue
        section = " ".join(part for part in (act, scene) if part)
        speaker = _speaker_of(paragraph, known)
        if speaker is None:
            reason = _dropped(paragraph, in_speech=current is not None)
            if reason or current is None:
                pieces.drop(paragraph.start, paragraph.end, reason or "stage_direction")
                continue
            current.end = paragraph.end
            current.parts.append(_spoken(paragraph.lines, paragraph.lines, width))
            continue
        names, lines = speaker
        current = _Speech(
            [canonical.get(name, name) for name in names], section, paragraph.start, paragraph.end
        )
        current.parts.append(_spoken(lines, paragraph.lines[-len(lines) :], width))
        speeches.append(current)

    for speech in speeches:
        parts = [part for part in speech.parts if part]
        if not parts:
            pieces.drop(speech.start, speech.end, "stage_direction")
            continue
        text = ("\n" if any("\n" in part for part in parts) else " ").join(parts)
        speakers = JOINED.join(dict.fromkeys(speech.speakers))
        pieces.keep(
            speech.start, speech.end, text, section=speech.section, verse="\n" in text, speaker=speakers
        )
    return pieces.result()


def _first_act(found: Sequence[Paragraph]) -> int | None:
    """The act heading after which speeches come before the next act: not the one in the contents."""
    headings = [index for index, paragraph in enumerate(found) if (_heading(paragraph) or ("",))[0]]
    for index, following in pairwise([*headings, len(found)]):
        if (
            sum(_candidate(paragraph) is not None for paragraph in found[index + 1 : following])
            >= _MIN_SPEECHES
        ):
            return index
    return None


def _heading(paragraph: Paragraph) -> tuple[str, str] | None:
    """(act, scene) as written in sections, either may be empty; None if the paragraph is no heading."""
    text = paragraph.text.strip("_= ")
    if match := _OTHER_PART.match(text):
        return match.group(1), ""
    if match := _ACT.match(text):
        rest = match.group(3).strip(" .,:;—-")
        act = f"ACT {(match.group(1) or match.group(2)).upper()}"
        scene = _SCENE.match(rest)
        if not rest or scene:
            # "ACT I Scene I. ... Scene II. ..." in one paragraph is a list of contents.
            if scene and re.search(r"\bscene\b", scene.group(2), re.IGNORECASE):
                return None
            return act, f"SCENE {scene.group(1).upper()}" if scene else ""
        return None
    if match := _SCENE.match(text):
        return "", f"SCENE {match.group(1).upper()}"
    return None


def _candidate(paragraph: Paragraph) -> tuple[list[str], tuple[str, ...]] | None:
    """Speakers and the lines they say, if the paragraph looks like a speech in either layout."""
    head = paragraph.lines[0].strip()
    if len(paragraph.lines) > 1 and (match := _ALONE.match(head)):
        return _split_names(match.group(1)), paragraph.lines[1:]
    if match := _INLINE.match(head):
        return _split_names(match.group(1)), (head[match.end() :], *paragraph.lines[1:])
    return None


def _speaker_of(paragraph: Paragraph, known: frozenset[str]) -> tuple[list[str], tuple[str, ...]] | None:
    """As :func:`_candidate`, for known speakers only, and with the full stop after the name optional."""
    if candidate := _candidate(paragraph):
        return candidate if all(name in known for name in candidate[0]) else None
    head = paragraph.lines[0].strip()
    if (match := _INLINE_BARE.match(head)) and all(name in known for name in _split_names(match.group(1))):
        return _split_names(match.group(1)), (head[match.end() :], *paragraph.lines[1:])
    return None


def _split_names(names: str) -> list[str]:
    return [re.sub(r"\s+", " ", name).strip(" .").upper() for name in _JOIN.split(names)]


def _speakers(found: Sequence[Paragraph]) -> frozenset[str]:
    """Every name that begins a speech; the page's layout makes it one, not how often it occurs."""
    counts: Counter[str] = Counter()
    for paragraph in found:
        if _heading(paragraph) is None and (candidate := _candidate(paragraph)):
            counts.update(candidate[0])
    return frozenset(counts)


def _persons(front: Sequence[Paragraph]) -> set[str]:
    """Names in capitals in the list of persons: the long forms of abbreviated speakers."""
    return {
        name.strip()
        for paragraph in front
        for sentence in re.split(r"[.,:;]", paragraph.text)
        for name in re.findall(_NAME, sentence)
    }


def _canonical(known: frozenset[str], persons: set[str]) -> dict[str, str]:
    """Maps a name that shortens exactly one other, word by word (``GUILD``, ``LADY M``), to that one."""
    full = known | persons
    result = {}
    for name in sorted(known):
        longer = [other for other in sorted(full) if other != name and _shortens(name, other)]
        # A singular does not shorten its plural, and a name in the list of persons is whole already.
        if len(longer) == 1 and name not in persons:
            result[name] = longer[0]
    return result


def _shortens(name: str, other: str) -> bool:
    short, long = name.split(), other.split()
    if len(short) > len(long) or f"{name}S" == other:
        return False
    # One letter says enough only after a whole word: LADY E. is a lady, E. may be anybody.
    return all(
        word == whole or (whole.startswith(word) and (len(word) > 1 or place > 0))
        for place, (word, whole) in enumerate(zip(short, long, strict=False))
    )


def _dropped(paragraph: Paragraph, in_speech: bool) -> str | None:
    """The reason to drop a paragraph without a speaker, or None if it continues the speech before it."""
    text = paragraph.text
    if BOILERPLATE.search(text) or TRANSCRIBER_NOTE.match(text):
        return "credits"
    if layout.is_break(paragraph):
        return "break"
    if layout.is_last_word(text) or (text.isupper() and not in_speech):
        return "heading"
    bare = _BRACKETS.sub("", text).strip("_ .()")
    if not bare or _DIRECTION_WORD.match(text) or (paragraph.indent and _INNER_DIRECTION.search(text)):
        return "stage_direction"
    if text.isupper() and len(text) > 2 and not text.endswith(("!", "?")):
        return "stage_direction"
    if text.startswith("[") and text.count("[") > text.count("]"):
        return "stage_direction"
    return None


def _front_reason(paragraph: Paragraph) -> str:
    text = paragraph.text
    if BOILERPLATE.search(text) or TRANSCRIBER_NOTE.match(text):
        return "credits"
    if layout.opens_list(paragraph) or _ACT.match(text) or _SCENE.match(text):
        return "contents"
    return "front_matter"


def _spoken(lines: Sequence[str], page: Sequence[str], width: int) -> str:
    """What is said, without directions; line breaks are kept if they were made on purpose.

    ``page`` are the same lines as they stand on the page, with the speaker's name that made the first
    one longer.
    """
    text = "\n".join(lines)
    text = _TRAILING_EXIT.sub("", _ASIDE.sub("", _BRACKETS.sub("", text)))
    kept = tuple(line.rstrip() for line in text.split("\n") if line.strip(" _."))
    if not kept:
        return ""
    breaks = chosen_breaks(page, width)
    capitals = all(line.lstrip("_ '\"‘“(")[:1].isupper() for line in kept[1:])
    wanted = _CAPITAL_SHARE if capitals else _VERSE_SHARE
    verse = len(kept) > 1 and breaks >= wanted * (len(page) - 1)
    return flow(Paragraph(0, 0, kept, 0), verse)
