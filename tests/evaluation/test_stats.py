from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.evaluation.stats import (
    Estimate,
    cluster_bootstrap,
    clustered_wilson,
    gate,
    holm,
    mcnemar_exact,
    paired_cluster_bootstrap,
    wilson,
)


def test_wilson_by_hand() -> None:
    # k = 8, n = 10, z = 1.96: centre (0.8 + 0.19208) / 1.38416 = 0.71674,
    # half-width 1.96 / 1.38416 * sqrt(0.016 + 0.0096040) = 0.22658.
    result = wilson(8, 10)
    assert result.value == 0.8
    assert result.low == pytest.approx(0.4902, abs=1e-4)
    assert result.high == pytest.approx(0.9433, abs=1e-4)
    assert result.method == "wilson"


def test_wilson_at_the_edges() -> None:
    # z²/(n + z²) = 3.8415 / 23.8415
    assert wilson(0, 20).high == pytest.approx(0.1611, abs=1e-4)
    assert wilson(0, 20).low == 0.0
    assert wilson(20, 20).low == pytest.approx(0.8389, abs=1e-4)
    assert wilson(20, 20).high == 1.0


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_its_value(pair: tuple[int, int]) -> None:
    result = wilson(*pair)
    assert 0 <= result.low <= result.value <= result.high <= 1


@pytest.mark.parametrize(("k", "n"), [(0, 0), (3, 2), (-1, 5)])
def test_wilson_refuses(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="successes"):
        wilson(k, n)


def test_clustered_wilson_of_items_in_clusters_of_their_own_is_wilson() -> None:
    # deff = 10/9 * 9/10 * (8 * 0.2² + 2 * 0.8²) / (10 * 0.16) = 1.6 / 1.6 = 1.
    alone = clustered_wilson([True] * 8 + [False] * 2, [str(i) for i in range(10)])
    assert (alone.low, alone.high) == pytest.approx((wilson(8, 10).low, wilson(8, 10).high))
    assert alone.method == "wilson (as 10 independent items)"


