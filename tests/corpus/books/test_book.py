# ruff: noqa: E501
"""A book to segments and rejects: exact spans, sections, and a reason for all that is dropped."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.corpus.books.gutenberg import Body
from twainbot.corpus.books.parse import BOOK_REASONS, parse_book
from twainbot.records import Reject, Segment

PROSE = """\
The barometer had been in the family for three generations and had never
once been right about anything, but my uncle kept it on, as he kept on
his hired man, out of regard for its father. He said that it meant well.
"""
MORE = """\
I put the question to the hired man, who had stood under every sort of
weather that the county could afford, and he answered that he had noticed
that it generally did something.
"""
BOOK = f"""\
A HISTORY OF ONE BAROMETER

By A. Writer


Copyright, 1890, by A. Writer


CONTENTS

CHAPTER I. The Instrument--Its Habits--A Surprise
CHAPTER II. The Storm

ILLUSTRATIONS

The Uncle
The Hired Man



CHAPTER I.

The Instrument

{PROSE}
[Illustration: THE UNCLE, WITH
HIS BAROMETER]

"It means well."[1]

[1] It did not.

* * * * *

{MORE}
  The rain it came upon the hay,
    It had not been invited;
  The farmer saw it all the day,
    And was not much delighted.

    Item           Price
    Barometer      1.00
    Umbrella       2.50

{{14}}

CHAPTER II.

The Storm

{PROSE}
[Footnote 2: A footnote may have

two paragraphs.]

{MORE}
THE END

Transcriber's Note

