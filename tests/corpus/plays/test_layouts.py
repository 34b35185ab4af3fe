"""Plain text as four centuries printed plays: what begins a speech, and what is a direction."""

from __future__ import annotations

import pytest
from playwright import check_spans, parse, said

COMEDY = """\
THE UMBRELLA STAND

THE PERSONS IN THE PLAY

Mr. Quill, of the Weather Office
Gadsby, his man
Lady Plim

THE SCENES OF THE PLAY

ACT I. A hall.

ACT II. The same.

TIME: A wet Tuesday.

FIRST ACT

SCENE

A hall. Eleven umbrellas.

[Gadsby is counting the umbrellas, and after the eleventh Mr. Quill
comes in.]

MR. QUILL.  How many, Gadsby?

GADSBY.  [Without turning.]  Eleven, sir, and one that is only a stick.  [Counts
again.]  Eleven.

[Enter LADY PLIM.]

LADY PLIM.  [_Dripping._]  I was told that it would be fine.

MR. O'HARE.  (From the stairs.)  It was fine, ma'am. It has stopped.

GADSBY and LADY PLIM.  [Together.]  Stopped!

ACT DROP

SECOND ACT

LADY PLIM.  Twelve. (She sits.) I brought mine.

MR. QUILL.  Then we have one too many.

CURTAIN
"""
ITALIC = """\
ACT I

(_SCENE.--A kitchen. A door at the back. A bell is heard._)

_Agda_. Put the kettle there, Per. (_To the DOG, who has come in._) And you, out!

_Per_. It has no lid.

_Halm_ (_calls from the loft_). Is that the ferry?

_Agda_ (_counting spoons_). It is the kettle!

_Mrs. Rusk_. Good day to you.

_Per_. Good day.
"""
PARENTHESES = """\
ACT FIRST

SCENE--A room.

HALM (calling from the loft). Is that the ferry?

AGDA [to herself]. Never. (She listens.) Never.

HALM. Was it the kettle? (Climbs down.) Agda, the lid (the old one) is gone.

AGDA. I sold it.
"""
FOLIO = """\
Actus Primus. Scoena Prima.

Enter Orlando, Marnella, and two Clerkes.

  Orl. The riuer is aboue the bridge to night,
And all the boates are a bed
   Mar. Not all

   1. I am not

   2. Nor I

   Orla. Who speakes?
  All. We doe.
Exeunt.

Scena Secunda.

Enter Marnella.

  Marn. Alone at last

   Orl. I am behind you

   Marn. & Orl. So we are.
Exit.
"""
QUARTO = """\
ACT I

Enter Orlo.
Orl. The rain is here, and so am I,
And neither of us shall be dry.
Mar. You speak too much.
Orl. I speak too little, for the rain    5
Speaks ever more.
Mar. Be still.
Orl. I am.
Mar. Then hear.
"""
FOLGER = """\
ACT 1
=====

Scene 1
=======
[Enter Orlo and Marn, with lanterns.]


ORLO  Who holds the light?

MARN
Not I. I hold the dark, and hold it up,
For else it would come down on both of us.

ORLO, [aside]  She does.

FIRST CITIZEN
Row, row.

[They exit.]

Scene 2
=======

ALL  Row!

MARN  We have.
"""
SCREEN = """\
ACT ONE

SCENE ONE

        ORLO

    I said that it would rain.

        MARN

    (opening an umbrella)

    So it does.

        ORLO

    Always.

        MARN

    Ever.
"""
COLONS = """\
Scene 1

Jack: Have you seen the boat?

Old Tom: I sold it. (Looks away.) For a song.

Jack: Tom!

Old Tom: A good song.
"""
ONE_ACT = """\
THE BOAT
A PLAY IN ONE ACT

CHARACTERS:

MRS. QUILL, a widow.
BOB. Her son.
THE POSTMAN.

SCENE: A kitchen. MRS. QUILL is peeling.

MRS. QUILL. You're late, Bob.

BOB. I'm early for tomorrow.

THE POSTMAN. [_Knocking._] Letter!

MRS. QUILL. Read it.

BOB. It's wet.
"""
PARTS = """\
PROLOGUE

Enter CHORUS.

CHORUS. Two towns, alike in rain.

ACT I

SCENE I. A street.

FIRST CIT. Rain.

2 CIT. More.

FIRST CITIZEN. Always.

SECOND CITIZEN. Ever.

Both. Amen.

ACT II

PROLOGUE

CHORUS. And now it pours.

SCENE II.--ORLO, MARN.

ORLO.—So it does.

MARN—So it did.

ORLO—So it will.

MARN—So.

EPILOGUE

Now all is dry, and all that we have lent
Is given back, and all the rain is spent.
"""


