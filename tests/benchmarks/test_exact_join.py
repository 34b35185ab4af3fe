"""The truth of the deduplication benchmark, against comparing every pair."""

from __future__ import annotations

import numpy as np
import pytest
from exact_join import brute_force_join, exact_join, jaccard, shingle_sets
from hypothesis import given
from hypothesis import strategies as st
from near_copies import variants
from near_duplicates import texts_with_duplicates

sets = st.lists(
    st.sets(st.integers(0, 12), max_size=10).map(lambda found: np.array(sorted(found), np.int64)),
    max_size=12,
)


@given(sets, st.sampled_from([0.1, 1 / 3, 0.5, 0.55, 0.6, 2 / 3, 0.8, 0.9, 1.0]))
def test_on_small_sets(found: list[np.ndarray], threshold: float) -> None:
    assert exact_join(found, threshold) == brute_force_join(found, threshold)


@pytest.mark.parametrize("changes", [1, 4])
def test_on_texts(changes: int) -> None:
    found = shingle_sets(variants(seed=5, groups=30, copies=4, length=80, changes=changes))
    true = brute_force_join(found, 0.8)
    assert len(true) > 10
    assert exact_join(found, 0.8) == true


def test_on_the_benchmark_s_own_texts() -> None:
    found = shingle_sets(texts_with_duplicates(400, 0.3, seed=2))
    true = brute_force_join(found, 0.8)
    assert len(true) > 50
    assert exact_join(found, 0.8) == true


def test_shingles_are_five_grams_of_words() -> None:
    # a b c d e | b c d e a | of the second text only the first; three words have none.
    first, second, third = shingle_sets(["A, b c d e a!", "a b c d e", "a b c"])
    assert (len(first), len(second), len(third)) == (2, 1, 0)
    assert jaccard(first, second) == 0.5
    assert jaccard(third, third) == 0.0


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=12), min_size=1, max_size=4))
def test_shingles_are_equal_if_and_only_if_their_words_are(texts: list[list[str]]) -> None:
    found = shingle_sets([" ".join(words) for words in texts])
    grams = [{tuple(words[i : i + 5]) for i in range(len(words) - 4)} for words in texts]
    for i, left in enumerate(grams):
        for j, right in enumerate(grams):
            assert len(np.intersect1d(found[i], found[j])) == len(left & right)


def test_texts_are_the_same_for_the_same_seed() -> None:
    assert texts_with_duplicates(50, 0.2, seed=1) == texts_with_duplicates(50, 0.2, seed=1)
    assert texts_with_duplicates(50, 0.2, seed=1) != texts_with_duplicates(50, 0.2, seed=2)
