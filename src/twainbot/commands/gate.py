"""``twainbot gate``: what the gates said last, and which rows count against them."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twainbot.dataset.gates.suite import GATES, HEADER, table, text_table
from twainbot.files import InputError, read_json, read_jsonl

METRICS, OFFENDERS = "metrics/gate.json", "data/gate/offenders.jsonl"
_AROUND = 150  # characters shown on each side of what is to blame
_VERDICT = HEADER.index("verdict")


def print_gates(root: Path = Path()) -> bool:
    """Print the table of the last run; whether every gate passed.

    Raises:
        InputError: the gate stage has not run.
    """
    metrics = _metrics(root)
    rows = table(metrics["gates"])
    if sys.stdout.isatty():
        _print_coloured(rows)
    else:
        print(text_table(rows))
    if not metrics["passed"]:
        print("\n`twainbot gate --explain NAME` lists the rows that break a gate.")
    return bool(metrics["passed"])


def explain(name: str | None, limit: int, root: Path = Path()) -> None:
    """Print the rows that count against one gate, or against every broken one, with the reason and the text.

    Raises:
        InputError: no such gate, or the gate stage has not run.
    """
    if name is not None and name not in GATES:
        raise InputError(f"{name!r} is no gate. Gates: {', '.join(GATES)}.")
    gates = _metrics(root)["gates"]
    chosen = [name] if name else [gate for gate, result in gates.items() if not result["passed"]]
    if not chosen:
        print("Every gate passed. Give a name to see what a gate found within its budget.")
        return
    if not (root / OFFENDERS).is_file():
        raise InputError(f"{OFFENDERS} does not exist. `dvc repro gate` makes it.")
    offenders = read_jsonl(root / OFFENDERS)
    counts = Counter(offender["gate"] for offender in offenders)
    shown = [offender for gate in chosen for offender in [o for o in offenders if o["gate"] == gate][:limit]]
    texts = _texts(root, {offender["where"] for offender in shown})
    for gate in chosen:
        result = gates[gate]
        verdict = "passed" if result["passed"] else "FAILED"
        print(
            f"{gate} {verdict}: {result['measured']}: {result['value']:g}, "
            f"wanted {result['bound']} {result['budget']:g}"
        )
        for offender in shown:
            if offender["gate"] == gate:
                print(f"  {offender['where']}  {offender['id']}  {offender['why']}")
                if text := texts.get((offender["where"], offender["id"])):
                    print(f"      {excerpt(text, offender['near'])}")
        if counts[gate] > limit:
            print(f"  {limit} of {counts[gate]} shown; --limit {counts[gate]} shows all.")


def excerpt(text: str, near: str) -> str:
    """The text around ``near`` on one line, from its beginning where that is not found word for word."""
    found = text.lower().find(near.lower()) if near else 0
    start = max(0, found - _AROUND)
    end = max(found, 0) + len(near) + _AROUND
    return f"{'…' if start else ''}{' '.join(text[start:end].split())}{'…' if end < len(text) else ''}"


def _metrics(root: Path) -> Any:
    if not (root / METRICS).is_file():
        raise InputError(f"{METRICS} does not exist. `dvc repro gate` makes it (or `git checkout`).")
    return read_json(root / METRICS)


def _texts(root: Path, places: set[str]) -> dict[tuple[str, str], str]:
    """(file, id) -> what the row says."""
    found: dict[tuple[str, str], str] = {}
    for where in sorted(places):
        path = root / f"data/split/{where}.jsonl"
        if path.is_file():
            found |= {(where, str(row.get("id"))): row_text(row) for row in read_jsonl(path)}
    return found


def row_text(row: Mapping[str, Any]) -> str:
    """A row as text, a turn a line: its speaker, what is said, and the calls as they are on disk."""
    if "text" in row:
        return str(row["text"])
    turns = [turn for key in ("messages", "prompt", "chosen", "rejected") for turn in row.get(key) or ()]
    lines: list[str] = []
    for turn in turns:
        calls = [
            json.dumps(call.get("function"), ensure_ascii=False) for call in turn.get("tool_calls") or ()
        ]
        if turn.get("role") != "system":
            lines.append(f"{turn.get('role')}: {' '.join([str(turn.get('content') or ''), *calls]).strip()}")
    return "\n".join(lines)


def _print_coloured(rows: list[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table

    grid = Table(*HEADER, box=None, padding=(0, 2, 0, 0))
    for row in rows:
        colour = "green" if row[_VERDICT] == "PASS" else "bold red"
        cells = [f"[{colour}]{cell}[/]" if at == _VERDICT else cell for at, cell in enumerate(row)]
        grid.add_row(*cells)
    Console().print(grid)
