"""The voice classifier: blind to subject, and books are held out whole."""

from __future__ import annotations

import random
import warnings

import numpy as np
import pytest
from builders import passage
from hypothesis import given, settings
from hypothesis import strategies as st

from twainbot.evaluation.style import StyleText, distort, first_words, fit, style_windows, validate, voice
from twainbot.files import InputError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The steamboat was late.", "the * was *."),
        ("“Well,” he said--in 1850…", '"well," he *--in #...'),
        ("Don't  stop\n\nnow!", "* * now!"),
        ("_so_ late", "so *"),
        ("", ""),
    ],
)
def test_distort(text: str, expected: str) -> None:
    assert distort(text) == expected


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_distorting_twice_changes_nothing_more(text: str) -> None:
    once = distort(text)
    assert distort(once) == once


def test_subjects_are_invisible() -> None:
    assert distort("The pilot of the river slept.") == distort("The butler of the castle sneezed.")


def books(persona: str, count: int, seed: int) -> list[StyleText]:
    """Windows of a persona who likes its own function words and punctuation; subjects are random."""
    rng = random.Random(f"{persona}{seed}")
    joints = ["and", "so", "that", "--"] if persona == "twain" else ["which", "whom", "upon", ";"]
    return [
        StyleText(
            " ".join(rng.choice([*joints, *(f"noun{i}" for i in range(4))]) for _ in range(50)),
            persona == "twain",
            f"{persona}-{book}",
        )
        for book in range(count)
        for _ in range(12)
    ]


def test_voices_are_told_apart_on_unseen_books() -> None:
    texts = books("twain", 3, 1) + books("other", 4, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = validate(texts, (2, 4), 10.0, folds=5, seed=1)
    # Three books on the smaller side allow three folds.
    assert (result.folds, result.texts, result.books) == (3, 84, 7)
    assert result.held_out > 0.95
    assert result.auc > 0.95
    assert result.brier < 0.1


def test_the_same_seed_gives_the_same_figures() -> None:
    texts = books("twain", 2, 2) + books("other", 2, 2)
    assert validate(texts, (2, 3), 10.0, folds=5, seed=1) == validate(texts, (2, 3), 10.0, folds=5, seed=1)


def test_labels_without_a_voice_behind_them_are_a_coin_toss() -> None:
    rng = random.Random(3)
    texts = [
        StyleText(" ".join(rng.choice(["and", "so", "x", "--"]) for _ in range(50)), label, f"{label}{book}")
        for label in (True, False)
        for book in range(4)
        for _ in range(25)
    ]
    # 200 texts: standard deviation 3.5 points.
    assert 0.36 < validate(texts, (2, 3), 1.0, folds=4, seed=1).held_out < 0.64


def test_one_book_cannot_be_held_out() -> None:
    with pytest.raises(InputError, match="one side has 1"):
        validate(books("twain", 1, 1) + books("other", 3, 1), (2, 3), 10.0, folds=5, seed=1)


def test_fit_scores_the_persona_higher() -> None:
    model = fit(books("twain", 2, 1) + books("other", 2, 1), (2, 4), 10.0, seed=1)
    twain, other = (
        model.predict_proba([t.text for t in books(name, 1, 9)])[:, 1] for name in ("twain", "other")
    )
    assert twain.min() > other.max()


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 30)), max_size=12), st.integers(1, 20))
def test_windows_are_of_one_length_one_book_and_in_order(layout: list[tuple[str, int]], window: int) -> None:
    numbers = iter(range(10**6))
    passages = [
        passage(" ".join(f"{book}{next(numbers)}" for _ in range(size)), i, source_id=book, persona="twain")
        for i, (book, size) in enumerate(layout)
    ]
    found = style_windows(passages, "twain", window)
    for book in "ab":
        given_words = [w for p in passages if p["source_id"] == book for w in p["text"].split()]
        used = [w for text in found if text.group == book for w in text.text.split()]
        assert used == given_words[: len(given_words) // window * window]
    assert all(len(text.text.split()) == window for text in found)


def test_windows_are_labelled_against_every_other_shelf_and_other_kinds_left_out() -> None:
    passages = [
        passage("one two three", 1, source_id="a", persona="twain"),
        passage("one two three", 2, source_id="b", persona="neutral"),
        passage("one two three", 3, source_id="c", persona="franklin"),
        passage("one two three", 4, source_id="d", persona="twain", kind="post"),
    ]
    found = style_windows(passages, "twain", 3)
    assert found == [
        StyleText("one two three", True, "a"),
        StyleText("one two three", False, "b"),
        StyleText("one two three", False, "c"),
    ]


def test_a_reply_that_says_nothing_has_no_voice() -> None:
    class Sure:
        def predict_proba(self, texts: list[str]) -> np.ndarray:
            return np.array([[0.1, 0.9]] * len(texts))

    assert voice(["", "Well.", "I never saw a worse winter."], Sure(), 50) == [0.0, 0.0, 0.9]


def test_first_words() -> None:
    assert first_words(" a  b\nc d", 3) == "a b c"
    assert first_words("a", 3) == "a"
