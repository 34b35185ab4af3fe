"""What the assistant says about a tool's answer, from the sentences of data/tools/replies/PERSONA.yaml.

Every figure in a reply is copied from the tool's JSON, in its unit; nothing is converted or rounded.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from twainbot.dataset.places import Place
from twainbot.dataset.weather_model import CONDITIONS

Sentences = Mapping[str, Any]
SYMBOLS = {"celsius": "°C", "fahrenheit": "°F"}
# High of the day from which a report counts as hot or cold, °C; the same in °F.
_HOT = {"celsius": 30, "fahrenheit": 86}
_COLD = {"celsius": 8, "fahrenheit": 46}
_FIELDS = {"high": "h", "low": "l", "wind": "wind", "humidity": "hum"}


def say(text: str, values: Mapping[str, Any]) -> str:
    """The sentence with its slots filled and its first letter a capital."""
    named = {**values, **{k.capitalize(): str(v)[:1].upper() + str(v)[1:] for k, v in values.items()}}
    filled = text.format_map(named)
    return filled[:1].upper() + filled[1:]


def slots(result: Mapping[str, Any], place: str, day: str) -> dict[str, Any]:
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


def report(
    rng: random.Random, sentences: Sentences, result: Mapping[str, Any], place: str, day: str, asked: str
) -> str:
    """A persona's account of one weather report, which answers what was asked.

    Args:
        sentences: one persona's file of data/tools/replies.
        day: "today", "tomorrow", "on Friday".
        asked: general, temperature, rain, snow, wind or humidity.
    """
    unit, group = result["unit"], CONDITIONS[result["condition"]]
    patterns = [*sentences[group], *sentences[group], *sentences["any"]]
    if result["high"] >= _HOT[unit]:
        patterns += [*sentences["hot"], *sentences["hot"]]
    if result["high"] < _COLD[unit]:
        patterns += [*sentences["cold"], *sentences["cold"]]
    # The present temperature says nothing of another day, nor of today's high.
    usable = [
        p for p in patterns if "{t}" not in p or (day == "today" and asked in ("general", "temperature"))
    ]
    values = slots(result, place, day)
    pattern = rng.choice(usable)
    parts = [say(pattern, values)]
    clause = {
        "rain": "wet" if result["precipitation_mm"] > 0 else "dry",
        "snow": "snow" if group == "snow" else "no_snow",
        "wind": "wind",
        "humidity": "humidity",
    }.get(asked)
    if clause and f"{{{clause}}}" not in pattern:
        # One umbrella a reply.
        clauses = [c for c in sentences["asked"][clause] if "umbrella" not in c or "mbrella" not in pattern]
        parts.append(say(rng.choice(clauses), values))
    return " ".join(parts)


def comparison(
    rng: random.Random,
    sentences: Sentences,
    results: tuple[Mapping[str, Any], Mapping[str, Any]],
    places: tuple[str, str],
    day: str,
) -> str:
    """Which of two places is the warmer, by their highs."""
    pairs = sorted(zip(results, places, strict=True), key=lambda pair: -pair[0]["high"])
    (warm, warm_place), (cool, cool_place) = pairs
    kind = "compare_equal" if warm["high"] == cool["high"] else "compare"
    values = {
        "warm": warm_place, "wh": warm["high"], "cool": cool_place, "ch": cool["high"],
        "u": SYMBOLS[warm["unit"]], "day": day,
    }  # fmt: skip
    return say(rng.choice(sentences[kind]), values)


def recalled(rng: random.Random, sentences: Sentences, result: Mapping[str, Any], field: str) -> str:
    """One figure of a report that was given before; ``field`` is high, low, wind or humidity."""
    return say(rng.choice(sentences["recall"][field]), slots(result, "", ""))


def failure(rng: random.Random, sentences: Sentences, kind: str, asked: str, got: Place | None = None) -> str:
    """An admission that there is no usable report; ``kind`` is error, timeout, empty or wrong_place."""
    return say(rng.choice(sentences[kind]), {"asked": asked, "got": got.label if got else ""})
