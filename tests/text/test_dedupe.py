"""Near-duplicates: exact similarity decides, one copy stays, held-out text yields to nothing."""

from __future__ import annotations

import random
from itertools import combinations

from builders import passage
from hypothesis import given, settings
from hypothesis import strategies as st

from twainbot.records import Passage
from twainbot.text.dedupe import DedupeRules, candidate_pairs, dedupe, jaccard, shingles

RULES = DedupeRules(
    threshold=0.8,
    index_threshold=0.5,
    num_perm=128,
    shingle_words=5,
    short_shingle_words=2,
    short_text_words=40,
    seed=1,
)
WORDS = [f"word{i}" for i in range(300)]


def variants(seed: int, groups: int, copies: int, length: int, changes: int) -> list[str]:
    """Groups of texts that differ from one another in up to ``changes`` words."""
    rng = random.Random(seed)
    texts = []
    for _ in range(groups):
        base = [rng.choice(WORDS) for _ in range(length)]
        for _ in range(copies):
            copy = list(base)
            for _ in range(rng.randint(0, changes)):
                copy[rng.randrange(length)] = rng.choice(WORDS)
            texts.append(" ".join(copy))
    rng.shuffle(texts)
    return texts


def passages(texts: list[str], holdout: set[int] | None = None) -> list[Passage]:
    held = holdout or set()
    return [passage(t, i, quality=(i * 7 % 10) / 10, holdout=i in held) for i, t in enumerate(texts)]


def similarity(left: str, right: str) -> float:
    return jaccard(shingles(left, RULES), shingles(right, RULES))


corpora = st.builds(
    variants,
    seed=st.integers(0, 10**6),
    groups=st.integers(1, 4),
    copies=st.integers(1, 5),
    length=st.sampled_from([3, 20, 60]),
    changes=st.integers(0, 3),
)


@settings(max_examples=40, deadline=None)
@given(corpora, st.sets(st.integers(0, 19), max_size=5))
def test_invariants(texts: list[str], held: set[int]) -> None:
    given_passages = passages(texts, held)
    result = dedupe(given_passages, RULES)
    kept = {p["id"]: p for p in result.passages}
    removed = {r["id"]: r for r in result.rejects}
    original = {p["id"]: p for p in given_passages}

    # Kept + removed = in, in the order given.
    assert [p["id"] for p in given_passages if p["id"] in kept] == list(kept)
    assert kept.keys() | removed.keys() == original.keys()
    assert not kept.keys() & removed.keys()

    # Every removed text has a kept neighbour, which its reject names with the true similarity.
    for reject in removed.values():
        keeper, stated = reject["detail"].split()
        true = similarity(reject["text"], kept[keeper]["text"])
        assert true >= RULES.threshold
        assert stated == f"{true:.3f}"
        # A held-out text is never removed in favour of another side's.
        if original[reject["id"]]["holdout"]:
            assert kept[keeper]["holdout"]

    # One survivor of each group of equal texts.
    for text in set(texts):
        assert sum(p["text"] == text for p in result.passages) <= 1

    # Clusters are the keepers.
    assert result.clusters == len({r["detail"].split()[0] for r in removed.values()})
    assert {p["id"] for p in result.passages if p["cluster_id"]} == {
        r["detail"].split()[0] for r in removed.values()
    }


def test_recall_and_precision_against_a_brute_force_join() -> None:
    texts = variants(seed=3, groups=60, copies=4, length=60, changes=2)
    sets = [shingles(text, RULES) for text in texts]
    true = {
        (i, j) for i, j in combinations(range(len(texts)), 2) if jaccard(sets[i], sets[j]) >= RULES.threshold
    }
    proposed = set(candidate_pairs(sets, RULES))
    assert len(true) > 100
    # 25 bands of 5 rows find a pair at J = 0.8 with probability 1 - (1 - 0.8^5)^25 = 0.99995.
    assert true <= proposed
    assert all(i < j for i, j in proposed)

    result = dedupe(passages(texts), RULES)
    survivors = [p["text"] for p in result.passages]
    assert all(similarity(a, b) < RULES.threshold for a, b in combinations(survivors, 2))


def test_the_better_copy_stays_and_of_equals_the_first() -> None:
    text = " ".join(WORDS[:30])
    worse, better, equal = (passage(text, i, quality=q) for i, q in enumerate((0.5, 0.9, 0.9)))
    result = dedupe([worse, better, equal], RULES)
    assert [p["id"] for p in result.passages] == [better["id"]]


def test_similarity_is_not_chained_through_a_removed_text() -> None:
    # Of 23 shingles each, neighbours share 21 (21 / 25 = 0.84), the outer two 19 (19 / 27 = 0.70).
    a, b, c = WORDS[:24], [*WORDS[2:24], "x", "y"], [*WORDS[4:24], "x", "y", "z", "q"]
    texts = [" ".join(words) for words in (a, b, c)]
    assert similarity(texts[0], texts[1]) >= 0.8 <= similarity(texts[1], texts[2])
    assert similarity(texts[0], texts[2]) < 0.8
    result = dedupe(
        [passage(t, i, quality=q) for i, (t, q) in enumerate(zip(texts, (0.9, 0.5, 0.8), strict=True))], RULES
    )
    assert [p["text"] for p in result.passages] == [texts[0], texts[2]]


def test_a_joke_with_one_changed_word_is_a_duplicate() -> None:
    joke = "the ferry was late so the mayor gave a speech and the river rose to leave before it was over"
    # 20 words, 19 shingles: the last word changes one, so J = 18 / 20 = 0.9.
    assert similarity(joke, joke.replace("over", "done")) == 0.9
    assert len(dedupe(passages([joke, joke.replace("over", "done")]), RULES).passages) == 1


def test_shingles() -> None:
    assert shingles("A b, c!", RULES) == {"a b", "b c"}
    assert shingles("Rain", RULES) == {"rain"}
    assert shingles("...", RULES) == frozenset()
    long = " ".join(WORDS[:41])
    assert len(shingles(long, RULES)) == 37
    assert jaccard(frozenset(), frozenset()) == 0.0


def test_texts_without_words_are_not_duplicates_of_each_other() -> None:
    assert len(dedupe(passages(["...", "!!!", "..."]), RULES).passages) == 3


def test_order_of_the_input_does_not_change_which_texts_survive() -> None:
    texts = variants(seed=5, groups=10, copies=3, length=30, changes=1)
    items = [passage(t, i, quality=(len(texts) - i) / 100) for i, t in enumerate(texts)]
    forward = {p["id"] for p in dedupe(items, RULES).passages}
    assert forward == {p["id"] for p in dedupe(items[::-1], RULES).passages}


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
