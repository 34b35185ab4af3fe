"""Values for the slots of a pattern, and filling them in."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Any

from pretrain import names
from pretrain.common import load_data

WORDS: dict[str, list[str]] = load_data("words")
_SLOT = re.compile(r"\{(\w+?)(\d?)\}")


def _lower_name(rng: Random) -> str:
    return "".join(names.syllable(rng) for _ in range(2))


def _book(rng: Random) -> str:
    shape = rng.random()
    noun, other, adjective = (
        rng.choice(WORDS["book_noun"]),
        rng.choice(WORDS["book_noun"]),
        rng.choice(WORDS["book_adj"]),
    )
    if shape < 0.4:
        return f"The {adjective} {noun}"
    if shape < 0.6:
        return f"The {noun} and the {other}"
    if shape < 0.8:
        return f"The {noun} of {names.place(rng)}"
    return f"{adjective} {noun}"


def _business(rng: Random) -> str:
    return rng.choice(
        (
            f"The {rng.choice(WORDS['book_adj'])} {rng.choice(WORDS['book_noun'])}",
            names.place(rng),
            f"{names.first_name(rng)}'s",
        )
    )


def _money(rng: Random) -> str:
    return f"{rng.randint(3, 240)} {rng.choice(WORDS['currency'])}"


TYPES: dict[str, Callable[[Random], Any]] = {
    "place": names.place,
    "person": names.person,
    "name": names.first_name,
    "code": names.code,
    "clock": names.clock,
    "weekday": lambda r: r.choice(names.WEEKDAYS),
    "month": lambda r: r.choice(names.MONTHS),
    "lowname": _lower_name,
    "book": _book,
    "bookname": _business,
    "street": lambda r: f"{names.place(r).split()[-1]} {r.choice(('Street', 'Road', 'Lane', 'Square'))}",
    "money": _money,
    "small": lambda r: r.randint(1, 12),
    "big": lambda r: r.randint(20, 90000),
    "minutes": lambda r: r.randint(5, 120),
    "year": lambda r: r.randint(1990, 2025),
    "rate": lambda r: round(r.uniform(0.2, 5), 1),
    "digits": lambda r: "".join(str(r.randrange(10)) for _ in range(r.choice((6, 7, 8)))),
    "zone": lambda r: f"UTC{r.choice('+-')}{r.randint(0, 11)}",
    "yesno": lambda r: r.choice(("yes", "no")),
    "parcel_status": lambda r: r.choice(("on the way", "delivered", "waiting", "delayed", "in the depot")),
    "event": lambda r: fill(r.choice(names.PARTS["events"]), r),
    "message": lambda r: fill(r.choice(names.PARTS["messages"]), r),
    "headline": lambda r: fill(r.choice(names.PARTS["headlines"]), r),
}


def value(kind: str, rng: Random) -> Any:
    """A value of a type: an invented one, a word of the list of that name, or the type's own name."""
    if kind in TYPES:
        return TYPES[kind](rng)
    return rng.choice(WORDS[kind]) if kind in WORDS else kind


def fill(pattern: str, rng: Random, known: dict[str, Any] | None = None) -> str:
    """`pattern` with its slots filled; a slot seen before (or in `known`) keeps its value.

    `{food}` and `{food2}` are two different foods where the list allows it.
    """
    known = {} if known is None else known

    def one(match: re.Match[str]) -> str:
        key = match.group(1) + match.group(2)
        if key not in known:
            taken = [v for k, v in known.items() if k.rstrip("0123456789") == match.group(1)]
            for _ in range(8):
                known[key] = value(match.group(1), rng)
                if known[key] not in taken:
                    break
        return str(known[key])

    return _mend_article(_SLOT.sub(one, pattern))


def _mend_article(text: str) -> str:
    text = re.sub(r"\b([Aa]) (?=[aeioAEIO])", r"\1n ", text)
    return re.sub(r"\b([Aa]) (pair of)", r"\1 \2", text)
