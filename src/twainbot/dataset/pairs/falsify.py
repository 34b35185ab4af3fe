"""A weather report changed so that it says what the tool did not, and reads as well as before."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twainbot.dataset.tools.weather_model import CONDITIONS
from twainbot.records import Message

_FIELDS = {
    "location", "condition", "temperature", "high", "low", "unit", "humidity", "wind_kph", "precipitation_mm",
}  # fmt: skip
# A figure of a report, by what follows it. A hyphen is a minus only where it does not join a range.
_DEGREES = re.compile(r"(?<![\w.-])-?\d+(?=\s?°\s?[CF])")
_FIGURES = {
    "wind_kph": re.compile(r"(?<![\w.-])\d+(?=\s?km/h)"),
    "precipitation_mm": re.compile(r"(?<![\w.-])\d+(?:\.\d+)?(?=\s?mm\b)"),
    "humidity": re.compile(r"(?<![\w.-])\d+(?=\s?%)"),
}
_ADJECTIVES = ("sunny", "partly cloudy", "cloudy", "overcast", "windy")
# Without an article, so that one may stand for the other in any sentence.
_NOUNS = ("fog", "drizzle", "light rain", "heavy rain", "sleet", "light snow", "heavy snow")
# What a report of the group bears out besides: saying it instead would be no lie.
_BEARS_OUT = {"rain": {"cloud"}, "thunder": {"rain", "cloud"}, "snow": {"cloud"}}
# Of a dry day: what else the answer says, of figures or umbrellas, does not go with a wet one.
_DRY = {"clear", "cloud", "fog", "wind"}
_THAW = {"celsius": 2, "fahrenheit": 36}  # above this, whoever reads of snow sees that it is wrong
# Too fine a difference to be one between a report and a lie.
_VAGUE = "partly cloudy"
_BREEZE_KPH = 20  # with more, "windy" would be no lie
_NEGATED = re.compile(r"\b(?:no|not|never|without|nor|than|instead of)\s+(?:\w+\s+)?$", re.I)
_OPENED, _CLOSED = re.compile(r"(?:^|[:(,;.]\s*)$"), re.compile(r"\s*(?:[,.;:)]|$)")
# Degrees between what is said and what the tool said; smaller steps may pass for rounding.
_STEP = {"celsius": (5, 12), "fahrenheit": (9, 22)}
_NEAR = 4


@dataclass(frozen=True)
class Change:
    """Characters ``start`` to ``end`` of an answer, and what stands there instead."""

    start: int
    end: int
    text: str


def usable_report(message: Message) -> dict[str, Any] | None:
    """The report that a tool message holds; None if it is a failure, empty, broken, in part or no weather."""
    try:
        value = json.loads(message["content"] or "")
    except json.JSONDecodeError:
        return None
    whole = isinstance(value, dict) and value.keys() >= _FIELDS and value["condition"] in CONDITIONS
    return value if whole else None


def degrees(text: str) -> list[int]:
    """The temperatures that a text states."""
    return [int(figure) for figure in _DEGREES.findall(text)]


def reported_degrees(reports: Sequence[Mapping[str, Any]]) -> set[int]:
    """Every temperature of the reports."""
    return {int(report[field]) for report in reports for field in ("temperature", "high", "low")}


def falsify(text: str, reports: Sequence[Mapping[str, Any]], rng: random.Random) -> str | None:
    """``text`` with one figure or condition that no report bears out; None if it states none of theirs."""
    changes = [
        kind
        for kind in (
            list(_changed_degrees(text, reports, rng)),
            list(_changed_figures(text, reports)),
            list(_changed_conditions(text, reports, rng)),
        )
        if kind
    ]
    if not changes:
        return None
    change = rng.choice(rng.choice(changes))
    return text[: change.start] + change.text + text[change.end :]


def _changed_degrees(text: str, reports: Sequence[Mapping[str, Any]], rng: random.Random) -> Iterator[Change]:
    true, stated = reported_degrees(reports), degrees(text)
    for match in _DEGREES.finditer(text):
        value = int(match[0])
        if value not in true:
            continue
        # The high stays above the low, or the answer would be silly and not only wrong.
        sign = 1 if value == max(stated) else -1
        if len(set(stated)) == 1:
            sign = rng.choice((1, -1))
        new = value + sign * rng.randint(*_STEP[str(reports[-1]["unit"])])
        while any(abs(new - other) < _NEAR for other in true):
            new += sign
        yield Change(match.start(), match.end(), str(new))


def _changed_figures(text: str, reports: Sequence[Mapping[str, Any]]) -> Iterator[Change]:
    for field, pattern in _FIGURES.items():
        true = {float(report[field]) for report in reports}
        for match in pattern.finditer(text):
            value = float(match[0])
            if value not in true or (field == "humidity" and "humid" not in text.lower()):
                continue
            new = 2.5 * value + 7
            if field == "humidity":
                new = value - 31 if value > 55 else value + 31
            while new in true:
                new += 1
            decimals = len(match[0].partition(".")[2])
            yield Change(match.start(), match.end(), f"{new:.{decimals}f}")


def _changed_conditions(
    text: str, reports: Sequence[Mapping[str, Any]], rng: random.Random
) -> Iterator[Change]:
    groups = {CONDITIONS[str(report["condition"])] for report in reports}
    borne = groups.union(*(_BEARS_OUT.get(group, ()) for group in groups))
    if any(report["condition"] == _VAGUE for report in reports):
        borne.add("clear")
    if any(report["wind_kph"] >= _BREEZE_KPH for report in reports):
        borne.add("wind")
    frost = any(report["low"] <= _THAW[report["unit"]] for report in reports)
    for condition in sorted({str(report["condition"]) for report in reports}):
        dry = CONDITIONS[condition] in _DRY
        for match in re.finditer(rf"(?:\b(an?)\s+)?\b{re.escape(condition)}\b", text, re.I):
            before = text[: match.start()]
            if _NEGATED.search(before) or (condition == "cloudy" and before.lower().endswith("partly ")):
                continue
            # Between commas any word will do; elsewhere one of the same kind.
            alone = _OPENED.search(before) and _CLOSED.match(text[match.end() :])
            kind = _ADJECTIVES if condition in _ADJECTIVES else _NOUNS
            new = [
                word
                for word in (_ADJECTIVES + _NOUNS if alone else kind)
                if CONDITIONS[word] not in borne
                and word != _VAGUE
                and (CONDITIONS[word] in _DRY) == dry
                and (frost or CONDITIONS[word] != "snow")
            ]
            if not new:
                continue
            word = rng.choice(new)
            if match[1] and condition != "thunderstorm":
                word = f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
            word = word[0].upper() + word[1:] if match[0][0].isupper() else word
            yield Change(match.start(), match.end(), word)
