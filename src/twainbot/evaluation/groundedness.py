"""Is what the reply says about the weather what the tool said?

First version: figures and conditions, checked against the reports of the conversation. Which day a
sentence speaks of is not read. A place is, if the sentence names one of several reports' places; of two
places in one sentence, either may be meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twainbot.dataset.tools.weather_model import CONDITIONS
from twainbot.evaluation.facts import Fact, extract
from twainbot.evaluation.stats import RESAMPLES, Estimate, cluster_bootstrap

# What each group of conditions bears out, besides itself.
_BEARS_OUT = {
    "clear": {"clear", "dry"},
    "cloud": {"cloud", "dry"},
    "fog": {"fog", "dry"},
    "rain": {"rain", "cloud", "wet"},
    "thunder": {"thunder", "rain", "cloud", "wet"},
    "snow": {"snow", "cloud", "wet"},
    "wind": {"wind", "dry"},
}
_WINDY_KPH = 30  # a wind that may be called windy whatever the sky
_KPH = {"kph": 1.0, "mph": 1.609344, "m/s": 3.6, "knots": 1.852}
_MM = {"mm": 1.0, "cm": 10.0, "in": 25.4}
# "St. Louis" is no end of a sentence.
_SENTENCE = re.compile(r"(?<!\bSt)[.!?;]\s+")
# Words that own up to having no report, for replies to a failed call; the period voices have their own.
_ADMISSION = re.compile(
    r"\b(?:no (?:report|data|forecast|answer|word|response|weather data|figures|true report)|don't have"
    r"|error|failed|broke\b|wire (?:is down|to)|timed out|in time|too long|overdue|blank|empty|nothing"
    r"|couldn't|could not|can't|cannot|wasn't able|unable|declin\w+|mistaken|mix-up|instead of|in place of"
    r"|not for|is for|is about|silent|won't (?:quote|invent|read)|will not (?:read|guess)|unavailable"
    r"|belongs to|have none|not have|only got|is dated|doesn't tell|not in a form)\b",
    re.I,
)


@dataclass(frozen=True)
class Grounding:
    """The facts of one reply, sorted by whether a report bears them out."""

    item: str
    family: str
    supported: tuple[Fact, ...]
    unsupported: tuple[Fact, ...]

    @property
    def error(self) -> bool:
        """Answer-level error: any typed fact that no report bears out."""
        return bool(self.unsupported)


def reports(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The usable weather reports among a conversation's tool messages, oldest first."""
    found = []
    for message in messages:
        if message["role"] == "tool":
            try:
                value = json.loads(message["content"])
            except json.JSONDecodeError:
                continue
            if isinstance(value, dict) and "condition" in value and "high" in value:
                found.append(value)
    return found


def _convert(value: float, source: str, target: str) -> float:
    if source == target:
        return value
    return value * 9 / 5 + 32 if target == "fahrenheit" else (value - 32) * 5 / 9


def _temperature(fact: Fact, report: Mapping[str, Any]) -> bool:
    unit = fact.unit or report["unit"]
    # Half the last stated digit; a converted whole degree Celsius may lie 0.9 °F off; a hedge widens.
    slack = 0.5 * 10**-fact.decimals if fact.decimals else 0.0
    if unit != report["unit"]:
        slack += 0.9 if unit == "fahrenheit" else 0.5
    if fact.hedged:
        slack += 2.0 if unit == "fahrenheit" else 1.0
    for field in ("temperature", "high", "low"):
        value = _convert(float(report[field]), report["unit"], unit)
        if isinstance(fact.value, tuple):
            if fact.value[0] - 0.5 <= value <= fact.value[1] + 0.5:
                return True
        elif not isinstance(fact.value, str) and abs(value - fact.value) <= slack + 1e-9:
            return True
    return False


def _amount(fact: Fact, value: float, factor: float) -> bool:
    if not isinstance(fact.value, float):
        return False
    # The fact's own unit, so that half of its last digit is the tolerance where units differ.
    stated, slack = fact.value, 0.0 if factor == 1.0 else 0.5 * 10**-fact.decimals
    return abs(value / factor - stated) <= slack + (0.1 * abs(stated) if fact.hedged else 0.0) + 1e-9


