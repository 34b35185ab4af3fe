"""Answers that misuse a tool: they contradict its report, call it for nothing, or invent what it would say.

What is right at a turn is read off the conversation itself: who spoke before, and what follows.
"""

from __future__ import annotations

import json
import random
import re
import string
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date as calendar_day
from typing import Any, NamedTuple

from twainbot.dataset.pairs.falsify import degrees, falsify, reported_degrees, usable_report
from twainbot.dataset.pairs.flawed import Flawed, length
from twainbot.dataset.tools.weather_model import WEEKDAYS, day_and_month
from twainbot.records import Example, Message, ToolCall

TOOL = "get_weather"
_DAY = re.compile(rf"\b(today|tomorrow|{'|'.join(WEEKDAYS)})\b", re.I)
# How a report speaks of a day that the call names by its date.
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATED = re.compile(
    rf"\bon (?:\d{{4}}-\d\d-\d\d|\d{{1,2}} (?:{_MONTHS}))\b|\bin \w+ days\b|\bthe day after tomorrow\b", re.I
)
# Towns that are words as well: in a text without capitals they are taken for the word.
_WORDS = ("Bath", "Concord", "Cork", "Eureka", "Mobile", "Nice", "Split")
# Of the calls whose place and day were given, those that are rejected for a question back.
_ASKED_BACK = 0.3
_SHORTEST = 2  # reports nearest in length, of which one is taken


class Report(NamedTuple):
    """An answer that reports the weather of one place on one day."""

    row: str
    text: str
    place: str
    date: str


def _rng(seed: int, flaw: str, row: Example) -> random.Random:
    return random.Random(f"{seed}/{flaw}/{row['id']}")


def _call(message: Message) -> tuple[str, dict[str, Any]] | None:
    """Name and arguments of a turn's one call; None if it makes none or several."""
    calls = message.get("tool_calls") or []
    if len(calls) != 1:
        return None
    return calls[0]["function"]["name"], json.loads(calls[0]["function"]["arguments"])


def _said(message: Message) -> str:
    return str(message["content"] or "") if not message.get("tool_calls") else ""


def _answers(row: Example) -> Iterator[int]:
    """The assistant's turns that are words and no call."""
    for at, message in enumerate(row["messages"]):
        if message["role"] == "assistant" and _said(message):
            yield at


def _reports(messages: Sequence[Message]) -> list[dict[str, Any]]:
    found = [usable_report(message) for message in messages if message["role"] == "tool"]
    return [report for report in found if report]


def _is_weather(message: Message) -> bool:
    return message["role"] == "tool" and message.get("name", TOOL) == TOOL


def _day_kind(date: str) -> str:
    return "weekday" if date in WEEKDAYS else date if date in ("today", "tomorrow") else "iso"


class Reports:
    """The reports of a split's conversations, to be told of another place."""

    def __init__(self, rows: Sequence[Example]) -> None:
        self._found: defaultdict[tuple[str, str, str], list[Report]] = defaultdict(list)
        for row in rows:
            messages = row["messages"]
            for at in _answers(row):
                known = _reports(messages[:at])
                made = _call(messages[at - 2]) if at >= 2 else None
                if len(known) != 1 or not made or not _is_weather(messages[at - 1]):
                    continue
                place, text = str(known[0]["location"]), _said(messages[at])
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
            and any(all(abs(said - other) > 3 for other in true) for said in degrees(report.text))
        ]
        if not fitting:
            return None
        fitting.sort(key=lambda report: (abs(len(report.text) - size), report.row))
        report = rng.choice(fitting[:_SHORTEST])
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


class Ungrounded:
    """The answer with one figure or condition changed; after a failed call, a report that nobody gave."""

    def __init__(self, rows: Sequence[Example], seed: int) -> None:
        self._reports = Reports(rows)
        self._seed = seed

    def __call__(self, row: Example) -> Flawed | None:
        rng = _rng(self._seed, "ungrounded", row)
        turns = list(_answers(row))
        rng.shuffle(turns)
        for at in turns:
            messages = row["messages"]
            text, known = _said(messages[at]), _reports(messages[:at])
            changed = falsify(text, known, rng) if known else None
            if changed:
                return Flawed(at, Message(role="assistant", content=changed))
            made = _call(messages[at - 2]) if at >= 2 else None
            if made and made[0] == TOOL and _is_weather(messages[at - 1]):
                invented = self._reports.invented(row, made[1], known, len(text), rng)
                if invented:
                    return Flawed(at, Message(role="assistant", content=invented[0]), (invented[1],))
        return None


