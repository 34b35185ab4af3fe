"""Season, condition and place: asked for only if the passage names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from twainbot.dataset.style.moments import comes_back, moment, read_moments
from twainbot.dataset.style.nouns import word_company
from twainbot.files import InputError

ROOT = Path(__file__).resolve().parents[3]
MOMENTS = read_moments(ROOT / "data/lexicons/moments.yaml", ["Boston", "New Orleans"])
COMPANY = word_company(
    ["He was in Tidewick, and at Tidewick he stayed.", "So said Orcutt, and in Tidewick Orcutt is."]
)


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("It rained in Boston all winter.", {"season": "winter", "condition": "rain", "place": "Boston"}),
        ("We went to New Orleans.", {"place": "New Orleans"}),
        ("He was born on the 1st of February, 1830.", {}),
        ("Much is said of climate change.", {}),
        ("Such weather, and such rain!", {"condition": "rain"}),
        ("A gale, a fog, and then the fog again.", {"condition": "fog"}),
        ("They slept in Tidewick.", {"place": "Tidewick"}),
        ("He gave it to Orcutt in January.", {"season": "January"}),
        ("The snow fell before the rain.", {"condition": "snow"}),
        ("He sprang up, and they march on.", {}),
        ("Nothing happened.", {}),
    ],
)
def test_what_a_text_names(text: str, slots: dict[str, str]) -> None:
    assert moment(text, MOMENTS, COMPANY) == slots


def test_what_a_long_text_names_late_is_not_its_subject() -> None:
    assert moment("Nothing ever happened here. " * 10 + "It rained.", MOMENTS, COMPANY) == {}


@pytest.mark.parametrize(
    ("text", "comes"),
    [
        ("It rained, and the rain was cold.", True),
        ("It rained; the wind and the fog were worse.", True),
        ("It rained, and the wind was cold.", False),
        ("It rained.", False),
    ],
)
def test_weather_is_the_subject_of_what_comes_back_to_it(text: str, comes: bool) -> None:
    assert comes_back(text, "rain", MOMENTS) is comes


def test_all_problems_of_the_lexicon_at_once(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text("season: {winter: cold}\n")
    with pytest.raises(InputError, match=r"season: needs(.|\n)*condition: needs(.|\n)*not_places: needs"):
        read_moments(path, [])
