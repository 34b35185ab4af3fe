"""Tags by rule."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import passage

from twainbot.files import InputError
from twainbot.text.tag import Lexicon, domain, read_lexicon, tag

ROOT = Path(__file__).resolve().parents[2]
LEXICON = """
weather: {hits: 2, short_hits: 1, stems: [rain, wind], exceptions: [window]}
devices:
  hyperbole: [million, in the world]
  analogy: [like a]
"""


@pytest.fixture
def lexicon(tmp_path: Path) -> Lexicon:
    path = tmp_path / "tags.yaml"
    path.write_text(LEXICON)
    return read_lexicon(path)


FILLER = "nothing else of any note was said or done that day " * 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It was rainy.", "weather"),
        ("The train left; the window shut.", "general"),
        # Beyond 30 words one hit is not enough, nor the same word twice.
        (FILLER + "It rained.", "general"),
        (FILLER + "Rain on rain.", "general"),
        (FILLER + "Rain and a wind.", "weather"),
        ("", "general"),
    ],
)
def test_domain(lexicon: Lexicon, text: str, expected: str) -> None:
    assert domain(text, lexicon) == expected


def test_tags(lexicon: Lexicon) -> None:
    tagged = tag(
        [
            passage("The best man IN THE WORLD, a million times.", 1),
            passage("It ran like a cat.", 2, persona="franklin"),
            passage("He that sails late sails far. " * 8, 3, persona="franklin"),
            passage("Rain sues town.", 4, kind="post", persona="satire"),
            passage("All was quiet.", 5, persona="nobody"),
        ],
        lexicon,
    )
    assert [(p["tone"], p["domain"], p["device"]) for p in tagged] == [
        ("wry", "general", "hyperbole"),
        ("aphoristic", "general", "analogy"),
        ("didactic", "general", "none"),
        ("satirical", "weather", "headline"),
        ("plain", "general", "none"),
    ]


def test_tagging_changes_nothing_else_and_not_its_input(lexicon: Lexicon) -> None:
    before = passage("It rained.", 1)
    (after,) = tag([before], lexicon)
    assert before == passage("It rained.", 1)
    assert {**after, "tone": None, "domain": None, "device": None} == before


@pytest.mark.parametrize(
    "content", ["", "weather: {stems: [rain]}", "weather: [rain]\ndevices: {}", "weather: 1"]
)
def test_a_broken_lexicon_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "tags.yaml"
    path.write_text(content)
    with pytest.raises(InputError, match=str(path)):
        read_lexicon(path)


@pytest.mark.parametrize("word", ["rain", "rainy", "snowed", "windy", "thunderous", "mistier"])
def test_the_committed_list_knows_weather(word: str) -> None:
    assert domain(f"It was {word}.", read_lexicon(ROOT / "data/lexicons/tags.yaml")) == "weather"


@pytest.mark.parametrize("word", ["mistake", "mistress", "window", "heathen", "train", "winding", "mister"])
def test_the_committed_list_knows_what_only_looks_like_it(word: str) -> None:
    assert domain(f"It was a {word}.", read_lexicon(ROOT / "data/lexicons/tags.yaml")) == "general"
