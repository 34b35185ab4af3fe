"""What the assistant says about a tool's answer, from the sentences of data/tools/replies/PERSONA.yaml.

Every figure in a reply is copied from the tool's JSON, in its unit; nothing is converted or rounded.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
# What is said of a fair or a grey sky has people sit out in it, so the list of hot or cold is dealt instead.
_MILD = ("clear", "cloud")
# The remark is put before the facts in this share of the replies where it may be.
_REMARK_FIRST = 0.4
# Words that lean on what was said before.
_POINTING = re.compile(r"\b(it|its|this|that|these|those|such|they|them|their|there)\b", re.I)


@dataclass(frozen=True)
class Voice:
    """A persona's sentences of one split, dealt evenly."""

    lists: Mapping[str, Sequence[Sentence]]
    split: Split
    rng: random.Random
    dealer: Dealer

    def options(self, *names: str) -> list[Sentence]:
        return [s for name in names for s in self.lists[name] if s.split == self.split]

    def deal(self, options: Sequence[Sentence]) -> Sentence:
        """One of the sentences, its alternatives chosen and its slots still open."""
        sentence = self.dealer.deal(self.rng, options)
        return replace(sentence, text=choose(sentence.text, self.rng))

    def say(self, name: str, **values: Any) -> str:
        """A sentence of a list."""
        return say(self.deal(self.options(name)).text, values)


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
    felt = ["hot"] if result["high"] >= _HOT[unit] else ["cold"] if result["high"] < _COLD[unit] else []
    names = [*felt, "any"] if felt and group in _MILD else [group, *felt, "any"]
    # The present temperature says nothing of another day, nor of today's high.
    now = day == "today" and asked in ("general", "temperature")

    def usable(*names: str) -> list[Sentence]:
        return [s for s in voice.options(*names) if now or "t" not in slots_of(s.text)]

    remark = voice.deal(usable(*names) or usable("facts"))
    said = [remark]
    leave: list[Sentence] = []
    if not slots_of(remark.text) & _FIGURES:
        facts = voice.deal(usable("facts"))
        opens = not _POINTING.search(remark.text) and voice.rng.random() < _REMARK_FIRST
        if remark.list.endswith("/any"):
            said, leave = [facts], [remark]
        else:
            said = [remark, facts] if opens else [facts, remark]
    if clause := _asked(voice, asked, result, group, " ".join(s.text for s in (*said, *leave))):
        said.append(clause)
    said += leave
    values = slots(result, place, day)
    # The facts say which Portland; a remark on them need not.
    brief = {**values, "place": place.partition(",")[0]}
    return " ".join(say(s.text, values if slots_of(s.text) & _FIGURES else brief) for s in said)


def _asked(voice: Voice, asked: str, result: Mapping[str, Any], group: str, said: str) -> Sentence | None:
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
