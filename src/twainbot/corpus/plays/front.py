"""What stands before a play in plain text (title, contents, persons), and where the play itself begins."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from twainbot.corpus.books import layout
from twainbot.corpus.books.gutenberg import BOILERPLATE, TRANSCRIBER_NOTE
from twainbot.corpus.paragraphs import Paragraph
from twainbot.corpus.plays.directions import begins_direction
from twainbot.corpus.plays.headings import UNLABELLED, heading
from twainbot.corpus.plays.layouts import CHORUS, Layout
from twainbot.corpus.plays.script import label

_PERSONS = re.compile(
    r"^(?:THE\s+)?(?:DRAMATIS\s+PERSON|PERSONS?\b|CHARACTERS|CAST\b|PERSONAGES|PERSONÆ|PEOPLE\s+(?:IN|OF)|NAMES\s+OF)",
    re.IGNORECASE,
)
_SETTING = re.compile(r"^[_\[(]*(?:SCENE|TIME|PLACE|SETTING)\b", re.IGNORECASE)
_CAPITAL_NAME = re.compile(r"[A-ZÀ-ÞŒ][A-ZÀ-ÞŒ'’\-]+(?:[ ](?:OF[ ]|THE[ ])*[A-ZÀ-ÞŒ][A-ZÀ-ÞŒ'’\-]+|[ ]\d)*")
_MARKS = " _.=()"
_SURE_SPEECHES = 2
# A text without headings is a play if it is mostly speeches of people who speak again.
_LEAST_SPEECHES, _SPEECH_SHARE = 4, 0.3


def after_first_heading(found: Sequence[Paragraph]) -> Sequence[Paragraph]:
    """The paragraphs from the first heading on: letters of the front matter may look like cues."""
    for index, paragraph in enumerate(found):
        # CHORUS alone names a speaker more often than a part.
        if heading(paragraph.text) and label(paragraph.text) != CHORUS:
            return found[index:]
    return found


def first_part(found: Sequence[Paragraph], style: Layout) -> int | None:
    """Where the play begins: the heading after which speeches come before the next one, not its namesake
    in the contents; without headings, the first speech after the list of persons."""
    # In dense layouts a paragraph is a page: cues within count too.
    cues = [
        [cue for place, line in enumerate(p.lines) if (cue := style.cue(line, place == 0))] for p in found
    ]
    counts = Counter(name for some in cues for cue in some for name in cue.speakers)
    again = {name for name, count in counts.items() if count > 1}
    headings = [
        index
        for index, p in enumerate(found)
        if not style.cue(p.lines[0], True) and (heading(p.lines[0]) or heading(p.text))
    ]
    titles = [heading(found[index].lines[0]) or heading(found[index].text) or ("", "") for index in headings]
    for place, (index, following) in enumerate(pairwise([*headings, len(found)])):
        title = titles[place]
        # Below the last act of a list of contents "TIME: The present" looks like a speech.
        listed_act = title[0] and title in titles[place + 1 :]
        speeches = sum(
            any(not listed_act or again & set(cue.speakers) for cue in some) for some in cues[index:following]
        )
        between = found[index + 1 : following]
        listed = any(_PERSONS.match(paragraph.text.strip(_MARKS)) for paragraph in between)
        # A prologue may have but one speech, and that without a name before it.
        unlabelled = title[0] in UNLABELLED and any(
            len(p.lines) > 1 and not begins_direction(p.text) for p in between
        )
        if speeches >= _SURE_SPEECHES or (not listed and (speeches or unlabelled)):
            return _with_act(found, headings[:place], index)
    start = _after_persons(found)
    first = next((index for index in range(start, len(found)) if cues[index]), None)
    if first is None:
        return None
    count = sum(any(again & set(cue.speakers) for cue in some) for some in cues[first:])
    spoken = sum(map(bool, cues[first:]))
    return first if count >= _LEAST_SPEECHES and spoken >= _SPEECH_SHARE * (len(found) - first) else None


def _with_act(found: Sequence[Paragraph], earlier: Sequence[int], index: int) -> int:
    """The act heading right above a scene's heading, or the heading itself."""
    if not (heading(found[index].text) or ("", ""))[0] and earlier:
        act = earlier[-1]
        if (heading(found[act].text) or ("", ""))[0] and all(
            begins_direction(paragraph.text) for paragraph in found[act + 1 : index]
        ):
            return act
    return index


def _after_persons(found: Sequence[Paragraph]) -> int:
    """The first paragraph after the list of persons that tells of place, time or coming on stage; or 0."""
    for index, paragraph in enumerate(found):
        if _PERSONS.match(paragraph.text.strip(_MARKS)):
            for later in range(index + 1, len(found)):
                text = found[later].text
                if _SETTING.match(text) or begins_direction(text) or text.startswith(("[", "(", "_[", "_(")):
                    return later
            return index + 1
    return 0


def persons(front: Sequence[Paragraph]) -> set[str]:
    """Whole names in capitals before the play: the long forms of short speakers."""
    return {
        name.strip()
        for paragraph in front
        for sentence in re.split(r"[.,:;]", paragraph.text)
        for name in _CAPITAL_NAME.findall(sentence)
    }


def opens_persons(paragraph: Paragraph) -> bool:
    """Whether a list of persons begins here."""
    return bool(_PERSONS.match(paragraph.text.strip(_MARKS))) and len(paragraph.lines) == 1


def front_reason(paragraph: Paragraph) -> str:
    text = paragraph.text
    if BOILERPLATE.search(text) or TRANSCRIBER_NOTE.match(text):
        return "credits"
    if layout.opens_list(paragraph) or heading(text) or re.match(r"ACT\s|SCENE\s+[IVX\d]", text, re.I):
        return "contents"
    return "front_matter"
