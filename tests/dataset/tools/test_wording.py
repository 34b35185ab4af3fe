from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.dataset.tools.wording import Dealer, Sentence, certain_slots, choose, position_split, slots_of


def test_of_ten_entries_the_ninth_validates_and_the_tenth_tests() -> None:
    splits = [position_split(number) for number in range(30)]
    assert splits[:10] == ["train"] * 8 + ["val", "test"]
    assert splits == splits[:10] * 3


def test_one_of_the_alternatives() -> None:
    text = "(Good day|Hello), how is {place} (today|{day})? (quite literally)"
    made = {choose(text, random.Random(seed)) for seed in range(50)}
    assert made == {
        f"{greeting}, how is {{place}} {day}? (quite literally)"
        for greeting in ("Good day", "Hello")
        for day in ("today", "{day}")
    }


@pytest.mark.parametrize(
    ("text", "every", "certain"),
    [
        ("{Day} in {place}", {"day", "place"}, {"day", "place"}),
        ("{place} (today|{day})", {"day", "place"}, {"place"}),
        ("({place} now|now in {place})", {"place"}, {"place"}),
        ("nothing", set(), set()),
    ],
)
def test_slots(text: str, every: set[str], certain: set[str]) -> None:
    assert slots_of(text) == every
    assert certain_slots(text) == certain


@given(st.integers(1, 12), st.integers(0, 60), st.integers())
def test_sentences_are_dealt_evenly(size: int, deals: int, seed: int) -> None:
    dealer, rng = Dealer(), random.Random(seed)
    options = [Sentence(f"s-{number}", "", "train") for number in range(size)]
    counts = Counter(dealer.deal(rng, options).id for _ in range(deals))
    uses = [counts[option.id] for option in options]
    assert sum(uses) == deals
    assert max(uses) - min(uses) <= 1


def test_what_was_not_on_offer_catches_up() -> None:
    dealer, rng = Dealer(), random.Random(0)
    first, second = (Sentence(name, "", "train") for name in "ab")
    assert [dealer.deal(rng, [first]).id for _ in range(3)] == ["a"] * 3
    assert [dealer.deal(rng, [first, second]).id for _ in range(3)] == ["b"] * 3
