"""Weather without a network: invented, but plausible for the place and month, and the same every time.

The tool that training episodes show and the one that the chat serves are this same code, so a model is
never asked to read an answer in a form that it has not seen.
"""

from __future__ import annotations

import hashlib
import math
import random
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator

from twainbot.dataset.tools.places import Gazetteer, Place

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
# Condition -> group. Replies are written, and facts checked, by group.
CONDITIONS = {
    "sunny": "clear", "partly cloudy": "cloud", "cloudy": "cloud", "overcast": "cloud", "fog": "fog",
    "haze": "fog", "drizzle": "rain", "light rain": "rain", "heavy rain": "rain", "thunderstorm": "thunder",
    "sleet": "snow", "light snow": "snow", "heavy snow": "snow", "windy": "wind",
}  # fmt: skip


# Up to here it is about as warm as on the equator.
_TROPICS = 23.0
_TODAY = re.compile(r"^Today is \w+day, (\d{4}-\d\d-\d\d)\.$", re.M)


class _Climate(NamedTuple):
    latitude: float  # where the means below hold; 0.6 °C are lost for each degree beyond, outside the tropics
    winter: float  # mean of the coldest month, °C
    summer: float
    swing: float  # between night and day, °C
    wet_winter: float  # share of days with precipitation
    wet_summer: float
    humidity: int  # mean, %
    wind: float  # mean, km/h


# Rounded from general knowledge of each climate; only the order of size matters.
_CLIMATES = {
    "tropical": _Climate(5, 26, 27, 7, 0.50, 0.55, 80, 11),
    "monsoon": _Climate(15, 24, 28, 9, 0.08, 0.60, 72, 13),
    "desert": _Climate(27, 14, 33, 14, 0.04, 0.03, 30, 15),
    "steppe": _Climate(38, 2, 25, 13, 0.15, 0.15, 48, 15),
    "mediterranean": _Climate(39, 10, 25, 10, 0.32, 0.06, 63, 14),
    "oceanic": _Climate(52, 5, 17, 7, 0.50, 0.38, 78, 19),
    "subtropical": _Climate(33, 8, 27, 9, 0.28, 0.38, 69, 12),
    "continental": _Climate(46, -4, 21, 10, 0.34, 0.34, 67, 14),
    "transitional": _Climate(50, 0, 19, 9, 0.40, 0.38, 74, 15),
    "subarctic": _Climate(63, -17, 15, 10, 0.30, 0.32, 68, 11),
    "polar": _Climate(66, -9, 8, 5, 0.40, 0.35, 77, 23),
    "highland": _Climate(6, 14, 18, 12, 0.15, 0.50, 62, 10),
}


def resolve_date(text: str, today: date) -> date | None:
    """The day that "today", "tomorrow", a weekday or an ISO date means; None if it means none.

    A weekday is the next one after today, so on a Friday "friday" is a week ahead.
    """
    word = text.strip().casefold()
    if word in ("today", "tonight", "now"):
        return today
    if word == "tomorrow":
        return today + timedelta(days=1)
    if word in WEEKDAYS:
        return today + timedelta(days=(WEEKDAYS.index(word) - today.weekday() - 1) % 7 + 1)
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def day_and_month(day: date) -> str:
    """ "14 January", in English whatever the locale."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def dated_prompt(card: Mapping[str, Any], today: date) -> str:
    """A persona's system prompt beside a weather tool; it states the day.

    Without it nobody could tell the date of "in three days", which the tool takes in ISO form alone.
    """
    weekday = WEEKDAYS[today.weekday()].capitalize()
    return f"{str(card['system_prompt']).strip()}\nToday is {weekday}, {today.isoformat()}."


def stated_today(system_prompt: str) -> date | None:
    """The day that :func:`dated_prompt` states; None if it states none."""
    found = _TODAY.search(system_prompt)
    return date.fromisoformat(found[1]) if found else None


def _degrees(celsius: float, unit: str) -> int:
    return round(celsius if unit == "celsius" else celsius * 9 / 5 + 32)


def _condition(rng: random.Random, mean: float, wet: float, humidity: int, wind: float) -> str:
    if rng.random() < wet:
        if mean <= -1:
            return rng.choice(("light snow", "light snow", "heavy snow"))
        if mean <= 3:
            return rng.choice(("sleet", "light snow", "light rain"))
        if mean >= 19 and rng.random() < 0.3:
            return "thunderstorm"
        return rng.choice(("drizzle", "light rain", "light rain", "heavy rain"))
    if wind >= 32:
        return "windy"
    if humidity >= 82 and rng.random() < 0.35:
        return "fog"
    if humidity <= 35 and rng.random() < 0.15:
        return "haze"
    cloudiness = rng.gauss(humidity / 100, 0.22)
    for limit, name in ((0.48, "sunny"), (0.68, "partly cloudy"), (0.84, "cloudy")):
        if cloudiness < limit:
            return name
    return "overcast"


_RAIN_MM = {
    "drizzle": (0.2, 1.5), "light rain": (0.8, 5), "heavy rain": (10, 45), "thunderstorm": (4, 30),
    "sleet": (0.5, 5), "light snow": (0.3, 3), "heavy snow": (5, 18),
}  # fmt: skip


def _phase(place: Place, when: date) -> float:
    """1 at the height of the place's summer, -1 in midwinter."""
    phase = math.cos(2 * math.pi * (when.timetuple().tm_yday - 200) / 365.25)
    return -phase if place.latitude < 0 else phase


