"""Intervals, tests and verdicts, in numpy and scipy only.

Sources: Wilson 1927 for proportions; Kish 1965, "Survey Sampling", for the design effect; Miller 2024,
"Adding error bars to evals" (arXiv 2411.00640), for resampling clusters; McNemar 1947, exact; Holm 1979.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, norm

RESAMPLES = 10_000


@dataclass(frozen=True)
class Estimate:
    """A value with its two-sided interval at ``level``, from ``n`` items (or pairs)."""

    value: float
    low: float
    high: float
    n: int
    method: str
    level: float = 0.95


def wilson(successes: int, n: int, level: float = 0.95) -> Estimate:
    """The proportion ``successes / n`` with Wilson's score interval.

    Formula: centre (p + z²/2n) / (1 + z²/n), half-width z/(1 + z²/n) · √(p(1-p)/n + z²/4n²).
    Plain reading: where the true share may lie, sensible also at 0 and n.
    Limit: takes items as independent; ten questions from one template are not.

    Raises:
        ValueError: n is not positive, or successes lie outside 0..n.
    """
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n}: need 0 <= successes <= n and n > 0")
    low, high = _wilson_limits(successes / n, n, level)
    return Estimate(successes / n, low, high, n, "wilson", level)


def _wilson_limits(p: float, n: float, level: float) -> tuple[float, float]:
    z = float(norm.ppf(0.5 + level / 2))
    scale = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / scale
    half = z / scale * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (0.0 if p == 0 else max(0.0, centre - half)), (1.0 if p == 1 else min(1.0, centre + half))


def clustered_wilson(successes: Sequence[bool], clusters: Sequence[str], level: float = 0.95) -> Estimate:
    """The share of successes, with Wilson's interval for as many independent items as the clusters are worth.

    Formula: Wilson at n / deff; deff = max(1, K/(K-1) · (n-1)/n · Σ(t - p·m)² / (n·p·(1-p))) over K
    clusters of m items with t successes (Kish's design effect).
    Plain reading: items that agree because they are of one cluster count as fewer. Unlike a bootstrap it
    holds where nearly all items succeed: at a true 95 % a resampled lower bound clears 95 % one time in
    seven with a hundred items, not one in twenty.
    Limit: the design effect is itself estimated, and cannot be seen (taken as 1) with one cluster or
    where all items agree.

    Raises:
        ValueError: lengths differ or nothing is given.
    """
    if not successes or len(successes) != len(clusters):
        raise ValueError(f"{len(successes)} items and {len(clusters)} clusters: need as many of each")
    n = len(successes)
    hits, sizes = _sums([float(s) for s in successes], clusters), _sums([1.0] * n, clusters)
    p, k = float(hits.sum()) / n, len(sizes)
    effect = 1.0
    if k > 1 and 0 < p < 1:
        spread = k / (k - 1) * (n - 1) / n * float(((hits - p * sizes) ** 2).sum())
        effect = max(1.0, spread / (n * p * (1 - p)))
    low, high = _wilson_limits(p, n / effect, level)
    return Estimate(p, low, high, n, f"wilson (as {n / effect:.0f} independent items)", level)


def _sums(values: Sequence[float], clusters: Sequence[str]) -> NDArray[np.float64]:
    """Sum of the values in each cluster, clusters in sorted order."""
    names = {name: number for number, name in enumerate(sorted(set(clusters)))}
    index = np.array([names[name] for name in clusters])
    sums = np.zeros(len(names))
    np.add.at(sums, index, np.asarray(values, dtype=float))
    return sums


def cluster_bootstrap(
    values: Sequence[float],
    clusters: Sequence[str],
    weights: Sequence[float] | None = None,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    level: float = 0.95,
) -> Estimate:
    """``sum(values) / sum(weights)`` with a percentile interval from resampling whole clusters.

    Plain reading: with weights of 1 a mean; with weights that say which items count, a share of those.
    Limit: with fewer than about ten clusters the interval is too narrow. If the items do not vary, or
    there is one cluster, resampling says nothing: for shares Wilson's interval on the items is given
    instead (``method`` says so), for other values the interval is the point.

    Raises:
        ValueError: lengths differ, nothing is given, or the weights sum to 0.
    """
    weight = [1.0] * len(values) if weights is None else list(weights)
    if not values or not len(values) == len(clusters) == len(weight):
        raise ValueError(
            f"{len(values)} values, {len(clusters)} clusters, {len(weight)} weights: need as many of each"
        )
    top, bottom = _sums(values, clusters), _sums(weight, clusters)
    if bottom.sum() <= 0:
        raise ValueError("the weights sum to 0: no item counts, so there is no value")
    point = float(top.sum() / bottom.sum())
    counted = [(v, w) for v, w in zip(values, weight, strict=True) if w]
    if len(top) == 1 or len({v / w for v, w in counted}) == 1:
        if all(w == 1 and v in (0, 1) for v, w in counted):
            same = wilson(round(sum(v for v, _ in counted)), len(counted), level)
            return Estimate(
                same.value, same.low, same.high, same.n, "wilson (no spread between clusters)", level
            )
        return Estimate(point, point, point, len(counted), "point (no spread)", level)
    draws = np.random.default_rng(seed).integers(0, len(top), size=(resamples, len(top)))
    above, below = top[draws].sum(axis=1), bottom[draws].sum(axis=1)
    ratios = above[below > 0] / below[below > 0]  # a resample without weight has no value
    low, high = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(
        point, float(low), float(high), len(counted), f"cluster bootstrap ({len(top)} clusters)", level
    )


def paired_cluster_bootstrap(
    before: Sequence[float],
    after: Sequence[float],
    clusters: Sequence[str],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    level: float = 0.95,
) -> Estimate:
    """Mean of ``after - before`` over the same items, clusters resampled for both sides together.

    Raises:
        ValueError: lengths differ or nothing is given.
    """
    if len(before) != len(after):
        raise ValueError(f"{len(before)} items before and {len(after)} after: pairs need the same items")
    change = [new - old for old, new in zip(before, after, strict=True)]
    if change and len(set(change)) == 1:
        return Estimate(change[0], change[0], change[0], len(change), "point (no spread)", level)
    result = cluster_bootstrap(change, clusters, seed=seed, resamples=resamples, level=level)
    return Estimate(result.value, result.low, result.high, result.n, f"paired {result.method}", level)


def mcnemar_exact(before: Sequence[bool], after: Sequence[bool]) -> float:
    """Two-sided p-value that the two sides are right equally often, on the same items.

    Formula: b items became right and c became wrong; p = min(1, 2 · P(Binomial(b + c, ½) <= min(b, c))).
    Plain reading: items that did not change carry no information.

    Raises:
        ValueError: lengths differ.
    """
    gained = sum(not old and new for old, new in zip(before, after, strict=True))
    lost = sum(old and not new for old, new in zip(before, after, strict=True))
    return 1.0 if gained + lost == 0 else float(binomtest(gained, gained + lost, 0.5).pvalue)


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """p-values adjusted for testing all of them: the i-th smallest of m times m - i + 1, never falling.

    Plain reading: reject where the adjusted value is below the level; the chance of any false rejection
    stays below it.
    """
    adjusted: dict[str, float] = {}
    floor = 0.0
    ordered = sorted(p_values.items(), key=lambda pair: (pair[1], pair[0]))
    for rank, (name, p) in enumerate(ordered):
        floor = max(floor, min(1.0, p * (len(ordered) - rank)))
        adjusted[name] = floor
    return {name: adjusted[name] for name in p_values}


@dataclass(frozen=True)
class Verdict:
    """``n_needed``: items that would settle an INCONCLUSIVE if the value stayed; None if none would."""

    verdict: Literal["PASS", "FAIL", "INCONCLUSIVE"]
    value: float
    low: float
    high: float
    target: float
    n: int
    n_needed: int | None


def gate(estimate: Estimate, target: float, *, higher_is_better: bool = True) -> Verdict:
    """PASS if the one-sided 95 % bound clears the target, FAIL if the other bound misses it.

    The limits of a two-sided interval at level 0.90 are the two one-sided 95 % bounds, so the estimate
    must have that level. ``n_needed`` scales the half-width by 1/√n.

    Raises:
        ValueError: the estimate's level is not 0.90.
    """
    if not math.isclose(estimate.level, 0.90):
        raise ValueError(
            "a gate needs an estimate at level 0.90, whose limits are one-sided 95 % bounds, "
            f"not at {estimate.level}"
        )
    sign = 1.0 if higher_is_better else -1.0
    value, goal = sign * estimate.value, sign * target
    low, high = sorted((sign * estimate.low, sign * estimate.high))
    verdict: Literal["PASS", "FAIL", "INCONCLUSIVE"] = (
        "PASS" if low >= goal else "FAIL" if high < goal else "INCONCLUSIVE"
    )
    needed: int | None = None
    if verdict == "INCONCLUSIVE" and value != goal:
        half = value - low if value > goal else high - value
        needed = max(estimate.n + 1, math.ceil(estimate.n * (half / abs(value - goal)) ** 2))
    return Verdict(verdict, estimate.value, estimate.low, estimate.high, target, estimate.n, needed)
