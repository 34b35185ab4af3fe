"""Topics: a passage's own nouns, common enough to ask about; and what tells nouns, names and places."""

from __future__ import annotations

import pytest

from twainbot.dataset.style.agreement import agreed
from twainbot.dataset.style.headlines import headline_topic
from twainbot.dataset.style.nouns import Company, singular, title_case, word_company
from twainbot.dataset.style.topics import Frequencies, Topic, count_words, refers_back, subject, topic

TEXTS = [
    "The ferry was late and the ferry was loud, said the captain, for a captain of a ferry was ill.",
    "A ferry needs a captain. He saw the mill, and Orcutt in the mill at Tidewick.",
    "The captain of a mill slept. He came from Tidewick, in Tidewick he stayed, with Orcutt.",
    "A mill and a pudding, a ferry and a captain; Tidewick, and Orcutt too.",
    "They walked quickly and were happily late. The river and the river, and water, of water.",
    "The river rose, of water, and they ferry it. Some captains and the captains of mills.",
    "He went to Pell County, and in Pell County the captain slept.",
]
FREQUENCIES = count_words(TEXTS)
COMPANY = word_company(TEXTS)


def asked(text: str) -> Topic | None:
    return topic(text, FREQUENCIES, COMPANY)


def about(text: str) -> Topic | None:
    return subject(text, FREQUENCIES, COMPANY)


def news(title: str) -> Topic | None:
    return headline_topic(title, FREQUENCIES, COMPANY)


def test_frequencies_count_texts_and_those_that_come_back_to_a_word() -> None:
    assert FREQUENCIES.total == 7
    assert (FREQUENCIES.once["ferry"], FREQUENCIES.again["ferry"]) == (4, 1)
    # Plurals count as singulars.
    assert (FREQUENCIES.once["captain"], FREQUENCIES.again["captain"]) == (6, 2)
    assert FREQUENCIES.is_subject("river")
    assert not FREQUENCIES.is_subject("pudding")  # of one text


@pytest.mark.parametrize(
    ("word", "single"),
    [
        ("rafts", "raft"),
        ("berries", "berry"),
        ("boxes", "box"),
        ("glass", "glass"),
        ("thus", "thus"),
        ("gas", "gas"),
    ],
)
def test_singulars_by_their_spelling(word: str, single: str) -> None:
    assert singular(word) == single


def test_nouns_names_and_places_by_their_company() -> None:
    assert COMPANY.is_noun("captain")
    assert not COMPANY.is_noun("walked")
    assert not COMPANY.is_noun("quickly")
    assert COMPANY.is_noun("captains")
    assert COMPANY.is_name("Orcutt")
    assert not COMPANY.is_name("Captain")
    assert COMPANY.is_place("Tidewick")
    assert not COMPANY.is_place("Orcutt")


def test_what_is_said_as_a_verb_is_no_noun() -> None:
    company = word_company(["The cook and a cook, of the cook.", "They cook, and we cook, and he will cook."])
    assert company.as_noun["cook"] == 3
    assert company.is_verb("cook")
    assert company.is_verb("cooks")
    assert not company.is_noun("cook")


def test_a_name_that_wants_a_noun_after_it_is_no_subject() -> None:
    company = word_company(
        ["He met Orcutt. Then Orcutt left, said Orcutt.", "A Dutch cook, the Dutch cheese."]
    )
    assert company.is_subject("Orcutt")
    assert company.is_name("Dutch")
    assert not company.is_subject("Dutch")


def test_the_article_that_a_noun_has_elsewhere() -> None:
    assert COMPANY.article("captain") == "a"
    assert COMPANY.article("river") == "the"
    assert COMPANY.article("water") == ""
    assert COMPANY.article("captains") == ""


def test_the_noun_that_tells_most_in_general_and_in_particular() -> None:
    assert asked("A captain walked to the mill.") == Topic("a captain", "the captain")
    assert asked("There was water, they say.") == Topic("water", "water")
    assert asked("They rose on the river.") == Topic("the river", "the river")


def test_words_that_occur_nowhere_else_verbs_and_names_are_passed_over() -> None:
    assert asked("They said that the pudding would be there.") is None
    assert asked("He saw Captain Mill.") is None
    assert asked("They walked late.") is None


def test_what_is_counted_has_an_article_somewhere() -> None:
    assert asked("They were captain and mill.") is None


def test_a_part_of_a_longer_name_is_no_noun_of_its_own() -> None:
    # "A mill captain" is about a captain.
    assert asked("It was a mill captain.") == Topic("a captain", "the captain")
    company = word_company([*TEXTS, "He paid the mill captain, and the mill captain, too."])
    assert topic("It was a mill captain.", FREQUENCIES, company) == Topic(
        "a mill captain", "the mill captain"
    )


def test_a_passage_is_surely_about_what_it_comes_back_to() -> None:
    twice = "The captain slept late. They said that the captain was ill."
    assert about(twice) == Topic("a captain", "the captain")
    assert about("The captain slept late. They said that he was ill.") == Topic(
        "a captain", "the captain", sure=False
    )
    # Named twice, but not at its beginning.
    late = "They walked and walked. " * 5
    assert about(f"{late}The captain slept, the captain.") is None
    assert about(f"{late}The captain slept, the captain, a captain.") == Topic("a captain", "the captain")


def test_of_subjects_that_texts_do_not_come_back_to_none_is_one() -> None:
    frequencies = count_words([*TEXTS, *(f"A portion of it, {n}." for n in range(20))])
    company = word_company([*TEXTS, *(f"A portion of it, {n}." for n in range(20))])
    assert company.is_noun("portion")
    assert subject("A portion of this, a portion of that.", frequencies, company) is None


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("He sold the captain a mill.", True),
        ("When they came, the captain slept.", True),
        ("The captain said that he slept.", False),
        ("So Orcutt said that he slept.", False),
        ("It was late. He slept.", False),
    ],
)
def test_a_text_that_says_he_before_it_names_anybody_refers_back(text: str, back: bool) -> None:
    assert refers_back(text, COMPANY) is back


def test_a_headline_is_about_the_name_in_its_first_half() -> None:
    assert news("Orcutt sues captain over mill") == Topic("Orcutt", "Orcutt")
    assert news("Nobody over there knows what to say to old Orcutt") is None
    # A name of several words is whole, and one that goes on is not asked for in part.
    assert news("Pell County sues captain over mill") == Topic("Pell County", "Pell County")
    assert news("Orcutt Mill sued by captain") is None


def test_a_headline_is_about_the_noun_that_it_begins_with() -> None:
    assert news("Captains walk out of mill") == Topic("captains", "captains")
    assert news("Captain walks out of mill") == Topic("a captain", "a captain", sure=False)
    assert news("Mill captain walks out") == Topic("a captain", "a captain", sure=False)
    # May be the verb.
    assert news("Mill captains walk out") is None
    assert title_case("Ferry Sues Captain Over Mill")
    assert not title_case("Ferry sues captain over mill")


def test_the_article_suits_the_sound() -> None:
    assert (
        agreed("a author, a egg, an ship, a user, a european")
        == "an author, an egg, a ship, a user, a european"
    )


def test_nothing_has_no_topic() -> None:
    assert topic("", Frequencies(), Company()) is None
    assert subject("", Frequencies(), Company()) is None
    assert headline_topic("", Frequencies(), Company()) is None
