"""Items to numbers: values by hand, intervals by simulation, and what a difference may claim."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.evaluation.metrics import (
    METRICS,
    MIN_CHANGED,
    Item,
    difference,
    estimate,
    has_value,
    judge_gate,
    verdict,
)
from twainbot.evaluation.stats import cluster_bootstrap, wilson

Parts = Sequence[tuple[str, float, float]]


def items(parts: Parts, metric: str = "restraint") -> list[Item]:
    """Items from (cluster, value, weight); the n-th is called n."""
    return [
        Item(adapter="a", metric=metric, item=str(n), cluster=cluster, value=value, weight=weight)
        for n, (cluster, value, weight) in enumerate(parts)
    ]


def apart(values: Sequence[float]) -> list[Item]:
    """Items of weight 1, each in a cluster of its own."""
    return items([(f"c{n}", float(value), 1.0) for n, value in enumerate(values)])


def test_names_are_unique_and_every_metric_says_what_it_means_and_what_not() -> None:
    assert len({m.name for m in METRICS}) == len(METRICS)
    assert all(m.meaning.endswith(".") and m.limit.endswith(".") for m in METRICS)


def test_a_share_and_its_interval() -> None:
    # 8 of 10, each alone: Wilson's interval, see test_stats.
    result = estimate("restraint", apart([1] * 8 + [0] * 2), 100, 0)
    assert result["value"] == 0.8
    assert (result["low"], result["high"]) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert (result["n"], result["clusters"]) == (10, 10)


def test_items_without_weight_do_not_count() -> None:
    # Attempts at two of four items, one of them wanted: 1/2. The cluster without an attempt is not counted.
    parts = [("a", 1.0, 1.0), ("a", 0.0, 0.0), ("b", 0.0, 1.0), ("c", 0.0, 0.0)]
    result = estimate("call_precision", items(parts), 100, 0)
    assert result["value"] == 0.5
    assert (result["n"], result["clusters"]) == (2, 2)
    assert result["low"] == pytest.approx(wilson(1, 2).low)


def test_a_rate_is_a_ratio_of_sums_not_a_mean_of_ratios() -> None:
    # 2 nats over 1 token, 4 over 3: exp(6 / 4) = 4.4817, where the mean of ratios would give exp(1.67).
    tokens = items([("a", 2.0, 1.0), ("b", 4.0, 3.0)])
    assert estimate("perplexity", tokens, 100, 0)["value"] == pytest.approx(4.4817, abs=1e-4)
    # 6 nats over 12 bytes: 0.5 / ln 2 = 0.7213 bits a byte.
    n_bytes = items([("a", 2.0, 4.0), ("b", 4.0, 8.0)])
    assert estimate("bits_per_byte", n_bytes, 100, 0)["value"] == pytest.approx(0.7213, abs=1e-4)


def test_the_limits_are_transformed_with_the_value() -> None:
    # Resampling two rows gives (2+2)/2, 6/4 and (4+4)/6 nats: the outer two are the limits.
    tokens = items([("a", 2.0, 1.0), ("b", 4.0, 3.0)])
    result = estimate("perplexity", tokens, 500, 0)
    assert result["low"] == pytest.approx(math.exp(4 / 3))
    assert result["high"] == pytest.approx(math.exp(2))


def test_no_weight_is_no_value() -> None:
    nothing = items([("a", 0.0, 0.0), ("b", 0.0, 0.0)])
    assert not has_value(nothing)
    assert not has_value([])
    with pytest.raises(ValueError, match="items"):
        estimate("call_precision", nothing, 10, 0)
    with pytest.raises(ValueError, match="no item counts on one side"):
        difference("call_precision", apart([1, 1]), nothing_like(apart([1, 1])), 10, 0)


def nothing_like(given_items: Sequence[Item]) -> list[Item]:
    return [Item(**{**item, "weight": 0.0, "value": 0.0}) for item in given_items]


def test_a_difference_by_hand() -> None:
    # Cluster a stays right, b becomes right: +0.5. Resamples aa, ab and bb give 0, 0.5 and 1.
    before, after = items([("a", 1, 1), ("b", 0, 1)]), items([("a", 1, 1), ("b", 1, 1)])
    result = difference("restraint", before, after, 500, 0)
    assert (result["value"], result["low"], result["high"]) == (0.5, 0.0, 1.0)
    assert (result["n"], result["clusters"], result["changed"]) == (2, 2, 1)


def test_a_difference_of_transformed_values() -> None:
    # Perplexity exp(4/2) before, exp(2/2) after: 2.7183 - 7.3891 = -4.6708; one cluster, so no interval.
    before, after = items([("a", 4, 2)]), items([("a", 2, 2)])
    result = difference("perplexity", before, after, 50, 0)
    assert result["value"] == pytest.approx(-4.6708, abs=1e-4)
    assert result["low"] == pytest.approx(result["high"]) == pytest.approx(result["value"])


def test_a_difference_of_ratios_with_other_denominators() -> None:
    # Precision before: 1 of 2 attempts; after: 1 of 1. Items 0 and 1 counted on some side, item 2 never.
    before = items([("a", 1, 1), ("b", 0, 1), ("c", 0, 0)])
    after = items([("a", 1, 1), ("b", 0, 0), ("c", 0, 0)])
    result = difference("call_precision", before, after, 200, 0)
    assert result["value"] == 0.5
    assert (result["n"], result["clusters"], result["changed"]) == (2, 2, 1)


def test_pairing_is_by_item_not_by_order() -> None:
    before, after = apart([0, 1, 0, 1]), apart([1, 1, 0, 1])
    straight = difference("restraint", before, after, 200, 0)
    assert difference("restraint", before, after[::-1], 200, 0) == straight


def test_unpaired_items_are_refused() -> None:
    before = apart([1, 0])
    other_item = [Item(**{**item, "item": f"x{item['item']}"}) for item in before]
    other_cluster = [Item(**{**item, "cluster": "x"}) for item in before]
    for after in (before[:1], other_item, other_cluster):
        with pytest.raises(ValueError, match="not scored on the same items"):
            difference("restraint", before, after, 10, 0)


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdefgh"), st.floats(-5, 5), st.integers(1, 9).map(float)), min_size=1
    ),
    st.sampled_from([m.name for m in METRICS]),
    st.randoms(use_true_random=False),
)
def test_identical_answers_differ_by_exactly_nothing(parts: Parts, metric: str, random) -> None:
    same = items(parts)
    shuffled = random.sample(same, len(same))
    result = difference(metric, same, shuffled, 20, 0)
    assert (result["value"], result["low"], result["high"], result["changed"]) == (0, 0, 0, 0)
    assert verdict(True, result["low"], result["high"], result["changed"]) == "cannot tell"


@pytest.mark.parametrize(
    ("higher_is_better", "low", "high", "changed", "reading"),
    [
        (True, 0.1, 0.2, 6, "better"),
        (True, -0.2, -0.1, 6, "worse"),
        (False, 0.1, 0.2, 6, "worse"),
        (False, -0.2, -0.1, 6, "better"),
        (None, 0.1, 0.2, 6, "higher"),
        (None, -0.2, -0.1, 6, "lower"),
        (True, 0.0, 0.2, 6, "cannot tell"),
        (True, -0.2, 0.0, 6, "cannot tell"),
        (True, 0.1, 0.2, 5, "cannot tell"),
        (True, math.nan, math.nan, 6, "cannot tell"),
    ],
)
def test_what_a_difference_may_claim(
    higher_is_better: bool | None, low: float, high: float, changed: int, reading: str
) -> None:
    assert verdict(higher_is_better, low, high, changed) == reading


def test_five_changes_that_all_point_one_way_are_no_proof() -> None:
    # McNemar's exact test: 2 / 2**5 = 0.0625 with five, 2 / 2**6 = 0.031 with six. The interval excludes
    # zero both times, with five as the chance of drawing none of them is (95/100)**100 = 0.006.
    for gained, reading in ((MIN_CHANGED - 1, "cannot tell"), (MIN_CHANGED, "better")):
        result = difference("restraint", apart([0] * 100), apart([1] * gained + [0] * (100 - gained)), 500, 0)
        assert result["low"] > 0
        assert verdict(True, result["low"], result["high"], result["changed"]) == reading


def test_gates() -> None:
    # Wilson, z = 1.645: 100 of 100 gives 1 / (1 + 2.706 / 100) = 0.9737, above 0.95.
    passed = judge_gate("schema_valid", 0.95, apart([1] * 100), 100, 0)
    assert passed.verdict == "PASS"
    assert passed.low == pytest.approx(0.9737, abs=1e-4)
    assert judge_gate("schema_valid", 0.95, apart([1] * 30 + [0] * 70), 100, 0).verdict == "FAIL"
    # 97 of 100: the lower bound is 0.928.
    assert judge_gate("schema_valid", 0.95, apart([1] * 97 + [0] * 3), 100, 0).verdict == "INCONCLUSIVE"
    # 50 of 50 gives 0.9487: a perfect score on few items is not enough.
    assert judge_gate("schema_valid", 0.95, apart([1] * 50), 100, 0).verdict == "INCONCLUSIVE"


def clustered(rng: np.random.Generator, clusters: int, largest: int) -> tuple[list[str], np.ndarray]:
    """Names of clusters of 1 to ``largest`` items, one for each item, and the cluster's number."""
    sizes = rng.integers(1, largest + 1, size=clusters)
    numbers = np.repeat(np.arange(clusters), sizes)
    return [str(n) for n in numbers], numbers


