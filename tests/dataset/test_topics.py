"""Topics: a passage's own words, common enough to ask about."""

from __future__ import annotations

from collections import Counter

from twainbot.dataset.topics import document_frequencies, topic

TEXTS = [
    "The ferry was late and the ferry was loud.",
    "A ferry needs a captain.",
    "The captain of the mill slept.",
    "A mill and a pudding.",
]
FREQUENCIES = document_frequencies(TEXTS)


def test_frequencies_count_texts_not_occurrences() -> None:
    assert FREQUENCIES["ferry"] == 2
    assert FREQUENCIES["pudding"] == 1


def test_the_rarest_and_most_repeated_words_in_the_order_of_the_text() -> None:
    assert topic("A captain walked to the ferry.", FREQUENCIES, 4) == "captain and ferry"
    assert (
        topic("To the ferry walked a captain, to the mill a captain.", FREQUENCIES, 4) == "ferry and captain"
    )


def test_words_that_occur_nowhere_else_names_and_stop_words_are_passed_over() -> None:
    assert topic(TEXTS[3], FREQUENCIES, 4) == "mill"
    assert topic("They said that the pudding would be there.", FREQUENCIES, 4) is None
    assert topic("He saw Captain Mill.", FREQUENCIES, 4) is None


def test_a_capital_at_the_beginning_of_a_sentence_is_no_name() -> None:
    assert topic("Ferry! Captain!", FREQUENCIES, 4) == "ferry and captain"


def test_nothing_has_no_topic() -> None:
    assert topic("", Counter(), 0) is None
