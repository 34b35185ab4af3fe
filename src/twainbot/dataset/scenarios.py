"""What users say: the scenarios, their templates, registers and splits.

A scenario's *family* is the template that a user speaks in ("plain-03"); an episode's family adds the
split of the places in it ("plain-03/place-train"). Both are hashed 80/10/10, and an episode belongs to
training only if neither is held out, so the test split asks in new words, of new places, or both.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from twainbot.dataset.places import Gazetteer, Place, hashed_split
from twainbot.dataset.weather_model import WEEKDAYS
from twainbot.files import InputError
from twainbot.records import Split

# Shares of the episodes that want the weather tool, and of those that do not.
CALL_SCENARIOS = {
    "plain": 0.15, "unit": 0.11, "relative_date": 0.14, "follow_up": 0.13, "correction": 0.08,
    "compare": 0.08, "missing_place": 0.07, "tool_error": 0.06, "timeout": 0.06, "empty_result": 0.06,
    "wrong_place": 0.06,
}  # fmt: skip
NO_CALL_SCENARIOS = {
    "no_call_smalltalk": 0.33,
    "no_call_weather_words": 0.42,
    "no_call_other_tool_only": 0.25,
}
FAILURES = ("tool_error", "timeout", "empty_result", "wrong_place")
# The salt under which every list of templates has at least one for validation and one for testing.
SALT = "template-56506"

UNIT_WORDS = {
    "celsius": ("Celsius", "celsius", "°C", "centigrade"),
    "fahrenheit": ("Fahrenheit", "fahrenheit", "°F"),
}
# Slips of a hasty typist; only words, never a place.
_SLIPS = {
    "weather": "wether", "temperature": "temprature", "forecast": "forcast", "please": "pls",
    "what's": "whats", "don't": "dont", "can't": "cant", "umbrella": "umbrela", "is it": "is ti",
    "the": "teh", "you": "u", "about": "abuot", "which": "wich", "warmer": "warmr",
}  # fmt: skip
_SLOT = re.compile(r"(\{\w+\})")


@dataclass(frozen=True)
class Template:
    """A sentence with slots. ``asked`` is the field of the weather that it is about."""

    id: str
    register: str
    asked: str
    text: str

    @property
    def slots(self) -> frozenset[str]:
        return frozenset(slot.strip("{}").lower() for slot in _SLOT.findall(self.text))

    @property
    def split(self) -> Split:
        return hashed_split(SALT, self.id)


@dataclass(frozen=True)
class Chatter:
    """A turn that needs no tool: what users say, and one answer a persona."""

    id: str
    users: tuple[str, ...]
    answers: Mapping[str, str]

    @property
    def split(self) -> Split:
        return hashed_split(SALT, self.id)

    @property
    def names_place(self) -> bool:
        return any("{place}" in text for text in (*self.users, *self.answers.values()))


@dataclass(frozen=True)
class Wording:
    """All sentences of the episodes, from data/tools: requests, chatter, other_requests, replies/PERSONA."""

    requests: Mapping[str, tuple[Template, ...]]
    chatter: Mapping[str, tuple[Chatter, ...]]
    replies: Mapping[str, Any]
    others: Mapping[str, Any]


def load_wording(folder: Path) -> Wording:
    """Read the four files of sentences.

    Raises:
        InputError: a template that is not [register, asked, text], or a chatter family without an answer
            for a persona that has replies; all named at once.
    """

    def read(name: str) -> Any:
        return yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8"))

    replies = {path.stem: read(f"replies/{path.stem}") for path in sorted(folder.glob("replies/*.yaml"))}
    problems: list[str] = []
    requests: dict[str, tuple[Template, ...]] = {}
    for kind, rows in read("requests").items():
        for number, row in enumerate(rows):
            if not (isinstance(row, list) and len(row) == 3 and all(isinstance(part, str) for part in row)):
                problems.append(
                    f"requests.yaml: {kind}[{number}]: expected [register, asked, text], found {row!r}"
                )
        requests[kind] = tuple(
            Template(f"{kind}-{n:02}", *row) for n, row in enumerate(rows) if len(row) == 3
        )
    chatter: dict[str, tuple[Chatter, ...]] = {}
    for kind, rows in read("chatter").items():
        for number, row in enumerate(rows):
            if missing := sorted({"u", *replies} - set(row)):
                problems.append(f"chatter.yaml: {kind}[{number}]: {', '.join(missing)} missing")
        chatter[kind] = tuple(
            Chatter(f"{kind}-{n:02}", tuple(row.get("u", ())), {p: row.get(p, "") for p in replies})
            for n, row in enumerate(rows)
        )
    if problems:
        raise InputError("\n".join([*problems, f"Mend these rows in {folder}."]))
    return Wording(requests, chatter, replies, read("other_requests"))


def split_of(family: str) -> Split:
    """The split of an episode's family: the stricter of its template's and its places' splits."""
    template, _, place = family.partition("/place-")
    parts = {hashed_split(SALT, template), place}
    return "test" if "test" in parts else "val" if "val" in parts else "train"


