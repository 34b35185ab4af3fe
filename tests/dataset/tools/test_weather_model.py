from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.dataset.tools.places import Place, load_places
from twainbot.dataset.tools.weather_model import (
    CONDITIONS,
    forecast,
    get_weather,
    resolve_date,
    usual_temperature,
)

ROOT = Path(__file__).resolve().parents[3]
PLACES = load_places(ROOT / "data/tools/places.yaml")
TOOL = json.loads((ROOT / "data/tools/get_weather.json").read_text())
FRIDAY = date(2025, 3, 14)
JANUARY, JULY = [date(2025, 1, d) for d in range(1, 32)], [date(2025, 7, d) for d in range(1, 32)]

places = st.sampled_from(PLACES.places)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def mean_high(name: str, month: list[date]) -> float:
    place = PLACES.resolve(name)
    assert place is not None
    return sum(forecast(place, day, seed=1)["high"] for day in month) / len(month)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", "2025-03-14"),
        ("Tomorrow", "2025-03-15"),
        ("saturday", "2025-03-15"),
        ("thursday", "2025-03-20"),
        ("friday", "2025-03-21"),  # said on a Friday: the next one
        ("2025-12-03", "2025-12-03"),
    ],
)
def test_dates(text: str, expected: str) -> None:
    assert resolve_date(text, FRIDAY) == date.fromisoformat(expected)


@pytest.mark.parametrize("text", ["", "someday", "2025-02-30", "12/03/2025"])
def test_unknown_dates(text: str) -> None:
    assert resolve_date(text, FRIDAY) is None


@given(place=places, day=days, seed=st.integers(0, 99))
def test_a_report_is_whole_and_the_same_every_time(place, day, seed) -> None:  # type: ignore[no-untyped-def]
    report = forecast(place, day, seed=seed)
    assert report == forecast(place, day.isoformat(), "celsius", seed=seed)
    assert list(report) == [
        "location", "date", "condition", "temperature", "high", "low", "unit", "humidity", "wind_kph",
        "precipitation_mm",
    ]  # fmt: skip
    assert report["condition"] in CONDITIONS
    assert report["low"] <= report["temperature"] <= report["high"]
    assert report["low"] > -60
    assert report["high"] < 55
    assert 0 < report["humidity"] <= 100
    assert 0 <= report["wind_kph"] <= 75
    wet = CONDITIONS[report["condition"]] in ("rain", "thunder", "snow")
    assert wet == (report["precipitation_mm"] > 0)
    if CONDITIONS[report["condition"]] == "thunder":
        assert report["high"] > 10
    if report["condition"].endswith("snow"):
        assert report["low"] <= 3


@given(place=places, day=days)
def test_both_units_tell_of_the_same_day(place, day) -> None:  # type: ignore[no-untyped-def]
    celsius, fahrenheit = forecast(place, day, seed=7), forecast(place, day, "fahrenheit", seed=7)
    for field in ("temperature", "high", "low"):
        assert fahrenheit[field] == round(celsius[field] * 9 / 5 + 32)
    for field in ("condition", "humidity", "wind_kph", "precipitation_mm"):
        assert fahrenheit[field] == celsius[field]


def test_seasons_and_climates_are_plausible() -> None:
    assert mean_high("Winnipeg", JANUARY) < 0 < 15 < mean_high("Winnipeg", JULY)
    assert mean_high("Sydney", JULY) < mean_high("Sydney", JANUARY)
    assert abs(mean_high("Singapore", JANUARY) - mean_high("Singapore", JULY)) < 4
    assert mean_high("Dubai", JULY) > 33
    assert mean_high("Yakutsk", JANUARY) < -10
    # No colder for being far from the equator while within the tropics.
    assert all(mean_high(name, JANUARY) > 26 for name in ("San Juan", "Papeete", "Salvador", "Havana"))
    assert all(20 < mean_high(name, JULY) < 25 for name in ("Mexico City", "Oaxaca", "Asmara"))
    assert all(0 < mean_high(name, JANUARY) < 7 for name in ("Berlin", "Vienna", "Prague"))


def test_the_usual_temperature_is_that_of_the_climate_at_its_latitude() -> None:
    highest = date(2025, 7, 19)  # the 200th day

    def place(climate: str, latitude: float) -> Place:
        return Place("Nowhere", "", "Nowhere", latitude, climate)

    assert usual_temperature(place("continental", 46), highest) == 21
    assert usual_temperature(place("continental", 51), highest) == pytest.approx(21 - 0.6 * 5)
    assert usual_temperature(place("continental", 70), highest) == 21 - 8  # no more than that is lost
    assert usual_temperature(place("tropical", 20), highest) == usual_temperature(
        place("tropical", 6), highest
    )
    assert usual_temperature(place("tropical", 20), highest) == 27
    assert usual_temperature(place("tropical", -20), highest) == 26


def test_every_condition_occurs_and_none_rules() -> None:
    counts: Counter[str] = Counter()
    for place in PLACES.places:
        for day in range(0, 365, 30):
            counts[forecast(place, date(2025, 1, 1) + timedelta(days=day), seed=3)["condition"]] += 1
    assert set(counts) == set(CONDITIONS)
    assert max(counts.values()) < 0.25 * sum(counts.values())


def test_the_tool_answers_a_call() -> None:
    arguments = {"location": "hannibal, mo", "unit": "fahrenheit", "date": "tomorrow"}
    report = get_weather(arguments, today="2025-03-14", seed=5, places=PLACES, tool=TOOL)
    place = PLACES.resolve("Hannibal")
    assert place is not None
    assert report == forecast(place, "2025-03-15", "fahrenheit", seed=5)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, "bad arguments: 'location' is a required property"),
        ({"location": "Rome", "unit": "kelvin"}, "bad arguments: 'kelvin' is not one of"),
        ({"location": "Rome", "wind": True}, "bad arguments: Additional properties"),
        ({"location": 3}, "bad arguments: 3 is not of type 'string'"),
        ({"location": "Rome", "date": "someday"}, "unknown date: someday"),
        ({"location": "Grumblewick"}, "unknown location: Grumblewick"),
    ],
)
def test_the_tool_answers_errors(arguments: dict[str, object], error: str) -> None:
    answer = get_weather(arguments, today=FRIDAY, seed=5, places=PLACES, tool=TOOL)
    assert list(answer) == ["error"]
    assert answer["error"].startswith(error)
