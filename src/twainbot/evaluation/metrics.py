"""The metrics of the report: what each means, which way is better, and how items become a number.

A metric's value is ``sum(value) / sum(weight)`` over its items; with weight 1 that is a mean, with the
number of bytes it is a rate. Its interval comes from resampling clusters (a prompt family, a chapter),
not items: ten questions from one template are not ten independent observations (Miller 2024,
"Adding error bars to evals", arXiv 2411.00640).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from twainbot.evaluation.stats import Estimate, Verdict, cluster_bootstrap, gate


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
        "Share of requests that need a call in which the model wrote one call that satisfies the tool's JSON Schema.",
        "Says nothing of whether the arguments are the right ones.",
    ),
    Metric(
        "argument_exact_match",
        True,
        "Share of those requests in which every argument is one of the accepted values.",
        "Values are compared after normalising case, spaces and well-known abbreviations.",
    ),
    Metric(
        "call_precision",
        True,
        "Of all attempted calls, malformed ones too, the share that were wanted.",
        "Depends on the mix of items.",
    ),
    Metric(
        "call_recall", True, "Of all wanted calls, the share that were attempted.", "Always calling scores 1."
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
        "Of the turns that want another tool that is offered, the share in which the weather tool was not called.",
        "Never calling scores 1.",
    ),
    Metric(
        "style_twain",
        True,
        "Mean probability that a reply in the Twain persona is by the Twain shelf, by a classifier that sees only "
        "function words and punctuation.",
        "Measures habits of syntax, not wit; on the embedded sample it is imitation of imitation.",
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
        "How many bits the model needs for each byte of held-out answers; comparable between tokenizers.",
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
    """One scored item of one adapter."""

    adapter: str
    metric: str
    item: str
    cluster: str
    value: float
    weight: float


class Interval(TypedDict):
    """A value with its 95 % interval over ``n`` items in ``clusters`` clusters."""

    value: float
    low: float
    high: float
    n: int
    clusters: int


# Bits and perplexity are functions of nats per byte and per token. Both rise with their argument, so
# they map an interval's limits to limits.
_TRANSFORMS: dict[str, Callable[[float], float]] = {
    "perplexity": math.exp,
    "bits_per_byte": lambda nats: nats / math.log(2),
}


def _rate(items: Sequence[Item], resamples: int, seed: int, level: float = 0.95) -> Estimate:
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
    """The metric over items, with the interval of :func:`twainbot.evaluation.stats.cluster_bootstrap`."""
    transform = _TRANSFORMS.get(metric, float)
    rate = _rate(items, resamples, seed)
    return Interval(
        value=transform(rate.value),
        low=transform(rate.low),
        high=transform(rate.high),
        n=rate.n,
        clusters=len({item["cluster"] for item in items}),
    )


def judge_gate(metric: str, target: float, items: Sequence[Item], resamples: int, seed: int) -> Verdict:
    """PASS, FAIL or INCONCLUSIVE against a target that the metric, a share, must reach.

    The limits of an interval at level 0.90 are the two one-sided 95 % bounds.
    """
    return gate(_rate(items, resamples, seed, level=0.90), target)


def difference(metric: str, before: Sequence[Item], after: Sequence[Item], resamples: int, seed: int) -> Interval:
    """``after - before`` on the same items, resampling the same clusters for both (paired).

    Raises:
        ValueError: the two sides do not have the same items.
    """
    if sorted(item["item"] for item in before) != sorted(item["item"] for item in after):
        raise ValueError(f"{metric}: the two adapters were not scored on the same items")
    transform = np.vectorize(_TRANSFORMS.get(metric, float), otypes=[float])
    old, new = _by_cluster(before), _by_cluster(after)
    draws = np.random.default_rng(seed).integers(0, len(old), size=(resamples, len(old)))
    drawn_old, drawn_new = old[draws].sum(axis=1), new[draws].sum(axis=1)
    usable = (drawn_old[:, 1] > 0) & (drawn_new[:, 1] > 0)  # a resample without weight has no value
    changes = transform(_ratio(drawn_new[usable])) - transform(_ratio(drawn_old[usable]))
    low, high = np.percentile(changes, [2.5, 97.5])
    point = transform(_ratio(new.sum(axis=0))) - transform(_ratio(old.sum(axis=0)))
    return Interval(value=float(point), low=float(low), high=float(high), n=len(after), clusters=len(old))


def _by_cluster(items: Sequence[Item]) -> NDArray[np.float64]:
    """Summed values and weights, [clusters, 2], clusters in sorted order."""
    names = {name: row for row, name in enumerate(sorted({item["cluster"] for item in items}))}
    sums = np.zeros((len(names), 2))
    for item in items:
        sums[names[item["cluster"]]] += (item["value"], item["weight"])
    return sums


def _ratio(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return sums[..., 0] / sums[..., 1]


def verdict(metric: Metric, change: Interval) -> str:
    """``better``, ``worse`` or ``cannot tell``: the interval of the difference excludes zero, or not."""
    if metric.higher_is_better is None or change["low"] <= 0 <= change["high"]:
        return "cannot tell"
    return "better" if (change["value"] > 0) == metric.higher_is_better else "worse"
