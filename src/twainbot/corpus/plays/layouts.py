"""How a plain text marks who speaks: the layouts, and which of them a text uses.

The names are learnt from the page: a layout is what many lines share, so no list of names is needed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from twainbot.corpus.paragraphs import Paragraph
from twainbot.corpus.plays.directions import begins_direction
from twainbot.corpus.plays.headings import heading
from twainbot.corpus.plays.names import shortens
from twainbot.corpus.plays.script import label, labels

Style = Literal["capitals", "marked", "indented", "mixed", "dense"]

_UPPER = r"A-ZÀ-ÖØ-ÞŒ"
_TITLE = r"(?:MRS?|MS|DR|ST|MME|MLLE|REV|HON|CAPT|COL|GEN|LT|PROF|SEC|[A-Z])\.[ ]"
_WORD = rf"[{_UPPER}][{_UPPER}'’\-]+"
_COUNT = r"(?:\d(?:ST|ND|RD|TH|st|nd|rd|th)?\.?[ ]+|(?:A|THE|The)[ ])"
_NAME = (
    rf"{_COUNT}?(?:{_TITLE})?{_WORD}"
    rf"(?:[ ](?:(?:of|the|to|in|de|von)[ ])*(?:(?:{_TITLE})?{_WORD}|[A-Z]\b(?=\.?\s*$|[.:]))|[ ]\d)*"
)
# AND in capitals is a word like any other here, and parts names later: two ways to read it cost time.
_NAMES = rf"{_NAME}(?:(?:,[ ](?:and[ ])?|\.?[ ](?:and|&)[ ]){_NAME})*"
_MANNER = r"(?:,?\s*_?[\[(][^\])\n]*[\])]_?|,?\s+_[^_\n]{1,80}_|,?\s+(?:within|aside|above|below))?"
_CAPITALS_ALONE = re.compile(rf"^[_=*]*({_NAMES})[.:]?[_=*]*(?P<manner>{_MANNER})[.:]?(?:--|[—–])?$")
_CAPITALS_INLINE = re.compile(
    rf"^[_=*]*({_NAMES})[_=*]*(?P<manner>{_MANNER})[.:][_=*]*(?:\s*(?:--|[—–])\s*|\s+)(?=\S)"
)
# "THE MOTHER [on her right] Not so long.": a direction, maybe over several lines, in place of the stop.
_CAPITALS_BRACKET = re.compile(rf"^[_=*]*({_NAMES})[_=*]*(?P<manner>)\s+(?=\[)")
_CAPITALS_SPACED = re.compile(rf"^({_NAMES})(?P<manner>{_MANNER})(?:[ ]{{2,}}|\t+|\s?(?:--|—)\s?)(?=\S)")
# A full stop that a transcriber forgot: only for names that are known from elsewhere.
_CAPITALS_BARE = re.compile(rf"^({_NAMES})(?P<manner>)\s+(?=[A-Z‘“'\"][a-z’' ]|[A-Z]\b(?![A-Z.]))")
_MIXED_WORD = rf"[{_UPPER}][\w'’]*(?:\.[{_UPPER}][\w'’]*)?"
_MIXED_ONE = (
    rf"(?:\d(?:st|nd|rd|th)?\.?[ ])?(?:(?:Mrs?|Dr|Ms|St|Mme|Rev|Capt|Col)\.[ ])?{_MIXED_WORD}"
    rf"(?:[ ](?:{_MIXED_WORD}|of|the|man|woman|boy)){{0,4}}?"
)
_MIXED_NAME = rf"{_MIXED_ONE}(?:(?:\.?[ ](?:and|&)[ ]|,[ ]){_MIXED_ONE}){{0,3}}"
_MARKED = re.compile(
    rf"^(?:_({_MIXED_NAME})[.:]?_|=({_MIXED_NAME})[.:]?=)(?P<manner>{_MANNER})[.:]?(?:\s+|$)"
)
_MIXED_INLINE = re.compile(rf"^({_MIXED_NAME}|\d)(?P<manner>{_MANNER})(?:\.|:)\s*(?:--|[—–])?\s*(?=\S)")
_MIXED_ALONE = re.compile(rf"^({_MIXED_NAME})(?P<manner>{_MANNER})[.:]?$")
# Who speaks when many do: seldom in capitals, even where the names are.
CHORUS = "CHORUS"
_CROWD = frozenset(
    ["ALL", "BOTH", "OMNES", "SEVERAL", "TOGETHER", "EVERYBODY", "EVERYONE", "CHORUS", "OTHERS"]
)
_TITLE_ALONE = frozenset(["MR", "MRS", "DR", "MME", "MLLE"])
_MOST_CHARS = 40
_LEAST_RECURRING = 4
# How often a name must begin a speech before it is one: a line of verse may begin "Well. I" by chance.
_LEAST: dict[Style, int] = {"capitals": 1, "marked": 2, "indented": 2, "mixed": 2, "dense": 3}
_INDENTED_MOST = 0.6
_NO_NAMES = re.compile(
    r"^(?:Enters?|Exit|Exeunt|Re-?enter|Act|ACT|Scene|SCENE|SCENA|Manet|Flourish|Alarum|PERSONS|CHAPTER|FINIS)\b"
)


@dataclass(frozen=True)
class Cue:
    """A line that begins a speech: who speaks, and how much of the line says so.

    ``alone``: the speech is on the lines below.
    """

    speakers: tuple[str, ...]
    length: int
    alone: bool


@dataclass(frozen=True)
class Layout:
    """The style of a text and the labels that begin speeches in it."""

    style: Style
    known: frozenset[str]
    name_paragraphs: bool  # a name is a paragraph of its own, with the speech in the next
    dense: bool  # speeches follow each other without a blank line, names on lines of their own

    def cue(self, line: str, first: bool, below: bool = True) -> Cue | None:
        """The cue in a line, if its speakers are known.

        ``first`` if it begins a paragraph, ``below`` if other lines of the paragraph follow: what a name
        alone on its line says is there, unless names are paragraphs of their own.
        """
        stripped = line.strip()
        indent = len(line) - len(line.lstrip())
        found = _candidate(self.style, line, first or self.dense, below or self.name_paragraphs)
        if found is not None and not self._all_known(found):
            # The layout makes a name where nothing but a cue is indented; elsewhere a name must recur.
            found = None
        if found is None and self.style == "capitals" and (match := _CAPITALS_SPACED.match(stripped)):
            found = _cue(match, line)
            if found and set(found.speakers) <= _CROWD:
                return found
        if found is None and self.style == "capitals" and first and (match := _CAPITALS_BARE.match(stripped)):
            found = _cue(match, line)
        if found is None and self.style == "capitals" and first and (match := _MIXED_INLINE.match(stripped)):
            return self._mixed(_cue(match, line))
        if found is None and self.style == "indented" and indent:
            words = stripped.split(" ", 1)
            name = label(words[0])
            if len(words) > 1 and name in self.known and words[1][:1].isupper():
                found = Cue((name,), indent + len(words[0]) + 1, alone=False)
        return found if found and self._all_known(found) else None

    def _mixed(self, found: Cue | None) -> Cue | None:
        """A cue in small letters among cues in capitals: short forms of known names, and crowds."""
        sure = found and all(
            name in _CROWD
            or name in self.known
            or (len(name) > 2 and any(shortens(name, one) for one in self.known))
            for name in found.speakers
        )
        return found if sure else None

    def _all_known(self, found: Cue) -> bool:
        return all(name in self.known for name in found.speakers)


def find_layout(found: Sequence[Paragraph]) -> Layout | None:
    """The layout that most lines of ``found`` share, or None if nobody seems to speak.

    Capitals are trusted as they stand; other styles count only names that come again, since any
    sentence may begin like a name.
    """
    styles: tuple[Style, ...] = ("capitals", "marked", "indented", "mixed", "dense")
    seen = {style: _names(style, found) for style in styles}
    weights = {
        style: sum(count for count in names.values() if count >= _LEAST[style])
        for style, names in seen.items()
    }
    spoken = [_spaced(found)]
    weights["capitals"] += spoken[0].total()
    if not _indents_only_cues(found):
        weights["indented"] = 0
    # Every text that uses the style before does so at the beginnings of its paragraphs as well.
    if weights["dense"] < 3 * weights["mixed"]:
        weights["dense"] = 0
    best = max(weights.values())
    chosen = next((style for style in styles if weights[style] and weights[style] >= 0.5 * best), None)
    if chosen is None or (chosen != "capitals" and weights[chosen] < _LEAST_RECURRING):
        return None
    names = seen[chosen] + (spoken[0] if chosen == "capitals" else Counter())
    dense = _dense_names(found, names.total()) if chosen == "capitals" else frozenset()
    # In an indented layout the place makes the cue; in capitals the letters do.
    sure = chosen in ("capitals", "indented", "marked")
    known = frozenset(name for name, count in names.items() if sure or count >= _LEAST[chosen])
    alone = sum(
        1 for paragraph in found if len(paragraph.lines) == 1 and _is_name_paragraph(chosen, paragraph, names)
    )
    name_paragraphs = alone >= _LEAST_RECURRING and alone >= 0.3 * names.total()
    once = _named_once(found) if name_paragraphs and chosen == "capitals" else frozenset()
    return Layout(chosen, known | dense | once, name_paragraphs, bool(dense))


def _named_once(found: Sequence[Paragraph]) -> frozenset[str]:
    """Names alone in a paragraph that text follows at once: a title has a direction or a name below it."""
    names: set[str] = set()
    for paragraph, following in pairwise(found):
        cue = _candidate("capitals", paragraph.lines[0], True) if len(paragraph.lines) == 1 else None
        below = following.lines[0].strip()
        if cue is None or not cue.alone or heading(paragraph.text) or following.blanks_before > 1:
            continue
        if below.isupper() or below[:1] in "([_" or heading(below) or begins_direction(below):
            continue
        if _candidate("capitals", following.lines[0], True) is None:
            names.update(cue.speakers)
    return frozenset(names)


def _names(style: Style, found: Sequence[Paragraph]) -> Counter[str]:
    counts: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for paragraph in found:
        for place, line in enumerate(paragraph.lines):
            if place and style == "mixed":
                break
            below = place < len(paragraph.lines) - 1
            cue = (None if below else _candidate(style, line, place == 0, alone=False)) or _candidate(
                style, line, place == 0
            )
            if cue is None or (heading(line.strip()) and not _spoken_chorus(paragraph, place)):
                continue
            if cue.alone and not below:
                alone.update(cue.speakers)
            else:
                counts.update(cue.speakers)
    # A name with nothing below it begins a speech only where such lines come again and again.
    counts.update({name: count for name, count in alone.items() if count > 1 and name not in counts})
    for name in alone.keys() & counts.keys():
        counts[name] += alone[name] if alone[name] > 1 else 0
    return counts


def _spoken_chorus(paragraph: Paragraph, place: int) -> bool:
    """``CHORUS`` with its lines below: a speaker, where ``CHORUS`` alone is the title of a part."""
    if place or len(paragraph.lines) < 2 or label(paragraph.lines[0]) != CHORUS:
        return False
    below = paragraph.lines[1].strip()
    return heading(below) is None and not begins_direction(below) and not below.isupper()


def _spaced(found: Sequence[Paragraph]) -> Counter[str]:
    """``NAME  text`` and ``NAME—text``: names that come again, since a headline may look like one."""
    counts: Counter[str] = Counter()
    for paragraph in found:
        for line in paragraph.lines:
            if (match := _CAPITALS_SPACED.match(line.strip())) and (cue := _cue(match, line)):
                counts.update(cue.speakers)
    return Counter({name: count for name, count in counts.items() if count > 1})


def _candidate(style: Style, line: str, first: bool, alone: bool = True) -> Cue | None:
    text = line.strip()
    indent = len(line) - len(line.lstrip())
    if style == "capitals":
        # Within a paragraph a name alone is a line of a speech more often than a cue.
        match = _CAPITALS_ALONE.match(text) if first and alone else None
        match = match or (_CAPITALS_BRACKET.match(text) if first else None) or _CAPITALS_INLINE.match(text)
    elif style == "marked":
        match = _MARKED.match(text)
    elif style == "indented":
        match = _MIXED_INLINE.match(text) if indent else None
    elif style == "dense":
        match = _MIXED_INLINE.match(text)
    else:
        match = _MIXED_INLINE.match(text) if first else None
        match = match or (_MIXED_ALONE.match(text) if first and alone else None)
    found = _cue(match, line) if match else None
    return found if found and (alone or not found.alone) else None


def _cue(match: re.Match[str], line: str) -> Cue | None:
    written = next(group for group in match.groups() if group)
    if len(written) > _MOST_CHARS or _NO_NAMES.match(written):
        return None
    speakers = labels(written)
    if not speakers or _TITLE_ALONE & set(speakers):
        return None
    indent = len(line) - len(line.lstrip())
    alone = match.end() >= len(line.strip())
    # "(Laughing)" after the name is a direction: it stays with what follows, to be dropped by itself.
    end = match.start("manner") if match.group("manner").strip() and not alone else match.end()
    return Cue(speakers, indent + end, alone)


def _indents_only_cues(found: Sequence[Paragraph]) -> bool:
    """Whether indented lines are a minority that is set apart, as in the First Folio's transcripts."""
    lines = [line for paragraph in found for line in paragraph.lines]
    indented = [line for line in lines if line[:1] in " \t"]
    cues = sum(bool(_MIXED_INLINE.match(line.strip())) for line in indented)
    return 0 < len(indented) <= _INDENTED_MOST * len(lines) and cues >= _INDENTED_MOST * len(indented)


def _dense_names(found: Sequence[Paragraph], others: int) -> frozenset[str]:
    """Names alone on a line within paragraphs, if that is how most speeches begin."""
    counts: Counter[str] = Counter()
    for paragraph in found:
        for line in paragraph.lines[1:-1]:
            if (match := _CAPITALS_ALONE.match(line.strip())) and not heading(line.strip()):
                counts.update(labels(match.group(1)))
    repeated = frozenset(name for name, count in counts.items() if count > 1)
    return repeated if len(repeated) > 1 and sum(counts[name] for name in repeated) > others else frozenset()


def _is_name_paragraph(style: Style, paragraph: Paragraph, names: Counter[str]) -> bool:
    cue = _candidate(style, paragraph.lines[0], True)
    return cue is not None and cue.alone and all(names[name] > 1 for name in cue.speakers)
