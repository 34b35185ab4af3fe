"""Weather files to plain facts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from twainbot.corpus.weather.parse import parse_weather
from twainbot.files import InputError
from twainbot.records import Reject, Segment

DAILY = {
    "latitude": 1.0,
    "daily_units": {
        "temperature_2m_max": "°F", "temperature_2m_min": "°F", "precipitation_sum": "inch",
        "wind_speed_10m_max": "mp/h",
    },
    "daily": {
        "time": ["2025-01-15", "2025-01-16"],
        "weather_code": [71, None],
        "temperature_2m_max": [30.5, 41.0],
        "temperature_2m_min": [-2.25, None],
        "precipitation_sum": [0.0, 0.1],
        "wind_speed_10m_max": [12.0, 8.5],
    },
}  # fmt: skip
BULLETIN = """\
Zone Forecast Product
405 AM EST Tue Jan 14 2025

...FOG WARNING UNTIL NOON...

.TODAY...Fog, thick enough to
lean on. High near 40.
.WEDNESDAY NIGHT...Clear.

$$
"""


def _parse(raw: str) -> tuple[list[Segment], list[Reject]]:
    return parse_weather(raw, doc_id="doc-1", source_id="w", place="Marrow, Ohio", where="w.json")


def test_one_fact_a_day() -> None:
    raw = json.dumps(DAILY)
    segments, rejects = _parse(raw)
    assert [s["text"] for s in segments] == [
        "The weather for Marrow, Ohio on 15 January 2025: light snow, high 30.5 °F, low -2.25 °F, "
        "precipitation 0 in, wind up to 12 mph.",
        "The weather for Marrow, Ohio on 16 January 2025: high 41 °F, precipitation 0.1 in, "
        "wind up to 8.5 mph.",
    ]
    assert rejects == []
    assert {(s["start"], s["end"], s["section"], s["kind"]) for s in segments} == {
        (0, len(raw), "Marrow, Ohio", "fact")
    }


def test_hours_are_gathered_by_day_and_the_first_model_read() -> None:
    answer = {
        "hourly_units": {"temperature_2m_gfs": "°C"},
        "hourly": {
            "time": ["2025-03-01T22:00", "2025-03-01T23:00", "2025-03-02T00:00"],
            "temperature_2m_gfs": [4.0, 3.0, None],
            "precipitation_gfs": [0.5, 0.25, 0.0],
            "temperature_2m_ecmwf": [9.0, 9.0, 9.0],
        },
    }
    segments, _ = _parse(json.dumps(answer))
    assert [s["text"] for s in segments] == [
        "The weather for Marrow, Ohio on 1 March 2025: high 4 °C, low 3 °C, precipitation 0.75.",
        "The weather for Marrow, Ohio on 2 March 2025: precipitation 0.",
    ]


def test_current_values_if_there_is_nothing_else() -> None:
    answer = {
        "current_units": {"temperature_2m": "°C"},
        "current": {"time": "2025-03-01T22:15", "temperature_2m": 4, "weather_code": 45},
    }
    assert (
        _parse(json.dumps(answer))[0][0]["text"] == "The weather for Marrow, Ohio on 1 March 2025: fog, 4 °C."
    )


def test_several_places_have_spans_of_their_own() -> None:
    raw = "[" + json.dumps(DAILY) + ", " + json.dumps({"error": True, "reason": "out of range"}) + "]"
    segments, rejects = _parse(raw)
    assert json.loads(raw[segments[0]["start"] : segments[0]["end"]]) == DAILY
    assert [(r["reason"], r["detail"]) for r in rejects] == [("empty", "out of range")]
    assert json.loads(rejects[0]["text"])["error"] is True


def test_bulletin() -> None:
    segments, rejects = _parse(BULLETIN)
    assert [s["text"] for s in segments] == [
        "Today in Marrow, Ohio: Fog, thick enough to lean on. High near 40.",
        "Wednesday night in Marrow, Ohio: Clear.",
    ]
    assert BULLETIN[segments[1]["start"] : segments[1]["end"]] == ".WEDNESDAY NIGHT...Clear."
    assert [r["reason"] for r in rejects] == ["front_matter", "heading", "break"]


@pytest.mark.parametrize(
    ("raw", "message"), [('{"daily": ', r"w\.json:1:\d+: not JSON"), ("hello", "neither JSON nor a bulletin")]
)
def test_other_files_are_refused(raw: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        _parse(raw)


def test_current_values_beside_days_without_any() -> None:
    answer = {
        "current": {"time": "2026-01-20T10:15", "temperature_2m": 21.9, "wind_speed_10m": 3.2},
        "current_units": {"temperature_2m": "°F", "wind_speed_10m": "mp/h"},
        "daily": {"time": ["2026-01-20"], "sunrise": ["2026-01-20T09:46"]},
    }
    segments, rejects = _parse(json.dumps(answer))
    assert [s["text"] for s in segments] == [
        "The weather for Marrow, Ohio on 20 January 2026: 21.9 °F, wind 3.2 mph."
    ]
    assert rejects == []


def test_the_old_interface() -> None:
    answer = {"current_weather": {"time": "2021-05-01T10:00", "temperature": 4.5, "weathercode": 61.0}}
    assert [s["text"] for s in _parse(json.dumps(answer))[0]] == [
        "The weather for Marrow, Ohio on 1 May 2021: light rain, 4.5."
    ]


FORECAST = {
    "type": "Feature",
    "properties": {
        "periods": [
            {
                "name": "Tonight",
                "startTime": "2026-01-20T18:00:00-05:00",
                "shortForecast": "Clear",
                "detailedForecast": "Clear, with a low\n around 16.",
            },
            {
                "name": "",
                "startTime": "2026-01-20T19:00:00-05:00",
                "temperature": 22,
                "temperatureUnit": "F",
                "windSpeed": "5 mph",
                "windDirection": "W",
                "shortForecast": "Sunny",
                "detailedForecast": "",
            },
            {"name": "Later"},
            None,
        ]
    },
}


def test_periods_of_the_weather_service() -> None:
    raw = json.dumps(FORECAST, indent=1)
    segments, rejects = _parse(raw)
    assert [s["text"] for s in segments] == [
        "Tonight, 20 January 2026 in Marrow, Ohio: Clear, with a low around 16.",
        "20 January 2026 in Marrow, Ohio: Sunny, 22 °F, wind 5 mph W.",
    ]
    assert json.loads(raw[segments[1]["start"] : segments[1]["end"]]) == FORECAST["properties"]["periods"][1]
    assert [(r["reason"], r["text"]) for r in rejects] == [
        ("empty", '{\n    "name": "Later"\n   }'),
        ("empty", "null"),
    ]


DISCUSSION = """\
000
FXUS61 KXXX 201435

