"""The metrics of the report: what each means, which way is better, and how items become a number.

A metric's value is ``sum(value) / sum(weight)`` over its items; with weight 1 that is a mean, with the
number of bytes it is a rate. Its interval treats clusters (a prompt family, a chapter), not items, as
independent: ten questions from one template are not ten observations (Miller 2024, "Adding error bars to
evals", arXiv 2411.00640). Shares have Wilson's interval with a design effect, for resampling is too sure
of itself near 0 and 1; everything else, and every difference, is resampled.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from twainbot.evaluation.stats import Estimate, Verdict, cluster_bootstrap, clustered_wilson, gate


@dataclass(frozen=True)
class Metric:
    """``meaning`` is one plain sentence; ``limit`` is what the number does not say."""

    name: str
    higher_is_better: bool | None  # None: shown, not judged
    meaning: str
    limit: str


METRICS: tuple[Metric, ...] = (
    Metric(
        "schema_valid",
        True,
        "Share of requests that need the weather in which the model wrote one call, and nothing beside it, "
        "that satisfies the JSON Schema of the tool it called.",
        "Says nothing of whether the tool and the arguments are the right ones.",
    ),
    Metric(
        "argument_exact_match",
        True,
        "Share of those requests with a valid call of the weather tool in which every argument is one of the "
        "accepted values and none is missing.",
        "Values are compared after normalising case, spaces and well-known abbreviations.",
    ),
    Metric(
        "call_precision",
        True,
        "Of all attempted calls, malformed ones too, the share on requests that need the weather; turns that "
        "want another tool are left out.",
        "Depends on the mix of items.",
    ),
    Metric(
        "call_recall",
        True,
        "Of all requests that need the weather, the share in which a call was attempted.",
        "Always calling scores 1.",
    ),
    Metric(
        "restraint",
        True,
        "Share of turns that need no call in which the model attempted none.",
        "Never calling scores 1.",
    ),
    Metric(
        "other_tool",
        True,
        "Of the turns that want another tool that is offered, the share without an attempt at the weather's.",
        "Never calling scores 1.",
    ),
    Metric(
        "style_twain",
        True,
        "Mean probability that a reply in the Twain persona is by the Twain shelf, by a classifier that sees "
        "only function words and punctuation; a reply of under five words counts 0.",
        "Measures habits of syntax, not wit, and a passage recited from the books scores too; on the "
        "embedded sample it is imitation of imitation.",
    ),
    Metric(
        "style_franklin",
        True,
        "The same for the Franklin persona and shelf.",
        "Measures habits of syntax, not wisdom.",
    ),
    Metric(
        "style_length",
        None,
        "Mean length of the style replies, in words.",
        "Shown because style scores move with length.",
    ),
    Metric(
        "bits_per_byte",
        False,
        "How many bits the model needs for each byte of held-out answers, their ends included; comparable "
        "between tokenizers.",
        "Predicting a text is not writing one.",
    ),
    Metric(
        "perplexity",
        False,
        "Per token, of the same held-out answers: exp(mean negative log-likelihood).",
        "Comparable only between models with one tokenizer.",
    ),
)


class Item(TypedDict):
    """One scored item of one adapter: its part of the metric's numerator and denominator."""

    adapter: str
    metric: str
    item: str
    cluster: str
    value: float
    weight: float


class Interval(TypedDict):
    """A value with its 95 % interval over the ``n`` items that count, which lie in ``clusters`` clusters."""

    value: float
    low: float
    high: float
    n: int
    clusters: int


class Difference(Interval):
    """``changed`` is the number of clusters in which the two sides are not the same."""

    changed: int


# Bits and perplexity are functions of nats per byte and per token. Both rise with their argument, so
# they map an interval's limits to limits.
_TRANSFORMS: dict[str, Callable[[float], float]] = {
    "perplexity": math.exp,
    "bits_per_byte": lambda nats: nats / math.log(2),
}


def _rate(items: Sequence[Item], resamples: int, seed: int, level: float = 0.95) -> Estimate:
    counted = [item for item in items if item["weight"]]
    if all(item["weight"] == 1 and item["value"] in (0, 1) for item in counted):
        return clustered_wilson(
            [item["value"] == 1 for item in counted], [item["cluster"] for item in counted], level
        )
    return cluster_bootstrap(
        [item["value"] for item in items],
        [item["cluster"] for item in items],
        [item["weight"] for item in items],
        seed=seed,
        resamples=resamples,
        level=level,
    )


