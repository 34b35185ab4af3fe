"""An Open-Meteo answer in words: what it says of each day."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

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
_UNITS = {"mp/h": "mph", "inch": "in"}
# Names that the interface used until 2022.
_OLD_NAMES = {"temperature": "temperature_2m", "windspeed": "wind_speed_10m", "weathercode": "weather_code"}


def described_days(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(day, values in words) of each day for which an answer has values.

    Daily values are taken if there are any, else hourly ones gathered by day, else the current ones. What
    is missing, null or no number is left out; a day with nothing left is too.
    """
    for days in (_from_days(answer), _from_hours(answer), _from_now(answer)):
        if told := [(day, values) for day, values in days if values]:
            return told
    return []


def _block(answer: Mapping[str, Any], name: str) -> tuple[dict[str, Any], list[str], dict[str, str]]:
    """The values of a block of columns, its moments and its units; empty if it is not of that form."""
    block, units = answer.get(name), answer.get(f"{name}_units")
    if not isinstance(block, dict) or not isinstance(block.get("time"), list):
        return {}, [], {}
    texts = (
        {key: unit for key, unit in units.items() if isinstance(unit, str)} if isinstance(units, dict) else {}
    )
    return block, [str(moment) for moment in block["time"]], texts


def _from_days(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    daily, days, units = _block(answer, "daily")
    return [(day, _in_words(_row(daily, index), units)) for index, day in enumerate(days)]


def _from_now(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    name = "current" if isinstance(answer.get("current"), dict) else "current_weather"
    current, units = answer.get(name), answer.get(f"{name}_units")
    if not isinstance(current, dict) or not current.get("time"):
        return []
    row = {_OLD_NAMES.get(key, key): value for key, value in current.items() if key != "time"}
    texts = {_OLD_NAMES.get(key, key): unit for key, unit in units.items()} if isinstance(units, dict) else {}
    return [(str(current["time"])[:10], _in_words(row, texts))]


def _row(columns: Mapping[str, Any], index: int) -> dict[str, Any]:
    return {
        name: values[index]
        for name, values in columns.items()
        if isinstance(values, list) and index < len(values)
    }


def _from_hours(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A day's extremes from its hours. Of several models' columns, those of the first are read."""
    hourly, moments, units = _block(answer, "hourly")
    temperature = next((name for name in hourly if name.startswith("temperature_2m")), None)
    if temperature is None:
        return []
    suffix = temperature.removeprefix("temperature_2m")
    days: dict[str, list[int]] = {}
    for index, moment in enumerate(moments):
        days.setdefault(moment[:10], []).append(index)

    def values(name: str, indices: Sequence[int]) -> list[float]:
        column = hourly.get(name + suffix)
        if not isinstance(column, list):
            return []
        numbers = (_number(column[index]) for index in indices if index < len(column))
        return [number for number in numbers if number is not None]

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
        result.append((day, _in_words(row, plain_units)))
    return result


def _number(value: object) -> float | None:
    """A finite number, or None; true is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def _in_words(row: Mapping[str, Any], units: Mapping[str, str]) -> str:
    """A day's values in words; what the answer lacks is left out."""

    def amount(*names: str) -> str | None:
        for name in names:
            if (value := _number(row.get(name))) is not None:
                base = re.sub(r"_(?:max|min|sum)$", "", name)
                unit = units.get(name) or units.get(base) or ""
                unit = _UNITS.get(unit, unit)
                return f"{round(value, 2):g} {unit}".rstrip()
        return None

    parts = []
    code = _number(row.get("weather_code", row.get("weathercode")))
    if code is not None and int(code) in _WMO:
        parts.append(_WMO[int(code)])
    for pattern, names in (
        ("{}", ("temperature_2m",)),
        ("high {}", ("temperature_2m_max",)),
        ("low {}", ("temperature_2m_min",)),
        ("precipitation {}", ("precipitation_sum", "precipitation")),
        ("chance of precipitation {}", ("precipitation_probability_max",)),
        ("wind {}", ("wind_speed_10m",)),
        ("wind up to {}", ("wind_speed_10m_max",)),
        ("gusts to {}", ("wind_gusts_10m_max", "wind_gusts_10m")),
    ):
        if value := amount(*names):
            parts.append(pattern.format(value))
    return ", ".join(parts)
