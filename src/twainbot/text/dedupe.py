"""Near-duplicates: MinHash LSH proposes, exact Jaccard similarity decides, quality chooses.

LSH alone is wrong both ways: at its default bands datasketch misses half of the pairs that lie at the
threshold, and a third of what it proposes lies below it. So the index is built at a lower threshold
and every proposed pair is verified on the shingles themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from twainbot.files import content_id
from twainbot.records import Passage, Reject
from twainbot.text.normalize import words


@dataclass(frozen=True)
class DedupeRules:
    """See the ``dedupe`` section of params.yaml."""

    threshold: float
    index_threshold: float
    num_perm: int
    shingle_words: int
    short_shingle_words: int
    short_text_words: int
    seed: int


@dataclass(frozen=True)
class Deduped:
    """Survivors in their order, and for every removed passage the kept one and the similarity."""

    passages: list[Passage]
    rejects: list[Reject]
    clusters: int


def shingles(text: str, rules: DedupeRules) -> frozenset[str]:
    """Word n-grams. Short texts get shorter ones: with 5-grams one changed word hides a repeated joke."""
    found = words(text)
    size = rules.short_shingle_words if len(found) <= rules.short_text_words else rules.shingle_words
    if len(found) <= size:
        return frozenset([" ".join(found)]) if found else frozenset()
    return frozenset(" ".join(found[i : i + size]) for i in range(len(found) - size + 1))


def jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    """Size of the intersection over size of the union; 0 for two empty sets."""
    union = len(left | right)
    return len(left & right) / union if union else 0.0


def candidate_pairs(sets: Sequence[frozenset[str]], rules: DedupeRules) -> list[tuple[int, int]]:
    """Pairs (i < j) that share an LSH bucket. Empty sets are left out: they would all match."""
    import xxhash
    from datasketch import MinHash, MinHashLSH

    index: Any = MinHashLSH(threshold=rules.index_threshold, num_perm=rules.num_perm)
    present = [i for i, items in enumerate(sets) if items]
    signatures = MinHash.bulk(
        [[shingle.encode("utf-8") for shingle in sorted(sets[i])] for i in present],
        num_perm=rules.num_perm,
        seed=rules.seed,
        hashfunc=xxhash.xxh32_intdigest,
    )
    pairs: set[tuple[int, int]] = set()
    for i, signature in zip(present, signatures, strict=True):
        pairs.update((j, i) for j in index.query(signature))
        index.insert(i, signature)
    return sorted(pairs)


def dedupe(passages: Sequence[Passage], rules: DedupeRules) -> Deduped:
    """Keep the best copy of each near-duplicate.

    Greedy by (quality, then order): a passage is removed only if a *kept* passage lies within the
    threshold, so similarity is never chained through a third text. Texts of different length classes
    have different shingles and are never compared. A speech whose cue is removed gets the kept copy of
    the cue as its ``previous``, but never a held-out one unless it is held out itself.
    """
    sets = [shingles(passage["text"], rules) for passage in passages]
    neighbours: dict[int, dict[int, float]] = {}
    for i, j in candidate_pairs(sets, rules):
        similarity = jaccard(sets[i], sets[j])
        if similarity >= rules.threshold:
            neighbours.setdefault(i, {})[j] = similarity
            neighbours.setdefault(j, {})[i] = similarity

    kept: set[int] = set()
    kept_by: dict[int, int] = {}
    # A held-out text yields to nothing: what is like it must leave the training side instead.
    for i in sorted(neighbours, key=lambda i: (not passages[i]["holdout"], -passages[i]["quality"], i)):
        near = [(similarity, -j) for j, similarity in neighbours[i].items() if j in kept]
        if near:
            kept_by[i] = -max(near)[1]
        else:
            kept.add(i)

    clusters = {i: content_id("clu", passages[i]["id"]) for i in set(kept_by.values())}
    copies = {passages[i]["id"]: passages[keeper] for i, keeper in kept_by.items()}
    survivors: list[Passage] = []
    rejects: list[Reject] = []
    for i, passage in enumerate(passages):
        if i in kept_by:
            keeper = kept_by[i]
            rejects.append(
                Reject(
                    id=passage["id"],
                    doc_id=passage["doc_id"],
                    source_id=passage["source_id"],
                    stage="dedupe",
                    reason="duplicate",
                    detail=f"{passages[keeper]['id']} {neighbours[i][keeper]:.3f}",
                    start=passage["start"],
                    end=passage["end"],
                    text=passage["text"],
                )
            )
        else:
            previous = passage["previous"]
            if copy := copies.get(previous or ""):
                previous = copy["id"] if passage["holdout"] or not copy["holdout"] else None
            survivors.append({**passage, "previous": previous, "cluster_id": clusters.get(i)})
    return Deduped(survivors, rejects, len(clusters))
