"""The best copy of each near-duplicate stays; what goes names it.

What counts as a near-duplicate is :mod:`twainbot.text.similar`'s to say, which copy is best
:mod:`twainbot.text.quality`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from twainbot.files import content_id
from twainbot.records import Duplicate, Passage, Reject
from twainbot.text.similar import DedupeRules, SimilarityIndex


@dataclass(frozen=True)
class Deduped:
    """Survivors and removed passages in the order given; for each removed one the kept one."""

    passages: list[Passage]
    rejects: list[Reject]
    duplicates: list[Duplicate]
    clusters: int


def _never(text: int, other: int) -> bool:
    return False


def keep_best(
    order: Iterable[int], index: SimilarityIndex, apart: Callable[[int, int], bool] = _never
) -> dict[int, tuple[int, float]]:
    """For each text that goes, the kept text most like it and their similarity.

    Greedy: a text goes only if one that was *kept* before it is a near-duplicate, so similarity is never
    chained through a third text. Each cluster is a star with one survivor.

    Args:
        order: numbers of the texts, the best first.
        apart: whether two texts are no copies of each other however alike they are.
    """
    removed: dict[int, tuple[int, float]] = {}
    rank: dict[int, int] = {}
    for text in order:
        if near := {other: value for other, value in index.near(text).items() if not apart(text, other)}:
            keeper = max(near, key=lambda other: (near[other], -rank[other]))
            removed[text] = keeper, near[keeper]
        else:
            rank[text] = len(rank)
            index.add(text)
    return removed


def dedupe(passages: Sequence[Passage], rules: DedupeRules) -> Deduped:
    """Keep the best copy of each near-duplicate, and of equally good ones the first.

    A held-out text yields to none but another held-out one: what is like it leaves the training side
    instead. Speeches of one play are no copies of each other: who repeats a line means to. A speech whose
    cue is removed gets the kept copy of the cue as its ``previous``, but never a held-out one unless it is
    held out itself.

    Where no two passages have the same quality, the result does not depend on their order.
    """
    index = SimilarityIndex((passage["text"] for passage in passages), rules)
    best_first = sorted(
        range(len(passages)), key=lambda i: (not passages[i]["holdout"], -passages[i]["quality"], i)
    )

    def one_play(text: int, other: int) -> bool:
        left, right = passages[text], passages[other]
        return left["kind"] == "play" and left["doc_id"] == right["doc_id"]

    removed = keep_best(best_first, index, one_play)

    clusters = {i: content_id("clu", passages[i]["id"]) for i, _ in removed.values()}
    copies = {passages[i]["id"]: passages[keeper] for i, (keeper, _) in removed.items()}
    survivors: list[Passage] = []
    rejects: list[Reject] = []
    duplicates: list[Duplicate] = []
    for i, passage in enumerate(passages):
        if i not in removed:
            previous = passage["previous"]
            if copy := copies.get(previous or ""):
                previous = copy["id"] if passage["holdout"] or not copy["holdout"] else None
            survivors.append({**passage, "previous": previous, "cluster_id": clusters.get(i)})
            continue
        keeper, similarity = removed[i]
        kept = passages[keeper]
        rejects.append(
            Reject(
                id=passage["id"],
                doc_id=passage["doc_id"],
                source_id=passage["source_id"],
                stage="dedupe",
                reason="duplicate",
                detail=f"{kept['id']} {similarity:.3f}",
                start=passage["start"],
                end=passage["end"],
                text=passage["text"],
            )
        )
        duplicates.append(
            Duplicate(
                cluster_id=clusters[keeper],
                kept_id=kept["id"],
                kept_source_id=kept["source_id"],
                member_id=passage["id"],
                member_source_id=passage["source_id"],
                similarity=round(similarity, 4),
                shingle_words=index.shingle_words(i, keeper),
            )
        )
    return Deduped(survivors, rejects, duplicates, len(clusters))
