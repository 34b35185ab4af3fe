"""The language filter: two signs must agree, and order must not matter."""

from __future__ import annotations

import pytest

from twainbot.text.language import detect, foreign_language, function_word_share

PROFILES = ("en", "de", "fr", "es", "it", "nl", "pt")
ENGLISH = "We had the whole of the afternoon before us and nothing in it but the sun and a very slow river."
GERMAN = (
    "Wir hatten den ganzen Nachmittag vor uns und nichts darin als die Sonne und einen sehr langsamen Fluss."
)
FRENCH = (
    "Nous avions tout l'après-midi devant nous, avec rien d'autre que le soleil et une rivière fort lente."
)


def foreign(text: str) -> str | None:
    return foreign_language(text, "en", PROFILES, 0, 10)


@pytest.mark.parametrize(("text", "expected"), [(ENGLISH, None), (GERMAN, "de"), (FRENCH, "fr")])
def test_prose(text: str, expected: str | None) -> None:
    assert foreign(text) == expected


def test_shouted_english_is_english() -> None:
    assert foreign(ENGLISH.upper()) is None


@pytest.mark.parametrize(
    "text", ["Exeunt omnes.", "Guten Morgen, mein Herr.", "", "1850 1851 1852", "... --"]
)
def test_short_texts_are_never_judged(text: str) -> None:
    assert foreign(text) is None


def test_figures_have_no_language() -> None:
    assert detect("12 34 56 78 90 12 34 56 78 90 12", PROFILES, 0) == ("", 0.0)


def test_english_words_outvote_the_detector() -> None:
    # The names are German and so is the detector's opinion; the grammar is English.
    text = "The Schwarzwald and the Grossherzog von Wuerttemberg are in the Reichsgericht of Heidelberg"
    assert function_word_share(text) > 0.15
    assert foreign(text) is None


def test_the_answer_does_not_depend_on_what_came_before() -> None:
    first = [detect(text, PROFILES, 0) for text in (ENGLISH, GERMAN, FRENCH)]
    second = [detect(text, PROFILES, 0) for text in (FRENCH, GERMAN, ENGLISH)]
    assert first == second[::-1]


def test_function_word_share() -> None:
    # the, of, and: three of six.
    assert function_word_share("The kings of Corrow and Vell") == 0.5
    assert function_word_share("") == 0.0
