"""One conversation while it is being written: its messages, and what was right at each assistant turn."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from twainbot.dataset.tools import replies
from twainbot.dataset.tools.phrasing import UNIT_WORDS, day_words, fill, region_words, said_place
from twainbot.dataset.tools.places import Gazetteer, Place
from twainbot.dataset.tools.replies import Voice
from twainbot.dataset.tools.weather_model import forecast, resolve_date, usual_temperature
from twainbot.dataset.tools.wording import Dealer, Template, Wording, choose
from twainbot.records import Message, Split, ToolCall

Comparison = Literal["sequential", "parallel"]
# Who asks for snow asks it of a place that is usually colder than this then, °C; of one of so many at least.
_SNOWY = 6.0
_SNOWY_PLACES = 5
# Nobody takes a train across one of these for the evening.
_WIDE = (
    "Argentina", "Australia", "Brazil", "Canada", "Chile", "China", "India", "Russia", "United States",
)  # fmt: skip
# An assistant turn after a failed call that may as well be tried once more: calling and answering are right.
MAY_RETRY = "may_retry"


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
    comparison: Comparison = "sequential"
    retry_share: float = 1 / 3


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
    """A conversation under construction. Its sentences are all of ``split``."""

    world: World
    rng: random.Random
    dealer: Dealer
    kind: str
    persona: str
    today: date
    split: Split
    place_split: Split
    lower: bool = False
    register: str = ""  # of the user's first message
    snowy: bool = False  # it is about snow
    template: str = ""
    with_place: bool = False
    messages: list[Message] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    tools: list[Mapping[str, Any]] = field(default_factory=list)
    calls: int = 0
    next_places: list[tuple[Place, str]] = field(
        default_factory=list
    )  # instead of any, and how they are said

    @property
    def family(self) -> str:
        return f"{self.template}/place-{self.place_split if self.with_place else 'none'}"

    @property
    def voice(self) -> Voice:
        return Voice(self.world.wording.replies[self.persona], self.split, self.rng, self.dealer)

    def new_place(self, *others: Place, near: Place | None = None, paired: bool = False) -> tuple[Place, str]:
        """A place of the episode's places, unlike the others, and how the user writes it.

        With ``near`` one in the same country, if there is one; ``paired`` one that has such a neighbour.
        """
        pool = [p for p in self.world.places.places if p.split == self.place_split]
        if paired:
            towns = Counter(p.country for p in pool)
            pool = [p for p in pool if towns[p.country] > 1 and p.country not in _WIDE] or pool
        if self.snowy:
            pool.sort(key=lambda p: usual_temperature(p, self.today))
            cold = sum(usual_temperature(p, self.today) < _SNOWY for p in pool)
            pool = pool[: max(cold, _SNOWY_PLACES)]
        pool = [p for p in pool if p not in others]
        if near:
            pool = [p for p in pool if p.country == near.country] or pool
        if self.next_places:
            place, said = self.next_places.pop(0)
        else:
            place = self.rng.choice(pool)
            said = said_place(self.rng, place, self.world.places)
        self.with_place = True
        return place, said.lower() if self.lower else said

    def named(self, place: Place) -> str:
        """How the assistant names it: with its region where the bare name means another town."""
        return place.name if self.world.places.unambiguous(place) else place.label

    def pick(
        self, *kinds: str, need: Sequence[str] = (), avoid: Sequence[str] = (), unlike: str = ""
    ) -> Template | None:
        """A template of these kinds with the slots ``need``, without ``avoid``, that asks not for ``unlike``.

        It is in the manner of what the user said before, if there is one. Its alternatives are chosen. None
        if there is no such template.
        """
        pool = [t for kind in kinds for t in self.world.wording.requests[kind]]
        pool = [t for t in pool if t.split == self.split and t.slots.issuperset(need) and t.asked != unlike]
        pool = [t for t in pool if not t.slots.intersection(avoid)]
        if self.lower:
            pool = [t for t in pool if t.register in ("terse", "chatty")] or pool
        pool = [t for t in pool if self._in_manner(t)] or pool
        if not pool:
            return None
        template = self.dealer.deal(self.rng, pool)
        self.register = self.register or template.register
        self.snowy = self.snowy or template.asked == "snow"
        return replace(template, text=choose(template.text, self.rng))

    def _in_manner(self, template: Template) -> bool:
        """Whether it goes with the register of the first message: "pray" with "if you please", not "thx"."""
        if self.register == "oldfashioned":
            return template.register in ("oldfashioned", "polite")
        return not self.register or template.register != "oldfashioned"

    def any_of(
        self, *kinds: str, need: Sequence[str] = (), avoid: Sequence[str] = (), unlike: str = ""
    ) -> Template:
        """As :meth:`pick`; the loader has seen to it that there is one. ``need`` is met if it can be."""
        template = self.pick(*kinds, need=need, avoid=avoid, unlike=unlike) or self.pick(*kinds, avoid=avoid)
        assert template is not None
        return template

    def user(self, text: str, values: Mapping[str, str]) -> None:
        self.messages.append(Message(role="user", content=fill(text, values, lower=self.lower, rng=self.rng)))

    def answer(self, text: str, kind: str) -> None:
        self.decisions.append(Decision(len(self.messages), kind, call=False))
        self.messages.append(Message(role="assistant", content=text))

    def call(
        self,
        name: str,
        *calls: tuple[Mapping[str, Any], str],
        accepted: Mapping[str, list[Any]],
        kind: str = "",
    ) -> None:
        """An assistant turn that calls, once or more, and the tool's answers.

        Args:
            calls: arguments, and the content of the tool's message.
            accepted: what may stand in the first call.
        """
        self.decisions.append(Decision(len(self.messages), kind or self.kind, True, name, accepted))
        made: list[ToolCall] = []
        answers: list[Message] = []
        for arguments, content in calls:
            self.calls += 1
            number = f"call{self.calls:05}"  # nine characters, which Mistral's template insists on
            wire = json.dumps(arguments, ensure_ascii=False)
            made.append({"id": number, "type": "function", "function": {"name": name, "arguments": wire}})
            answers.append(Message(role="tool", content=content, tool_call_id=number, name=name))
        self.messages += [Message(role="assistant", content=None, tool_calls=made), *answers]

    def weather(self, request: Request, content: str | None = None, *, kind: str = "") -> dict[str, Any]:
        """Call the weather tool with what the user stated; ``content`` replaces what it would answer."""
        result = self.forecast(request)
        said = content if content is not None else json.dumps(result, ensure_ascii=False)
        self.call(
            self.weather_tool, (self.arguments(request), said), accepted=self.accepted(request), kind=kind
        )
        return result

    @property
    def weather_tool(self) -> str:
        return self.world.tool["function"]["name"]

    def arguments(self, request: Request) -> dict[str, Any]:
        """The weather call that says what the user stated and no more."""
        stated = {"unit": request.unit, "date": request.date}
        return {"location": request.said, **{key: value for key, value in stated.items() if value}}

    def accepted(self, *requests: Request) -> dict[str, list[Any]]:
        """The values that a call for any of these requests, which differ in their place, may have."""
        places = [name for r in requests for name in (r.said, *self.world.places.names(r.place))]
        request = requests[0]
        return {
            "location": sorted(set(places)),
            "unit": [request.unit],
            "date": [request.date] if request.date and request.date != "today" else ["today", None],
        }

    def forecast(
        self, request: Request, place: Place | None = None, day: date | None = None
    ) -> dict[str, Any]:
        when = day or self.day(request)
        return forecast(place or request.place, when, request.unit or "celsius", seed=self.world.seed)

    def day(self, request: Request) -> date:
        day = resolve_date(request.date or "today", self.today)
        assert day is not None
        return day

    def report(self, request: Request, result: Mapping[str, Any]) -> None:
        text = replies.report(self.voice, result, self.named(request.place), request.day, request.asked)
        self.answer(text, "answer")

    def ask(self, template: Template, request: Request | None = None) -> Request:
        """Let the user say this template; returns what is wanted then."""
        request, values = self.state(request, template)
        self.user(template.text, values)
        return request

    def state(self, request: Request | None, template: Template) -> tuple[Request, dict[str, str]]:
        """What the user wants after saying this template, and the values of its slots."""
        values: dict[str, str] = {}
        if request is None or template.slots.intersection(("place", "region")):
            # Whoever asks on asks of a neighbouring town rather than of one across the world.
            before_it = request.place if request else None
            place, said = self.new_place(*([before_it] if before_it else []), near=before_it)
            values |= {"place": said, "region": region_words(said)}
            request = Request(place, said) if request is None else replace(request, place=place, said=said)
        if "day" in template.slots:
            before = self.day(request)
            while True:
                spoken, word = day_words(self.rng, self.today)
                if template.list in ("relative_date", "missing_place", "day_answer"):
                    break
                if resolve_date(word, self.today) != before:
                    break
            values["day"] = spoken
            request = replace(request, day=spoken, date=word)
        if "unit" in template.slots:
            other = "fahrenheit" if (request.unit or "celsius") == "celsius" else "celsius"
            first = template.list in ("unit", "missing_place", "missing_day")
            unit = self.rng.choice(("celsius", "fahrenheit", "fahrenheit")) if first else other
            request = replace(request, unit=unit)
            values["unit"] = self.rng.choice(UNIT_WORDS[unit])
        if template.asked != "general":
            request = replace(request, asked=template.asked)
        return request, values
