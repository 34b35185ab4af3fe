"""Preference rows: two continuations that differ, and every flaw among them."""

from __future__ import annotations

from collections import Counter
from typing import get_args

from twainbot.dataset.gates.material import Material
from twainbot.dataset.gates.result import GateResult, Offender, rows_within
from twainbot.records import Flaw
from twainbot.sections.rows import Gate

FLAWS: tuple[str, ...] = get_args(Flaw)


def pairs_differ(material: Material, budgets: Gate) -> GateResult:
    """Preference rows whose continuations are the same, or do not have the flaw that is named."""
    bad: list[Offender] = []
    for where, row in material.rows("prefs"):
        called = {side: any(m.get("tool_calls") for m in row[side]) for side in ("chosen", "rejected")}
        if row["flaw"] not in FLAWS:
            bad.append(Offender(row["id"], where, f"unknown flaw {row['flaw']!r}"))
        elif row["chosen"] == row["rejected"]:
            bad.append(Offender(row["id"], where, "chosen and rejected are the same"))
        elif row["flaw"] == "over_calling" and not called["rejected"]:
            bad.append(Offender(row["id"], where, "over_calling, and the rejected one calls nothing"))
        elif row["flaw"] == "under_calling" and not called["chosen"]:
            bad.append(Offender(row["id"], where, "under_calling, and the chosen one calls nothing"))
    return rows_within("pairs", "preference rows whose two continuations do not differ as they say", bad, 0)


def flaws(material: Material, budgets: Gate) -> GateResult:
    """The number of pairs of the rarest flaw among those trained on."""
    found = Counter(row["flaw"] for _, row in material.rows("prefs", splits=("train",)))
    rare = tuple(
        Offender(f"flaw {flaw}", "prefs/train", f"{found[flaw]} rows")
        for flaw in FLAWS
        if found[flaw] < budgets.min_pairs_flaw
    )
    return GateResult(
        "flaws", "training pairs of the rarest flaw", min(found[flaw] for flaw in FLAWS), "at least",
        budgets.min_pairs_flaw, rare,
    )  # fmt: skip
