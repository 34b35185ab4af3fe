"""Near-duplicates: exact similarity decides, one copy stays, held-out text yields to nothing."""

from __future__ import annotations

import random

import pytest
from builders import passage
from hypothesis import given, settings
from hypothesis import strategies as st
from near_copies import RULES, WORDS, is_duplicate, passages, similarity, variants

from twainbot.text.dedupe import dedupe

corpora = st.builds(
    variants,
    seed=st.integers(0, 10**6),
    groups=st.integers(1, 4),
    copies=st.integers(1, 5),
    length=st.sampled_from([3, 20, 48, 49, 60]),
    changes=st.integers(0, 3),
)


@settings(max_examples=15)
@given(st.lists(corpora, min_size=1, max_size=2), st.sets(st.integers(0, 19), max_size=5))
def test_invariants(groups: list[list[str]], held: set[int]) -> None:
    texts = [text for group in groups for text in group]
    given_passages = passages(texts, held)
    result = dedupe(given_passages, RULES)
    kept = {p["id"]: p for p in result.passages}
    removed = {r["id"]: r for r in result.rejects}
    original = {p["id"]: p for p in given_passages}

    # Kept + removed = in, in the order given.
    assert [p["id"] for p in given_passages if p["id"] in kept] == list(kept)
    assert [p["id"] for p in given_passages if p["id"] in removed] == list(removed)
    assert kept.keys() | removed.keys() == original.keys()
    assert not kept.keys() & removed.keys()

    # Every removed text has a kept neighbour, which its reject names with the true similarity.
    for reject in removed.values():
        keeper, stated = reject["detail"].split()
        assert is_duplicate(reject["text"], kept[keeper]["text"])
        assert stated == f"{similarity(reject['text'], kept[keeper]['text'])[0]:.3f}"
        # The better copy stays, and a held-out text is never removed in favour of another side's.
        ranks = [(original[p]["holdout"], original[p]["quality"]) for p in (keeper, reject["id"])]
        assert ranks[0] >= ranks[1]

    # Of equal texts at most one stays: none if another, better copy is like them.
    for text in set(texts):
        assert sum(p["text"] == text for p in result.passages) <= 1

    # A cluster is a star around a survivor, which is in no other.
    assert [row["member_id"] for row in result.duplicates] == list(removed)
    for row in result.duplicates:
        assert kept[row["kept_id"]]["cluster_id"] == row["cluster_id"]
        assert removed[row["member_id"]]["detail"].split()[0] == row["kept_id"]
        value, size = similarity(original[row["member_id"]]["text"], kept[row["kept_id"]]["text"])
        assert (row["similarity"], row["shingle_words"]) == (round(value, 4), size)
    named = {row["cluster_id"] for row in result.duplicates}
    assert {p["cluster_id"] for p in result.passages if p["cluster_id"]} == named
    assert result.clusters == len(named)


@pytest.mark.parametrize("length", [20, 60])
def test_no_two_survivors_are_near_duplicates(length: int) -> None:
    texts = variants(seed=3, groups=40, copies=4, length=length, changes=2)
    survivors = [p["text"] for p in dedupe(passages(texts), RULES).passages]
    assert len(survivors) < len(texts)
    assert not [(a, b) for i, a in enumerate(survivors) for b in survivors[:i] if is_duplicate(a, b)]


def test_copies_are_found_across_sources_which_the_clusters_name() -> None:
    text = " ".join(WORDS[:30])
    first, second = passage(text, 1, source_id="a"), passage(text, 2, source_id="b", doc_id="doc-2")
    (row,) = dedupe([first, second], RULES).duplicates
    assert row == {
        "cluster_id": row["cluster_id"],
        "kept_id": first["id"],
        "kept_source_id": "a",
        "member_id": second["id"],
        "member_source_id": "b",
        "similarity": 1.0,
        "shingle_words": 2,
    }


def test_the_better_copy_stays_and_of_equals_the_first() -> None:
    text = " ".join(WORDS[:30])
    worse, better, equal = (passage(text, i, quality=q) for i, q in enumerate((0.5, 0.9, 0.9)))
    result = dedupe([worse, better, equal], RULES)
    assert [p["id"] for p in result.passages] == [better["id"]]


def test_similarity_is_not_chained_through_a_removed_text() -> None:
    # Of 19 shingles each, neighbours share 15 (15 / 23 = 0.65), the outer two 11 (11 / 27 = 0.41).
    texts = [" ".join(WORDS[start : start + 20]) for start in (0, 4, 8)]
    assert [similarity(texts[i], texts[j])[0] for i, j in ((0, 1), (1, 2), (0, 2))] == [
        15 / 23,
        15 / 23,
        11 / 27,
    ]
    result = dedupe(
        [passage(t, i, quality=q) for i, (t, q) in enumerate(zip(texts, (0.9, 0.5, 0.8), strict=True))], RULES
    )
    assert [p["text"] for p in result.passages] == [texts[0], texts[2]]


def test_texts_without_words_are_not_duplicates_of_each_other() -> None:
    assert len(dedupe(passages(["...", "!!!", "..."]), RULES).passages) == 3


@settings(max_examples=12)
@given(corpora, st.randoms(use_true_random=False))
def test_of_distinct_qualities_the_order_of_the_input_changes_nothing(
    texts: list[str], rng: random.Random
) -> None:
    items = [passage(text, i, quality=(len(texts) - i) / 100) for i, text in enumerate(texts)]
    result = dedupe(items, RULES)
    rng.shuffle(items)
    other = dedupe(items, RULES)
    for field in ("passages", "rejects", "duplicates"):
        rows, other_rows = getattr(result, field), getattr(other, field)
        assert sorted(rows, key=repr) == sorted(other_rows, key=repr)


def test_a_removed_cue_is_replaced_by_its_kept_copy() -> None:
    cue, copy = passage("Who is there?", 1), passage("Who is there?", 2, quality=0.5)
    answer = passage("A friend to this house.", 3, previous=copy["id"])
    result = dedupe([cue, copy, answer], RULES)
    assert {p["id"]: p["previous"] for p in result.passages} == {cue["id"]: None, answer["id"]: cue["id"]}


def test_a_training_speech_gets_no_held_out_cue() -> None:
    held = passage("Who is there?", 1, holdout=True)
    copy = passage("Who is there?", 2)
    answers = [
        passage("A friend to this house.", 3, previous=copy["id"]),
        passage("No friend of any man.", 4, previous=copy["id"], holdout=True),
    ]
    result = dedupe([held, copy, *answers], RULES)
    assert [p["previous"] for p in result.passages] == [None, None, held["id"]]


def test_nothing_in_nothing_out() -> None:
    result = dedupe([], RULES)
    assert (result.passages, result.rejects, result.duplicates, result.clusters) == ([], [], [], 0)


def test_a_play_may_repeat_itself_and_another_edition_may_not() -> None:
    line = "Peace, the tide is not turned yet, my lord."
    made = [
        passage(line, id=f"pas-{i}", doc_id=doc, kind="play", quality=quality)
        for i, (doc, quality) in enumerate([("doc-1", 1.0), ("doc-1", 1.0), ("doc-2", 0.9)])
    ]
    result = dedupe(made, RULES)
    assert [p["id"] for p in result.passages] == ["pas-0", "pas-1"]
    assert [r["id"] for r in result.rejects] == ["pas-2"]
