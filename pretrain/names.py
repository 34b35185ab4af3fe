"""Invented names, dates and numbers, so that copying is learned and not a list of names."""

from __future__ import annotations

import re
from datetime import date as Date
from datetime import timedelta
from random import Random

from pretrain.common import load_data

PARTS: dict[str, list[str]] = load_data("names")
WEEKDAYS, MONTHS = PARTS["weekdays"], PARTS["months"]
COUNTS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven"}
# Two syllables of five end in their vowel, as names do that are easy to say.
_CODAS = PARTS["codas"] + [""] * 24


def syllable(rng: Random) -> str:
    return rng.choice(PARTS["onsets"]) + rng.choice(PARTS["vowels"]) + rng.choice(_CODAS)


def place(rng: Random) -> str:
    """A town that does not exist (or only by chance)."""
    shape = rng.random()
    if shape < 0.45:
        name = syllable(rng) + rng.choice(PARTS["endings"])
    elif shape < 0.75:
        name = "".join(syllable(rng) for _ in range(rng.choice((2, 2, 3))))
    else:
        name = syllable(rng) + rng.choice(PARTS["vowels"]) + rng.choice(PARTS["endings"])
    name = name.capitalize()
    extra = rng.random()
    if extra < 0.06:
        return f"{rng.choice(PARTS['before'])} {name}"
    if extra < 0.11:
        return f"{name} {rng.choice(PARTS['after'])}"
    return name


def person(rng: Random) -> str:
    """A first name, at times an invented one, at times with an invented family name."""
    first = (
        rng.choice(PARTS["first_names"])
        if rng.random() < 0.6
        else (syllable(rng) + rng.choice(("a", "o", "en", "is", "i"))).capitalize()
    )
    return f"{first} {place(rng).split()[-1]}" if rng.random() < 0.3 else first


def first_name(rng: Random) -> str:
    return rng.choice(PARTS["first_names"])


def code(rng: Random) -> str:
    """A reference such as KR4821."""
    letters = "".join(rng.choice("ABCDEFGHJKLMNPRSTVWXZ") for _ in range(2))
    return letters + "".join(str(rng.randrange(10)) for _ in range(rng.choice((4, 5, 6))))


def region(rng: Random) -> str:
    """A town with what it lies in, as one of several of its name is told apart: "Ellham, Nordovia"."""
    return f"{place(rng)}, {place(rng).split()[-1]}"


def tool_name(rng: Random, verbs: list[str], nouns: list[str]) -> str:
    """A function name that says nothing of what the function does, so that only reading it gets it right."""
    noun = (
        rng.choice(nouns) if rng.random() < 0.6 else "".join(syllable(rng) for _ in range(rng.choice((1, 2))))
    )
    name = re.sub(r"[^a-z]+", "_", f"{rng.choice(verbs)} {noun}".lower()).strip("_")
    shape = rng.random()
    if shape < 0.08:
        return name.partition("_")[2] or name
    if shape < 0.14:
        return f"{syllable(rng)}_{name}"
    return name


def _counted_day(rng: Random, today: Date) -> tuple[str, str]:
    """A day that has to be counted from ``today``."""
    shape = rng.random()
    if shape < 0.3:
        return (today + timedelta(2)).isoformat(), "the day after tomorrow"
    if shape < 0.65:
        days = rng.randrange(2, 8)
        return (today + timedelta(days)).isoformat(), f"in {COUNTS[days]} days"
    day = today + timedelta(rng.randrange(1, 21))
    month = MONTHS[day.month - 1]
    return day.isoformat(), rng.choice((f"on {month} {day.day}", f"on {day.day} {month}"))


def date(rng: Random, today: Date | None = None, lower: bool = False) -> tuple[str, str]:
    """A date as an argument and as it stands in a request: ("Monday", "on Monday").

    Where ``today`` is known, some have to be counted: ("2027-03-14", "in three days"). With ``lower`` a
    weekday as an argument has small letters.
    """
    if today and rng.random() < 0.45:
        return _counted_day(rng, today)
    shape = rng.random()
    if shape < 0.22:
        return "today", "today"
    if shape < 0.48:
        return "tomorrow", "tomorrow"
    if shape < 0.8:
        day = rng.choice(WEEKDAYS)
        said = rng.choice((f"on {day}", f"on {day}", f"this {day}", f"for {day}"))
        return day.lower() if lower else day, said
    iso = (today + timedelta(rng.randrange(1, 21)) if today else some_day(rng)).isoformat()
    return iso, rng.choice((f"on {iso}", f"on {iso}", f"for {iso}"))


def some_day(rng: Random) -> Date:
    """Any day of some years."""
    return Date(2023, 1, 1) + timedelta(rng.randrange(8 * 365))


def clock(rng: Random) -> str:
    return f"{rng.randrange(24):02d}:{rng.choice((0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55)):02d}"


def number(rng: Random, low: int, high: int) -> int:
    return rng.randint(low, high)
