"""The metrics of the report: what each means, which way is better, and how items become a number.

A metric's value is ``sum(value) / sum(weight)`` over its items; with weight 1 that is a mean, with the
number of bytes it is a rate. Its interval comes from resampling clusters (a prompt family, a chapter),
not items: ten questions from one template are not ten independent observations (Miller 2024,
"Adding error bars to evals", arXiv 2411.00640).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray


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
        "Share of turns that need no call of the weather tool in which the model made none.",
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


Transform = {"perplexity": math.exp, "bits_per_byte": lambda nats: nats / math.log(2)}


def _by_cluster(items: Sequence[Item]) -> tuple[list[str], NDArray[np.float64]]:
    """Cluster names and an array [clusters, 2] of summed values and weights."""
    sums: dict[str, list[float]] = {}
    for item in items:
        total = sums.setdefault(item["cluster"], [0.0, 0.0])
        total[0] += item["value"]
        total[1] += item["weight"]
    names = sorted(sums)
    return names, np.array([sums[name] for name in names])


def _ratio(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    # A resample without weight (no attempted call in it) says nothing; 0 is the value of the whole then.
    weight = sums[..., 1]
    return np.divide(sums[..., 0], weight, out=np.zeros_like(weight), where=weight > 0)


def _resamples(clusters: int, count: int, seed: int) -> NDArray[np.int64]:
    return np.random.default_rng(seed).integers(0, clusters, size=(count, clusters))


def _interval(metric: str, point: float, draws: NDArray[np.float64], n: int, clusters: int) -> Interval:
    low, high = np.percentile(draws, [2.5, 97.5])
    return Interval(value=float(point), low=float(low), high=float(high), n=n, clusters=clusters)


def estimate(metric: str, items: Sequence[Item], resamples: int, seed: int) -> Interval:
    """The metric over items, with a percentile interval from a bootstrap of clusters."""
    transform = np.vectorize(Transform.get(metric, float))
    names, sums = _by_cluster(items)
    drawn = sums[_resamples(len(names), resamples, seed)].sum(axis=1)
    return _interval(
        metric, float(transform(_ratio(sums.sum(axis=0)))), transform(_ratio(drawn)), len(items), len(names)
    )


def difference(
    metric: str, before: Sequence[Item], after: Sequence[Item], resamples: int, seed: int
) -> Interval:
    """``after - before`` on the same items, resampling the same clusters for both (paired).

    Raises:
        ValueError: the two sides do not have the same items.
    """
    if sorted(item["item"] for item in before) != sorted(item["item"] for item in after):
        raise ValueError(f"{metric}: the two adapters were not scored on the same items")
    transform = np.vectorize(Transform.get(metric, float))
    names, old = _by_cluster(before)
    _, new = _by_cluster(after)
    index = _resamples(len(names), resamples, seed)
    drawn = transform(_ratio(new[index].sum(axis=1))) - transform(_ratio(old[index].sum(axis=1)))
    point = float(transform(_ratio(new.sum(axis=0)))) - float(transform(_ratio(old.sum(axis=0))))
    return _interval(metric, point, drawn, len(after), len(names))


def verdict(metric: Metric, change: Interval) -> str:
    """``better``, ``worse`` or ``cannot tell``: the interval of the difference excludes zero, or not."""
    if metric.higher_is_better is None or change["low"] <= 0 <= change["high"]:
        return "cannot tell"
    return "better" if (change["value"] > 0) == metric.higher_is_better else "worse"
