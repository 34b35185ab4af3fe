"""How users put things: days, units and places, and the haste of some of them."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from datetime import date, timedelta

from twainbot.dataset.tools.places import Gazetteer, Place
from twainbot.dataset.tools.weather_model import WEEKDAYS, day_and_month

UNIT_WORDS = {
    "celsius": ("Celsius", "celsius", "°C", "centigrade"),
    "fahrenheit": ("Fahrenheit", "fahrenheit", "°F"),
}
# Kinds of days and how often each is named; a weekend day is as likely again as another weekday.
_DAYS = {
    "today": 14, "tomorrow": 26, "weekday": 32, "iso": 6, "date": 8, "after_tomorrow": 7, "in_days": 7,
}  # fmt: skip
_COUNTS = {3: "three", 4: "four", 5: "five", 6: "six"}
# Slips of a hasty typist; only words, never a place.
_SLIPS = {
    "weather": "wether", "temperature": "temprature", "forecast": "forcast", "please": "pls",
    "what's": "whats", "don't": "dont", "can't": "cant", "umbrella": "umbrela", "is it": "is ti",
    "the": "teh", "you": "u", "about": "abuot", "which": "wich", "warmer": "warmr",
}  # fmt: skip
_WITH_ARTICLE = (
    "United States",
    "Netherlands",
    "Philippines",
    "United Arab Emirates",
    "Northwest Territories",
)
_SLOT = re.compile(r"(\{\w+\})")
_NO_ADVERB = re.compile(
    r"\b(for|does|about|and|is|now|said|then|of|check|wrong day\.|:) on (?=\w)", re.IGNORECASE
)


def day_words(rng: random.Random, today: date) -> tuple[str, str]:
    """A day as a user says it and as the tool takes it: ("on Friday", "friday").

    The tool knows today, tomorrow and weekdays by name; any other day it takes as an ISO date.
    """
    kind = rng.choices(list(_DAYS), list(_DAYS.values()))[0]
    if kind == "weekday":
        # Today's own name would mean today to some and a week from now to others.
        weights = [0 if n == today.weekday() else 1 + (n >= 5) for n in range(7)]
        number = rng.choices(range(7), weights)[0]
        name = WEEKDAYS[number]
        soon = number > today.weekday() and rng.random() < 0.3
        return f"{'this' if soon else 'on'} {name.capitalize()}", name
    if kind == "after_tomorrow":
        return "the day after tomorrow", (today + timedelta(days=2)).isoformat()
    if kind == "in_days":
        count = rng.choice(list(_COUNTS))
        return f"in {_COUNTS[count]} days", (today + timedelta(days=count)).isoformat()
    if kind in ("iso", "date"):
        day = today + timedelta(days=rng.randrange(1, 14))
        return f"on {day.isoformat() if kind == 'iso' else day_and_month(day)}", day.isoformat()
    return kind, kind


def full_name(rng: random.Random, place: Place, places: Gazetteer) -> str:
    """The place with its region or country, whichever names it and no other."""
    # Nobody says "Singapore, Singapore".
    parts = [part for part in (place.region, place.country) if part not in ("", place.name)]
    longer = f"{place.name}, {rng.choice(parts)}" if parts else place.name
    return longer if places.resolve(longer) is place else place.label


def region_words(name: str) -> str:
    """What a full name has after the comma, as it stands after "in": "Ontario", "the United States"."""
    region = name.partition(", ")[2]
    return f"the {region}" if region in _WITH_ARTICLE else region


def said_place(rng: random.Random, place: Place, places: Gazetteer) -> str:
    """A place as a user names it; with its region or country where the bare name means another."""
    longer = full_name(rng, place, places)
    if place.aliases and rng.random() < 0.4:
        return rng.choice(place.aliases)
    return place.name if places.unambiguous(place) and rng.random() < 0.6 else longer


def fill(
    text: str, values: Mapping[str, str], *, lower: bool = False, rng: random.Random | None = None
) -> str:
    """A request with its slots filled; ``{Day}`` is ``{day}`` at the start of a sentence.

    With ``lower`` the text is as typed in haste: lower case, no full stop, and with ``rng`` a slip.
    """
    words = text
    if lower:
        words = "".join(p if _SLOT.fullmatch(p) else _hasty(p, rng) for p in _SLOT.split(text))
    if lower and words.endswith("."):
        words = words[:-1]

    def value(match: re.Match[str]) -> str:
        name = match[0].strip("{}")
        found = values[name.lower()]
        if name[0].isupper():
            found = found[:1].upper() + found[1:]
        return found.lower() if lower else found

    filled = _SLOT.sub(value, words)
    # "what does on Friday look like": a day is no adverb after these.
    filled = _NO_ADVERB.sub(r"\1 ", filled)
    return re.sub(r"(?i)\b(for|does|is|of) in (\w+) days\b", r"\1 \2 days from now", filled)


def _hasty(text: str, rng: random.Random | None) -> str:
    text = text.lower()
    if rng is not None and rng.random() < 0.6:
        # "you're" is no "you".
        present = [word for word in _SLIPS if re.search(rf"\b{re.escape(word)}\b(?!')", text)]
        if present:
            word = rng.choice(present)
            text = re.sub(rf"\b{re.escape(word)}\b(?!')", _SLIPS[word], text, count=1)
    return text
