"""Plays in both layouts: speakers learnt from the page, directions out, acts and scenes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.corpus.books.gutenberg import Body
from twainbot.corpus.plays.parse import parse_play
from twainbot.corpus.plays.script import PLAY_REASONS
from twainbot.files import InputError
from twainbot.records import Reject, Segment

INLINE = """\
THE FERRY

Contents

ACT I Scene I. A landing. Scene II. The same.

ACT II Scene I. A bank.

 Dramatis Personae

ORLO, a ferryman. FIRST CLERK. SECOND CLERK. LADY MARN, a passenger.

ACT I

SCENE I. A landing.

 Enter Orlo and two Clerks.

ORLO. Who calls the boat at such an hour as this, when even the fog has
gone to bed and left the river to itself?

FIRST CLERK. We do. [_Aside._] He is asleep.

SECOND CLERK Not quite.

ORLO. I heard that.

 [_A bell rings._]

The bell is mine.

FIRST CLERK and SECOND CLERK. So is the fare.

 [_Exeunt._]

SCENE II. The same.

LADY M. Is it far?

ACT II

SCENE I. A bank.

 Enter LADY MARN.

LADY MARN. It was. [_Exit._]

 Drums. Exeunt Clerks.
"""
BLOCK = """\
PERSONS

ORLO, a ferryman.

ACT I.

SCENE I. A landing.

[Enter Orlo and
LADY MARN.]

ORLO.
The tide that took the oars away
Will bring them back another day,
Or not.

LADY MARN.
Then wait.

[She sits.]

I have a book.

ACT II. SCENE III.

ALL.
[Singing.]
Row!

ORLO [aside].
Stop.
"""


def _parse(raw: str) -> tuple[list[Segment], list[Reject]]:
    return parse_play(raw, Body(0, len(raw), (), 1.0), doc_id="doc-1", source_id="play")


def test_inline_layout() -> None:
    segments, rejects = _parse(INLINE)
    assert [(s["speaker"], s["section"], s["text"]) for s in segments] == [
        ("ORLO", "ACT I SCENE I", "Who calls the boat at such an hour as this, when even the fog has gone "
         "to bed and left the river to itself?"),
        ("FIRST CLERK", "ACT I SCENE I", "We do. He is asleep."),
        ("SECOND CLERK", "ACT I SCENE I", "Not quite."),
        ("ORLO", "ACT I SCENE I", "I heard that. The bell is mine."),
        ("FIRST CLERK AND SECOND CLERK", "ACT I SCENE I", "So is the fare."),
        ("LADY MARN", "ACT I SCENE II", "Is it far?"),
        ("LADY MARN", "ACT II SCENE I", "It was."),
    ]  # fmt: skip
    directions = [r["text"] for r in rejects if r["reason"] == "stage_direction"]
    assert directions == [
        "Enter Orlo and two Clerks.",
        "[_Aside._]",
        "[_A bell rings._]",
        "[_Exeunt._]",
        "Enter LADY MARN.",
        "[_Exit._]",
        "Drums. Exeunt Clerks.",
    ]
    assert [r["text"][:8] for r in rejects if r["reason"] == "contents"] == [
        "Contents",
        "ACT I Sc",
        "ACT II S",
    ]


def test_block_layout() -> None:
    segments, _ = _parse(BLOCK)
    assert [(s["speaker"], s["section"], s["text"], s["verse"]) for s in segments] == [
        (
            "ORLO",
            "ACT I SCENE I",
            "The tide that took the oars away\nWill bring them back another day,\nOr not.",
            True,
        ),
        ("LADY MARN", "ACT I SCENE I", "Then wait. I have a book.", False),
        ("ALL", "ACT II SCENE III", "Row!", False),
        ("ORLO", "ACT II SCENE III", "Stop.", False),
    ]


@pytest.mark.parametrize("raw", [INLINE, BLOCK, INLINE.replace("\n", "\r\n")])
def test_spans_and_accounting(raw: str) -> None:
    segments, rejects = _parse(raw)
    assert all(a["end"] <= b["start"] for a, b in pairwise(segments))
    for segment in segments:
        piece = raw[segment["start"] : segment["end"]]
        assert piece.split()[0].strip(".") == (segment["speaker"] or "").split()[0]
        assert segment["text"].split()[-1] in piece
    covered: set[int] = set()
    for piece in [*segments, *rejects]:
        covered.update(range(piece["start"], piece["end"]))
    assert all(index in covered or char.isspace() for index, char in enumerate(raw))
    assert {r["reason"] for r in rejects} <= set(PLAY_REASONS)


def test_an_ambiguous_short_name_stays() -> None:
    raw = "ACT I\n\nLADY MARN. Yes.\n\nLADY MOLE. No.\n\nLADY M. Perhaps.\n\nCLERKS. All.\n\nCLERK. One.\n"
    assert [s["speaker"] for s in _parse(raw)[0]] == ["LADY MARN", "LADY MOLE", "LADY M", "CLERKS", "CLERK"]


def test_a_name_in_the_list_of_persons_is_whole() -> None:
    raw = "PERSONS\n\nKING, of a place.\n\nKING ORLO, his father.\n\nACT I\n\nKING. One.\n\nKING ORLO. Two.\n"
    assert [s["speaker"] for s in _parse(raw)[0]] == ["KING", "KING ORLO"]


def test_a_speech_of_directions_only_is_dropped() -> None:
    segments, rejects = _parse("ACT I\n\nORLO. Come.\n\nMARN. [_Exit._]\n\nORLO. Gone.\n")
    assert [s["text"] for s in segments] == ["Come.", "Gone."]
    assert [r["text"] for r in rejects if r["reason"] == "stage_direction"] == ["MARN. [_Exit._]"]


@given(st.lists(st.sampled_from(["ORLO", "MARN", "FIRST CLERK"]), min_size=2, max_size=12))
def test_both_layouts_give_the_same_speakers(names: list[str]) -> None:
    inline = "ACT I\n\n" + "\n\n".join(f"{name}. Say it {n}." for n, name in enumerate(names))
    block = "ACT I\n\n" + "\n\n".join(f"{name}.\nSay it {n}." for n, name in enumerate(names))
    for raw in (inline, block):
        segments, _ = _parse(raw)
        assert [s["speaker"] for s in segments] == names
        assert [s["text"] for s in segments] == [f"Say it {n}." for n in range(len(names))]


def test_prose_is_no_play() -> None:
    with pytest.raises(InputError, match=r"play: found no act with speeches.*kind: gutenberg"):
        _parse("CHAPTER I\n\nIt rained.\n")
