"""Which texts are near-duplicates: MinHash LSH proposes, exact Jaccard similarity decides.

LSH alone is wrong both ways: at its default bands datasketch misses half of the pairs that lie at the
threshold, and a third of what it proposes lies below it. So the index is built at a lower threshold
and every proposed pair is verified on the shingles themselves.

Prose is compared by long shingles and short texts by short ones, as one changed word spoils so many of
a short text's long shingles that the copy looks new. A pair of which only one text is short is compared
as short texts are, so that a copy is not missed because a word more made it long.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache, partial

from twainbot.text.minhash import band_shape, buckets, signatures
from twainbot.text.shingles import NumberedTexts, number_words

_CACHED_SETS = 4096  # shingle sets of texts compared last: a hundred kilobytes each at most


@dataclass(frozen=True)
class DedupeRules:
    """See the ``dedupe`` section of params.yaml."""

    threshold: float
    index_threshold: float
    shingle_words: int
    short_threshold: float
    short_index_threshold: float
    short_shingle_words: int
    short_text_words: int
    num_perm: int
    seed: int


def jaccard(left: AbstractSet[bytes], right: AbstractSet[bytes]) -> float:
    """Size of the intersection over size of the union; 0 for two empty sets."""
    shared = len(left & right)
    union = len(left) + len(right) - shared
    return shared / union if union else 0.0


class _Comparison:
    """The texts that are compared by one length of shingle."""

    def __init__(
        self,
        texts: NumberedTexts,
        members: Sequence[int],
        size: int,
        threshold: float,
        index_threshold: float,
        rules: DedupeRules,
    ) -> None:
        self._threshold = threshold
        shape = band_shape(index_threshold, rules.num_perm)
        found = buckets(signatures(texts, members, size, rules.num_perm, rules.seed), *shape)
        self._buckets = {text: shared for text, shared in zip(members, found, strict=True) if shared}
        self._added: defaultdict[int, list[int]] = defaultdict(list)
        self._shingles = lru_cache(_CACHED_SETS)(partial(texts.shingles, size=size))

    def add(self, text: int) -> None:
        for bucket in self._buckets.get(text, ()):
            self._added[bucket].append(text)

    def candidates(self, text: int) -> set[int]:
        return {other for bucket in self._buckets.get(text, ()) for other in self._added.get(bucket, ())}

    def verified(self, text: int, candidates: Iterable[int]) -> dict[int, float]:
        found = {other: self._similarity(text, other) for other in sorted(candidates)}
        return {other: similarity for other, similarity in found.items() if similarity >= self._threshold}

    def _similarity(self, text: int, other: int) -> float:
        return jaccard(self._shingles(text), self._shingles(other))


class SimilarityIndex:
    """Texts, by number, of which some have been added; finds the added ones that are like a given one.

    Comparing with the added texts only, and adding only what is kept, costs one comparison a copy where
    all pairs of a large cluster would cost the square of its size.
    """

    def __init__(self, texts: Iterable[str], rules: DedupeRules) -> None:
        numbered = number_words(texts)
        self._rules = rules
        self._n_words: list[int] = numbered.n_words().tolist()
        # Of longer texts than this, none is as similar to a short one as the threshold demands.
        near_short = rules.short_text_words / max(rules.short_threshold, 1e-9)
        lengths = list(enumerate(self._n_words))
        self._prose = _Comparison(
            numbered,
            [text for text, length in lengths if length > rules.short_text_words],
            rules.shingle_words,
            rules.threshold,
            rules.index_threshold,
            rules,
        )
        self._short = _Comparison(
            numbered,
            [text for text, length in lengths if 0 < length <= near_short],
            rules.short_shingle_words,
            rules.short_threshold,
            rules.short_index_threshold,
            rules,
        )

    def add(self, text: int) -> None:
        """Make a text one of those that are found."""
        self._prose.add(text)
        self._short.add(text)

    def near(self, text: int) -> dict[int, float]:
        """Similarity of each added near-duplicate of this text; one without words has none."""
        prose = self._prose.candidates(text)
        short = {other for other in self._short.candidates(text) if self._is_short(text, other)}
        return self._prose.verified(text, prose) | self._short.verified(text, short)

    def shingle_words(self, text: int, other: int) -> int:
        """Words a shingle by which this pair is compared."""
        return self._rules.short_shingle_words if self._is_short(text, other) else self._rules.shingle_words

    def _is_short(self, text: int, other: int) -> bool:
        return min(self._n_words[text], self._n_words[other]) <= self._rules.short_text_words


def duplicate_pairs(texts: Iterable[str], rules: DedupeRules) -> dict[tuple[int, int], float]:
    """Similarity of every pair (i < j) of near-duplicates; in a cluster they are the square of its size."""
    listed = list(texts)
    index = SimilarityIndex(listed, rules)
    pairs: dict[tuple[int, int], float] = {}
    for j in range(len(listed)):
        pairs.update(((i, j), similarity) for i, similarity in index.near(j).items())
        index.add(j)
    return pairs
