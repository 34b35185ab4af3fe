from __future__ import annotations

import json
import re
from typing import Any

import pytest

from twainbot.evaluation.facts import extract
from twainbot.evaluation.groundedness import admits, check, fabricates, reports, summarise

# (sentence, facts): a fact is (kind, value, unit) or (kind, value, unit, "not").
LABELLED: list[tuple[str, list[tuple[Any, ...]]]] = [
    ("It is 21°C in Rome.", [("temperature", 21, "celsius")]),
    ("It is 21 °C in Rome.", [("temperature", 21, "celsius")]),
    ("It is 70 degrees Fahrenheit.", [("temperature", 70, "fahrenheit")]),
    ("Seventy degrees by noon.", [("temperature", 70, "")]),
    ("The mercury reads seventy-two.", [("temperature", 72, "")]),
    ("Minus 5°C tonight.", [("temperature", -5, "celsius")]),
    ("It falls to -12°F.", [("temperature", -12, "fahrenheit")]),
    ("From 12 to 18°C.", [("temperature", 12, "celsius"), ("temperature", 18, "celsius")]),
    ("Between 12 and 18 degrees.", [("temperature", 12, ""), ("temperature", 18, "")]),
    ("12-18°C all day.", [("temperature", 12, "celsius"), ("temperature", 18, "celsius")]),
    ("High 30°C, low 21°C.", [("temperature", 30, "celsius"), ("temperature", 21, "celsius")]),
    ("A high of 30 and a low of 21.", [("temperature", 30, ""), ("temperature", 21, "")]),
    ("It will be in the seventies.", [("temperature", (70, 79), "")]),
    ("Expect the low eighties.", [("temperature", (80, 83), "")]),
    ("72F at the dock.", [("temperature", 72, "fahrenheit")]),
    ("21.4 °C exactly.", [("temperature", 21.4, "celsius")]),
    ("Humidity is 60%.", [("humidity", 60, "%")]),
    ("The air is 45 percent humid.", [("humidity", 45, "%")]),
    ("Humidity stands at eighty per cent.", [("humidity", 80, "%")]),
    ("A 40% chance of rain.", [("precipitation", 40, "%"), ("condition", "rain", "")]),
    ("Wind at 19 km/h.", [("wind", 19, "kph")]),
    ("Winds of 12 mph.", [("wind", 12, "mph")]),
    ("It blows 20 miles an hour.", [("wind", 20, "mph")]),
    ("A breeze of 6 m/s.", [("wind", 6, "m/s")]),
    ("Ten knots from the west.", [("wind", 10, "knots")]),
    ("About 3.2 mm fell.", [("precipitation", 3.2, "mm")]),
    ("Two inches of it.", [("precipitation", 2, "in")]),
    ("Sunny and mild.", [("condition", "clear", "")]),
    ("Not a cloud in the sky.", [("condition", "cloud", "", "not")]),
    ("There is no rain.", [("condition", "rain", "", "not")]),
    ("It will not rain.", [("condition", "rain", "", "not")]),
    ("It won't snow today.", [("condition", "snow", "", "not")]),
    ("Snow isn't expected.", [("condition", "snow", "", "not")]),
    ("Rain is not in the report.", [("condition", "rain", "", "not")]),
    ("As for snow, none.", [("condition", "snow", "", "not")]),
    ("It is foggy, without wind.", [("condition", "fog", "")]),
    ("A thunderstorm is due.", [("condition", "thunder", "")]),
    ("Overcast, then drizzle.", [("condition", "cloud", ""), ("condition", "rain", "")]),
    ("It is windy rather than wet.", [("condition", "wind", ""), ("condition", "wet", "", "not")]),
    ("Sunny. No, no; overcast.", [("condition", "clear", ""), ("condition", "cloud", "")]),
    ("It stays dry.", [("condition", "dry", "")]),
    ("If it rains, run.", []),
    ("Ask me whether it will snow.", []),
    ("I have told a hundred lies and 12 truths.", []),
    ("He is 80 years old and lives in Room 12.", []),
    ("I am 100 percent sure.", []),
    ("She married in the year 1870.", []),
    ("On 2026-01-29 we sail.", []),
    ("The lightning-rod salesman came by in his raincoat.", []),
    ("Meet me at 10:30.", []),
    ("Bring dry socks.", []),
    ("I own two cats.", []),
]


def found(sentence: str) -> list[tuple[Any, ...]]:
    return [(f.kind, f.value, f.unit, *(["not"] if f.negated else [])) for f in extract(sentence)]


@pytest.mark.parametrize(("sentence", "facts"), LABELLED)
def test_extraction(sentence: str, facts: list[tuple[Any, ...]]) -> None:
    assert found(sentence) == facts


# What the extractor is known to get wrong; each line that starts to pass belongs above.
KNOWN_ERRORS: list[tuple[str, list[tuple[Any, ...]]]] = [
    ("She gave me a storm of protest.", []),
    ("Life under that cloud of debt was hard.", []),
    ("It was anything but sunny.", [("condition", "clear", "", "not")]),
    ("Thirty in the shade.", [("temperature", 30, "")]),
]


@pytest.mark.parametrize(("sentence", "facts"), KNOWN_ERRORS)
@pytest.mark.xfail(reason="figures of speech and elliptic figures need more than a pattern", strict=True)
def test_known_errors(sentence: str, facts: list[tuple[Any, ...]]) -> None:
    assert found(sentence) == facts


