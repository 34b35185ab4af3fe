"""Act and scene headings in the styles of four centuries: ``ACT I``, ``Actus Primus. Scoena Prima.``,
``FIRST ACT``, ``ACT THE SECOND``, ``Act 1, Scene 2``, ``SCENE II.—A room``."""

from __future__ import annotations

import re

_WORDS = {
    name: number
    for number, names in enumerate(
        ("FIRST PRIMUS PRIMA ONE", "SECOND SECUNDUS SECUNDA TWO", "THIRD TERTIUS TERTIA THREE",
         "FOURTH QUARTUS QUARTA FOUR", "FIFTH QUINTUS QUINTA FIVE", "SIXTH SEXTUS SEXTA SIX",
         "SEVENTH SEPTIMUS SEPTIMA SEVEN", "EIGHTH OCTAVUS OCTAVA OCTAUA EIGHT", "NINTH NONUS NONA NINE",
         "TENTH DECIMUS DECIMA TEN"), start=1)
    for name in names.split()
}  # fmt: skip
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_ORDINAL = "|".join(_WORDS)
_NUMBER = rf"(?:[IVXL]+|\d{{1,2}}|(?:THE\s+)?(?:{_ORDINAL}|LAST|[UV]LTIMA))"
_SCENE_WORD = r"(?:SCENE|SC[OA]?ENA|SC[ŒÆ]NA|SC[ÈE]NE|SC\.)"
_ACT = re.compile(
    rf"^(?:ACT(?:US|E)?\.?\s+({_NUMBER})|(?:THE\s+)?({_ORDINAL})\s+ACT)(?![\w'’])(.*)$", re.I | re.S
)
_SCENE = re.compile(
    rf"^(?:{_SCENE_WORD}\s*({_NUMBER})|(?:THE\s+)?({_ORDINAL})\s+SCENE)(?![\w'’])(.*)$", re.I | re.S
)
_OTHER = re.compile(
    r"^(?:THE\s+)?(PROLOGUE|EPILOGUE|INDUCTION|CHORUS|INTERLUDE|PRELUDE|PROLOGVE)"
    r"(?:\s+(?:TO|OF)\s+THE\s+PLAY)?[.:]?$"
)
_OTHER_IN_TEXT = re.compile(r"^(?:The\s+)?(Prologue|Epilogue|Induction)[.:]?$", re.I)
# Parts that may be spoken without a name before them.
UNLABELLED = ("PROLOGUE", "EPILOGUE", "INDUCTION", "CHORUS", "INTERLUDE", "PRELUDE")
_SEPARATOR = re.compile(r"^[\s.,:;—–\-]*")
_PLACE = re.compile(r"^\s*[.,:;—–\-(\[]")
_MOST_CHARS = 400


def heading(text: str, marked: bool = False) -> tuple[str, str] | None:
    """(act, scene) of a heading, either may be empty: ``("ACT I", "SCENE II")``; None if it is none.

    Numbers become roman. What follows the number (a place, the persons of a French scene) is left out.
    ``marked`` says that markup made it a heading, so that one word is enough. A line of a list of
    contents that names several scenes is no heading.
    """
    text = " ".join(text.split()).strip("_=*# ")
    if len(text) > _MOST_CHARS or not text:
        return None
    if match := (_OTHER_IN_TEXT if marked else _OTHER).match(text):
        return match.group(1).upper().replace("PROLOGVE", "PROLOGUE"), ""
    if match := _ACT.match(text):
        act = f"ACT {_roman(match.group(1) or match.group(2))}"
        rest = match.group(3)
        if scene := _SCENE.match(_SEPARATOR.sub("", rest)):
            return None if _several(scene.group(3)) else (act, f"SCENE {_number(scene)}")
        bare = not rest.strip(" .,:;—–-")
        place = _PLACE.match(rest) and not re.search(r"\bact\b", rest, re.I)
        return (act, "") if bare or marked or place else None
    if match := _SCENE.match(text):
        rest = match.group(3)
        if _several(rest) or (rest.strip() and not marked and not _PLACE.match(rest)):
            return None
        return "", f"SCENE {_number(match)}"
    return None


def enter(act: str, scene: str, title: tuple[str, str]) -> tuple[str, str]:
    """The act and scene after a heading, given those before it.

    A prologue or chorus within an act is a part of it, as scenes are; an epilogue closes the play.
    """
    if not title[0]:
        return act, title[1]
    if act.startswith("ACT") and title[0] in ("PROLOGUE", "CHORUS", "INTERLUDE", "PRELUDE"):
        return act, title[0]
    return title


def _several(rest: str) -> bool:
    """Whether a heading's rest names another scene or act with its number: a list of contents."""
    return bool(re.search(rf"\b(?:SCENE|ACT)\s+{_NUMBER}\b", rest, re.I))


def _number(match: re.Match[str]) -> str:
    return _roman(match.group(1) or match.group(2))


def _roman(written: str) -> str:
    written = re.sub(r"^THE\s+", "", written.upper())
    number = int(written) if written.isdigit() else _WORDS.get(written)
    return to_roman(number) if number else written.replace("VLTIMA", "ULTIMA")


def to_roman(number: int) -> str:
    """1 to 89 in roman numerals."""
    result = ""
    for value, letters in ((50, "L"), (40, "XL"), *_ROMAN):
        while number >= value:
            result += letters
            number -= value
    return result