@pytest.mark.slow
def test_ninety_five_of_a_hundred_bootstrap_intervals_hold_the_truth() -> None:
    """Means over 60 clusters whose items hang together: half the variance is the cluster's."""
    rng, held, sets = np.random.default_rng(1), 0, 1000
    for seed in range(sets):
        names, numbers = clustered(rng, 60, 4)
        values = 2.0 + rng.normal(size=60)[numbers] + rng.normal(size=len(numbers))
        found = cluster_bootstrap(values.tolist(), names, seed=seed, resamples=500)
        held += found.low <= 2.0 <= found.high
    assert held / sets == pytest.approx(0.95, abs=0.02)


@pytest.mark.slow
def test_ninety_five_of_a_hundred_intervals_of_a_share_hold_the_truth() -> None:
    """A share of 0.9 over 60 clusters; in three of ten all items do as the first."""
    rng, held, sets = np.random.default_rng(2), 0, 1000
    for seed in range(sets):
        found = estimate("restraint", agreeing(rng, 60, 0.9), 100, seed)
        held += found["low"] <= 0.9 <= found["high"]
    assert held / sets == pytest.approx(0.95, abs=0.02)


def agreeing(rng: np.random.Generator, clusters: int, share: float) -> list[Item]:
    names, numbers = clustered(rng, clusters, 3)
    right = rng.random(len(numbers)) < share
    _, first = np.unique(numbers, return_index=True)
    right = np.where((rng.random(clusters) < 0.3)[numbers], right[first][numbers], right)
    return items([(name, float(value), 1.0) for name, value in zip(names, right, strict=True)])