Area Forecast Discussion

.SYNOPSIS...
High pressure builds
over the canal.

It leaves on Friday.

&&

.AVIATION /14Z TUESDAY/...
VFR.

...Marrow Field...

Gusts to 25 kt.

&&

.XXX WATCHES/WARNINGS/ADVISORIES...
OH...None.

$$
JM/DW
"""


@pytest.mark.parametrize("within_json", [False, True])
def test_a_discussion_gives_its_paragraphs(within_json: bool) -> None:
    raw = json.dumps({"id": "a", "productText": DISCUSSION}) if within_json else DISCUSSION
    segments, rejects = _parse(raw)
    assert [s["text"] for s in segments] == [
        "Synopsis in Marrow, Ohio: High pressure builds over the canal.",
        "Synopsis in Marrow, Ohio: It leaves on Friday.",
        "Aviation in Marrow, Ohio: Gusts to 25 kt.",
    ]
    assert [r["reason"] for r in rejects] == [
        "front_matter", "front_matter", "break", "front_matter", "heading", "break", "front_matter",
        "front_matter",
    ]  # fmt: skip
    span = raw[segments[0]["start"] : segments[0]["end"]]
    assert span.replace("\\n", "\n") == ".SYNOPSIS...\nHigh pressure builds\nover the canal."


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_character_of_a_bulletin_is_in_a_piece(line_end: str) -> None:
    for text in (BULLETIN, DISCUSSION):
        raw = text.replace("\n", line_end)
        segments, rejects = _parse(raw)
        covered = set[int]()
        for piece in [*segments, *rejects]:
            places = set(range(piece["start"], piece["end"]))
            assert not covered & places
            covered |= places
        assert not "".join(char for index, char in enumerate(raw) if index not in covered).strip()


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", "w.json: neither JSON nor a bulletin with periods ('.TODAY...')."),
        ("hello", "w.json: neither JSON nor a bulletin with periods ('.TODAY...')."),
        ("<html>Too many requests</html>", "w.json: neither JSON nor a bulletin with periods"),
        ("TODAY. Fog.\n", "w.json: neither JSON nor a bulletin with periods"),
        ('{"daily": ', "w.json:1:11: not JSON (Expecting value). Fetch or export the file again."),
        ('{"daily": {}', "w.json:1:13: not JSON (Expecting ',' delimiter)."),
        ("[{}", "w.json:1:4: not JSON (Expecting ',' delimiter)."),
        ("{]", "w.json:1:2: not JSON (Expecting property name enclosed in double quotes)."),
        (
            '{"error": true, "reason": "Latitude must be in range."}',
            "w.json: the weather service answered with an error: Latitude must be in range. Ask it again, or "
            "remove the source from data/sources.yaml.",
        ),
        (
            '{"title": "Not Found", "status": 404, "detail": "No such office"}',
            "w.json: the weather service answered with an error: No such office Ask it again",
        ),
    ],
)
def test_malformed_files_are_refused_with_advice(raw: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        _parse(raw)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({}, "empty"),
        ({"results": [{"name": "Marrow"}]}, "empty"),
        ({"daily": None, "hourly": [], "current": "fog"}, "empty"),
        ({"daily": {"time": "2025-01-01"}}, "empty"),
        ({"daily": {"time": ["2025-01-01"], "temperature_2m_max": 4}}, "empty"),
        (
            {"daily": {"time": ["2025-01-01"], "temperature_2m_max": ["warm"], "weather_code": [True]}},
            "empty",
        ),
        ({"daily": {"time": [None], "temperature_2m_max": [float("nan")]}}, "empty"),
        ({"hourly": {"time": ["2025-01-01T00:00"], "temperature_2m": ["4"]}}, "empty"),
        ({"properties": {"periods": {}}}, "malformed"),
        ({"properties": {"periods": []}}, "empty"),
        ({"productText": ""}, None),
    ],
)
def test_answers_without_weather_are_dropped(answer: dict[str, object], reason: str | None) -> None:
    raw = json.dumps([answer, DAILY])
    segments, rejects = _parse(raw)
    assert len(segments) == 2
    assert [r["reason"] for r in rejects] == ([reason] if reason else [])


SCALAR = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["2025-01-01T00:00", "°C", ""])
)
KEYS = st.sampled_from(
    [
        "daily", "daily_units", "hourly", "hourly_units", "current", "current_weather",
        "current_units", "time", "temperature_2m", "temperature_2m_max", "weather_code",
        "precipitation", "properties", "periods", "name", "startTime", "detailedForecast",
        "shortForecast", "temperature", "productText", "error", "reason", "status",
    ]
)  # fmt: skip
ANSWER = st.dictionaries(
    KEYS,
    st.recursive(
        SCALAR,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
        max_leaves=12,
    ),
    max_size=4,
)


@given(st.lists(ANSWER, max_size=3), st.sampled_from([None, 1]))
def test_any_answer_is_read_or_refused(answers: list[dict[str, object]], indent: int | None) -> None:
    raw = json.dumps(answers, indent=indent)
    try:
        segments, rejects = _parse(raw)
    except InputError:
        return
    for piece in [*segments, *rejects]:
        assert 0 < piece["start"] < piece["end"] < len(raw)
    assert all(s["text"].strip() for s in segments)


@given(st.text(alphabet='.TODAY aB1\n\r&$/-{}[]":', max_size=120))
def test_any_text_is_read_or_refused(raw: str) -> None:
    try:
        segments, rejects = _parse(raw)
    except InputError:
        return
    pieces = sorted([*segments, *rejects], key=lambda piece: piece["start"])
    assert all(0 <= piece["start"] < piece["end"] <= len(raw) for piece in pieces)


def test_recorded_answers(mirror: Path) -> None:
    """Every recorded answer is read as what it is; figures are those of the recordings."""
    counts: dict[str, int] = {}
    for path in sorted((mirror / "weather").rglob("*.yaml")):
        for exchange in yaml.safe_load(path.read_text(encoding="utf-8"))["interactions"]:
            body, status = exchange["response"]["body"]["string"], exchange["response"]["status"]["code"]
            try:
                segments, _ = _parse(body)
            except InputError as error:
                assert status == 400 and "Latitude must be in range" in str(error)
                continue
            counts[path.stem] = counts.get(path.stem, 0) + len(segments)
    assert counts["forecast_nyc"] == 14
    assert counts["discussion_nyc"] == 20
    assert counts["forecast_daily"] == counts["forecast_alaska"] == 7
    assert counts["forecast_extended"] == 16
    assert all(counts[name] >= 1 for name in counts if name.startswith(("current", "hourly", "forecast")))
    assert all(counts[name] == 0 for name in counts if name.startswith(("geocoding", "point")))