def quotas(n: int, no_call_share: float) -> dict[str, int]:
    """How many episodes of each scenario, ``n`` in all, by largest remainder."""
    shares = {name: share * (1 - no_call_share) for name, share in CALL_SCENARIOS.items()}
    shares |= {name: share * no_call_share for name, share in NO_CALL_SCENARIOS.items()}
    counts = {name: int(share * n) for name, share in shares.items()}
    by_remainder = sorted(shares, key=lambda name: (counts[name] - shares[name] * n, name))
    for name in by_remainder[: n - sum(counts.values())]:
        counts[name] += 1
    return counts


def day_words(rng: random.Random, today: date, kinds: str = "today tomorrow weekday iso") -> tuple[str, str]:
    """A day as a user says it and as the tool takes it: ("on Friday", "friday")."""
    kind = rng.choices(("today", "tomorrow", "weekday", "iso"), (15, 35, 40, 10))[0]
    if kind not in kinds:
        kind = "tomorrow"
    if kind == "weekday":
        name = rng.choice(WEEKDAYS)
        return f"on {name.capitalize()}", name
    if kind == "iso":
        iso = (today + timedelta(days=rng.randrange(1, 14))).isoformat()
        return f"on {iso}", iso
    return kind, kind


def said_place(rng: random.Random, place: Place, places: Gazetteer) -> str:
    """A place as a user names it; with its region or country where the bare name means another."""
    longer = f"{place.name}, {rng.choice([p for p in (place.region, place.country) if p])}"
    if places.resolve(longer) is not place:
        longer = place.label
    if place.aliases and rng.random() < 0.4:
        return rng.choice(place.aliases)
    return place.name if places.unambiguous(place) and rng.random() < 0.6 else longer


def fill(
    text: str, values: Mapping[str, str], *, lower: bool = False, rng: random.Random | None = None
) -> str:
    """A template with its slots filled; ``{Day}`` is ``{day}`` at the start of a sentence.

    With ``lower`` the text is as typed in haste: lower case, no full stop, and with ``rng`` a slip.
    """
    words = text
    if lower:
        words = "".join(p if _SLOT.fullmatch(p) else _hasty(p, rng) for p in _SLOT.split(text))
    if lower and words.endswith("."):
        words = words[:-1]

    def value(match: re.Match[str]) -> str:
        name = match[0].strip("{}")
        found = values[name.lower()]
        if name[0].isupper():
            found = found[:1].upper() + found[1:]
        return found.lower() if lower else found

    filled = _SLOT.sub(value, words)
    # "what does on Friday look like": a day is no adverb after these.
    return re.sub(r"(?i)\b(for|does|about|and|is|now|then|of|wrong day\.|:) on (?=\w)", r"\1 ", filled)


def _hasty(text: str, rng: random.Random | None) -> str:
    text = text.lower()
    if rng is not None and rng.random() < 0.6:
        present = [word for word in _SLIPS if re.search(rf"\b{re.escape(word)}\b", text)]
        if present:
            word = rng.choice(present)
            text = re.sub(rf"\b{re.escape(word)}\b", _SLIPS[word], text, count=1)
    return text


def pick(rng: random.Random, templates: Sequence[Template], split: Split) -> Template:
    """A template of exactly this split."""
    return rng.choice([t for t in templates if t.split == split])
