"""The training rows as the page shows them: what the gate measured, counts, and a few rows as chat."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twainbot.report.conversations import Turn, message_turn, printable
from twainbot.report.counts import SPLITS

MIXES = ("style", "tools", "prefs", "dapt")  # combined is rows of style and of tools
ROWS_A_MIX = 3
_CONTROL_TAGS = re.compile(r"(?:\[[A-Z]+=[^\]\s]+\]\s*)+")

Mixes = Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]  # mix -> split -> rows as on disk
SplitCounts = dict[str, Counter[str]]  # by split
GridCounts = dict[str, Counter[tuple[str, str]]]  # by split, of (persona, template)


@dataclass(frozen=True)
class GateRow:
    """One gate as cells of a table."""

    name: str
    measured: str
    value: str
    budget: str
    verdict: str
    offenders: int


@dataclass(frozen=True)
class SampleRow:
    """One training row, laid out. A text to read on has a single turn and no system prompt."""

    id: str
    what: str  # persona and template, scenario or flaw
    control_tags: tuple[str, ...]
    system: str  # without the control tags
    tools: tuple[str, ...]
    turns: tuple[Turn, ...]
    chosen: tuple[Turn, ...] = ()  # of a pair
    rejected: tuple[Turn, ...] = ()


def gate_rows(gate: Mapping[str, Any]) -> list[GateRow]:
    """The gates of metrics/gate.json, in its order."""
    return [
        GateRow(
            name,
            found["measured"],
            _figure(found["value"]),
            f"{found['bound']} {_figure(found['budget'])}",
            "PASS" if found["passed"] else "FAIL",
            found["offenders"],
        )
        for name, found in gate.get("gates", {}).items()
    ]


def _figure(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"


def template_of(row: Mapping[str, Any]) -> str:
    """A style row's template or a tool row's scenario, without the number of its wording."""
    return str(row["template_id"]).partition(":")[0]


def persona_by_template(mixes: Mixes) -> GridCounts:
    """How many style rows of each split are of which persona and template."""
    return {
        split: Counter((row["tags"]["persona"], template_of(row)) for row in mixes["style"][split])
        for split in SPLITS
    }


def scenarios(mixes: Mixes) -> SplitCounts:
    """How many tool rows of each split are of which scenario."""
    return {split: Counter(map(template_of, mixes["tools"][split])) for split in SPLITS}


def flaws(mixes: Mixes) -> SplitCounts:
    """How many pairs of each split have which flaw."""
    return {split: Counter(str(row["flaw"]) for row in mixes["prefs"][split]) for split in SPLITS}


def samples(mixes: Mixes, a_mix: int = ROWS_A_MIX) -> dict[str, list[SampleRow]]:
    """``a_mix`` training rows of each mix, spread evenly over its file: by position and not by quality."""
    return {mix: [laid_out(row) for row in _spread(mixes[mix]["train"], a_mix)] for mix in MIXES}


def _spread(rows: Sequence[Mapping[str, Any]], total: int) -> list[Mapping[str, Any]]:
    wanted = min(total, len(rows))
    return [rows[(2 * i + 1) * len(rows) // (2 * wanted)] for i in range(wanted)]


def laid_out(row: Mapping[str, Any]) -> SampleRow:
    """A row of any mix as the page shows it."""
    if "text" in row:
        text = Turn("text", printable(row["text"]))
        return SampleRow(printable(row["id"]), printable(row["persona"]), (), "", (), (text,))
    messages = row["prompt"] if "prompt" in row else row["messages"]
    system = "\n\n".join(m["content"] or "" for m in messages if m["role"] == "system")
    led = _CONTROL_TAGS.match(system)
    kind = row["flaw"] if "flaw" in row else template_of(row)
    return SampleRow(
        id=printable(row["id"]),
        what=printable(f"{row['tags']['persona']}, {kind.replace('_', ' ')}"),
        control_tags=tuple(printable(led[0]).split()) if led else (),
        system=printable(system[led.end() :] if led else system),
        tools=tuple(printable(str(tool["function"]["name"])) for tool in row["tools"] or ()),
        turns=tuple(message_turn(m) for m in messages if m["role"] != "system"),
        chosen=tuple(map(message_turn, row.get("chosen", ()))),
        rejected=tuple(map(message_turn, row.get("rejected", ()))),
    )
