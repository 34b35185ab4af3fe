"""Text bulletins of the US weather service: forecasts by period, and forecasters' discussions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from twainbot.corpus.paragraphs import paragraphs

# ".TODAY...", ".NEAR TERM /THROUGH TONIGHT/...", ".KEY MESSAGE 1..." at the beginning of a line.
_SECTION = re.compile(r"^\.(?P<name>[A-Z][A-Z0-9 /,&()'.-]*?)\.\.\.", re.MULTILINE)
# A section ends at the next, or at && or $$.
_END = re.compile(r"^(?:\.[A-Z]|&&|\$\$)", re.MULTILINE)
_LIST = re.compile(r"^\S+\.\.\.")  # "NY...None. NJ...None.": the list of warnings in force
_CODE = re.compile(r"^[^a-z]{1,12}$")  # "VFR.", "UPDATE": a word in capitals between paragraphs
_DETAIL = re.compile(r"\s*/[^/]*/?\s*$")


@dataclass(frozen=True)
class Piece:
    """``text[start:end]`` is kept as ``words``, or dropped for ``reason``."""

    start: int
    end: int
    words: str
    reason: str = ""


def bulletin_pieces(text: str, place: str) -> list[Piece]:
    """Every paragraph of a bulletin: a fact that names its period and ``place``, or dropped.

    A fact's span begins at its section's dot if it is the section's first paragraph. All that stands
    before, between and after the sections is dropped.
    """
    found: list[Piece] = []
    covered = 0
    for match in _SECTION.finditer(text):
        stop = _END.search(text, match.end())
        end = stop.start() if stop else len(text)
        found.extend(_outside(text, covered, match.start()))
        name = " ".join(_DETAIL.sub("", match.group("name")).split()).capitalize()
        body = paragraphs(text, match.end(), end)
        for number, paragraph in enumerate(body):
            start = match.start() if number == 0 else paragraph.start
            words = paragraph.text
            if words.startswith("..."):
                found.append(Piece(start, paragraph.end, "", "heading"))
            elif _LIST.match(words) or (len(body) > 1 and _CODE.match(words)):
                found.append(Piece(start, paragraph.end, "", "front_matter"))
            else:
                found.append(Piece(start, paragraph.end, f"{name} in {place}: {words}"))
        if not body:
            found.append(Piece(match.start(), match.end(), "", "heading"))
        covered = end
    found.extend(_outside(text, covered, len(text)))
    return found


def _outside(text: str, start: int, end: int) -> Iterator[Piece]:
    for paragraph in paragraphs(text, start, end):
        reason = "heading" if paragraph.text.startswith("...") else "front_matter"
        reason = "break" if not re.search(r"\w", paragraph.text) else reason
        yield Piece(paragraph.start, paragraph.end, "", reason)
