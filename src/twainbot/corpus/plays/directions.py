"""Stage directions in plain text: those that are lines of their own and those within a speech."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORD = re.compile(
    r"^[_(\[]*(?:Re-?enters?|Enters?|Exit|Exeunt|Manet|Alarums?|Flourish|Sennet|Retreat|Hautboys|Trumpets?"
    r"|Thunder|Drums?|Curtain|CURTAIN|Dies|Dumb[ -]show|SCENE\s*[:.\-—–]|Scene\s*:"
    r"|A\s+(?:dead\s+march|flourish|sennet))"
    r"(?![\w'’]|,?[^.]{0,60}[?!])"
)
# A line of its own within a paragraph: only what is said of comings and goings, and never in a sentence. "He
# dies" is a direction with the capitals of the old prints only; else somebody may say so.
_LINE = re.compile(
    r"^[\s_(\[]*(?:Re-?enter|Enter|Exit|Exeunt|Manet|Manent)\b(?!\s*,)(?![^.]*[?!])[^.]*(?:\.|$)"
    r"|^(?:(?:He|She|They)\s+(?:Descend|Exit|Rise|Die|Fight|Kneel|Sit|Vanish)\w*"
    r"|Fights?[,:.]|A\s+(?:[Ss]h[eo]w|[Cc]ry|[Nn]oise)\s+(?:of|within)|Musicke?(?:\s+and\b[^.]*)?\.)[^?!]*$"
    r"|^[\s_(\[]*(?:Alarums?|Flourish|Sennet|Thunder(?:\s+and\s+\w+)?|Drums?|Trumpets?|Hoboyes|Musicke?|Dies"
    r"|Ring the bell)"
    r"[^a-z]*(?:\.|$|\s+(?:[Ww]ithin|and|continued?|[Ee]nter|[Ee]xeunt)\b[^?!]*$)"
)
_BRACKETS = r"_?\[[^\[\]]*\]_?"
_ITALIC_PARENTHESIS = r"\(_[^()]*_\.?\)|_\([^()]*\)_\.?"
_ASIDE = (
    r"\((?i:_?(?:aside|to\s|within|sings?|singing|reads?|reading|rising|exit|exeunt|enter|dies|kneel\w*|draw\w*))"
    r"[^()]{0,80}\)"
)
# After a sentence's end a parenthesis that is a sentence itself: "(She sits.)", "(Goes to the window.)".
_SENTENCE = r"(?:(?<=[.!?:;…—\-\"”’_)][ \n\r])|(?<=[.!?…—\-\"”’)]))\([A-Z][^()]*[.!?…]_?\)"
_TRAILING_EXIT = r"(?<=\s)_(?:Exit|Exeunt|Dies|Aside|Enter|Re-?enter)[^_]{0,80}_\.?(?=\s*$)"
_PLAIN_EXIT = (
    r"(?<=[.!?,;:—\-]\s)[ ]{0,60}(?:Exit|Exeunt)(?:[ ]+(?:[A-Z][\w'’]+|and|all|but|severally))*\.?(?=\s*$)"
)

# Old prints leave the bracket of a last direction open: "Farewell. [Exit."
_OPEN_BRACKET = r"\[[A-Z][^\[\]\n]{0,80}(?=\s*\Z)"

_INNER = re.compile(
    "|".join((_BRACKETS, _ITALIC_PARENTHESIS, _ASIDE, _SENTENCE, _TRAILING_EXIT, _PLAIN_EXIT, _OPEN_BRACKET))
)
# Right after the speaker's name nobody has said anything yet, so that any parenthesis is a direction.
_OPENING = re.compile(r"\s*\([^()]*\)[.:]?\s*")
_MOST_LINES = 4


def begins_direction(text: str) -> bool:
    """Whether a paragraph is a direction by its first word: ``Enter ORLO``, ``Flourish.``, ``Curtain``."""
    return bool(_WORD.match(text))


def direction_lines(lines: tuple[str, ...], start: int) -> int:
    """How many lines from ``start`` on are one direction on lines of its own; 0 if none."""
    if not _LINE.match(lines[start]):
        return 0
    for count in range(1, min(_MOST_LINES, len(lines) - start) + 1):
        if lines[start + count - 1].rstrip().endswith((".", "]", ")", "_")):
            return count
    return 1


def inner_directions(text: str, opening: bool) -> Iterator[tuple[int, int]]:
    """Places of the directions within what is said; ``opening`` if ``text`` begins the speech."""
    position = 0
    if opening and (match := _OPENING.match(text)):
        position = match.end()
        yield 0, position
    for match in _INNER.finditer(text, position):
        yield match.span()
