"""What every reader of plays gives: speeches in order, what was dropped, and the persons it was told of."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

PLAY_REASONS = (
    "heading",
    "contents",
    "stage_direction",
    "front_matter",
    "credits",
    "break",
    "note",
    "markup",
)
JOINED = " AND "
_JOIN = re.compile(r"\s*[,;/]\s*(?:and\s+|&\s*)?|\s+and\s+|\s*(?:&|\+)\s*", re.IGNORECASE)
_BOTH = re.compile(r"^\s*(?:both|all)\s+(?=\S+\s+(?:and|&)\s)", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_ORDINALS = ("FIRST", "SECOND", "THIRD", "FOURTH", "FIFTH", "SIXTH", "SEVENTH", "EIGHTH", "NINTH")
_COUNTED = re.compile(r"^(?:A|AN|THE)\s+(?=\S)|^([1-9])(?:ST|ND|RD|TH)?\b\.?\s*")
_MARGIN = '_*= "“‘[('
_CAPITAL_SHARE = 0.7


@dataclass(frozen=True)
class Speech:
    """``raw[start:end]`` is the speech with its speaker's name; ``text`` is what is said, no more.

    ``speakers`` are labels as :func:`label` writes them, not yet one name a person. ``work`` tells the
    plays of one file apart, and is empty where there is but one.
    """

    speakers: tuple[str, ...]
    act: str
    scene: str
    start: int
    end: int
    text: str
    verse: bool
    work: str = ""

    @property
    def section(self) -> str:
        """``ACT I SCENE II``, after the work if there are several."""
        return " ".join(part for part in (self.work, self.act, self.scene) if part)


@dataclass(frozen=True)
class Drop:
    """``raw[start:end]`` is no speech, for one of :data:`PLAY_REASONS`."""

    start: int
    end: int
    reason: str


@dataclass
class Script:
    """A play as its reader found it.

    ``persons`` are whole names, as the list of persons gives them. ``aliases`` maps a label to a whole
    name where the file itself says so. Whether ``directions`` names a person tells which of two persons
    a short label means; they are the texts of directions with the section that they stand in.
    """

    speeches: list[Speech] = field(default_factory=list)
    drops: list[Drop] = field(default_factory=list)
    persons: set[str] = field(default_factory=set)
    aliases: dict[str, str] = field(default_factory=dict)
    directions: list[tuple[str, str]] = field(default_factory=list)


def without_inner(drops: list[Drop], spans: Sequence[tuple[int, int]]) -> list[Drop]:
    """The drops that lie in none of ``spans``, which are in order and do not overlap."""
    starts = [start for start, _ in spans]

    def inside(drop: Drop) -> bool:
        place = bisect_right(starts, drop.start) - 1
        return place >= 0 and drop.end <= spans[place][1]

    return [drop for drop in drops if not inside(drop)]


def label(name: str) -> str:
    """A speaker's name in the one form in which names are compared: capitals, plain apostrophes, no stop.

    ``1. Cit.``, ``1st Citizen`` and ``First Citizen`` begin alike; a leading article goes.
    """
    plain = _SPACES.sub(" ", name.replace("’", "'").replace("\u00a0", " ")).strip(" \t\n._=*:;,-—()[]")
    plain = plain.upper()
    if match := _COUNTED.match(plain):
        counted = f"{_ORDINALS[int(match.group(1)) - 1]} " if match.group(1) else ""
        plain = f"{counted}{plain[match.end() :]}".strip()
    return plain


def labels(names: str) -> tuple[str, ...]:
    """The labels of a list of speakers: ``ORLO and MARN``, ``Orlo, Marn``, ``ORLO & MARN``."""
    found = (label(name) for name in _JOIN.split(_BOTH.sub("", names)))
    return tuple(dict.fromkeys(name for name in found if name))


def join_lines(lines: Sequence[str], verse: bool | None = None) -> tuple[str, bool]:
    """The text of a speech that is stored line by line, and whether it is verse.

    If nobody says, it is verse when its lines begin with capitals as only verse does: an edition breaks
    prose at its own margin, within sentences.
    """
    kept = [_SPACES.sub(" ", line).strip() for line in lines]
    kept = [line for line in kept if line]
    if verse is None:
        capitals = sum(line.lstrip(_MARGIN + "'’")[:1].isupper() for line in kept[1:])
        verse = len(kept) > 1 and capitals >= _CAPITAL_SHARE * (len(kept) - 1)
    verse = verse and len(kept) > 1
    return ("\n" if verse else " ").join(kept), verse
