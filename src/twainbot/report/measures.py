"""How the metrics of :mod:`twainbot.evaluation.metrics` are named, written and read in reports."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from twainbot.evaluation.metrics import METRICS, MIN_CHANGED, Metric, verdict

Unit = Literal["percent", "probability", "words", "bits", "plain"]

_SHOWN: dict[str, tuple[str, Unit]] = {
    "schema_valid": ("Valid calls", "percent"),
    "argument_exact_match": ("Right arguments", "percent"),
    "call_precision": ("Calls that were due", "percent"),
    "call_recall": ("Due calls that came", "percent"),
    "restraint": ("Restraint", "percent"),
    "other_tool": ("Other tool respected", "percent"),
    "style_twain": ("Twain's voice", "probability"),
    "style_franklin": ("Franklin's voice", "probability"),
    "style_length": ("Reply length", "words"),
    "bits_per_byte": ("Bits per byte", "bits"),
    "perplexity": ("Perplexity", "plain"),
}


@dataclass(frozen=True)
class Measure:
    """A metric as it is shown. ``better`` is None where neither more nor less is a merit."""

    key: str
    label: str
    better: Literal["higher", "lower"] | None
    unit: Unit
    meaning: str
    limit: str


def _measure(metric: Metric) -> Measure:
    label, unit = _SHOWN.get(metric.name, (metric.name.replace("_", " "), "plain"))
    better = None if metric.higher_is_better is None else "higher" if metric.higher_is_better else "lower"
    return Measure(metric.name, label, better, unit, metric.meaning, metric.limit)


MEASURES = tuple(_measure(metric) for metric in METRICS)
_BY_KEY = {measure.key: measure for measure in MEASURES}
_DIGITS: dict[Unit, int] = {"percent": 1, "probability": 3, "words": 1, "bits": 3, "plain": 2}
_SUFFIX: dict[Unit, str] = {
    "percent": " %",
    "probability": "",
    "words": " words",
    "bits": " bits",
    "plain": "",
}
MISSING = "–"


def measure(key: str) -> Measure:
    """The table's entry, or for an unknown key one that claims no direction."""
    return _BY_KEY.get(key) or _measure(Metric(key, None, "Not in the table of metrics.", ""))


def ordered(keys: set[str]) -> list[Measure]:
    """The measures of ``keys``: those of the table in its order, then the others by name."""
    known = [m for m in MEASURES if m.key in keys]
    return [*known, *(measure(key) for key in sorted(keys - set(_BY_KEY)))]


def finite(value: Any) -> float | None:
    """``value`` as a float, or None if it is missing, not a number or infinite."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval, its number of items and of the clusters that they stand in.

    ``changed``, of a difference, is the number of clusters in which the two sides are not the same.
    """

    value: float
    low: float | None
    high: float | None
    n: int | None
    clusters: int | None
    changed: int | None

    @property
    def half_width(self) -> float | None:
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


def estimate(raw: Any) -> Estimate | None:
    """An entry of evaluate.json, or None if it has no finite value."""
    if not isinstance(raw, Mapping) or (value := finite(raw.get("value"))) is None:
        return None
    return Estimate(
        value,
        finite(raw.get("low")),
        finite(raw.get("high")),
        _whole(raw.get("n")),
        _whole(raw.get("clusters")),
        _whole(raw.get("changed")),
    )


def _whole(value: Any) -> int | None:
    number = finite(value)
    return None if number is None else int(number)


def plain(of: Measure, value: float | None, *, signed: bool = False) -> str:
    """The number alone, in the measure's scale and digits, with a true minus sign."""
    if value is None:
        return MISSING
    digits = _DIGITS[of.unit]
    scaled = round(value * 100 if of.unit == "percent" else value, digits) + 0.0  # no "-0.0"
    text = f"{abs(scaled):,.{digits}f}"
    sign = "−" if scaled < 0 else "+" if signed and scaled > 0 else ""
    return sign + text


def written(of: Measure, value: float | None) -> str:
    """The number with its unit."""
    return MISSING if value is None else plain(of, value) + _SUFFIX[of.unit]


def change(of: Measure, value: float | None) -> str:
    """A difference with its sign; differences of percentages are points."""
    if value is None:
        return MISSING
    return plain(of, value, signed=True) + (" points" if of.unit == "percent" else _SUFFIX[of.unit])


def interval(of: Measure, found: Estimate | None, *, signed: bool = False) -> str:
    """``[low, high]``, or nothing if it is not known."""
    if found is None or found.low is None or found.high is None:
        return ""
    return f"[{plain(of, found.low, signed=signed)}, {plain(of, found.high, signed=signed)}]"


def reading(of: Measure, difference: Estimate | None) -> str:
    """What a difference says: better, worse (higher, lower without a direction) or cannot tell.

    It says something only if its interval excludes zero and, where that is known, at least
    :data:`~twainbot.evaluation.metrics.MIN_CHANGED` clusters changed.
    """
    if difference is None:
        return ""
    low, high = difference.low, difference.high
    if low is None or high is None:
        return "cannot tell"
    changed = MIN_CHANGED if difference.changed is None else difference.changed
    return verdict(None if of.better is None else of.better == "higher", low, high, changed)


def n_to_decide(difference: Estimate | None) -> int | None:
    """Items at which a difference of this size would just exclude zero, rounded up to two digits.

    Formula: n · (half-width / |difference|)², for half-widths shrink with the square root of n. A rough
    guide: the difference itself is uncertain. None if it is zero, if its n or interval is unknown, or if
    the interval excludes zero already and only too few clusters changed.
    """
    if difference is None or not difference.n or not difference.half_width or not difference.value:
        return None
    if difference.half_width < abs(difference.value):
        return None
    needed = difference.n * (difference.half_width / abs(difference.value)) ** 2
    magnitude = 10 ** max(0, int(math.log10(max(needed, 1))) - 1)
    return math.ceil(needed / magnitude) * magnitude
