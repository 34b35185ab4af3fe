"""Weather answers to plain facts.

Open-Meteo JSON gives one fact a place and day, a US text bulletin one a period.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from twainbot.corpus.paragraphs import paragraphs
from twainbot.corpus.pieces import Pieces
from twainbot.files import InputError
from twainbot.records import Reject, Segment

WEATHER_REASONS = ("empty", "heading", "front_matter", "break")
# WMO code table 4677 as Open-Meteo groups it.
_WMO = {
    0: "clear sky", 1: "mainly clear", 2: "partly cloudy", 3: "overcast", 45: "fog", 48: "freezing fog",
    51: "light drizzle", 53: "drizzle", 55: "heavy drizzle", 56: "light freezing drizzle",
    57: "freezing drizzle",
    61: "light rain", 63: "rain", 65: "heavy rain", 66: "light freezing rain", 67: "freezing rain",
    71: "light snow", 73: "snow", 75: "heavy snow", 77: "snow grains", 80: "light showers", 81: "showers",
    82: "violent showers", 85: "light snow showers", 86: "heavy snow showers", 95: "thunderstorms",
    96: "thunderstorms with hail", 99: "thunderstorms with heavy hail",
}  # fmt: skip
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_UNITS = {"mp/h": "mph", "inch": "in"}
_PERIOD = re.compile(
    r"^\.(?P<name>[A-Z][A-Z0-9 /]*)\.\.\.(?P<text>.*?)(?=^\.[A-Z]|^\s*$|^\$\$|^&&|\Z)", re.M | re.S
)
_SPACE = re.compile(r"\s*")


def parse_weather(
    raw: str, *, doc_id: str, source_id: str, place: str, where: str
) -> tuple[list[Segment], list[Reject]]:
    """Facts of one weather file: a sentence each, ``section`` is ``place``.

    A JSON fact's span is the whole answer that it was read from, since a day's values lie scattered
    over it; facts of one answer share their span. A bulletin's span is the period's own lines.

    Reasons of rejects: :data:`WEATHER_REASONS`.

    Raises:
        InputError: JSON that does not parse, or neither JSON nor a bulletin with periods.
    """
    pieces = Pieces(raw, doc_id, source_id, "fact")
    read = _json if raw.lstrip()[:1] in ("{", "[") else _bulletin
    read(pieces, place, where)
    return pieces.result()


def _json(pieces: Pieces, place: str, where: str) -> None:
    for start, end, answer in _answers(pieces.raw, where):
        days = _days(answer)
        for day, values in days:
            pieces.keep(start, end, f"The weather for {place} on {_spelled(day)}: {values}.", section=place)
        if not days:
            detail = str(answer.get("reason", "no daily, hourly or current values"))
            pieces.drop(start, end, "empty", detail)


def _answers(raw: str, where: str) -> list[tuple[int, int, Mapping[str, Any]]]:
    """The answer objects of a file and their spans: one, or a list for several places."""
    decoder = json.JSONDecoder()
    found: list[tuple[int, int, Mapping[str, Any]]] = []
    try:
        position = len(raw) - len(raw.lstrip())
        whole, whole_end = decoder.raw_decode(raw, position)
        if isinstance(whole, dict):
            return [(position, whole_end, whole)]
        position += 1
        for _ in whole:
            position = _end_of(_SPACE, raw, position)
            answer, end = decoder.raw_decode(raw, position)
            if isinstance(answer, dict):
                found.append((position, end, answer))
            position = _end_of(re.compile(r"\s*,?"), raw, end)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{where}:{error.lineno}:{error.colno}: not JSON ({error.msg}). Fetch the file again."
        ) from error
    return found


def _end_of(pattern: re.Pattern[str], raw: str, position: int) -> int:
    match = pattern.match(raw, position)
    return match.end() if match else position


def _days(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each day of an answer with its values in words."""
    daily, hourly, current = answer.get("daily"), answer.get("hourly"), answer.get("current")
    if isinstance(daily, dict) and isinstance(daily.get("time"), list):
        units = answer.get("daily_units") or {}
        return [(day, _values(_row(daily, index), units)) for index, day in enumerate(daily["time"])]
    if isinstance(hourly, dict) and isinstance(hourly.get("time"), list):
        return _from_hours(hourly, answer.get("hourly_units") or {})
    if isinstance(current, dict) and current.get("time"):
        row = {name: value for name, value in current.items() if name != "time"}
        row["temperature_2m_max"] = row.get("temperature_2m")
        units = dict(answer.get("current_units") or {})
        return [(str(current["time"])[:10], _values(row, units))]
    return []


