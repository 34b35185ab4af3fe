"""Invented names, dates and numbers, so that copying is learned and not a list of names."""

from __future__ import annotations

from random import Random

from pretrain.common import load_data

PARTS: dict[str, list[str]] = load_data("names")
WEEKDAYS, MONTHS = PARTS["weekdays"], PARTS["months"]
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


def date(rng: Random) -> tuple[str, str]:
    """A date as an argument and as it stands in a request: ("Monday", "on Monday")."""
    shape = rng.random()
    if shape < 0.22:
        return "today", "today"
    if shape < 0.48:
        return "tomorrow", "tomorrow"
    if shape < 0.74:
        day = rng.choice(WEEKDAYS)
        return day, rng.choice((f"on {day}", f"on {day}", f"this {day}", f"for {day}"))
    iso = f"{rng.randrange(2023, 2031)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
    return iso, rng.choice((f"on {iso}", f"on {iso}", f"for {iso}"))


def clock(rng: Random) -> str:
    return f"{rng.randrange(24):02d}:{rng.choice((0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55)):02d}"


def number(rng: Random, low: int, high: int) -> int:
    return rng.randint(low, high)