def test_comedy_with_bracketed_manner() -> None:
    assert said(COMEDY) == [
        ("MR. QUILL", "ACT I", "How many, Gadsby?"),
        ("GADSBY", "ACT I", "Eleven, sir, and one that is only a stick. Eleven."),
        ("LADY PLIM", "ACT I", "I was told that it would be fine."),
        ("MR. O'HARE", "ACT I", "It was fine, ma'am. It has stopped."),
        ("GADSBY AND LADY PLIM", "ACT I", "Stopped!"),
        ("LADY PLIM", "ACT II", "Twelve. I brought mine."),
        ("MR. QUILL", "ACT II", "Then we have one too many."),
    ]
    rejects = parse(COMEDY)[1]
    contents = [r["text"] for r in rejects if r["reason"] == "contents"]
    assert contents == ["ACT I. A hall.", "ACT II. The same."]
    directions = [r["text"] for r in rejects if r["reason"] == "stage_direction"]
    assert directions == [
        "A hall. Eleven umbrellas.",
        "[Gadsby is counting the umbrellas, and after the eleventh Mr. Quill\ncomes in.]",
        "[Without turning.]",
        "[Counts\nagain.]",
        "[Enter LADY PLIM.]",
        "[_Dripping._]",
        "(From the stairs.)",
        "[Together.]",
        "ACT DROP",
        "(She sits.)",
        "CURTAIN",
    ]


def test_names_in_italics() -> None:
    assert said(ITALIC) == [
        ("AGDA", "ACT I", "Put the kettle there, Per. And you, out!"),
        ("PER", "ACT I", "It has no lid."),
        ("HALM", "ACT I", "Is that the ferry?"),
        ("AGDA", "ACT I", "It is the kettle!"),
        ("MRS. RUSK", "ACT I", "Good day to you."),
        ("PER", "ACT I", "Good day."),
    ]


def test_a_parenthesis_within_a_sentence_is_spoken() -> None:
    assert said(PARENTHESES) == [
        ("HALM", "ACT I", "Is that the ferry?"),
        ("AGDA", "ACT I", "Never. Never."),
        ("HALM", "ACT I", "Was it the kettle? Agda, the lid (the old one) is gone."),
        ("AGDA", "ACT I", "I sold it."),
    ]


def test_first_folio() -> None:
    assert said(FOLIO) == [
        ("ORLANDO", "ACT I SCENE I",
         "The riuer is aboue the bridge to night,\nAnd all the boates are a bed"),
        ("MARNELLA", "ACT I SCENE I", "Not all"),
        ("FIRST CLERKE", "ACT I SCENE I", "I am not"),
        ("SECOND CLERKE", "ACT I SCENE I", "Nor I"),
        ("ORLANDO", "ACT I SCENE I", "Who speakes?"),
        ("ALL", "ACT I SCENE I", "We doe."),
        ("MARNELLA", "ACT I SCENE II", "Alone at last"),
        ("ORLANDO", "ACT I SCENE II", "I am behind you"),
        ("MARNELLA AND ORLANDO", "ACT I SCENE II", "So we are."),
    ]  # fmt: skip


def test_speeches_without_blank_lines() -> None:
    assert said(QUARTO) == [
        ("ORLO", "ACT I", "The rain is here, and so am I,\nAnd neither of us shall be dry."),
        ("MAR", "ACT I", "You speak too much."),
        ("ORLO", "ACT I", "I speak too little, for the rain\nSpeaks ever more."),
        ("MAR", "ACT I", "Be still."),
        ("ORLO", "ACT I", "I am."),
        ("MAR", "ACT I", "Then hear."),
    ]


