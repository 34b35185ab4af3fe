from __future__ import annotations

import pytest

from twainbot.dataset.diversity import distinct_ngrams, most_frequent_share


def test_distinct_bigrams() -> None:
    # "it is", "is 21°c", "21°c now." and "it is", "is wet": four different ones of five.
    assert distinct_ngrams(["It is 21°C now.", "it is WET"]) == pytest.approx(4 / 5)
    assert distinct_ngrams(["a b", "b a"]) == 1.0
    assert distinct_ngrams(["alone", ""]) == 0.0
    assert distinct_ngrams(["a a a"], size=1) == pytest.approx(1 / 3)


def test_most_frequent_share() -> None:
    assert most_frequent_share(["Hello", "hello", "Morning", "Evening"]) == 0.5
    assert most_frequent_share([]) == 0.0
