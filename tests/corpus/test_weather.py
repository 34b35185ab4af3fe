"""Weather files to plain facts."""

from __future__ import annotations

import json

import pytest

from twainbot.corpus.weather import parse_weather
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
