"""Answers that misuse a tool: they contradict its report, call it for nothing, or invent what it would say.

What is right at a turn is read off the conversation itself: who spoke before, and what follows.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from twainbot.dataset.pairs.episodes import TOOL, answers, call_of, is_weather, known_reports, said
from twainbot.dataset.pairs.falsify import falsify
from twainbot.dataset.pairs.flawed import Flawed, length
from twainbot.dataset.pairs.invented import Reports, Seldom, Told
from twainbot.dataset.tools.weather_model import WEEKDAYS
from twainbot.records import Example, Message, ToolCall

_DAY = re.compile(rf"\b(today|tomorrow|{'|'.join(WEEKDAYS)})\b", re.I)
# Towns that are words as well: in a text without capitals they are taken for the word.
_WORDS = ("Bath", "Concord", "Cork", "Eureka", "Mobile", "Nice", "Split")
# Of the calls whose place and day were given, those that are rejected for a question back.
_ASKED_BACK = 0.3


def _rng(seed: int, flaw: str, row: Example) -> random.Random:
    return random.Random(f"{seed}/{flaw}/{row['id']}")


class Ungrounded:
    """The answer with one figure or condition changed; after a failed call, a report that nobody gave."""

    def __init__(self, rows: Sequence[Example], seed: int) -> None:
        self._reports = Reports(rows)
        self._seed = seed

    def __call__(self, row: Example) -> Flawed | None:
        rng = _rng(self._seed, "ungrounded", row)
        turns = list(answers(row))
        rng.shuffle(turns)
        for at in turns:
            messages = row["messages"]
            text, known = said(messages[at]), known_reports(messages[:at])
            changed = falsify(text, known, rng) if known else None
            if changed:
                return Flawed(at, Message(role="assistant", content=changed))
            made = call_of(messages[at - 2]) if at >= 2 else None
            if made and made[0] == TOOL and is_weather(messages[at - 1]):
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
            for made in map(call_of, row["messages"])
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
        made = call_of(messages[at])
        return made[0] != TOOL if made else bool(said(messages[at]))

    def _arguments(self, before: Sequence[Message], rng: random.Random) -> dict[str, Any]:
        """Those of the last call, or a place and day of the last user turn, or any place."""
        earlier = [made for made in map(call_of, before) if made and made[0] == TOOL]
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
        self._seldom = Seldom()
        self._questions: defaultdict[str, list[Told]] = defaultdict(list)
        for row in rows:
            if asked := self._question(row["messages"]):
                self._questions[row["tags"]["persona"]].append(Told(row["id"], asked))

    @staticmethod
    def _question(messages: Sequence[Message]) -> str | None:
        """What the assistant asked for want of a place: the user's next turn names the one of the call."""
        for at in range(1, len(messages) - 2):
            made = call_of(messages[at + 2])
            if messages[at]["role"] == "assistant" and said(messages[at]) and made and made[0] == TOOL:
                place = str(made[1]["location"]).casefold()
                if (
                    messages[at + 1]["role"] == "user"
                    and place in str(messages[at + 1]["content"]).casefold()
                ):
                    earlier = [call_of(message) for message in messages[:at]]
                    return None if any(earlier) else said(messages[at])
        return None

    def __call__(self, row: Example) -> Flawed | None:
        rng = _rng(self._seed, "under_calling", row)
        messages = row["messages"]
        turns = [
            at
            for at in range(1, len(messages) - 2)
            if call_of(messages[at])
            and messages[at - 1]["role"] == "user"
            # Another call without a word between is a comparison, which no single report answers.
            and messages[at + 2]["role"] == "assistant"
            and call_of(messages[at + 2]) in (None, call_of(messages[at]))
        ]
        if not turns:
            return None
        at = rng.choice(turns)
        made = call_of(messages[at])
        assert made is not None
        name, arguments = made
        if name != TOOL:
            # What was said after the result, said without it.
            text = next(said(messages[later]) for later in answers(row) if later > at)
            return Flawed(at, Message(role="assistant", content=text))
        size = length(messages[at])
        questions = self._questions[row["tags"]["persona"]]
        given = str(arguments["location"]).casefold() in str(messages[at - 1]["content"]).casefold()
        if given and "date" in arguments and questions and rng.random() < _ASKED_BACK:
            asked = self._seldom.of(questions, size, rng)
            return Flawed(at, Message(role="assistant", content=asked.text), (asked.row,))
        invented = self._reports.invented(row, arguments, known_reports(messages), size, rng)
        return Flawed(at, Message(role="assistant", content=invented[0]), invented[1:]) if invented else None
