"""The score by which copies are ranked, with its arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.text.quality import quality


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0.0),
        (" \n", 0.0),
        ("It rained.", 1.0),
        ('("It rained.")', 1.0),
        ("It cost $3 (or 40%) & more; who's to say -- not I!", 1.0),
        # Cut at the end, at the beginning, at both: 0.9 each.
        ("It rained and", 0.9),
        ("and it rained.", 0.9),
        ("'and it rained", 0.81),
        # One word of two is shouted; a word of three letters is not.
        ("RAIN fell.", 0.5),
        ("USA won.", 1.0),
        # Four of eight characters are neither letters nor punctuation.
        ("####a b.", 0.5),
        # Marks of italics: 2 of 12 characters.
        ("It _rained_.", round(10 / 12, 4)),
        # What masked an address, with its brackets: 2 of 12 characters; unfinished too.
        ("Mail <EMAIL>", round(10 / 12 * 0.5 * 0.9, 4)),
    ],
)
def test_quality(text: str, expected: float) -> None:
    assert quality(text) == expected


def test_a_clean_edition_is_kept_before_a_scanned_a_shouted_and_a_cut_one() -> None:
    clean = "The river rose in the night, and the pilot said nothing of it."
    scanned = "The r1ver ro$e in the n^ght, and the pi|ot sa~d nothing of it."
    shouted = "THE RIVER ROSE IN THE NIGHT, and the pilot said nothing of it."
    cut = "The river rose in the night, and the pilot said"
    assert quality(clean) == 1.0
    assert max(quality(scanned), quality(shouted), quality(cut)) < 1.0


@given(st.text())
def test_between_0_and_1(text: str) -> None:
    assert 0.0 <= quality(text) <= 1.0
