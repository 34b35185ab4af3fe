"""Cues: the longest entry wins, and a figure of speech is no weather."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import passage
from hypothesis import given
from hypothesis import strategies as st

from twainbot.files import InputError
from twainbot.text.cues import Lexicon, count_cues, feature_names, features, read_lexicon

ROOT = Path(__file__).resolve().parents[2]
SMALL = """
acronyms: [ICE]
cues:
  weather: [rain*, ice, storm]
  figure: [storm of, rain check, "make it rai*"]
  comic: [storm]
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    path = tmp_path_factory.mktemp("lexicon") / "tags.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return read_lexicon(path)


@pytest.fixture(scope="module")
def shipped() -> Lexicon:
    return read_lexicon(ROOT / "data/lexicons/tags.yaml")


@pytest.mark.parametrize(
    ("text", "weather", "figure", "comic"),
    [
        ("Rainy, and rain again: a train.", 2, 0, 0),
        ("A storm of applause.", 0, 1, 0),
        ("A storm.", 1, 0, 1),
        ("Take a rain check before the rain.", 1, 1, 0),
        ("They make it rain", 0, 1, 0),
        ("ICE met on the ice.", 1, 0, 0),
        ("", 0, 0, 0),
        ("storm", 1, 0, 1),
    ],
)
def test_counts(small: Lexicon, text: str, weather: int, figure: int, comic: int) -> None:
    counts, _ = count_cues(text, small)
    assert counts == {"weather": weather, "figure": figure, "comic": comic}


def test_different_entries_are_counted_apart_from_occurrences(small: Lexicon) -> None:
    counts, distinct = count_cues("Rain, rain, rained; ice.", small)
    assert (counts["weather"], distinct["weather"]) == (4, 2)


@pytest.mark.parametrize(
    "text",
    [
        "The hall broke into a storm of applause.",
        "He has been under the weather since the dinner.",
        "Stormy Daniels gave an interview.",
        "ICE opened a new office.",
        "She got wind of the bargain and gave him the cold shoulder.",
        "The auditor had cold feet and caught a cold.",
        "Ice cream and hot dogs were sold.",
        "A flood of letters reached the editor.",
        "The company moves its books to cloud storage.",
        "It was a snow job from first to last.",
        "They killed him in cold blood.",
        "He ran like lightning.",
    ],
)
def test_shipped_lists_see_no_weather_in_figures(shipped: Lexicon, text: str) -> None:
    counts, _ = count_cues(text, shipped)
    assert counts["weather"] == counts["weather_weak"] == 0
    assert counts["weather_figure"] >= 1 or "ICE" in text


@pytest.mark.parametrize(
    "text",
    [
        "It rained for nine days and the creek rose.",
        "A blizzard shut the school.",
        "The fog lay on the landing until noon.",
        "The forecaster promised drizzle.",
        "A fair wind carried us down the bay.",
        "Climate change has moved the cherry harvest.",
    ],
)
def test_shipped_lists_see_weather(shipped: Lexicon, text: str) -> None:
    assert count_cues(text, shipped)[0]["weather"] >= 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "`cues` must map"),
        ("cues: [rain]", "`cues` must map"),
        ("cues: {weather: rain}", "`cues` must map"),
        ("cues: {weather: [7, '*', 'ra*in', rain]}", "weather: 7 is no word"),
        ("cues: {weather: [ra*, rain]}", "'ra*' needs at least 3 letters"),
        ("acronyms: ICE\ncues: {weather: [rain]}", "`acronyms` must be a list"),
    ],
)
def test_a_broken_lexicon_is_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "tags.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"tags\.yaml") as caught:
        read_lexicon(path)
    assert message in str(caught.value)


def test_all_wrong_entries_are_reported_at_once(tmp_path: Path) -> None:
    path = tmp_path / "tags.yaml"
    path.write_text("cues: {a: [7, rain], b: ['ra*in', '']}", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_lexicon(path)
    assert len(str(caught.value).splitlines()) == 3


@given(st.text())
def test_any_text_has_finite_features(shipped: Lexicon, text: str) -> None:
    found = features(passage(text), shipped)
    assert len(found) == len(feature_names(shipped.groups))
    assert all(abs(value) < 1e6 for value in found)


@given(st.lists(st.sampled_from(["rain", "storm", "of", "check", "make", "it", "ice", "cat"])))
def test_words_are_used_once(small: Lexicon, found: list[str]) -> None:
    """However entries overlap, no word belongs to two of them."""
    counts, distinct = count_cues(" ".join(found), small)
    assert counts["weather"] + counts["figure"] <= len(found)
    assert all(distinct[group] <= counts[group] for group in counts)
