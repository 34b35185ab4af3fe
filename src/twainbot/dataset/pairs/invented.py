"""Reports of other conversations, told of a place and day that they are not of."""

from __future__ import annotations

import random
import re
import string
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as calendar_day
from typing import Any, TypeVar

from twainbot.dataset.pairs.episodes import answers, call_of, is_weather, known_reports, said
from twainbot.dataset.pairs.falsify import degrees, reported_degrees
from twainbot.dataset.tools.weather_model import WEEKDAYS, day_and_month
from twainbot.records import Example

# How a report speaks of a day that the call names by its date.
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATED = re.compile(
    rf"\bon (?:\d{{4}}-\d\d-\d\d|\d{{1,2}} (?:{_MONTHS}))\b|\bin \w+ days\b|\bthe day after tomorrow\b", re.I
)
# Of so many texts nearest in length the one told least often so far is taken: a sentence that is always wrong
# would be learnt in the place of the flaw. So would length, so beyond the first few they may not be longer.
_NEAREST = 12
_FEW = 2
_LONGER = 1.2


@dataclass(frozen=True)
class Told:
    """What an assistant said in another conversation."""

    row: str
    text: str

    @property
    def shape(self) -> str:
        return re.sub(r"\d+", "0", self.text)


@dataclass(frozen=True)
class Report(Told):
    """An answer that reports the weather of one place on one day."""

    place: str
    date: str

    @property
    def shape(self) -> str:
        return super().shape.replace(self.place, "")


Text = TypeVar("Text", bound=Told)


class Seldom:
    """Takes of the texts nearest in length the one taken least often, figures and places aside."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    def of(self, texts: Iterable[Text], size: int, rng: random.Random) -> Text:
        nearest = sorted(texts, key=lambda text: (abs(len(text.text) - size), text.row))[:_NEAREST]
        near = nearest[:_FEW] + [text for text in nearest[_FEW:] if len(text.text) <= _LONGER * size]
        told = min(near, key=lambda text: (self._taken[text.shape], rng.random()))
        self._taken[told.shape] += 1
        return told


def _day_kind(date: str) -> str:
    return "weekday" if date in WEEKDAYS else date if date in ("today", "tomorrow") else "iso"


class Reports:
    """The reports of a split's conversations, to be told of another place."""

    def __init__(self, rows: Sequence[Example]) -> None:
        self._seldom = Seldom()
        self._found: defaultdict[tuple[str, str, str], list[Report]] = defaultdict(list)
        for row in rows:
            messages = row["messages"]
            for at in answers(row):
                known = known_reports(messages[:at])
                made = call_of(messages[at - 2]) if at >= 2 else None
                if len(known) != 1 or not made or not is_weather(messages[at - 1]):
                    continue
                place, text = str(known[0]["location"]), said(messages[at])
                place = place if place in text else place.split(",")[0]
                # An answer without the report's figures is no report: it owns up to a wrong one.
                if place in text and reported_degrees(known).intersection(degrees(text)):
                    date = str(made[1].get("date", "today"))
                    key = (row["tags"]["persona"], str(known[0]["unit"]), _day_kind(date))
                    if _day_kind(date) == "iso":
                        spoken = _DATED.search(text)
                        date = spoken[0] if spoken else date
                    self._found[key].append(Report(row["id"], text, place, date))

    def invented(
        self,
        row: Example,
        arguments: Mapping[str, Any],
        known: Sequence[Mapping[str, Any]],
        size: int,
        rng: random.Random,
    ) -> tuple[str, str] | None:
        """Another conversation's report as one of the place and day of ``arguments``, about ``size`` long.

        Args:
            known: reports that it must not happen to agree with.

        Returns:
            The text and the other conversation's id; None if there is no report that can be told so.
        """
        date = str(arguments.get("date", "today"))
        key = (row["tags"]["persona"], str(arguments.get("unit", "celsius")), _day_kind(date))
        true = reported_degrees(known)
        place = str(arguments["location"]).split(",")[0].strip()
        place = string.capwords(place) if place.islower() else place
        fitting = [
            report
            for report in self._found[key]
            if report.row != row["id"]
            and report.place != place
            and any(all(abs(figure - other) > 3 for other in true) for figure in degrees(report.text))
        ]
        if not fitting:
            return None
        report = self._seldom.of(fitting, size, rng)
        text = report.text.replace(report.place, place)
        if report.date != date:
            day = (
                f"on {day_and_month(calendar_day.fromisoformat(date))}"
                if key[2] == "iso"
                else date.capitalize()
            )
            text = re.sub(
                re.escape(report.date),
                lambda match: day[0].upper() + day[1:] if match[0][0].isupper() else day,
                text,
                flags=re.I,
            )
        return text, report.row