def usual_temperature(place: Place, when: date) -> float:
    """The mean of the place at this time of the year, °C."""
    climate = _CLIMATES[place.climate]
    latitude = abs(place.latitude)
    # Seasons fade towards the equator.
    fade = min(1.0, latitude / max(climate.latitude, 1))
    middle, half = (climate.winter + climate.summer) / 2, (climate.summer - climate.winter) / 2
    beyond = -0.6 * (max(latitude, _TROPICS) - max(climate.latitude, _TROPICS))
    return middle + half * _phase(place, when) * fade + min(8.0, max(-8.0, beyond))


def forecast(place: Place, day: date | str, unit: str = "celsius", *, seed: int) -> dict[str, Any]:
    """The weather of a place on a day: the same inputs give the same answer, in either unit.

    Returns:
        location, date, condition (one of :data:`CONDITIONS`), temperature (now, or of the middle of the
        day), high and low in whole degrees of ``unit``, humidity in %, wind_kph, precipitation_mm.
    """
    when = date.fromisoformat(day) if isinstance(day, str) else day
    digest = hashlib.sha256(f"{seed}:{place.id}:{when.isoformat()}".encode()).digest()
    rng = random.Random(int.from_bytes(digest[:8], "big"))
    climate = _CLIMATES[place.climate]
    # Days are more alike where seasons are.
    spread = 1.2 if abs(place.latitude) < _TROPICS else 2.4
    mean = usual_temperature(place, when) + rng.gauss(0, spread)
    season = (1 + _phase(place, when)) / 2
    wet = climate.wet_winter + (climate.wet_summer - climate.wet_winter) * season
    wind = round(min(75.0, climate.wind * rng.lognormvariate(0, 0.45)))
    humidity = round(min(98, max(12, rng.gauss(climate.humidity, 9))))
    condition = _condition(rng, mean, wet, humidity, wind)
    group = CONDITIONS[condition]
    if group in ("rain", "thunder", "snow", "fog") and condition != "haze":
        humidity = min(98, max(humidity, 70 + rng.randrange(20)))
    swing = climate.swing * (1.0 if group == "clear" else 0.65) * rng.uniform(0.8, 1.2)
    # Each edge is rounded in Celsius first, so that both units tell of the same day.
    low, high = round(mean - swing / 2), round(mean + swing / 2)
    now = round(low + (high - low) * rng.uniform(0.45, 0.95))
    millimetres = round(rng.uniform(*_RAIN_MM[condition]), 1) if condition in _RAIN_MM else 0
    return {
        "location": place.label,
        "date": when.isoformat(),
        "condition": condition,
        "temperature": _degrees(now, unit),
        "high": _degrees(high, unit),
        "low": _degrees(low, unit),
        "unit": unit,
        "humidity": humidity,
        "wind_kph": wind,
        "precipitation_mm": millimetres,
    }


def get_weather(
    arguments: Mapping[str, Any],
    *,
    today: date | str,
    seed: int,
    places: Gazetteer,
    tool: Mapping[str, Any],
) -> dict[str, Any]:
    """Answer a call of the weather tool; whatever is wrong with it comes back as ``{"error": ...}``.

    Args:
        arguments: as the model wrote them; checked against the tool's JSON Schema.
        today: the day that "today" means.
        tool: the tool's definition in the OpenAI form.
    """
    now = date.fromisoformat(today) if isinstance(today, str) else today
    validator = Draft202012Validator(tool["function"]["parameters"])
    if errors := sorted(validator.iter_errors(dict(arguments)), key=str):
        return {"error": f"bad arguments: {errors[0].message}"}
    day = resolve_date(arguments.get("date", "today"), now)
    if day is None:
        return {"error": f"unknown date: {arguments['date']}"}
    place = places.resolve(arguments["location"])
    if place is None:
        return {"error": f"unknown location: {arguments['location']}"}
    return forecast(place, day, arguments.get("unit", "celsius"), seed=seed)
