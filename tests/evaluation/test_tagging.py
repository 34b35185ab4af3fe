"""Agreement of tags with labels, by hand-worked arithmetic."""

from __future__ import annotations

import pytest

from twainbot.evaluation.tagging import (
    Judged,
    agreement,
    calibration_error,
    kappa,
    ranking,
    stratified_total,
    tag_quality,
)
from twainbot.text.labelled import Label
from twainbot.text.tag import TAGS


def test_kappa() -> None:
    # Equal in 7 of 10; yes 5 and 4 of 10: chance 0.5 * 0.4 + 0.5 * 0.6 = 0.5; (0.7 - 0.5) / 0.5
    first = [True] * 5 + [False] * 5
    second = [True] * 3 + [False] * 2 + [True] + [False] * 4
    assert kappa(first, second) == pytest.approx(0.4)
    assert kappa(first, first) == 1.0
    assert kappa([False, False], [False, False]) is None
    with pytest.raises(ValueError, match="2 and 1"):
        kappa([True, False], [True])
    with pytest.raises(ValueError, match="0 and 0"):
        kappa([], [])


def test_calibration_error() -> None:
    # Bin 0.2: mean score 0.25, yes 0 of 2. Bin 0.7: mean 0.75, yes 2 of 2. (2 * 0.25 + 2 * 0.25) / 4
    assert calibration_error([0.25, 0.25, 0.75, 0.75], [False, False, True, True]) == pytest.approx(0.25)
    assert calibration_error([1.0, 0.0], [True, False]) == 0.0


def test_ranking() -> None:
    # Pairs (with, without): (0.9, 0.5) won, (0.9, 0.1) won, (0.5, 0.5) tied, (0.5, 0.1) won.
    assert ranking([0.9, 0.5, 0.5, 0.1], [True, True, False, False]) == pytest.approx(3.5 / 4)
    assert ranking([0.9], [True]) is None


def test_stratified_total() -> None:
    # 100 * 0.5 + 10 * 0 = 50; variance 100² * 0.25 / 3
    result = stratified_total({"a": (100.0, [True, True, False, False]), "b": (10.0, [False])})
    assert result.value == 50
    assert result.high - result.value == pytest.approx(1.96 * 100 * (0.25 / 3) ** 0.5)
    assert result.low == 0.0


def judged(truth: bool, given: bool, family: str, weight: float = 1.0) -> Judged:
    tags = frozenset({"wry"})
    return Judged(family, weight, tags if truth else frozenset(), tags if given else frozenset(),
                  {"wry": 0.8 if given else 0.1})  # fmt: skip


def test_quality() -> None:
    some = [
        judged(True, True, "a", 10.0),
        judged(False, True, "a"),
        judged(True, False, "b", 30.0),
        judged(True, True, "b", 10.0),
        judged(False, False, "c"),
    ]
    plain = tag_quality(some, "wry", seed=0, resamples=200)
    assert (plain["labelled"], plain["given"]) == (3, 3)
    assert plain["precision"]["value"] == pytest.approx(2 / 3)
    assert plain["recall"]["value"] == pytest.approx(2 / 3)
    assert plain["f1"]["value"] == pytest.approx(2 / 3)
    assert plain["brier"] == pytest.approx((0.04 + 0.64 + 0.81 + 0.04 + 0.01) / 5)
    weighted = tag_quality(some, "wry", seed=0, resamples=200, weighted=True)
    assert weighted["precision"]["value"] == pytest.approx(20 / 21)
    assert weighted["recall"]["value"] == pytest.approx(20 / 50)


def test_a_tag_never_given_has_no_precision() -> None:
    result = tag_quality([judged(True, False, "a"), judged(False, False, "b")], "wry", seed=0, resamples=50)
    assert result["precision"] is None
    assert result["recall"]["value"] == 0.0


def label(key: str, annotator: str, *tones: str) -> Label:
    return Label(id=key, annotator=annotator, tone=list(tones), domain="general", device=[])


def test_agreement_is_over_what_both_labelled() -> None:
    result = agreement(
        [
            label("1", "a", "wry"),
            label("2", "a"),
            label("3", "a", "wry"),
            label("1", "b", "wry"),
            label("2", "b"),
        ]
    )
    assert result["passages"] == 2
    assert list(result["tags"]) == list(TAGS)
    assert result["tags"]["wry"] == {"kappa": 1.0, "equal": 1.0, "a": 1, "b": 1}
    assert result["tags"]["pun"]["kappa"] is None
    assert agreement([label("1", "a", "wry")]) == {"passages": 0}
