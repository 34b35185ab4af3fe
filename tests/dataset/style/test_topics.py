"""Topics: a passage's own nouns, common enough to ask about; and what tells nouns, names and places."""

from __future__ import annotations

from collections import Counter

from twainbot.dataset.style.nouns import Company, title_case, word_company
from twainbot.dataset.style.topics import document_frequencies, topic

TEXTS = [
    "The ferry was late and the ferry was loud, said the captain, for the captain of the ferry was ill.",
    "A ferry needs a captain. He saw the mill, and Orcutt in the mill at Tidewick.",
    "The captain of the mill slept. He came from Tidewick, in Tidewick he stayed, with Orcutt.",
    "A mill and a pudding, a ferry and a captain; Tidewick, and Orcutt too.",
    "They walked quickly and were happily late.",
]
FREQUENCIES = document_frequencies(TEXTS)
COMPANY = word_company(TEXTS)


def asked(text: str, *, headline: bool = False) -> str | None:
    return topic(text, FREQUENCIES, len(TEXTS), COMPANY, headline=headline)


def test_frequencies_count_texts_not_occurrences() -> None:
    assert FREQUENCIES["ferry"] == 3
    assert FREQUENCIES["pudding"] == 1


def test_nouns_names_and_places_by_their_company() -> None:
    assert COMPANY.is_noun("ferry")
    assert not COMPANY.is_noun("walked")
    assert not COMPANY.is_noun("quickly")
    assert COMPANY.is_noun("captains")
    assert COMPANY.is_name("Orcutt")
    assert not COMPANY.is_name("Ferry")
    assert COMPANY.is_place("Tidewick")
    assert not COMPANY.is_place("Orcutt")


def test_two_nouns_in_the_order_of_the_text_with_their_articles() -> None:
    assert asked("A captain walked to the ferry.") == "a captain and the ferry"
    assert asked("To his ferry walked a captain.") == "the ferry and a captain"
    assert asked("The mill captain slept.") == "the mill captain"


def test_words_that_occur_nowhere_else_verbs_and_names_are_passed_over() -> None:
    assert asked("They said that the pudding would be there.") is None
    assert asked("He saw Captain Mill.") is None
    assert asked("They walked late.") is None


def test_a_capital_at_the_beginning_of_a_sentence_is_no_name() -> None:
    assert asked("Ferry! Captain!") == "ferry and captain"


def test_a_headline_names_who_it_is_about() -> None:
    assert asked("Ferry sues Orcutt over captain", headline=True) in {
        "ferry and Orcutt",
        "Orcutt and captain",
    }
    assert title_case("Ferry Sues Captain Over Mill")
    assert not title_case("Ferry sues captain over mill")


def test_a_name_of_several_words_is_whole() -> None:
    texts = ["He went to New Quill City, and to the New Quill City mill.", *TEXTS]
    company = word_company(texts)
    title = "Ferry Captain Sues New Quill City Again"
    found = topic(title, document_frequencies(texts), len(texts), company, headline=True)
    assert found is not None and "New Quill City" in found


def test_two_words_are_one_thing_if_others_call_it_so() -> None:
    assert asked("Captain ties mill", headline=True) == "captain and mill"
    company = word_company([*TEXTS, "He paid the ferry captain, and the ferry captain slept."])
    found = topic("Ferry captain sleeps", FREQUENCIES, len(TEXTS), company, headline=True)
    assert found == "ferry captain"


def test_an_article_stands_before_adjectives_too() -> None:
    assert asked("It was an old wet ferry.") == "a ferry"


def test_nothing_has_no_topic() -> None:
    assert topic("", Counter(), 0, Company()) is None
