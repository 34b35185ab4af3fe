"""Reads the lists of sentences in data/tools: which there must be, and what their entries must hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from twainbot.dataset.tools.schemas import read_tools
from twainbot.dataset.tools.wording import (
    ALTERNATIVES,
    LEAST,
    SLOT,
    Chatter,
    OtherRequest,
    OtherTool,
    Sentence,
    Template,
    Wording,
    certain_slots,
    position_split,
    slots_of,
)
from twainbot.files import InputError

# What the second column of a request may name.
ASKED = {
    "report": ("general", "temperature", "rain", "snow", "wind", "humidity"),
    "recall": ("high", "low", "wind", "humidity"),
}


class Slots(NamedTuple):
    """``required`` are all needed, or with ``one_of`` at least one of them."""

    allowed: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    one_of: bool = False


_CHANGED = ("place", "day", "unit")
REQUESTS = {
    "plain": Slots(("place",), ("place",)),
    "unit": Slots(("place", "unit"), ("place", "unit")),
    "relative_date": Slots(("place", "day"), ("place", "day")),
    # Second messages: a slot says what changes.
    "follow_up": Slots(_CHANGED, _CHANGED, one_of=True),
    "correction": Slots((*_CHANGED, "region"), (*_CHANGED, "region"), one_of=True),
    "compare": Slots(("a", "b", "day"), ("a", "b")),
    "missing_place": Slots(("day", "unit")),
    "place_answer": Slots(("place",), ("place",)),
    "missing_day": Slots(("place", "unit"), ("place",)),
    "day_answer": Slots(("day",), ("day",)),
    "recall": Slots(),
    "thanks": Slots(),
}
CHATTER = ("smalltalk", "no_tool", "weather_words")

_FIGURES = ("condition", "t", "h", "l", "u", "hum", "wind", "rain")
_REPORT = Slots(("place", "day", *_FIGURES))
_COMPARED = ("warm", "wh", "cool", "ch", "u", "day")
GROUPS = ("clear", "cloud", "fog", "rain", "thunder", "snow", "wind", "hot", "cold", "any")
REPLIES = {
    **dict.fromkeys(GROUPS, _REPORT),
    "facts": Slots(_REPORT.allowed, ("h", "l", "t"), one_of=True),
    **dict.fromkeys(
        [f"asked.{name}" for name in ("wet", "dry", "frozen", "snow", "no_snow", "wind", "humidity")], _REPORT
    ),
    "compare": Slots(_COMPARED, ("warm", "cool"), one_of=True),
    "compare_equal": Slots(_COMPARED, ("warm", "cool"), one_of=True),
    **dict.fromkeys([f"recall.{name}" for name in ASKED["recall"]], Slots(_FIGURES)),
    **dict.fromkeys(("error", "unknown", "timeout", "empty", "malformed"), Slots(("asked",))),
    "wrong_place": Slots(("asked", "got")),
    "stale_date": Slots(("asked", "day", "got")),
    "ask_place": Slots(),
    "ask_day": Slots(("place",)),
    "welcome": Slots(),
}


def load_wording(folder: Path) -> Wording:
    """Read requests, chatter, other_requests and replies/PERSONA.yaml of a folder laid out as data/tools.

    Raises:
        InputError: a list that is unknown, missing or has fewer than ten entries, an entry of the wrong
            form, an unknown or a missing slot, alternatives that are nested or empty; all named at once.
    """
    reader = _Reader(folder)
    replies = {path.stem: reader.replies(path.stem) for path in sorted(folder.glob("replies/*.yaml"))}
    if not replies:
        reader.problems.append("replies: no persona's file of replies there")
    wording = Wording(
        reader.requests(), reader.chatter(sorted(replies)), replies, reader.others(sorted(replies))
    )
    if reader.problems:
        raise InputError("\n".join([*reader.problems, f"Mend these in {folder}."]))
    return wording


class _Reader:
    """Reads the files and keeps what is wrong with them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[str] = []

    def _read(self, name: str) -> dict[str, Any]:
        path = self.folder / f"{name}.yaml"
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            self.problems.append(f"{name}.yaml: cannot be read: {' '.join(str(error).split())}")
            return {}
        if isinstance(content, dict):
            return content
        self.problems.append(f"{name}.yaml: expected lists by name, found {type(content).__name__}")
        return {}

    def _names(self, where: str, found: Iterable[str], known: Iterable[str]) -> None:
        found, known = list(found), list(known)
        self.problems += [f"{where}: {name}: unknown list" for name in found if name not in known]
        self.problems += [f"{where}: {name}: missing" for name in known if name not in found]

    def _list(self, where: str, rows: Any) -> list[Any]:
        if not isinstance(rows, list):
            self.problems.append(f"{where}: expected a list, found {type(rows).__name__}")
            return []
        if len(rows) < LEAST:
            self.problems.append(
                f"{where}: {len(rows)} entries; {LEAST} are the least, so that each split has its own"
            )
        return rows

    def _text(
        self,
        where: str,
        text: Any,
        allowed: Iterable[str],
        required: Iterable[str] = (),
        one_of: bool = False,
    ) -> str:
        """Check one sentence; of ``required`` all slots must be there, or with ``one_of`` at least one."""
        if not isinstance(text, str) or not text.strip():
            self.problems.append(f"{where}: expected a sentence, found {text!r}")
            return ""
        if any(not part.strip() for match in ALTERNATIVES.finditer(text) for part in match[1].split("|")):
            self.problems.append(f"{where}: an alternative is empty: {text}")
        if "|" in ALTERNATIVES.sub("", text):
            self.problems.append(f"{where}: alternatives are nested, or without brackets: {text}")
        if re.search(r"[{}]", SLOT.sub("", text)):
            self.problems.append(f"{where}: a brace without its fellow: {text}")
        if unknown := sorted(slots_of(text) - set(allowed)):
            self.problems.append(f"{where}: unknown slot {', '.join(unknown)}: {text}")
        absent = [slot for slot in required if slot not in certain_slots(text)]
        if absent and (not one_of or len(absent) == len(list(required))):
            joined = " or ".join(absent) if one_of else ", ".join(absent)
            self.problems.append(f"{where}: slot {joined} is missing: {text}")
        return text

    def requests(self) -> dict[str, tuple[Template, ...]]:
        content = self._read("requests")
        self._names("requests.yaml", content, REQUESTS)
        result: dict[str, tuple[Template, ...]] = {}
        for name, rows in content.items():
            found = []
            for number, row in enumerate(self._list(f"requests.yaml: {name}", rows)):
                where = f"requests.yaml: {name}[{number}]"
                if not (
                    isinstance(row, list) and len(row) == 3 and all(isinstance(part, str) for part in row)
                ):
                    self.problems.append(f"{where}: expected [register, asked, text], found {row!r}")
                    continue
                register, asked, text = row
                known = ASKED["recall" if name == "recall" else "report"]
                if asked not in known:
                    self.problems.append(f"{where}: asks for {asked!r}, not for one of {', '.join(known)}")
                if name in REQUESTS:
                    slots = REQUESTS[name]
                    self._text(where, text, slots.allowed, slots.required, slots.one_of)
                found.append(Template(f"{name}-{number:02}", text, position_split(number), register, asked))
            result[name] = tuple(found)
        return result

    def chatter(self, personas: Sequence[str]) -> dict[str, tuple[Chatter, ...]]:
        content = self._read("chatter")
        self._names("chatter.yaml", content, CHATTER)
        result: dict[str, tuple[Chatter, ...]] = {}
        for name, rows in content.items():
            found = []
            for number, row in enumerate(self._list(f"chatter.yaml: {name}", rows)):
                where = f"chatter.yaml: {name}[{number}]"
                if not isinstance(row, dict) or (missing := sorted({"u", *personas} - set(row))):
                    what = ", ".join(missing) if isinstance(row, dict) else "u and the answers"
                    self.problems.append(f"{where}: {what} missing")
                    continue
                users = row["u"] if isinstance(row["u"], list) else [row["u"]]
                for text in (*users, *(row[persona] for persona in personas)):
                    self._text(where, text, ("place",))
                answers = {persona: row[persona] for persona in personas}
                found.append(Chatter(f"{name}-{number:02}", tuple(users), answers, position_split(number)))
            result[name] = tuple(found)
        return result

    def replies(self, persona: str) -> dict[str, tuple[Sentence, ...]]:
        lists: dict[str, Any] = {}
        for name, rows in self._read(f"replies/{persona}").items():
            lists |= (
                {f"{name}.{part}": r for part, r in rows.items()} if isinstance(rows, dict) else {name: rows}
            )
        file = f"replies/{persona}.yaml"
        self._names(file, lists, REPLIES)
        result: dict[str, tuple[Sentence, ...]] = {}
        for name in REPLIES:
            slots = REPLIES[name]
            rows = self._list(f"{file}: {name}", lists[name]) if name in lists else []
            for number, text in enumerate(rows):
                self._text(f"{file}: {name}[{number}]", text, slots.allowed, slots.required, slots.one_of)
            result[name] = tuple(
                Sentence(f"{persona}/{name}-{number:02}", str(text), position_split(number))
                for number, text in enumerate(rows)
            )
        if len(result["facts"]) >= LEAST:
            # The temperature of the moment says nothing of tomorrow.
            any_day = {s.split for s in result["facts"] if "t" not in slots_of(s.text)}
            self.problems += [
                f"{file}: facts: every entry of {split} has {{t}}, so none fits another day than today"
                for split in ("train", "val", "test")
                if split not in any_day
            ]
        return result

    def others(self, personas: Sequence[str]) -> dict[str, OtherTool]:
        content = self._read("other_requests")
        try:
            tools = read_tools(self.folder / "other_tools.json")
        except InputError as error:
            self.problems += str(error).splitlines()
            return {}
        schemas = {tool["function"]["name"]: tool["function"]["parameters"]["properties"] for tool in tools}
        self._names("other_requests.yaml", content, schemas)
        result: dict[str, OtherTool] = {}
        for name, row in sorted(content.items()):
            where = f"other_requests.yaml: {name}"
            if not isinstance(row, dict):
                self.problems.append(f"{where}: expected u, slots, result and the answers, found {row!r}")
                continue
            if missing := sorted({"u", "slots", "result", *personas} - set(row)):
                self.problems.append(f"{where}: {', '.join(missing)} missing")
                continue
            if not isinstance(row["slots"], dict) or not isinstance(row["result"], dict):
                self.problems.append(f"{where}: slots and result: each needs a mapping")
                continue
            slots = {*row["slots"], "city", "city2"}
            requests = []
            for number, entry in enumerate(self._list(f"{where}: u", row["u"])):
                at = f"{where}: u[{number}]"
                if not (isinstance(entry, list) and len(entry) == 2 and isinstance(entry[1], dict)):
                    self.problems.append(f"{at}: expected [text, arguments], found {entry!r}")
                    continue
                text, arguments = entry
                needed = sorted({s for form in arguments.values() for s in slots_of(str(form))})
                self._text(at, text, slots, needed)
                if unknown := sorted({*map(str, arguments)} - set(schemas.get(name, arguments))):
                    self.problems.append(f"{at}: {name} has no argument {', '.join(unknown)}")
                requests.append(
                    OtherRequest(f"other_{name}-{number:02}", text, position_split(number), name, arguments)
                )
            answers: dict[str, tuple[Sentence, ...]] = {}
            for persona in personas:
                rows = self._list(f"{where}: {persona}", row[persona])
                for number, text in enumerate(rows):
                    self._text(f"{where}: {persona}[{number}]", text, row["result"])
                answers[persona] = tuple(
                    Sentence(f"{persona}/other_{name}-{n:02}", str(text), position_split(n))
                    for n, text in enumerate(rows)
                )
            result[name] = OtherTool(row["slots"], tuple(requests), row["result"], answers)
        return result
