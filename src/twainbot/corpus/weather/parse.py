"""Weather answers to plain facts.

Open-Meteo JSON gives one fact a place and day, the US weather service's JSON one a period or a
paragraph of its product, and its text bulletins one a period.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from twainbot.corpus.jsonspans import children, json_objects, json_string, without_surrogates
from twainbot.corpus.pieces import Pieces
from twainbot.corpus.weather.bulletin import bulletin_pieces
from twainbot.corpus.weather.openmeteo import described_days
from twainbot.files import InputError
from twainbot.records import Reject, Segment

WEATHER_REASONS = ("empty", "heading", "front_matter", "break", "malformed")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def parse_weather(
    raw: str, *, doc_id: str, source_id: str, place: str, where: str
) -> tuple[list[Segment], list[Reject]]:
    """Facts of one weather file: a sentence or a paragraph each, ``section`` is ``place``.

    The span of an Open-Meteo fact is the whole answer that it was read from, since a day's values lie
    scattered over it; facts of one answer share their span. A period of the weather service has its
    JSON object, a bulletin's period or paragraph its own lines.

    Reasons of rejects: :data:`WEATHER_REASONS`.

    Raises:
        InputError: JSON that does not parse, an answer that says of itself that it is an error, or neither
            JSON nor a bulletin with periods.
    """
    pieces = Pieces(raw, doc_id, source_id, "fact")
    if raw.lstrip()[:1] in ("{", "["):
        _json(pieces, place, where)
    else:
        _bulletin(pieces, place, where)
    return pieces.result()


def _json(pieces: Pieces, place: str, where: str) -> None:
    failures: list[str] = []
    for answer in json_objects(pieces.raw, where):
        if answer.problem:
            pieces.drop(answer.start, answer.end, "malformed", answer.problem)
        elif isinstance(answer.value.get("productText"), str):
            _product(pieces, answer.start, place)
        elif isinstance(answer.value.get("properties"), dict) and "periods" in answer.value["properties"]:
            _periods(pieces, answer.start, answer.end, place)
        else:
            days = described_days(answer.value)
            for day, values in days:
                text = f"The weather for {place} on {_spelled(day)}: {values}."
                pieces.keep(answer.start, answer.end, without_surrogates(text), section=place)
            if not days:
                failure = _failure(answer.value)
                failures += [failure] if failure else []
                pieces.drop(answer.start, answer.end, "empty", failure or "no forecast and no current values")
    if failures and not pieces.segments:
        raise InputError(
            f"{where}: the weather service answered with an error: {failures[0]} "
            "Ask it again, or remove the source from data/sources.yaml."
        )


def _failure(answer: Mapping[str, Any]) -> str:
    """What an error answer gives as its cause; empty if it is none."""
    if answer.get("error") is True or isinstance(answer.get("status"), int):
        for key in ("reason", "detail", "title"):
            if isinstance(cause := answer.get(key), str) and cause:
                return without_surrogates(cause)
    return ""


def _product(pieces: Pieces, start: int, place: str) -> None:
    """A bulletin within JSON: the same pieces, their places mapped into the string as it is written."""
    members = {key: at for key, at, _ in children(pieces.raw, start)}
    text = json_string(pieces.raw, members["productText"])
    for piece in bulletin_pieces(text.text, place):
        span = text.place(piece.start), text.place(piece.end)
        if piece.reason:
            pieces.drop(*span, piece.reason)
        else:
            pieces.keep(*span, piece.words, section=place)


def _periods(pieces: Pieces, start: int, end: int, place: str) -> None:
    """The periods of a forecast of api.weather.gov."""
    properties = next(at for key, at, _ in reversed(children(pieces.raw, start)) if key == "properties")
    periods = next(at for key, at, _ in reversed(children(pieces.raw, properties)) if key == "periods")
    if pieces.raw[periods] != "[":
        pieces.drop(start, end, "malformed", "`periods` is no list")
        return
    for _, first, last in children(pieces.raw, periods):
        period = json_objects(pieces.raw[first:last], "")[0] if pieces.raw[first] == "{" else None
        words = _period(period.value) if period else ""
        if words and period:
            day = _spelled(str(period.value.get("startTime", ""))[:10])
            name = str(period.value.get("name") or "").strip()
            when = ", ".join(part for part in (name, day) if part)
            text = f"{when} in {place}: {words}" if when else f"Forecast for {place}: {words}"
            pieces.keep(first, last, without_surrogates(text), section=place)
        else:
            pieces.drop(first, last, "empty", "a period without a forecast")
    if not children(pieces.raw, periods):
        pieces.drop(start, end, "empty", "no periods")


def _period(period: Mapping[str, Any]) -> str:
    """The forecast in the service's words; of hours, which have few, with the figures behind them."""

    def text(key: str) -> str:
        value = period.get(key)
        return " ".join(value.split()) if isinstance(value, str) else ""

    if detailed := text("detailedForecast"):
        return detailed
    short, temperature = text("shortForecast"), period.get("temperature")
    if not short:
        return ""
    parts = [short]
    if isinstance(temperature, int | float) and not isinstance(temperature, bool):
        parts.append(f"{temperature:g} °{text('temperatureUnit') or 'F'}")
    if speed := text("windSpeed"):
        parts.append(f"wind {speed} {text('windDirection')}".rstrip())
    return ", ".join(parts) + "."


def _spelled(day: str) -> str:
    try:
        moment = date.fromisoformat(day)
    except ValueError:
        return day
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def _bulletin(pieces: Pieces, place: str, where: str) -> None:
    for piece in bulletin_pieces(pieces.raw, place):
        if piece.reason:
            pieces.drop(piece.start, piece.end, piece.reason)
        else:
            pieces.keep(piece.start, piece.end, piece.words, section=place)
    if not pieces.segments:
        raise InputError(
            f"{where}: neither JSON nor a bulletin with periods ('.TODAY...'). "
            "Save the forecast's raw answer, or remove the source from data/sources.yaml."
        )