@pytest.mark.slow
def test_a_model_on_the_threshold_passes_its_gate_one_time_in_twenty() -> None:
    """And not one time in seven, as with a resampled bound (see clustered_wilson)."""
    rng, sets = np.random.default_rng(3), 1000
    passed = sum(
        judge_gate("schema_valid", 0.95, agreeing(rng, 50, 0.95), 100, 0).verdict == "PASS"
        for _ in range(sets)
    )
    assert passed / sets == pytest.approx(0.05, abs=0.03)


@pytest.mark.slow
@pytest.mark.parametrize(("gain", "claims"), [(0.0, 0.05), (0.1, None)])
def test_ninety_five_of_a_hundred_paired_intervals_hold_the_truth(gain: float, claims: float | None) -> None:
    """Right or wrong on 60 clusters; the second adapter repeats the first on seven items of ten."""
    rng, held, told, sets = np.random.default_rng(4), 0, 0, 400
    truth = 0.3 * gain  # on three items of ten a fresh draw, right with chance 0.5 + gain
    for seed in range(sets):
        names, numbers = clustered(rng, 60, 3)
        old = rng.random(len(numbers)) < 0.5
        new = np.where(rng.random(len(numbers)) < 0.3, rng.random(len(numbers)) < 0.5 + gain, old)
        sides = [
            items([(name, float(value), 1.0) for name, value in zip(names, side, strict=True)])
            for side in (old, new)
        ]
        found = difference("restraint", sides[0], sides[1], 500, seed)
        held += found["low"] <= truth <= found["high"]
        told += verdict(True, found["low"], found["high"], found["changed"]) != "cannot tell"
    assert held / sets == pytest.approx(0.95, abs=0.02)
    if claims is not None:
        assert told / sets == pytest.approx(claims, abs=0.02)


def test_pairing_makes_the_interval_narrower_than_two_intervals() -> None:
    before = apart([n % 2 for n in range(100)])
    after = apart([1 if n % 10 == 0 else n % 2 for n in range(100)])  # ten of a hundred become right
    paired = difference("restraint", before, after, 1000, 0)
    alone = estimate("restraint", before, 1000, 0)
    assert paired["value"] == pytest.approx(0.1)
    # 1.96 * sqrt(0.1 * 0.9 / 100) = 0.059, against 1.96 * sqrt(0.25 / 100) = 0.098 for one side alone.
    assert (paired["high"] - paired["low"]) / 2 == pytest.approx(0.059, abs=0.01)
    assert (alone["high"] - alone["low"]) / 2 == pytest.approx(0.096, abs=0.01)
