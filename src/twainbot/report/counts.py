"""The data stages' counts as table rows; tolerant of keys that a stage adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twainbot.report.measures import finite
from twainbot.report.summary import count

SPLITS = ("train", "val", "test")


def count_rows(counts: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """(stage, what, count or list of counts) for every figure but rejects and the split's table."""
    rows = []
    for stage, found in counts.items():
        for key, value in found.items():
            if key == "rejects" or (stage == "split" and _is_split_row(value)):
                continue
            if text := _text(value):
                rows.append((stage, key.replace("_", " "), text))
    return rows


def _is_split_row(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and set(SPLITS) <= set(value)
        and all(finite(v) is not None for v in value.values())
    )


def _text(value: Any) -> str:
    if finite(value) is not None:
        return count(value) if isinstance(value, int) else f"{value:.4g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {text}" for key, item in value.items() if (text := _text(item)))
    return ""


def split_rows(split: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """(mix, train, val, test) of the split stage's metrics."""
    return [(name, *(count(row[s]) for s in SPLITS)) for name, row in split.items() if _is_split_row(row)]


def reject_rows(counts: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str, int]]:
    """(stage, reason, n), most frequent first within a stage; equal ones by name."""
    rows: list[tuple[str, str, int]] = []
    for stage, found in counts.items():
        rejects = found.get("rejects")
        if isinstance(rejects, Mapping):
            known = [(reason, int(n)) for reason, n in rejects.items() if finite(n)]
            rows += [(stage, reason, n) for reason, n in sorted(known, key=lambda pair: (-pair[1], pair[0]))]
    return rows