Spelling was kept as it was in the print.
"""


def _parse(raw: str) -> tuple[list[Segment], list[Reject]]:
    return parse_book(raw, Body(0, len(raw), (), 1.0), doc_id="doc-1", source_id="book")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def test_segments_have_text_section_and_span() -> None:
    segments, _ = _parse(BOOK)
    one, two = "CHAPTER I. The Instrument", "CHAPTER II. The Storm"
    verse = (
        "The rain it came upon the hay,\n  It had not been invited;\n"
        "The farmer saw it all the day,\n  And was not much delighted."
    )
    assert [(segment["section"], segment["text"]) for segment in segments] == [
        (one, _one_line(PROSE)),
        (one, '"It means well."'),
        (one, _one_line(MORE)),
        (one, verse),
        (two, _one_line(PROSE)),
        (two, _one_line(MORE)),
    ]
    assert [segment["verse"] for segment in segments] == [False, False, False, True, False, False]
    assert [segment["ordinal"] for segment in segments] == list(range(6))
    assert BOOK[segments[0]["start"] : segments[0]["end"]] == PROSE.strip()
    assert BOOK[segments[1]["start"] : segments[1]["end"]] == '"It means well."[1]'


def test_every_reject_has_a_reason() -> None:
    _, rejects = _parse(BOOK)
    by_reason = {reason: [r["text"] for r in rejects if r["reason"] == reason] for reason in BOOK_REASONS}
    assert by_reason["illustration"] == ["[Illustration: THE UNCLE, WITH\nHIS BAROMETER]"]
    assert by_reason["footnote"] == [
        "[1] It did not.",
        "[Footnote 2: A footnote may have",
        "two paragraphs.]",
    ]
    assert by_reason["break"] == ["* * * * *", "{14}"]
    assert by_reason["front_matter"] == ["By A. Writer", "Copyright, 1890, by A. Writer"]
    assert len(by_reason["table"]) == 1
    assert by_reason["credits"] == ["Transcriber's Note", "Spelling was kept as it was in the print."]
    assert by_reason["contents"][0] == "CONTENTS"
    assert "THE END" in by_reason["heading"]


def _covered(raw: str, segments: list[Segment], rejects: list[Reject]) -> None:
    pieces = sorted((piece["start"], piece["end"]) for piece in [*segments, *rejects])
    assert all(a[1] <= b[0] for a, b in pairwise(pieces))
    assert "".join("".join(raw[start:end].split()) for start, end in pieces) == "".join(raw.split())


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_nothing_is_lost_or_kept_twice(newline: str) -> None:
    raw = BOOK.replace("\n", newline)
    segments, rejects = _parse(raw)
    _covered(raw, segments, rejects)
    assert [s["text"] for s in segments] == [s["text"] for s in _parse(BOOK)[0]]


_BLOCKS = st.sampled_from(
    [PROSE, MORE, "CHAPTER IV.\n", "* * *\n", "[Illustration: unclosed\n", "[Footnote 9: a\n", "CONTENTS\n",
     "INDEX\n", "I.\n", "Transcriber's Notes\n", "  verse here,\n    and there\n", "a   b   c\nd   e   f\n",
     "\n\n\n", "SHOUTING!\n", "[3] note\n", "{footnote [open\n", "THE END\n", "_Title Case Line_\n",
     "This eBook was made\n", "BOOK THE FIRST\n", "12\n"]
)  # fmt: skip


@given(st.lists(_BLOCKS, min_size=1, max_size=25))
def test_any_order_of_blocks_is_accounted_for(blocks: list[str]) -> None:
    raw = "\n".join(blocks)
    segments, rejects = _parse(raw)
    _covered(raw, segments, rejects)
    assert set(Counter(r["reason"] for r in rejects)) <= set(BOOK_REASONS)
    assert all(segment["text"].strip() for segment in segments)
    ids = [piece["id"] for piece in [*segments, *rejects]]
    assert len(ids) == len(set(ids))
    assert _parse(raw) == (segments, rejects)


def test_short_opening_paragraphs_are_text() -> None:
    opening = 'CHAPTER I\n\n\n"Hail!"\n\nNo answer.\n\n'
    raw = f"CONTENTS\n\nCHAPTER I\n\nCHAPTER II\n\n\n\n{opening}{PROSE}\n\n\nCHAPTER II\n\n{MORE}"
    segments, _ = _parse(raw)
    assert [s["text"] for s in segments[:2]] == ['"Hail!"', "No answer."]
    assert [s["section"] for s in segments] == ["CHAPTER I"] * 3 + ["CHAPTER II"]


def test_parts_stand_above_chapters_and_prefaces_beside_them() -> None:
    raw = (
        f"PREFACE\n\n{MORE}\n\n\nBook the First--Rain\n\n\nI. The Cloud\n\n\n{PROSE}"
        f"\n\n\nII. The Drop\n\n\n{MORE}"
        f"\n\n\nBook the Second--Sun\n\n\nI. The Ray\n\n\n{PROSE}"
    )
    segments, _ = _parse(raw)
    assert [s["section"] for s in segments] == [
        "PREFACE",
        "Book the First--Rain I. The Cloud",
        "Book the First--Rain II. The Drop",
        "Book the Second--Sun I. The Ray",
    ]


def test_capitals_within_a_chapter_do_not_end_it() -> None:
    raw = f"CHAPTER I.\n\n{PROSE}\nBEWARE OF THE DOG\n\n{MORE}"
    segments, rejects = _parse(raw)
    assert [s["section"] for s in segments] == ["CHAPTER I.", "CHAPTER I."]
    assert [r["text"] for r in rejects] == ["CHAPTER I.", "BEWARE OF THE DOG"]


def test_a_transcribers_note_in_front_ends_at_the_gap() -> None:
    raw = (
        f"  TRANSCRIBER'S NOTE\n\n  Italics are marked.\n\n  More at the end.\n\n\n\n\nCHAPTER I.\n\n{PROSE}"
    )
    segments, rejects = _parse(raw)
    assert [s["text"] for s in segments] == [_one_line(PROSE)]
    assert [r["reason"] for r in rejects] == ["credits"] * 3 + ["heading"]


def test_notes_in_braces_and_notes_that_go_on() -> None:
    raw = (
        f"CHAPTER I.\n\n{PROSE}\nHe slept on deck {{footnote [1. The lower one.]}} for coolness.\n\n"
        f"He slept.{{footnote [At first\n\nhe did not.]}}\n\n{{footnote [All of it.]}}\n\n{MORE}"
    )
    segments, rejects = _parse(raw)
    assert [s["text"] for s in segments][1:3] == ["He slept on deck for coolness.", "He slept."]
    assert [r["text"] for r in rejects[1:]] == ["he did not.]}", "{footnote [All of it.]}"]


def test_marks_of_the_makers_are_taken_out() -> None:
    raw = (
        f"CHAPTER I.\n\n{PROSE}\n[Sidenote: A late ferry.]\n\n"
        "He was <i>never</i> *once* right[Sidenote: Nor wrong.] about [Greek: kairos] {p. 12} or rain.\n\n"
        f"[Music: a hymn]\n\n- 14 -\n\n[Page xiv]\n\n{MORE}"
    )
    segments, rejects = _parse(raw)
    assert [s["text"] for s in segments][1:-1] == ["He was never once right about kairos or rain."]
    assert [r["reason"] for r in rejects] == ["heading", "footnote", "illustration", "break", "break"]


def test_paragraphs_that_begin_with_an_indented_line_are_taken_apart() -> None:
    first, second = PROSE.strip(), MORE.strip()
    raw = f"CHAPTER I.\n\n     {first}\n     {second}\n     {first}\n"
    segments, rejects = _parse(raw)
    assert [s["text"] for s in segments] == [_one_line(first), _one_line(second), _one_line(first)]
    assert [raw[s["start"] : s["end"]] for s in segments] == [first, second, first]
    _covered(raw, segments, rejects)


def test_verse_set_in_by_turns_is_left_whole() -> None:
    verse = "\n".join(
        f"The rain came down upon the hay, and number {n} was wet.\n   It had not been invited there, and stayed."
        for n in range(4)
    )
    segments, _ = _parse(f"CHAPTER I.\n\n{verse}\n")
    assert len(segments) == 1


def test_short_quotations_before_the_first_chapter_are_text() -> None:
    indented = "\n".join(f"  {line}" for line in PROSE.strip().split("\n"))
    raw = f"A BOOK\n\nBy A. Writer\n\n\n\nEXTRACTS\n\n{indented}\n\n  “There goes the ferry.” —_A Book_.\n\n\n\nCHAPTER I.\n\n{MORE}"
    segments, _ = _parse(raw)
    assert [s["section"] for s in segments] == ["EXTRACTS", "EXTRACTS", "CHAPTER I."]


def test_a_file_that_was_never_wrapped() -> None:
    prose, more = _one_line(PROSE), _one_line(MORE)
    raw = f"A BOOK\n\nCONTENTS\n\nThe Cloud\n\nThe Drop\n\n\nThe Cloud\n\n{prose}\n\n{more}\n\n\nThe Drop\n\n{more}"
    segments, _ = _parse(raw)
    assert [(s["section"], s["text"]) for s in segments] == [
        ("The Cloud", prose),
        ("The Cloud", more),
        ("The Drop", more),
    ]


def test_wide_gaps_after_a_stop_are_no_table() -> None:
    talk = "“No, I could not.  Let me see.....   About\ntwo thousand, perhaps?   But no; no,   sir.”"
    stanza = "And did the ferry sicken, \xa0 \xa0And did the ferry sink? And did the\nmiller thicken, \xa0 \xa0And what did he then think?"
    segments, rejects = _parse(f"CHAPTER I.\n\n{PROSE}\n{talk}\n\n{stanza}\n")
    assert len(segments) == 3
    assert [r["reason"] for r in rejects] == ["heading"]


def test_a_licence_within_the_book() -> None:
    licence = (
        "<<THIS ELECTRONIC VERSION OF THE WORKS IS COPYRIGHT BY A LIBRARY, AND IS\nPROVIDED WITH PERMISSION.\n\n"
        "PROHIBITED COMMERCIAL DISTRIBUTION INCLUDES BY ANY\nSERVICE THAT CHARGES FOR MEMBERSHIP.>>"
    )
    segments, rejects = _parse(f"CHAPTER I.\n\n{PROSE}\n{licence}\n\n{MORE}")
    assert len(segments) == 2
    assert [r["reason"] for r in rejects] == ["heading", "credits", "credits"]


def test_a_note_of_the_transcriber_never_swallows_a_chapter() -> None:
    raw = f"Transcriber's Note\n\nSpelling was kept.\n\nCHAPTER I.\n\n{PROSE}\n" + f"{MORE}\n" * 200
    segments, rejects = _parse(raw)
    assert len(segments) == 201
    assert [r["reason"] for r in rejects] == ["credits", "credits", "heading"]
