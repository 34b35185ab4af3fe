"""Near-duplicates: clusters by size, the closest calls and the largest clusters, and pairs of sources."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from dataclasses import dataclass

from twainbot.records import Reject
from twainbot.report.corpus.inputs import Corpus
from twainbot.report.corpus.rejects import DEDUPE, shown

LARGEST, CLOSEST, COPIES, PAIRS = 8, 8, 5, 12
CHARACTERS = 420
_DETAIL = re.compile(r"(pas-[0-9a-z]+)\D+?(\d(?:\.\d+)?)\b")
Piece = tuple[str, str]  # "same", "removed" or "kept" (only there), and the words


@dataclass(frozen=True)
class Removed:
    """A removed copy beside the kept one."""

    id: str
    source: str
    similarity: float
    pieces: list[Piece]


@dataclass(frozen=True)
class Cluster:
    """A kept passage and the copies that were removed for it, the least similar first."""

    kept_id: str
    kept_source: str
    kept_text: str
    size: int  # with the kept one
    removed: list[Removed]


@dataclass(frozen=True)
class Duplicates:
    passages: int  # before duplicates were removed
    removed: int
    sizes: list[tuple[int, int]]  # size of a cluster, number of such clusters
    similarities: list[float]
    pairs: list[tuple[str, str, int]]  # removed from, kept in, passages
    other_pairs: int  # passages of pairs that are not named
    largest: list[Cluster]
    closest: list[Cluster]  # one removed copy each, the least similar: those nearest to the threshold


def duplicates(corpus: Corpus) -> Duplicates:
    """From the rejects' details, which name the kept passage and the similarity."""
    kept = {passage["id"]: passage for passage in corpus.passages}
    removed = [reject for reject in corpus.rejects if reject["stage"] == DEDUPE]
    stars: dict[str, list[tuple[float, Reject]]] = {}
    pairs: Counter[tuple[str, str]] = Counter()
    for reject in removed:
        if not (found := _DETAIL.search(reject["detail"])):
            continue
        stars.setdefault(found[1], []).append((float(found[2]), reject))
        pairs[reject["source_id"], kept[found[1]]["source_id"] if found[1] in kept else "dropped later"] += 1

    def cluster(kept_id: str, copies: list[tuple[float, Reject]]) -> Cluster:
        passage = kept.get(kept_id)
        text = passage["text"] if passage else ""
        ordered = sorted(copies, key=lambda pair: (pair[0], pair[1]["id"]))[:COPIES]
        return Cluster(
            kept_id=kept_id,
            kept_source=passage["source_id"] if passage else "dropped later",
            kept_text=shown(_cut(text), corpus.slurs),
            size=len(stars[kept_id]) + 1,
            removed=[
                Removed(copy["id"], copy["source_id"], score, _compared(text, copy["text"], corpus.slurs))
                for score, copy in ordered
            ],
        )

    by_size = sorted(stars, key=lambda key: (-len(stars[key]), key))
    least = {key: min(copies, key=lambda pair: (pair[0], pair[1]["id"])) for key, copies in stars.items()}
    calls = sorted(least, key=lambda key: (least[key][0], key))[:CLOSEST]
    named = sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))
    return Duplicates(
        passages=len(corpus.passages) + len(removed),
        removed=len(removed),
        sizes=sorted(Counter(len(copies) + 1 for copies in stars.values()).items()),
        similarities=sorted(score for copies in stars.values() for score, _ in copies),
        pairs=[(source, keeper, n) for (source, keeper), n in named[:PAIRS]],
        other_pairs=sum(n for _, n in named[PAIRS:]),
        largest=[cluster(key, stars[key]) for key in by_size[:LARGEST]],
        closest=[cluster(key, [least[key]]) for key in calls],
    )


def _cut(text: str) -> str:
    return text if len(text) <= CHARACTERS else text[:CHARACTERS] + "…"


def _compared(kept: str, removed: str, slurs: frozenset[str]) -> list[Piece]:
    """The removed text with what differs from the kept one marked, word by word."""
    left, right = (re.findall(r"\S+\s*", _cut(text)) for text in (kept, removed))
    pieces: list[Piece] = []
    matcher = difflib.SequenceMatcher(None, [w.strip() for w in left], [w.strip() for w in right], False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(("same", "".join(right[j1:j2])))
            continue
        if i1 < i2:
            pieces.append(("kept", "".join(left[i1:i2])))
        if j1 < j2:
            pieces.append(("removed", "".join(right[j1:j2])))
    return [(of, shown(words, slurs)) for of, words in pieces]
