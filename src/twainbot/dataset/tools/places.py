"""Places that the offline weather knows, under every name by which people ask for them."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from twainbot.files import InputError
from twainbot.params import read_yaml
from twainbot.records import Split

CLIMATES = (
    "tropical", "monsoon", "desert", "steppe", "mediterranean", "oceanic", "subtropical", "continental",
    "transitional", "subarctic", "polar", "highland",
)  # fmt: skip
STATES = {
    "al": "alabama", "ak": "alaska", "az": "arizona", "ar": "arkansas", "ca": "california", "co": "colorado",
    "ct": "connecticut", "dc": "d.c.", "fl": "florida", "ga": "georgia", "hi": "hawaii", "id": "idaho",
    "il": "illinois", "ia": "iowa", "ky": "kentucky", "la": "louisiana", "me": "maine", "md": "maryland",
    "ma": "massachusetts", "mn": "minnesota", "ms": "mississippi", "mo": "missouri", "mt": "montana",
    "ne": "nebraska", "nv": "nevada", "nh": "new hampshire", "nm": "new mexico", "ny": "new york",
    "nc": "north carolina", "nd": "north dakota", "oh": "ohio", "ok": "oklahoma", "or": "oregon",
    "pa": "pennsylvania", "ri": "rhode island", "sc": "south carolina", "tn": "tennessee", "tx": "texas",
    "ut": "utah", "vt": "vermont", "va": "virginia", "wa": "washington", "wi": "wisconsin", "wy": "wyoming",
    "on": "ontario", "qc": "quebec", "bc": "british columbia", "ab": "alberta", "nsw": "new south wales",
}  # fmt: skip
COUNTRIES = {
    "us": "united states", "usa": "united states", "u.s.": "united states", "u.s.a.": "united states",
    "united states of america": "united states", "uk": "england", "u.k.": "england",
    "united kingdom": "england", "great britain": "england", "uae": "united arab emirates",
    "the netherlands": "netherlands", "holland": "netherlands",
}  # fmt: skip
# A place's split is the hash of its id, so adding one moves no other. The salt is a fixed part of the data.
SALT = "place-1"


def plain(text: str) -> str:
    """NFKC, case folded, accents dropped, spaces collapsed, no outer punctuation."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(c for c in folded if not unicodedata.combining(c)).split()).strip(" ,;!?")


def normalise(location: str) -> str:
    """A location as text, without a gazetteer: :func:`plain`, and "mo" after a comma is "missouri"."""
    parts = [plain(part) for part in location.split(",") if part.strip(" ,;!?")]
    return ", ".join([*parts[:1], *(STATES.get(p, COUNTRIES.get(p, p)) for p in parts[1:])])


def hashed_split(salt: str, key: str) -> Split:
    """train, val or test in proportion 80/10/10, from a hash of the key."""
    share = int.from_bytes(hashlib.sha256(f"{salt}:{key}".encode()).digest()[:8], "big") / 2**64
    return "train" if share < 0.8 else "val" if share < 0.9 else "test"


@dataclass(frozen=True)
class Place:
    """A town. ``latitude`` is in degrees, south negative; ``region`` is empty if nobody says it."""

    name: str
    region: str
    country: str
    latitude: float
    climate: str
    aliases: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """How the tool names it: "Hannibal, Missouri"."""
        return f"{self.name}, {self.region or self.country}"

    @property
    def address(self) -> str:
        """The label as people say it; nobody says "Singapore, Singapore"."""
        return self.name if self.name == (self.region or self.country) else self.label

    @cached_property
    def id(self) -> str:
        return plain(self.label)

    @cached_property
    def split(self) -> Split:
        return hashed_split(SALT, self.id)


