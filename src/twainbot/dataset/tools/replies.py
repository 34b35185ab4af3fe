"""What the assistant says about a tool's answer, from the sentences of data/tools/replies/PERSONA.yaml.

Every figure in a reply is copied from the tool's JSON, in its unit; nothing is converted or rounded.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twainbot.dataset.tools.weather_model import CONDITIONS
from twainbot.dataset.tools.wording import Dealer, Sentence, choose, slots_of
from twainbot.records import Split

SYMBOLS = {"celsius": "°C", "fahrenheit": "°F"}
# High of the day from which a report counts as hot or cold, °C; the same in °F.
_HOT = {"celsius": 30, "fahrenheit": 86}
_COLD = {"celsius": 8, "fahrenheit": 46}
# A sentence of a weather group with one of these stands alone; without, it is a remark on the facts.
_FIGURES = frozenset("hlt")
# The remark is put before the facts in this share of the replies.
_REMARK_FIRST = 0.2


@dataclass(frozen=True)
class Voice:
    """A persona's sentences of one split, dealt evenly."""

    lists: Mapping[str, Sequence[Sentence]]
    split: Split
    rng: random.Random
    dealer: Dealer

    def options(self, *names: str) -> list[Sentence]:
        return [s for name in names for s in self.lists[name] if s.split == self.split]

    def deal(self, options: Sequence[Sentence]) -> str:
        """One of the sentences, its alternatives chosen and its slots still open."""
        return choose(self.dealer.deal(self.rng, options).text, self.rng)

    def say(self, name: str, **values: Any) -> str:
        """A sentence of a list."""
        return say(self.deal(self.options(name)), values)


def say(text: str, values: Mapping[str, Any]) -> str:
    """The sentence with its slots filled and its first letter a capital."""
    named = {**values, **{k.capitalize(): str(v)[:1].upper() + str(v)[1:] for k, v in values.items()}}
    filled = text.format_map(named)
    return filled[:1].upper() + filled[1:]


def slots(result: Mapping[str, Any], place: str = "", day: str = "") -> dict[str, Any]:
    """The values of the slots; ``place`` and ``day`` as the reply names them."""
    return {
        "place": place,
        "day": day,
        "condition": result["condition"],
        "t": result["temperature"],
        "h": result["high"],
        "l": result["low"],
        "u": SYMBOLS[result["unit"]],
        "hum": result["humidity"],
        "wind": result["wind_kph"],
        "rain": result["precipitation_mm"],
    }


def report(voice: Voice, result: Mapping[str, Any], place: str, day: str, asked: str) -> str:
    """A persona's account of one weather report, which answers what was asked.

    Args:
        day: "today", "tomorrow", "on Friday".
        asked: general, temperature, rain, snow, wind or humidity.
    """
    unit, group = result["unit"], CONDITIONS[result["condition"]]
    names = [group, "any"]
    names += ["hot"] if result["high"] >= _HOT[unit] else []
    names += ["cold"] if result["high"] < _COLD[unit] else []
    # The present temperature says nothing of another day, nor of today's high.
    now = day == "today" and asked in ("general", "temperature")

    def usable(*names: str) -> list[Sentence]:
        return [s for s in voice.options(*names) if now or "t" not in slots_of(s.text)]

    patterns = [voice.deal(usable(*names) or usable("facts"))]
    if not slots_of(patterns[0]) & _FIGURES:
        patterns.insert(int(voice.rng.random() < _REMARK_FIRST), voice.deal(usable("facts")))
    if clause := _asked(voice, asked, result, group, " ".join(patterns)):
        patterns.append(clause)
    values = slots(result, place, day)
    # The facts say which Portland; a remark on them need not.
    brief = {**values, "place": place.partition(",")[0]}
    return " ".join(say(p, values if slots_of(p) & _FIGURES else brief) for p in patterns)


def _asked(voice: Voice, asked: str, result: Mapping[str, Any], group: str, said: str) -> str | None:
    """A sentence on the field that was asked for, if none of those said gives it."""
    if asked in ("wind", "humidity"):
        slot = {"wind": "wind", "humidity": "hum"}[asked]
        return None if slot in slots_of(said) else voice.deal(voice.options(f"asked.{asked}"))
    wet = "frozen" if group == "snow" else "wet"
    clause = {
        "rain": wet if result["precipitation_mm"] > 0 else "dry",
        "snow": "snow" if group == "snow" else "no_snow",
    }.get(asked)
    if clause is None:
        return None
    # One umbrella a reply.
    clauses = voice.options(f"asked.{clause}")
    if clause == "snow" and result["condition"] == "sleet":
        clauses = [s for s in clauses if "{condition}" in s.text or "sleet" in s.text] or clauses
    return voice.deal([s for s in clauses if "mbrella" not in s.text or "mbrella" not in said] or clauses)


def comparison(
    voice: Voice, results: tuple[Mapping[str, Any], Mapping[str, Any]], places: tuple[str, str], day: str
) -> str:
    """Which of two places is the warmer, by their highs."""
    pairs = sorted(zip(results, places, strict=True), key=lambda pair: -pair[0]["high"])
    (warm, warm_place), (cool, cool_place) = pairs
    return voice.say(
        "compare_equal" if warm["high"] == cool["high"] else "compare",
        warm=warm_place,
        wh=warm["high"],
        cool=cool_place,
        ch=cool["high"],
        u=SYMBOLS[warm["unit"]],
        day=day,
    )


def recalled(voice: Voice, result: Mapping[str, Any], field: str) -> str:
    """One figure of a report that was given before; ``field`` is high, low, wind or humidity."""
    return voice.say(f"recall.{field}", **slots(result))
