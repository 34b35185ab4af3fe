"""One conversation while it is being written: its messages, and what was right at each assistant turn."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from twainbot.dataset import replies
from twainbot.dataset.places import Gazetteer, Place
from twainbot.dataset.scenarios import UNIT_WORDS, Template, Wording, day_words, fill, pick, said_place
from twainbot.dataset.weather_model import forecast, resolve_date
from twainbot.records import Message, Split, ToolCall

T = TypeVar("T")


@dataclass(frozen=True)
class World:
    """Everything that conversations are made of."""

    places: Gazetteer
    tool: Mapping[str, Any]
    other_tools: Sequence[Mapping[str, Any]]
    personas: Mapping[str, Mapping[str, Any]]
    wording: Wording
    seed: int
    clock: date


@dataclass(frozen=True)
class Decision:
    """What is right at the assistant's turn ``messages[at]``."""

    at: int
    kind: str
    call: bool
    name: str = ""
    arguments: Mapping[str, list[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """What the user wants to know so far. ``said`` is the place as it was typed."""

    place: Place
    said: str
    day: str = "today"
    date: str | None = None
    unit: str | None = None
    asked: str = "general"


@dataclass
class Episode:
    """A conversation under construction."""

    world: World
    rng: random.Random
    kind: str
    persona: str
    today: date
    split: Split
    template_split: Split
    place_split: Split
    lower: bool = False
    template: str = ""
    with_place: bool = False
    messages: list[Message] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    tools: list[Mapping[str, Any]] = field(default_factory=list)
    calls: int = 0

    @property
    def family(self) -> str:
        return f"{self.template}/place-{self.place_split if self.with_place else 'none'}"

    @property
    def sentences(self) -> Mapping[str, Any]:
        return self.world.wording.replies[self.persona]

    def new_place(self, *others: Place, near: Place | None = None) -> tuple[Place, str]:
        """A place of the episode's split, unlike the others, and how the user writes it.

        With ``near`` one in the same country, if there is one.
        """
        pool = [p for p in self.world.places.places if p.split == self.place_split and p not in others]
        if near:
            pool = [p for p in pool if p.country == near.country] or pool
        place = self.rng.choice(pool)
        said = said_place(self.rng, place, self.world.places)
        self.with_place = True
        return place, said.lower() if self.lower else said

    def fitting(self, candidates: Sequence[tuple[T, Split, bool]]) -> T:
        """A candidate (value, its split, whether it names a place) that gives the episode its split."""
        fits = [
            c
            for c, split, place in candidates
            if split == self.template_split and (place or split == self.split)
        ]
        if not fits:
            self.template_split = self.split
            fits = [c for c, split, _ in candidates if split == self.split]
        return self.rng.choice(fits)

    def pick(self, *kinds: str, need: Sequence[str] = (), unlike: str = "") -> Template:
        """A template of these kinds that has the slots ``need`` and does not ask for ``unlike``."""
        pool = [t for kind in kinds for t in self.world.wording.requests[kind]]
        pool = [t for t in pool if t.slots.issuperset(need) and t.asked != unlike]
        if self.lower:
            hasty = [t for t in pool if t.register in ("terse", "chatty")]
            pool = hasty if any(t.split == self.template_split for t in hasty) else pool
        return pick(self.rng, pool, self.template_split)

    def user(self, text: str, values: Mapping[str, str]) -> None:
        self.messages.append(Message(role="user", content=fill(text, values, lower=self.lower, rng=self.rng)))

    def answer(self, text: str, kind: str) -> None:
        self.decisions.append(Decision(len(self.messages), kind, call=False))
        self.messages.append(Message(role="assistant", content=text))

    def call(
        self, name: str, arguments: Mapping[str, Any], accepted: Mapping[str, list[Any]], result: Any
    ) -> None:
        """An assistant turn that calls, and the tool's answer."""
        self.calls += 1
        number = f"call{self.calls:05}"  # nine characters, which Mistral's template insists on
        wire: ToolCall = {
            "id": number,
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(arguments, ensure_ascii=False)},
        }
        self.decisions.append(Decision(len(self.messages), self.kind, True, name, accepted))
        self.messages.append(Message(role="assistant", content=None, tool_calls=[wire]))
        content = json.dumps(result, ensure_ascii=False)
        self.messages.append(Message(role="tool", content=content, tool_call_id=number, name=name))

    def weather(self, request: Request, result: Any = None) -> dict[str, Any]:
        """Call the weather tool with what the user stated; ``result`` replaces what it would answer."""
        arguments: dict[str, Any] = {"location": request.said}
        accepted: dict[str, list[Any]] = {
            "location": sorted({request.said, *self.world.places.names(request.place)}),
            "unit": [request.unit],
            "date": [request.date] if request.date and request.date != "today" else ["today", None],
        }
        if request.unit:
            arguments["unit"] = request.unit
        if request.date:
            arguments["date"] = request.date
        if result is None:
            result = self.forecast(request)
        self.call(self.world.tool["function"]["name"], arguments, accepted, result)
        return result

    def forecast(self, request: Request, place: Place | None = None) -> dict[str, Any]:
        day = resolve_date(request.date or "today", self.today)
        assert day is not None
        return forecast(place or request.place, day, request.unit or "celsius", seed=self.world.seed)

    def report(self, request: Request, result: Mapping[str, Any]) -> None:
        text = replies.report(
            self.rng, self.sentences, result, request.place.name, request.day, request.asked
        )
        self.answer(text, "answer")

    def state(self, request: Request | None, template: Template) -> tuple[Request, dict[str, str]]:
        """What the user wants after saying this template, and the values of its slots."""
        values: dict[str, str] = {}
        if request is None or "place" in template.slots:
            place, said = self.new_place(*([request.place] if request else []))
            values["place"] = said
            request = Request(place, said) if request is None else replace(request, place=place, said=said)
        if "day" in template.slots:
            before = request.date or "today"
            while True:
                spoken, word = day_words(self.rng, self.today)
                if word != before or template.id.startswith(("relative_date", "missing_place")):
                    break
            values["day"] = spoken
            request = replace(request, day=spoken, date=word)
        if "unit" in template.slots:
            other = "fahrenheit" if (request.unit or "celsius") == "celsius" else "celsius"
            first = template.id.startswith(("unit", "missing_place"))
            unit = self.rng.choice(("celsius", "fahrenheit", "fahrenheit")) if first else other
            request = replace(request, unit=unit)
            values["unit"] = self.rng.choice(UNIT_WORDS[unit])
        if template.asked != "general" and not template.id.startswith(("recall", "thanks")):
            request = replace(request, asked=template.asked)
        return request, values
