"""Train, validation and test by family, so that nothing of one book (or chapter) is on two sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from twainbot.dataset.instruct import draw
from twainbot.records import Example, Passage, Split


def assign_families(
    sizes: dict[str, dict[str, int]], held_out: frozenset[str], *, val_share: float, test_share: float, seed: int
) -> dict[str, Split]:
    """A split for every family.

    Args:
        sizes: persona -> family -> number of rows. Shares are met for each persona, as nearly as its
            families allow; a family that several personas share (a scene) gets one split.
        held_out: families that are test whatever the shares.

    A persona with held-out families gets no other test families, and one with a single family stays
    in train: there is nothing to hold out.
    """
    splits: dict[str, Split] = dict.fromkeys(sorted(held_out), "test")
    for persona in sorted(sizes):
        families = sizes[persona]
        total = sum(families.values())
        counts: Counter[str] = Counter()
        for family in families:
            if family in splits:
                counts[splits[family]] += families[family]
        free = sorted((f for f in families if f not in splits), key=lambda family: draw(seed, "family", family))
        wanted: list[tuple[Split, float]] = [("test", test_share), ("val", val_share)]
        for split, share in wanted:
            # Take the next family while that brings the share nearer, and always leave one to train on.
            while len(free) > 1 and (
                counts[split] == 0 or abs(counts[split] + families[free[0]] - share * total) < abs(counts[split] - share * total)
            ):
                family = free.pop(0)
                splits[family] = split
                counts[split] += families[family]
        splits.update(dict.fromkeys(free, "train"))
    return splits


def split_rows(rows: Sequence[Example], splits: dict[str, Split]) -> list[Example]:
    """The rows with their split filled in from their family; a split that is set already stays."""
    return [{**row, "split": row["split"] or splits[row["family"]]} for row in rows]


def family_sizes(rows: Sequence[Example]) -> dict[str, dict[str, int]]:
    """persona -> family -> number of rows, in a fixed order."""
    sizes: dict[str, dict[str, int]] = {}
    for row in rows:
        families = sizes.setdefault(row["tags"]["persona"], {})
        families[row["family"]] = families.get(row["family"], 0) + 1
    return sizes


def text_rows(passages: Sequence[Passage], splits: dict[str, Split]) -> list[dict[str, object]]:
    """Plain-text rows for continued pre-training, one a passage whose family has a split."""
    return [
        {
            "id": f"text-{passage['id'].removeprefix('pas-')}",
            "text": passage["text"],
            "persona": passage["persona"],
            "parents": [passage["id"]],
            "family": passage["family"],
            "split": "test" if passage["holdout"] else splits[passage["family"]],
        }
        for passage in passages
        if passage["holdout"] or passage["family"] in splits
    ]


def mix(style: Sequence[Example], tools: Sequence[Example], tools_share: float, seed: int) -> list[Example]:
    """All tool rows and as many style rows as give ``tools_share``, in a seeded order."""
    wanted = round(len(tools) * (1 - tools_share) / tools_share) if tools_share > 0 else len(style)
    chosen = sorted(style, key=lambda row: draw(seed, "mix", row["id"]))[:wanted]
    return shuffled([*chosen, *tools], seed)


def shuffled(rows: Sequence[Example], seed: int) -> list[Example]:
    """The rows in an order that depends on their ids and the seed only."""
    return sorted(rows, key=lambda row: draw(seed, "order", row["id"]))