def _row(columns: Mapping[str, Any], index: int) -> dict[str, Any]:
    return {
        name: values[index]
        for name, values in columns.items()
        if isinstance(values, list) and index < len(values)
    }


def _from_hours(hourly: Mapping[str, Any], units: Mapping[str, str]) -> list[tuple[str, str]]:
    """A day's extremes from its hours. Of several models' columns, those of the first are read."""
    temperature = next((name for name in hourly if name.startswith("temperature_2m")), None)
    if temperature is None:
        return []
    suffix = temperature.removeprefix("temperature_2m")
    days: dict[str, list[int]] = {}
    for index, moment in enumerate(hourly["time"]):
        days.setdefault(str(moment)[:10], []).append(index)

    def values(name: str, indices: Sequence[int]) -> list[float]:
        column = hourly.get(name + suffix) or []
        return [column[index] for index in indices if index < len(column) and column[index] is not None]

    result = []
    plain_units = {name.removesuffix(suffix) if suffix else name: unit for name, unit in units.items()}
    for day, indices in days.items():
        warmth = values("temperature_2m", indices)
        row: dict[str, Any] = {
            "temperature_2m_max": max(warmth, default=None),
            "temperature_2m_min": min(warmth, default=None),
            "wind_speed_10m_max": max(values("wind_speed_10m", indices), default=None),
            "wind_gusts_10m_max": max(values("wind_gusts_10m", indices), default=None),
            "precipitation_probability_max": max(values("precipitation_probability", indices), default=None),
            "weather_code": max(values("weather_code", indices), default=None),
        }
        rain = values("precipitation", indices)
        row["precipitation_sum"] = sum(rain) if rain else None
        result.append((day, _values(row, plain_units)))
    return result


def _values(row: Mapping[str, Any], units: Mapping[str, str]) -> str:
    """A day's values in words; what the answer lacks is left out."""

    def amount(*names: str) -> str | None:
        for name in names:
            if (value := row.get(name)) is not None:
                base = re.sub(r"_(?:max|min|sum)$", "", name)
                unit = units.get(name) or units.get(base) or ""
                unit = _UNITS.get(unit, unit)
                return f"{round(float(value), 2):g} {unit}".rstrip()
        return None

    parts = []
    code = row.get("weather_code", row.get("weathercode"))
    if code is not None and int(code) in _WMO:
        parts.append(_WMO[int(code)])
    for pattern, names in (
        ("high {}", ("temperature_2m_max",)),
        ("low {}", ("temperature_2m_min",)),
        ("precipitation {}", ("precipitation_sum", "precipitation")),
        ("chance of precipitation {}", ("precipitation_probability_max",)),
        ("wind up to {}", ("wind_speed_10m_max", "wind_speed_10m")),
        ("gusts to {}", ("wind_gusts_10m_max", "wind_gusts_10m")),
    ):
        if value := amount(*names):
            parts.append(pattern.format(value))
    return ", ".join(parts)


def _spelled(day: str) -> str:
    try:
        moment = date.fromisoformat(day)
    except ValueError:
        return day
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def _bulletin(pieces: Pieces, place: str, where: str) -> None:
    covered = 0
    for match in _PERIOD.finditer(pieces.raw):
        text = " ".join(match.group("text").split())
        if not text:
            continue
        end = match.start() + len(match.group().rstrip())
        pieces.keep(
            match.start(), end, f"{match.group('name').capitalize()} in {place}: {text}", section=place
        )
        _drop_between(pieces, covered, match.start())
        covered = end
    if not pieces.segments:
        raise InputError(
            f"{where}: neither JSON nor a bulletin with periods ('.TODAY...'). "
            "Save the forecast's raw answer, or remove the source from data/sources.yaml."
        )
    _drop_between(pieces, covered, len(pieces.raw))


def _drop_between(pieces: Pieces, start: int, end: int) -> None:
    for paragraph in paragraphs(pieces.raw, start, end):
        text = paragraph.text
        reason = "heading" if text.startswith("...") else "front_matter"
        reason = "break" if not re.search(r"\w", text) else reason
        pieces.drop(paragraph.start, paragraph.end, reason)
