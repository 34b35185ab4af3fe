"""One name a person: what counts as a short form, and what the play itself speaks against."""

from __future__ import annotations

import pytest
from playwright import parse

from twainbot.corpus.plays.names import speaker_names
from twainbot.corpus.plays.script import Script, Speech, label, labels
from twainbot.files import InputError


def _names(*speeches: tuple[str, str] | tuple[str, str, str], **script: object) -> list[str]:
    """Canonical names of (label, section[, text]) in order."""
    made = [
        Speech(labels(who), section, "", n, n + 1, rest[0] if rest else "Rain.", False)
        for n, (who, section, *rest) in enumerate(speeches)
    ]
    found = speaker_names(Script(speeches=made, **script), {})  # type: ignore[arg-type]
    return [" AND ".join(names) for names in found]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Macd.", "MACD"),
        ("1. Cit.", "FIRST CIT"),
        ("2nd Citizen", "SECOND CITIZEN"),
        ("The Ghost", "GHOST"),
        ("O’HARE", "O'HARE"),
        ("_Agda_.", "AGDA"),
        ("A Voice", "VOICE"),
        ("MRS.  QUILL.", "MRS. QUILL"),
        ("3", "THIRD"),
        ("ÉLISE", "ÉLISE"),
    ],
)
def test_labels(written: str, expected: str) -> None:
    assert label(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Orlo and Marn", ("ORLO", "MARN")),
        ("ORLO, MARN, and LADY PLIM", ("ORLO", "MARN", "LADY PLIM")),
        ("Mar. & Orl.", ("MAR", "ORL")),
        ("Both Orlo and Marn", ("ORLO", "MARN")),
        ("ROSALAND", ("ROSALAND",)),
        ("All", ("ALL",)),
    ],
)
def test_several_speakers(written: str, expected: tuple[str, ...]) -> None:
    assert labels(written) == expected


def test_several_spellings_are_one_person() -> None:
    speeches = [("Orl.", "I"), ("Mar.", "I"), ("Orla.", "I"), ("Marn.", "I"), ("Orlando.", "I")]
    assert _names(*speeches) == ["ORLANDO", "MARN", "ORLANDO", "MARN", "ORLANDO"]


def test_the_directions_give_the_whole_name() -> None:
    directions = [("I", "Enter Marcastle and Marduff."), ("II", "Enter Marcastle.")]
    speeches = [("Marc.", "I"), ("Mard.", "I"), ("Mar.", "II")]
    assert _names(*speeches, directions=directions) == ["MARCASTLE", "MARDUFF", "MARCASTLE"]


def test_a_short_form_of_two_persons_who_are_both_there_stays() -> None:
    speeches = [("Marc.", "I"), ("Mard.", "I"), ("Mar.", "I")]
    assert _names(*speeches) == ["MARC", "MARD", "MAR"]


def test_persons_who_answer_each_other_are_two() -> None:
    speeches = [("JACK", "I"), ("JACKSON", "I"), ("JACK", "I"), ("JACKSON", "I")]
    assert _names(*speeches) == ["JACK", "JACKSON", "JACK", "JACKSON"]


def test_a_name_that_people_use_is_whole() -> None:
    speeches = [("ANN", "I", "O, I am Ann, and only Ann."), ("BOB", "I", "Well, Ann."), ("ANNABEL", "II")]
    assert _names(*speeches) == ["ANN", "BOB", "ANNABEL"]


def test_titles() -> None:
    assert _names(("ORLO", "I"), ("MARN", "I"), ("KING ORLO", "I")) == ["KING ORLO", "MARN", "KING ORLO"]
    # A lady of that name may be his wife, and a lord is not the one lord who has a name.
    assert _names(("ORLO", "I"), ("BOB", "I"), ("LADY ORLO", "II")) == ["ORLO", "BOB", "LADY ORLO"]
    assert _names(("LORD PLIM", "I"), ("BOB", "I"), ("LORD", "II")) == ["LORD PLIM", "BOB", "LORD"]


def test_a_number_takes_its_noun_from_the_scene() -> None:
    directions = [("I", "Enter three Witches."), ("II", "Enter two Murderers and a Dog.")]
    assert _names(("1.", "I"), ("2", "I"), ("1.", "II"), directions=directions) == [
        "FIRST WITCH", "SECOND WITCH", "FIRST MURDERER",
    ]  # fmt: skip


PLAY = "ACT I\n\nORLO. Come.\n\nGAFFER. Why?\n\nORLO. Rain.\n\nFERRYMAN. So.\n"


def test_aliases_of_the_user_come_first() -> None:
    segments, _ = parse(PLAY, {"Gaffer": "Old Tom", "FERRYMAN": "Old Tom"})
    assert [s["speaker"] for s in segments] == ["ORLO", "OLD TOM", "ORLO", "OLD TOM"]


def test_an_alias_of_nobody_is_an_error() -> None:
    with pytest.raises(
        InputError,
        match=r"source 'play': aliases GAFER begin no speech\. The names .* are: FERRYMAN, GAFFER, ORLO\.",
    ):
        parse(PLAY, {"GAFER": "OLD TOM"})
