"""The season, the condition and the place that a passage names, as slots for a request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from twainbot.dataset.style.nouns import Company
from twainbot.files import InputError
from twainbot.params import read_yaml

SLOTS = ("season", "condition", "place")
# The condition of a text that names none in particular.
ANY_WEATHER = "the weather"
# A headline is about all that it names.
_SHORT_WORDS = 30
_AGAIN = 2
_CAPITALISED = r"[A-Z][a-z]+(?: [A-Z][a-z]+)?"
_LOCATED = re.compile(rf"\b(?i:in|at|near|from|to|through|over) ({_CAPITALISED})\b(?!')")


@dataclass(frozen=True)
class Moments:
    """data/lexicons/moments.yaml and the names of the gazetteer as patterns."""

    words: Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]]  # slot -> (as asked, what says it)
    not_places: frozenset[str]
    places: frozenset[str]


def read_moments(path: Path, places: Iterable[str]) -> Moments:
    """The lexicon, with the place names that are places wherever they stand.

    Raises:
        InputError: a table is missing or not as it should be; all at once.
    """
    content = read_yaml(path)
    content = content if isinstance(content, dict) else {}
    problems: list[str] = []
    found: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {}
    for slot in SLOTS[:2]:
        table = content.get(slot)
        if not isinstance(table, dict) or not all(isinstance(v, list) and v for v in table.values()):
            problems.append(f"{path}: {slot}: needs a mapping of names to lists of words")
            continue
        found[slot] = tuple(
            (str(name), re.compile(rf"\b(?:{'|'.join(map(re.escape, map(str, said)))})\b"))
            for name, said in table.items()
        )
    not_places = content.get("not_places")
    if not isinstance(not_places, list):
        problems.append(f"{path}: not_places: needs a list of words")
    if problems:
        raise InputError("\n".join(problems))
    return Moments(found, frozenset(map(str, not_places or ())), frozenset(places))


# "Born on the 1st of February, 1830" is not about February.
_DATE = re.compile(
    r"\d+(?:st|nd|rd|th|d)?,? (?:of )?[A-Z][a-z]+(?: \d+)?|\b[A-Z][a-z]+,? (?:the )?\d+(?:st|nd|rd|th)?"
)


def _foremost(first: str, text: str, names: Iterable[tuple[str, re.Pattern[str]]]) -> str | None:
    """The name that ``first`` has a word of and ``text`` says most often; of two the one that comes first.

    Weather in general is named where none in particular is.
    """
    found = [
        (name == ANY_WEATHER, -len(pattern.findall(text)), match.start(), name)
        for name, pattern in names
        if (match := pattern.search(first))
    ]
    return min(found)[-1] if found else None


def comes_back(text: str, condition: str, moments: Moments) -> bool:
    """Whether a text names the condition again, or others with it; one named once is seldom its subject."""
    counts = {name: len(pattern.findall(text)) for name, pattern in moments.words["condition"]}
    return counts[condition] >= _AGAIN or sum(counts.values()) > _AGAIN


def place_of(text: str, moments: Moments, company: Company) -> str | None:
    """A name after "in", "at" and the like that the gazetteer or the corpus knows for a place."""
    for match in _LOCATED.finditer(text):
        for name in (match.group(1), match.group(1).split()[0]):
            if moments.not_places & set(name.split()):
                continue
            if name in moments.places or (" " not in name and company.is_place(name)):
                return name
    return None


def moment(text: str, moments: Moments, company: Company) -> dict[str, str]:
    """The slots that the first half of the text fills: what comes late is seldom its subject."""
    text = _DATE.sub(" ", text)
    half = text.find(" ", len(text) // 2)
    first = text if half < 0 or len(text.split()) < _SHORT_WORDS else text[:half]
    slots = {slot: _foremost(first, text, moments.words[slot]) for slot in SLOTS[:2]}
    slots["place"] = place_of(first, moments, company)
    return {slot: value for slot, value in slots.items() if value}
