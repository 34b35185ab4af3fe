"""Editions beyond those that the corpus has: how printers of plays, poems and translations set a page."""

from __future__ import annotations

import pytest
from playwright import check_spans, parse

from twainbot.corpus.books.gutenberg import find_body
from twainbot.corpus.parse import parse_source
from twainbot.corpus.sources import Source
from twainbot.files import InputError
from twainbot.records import Segment


def said(segments: list[Segment]) -> list[tuple[str | None, str]]:
    return [(segment["speaker"], segment["text"]) for segment in segments]


def test_a_direction_in_brackets_in_place_of_the_stop() -> None:
    raw = """\
ACT I

A wet street.

THE MOTHER [on her daughter's right, under the only umbrella that
the house owns] Not so long. He ought to have a cab by this.

MRS. PELL [hesitating] There is no cab, ma'am.

THE MOTHER. There must be one.

Fred rushes in out of the rain, and closes a dripping umbrella.

FRED. There is not one to be had.

MRS. PELL. I said so.
"""
    segments, rejects = parse(raw)
    assert said(segments) == [
        ("MOTHER", "Not so long. He ought to have a cab by this."),
        ("MRS. PELL", "There is no cab, ma'am."),
        ("MOTHER", "There must be one."),
        ("FRED", "There is not one to be had."),
        ("MRS. PELL", "I said so."),
    ]
    dropped = [reject["text"] for reject in rejects if reject["reason"] == "stage_direction"]
    assert "Fred rushes in out of the rain, and closes a dripping umbrella." in dropped
    check_spans(raw, segments, rejects)


def test_a_chorus_speaks_from_the_beginning_and_its_stanzas_are_named() -> None:
    raw = """\
THE DROWNED KING

ORLO
My people, wherefore do you stand in rain,
And wherefore have you neither roof nor hat?

CREN
Because the roof, my lord, is in the sea.

CHORUS
Strophe I.
Sweet voice of thunder from the western hill,
What dost thou bring us?

CHORUS

(Ant. 1)
First on the gods of drains I call,

ORLO
It is well.

CREN
It is wet.
"""
    segments, rejects = parse(raw)
    assert said(segments) == [
        ("ORLO", "My people, wherefore do you stand in rain,\nAnd wherefore have you neither roof nor hat?"),
        ("CREN", "Because the roof, my lord, is in the sea."),
        ("CHORUS", "Sweet voice of thunder from the western hill,\nWhat dost thou bring us?"),
        ("CHORUS", "First on the gods of drains I call,"),
        ("ORLO", "It is well."),
        ("CREN", "It is wet."),
    ]
    assert {segment["section"] for segment in segments} == {""}
    check_spans(raw, segments, rejects)


def test_a_prologue_after_the_list_of_persons_that_a_chorus_speaks() -> None:
    raw = """\
Dramatis Personae

ORLO, a lord.
MARN, his friend.

THE PROLOGUE

 Enter Chorus.

CHORUS.
Two households, both of much the same degree,
In fair Melk where we dig our peas.

ACT I

SCENE I. A field.

ORLO.
What peas?

MARN.
Those peas.
"""
    segments, rejects = parse(raw)
    assert [(segment["section"], segment["speaker"]) for segment in segments] == [
        ("PROLOGUE", "CHORUS"),
        ("ACT I SCENE I", "ORLO"),
        ("ACT I SCENE I", "MARN"),
    ]
    check_spans(raw, segments, rejects)


def test_a_curly_possessive_in_a_direction_is_no_longer_name() -> None:
    raw = "FIRST ACT\n\nAlgo’s rooms. Algo’s piano.\n\n" + "ALGO.\nTea?\n\nLANE.\nYes, sir.\n\n" * 3
    segments, _ = parse(raw)
    assert {segment["speaker"] for segment in segments} == {"ALGO", "LANE"}


