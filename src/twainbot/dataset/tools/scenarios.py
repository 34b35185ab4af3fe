"""The kinds of conversation, and how many there are of each in each split."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar, get_args

from twainbot.records import CallScenario, NoCallScenario, Split

CALL_SCENARIOS: tuple[CallScenario, ...] = get_args(CallScenario)
NO_CALL_SCENARIOS: tuple[NoCallScenario, ...] = get_args(NoCallScenario)
FAILURES = ("tool_error", "timeout", "empty_result", "wrong_place", "stale_date", "malformed")
# Where a conversation of a split takes its places from. Its sentences are always the split's own.
PLACES: dict[Split, dict[Split, float]] = {
    "train": {"train": 1.0},
    "val": {"val": 0.6, "train": 0.4},
    "test": {"test": 0.6, "train": 0.4},
}
Name = TypeVar("Name", bound=str)
_HELD_OUT = 0.1  # of every scenario for validation, and as much for testing


def evenly(names: Sequence[Name]) -> dict[Name, float]:
    """The same share for each name."""
    return {name: 1 / len(names) for name in names}


def quotas(
    n: int,
    no_call_share: float,
    calls: Mapping[CallScenario, float],
    no_calls: Mapping[NoCallScenario, float],
) -> dict[str, int]:
    """How many conversations of each scenario, ``n`` in all, by largest remainder.

    Args:
        calls: shares of those that want the weather tool, 1 in all.
        no_calls: shares of those that want none.
    """
    shares: dict[str, float] = {name: share * (1 - no_call_share) for name, share in calls.items()}
    shares |= {name: share * no_call_share for name, share in no_calls.items()}
    counts = {name: int(share * n) for name, share in shares.items()}
    by_remainder = sorted(shares, key=lambda name: (counts[name] - shares[name] * n, name))
    for name in by_remainder[: n - sum(counts.values())]:
        counts[name] += 1
    return counts


def plan(counts: Mapping[str, int], personas: Sequence[str], seed: int) -> list[tuple[str, Split, str]]:
    """Scenario, split and persona of every conversation, in a seeded order.

    Every scenario with at least three conversations is in every split, and personas take turns in each.
    """
    rng = random.Random(f"{seed}/plan")
    rows: list[tuple[str, Split, str]] = []
    for name, count in counts.items():
        held_out = max(round(_HELD_OUT * count), int(count >= 3))
        parts: list[tuple[Split, int]] = [
            ("test", held_out), ("val", held_out), ("train", count - 2 * held_out),
        ]  # fmt: skip
        splits = [split for split, size in parts for _ in range(size)]
        turns = rng.sample(personas, len(personas))
        rows += [(name, split, turns[at % len(turns)]) for at, split in enumerate(splits[:count])]
    rng.shuffle(rows)
    return rows
