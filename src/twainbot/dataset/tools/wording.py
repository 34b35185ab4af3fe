"""The sentences of the tool conversations, from data/tools: what users say, and what is answered.

A sentence's place in its list is its split: of every ten the ninth validates and the tenth tests. So a
conversation of the test split is asked and answered in words of which training has seen none.
``(a|b|c)`` in a sentence stands for one of the three, by chance.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from twainbot.records import Split

# Entries a list has at the least, and of how many one validates and one tests.
LEAST = 10
SLOT = re.compile(r"\{(\w+)\}")
ALTERNATIVES = re.compile(r"\(([^()]*\|[^()]*)\)")


def position_split(number: int) -> Split:
    """The split of entry ``number``, counted from 0, of any list of sentences."""
    place = number % LEAST - LEAST
    return "test" if place == -1 else "val" if place == -2 else "train"


def choose(text: str, rng: random.Random) -> str:
    """The text with one of each ``(a|b|c)``."""
    return ALTERNATIVES.sub(lambda match: rng.choice(match[1].split("|")), text)


def slots_of(text: str) -> frozenset[str]:
    """The names of all slots; ``{Day}`` is ``{day}`` at the start of a sentence."""
    return frozenset(name.lower() for name in SLOT.findall(text))


def certain_slots(text: str) -> frozenset[str]:
    """The slots that are there whichever alternatives are taken."""
    shared = [
        frozenset.intersection(*(slots_of(part) for part in match[1].split("|")))
        for match in ALTERNATIVES.finditer(text)
    ]
    return slots_of(ALTERNATIVES.sub("", text)).union(*shared)


@dataclass(frozen=True)
class Sentence:
    """``id`` is its list and its place there: "twain/clear-03"."""

    id: str
    text: str
    split: Split

    @property
    def list(self) -> str:
        """ "twain/clear" of "twain/clear-03"."""
        return self.id.rpartition("-")[0]


@dataclass(frozen=True)
class Template(Sentence):
    """What a user says. ``asked`` is the field of the weather that it is about."""

    register: str
    asked: str

    @property
    def slots(self) -> frozenset[str]:
        return slots_of(self.text)


@dataclass(frozen=True)
class Chatter:
    """A turn that needs no tool: what users say, and one answer a persona."""

    id: str
    users: tuple[str, ...]
    answers: Mapping[str, str]
    split: Split

    @property
    def names_place(self) -> bool:
        return any("{place}" in text for text in (*self.users, *self.answers.values()))


@dataclass(frozen=True)
class OtherRequest(Sentence):
    """A request for another tool than the weather's; ``arguments`` is the pattern of its call."""

    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class OtherTool:
    """What is said before and after a call of a tool: values of its slots, its result, its answers."""

    slots: Mapping[str, Sequence[Any]]
    requests: tuple[OtherRequest, ...]
    result: Mapping[str, Any]
    answers: Mapping[str, tuple[Sentence, ...]]


@dataclass(frozen=True)
class Wording:
    """All sentences. ``replies`` is persona -> list ("clear", "asked.wet") -> sentences."""

    requests: Mapping[str, tuple[Template, ...]]
    chatter: Mapping[str, tuple[Chatter, ...]]
    replies: Mapping[str, Mapping[str, tuple[Sentence, ...]]]
    others: Mapping[str, OtherTool]


class Numbered(Protocol):
    @property
    def id(self) -> str: ...


Entry = TypeVar("Entry", bound=Numbered)


class Dealer:
    """Deals sentences evenly: the least used of those on offer, and by chance among equals."""

    def __init__(self) -> None:
        self._uses: Counter[str] = Counter()

    def deal(self, rng: random.Random, options: Sequence[Entry]) -> Entry:
        fewest = min(self._uses[option.id] for option in options)
        dealt = rng.choice([option for option in options if self._uses[option.id] == fewest])
        self._uses[dealt.id] += 1
        return dealt