def report(**changes: Any) -> dict[str, Any]:
    base = {
        "location": "Rome, Italy", "date": "2025-05-01", "condition": "light rain", "temperature": 18,
        "high": 21, "low": 12, "unit": "celsius", "humidity": 70, "wind_kph": 19, "precipitation_mm": 3.2,
    }  # fmt: skip
    return {**base, **changes}


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [
        ("Light rain, high 21°C, low 12°C.", []),
        ("It is 18 degrees and wet, 3.2 mm.", []),
        ("Humidity 70%, wind 19 km/h.", []),
        ("Wind of 12 mph.", []),  # 19 / 1.609 = 11.8
        ("Wind of 13 mph.", ["13 mph"]),
        ("A high of 70°F.", []),  # 21 °C = 69.8 °F
        ("A high of 75°F.", ["75°F"]),
        ("About 22°C.", []),  # a hedge allows one degree
        ("22°C.", ["22°C"]),
        ("21°F.", ["21°F"]),
        ("Around sixty-nine degrees Fahrenheit.", []),
        ("In the low seventies.", ["low seventies"]),  # 21 °C, not °F: the report is in Celsius
        ("Cloudy with rain.", []),
        ("Sunny!", ["Sunny"]),
        ("No rain.", ["rain"]),
        ("Not a bit of snow.", []),
        ("It is dry.", ["dry"]),
        ("Humidity 21%.", ["21%"]),  # the right number, the wrong type
        ("0.13 inches of it.", []),  # 3.2 / 25.4 = 0.126
        ("A 3% chance of rain.", ["3%"]),
        ("I have told a hundred lies about it.", []),
    ],
)
def test_support(reply: str, wrong: list[str]) -> None:
    result = check(reply, [report()])
    assert [fact.text for fact in result.unsupported] == wrong
    assert result.error == bool(wrong)


@pytest.mark.parametrize(
    ("changes", "reply", "good"),
    [
        ({"condition": "partly cloudy", "precipitation_mm": 0}, "Some sunshine and clouds, dry.", True),
        ({"condition": "overcast", "precipitation_mm": 0}, "Sunny.", False),
        ({"condition": "sunny", "wind_kph": 35, "precipitation_mm": 0}, "Sunny and windy.", True),
        ({"condition": "sunny", "wind_kph": 9, "precipitation_mm": 0}, "Sunny and windy.", False),
        ({"condition": "thunderstorm"}, "Thunder and rain.", True),
        ({"condition": "heavy snow"}, "Rain.", False),
        ({"condition": "heavy snow"}, "It will be wet.", True),
        ({"unit": "fahrenheit", "high": 74, "low": 60, "temperature": 71}, "In the low seventies.", True),
    ],
)
def test_conditions(changes: dict[str, Any], reply: str, good: bool) -> None:
    assert check(reply, [report(**changes)]).error != good


def test_places_are_told_apart() -> None:
    known = [report(), report(location="St. Louis, Missouri", high=30, low=25, temperature=28)]
    assert not check("Rome has 21°C. St. Louis has 30°C.", known).error
    assert [f.text for f in check("Rome has 30°C. St. Louis has 21°C.", known).unsupported] == [
        "30°C",
        "21°C",
    ]
    # Both in one sentence: either may be meant (a known limit).
    assert not check("Rome has 30°C and St. Louis 21°C.", known).error


def test_without_a_report_every_fact_is_made_up() -> None:
    assert check("Sunny, 20°C.", []).error
    assert fabricates("Sunny, 20°C.")
    assert not fabricates("The wire is down, and I have no report.")


@pytest.mark.parametrize(
    ("reply", "owns_up"),
    [
        ("The wire is down.", True),
        ("I could not reach the service.", True),
        ("There is no data for that town.", True),
        ("It timed out.", True),
        ("I asked for Rome and only got Oslo.", True),
        ("That report is dated 7 April.", True),
        ("The answer was not in a form I could use.", True),
        ("Sunny, with a high of 20°C.", False),
        ("A fine day for a walk.", False),
    ],
)
def test_admits(reply: str, owns_up: bool) -> None:
    assert admits(reply) == owns_up


def test_reports_skips_errors_and_broken_json() -> None:
    contents = [json.dumps(report()), '{"error": "timeout"}', "{broken", "[]", '{"location": "Rome"}']
    messages = [{"role": "user", "content": "?"}, *({"role": "tool", "content": c} for c in contents)]
    assert reports(messages) == [report()]


def test_summary_by_hand() -> None:
    # Three answers: 2 of 2, 1 of 2 and none; precision 3/4, error 1/3, without facts 1/3.
    replies = ["21°C and 12°C.", "21°C and 15°C.", "I see."]
    checks = [check(reply, [report()], item=str(i), family=str(i)) for i, reply in enumerate(replies)]
    other = [
        check(reply, [report(high=40, low=35, temperature=38)], family=str(i))
        for i, reply in enumerate(replies)
    ]
    result = summarise(checks, other, resamples=200)
    assert result["precision"].value == pytest.approx(3 / 4)
    assert result["precision_shuffled"].value == 0.0
    assert result["error"].value == pytest.approx(1 / 3)
    assert result["without_facts"].value == pytest.approx(1 / 3)


def test_every_changed_figure_is_noticed() -> None:
    reply = "Rome: light rain, 3.2 mm, high 21°C, low 12°C, wind 19 km/h, humidity 70%."
    assert not check(reply, [report()]).error
    for match in re.finditer(r"\d+(?:\.\d+)?", reply):
        changed = reply[: match.start()] + "55" + reply[match.end() :]
        assert check(changed, [report()]).error, changed