def test_the_bracket_of_a_last_direction_left_open() -> None:
    raw = "ACT I.\n\nFag. So I hear. [Exit.\n\nAbs. He is gone.\n\nFag. I am back.\n\nAbs. Sir!  [Knocks.\n"
    segments, rejects = parse(raw)
    assert said(segments) == [
        ("FAG", "So I hear."), ("ABS", "He is gone."), ("FAG", "I am back."), ("ABS", "Sir!"),
    ]  # fmt: skip
    check_spans(raw, segments, rejects)


def test_a_name_alone_that_speaks_but_once() -> None:
    pair = "FAUST\n\nWho calls?\n\nSPIRIT\n\nI called.\n\n"
    raw = pair * 3 + "POET\n\nSpeak not of rain.\n\nNIGHT\n\n(_A narrow room._)\n\n" + pair
    segments, rejects = parse(raw)
    assert said(segments)[6:8] == [("POET", "Speak not of rain."), ("FAUST", "Who calls?")]
    check_spans(raw, segments, rejects)


def test_an_italic_paragraph_tells_of_a_speaker() -> None:
    raw = """\
ACT I

MEDVO. Why black?

MASHO. For my life.

_MEDVO and MASHO go out_.

MEDVO. I see.

_The curtain falls_.
"""
    segments, _ = parse(raw)
    assert said(segments) == [("MEDVO", "Why black?"), ("MASHO", "For my life."), ("MEDVO", "I see.")]


def test_the_plays_of_one_file_are_told_apart() -> None:
    play = (
        "Contents\n\nACT I\nScene I. A field.\n\nDramatis Personae\n\nORLO, a lord\n\n\n"
        "ACT I\n\nSCENE I. A field.\n\n"
    )
    speeches = "ORLO.\nPeas.\n\nMARN.\nAy.\n"
    raw = f"THE FIRST PLAY\n\n{play}{speeches}\n\n\n\nTHE SECOND PLAY\n\n\n\n{play}{speeches}"
    segments, rejects = parse(raw)
    assert [(segment["section"], segment["text"]) for segment in segments] == [
        ("ACT I SCENE I", "Peas."),
        ("ACT I SCENE I", "Ay."),
        ("THE SECOND PLAY ACT I SCENE I", "Peas."),
        ("THE SECOND PLAY ACT I SCENE I", "Ay."),
    ]
    check_spans(raw, segments, rejects)


def test_a_prologue_without_a_name_in_html() -> None:
    raw = """\
<html><body><h3>PROLOGUE</h3>
<blockquote><A NAME=1.0.1>Two households dig their peas,</A><br>
<A NAME=1.0.2>In fair Melk, upon their knees.</A><br></blockquote>
<h3>SCENE I. A field.</h3>
<A NAME=speech1><b>ORLO</b></a><blockquote><A NAME=1.1.1>Peas?</A><br></blockquote>
</body></html>
"""
    segments, rejects = parse(raw)
    assert said(segments) == [
        ("PROLOGUE", "Two households dig their peas,\nIn fair Melk, upon their knees."),
        ("ORLO", "Peas?"),
    ]
    check_spans(raw, segments, rejects)


def test_a_delimiter_in_the_last_column_of_a_table() -> None:
    segments, _ = parse("Speaker;Line\nOrlo;I am wet; Marn.\nMarn;So am I.\n")
    assert said(segments) == [("ORLO", "I am wet; Marn."), ("MARN", "So am I.")]


@pytest.mark.parametrize("blank", [" ", "\t", "\n", "\n\n ", "*"])
def test_long_runs_of_blanks_cost_no_time(blank: str) -> None:
    # At quadratic cost this takes minutes.
    body = find_body("CHAPTER I\n\n" + blank * 200_000 + "\n\nA cow.\n")
    assert body.end > 200_000


def test_brackets_without_end_are_no_json() -> None:
    source = Source(
        id="x", corpus="sample", kind="gutenberg", persona="twain", title="X", author="", licence="CC0-1.0",
        path="books/x.txt",
    )  # fmt: skip
    with pytest.raises(InputError, match="no text was found"):
        parse_source(source, b"[" * 60_000)
