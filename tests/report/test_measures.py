import math

import pytest

from twainbot.evaluation.metrics import METRICS
from twainbot.report.measures import (
    MEASURES,
    change,
    estimate,
    interval,
    measure,
    n_to_decide,
    ordered,
    reading,
    written,
)


def difference(low, high, n=100):
    return estimate({"value": (low + high) / 2, "low": low, "high": high, "n": n})


def test_every_metric_has_a_measure_with_its_direction():
    assert [m.key for m in MEASURES] == [m.name for m in METRICS]
    assert measure("restraint").better == "higher"
    assert measure("bits_per_byte").better == "lower"
    assert measure("style_length").better is None


def test_an_unknown_metric_claims_no_direction_and_comes_last():
    assert [m.key for m in ordered({"zeta", "perplexity", "alpha", "schema_valid"})] == [
        "schema_valid",
        "perplexity",
        "alpha",
        "zeta",
    ]
    assert measure("alpha").better is None


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("schema_valid", 0.6251, "62.5 %"),
        ("style_twain", 0.4, "0.400"),
        ("style_length", 38.25, "38.2 words"),
        ("perplexity", 12345.678, "12,345.68"),
        ("schema_valid", None, "–"),
    ],
)
def test_values_are_written_in_their_unit(key, value, text):
    assert written(measure(key), value) == text


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("schema_valid", 0.123, "+12.3 points"),
        ("bits_per_byte", -0.46, "−0.460 bits"),
        ("restraint", -0.00001, "0.0 points"),
    ],
)
def test_differences_carry_their_sign(key, value, text):
    assert change(measure(key), value) == text


def test_intervals():
    assert interval(measure("restraint"), difference(-0.05, 0.1), signed=True) == "[−5.0, +10.0]"
    assert interval(measure("restraint"), estimate({"value": 0.5})) == ""


@pytest.mark.parametrize(
    ("key", "low", "high", "word"),
    [
        ("restraint", 0.01, 0.2, "better"),
        ("restraint", -0.2, -0.01, "worse"),
        ("restraint", 0.0, 0.2, "cannot tell"),
        ("bits_per_byte", -0.2, -0.01, "better"),
        ("bits_per_byte", 0.01, 0.2, "worse"),
        ("bits_per_byte", -0.1, 0.1, "cannot tell"),
        ("style_length", 1.0, 2.0, "higher"),
        ("style_length", -2.0, -1.0, "lower"),
        ("style_length", -2.0, 1.0, "cannot tell"),
    ],
)
def test_a_difference_says_something_only_if_its_interval_excludes_zero(key, low, high, word):
    assert reading(measure(key), difference(low, high)) == word


def test_nor_does_it_say_anything_if_too_few_clusters_changed():
    raw = {"value": 0.15, "low": 0.1, "high": 0.2, "n": 100, "clusters": 40}
    assert reading(measure("restraint"), estimate(raw | {"changed": 5})) == "cannot tell"
    assert reading(measure("restraint"), estimate(raw | {"changed": 6})) == "better"
    # The interval excludes zero: more items of the same kind are not what is missing.
    assert n_to_decide(estimate(raw | {"changed": 5})) is None


def test_without_an_interval_nothing_can_be_told():
    assert reading(measure("restraint"), estimate({"value": 0.9})) == "cannot tell"
    assert reading(measure("restraint"), None) == ""


@pytest.mark.parametrize("raw", [None, 3, {}, {"value": None}, {"value": math.nan}, {"value": True}])
def test_what_has_no_finite_value_is_missing(raw):
    assert estimate(raw) is None


def test_n_to_decide_follows_the_square_of_the_ratio():
    # Half-width 0.04, difference 0.01, n 120: 120 * 4² = 1920, two digits up: 2000.
    assert n_to_decide(estimate({"value": 0.01, "low": -0.03, "high": 0.05, "n": 120})) == 2000
    # Half-width 0.02 = difference: n itself, 100.
    assert n_to_decide(estimate({"value": 0.02, "low": 0.0, "high": 0.04, "n": 100})) == 100
    assert n_to_decide(estimate({"value": 0.0, "low": -0.1, "high": 0.1, "n": 100})) is None
    assert n_to_decide(None) is None
