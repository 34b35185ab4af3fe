"""What a persona's books hold of other hands: a life of him, letters to him."""

from __future__ import annotations

from builders import passage

from twainbot.dataset.style.authorship import by_others


def numbers(*texts: str, section: str = "", kind: str = "book") -> list[int]:
    made = [
        passage(
            text, number, persona="franklin", section=section, kind=kind, doc_id="doc-1", start=100 * number
        )
        for number, text in enumerate(texts)
    ]
    found = by_others(reversed(made))
    return [number for number, one in enumerate(made) if one["id"] in found]


def test_a_life_goes_on_until_somebody_says_i() -> None:
    assert numbers(
        "The rain came early.",
        "In May Franklin sold his umbrella.",
        "He was sorry for it by June.",
        "I went out wet, and so did my hat.",
        "The rain came late.",
    ) == [1, 2]


def test_a_word_that_is_spelt_like_a_name_names_nobody() -> None:
    assert numbers("They franklin the letters.", "The post was slow.") == []


def test_letters_to_him_and_from_a_named_other_are_not_his() -> None:
    text = "I have seen the kite."
    assert numbers(text, section="MR. B. ORCUTT, AT VELL, TO FRANKLIN. May 3") == [0]
    assert numbers(text, section="FROM B. ORCUTT, ESQ. Notes on a kite") == [0]
    assert numbers(text, section="FROM MR. FRANKLIN TO B. ORCUTT") == []
    assert numbers(text, section="TO B. ORCUTT. REMARKS BY MR. FRANKLIN") == []
    assert numbers(text, section="TO B. ORCUTT, ESQ.") == []


def test_a_player_s_name_in_a_play_is_no_life() -> None:
    assert numbers("Where is Franklin?", kind="play") == []