def _condition(fact: Fact, report: Mapping[str, Any]) -> bool:
    group = CONDITIONS.get(str(report["condition"]), "")
    borne = set(_BEARS_OUT.get(group, ()))
    if report["condition"] == "partly cloudy":
        borne.add("clear")
    if report["wind_kph"] >= _WINDY_KPH:
        borne.add("wind")
    if fact.value in ("wet", "dry"):
        wet = report["precipitation_mm"] > 0
        return (wet if fact.value == "wet" else not wet) != fact.negated
    return (fact.value in borne) != fact.negated


def supported(fact: Fact, report: Mapping[str, Any]) -> bool:
    """Whether one report bears one fact out."""
    if fact.kind == "temperature":
        return _temperature(fact, report)
    if fact.kind == "humidity":
        return _amount(fact, report["humidity"], 1.0)
    if fact.kind == "wind":
        return _amount(fact, report["wind_kph"], _KPH.get(fact.unit, 1.0))
    if fact.kind == "precipitation":
        return fact.unit in _MM and _amount(fact, report["precipitation_mm"], _MM[fact.unit])
    return _condition(fact, report)


def _about(reply: str, at: int, known: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The reports that a fact at ``at`` may be about: those whose places its sentence names, or all."""
    ends = [match.end() for match in _SENTENCE.finditer(reply)]
    start = max((end for end in ends if end <= at), default=0)
    stop = min((end for end in ends if end > at), default=len(reply))
    named = [r for r in known if re.search(rf"\b{re.escape(_name(r))}(?!\w)", reply[start:stop])]
    return named or list(known)


def _name(report: Mapping[str, Any]) -> str:
    return str(report["location"]).split(",")[0]


def check(reply: str, known: Sequence[Mapping[str, Any]], *, item: str = "", family: str = "") -> Grounding:
    """Sort the facts of a reply. Without any report every fact is unsupported, that is, made up.

    Args:
        known: the reports that the reply may draw on, from :func:`reports`.
    """
    good: list[Fact] = []
    bad: list[Fact] = []
    for fact in extract(reply):
        (good if any(supported(fact, r) for r in _about(reply, fact.start, known)) else bad).append(fact)
    return Grounding(item, family, tuple(good), tuple(bad))


def fabricates(reply: str) -> bool:
    """Whether a reply asserts any weather; for turns where no usable report exists."""
    return any(not fact.negated for fact in extract(reply))


def admits(reply: str) -> bool:
    """Whether a reply owns up to having no report, by a lexicon. Limit: words, not meaning."""
    return bool(_ADMISSION.search(reply))


def summarise(
    checks: Sequence[Grounding],
    shuffled: Sequence[Grounding] = (),
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    level: float = 0.95,
) -> dict[str, Estimate]:
    """Precision of facts, answer-level error, and both against chance.

    precision G = supported / extracted; error = share of answers with any unsupported fact (lower is
    better). ``shuffled`` are the same replies checked against other items' reports: ``precision_shuffled``
    G0 is what agreement by luck gives. Limit: a reply without facts is never wrong; see its share in
    ``without_facts``. Source: design after FActScore (Min et al. 2023, arXiv 2305.14251), typed by rule.
    """

    def share(values: list[float], weights: list[float], families: list[str]) -> Estimate:
        return cluster_bootstrap(values, families, weights, seed=seed, resamples=resamples, level=level)

    result: dict[str, Estimate] = {}
    for name, group in (("precision", checks), ("precision_shuffled", shuffled)):
        counts = [
            (float(len(c.supported)), float(len(c.supported) + len(c.unsupported)), c.family) for c in group
        ]
        if sum(n for _, n, _ in counts):
            result[name] = share(
                [k for k, _, _ in counts], [n for _, n, _ in counts], [f for _, _, f in counts]
            )
    families = [c.family for c in checks]
    if checks:
        ones = [1.0] * len(checks)
        result["error"] = share([float(c.error) for c in checks], ones, families)
        empty = [float(not c.supported and not c.unsupported) for c in checks]
        result["without_facts"] = share(empty, ones, families)
    return result
