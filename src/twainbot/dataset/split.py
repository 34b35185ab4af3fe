"""Train, validation and test by family, so that nothing of one book (or chapter) is on two sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from twainbot.dataset.sampling import draw
from twainbot.records import Example, Passage, Split

Row = TypeVar("Row", bound=Mapping[str, Any])


def assign_families(
    sizes: dict[str, dict[str, int]],
    held_out: frozenset[str],
    *,
    val_share: float,
    test_share: float,
    seed: int,
) -> dict[str, Split]:
    """A split for every family.

    Args:
        sizes: persona -> family -> number of rows. Shares of what is not held out are met for each
            persona, as nearly as its families allow; a family that several personas share (a scene) gets
            one split.
        held_out: families that are test whatever the shares.

    A persona with held-out families gets no other test families of its own. Every persona keeps a family
    to train on, if it has one that is not held out.
    """
    splits: dict[str, Split] = dict.fromkeys(sorted(held_out), "test")
    trainable = {persona: families.keys() - held_out for persona, families in sizes.items()}
    for persona in sorted(sizes):
        families = sizes[persona]
        # Held-out books may be many times what the cap leaves of the others.
        total = sum(size for family, size in families.items() if family not in held_out)
        counts: Counter[str] = Counter()
        for family in families:
            if family in splits:
                counts[splits[family]] += families[family]
        free = sorted(
            (f for f in families if f not in splits), key=lambda family: draw(seed, "family", family)
        )
        wanted: list[tuple[Split, float]] = [("val", val_share)]
        if held_out.isdisjoint(families):
            wanted.insert(0, ("test", test_share))
        for split, share in wanted:
            target = share * total
            # Families that no persona, this one or another in the same scene, needs as its last to train on.
            while target > 0 and (
                spare := [f for f in free if all(len(rest) > 1 for rest in trainable.values() if f in rest)]
            ):
                # A family larger than twice what is missing would take the share further off.
                family = next((f for f in spare if families[f] < 2 * (target - counts[split])), None)
                if family is None:
                    if counts[split]:
                        break
                    family = min(spare, key=lambda f: families[f])
                splits[family] = split
                counts[split] += families[family]
                free.remove(family)
                for rest in trainable.values():
                    rest.discard(family)
        for family in free:
            splits[family] = "train"
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
    """Plain-text rows for continued pre-training, one a passage of a book, page or play with a split."""
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
        if passage["kind"] in ("book", "page", "play") and (passage["holdout"] or passage["family"] in splits)
    ]


def mix(style: Sequence[Example], tools: Sequence[Example], tools_share: float, seed: int) -> list[Example]:
    """All tool rows and as many style rows as give ``tools_share``, in a seeded order.

    With a share of 0, or no tool rows, all style rows and nothing else.
    """
    if not tools or tools_share <= 0:
        return shuffled(style, seed)
    wanted = round(len(tools) * (1 - tools_share) / tools_share)
    chosen = sorted(style, key=lambda row: draw(seed, "mix", row["id"]))[:wanted]
    return shuffled([*chosen, *tools], seed)


def shuffled(rows: Sequence[Row], seed: int) -> list[Row]:
    """The rows in an order that depends on their ids and the seed only."""
    return sorted(rows, key=lambda row: draw(seed, "order", row["id"]))
