"""The language filter: two detectors must agree, and order must not matter."""

from __future__ import annotations

import subprocess
import sys

import pytest

from twainbot.files import InputError
from twainbot.text.language import detect, foreign_language, foreign_script, second_opinion

PROFILES = ("en", "de", "fr", "es", "it", "nl", "pt")
ENGLISH = "We had the whole of the afternoon before us and nothing in it but the sun and a very slow river."
GERMAN = (
    "Wir hatten den ganzen Nachmittag vor uns und nichts darin als die Sonne und einen sehr langsamen Fluss."
)
FRENCH = (
    "Nous avions tout l'après-midi devant nous, avec rien d'autre que le soleil et une rivière fort lente."
)


def foreign(text: str) -> str | None:
    return foreign_language(text, "en", PROFILES, 0, 10, 300)


@pytest.mark.parametrize(("text", "expected"), [(ENGLISH, None), (GERMAN, "de"), (FRENCH, "fr")])
def test_prose(text: str, expected: str | None) -> None:
    assert foreign(text) == expected


def test_shouted_english_is_english() -> None:
    assert foreign(ENGLISH.upper()) is None


def test_a_headline_is_english_though_german_has_its_capitals() -> None:
    headline = "Over-Eager Cow Wanders And Blocks Pedestrian Road In Wisconsin Again"
    assert foreign(headline) is None
    assert foreign(GERMAN) == "de"


@pytest.mark.parametrize(
    "text", ["Exeunt omnes.", "Guten Morgen, mein Herr.", "", "1850 1851 1852", "... --", "😀😀 🎉"]
)
def test_short_texts_are_never_judged_by_their_words(text: str) -> None:
    assert foreign(text) is None


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Дождь", "cyrillic"),
        ("雨が降った", "cjk"),
        ("הגשם ירד", "hebrew"),
        ("The ferryman said Здравствуйте and no more than that.", None),
        ("Café, naïve, Ærø, Việt Nam", None),
        ("", None),
    ],
)
def test_another_script_needs_no_detector(text: str, script: str | None) -> None:
    assert foreign_script(text) == script
    assert foreign(text) == (f"{script} script" if script else None)


def test_a_language_in_another_script_may_be_the_wanted_one() -> None:
    text = "Дождь шёл весь день, и паромщик до самого вечера никуда не поехал один"
    assert foreign_language(text, "ru", ("ru", "en"), 0, 10, 300) is None


def test_figures_have_no_language() -> None:
    assert detect("12 34 56 78 90 12 34 56 78 90 12", PROFILES, 0, 300) == ("", 0.0)


def test_one_detector_alone_drops_nothing() -> None:
    # Names and titles of German; both are asked, and langdetect is not sure enough.
    text = "The Schwarzwald and the Grossherzog von Wuerttemberg are in the Reichsgericht of Heidelberg"
    assert foreign(text) is None


def test_no_more_is_read_than_the_first_characters() -> None:
    text = f"{ENGLISH} {ENGLISH} {ENGLISH} {ENGLISH}"[:300]
    assert detect(text + GERMAN * 9, PROFILES, 0, 300) == detect(text, PROFILES, 0, 300)
    assert second_opinion(text + GERMAN * 9, PROFILES, 300) == "en"


def test_the_answer_does_not_depend_on_what_came_before() -> None:
    first = [detect(text, PROFILES, 0, 300) for text in (ENGLISH, GERMAN, FRENCH)]
    second = [detect(text, PROFILES, 0, 300) for text in (FRENCH, GERMAN, ENGLISH)]
    assert first == second[::-1]


def test_a_fresh_process_gives_the_same_answer() -> None:
    """The seed is not a class attribute that a spawned worker would lack."""
    text = "lol nice one there mate haha ok sure why not"
    code = f"from twainbot.text.language import detect; print(detect({text!r}, {PROFILES!r}, 0, 300))"
    answers = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        for _ in range(2)
    }
    assert answers == {str(detect(text, PROFILES, 0, 300))}


@pytest.mark.parametrize("unknown", ["xx", "zh-cn"])
def test_a_language_that_a_detector_does_not_know_is_named(unknown: str) -> None:
    with pytest.raises(InputError, match=f"language_profiles: .* does not know {unknown}; it knows"):
        foreign_language(GERMAN, "en", ("en", unknown), 0, 1, 300)