def test_clustered_wilson_counts_items_that_agree_as_fewer() -> None:
    # Ten pairs, eight right in both: sum of squares 8 * (2 - 1.6)² + 2 * 1.6² = 6.4,
    # deff = 10/9 * 19/20 * 6.4 / (20 * 0.16) = 2.1111, so 20 items count as 9.474:
    # centre (0.8 + 3.8415 / 18.947) / (1 + 3.8415 / 9.474) = 0.71346, half-width 0.23163.
    pairs = clustered_wilson([True] * 16 + [False] * 4, [str(i // 2) for i in range(20)])
    assert (pairs.value, pairs.n) == (0.8, 20)
    assert pairs.low == pytest.approx(0.71346 - 0.23163, abs=1e-4)
    assert pairs.high == pytest.approx(0.71346 + 0.23163, abs=1e-4)


def test_clustered_wilson_without_spread_is_wilson() -> None:
    assert clustered_wilson([True] * 20, [str(i % 4) for i in range(20)]).low == wilson(20, 20).low
    assert clustered_wilson([True, False], ["a", "a"]).low == wilson(1, 2).low
    for successes, clusters in (([], []), ([True], ["a", "b"])):
        with pytest.raises(ValueError, match="as many of each"):
            clustered_wilson(successes, clusters)


def test_bootstrap_is_wider_when_clusters_hang_together() -> None:
    values = [1.0] * 50 + [0.0] * 50
    alone = cluster_bootstrap(values, [str(i) for i in range(100)], resamples=2000)
    together = cluster_bootstrap(values, [str(i // 10) for i in range(100)], resamples=2000)
    assert alone.value == together.value == 0.5
    # Independent: 1.96 * 0.05 = 0.098; ten clusters of ten: 1.96 * 0.5 / sqrt(10) = 0.31.
    assert (alone.high - alone.low) / 2 == pytest.approx(0.098, abs=0.015)
    assert (together.high - together.low) / 2 == pytest.approx(0.31, abs=0.05)
    assert together.method == "cluster bootstrap (10 clusters)"


def test_bootstrap_is_seeded_and_a_ratio() -> None:
    arguments = ([2.0, 0.0, 3.0], ["a", "b", "c"], [4.0, 0.0, 4.0])
    assert cluster_bootstrap(*arguments, seed=1) == cluster_bootstrap(*arguments, seed=1)
    assert cluster_bootstrap(*arguments).value == 5 / 8
    assert cluster_bootstrap(*arguments).n == 2


def test_bootstrap_without_spread_falls_back() -> None:
    same = cluster_bootstrap([1.0] * 20, [str(i % 4) for i in range(20)])
    assert (same.low, same.high) == (wilson(20, 20).low, 1.0)
    assert same.method.startswith("wilson")
    mean = cluster_bootstrap([3.5, 3.5], ["a", "b"])
    assert (mean.low, mean.value, mean.high) == (3.5, 3.5, 3.5)


@pytest.mark.parametrize(
    ("values", "clusters", "weights"), [([], [], None), ([1.0], ["a", "b"], None), ([0.0], ["a"], [0.0])]
)
def test_bootstrap_refuses(values: list[float], clusters: list[str], weights: list[float] | None) -> None:
    with pytest.raises(ValueError, match=r"need|weights"):
        cluster_bootstrap(values, clusters, weights)


def test_paired_differences() -> None:
    before, clusters = [float(i % 7) for i in range(60)], [str(i // 3) for i in range(60)]
    after = [value + 1 + (0.1 if i % 2 else -0.1) for i, value in enumerate(before)]
    result = paired_cluster_bootstrap(before, after, clusters)
    assert result.value == pytest.approx(1.0)
    # The items differ by up to six, their changes by 0.2: pairing is what makes this narrow.
    assert 0.9 < result.low < 1.0 < result.high < 1.1
    assert paired_cluster_bootstrap([0.0], [2.0], ["a"]).value == 2.0
    with pytest.raises(ValueError, match="pairs"):
        paired_cluster_bootstrap([1.0], [], ["a"])


def test_mcnemar_by_hand() -> None:
    # 8 gained, 2 lost: 2 * (C(10,0) + C(10,1) + C(10,2)) / 1024 = 112 / 1024.
    before = [False] * 8 + [True] * 2 + [True] * 30
    after = [True] * 8 + [False] * 2 + [True] * 30
    assert mcnemar_exact(before, after) == pytest.approx(112 / 1024)
    assert mcnemar_exact(after, before) == pytest.approx(112 / 1024)
    assert mcnemar_exact([True], [True]) == 1.0


def test_holm_by_hand() -> None:
    # Sorted 0.01 * 3, 0.02 * 2, 0.04 * 1; the second, 0.04, may not fall below the first, 0.03.
    assert holm({"b": 0.04, "a": 0.01, "c": 0.02}) == pytest.approx({"b": 0.04, "a": 0.03, "c": 0.04})
    assert holm({"a": 0.9, "b": 0.8}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=8))
def test_holm_never_falls_below_the_p_value(p: dict[str, float]) -> None:
    adjusted = holm(p)
    assert all(p[name] <= adjusted[name] <= 1 for name in p)


def test_gate() -> None:
    assert gate(wilson(300, 300, 0.9), 0.95).verdict == "PASS"
    assert gate(wilson(200, 300, 0.9), 0.95).verdict == "FAIL"
    open_ = gate(wilson(97, 100, 0.9), 0.95)
    assert open_.verdict == "INCONCLUSIVE"
    # Low bound 0.928: half-width 0.042 against a distance of 0.02, so about (0.042/0.02)² = 4.3 times 100.
    assert open_.n_needed is not None and 350 < open_.n_needed < 520
    assert gate(Estimate(0.95, 0.9, 1.0, 50, "x", 0.9), 0.95).n_needed is None


def test_gate_downwards() -> None:
    assert gate(wilson(0, 200, 0.9), 0.05, higher_is_better=False).verdict == "PASS"
    assert gate(wilson(40, 200, 0.9), 0.05, higher_is_better=False).verdict == "FAIL"
    assert gate(wilson(8, 200, 0.9), 0.05, higher_is_better=False).verdict == "INCONCLUSIVE"


def test_gate_wants_one_sided_bounds() -> None:
    with pytest.raises(ValueError, match=r"0\.90"):
        gate(wilson(9, 10), 0.5)


def test_a_true_97_percent_rarely_passes_95_with_200_items() -> None:
    # The exact chance of PASS at n = 200 and a true share of 0.97 is about 0.28.
    passing = [k for k in range(201) if gate(wilson(k, 200, 0.9), 0.95).verdict == "PASS"]
    chance = sum(math.comb(200, k) * 0.97**k * 0.03 ** (200 - k) for k in passing)
    assert chance == pytest.approx(0.28, abs=0.03)
