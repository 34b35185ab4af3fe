"""What is changed in a report is no longer true of it, and still reads as a report."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.dataset.pairs.falsify import degrees, falsify, usable_report
from twainbot.dataset.tools.weather_model import CONDITIONS
from twainbot.evaluation.groundedness import check


def report(**fields: Any) -> dict[str, Any]:
    base = {
        "location": "Ghent, Belgium",
        "date": "2025-03-11",
        "condition": "sunny",
        "temperature": 14,
        "high": 16,
        "low": 9,
        "unit": "celsius",
        "humidity": 55,
        "wind_kph": 12,
        "precipitation_mm": 0,
    }
    return base | fields


def every(text: str, *reports: dict[str, Any]) -> set[str | None]:
    return {falsify(text, reports, random.Random(seed)) for seed in range(60)}


def test_a_condition_becomes_one_that_the_report_denies() -> None:
    assert every("Sunny in Ghent.", report()) == {"Cloudy in Ghent.", "Overcast in Ghent.", "Windy in Ghent."}
    # With such a wind it would be no lie.
    assert "Windy in Ghent." not in every("Sunny in Ghent.", report(wind_kph=25))


def test_a_noun_stays_a_noun_and_an_article_fits() -> None:
    storm = report(condition="thunderstorm", low=1)
    assert every("A thunderstorm is due.", storm) == {
        f"{word} is due." for word in ("Light snow", "Heavy snow", "Sleet")
    }
    assert every("It is an overcast day.", report(condition="overcast")) == {
        "It is a windy day.",
        "It is a sunny day.",
    }


def test_between_commas_a_noun_may_stand_for_an_adjective() -> None:
    found = every("Ghent: sunny, as ever.", report())
    assert {"Ghent: fog, as ever.", "Ghent: overcast, as ever."} <= found
    assert "Ghent: partly cloudy, as ever." not in found


def test_what_is_false_is_seen_from_the_report_only() -> None:
    # A dry day stays dry, whatever else is said of umbrellas; nobody is told of snow at nine degrees.
    assert "Ghent: heavy rain, as ever." not in every("Ghent: sunny, as ever.", report())
    assert every("A thunderstorm is due.", report(condition="thunderstorm")) == {None}
    assert "Light snow at last." in every("Light rain at last.", report(condition="light rain", low=34,
                                          unit="fahrenheit"))  # fmt: skip


def test_a_high_is_raised_and_a_low_lowered() -> None:
    for text in every("From 9°C to 16°C.", report()):
        low, high = degrees(str(text))
        assert (low <= 9 - 4 and high == 16) or (low == 9 and high >= 16 + 4)


def test_figures_of_other_kinds_keep_their_decimals() -> None:
    assert every("Humidity is 55%.", report()) == {"Humidity is 86%."}
    assert every("Wind at 12 km/h.", report()) == {"Wind at 37 km/h."}
    assert every("We get 2.4 mm of it.", report(precipitation_mm=2.4)) == {"We get 13.0 mm of it."}


@pytest.mark.parametrize(
    "text",
    [
        "I have nothing from the office.",
        "It was 30°C in Rome.",
        "No sunny hour in sight.",
        "A hundred lies, 55% of them mine.",
    ],
)
def test_what_the_report_does_not_say_is_left(text: str) -> None:
    assert every(text, report()) == {None}


@given(
    st.sampled_from(sorted(CONDITIONS)),
    st.integers(-30, 40),
    st.integers(0, 15),
    st.sampled_from(["celsius", "fahrenheit"]),
    st.integers(0, 60),
    st.randoms(use_true_random=False),
)
def test_the_checker_agrees(
    condition: str, low: int, swing: int, unit: str, wind: int, rng: random.Random
) -> None:
    symbol = "°C" if unit == "celsius" else "°F"
    found = report(
        condition=condition, low=low, high=low + swing, temperature=low, unit=unit, wind_kph=wind,
        precipitation_mm=2.5,
    )  # fmt: skip
    text = f"Ghent: {condition}, {low}{symbol} to {low + swing}{symbol}, {wind} km/h, 2.5 mm, humidity 55%."
    assert not check(text, [found]).error
    changed = falsify(text, [found], rng)
    assert changed is not None
    assert check(changed, [found]).error, changed


@pytest.mark.parametrize(
    "content",
    [
        '{"error": "timed out"}',
        '{"location": "Ghent", "forecast": []}',
        '{"high": 1',
        '{"condition": "sunny", "high": 1}',
        "[]",
        "",
    ],
)
def test_a_failure_is_no_report(content: str) -> None:
    assert usable_report({"role": "tool", "content": content}) is None
