"""Texts as word numbers: exact as bytes, hashed as the scalar definition says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twainbot.text.normalize import words
from twainbot.text.shingles import number_words, shingle_hash, shingle_hashes

texts = st.text(st.sampled_from("abcABÉß7' -_.\n"), max_size=40)


def word_shingles(text: str, size: int) -> list[tuple[str, ...]]:
    found = words(text)
    return [tuple(found[i : i + size]) for i in range(max(len(found) - size, 0) + 1)] if found else []


def test_worked_example() -> None:
    numbered = number_words(["A b, c a!", "", "c"])
    assert numbered.numbers.tolist() == [0, 1, 2, 0, 2]
    assert numbered.n_words().tolist() == [4, 0, 1]
    a, b, c = (number.to_bytes(4, "little") for number in range(3))
    assert numbered.shingles(0, 2) == {a + b, b + c, c + a}
    assert numbered.shingles(1, 2) == frozenset()
    assert numbered.shingles(2, 2) == {c}


@given(st.lists(texts, max_size=5), st.integers(1, 5))
def test_shingles_are_equal_as_bytes_if_and_only_if_they_are_as_words(
    given_texts: list[str], size: int
) -> None:
    numbered = number_words(given_texts)
    as_bytes = [numbered.shingles(i, size) for i in range(len(given_texts))]
    as_words = [set(word_shingles(text, size)) for text in given_texts]
    for i, left in enumerate(as_words):
        for j, right in enumerate(as_words):
            assert len(as_bytes[i] & as_bytes[j]) == len(left & right)


@given(texts, texts, st.integers(1, 5))
def test_hashes_are_those_of_the_words_whatever_else_is_numbered(text: str, other: str, size: int) -> None:
    numbered = number_words([other, text])
    expected = [shingle_hash(shingle) for shingle in word_shingles(text, size)]
    assert shingle_hashes(numbered, 1, size).tolist() == expected


def test_a_lone_surrogate_parts_words() -> None:
    # It is no letter, so no word has one and every word can be encoded.
    numbered = number_words(["a\ud800b", "a b"])
    assert numbered.shingles(0, 2) == numbered.shingles(1, 2)
