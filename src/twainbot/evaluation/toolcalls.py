"""Does the model call when it should, only then, and with the right arguments?

Metrics follow the Berkeley Function-Calling Leaderboard in giving every argument a set of accepted
values, and differ in one thing: a malformed call is an attempt, never abstention.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from twainbot.dataset.tools.places import Gazetteer, normalise, plain
from twainbot.dataset.tools.weather_model import resolve_date
from twainbot.evaluation.callparse import Call, Failure, Outcome, outcome, parse
from twainbot.evaluation.stats import RESAMPLES, Estimate, cluster_bootstrap

_UNITS = {
    "celsius": "celsius", "c": "celsius", "°c": "celsius", "centigrade": "celsius", "metric": "celsius",
    "fahrenheit": "fahrenheit", "f": "fahrenheit", "°f": "fahrenheit", "imperial": "fahrenheit",
}  # fmt: skip
_PLACE_SLOTS = ("location", "city", "origin", "destination")


def canonical(slot: str, value: Any, today: date, places: Gazetteer | None = None) -> Any:
    """A value in the form in which two ways of saying the same are equal.

    Text: NFKC, case folded, accents and outer spaces dropped. Places: "Hannibal, MO" is "Hannibal,
    Missouri"; with a gazetteer, also every other name of a known place. Units: c, °C, centigrade. Dates:
    ISO, relative to ``today``. Numbers stay numbers, so ``"3"`` is not 3.
    """
    if not isinstance(value, str):
        return value
    if slot in _PLACE_SLOTS:
        return places.canonical(value) if places else normalise(value)
    if slot == "unit":
        return _UNITS.get(plain(value), plain(value))
    if slot == "date":
        day = resolve_date(value, today)
        return day.isoformat() if day else plain(value)
    return plain(value)


@dataclass(frozen=True)
class Score:
    """What one answer did on one item. ``required`` is None if there was nothing to count."""

    item: str
    kind: str
    family: str
    gold_call: bool
    gold_name: str
    attempt: bool
    outcome: Outcome
    failure: Failure | None
    called: str  # name of the first call, "" without one
    required: float | None
    argument_exact_match: bool
    slots_right: int
    slots_wrong: int
    slots_missed: int
    slots_unasked: int  # optional arguments that the user did not state
    type_errors: int  # right but for their JSON type

    @property
    def schema_valid(self) -> bool:
        return self.outcome == "VALID"


def score(
    item: Mapping[str, Any], text: str, places: Gazetteer | None = None, template: str = "llama31"
) -> Score:
    """Judge one turn.

    Args:
        item: a row of :func:`twainbot.dataset.tools.toolcalls.eval_items`.
        text: the assistant's turn as generated.
        places: accepts names of places that the item does not list.
        template: name of the chat template that the answer was written under.
    """
    gold, tools = item["gold"], item["tools"] or []
    schemas = {tool["function"]["name"]: tool["function"]["parameters"] for tool in tools}
    parsed = parse(text, schemas, template)
    result, failure = outcome(parsed, tools)
    first = parsed.calls[0] if parsed.calls else None
    today = date.fromisoformat(item["today"])
    right, wrong, missed, unasked, types = 0, 0, 0, 0, 0
    if gold["call"]:
        right, wrong, missed, unasked, types = _slots(gold, parsed.calls, today, places)
    required: float | None = None
    if first is not None:
        needed = schemas.get(first.name, {}).get("required", [])
        required = sum(name in first.arguments for name in needed) / len(needed) if needed else 1.0
    return Score(
        item=item["id"],
        kind=item["kind"],
        family=item["family"],
        gold_call=bool(gold["call"]),
        gold_name=gold["name"],
        attempt=parsed.attempt,
        outcome=result,
        failure=failure,
        called=first.name if first else "",
        required=required,
        argument_exact_match=bool(gold["call"]) and result == "VALID" and wrong == 0 and missed == 0,
        slots_right=right,
        slots_wrong=wrong,
        slots_missed=missed,
        slots_unasked=unasked,
        type_errors=types,
    )


def _slots(
    gold: Mapping[str, Any], calls: Sequence[Call], today: date, places: Gazetteer | None
) -> tuple[int, int, int, int, int]:
    accepted = {
        slot: [None if value is None else canonical(slot, value, today, places) for value in values]
        for slot, values in gold["arguments"].items()
    }
    right, wrong, unasked, types = 0, 0, 0, 0
    found: set[str] = set()
    for number, call in enumerate(calls):
        for slot, value in call.arguments.items():
            options = accepted.get(slot, [None])
            given = canonical(slot, value, today, places)
            # A second call's slots are wrong even if they repeat the first's.
            if number == 0 and call.name == gold["name"] and _is_in(given, options):
                right += 1
                found.add(slot)
                continue
            wrong += 1
            unasked += options == [None]
            types += not isinstance(value, str) and plain(str(value)) in options
            types += isinstance(value, str) and any(o is not None and str(o) == plain(value) for o in options)
    missed = sum(slot not in found and None not in options for slot, options in accepted.items())
    return right, wrong, missed, unasked, types


def _is_in(value: Any, options: Sequence[Any]) -> bool:
    # True == 1 in Python, not in JSON.
    return value is not None and any(
        value == o and isinstance(value, bool) == isinstance(o, bool) for o in options
    )


@dataclass(frozen=True)
class Metric:
    """``of`` gives an item's part of the numerator and of the denominator; a part (0, 0) does not count."""

    meaning: str
    limit: str
    of: Callable[[Score], tuple[float, float]]