class OverCalling:
    """A call of the weather tool where words, or another tool, were right.

    Args:
        places: names of places as users write them, the longer ones first.
    """

    def __init__(self, rows: Sequence[Example], seed: int, places: Sequence[str] = ()) -> None:
        self._seed = seed
        self._places = list(places)
        locations = {
            str(made[1]["location"])
            for row in rows
            for made in map(_call, row["messages"])
            if made and made[0] == TOOL
        }
        self._locations = sorted(locations, key=lambda location: (-len(location), location))

    def __call__(self, row: Example) -> Flawed | None:
        if TOOL not in [tool["function"]["name"] for tool in row["tools"] or ()]:
            return None
        rng = _rng(self._seed, "over_calling", row)
        messages = row["messages"]
        turns = [at for at in range(1, len(messages)) if self._needs_no_weather(messages, at)]
        if not turns or not self._locations:
            return None
        at = rng.choice(turns)
        arguments = self._arguments(messages[:at], rng)
        made = sum(len(message.get("tool_calls") or ()) for message in messages[:at])
        call: ToolCall = {
            "id": f"call{made + 1:05}",
            "type": "function",
            "function": {"name": TOOL, "arguments": json.dumps(arguments, ensure_ascii=False)},
        }
        return Flawed(at, Message(role="assistant", content=None, tool_calls=[call]))

    @staticmethod
    def _needs_no_weather(messages: Sequence[Message], at: int) -> bool:
        if messages[at]["role"] != "assistant" or messages[at - 1]["role"] != "user":
            return False
        made = _call(messages[at])
        return made[0] != TOOL if made else bool(_said(messages[at]))

    def _arguments(self, before: Sequence[Message], rng: random.Random) -> dict[str, Any]:
        """Those of the last call, or a place and day of the last user turn, or any place."""
        earlier = [made for made in map(_call, before) if made and made[0] == TOOL]
        if earlier:
            return earlier[-1][1]
        text = str(before[-1]["content"])
        # Only a text without capitals makes up a place without them.
        like = [location for location in self._locations if location.islower() == text.islower()]
        arguments = {"location": self._named(text) or rng.choice(like or self._locations)}
        if day := _DAY.search(text):
            arguments["date"] = day[0].lower()
        return arguments

    def _named(self, text: str) -> str | None:
        """The place that a text names, as it is written there."""
        hasty = text == text.lower()
        for place in (*self._places, *self._locations):
            if hasty and place in _WORDS:
                continue
            # "nice" in a text with capitals is no town.
            name = place.lower() if hasty else place
            if name in text and (match := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)):
                return match[0]
        return None


class UnderCalling:
    """Made-up words where a call was right, or a question for what was said."""

    def __init__(self, rows: Sequence[Example], seed: int) -> None:
        self._reports = Reports(rows)
        self._seed = seed
        self._questions: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for row in rows:
            if asked := self._question(row["messages"]):
                self._questions[row["tags"]["persona"]].append((asked, row["id"]))

    @staticmethod
    def _question(messages: Sequence[Message]) -> str | None:
        """What the assistant asked for want of a place: the user's next turn names the one of the call."""
        for at in range(1, len(messages) - 2):
            made = _call(messages[at + 2])
            if messages[at]["role"] == "assistant" and _said(messages[at]) and made and made[0] == TOOL:
                place = str(made[1]["location"]).casefold()
                if (
                    messages[at + 1]["role"] == "user"
                    and place in str(messages[at + 1]["content"]).casefold()
                ):
                    earlier = [_call(message) for message in messages[:at]]
                    return None if any(earlier) else _said(messages[at])
        return None

    def __call__(self, row: Example) -> Flawed | None:
        rng = _rng(self._seed, "under_calling", row)
        messages = row["messages"]
        turns = [
            at
            for at in range(1, len(messages) - 2)
            if _call(messages[at])
            and messages[at - 1]["role"] == "user"
            # Another call without a word between is a comparison, which no single report answers.
            and messages[at + 2]["role"] == "assistant"
            and _call(messages[at + 2]) in (None, _call(messages[at]))
        ]
        if not turns:
            return None
        at = rng.choice(turns)
        made = _call(messages[at])
        assert made is not None
        name, arguments = made
        if name != TOOL:
            # What was said after the result, said without it.
            text = next(_said(messages[later]) for later in _answers(row) if later > at)
            return Flawed(at, Message(role="assistant", content=text))
        size = length(messages[at])
        questions = self._questions[row["tags"]["persona"]]
        given = str(arguments["location"]).casefold() in str(messages[at - 1]["content"]).casefold()
        if given and "date" in arguments and questions and rng.random() < _ASKED_BACK:
            nearest = sorted(questions, key=lambda asked: (abs(len(asked[0]) - size), asked[1]))
            text, donor = rng.choice(nearest[:_SHORTEST])
            return Flawed(at, Message(role="assistant", content=text), (donor,))
        invented = self._reports.invented(row, arguments, _reports(messages), size, rng)
        return Flawed(at, Message(role="assistant", content=invented[0]), invented[1:]) if invented else None
