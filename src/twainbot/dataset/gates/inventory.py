"""How many rows of each kind there are, for metrics and the data card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from twainbot.dataset.gates.material import Row, scenario


def inventory(mixes: Mapping[str, Mapping[str, Sequence[Row]]]) -> dict[str, Any]:
    """mix -> its rows by split, and by what its rows have of persona, domain, origin, template and flaw."""
    return {
        mix: {"split": {s: len(rows) for s, rows in splits.items()}, **_kinds(splits)}
        for mix, splits in mixes.items()
    }


def _kinds(splits: Mapping[str, Sequence[Row]]) -> dict[str, dict[str, int]]:
    rows = [row for split in splits.values() for row in split]
    tags = [row.get("tags") or row for row in rows]
    found = {
        "persona": _count(tag.get("persona") for tag in tags),
        "domain": _count(tag.get("domain") for tag in tags),
        "origin": _count(row.get("origin") for row in rows),
        "template": _count(scenario(row) if "template_id" in row else None for row in rows),
        "flaw": _count(row.get("flaw") for row in rows),
    }
    return {name: counted for name, counted in found.items() if counted}


def _count(values: Iterable[Any]) -> dict[str, int]:
    return dict(sorted(Counter(str(value) for value in values if value is not None).items()))