def test_names_set_off_by_space() -> None:
    verse = "Not I. I hold the dark, and hold it up,\nFor else it would come down on both of us."
    assert said(FOLGER) == [
        ("ORLO", "ACT I SCENE I", "Who holds the light?"),
        ("MARN", "ACT I SCENE I", verse),
        ("ORLO", "ACT I SCENE I", "She does."),
        ("FIRST CITIZEN", "ACT I SCENE I", "Row, row."),
        ("ALL", "ACT I SCENE II", "Row!"),
        ("MARN", "ACT I SCENE II", "We have."),
    ]


def test_names_as_paragraphs() -> None:
    assert said(SCREEN) == [
        ("ORLO", "ACT I SCENE I", "I said that it would rain."),
        ("MARN", "ACT I SCENE I", "So it does."),
        ("ORLO", "ACT I SCENE I", "Always."),
        ("MARN", "ACT I SCENE I", "Ever."),
    ]


def test_names_in_small_letters_with_a_colon() -> None:
    assert said(COLONS) == [
        ("JACK", "SCENE I", "Have you seen the boat?"),
        ("OLD TOM", "SCENE I", "I sold it. For a song."),
        ("JACK", "SCENE I", "Tom!"),
        ("OLD TOM", "SCENE I", "A good song."),
    ]


@pytest.mark.parametrize("raw", [ONE_ACT, ONE_ACT.replace("\n", "\r\n")])
def test_a_play_without_headings(raw: str) -> None:
    assert said(raw) == [
        ("MRS. QUILL", "", "You're late, Bob."),
        ("BOB", "", "I'm early for tomorrow."),
        ("POSTMAN", "", "Letter!"),
        ("MRS. QUILL", "", "Read it."),
        ("BOB", "", "It's wet."),
    ]


def test_prologue_chorus_and_epilogue() -> None:
    assert said(PARTS) == [
        ("CHORUS", "PROLOGUE", "Two towns, alike in rain."),
        ("FIRST CITIZEN", "ACT I SCENE I", "Rain."),
        ("SECOND CITIZEN", "ACT I SCENE I", "More."),
        ("FIRST CITIZEN", "ACT I SCENE I", "Always."),
        ("SECOND CITIZEN", "ACT I SCENE I", "Ever."),
        ("BOTH", "ACT I SCENE I", "Amen."),
        ("CHORUS", "ACT II PROLOGUE", "And now it pours."),
        ("ORLO", "ACT II SCENE II", "So it does."),
        ("MARN", "ACT II SCENE II", "So it did."),
        ("ORLO", "ACT II SCENE II", "So it will."),
        ("MARN", "ACT II SCENE II", "So."),
        ("EPILOGUE", "EPILOGUE",
         "Now all is dry, and all that we have lent\nIs given back, and all the rain is spent."),
    ]  # fmt: skip


def test_a_heading_and_speeches_in_one_paragraph() -> None:
    raw = "ACT I\nSCENE I. A bank.\nORLO. Come.\nMARN. Why?\nSCENE II. The same.\nORLO. Rain.\nMARN. So.\n"
    assert said(raw) == [
        ("ORLO", "ACT I SCENE I", "Come."),
        ("MARN", "ACT I SCENE I", "Why?"),
        ("ORLO", "ACT I SCENE II", "Rain."),
        ("MARN", "ACT I SCENE II", "So."),
    ]


@pytest.mark.parametrize(
    "raw",
    [COMEDY, ITALIC, PARENTHESES, FOLIO, QUARTO, FOLGER, SCREEN, COLONS, ONE_ACT, PARTS],
)
def test_nothing_is_lost(raw: str) -> None:
    check_spans(raw, *parse(raw))
    crlf = raw.replace("\n", "\r\n")
    check_spans(crlf, *parse(crlf))
    assert said(crlf) == said(raw)
