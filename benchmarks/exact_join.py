"""All pairs of texts whose shingle sets have a Jaccard similarity of at least t, found without chance.

The truth that benchmarks/dedupe.py measures against. It shares no code with what it judges but the
definition of a word. Prefix filter: Chaudhuri, Ganti and Kaushik (2006), "A primitive operator for
similarity joins in data cleaning"; Bayardo, Ma and Srikant (2007), "Scaling up all pairs similarity search".
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt

from twainbot.text.normalize import words

Shingles = npt.NDArray[np.int64]


def shingle_sets(texts: Iterable[str]) -> list[Shingles]:
    """The distinct word 5-grams of each text as numbers, sorted; equal 5-grams, and only they, are equal.

    Texts of fewer than five words have none.
    """
    numbering: defaultdict[str, int] = defaultdict(lambda: len(numbering))
    numbers = [np.array([numbering[word] for word in words(text)], np.int64) for text in texts]
    joined, n_words = np.concatenate(numbers), len(numbering)
    # A 5-gram is two pairs and a word, so that the number of it fits into 63 bits without collisions.
    distinct, pairs = np.unique(joined[:-1] * n_words + joined[1:], return_inverse=True)
    if len(distinct) ** 2 * n_words >= 1 << 63:
        raise OverflowError("too many distinct words for 63 bits; join fewer texts")
    codes = (pairs[:-3] * len(distinct) + pairs[2:-1]) * n_words + joined[4:]
    starts = np.cumsum([0, *map(len, numbers)])
    return [np.unique(codes[start : max(end - 4, start)]) for start, end in pairwise(starts.tolist())]


def jaccard(left: Shingles, right: Shingles) -> float:
    shared = len(np.intersect1d(left, right, assume_unique=True))
    union = len(left) + len(right) - shared
    return shared / union if union else 0.0


def exact_join(sets: Sequence[Shingles], threshold: float) -> dict[tuple[int, int], float]:
    """Similarity of each pair (i < j) that reaches the threshold.

    Two such sets of sizes m >= n share at least ``threshold * m`` elements. So, with all sets sorted in
    one common order, the first ``m - ceil(threshold * m) + 1`` elements of both have one in common. With
    rare elements first, few sets meet there.
    """
    elements, counts = np.unique(np.concatenate([np.zeros(0, np.int64), *sets]), return_counts=True)
    meeting: defaultdict[int, list[int]] = defaultdict(list)
    for number, found in enumerate(sets):
        frequency = counts[np.searchsorted(elements, found)]
        # The small number undoes rounding, at the price of a candidate more.
        length = len(found) - math.ceil(threshold * len(found) - 1e-9) + 1 if len(found) else 0
        order = np.lexsort((found, frequency))[:length]
        for element in found[order][frequency[order] > 1].tolist():
            meeting[element].append(number)
    candidates = {pair for numbers in meeting.values() for pair in combinations(numbers, 2)}
    similarities = {(i, j): jaccard(sets[i], sets[j]) for i, j in sorted(candidates)}
    return {pair: similarity for pair, similarity in similarities.items() if similarity >= threshold}


def brute_force_join(sets: Sequence[Shingles], threshold: float) -> dict[tuple[int, int], float]:
    """The same by comparing every pair."""
    similarities = {(i, j): jaccard(sets[i], sets[j]) for i, j in combinations(range(len(sets)), 2)}
    return {pair: similarity for pair, similarity in similarities.items() if similarity >= threshold}