def has_value(items: Sequence[Item]) -> bool:
    """Whether any item counts. The precision of a model that never calls has no value, and is not 0."""
    return any(item["weight"] for item in items)


def estimate(metric: str, items: Sequence[Item], resamples: int, seed: int) -> Interval:
    """The metric over items with its interval, a Wilson interval for a share and a bootstrap for the rest.

    Raises:
        ValueError: no item counts, so there is no value (see :func:`has_value`).
    """
    transform = _TRANSFORMS.get(metric, float)
    rate = _rate(items, resamples, seed)
    return Interval(
        value=transform(rate.value),
        low=transform(rate.low),
        high=transform(rate.high),
        n=rate.n,
        clusters=len({item["cluster"] for item in items if item["weight"]}),
    )


def judge_gate(metric: str, target: float, items: Sequence[Item], resamples: int, seed: int) -> Verdict:
    """PASS, FAIL or INCONCLUSIVE against a target that the metric, a share, must reach.

    The limits of an interval at level 0.90 are the two one-sided 95 % bounds.
    """
    return gate(_rate(items, resamples, seed, level=0.90), target)


def difference(
    metric: str, before: Sequence[Item], after: Sequence[Item], resamples: int, seed: int
) -> Difference:
    """``after - before`` on the same items, resampling the same clusters for both (paired).

    Limit: with fewer than about ten clusters the interval is too narrow; :func:`verdict` allows for it.

    Raises:
        ValueError: the two sides do not have the same items in the same clusters, or one has no value.
    """
    if _places(before) != _places(after):
        raise ValueError(f"{metric}: the two adapters were not scored on the same items")
    if not (has_value(before) and has_value(after)):
        raise ValueError(f"{metric}: no item counts on one side, so there is no difference")
    transform = np.vectorize(_TRANSFORMS.get(metric, float), otypes=[float])
    old, new = _by_cluster(before), _by_cluster(after)
    draws = np.random.default_rng(seed).integers(0, len(old), size=(resamples, len(old)))
    drawn_old, drawn_new = old[draws].sum(axis=1), new[draws].sum(axis=1)
    usable = (drawn_old[:, 1] > 0) & (drawn_new[:, 1] > 0)  # a resample without weight has no value
    changes = transform(_ratio(drawn_new[usable])) - transform(_ratio(drawn_old[usable]))
    low, high = np.percentile(changes, [2.5, 97.5])
    point = transform(_ratio(new.sum(axis=0))) - transform(_ratio(old.sum(axis=0)))
    counted = {(item["item"], item["cluster"]) for item in (*before, *after) if item["weight"]}
    return Difference(
        value=float(point),
        low=float(low),
        high=float(high),
        n=len(counted),
        clusters=len({cluster for _, cluster in counted}),
        changed=int((old != new).any(axis=1).sum()),
    )


def _places(items: Sequence[Item]) -> list[tuple[str, str]]:
    return sorted((item["item"], item["cluster"]) for item in items)


def _by_cluster(items: Sequence[Item]) -> NDArray[np.float64]:
    """Summed values and weights, [clusters, 2], clusters in sorted order."""
    names = {name: row for row, name in enumerate(sorted({item["cluster"] for item in items}))}
    sums = np.zeros((len(names), 2))
    for item in sorted(items, key=lambda item: item["item"]):  # one order, so that equal sides are equal
        sums[names[item["cluster"]]] += (item["value"], item["weight"])
    return sums


def _ratio(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return sums[..., 0] / sums[..., 1]


# Two-sided at 5 % nothing can be told from fewer: five clusters that all changed one way do so by chance
# one time in sixteen, six one time in thirty-two.
MIN_CHANGED = 6

Reading = Literal["better", "worse", "higher", "lower", "cannot tell"]


def verdict(higher_is_better: bool | None, low: float, high: float, changed: int) -> Reading:
    """What a difference says, if its interval excludes zero and enough clusters changed.

    ``higher`` and ``lower`` are for a metric that is shown, not judged.
    """
    if changed < MIN_CHANGED or not (low > 0 or high < 0):
        return "cannot tell"
    if higher_is_better is None:
        return "higher" if low > 0 else "lower"
    return "better" if (low > 0) == higher_is_better else "worse"