class Gazetteer:
    """Finds a place from what somebody wrote."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = tuple(places)
        self._by_name: dict[str, Place] = {}
        for place in self.places:
            self._by_name.setdefault(plain(place.name), place)  # the first of a name is meant by it
        for place in self.places:
            name = plain(place.name)
            for part in (place.region, place.country):
                if part:
                    self._by_name.setdefault(f"{name}, {plain(part)}", place)
            if place.region:
                self._by_name[f"{name}, {plain(place.region)}, {plain(place.country)}"] = place
            for alias in place.aliases:
                self._by_name.setdefault(plain(alias), place)

    def resolve(self, text: str) -> Place | None:
        """The place that is meant, or None. "Hannibal, MO", "hannibal,missouri" and "Hannibal" are one.

        A region that is not the place's own ("Venice, Illinois") is no match: better none than another town.
        """
        found = self._by_name.get(normalise(text)) or self._by_name.get(plain(text))
        head, _, last = plain(text).rpartition(" ")  # "Hannibal MO"
        if found is None and head and "," not in head and (last in STATES or last in COUNTRIES):
            return self.resolve(f"{head}, {last}")
        return found

    def canonical(self, text: str) -> str:
        """The id of the place, or the normalised text if there is none."""
        place = self.resolve(text)
        return place.id if place else normalise(text)

    def names(self, place: Place) -> list[str]:
        """Every normalised name that means this place."""
        return sorted(name for name, found in self._by_name.items() if found is place)

    def spoken(self) -> list[str]:
        """Every name as people write it, the longer ones first: "Portland, Maine", "Portland"."""
        names = {
            name
            for place in self.places
            for name in (
                place.name, place.label, f"{place.name}, {place.country}", *place.aliases,
            )
        }  # fmt: skip
        return sorted(names, key=lambda name: (-len(name), name))

    def namesakes(self, split: Split) -> list[tuple[Place, Place]]:
        """Pairs of places of a split with one name: the one that it means, and another."""
        chosen = [place for place in self.places if place.split == split]
        return [
            (meant, place)
            for place in chosen
            if (meant := self._by_name[plain(place.name)]) is not place and meant.split == split
        ]

    def unambiguous(self, place: Place) -> bool:
        """Whether the bare name means this place."""
        return self._by_name[plain(place.name)] is place


def parse_places(data: Any, where: str) -> Gazetteer:
    """Places from the content of ``places.yaml``.

    Raises:
        InputError: rows that are not [name, region, country, latitude, climate], an unknown climate, a
            place listed twice, an alias of nothing; all named at once.
    """
    if not isinstance(data, dict) or not isinstance(data.get("places"), list) or not data["places"]:
        raise InputError(f"{where}: expected `places`, a list of [name, region, country, latitude, climate].")
    problems: list[str] = []
    aliases: dict[str, list[str]] = {}
    named: Any = data.get("aliases") or {}
    if not isinstance(named, dict):
        raise InputError(f"{where}: aliases: expected a mapping of name to place, found {named!r}.")
    for alias, label in named.items():
        aliases.setdefault(plain(str(label)), []).append(str(alias))
    places: list[Place] = []
    seen: set[str] = set()
    for number, row in enumerate(data["places"], start=1):
        if not isinstance(row, list) or len(row) != 5 or not isinstance(row[3], int | float):
            problems.append(
                f"{where}: place {number}: expected [name, region, country, latitude, climate], found {row!r}"
            )
            continue
        name, region, country, latitude, climate = row
        if climate not in CLIMATES:
            problems.append(f"{where}: {name}: climate {climate!r} is not one of {', '.join(CLIMATES)}")
            continue
        place = Place(str(name), str(region or ""), str(country), float(latitude), climate)
        place = replace(place, aliases=tuple(aliases.pop(place.id, ())))
        if place.id in seen:
            problems.append(f"{where}: {place.label} is listed twice")
        seen.add(place.id)
        places.append(place)
    problems += [
        f"{where}: alias {names[0]!r} names {label!r}, which is not listed"
        for label, names in aliases.items()
    ]
    if problems:
        raise InputError("\n".join([*problems, "Mend these rows."]))
    return Gazetteer(places)


def load_places(path: Path) -> Gazetteer:
    """The gazetteer of a ``places.yaml``; see :func:`parse_places`."""
    return parse_places(read_yaml(path), str(path))
