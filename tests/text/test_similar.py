"""Which pairs are near-duplicates, against the definition applied to every pair."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest
from near_copies import RULES, WORDS, is_duplicate, similarity, variants

from twainbot.text.similar import SimilarityIndex, duplicate_pairs, jaccard

ROOT = Path(__file__).resolve().parents[2]


def changed(words: list[str], at: int) -> str:
    return " ".join([*words[:at], "changed", *words[at + 1 :]])


@pytest.mark.parametrize(("length", "least"), [(12, 50), (48, 100), (60, 100)])
def test_pairs_are_those_of_the_definition(length: int, least: int) -> None:
    # 25 bands of 5 rows find a pair of 0.8 with a probability of 1 - (1 - 0.8^5)^25 = 0.99995, and 37 of
    # 3 one of 0.556 with 1 - (1 - 0.556^3)^37 = 0.999: the seed is fixed, so they do or do not for good.
    texts = variants(seed=3, groups=60, copies=4, length=length, changes=2)
    true = {
        (i, j): similarity(texts[i], texts[j])[0]
        for i, j in combinations(range(len(texts)), 2)
        if is_duplicate(texts[i], texts[j])
    }
    assert len(true) > least
    assert duplicate_pairs(texts, RULES) == true


@pytest.mark.parametrize("length", [*range(8, 70, 3), 48, 49, 69])
def test_one_changed_word_does_not_hide_a_copy(length: int) -> None:
    original = WORDS[:length]
    copies = [changed(original, at) for at in range(length)]
    index = SimilarityIndex([" ".join(original), *copies], RULES)
    index.add(0)
    assert all(index.near(copy) for copy in range(1, length + 1))


@pytest.mark.parametrize("shorter", [46, 47, 48])
@pytest.mark.parametrize("longer", [49, 51, 60])
def test_copies_on_two_sides_of_what_is_short_are_found(shorter: int, longer: int) -> None:
    texts = [" ".join(WORDS[:shorter]), " ".join(WORDS[:longer])]
    # Of the shorter one's bigrams the longer one has all.
    value = (shorter - 1) / (longer - 1)
    assert duplicate_pairs(texts, RULES) == {(0, 1): value}
    index = SimilarityIndex(texts, RULES)
    assert index.shingle_words(0, 1) == index.shingle_words(1, 0) == 2
    assert index.shingle_words(1, 1) == 5


def test_two_longer_texts_are_not_compared_as_short_ones() -> None:
    # 50 words: 49 bigrams, 43 in common with three words changed (43 / 55 = 0.78, enough for short texts);
    # 46 5-grams, 31 in common (31 / 61 = 0.51).
    copy = " ".join("changed" if i in (10, 20, 30) else word for i, word in enumerate(WORDS[:50]))
    assert duplicate_pairs([" ".join(WORDS[:50]), copy], RULES) == {}
    # Two words shorter, it is.
    texts = [" ".join(text.split()[:48]) for text in (" ".join(WORDS[:50]), copy)]
    assert list(duplicate_pairs(texts, RULES)) == [(0, 1)]


def test_similar_headlines_stay_apart() -> None:
    headlines = [
        "Town council votes to study whether the bridge is still there",
        "Town council votes to study whether the rain was ever needed",
        "Town council declines to study whether the mayor is still there",
        "Man who predicted rain every day for a year finally right",
        "Man who predicted sun every day for a year moves away",
    ]
    assert duplicate_pairs(headlines, RULES) == {}


def test_texts_without_words_are_like_none() -> None:
    assert duplicate_pairs(["", "...", "...", "!!!"], RULES) == {}


def test_only_added_texts_are_found() -> None:
    text = " ".join(WORDS[:20])
    index = SimilarityIndex([text, text, text], RULES)
    index.add(1)
    assert index.near(0) == {1: 1.0}
    assert index.near(2) == {1: 1.0}


def test_jaccard() -> None:
    assert jaccard({b"a", b"b", b"c"}, {b"b", b"c", b"d"}) == 0.5
    assert jaccard(set(), set()) == 0.0


def test_pairs_do_not_depend_on_python_s_hashes() -> None:
    code = (
        "import sys; sys.path += sys.argv[1:]\n"
        "from near_copies import RULES, passages, variants\n"
        "from twainbot.text.dedupe import dedupe\n"
        "print(dedupe(passages(variants(7, 30, 4, 20, 2)), RULES))"
    )
    paths = [str(ROOT / "src"), str(ROOT / "tests")]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, *paths],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert len(outputs) == 1
