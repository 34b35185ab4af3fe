"""Plays as tables: which column says what, which rows form one speech, where directions are kept."""

from __future__ import annotations

import pytest
from playwright import check_spans, parse, said

from twainbot.corpus.plays.parse import play_format

LINES = """\
act,scene,character,dialogue,line_number
Act I,Scene I,[stage direction],Enter ORLO,NA
Act I,Scene I,Orlo,"The river's above, the bridge",1
Act I,Scene I,Orlo,And all is wet.,2
Act I,Scene I,[stage direction],Exit a dog,NA
Act I,Scene I,Orlo,Good night.,3
Act I,Scene I,First Clerk,"He said ""wet"".",4
Act I,Scene II,Orlo,Again.,5
Act II,Prologue,Chorus,Rain.,6
"""
KAGGLE = """\
"Dataline","Play","PlayerLinenumber","ActSceneLine","Player","PlayerLine"
"1","The Ferry",,,,"ACT I"
"2","The Ferry",,,,"SCENE I. A bank."
"3","The Ferry",,,,"Enter ORLO"
"4","The Ferry","1","1.1.1","KING ORLO","The river is above the bridge,"
"5","The Ferry","1","1.1.2","KING ORLO","And so are we."
"6","The Ferry","1",,"KING ORLO","Exit a dog"
"7","The Ferry","2","1.1.3","KING ORLO","Again."
"8","The Ferry","3","1.1.4","MARN","No."
"""
SECOND_PLAY = """\
"9","The Boat",,,,"ACT I"
"10","The Boat","1","1.1.1","ORLO","Ho."
"""
SPEECHES = """\
speaker;text;act;scene;stage_directions
ORLO;The river is above the bridge.;1;2;Enter ORLO
MARN;"No; it is not.";1;2;
ORLO;It is.;1;2;
MARN;No.;1;2;
ORLO;Yes.;1;2;
MARN;It is below.;1;2;
MARN;I saw it.;1;2;
"""
TYPED = """\
id\ttype\tspeaker\ttext
1\tstage\t\tEnter Orlo
2\tspeech\tOrlo & Marn\tHello.
3\tspeech\tMarn\t[Aside] No.
"""


def test_one_line_a_row() -> None:
    assert said(LINES) == [
        ("ORLO", "ACT I SCENE I", "The river's above, the bridge\nAnd all is wet.\nGood night."),
        ("FIRST CLERK", "ACT I SCENE I", 'He said "wet".'),
        ("ORLO", "ACT I SCENE II", "Again."),
        ("CHORUS", "ACT II PROLOGUE", "Rain."),
    ]
    segments, rejects = parse(LINES)
    first = LINES[segments[0]["start"] : segments[0]["end"]]
    assert first.startswith("Act I,Scene I,Orlo,") and first.endswith("Good night.,3")
    assert [r["text"] for r in rejects if r["reason"] == "stage_direction"] == [
        "Act I,Scene I,[stage direction],Enter ORLO,NA",
        "Act I,Scene I,[stage direction],Exit a dog,NA",
    ]


def test_rows_with_speech_numbers_and_places() -> None:
    assert said(KAGGLE) == [
        ("KING ORLO", "ACT I SCENE I", "The river is above the bridge,\nAnd so are we."),
        ("KING ORLO", "ACT I SCENE I", "Again."),
        ("MARN", "ACT I SCENE I", "No."),
    ]
    assert [r["reason"] for r in parse(KAGGLE)[1]] == ["heading"] * 3 + ["stage_direction"] * 2


def test_persons_of_two_plays_in_one_file_are_kept_apart() -> None:
    found = said(KAGGLE + SECOND_PLAY)
    assert found[0][:2] == ("KING ORLO", "THE FERRY ACT I SCENE I")
    assert found[-1] == ("ORLO", "THE BOAT ACT I SCENE I", "Ho.")


def test_one_speech_a_row_and_directions_in_a_column() -> None:
    assert [(who, text) for who, _, text in said(SPEECHES)] == [
        ("ORLO", "The river is above the bridge."),
        ("MARN", "No; it is not."),
        ("ORLO", "It is."),
        ("MARN", "No."),
        ("ORLO", "Yes."),
        ("MARN", "It is below."),
        ("MARN", "I saw it."),
    ]
    assert {section for _, section, _ in said(SPEECHES)} == {"ACT I SCENE II"}
    assert [r["text"] for r in parse(SPEECHES)[1] if r["reason"] == "stage_direction"] == ["Enter ORLO"]


def test_a_column_that_types_the_rows() -> None:
    assert said(TYPED) == [("ORLO AND MARN", "", "Hello."), ("MARN", "", "No.")]
    assert [r["text"] for r in parse(TYPED)[1] if r["reason"] == "stage_direction"] == [
        "1\tstage\t\tEnter Orlo",
        "[Aside]",
    ]


@pytest.mark.parametrize("raw", [LINES, KAGGLE + SECOND_PLAY, SPEECHES, TYPED])
def test_nothing_is_lost(raw: str) -> None:
    check_spans(raw, *parse(raw))
    check_spans(raw.replace("\n", "\r\n"), *parse(raw.replace("\n", "\r\n")))


def test_a_title_page_with_commas_is_no_table() -> None:
    assert play_format("The Ferry, a Play, by A. Sample\n\nACT I\n\nORLO. Rain.\n") == "text"