def _share(
    counts: Callable[[Score], bool], good: Callable[[Score], bool]
) -> Callable[[Score], tuple[float, float]]:
    return lambda s: (float(good(s)), 1.0) if counts(s) else (0.0, 0.0)


def _calls(s: Score) -> bool:
    return s.gold_call


METRICS: dict[str, Metric] = {
    "precision": Metric(
        "TP / (TP + FP): of all attempts, malformed ones too, the share where a call was wanted.",
        "Depends on the mix of items; at half and half AlwaysCall has 0.5.",
        _share(lambda s: s.attempt, _calls),
    ),
    "recall": Metric(
        "TP / (TP + FN): of all turns that want a call, the share where one was attempted.",
        "AlwaysCall has 1.",
        _share(_calls, lambda s: s.attempt),
    ),
    "f1": Metric(
        "2 TP / (2 TP + FP + FN): both of the above in one.",
        "At half and half AlwaysCall has 0.67.",
        lambda s: (
            2.0 * (s.attempt and s.gold_call),
            2.0 * (s.attempt and s.gold_call) + (s.attempt != s.gold_call),
        ),
    ),
    "restraint": Metric(
        "TN / (TN + FP): of all turns that want no call, the share without an attempt.",
        "NeverCall has 1.",
        _share(lambda s: not s.gold_call, lambda s: not s.attempt),
    ),
    "schema_valid": Metric(
        "VALID calls / turns that want a call. The headline: not calling counts as a failure.",
        "Says nothing of whether the arguments are right.",
        _share(_calls, lambda s: s.schema_valid),
    ),
    "schema_valid_given_attempt": Metric(
        "VALID calls / attempts on those turns: can it write the format when it tries?",
        "Leaves out the turns where it did not try.",
        _share(lambda s: s.gold_call and s.attempt, lambda s: s.schema_valid),
    ),
    "required_args": Metric(
        "Mean over parsed calls of |required and present| / |required|.",
        "Presence only.",
        lambda s: (0.0, 0.0) if s.required is None or not s.gold_call else (s.required, 1.0),
    ),
    "argument_exact_match": Metric(
        "Share of turns that want a call with a VALID call of the right tool whose every argument is "
        "accepted and none is missing.",
        "One wrong argument is as bad as none.",
        _share(_calls, lambda s: s.argument_exact_match),
    ),
    "slot_f1": Metric(
        "2 R / (2 R + W + M) over all arguments: R right, W wrong or unasked, M missed; micro.",
        "Long calls weigh more.",
        lambda s: (2.0 * s.slots_right, 2.0 * s.slots_right + s.slots_wrong + s.slots_missed),
    ),
    "over_specification": Metric(
        "Arguments given that the user did not state / all arguments given.",
        "Lower is better; a model that gives none has no value.",
        lambda s: (float(s.slots_unasked), float(s.slots_right + s.slots_wrong)),
    ),
    "other_tool_confusion": Metric(
        "Of the turns that want another tool than the weather, the share where the weather tool was called.",
        "Lower is better; a model that never calls has 0.",
        _share(lambda s: s.gold_call and s.gold_name != "get_weather", lambda s: s.called == "get_weather"),
    ),
}
_LOWER_IS_BETTER = ("over_specification", "other_tool_confusion")


@dataclass(frozen=True)
class Summary:
    """A metric's estimate and the ids of the items that fell short of the best."""

    estimate: Estimate
    failed: tuple[str, ...]


def summarise(
    scores: Sequence[Score], *, seed: int = 0, resamples: int = RESAMPLES, level: float = 0.95
) -> dict[str, Summary]:
    """Every metric of :data:`METRICS` that has a value on these scores.

    Intervals resample families (template and place split), since items of one template err together. A
    metric without a denominator, like the precision of a model that never calls, is left out.
    """
    families = [s.family for s in scores]
    result: dict[str, Summary] = {}
    for name, metric in METRICS.items():
        parts = [metric.of(s) for s in scores]
        if not sum(weight for _, weight in parts):
            continue
        estimate = cluster_bootstrap(
            [v for v, _ in parts],
            families,
            [w for _, w in parts],
            seed=seed,
            resamples=resamples,
            level=level,
        )
        lower = name in _LOWER_IS_BETTER
        failed = tuple(
            s.item for s, (v, w) in zip(scores, parts, strict=True) if w and (v > 0 if lower else v < w)
        )
        result[name] = Summary(estimate, failed)
    return result
