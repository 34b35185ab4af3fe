"""Paragraphs: spans cover the file, verse is told from wrapped prose, markup goes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.corpus.paragraphs import Paragraph, chosen_breaks, flow, is_verse, paragraphs, without_markup

PROSE = (
    "The captain read the barometer to us every morning at breakfast, and",
    "every morning it foretold a storm, and every morning it was wrong; so",
    "that in the end we carried it ashore and buried it with its honours on",
    "a little hill that overlooked the whole of the bay.",
)
VERSE = (
    "The frost came in without a knock,",
    "  And sat upon the chair,",
    "It looked about, it stopped the clock,",
    "  And left its luggage there.",
)


def _paragraph(*lines: str) -> Paragraph:
    return Paragraph(0, 0, lines, 1)


@given(st.text(alphabet="ab \t\r\n", max_size=200))
def test_every_character_is_covered_once_and_in_order(raw: str) -> None:
    found = paragraphs(raw, 0, len(raw))
    assert "".join("".join(raw[p.start : p.end].split()) for p in found) == "".join(raw.split())
    assert all(a.end < b.start for a, b in pairwise(found))
    for paragraph in found:
        piece = raw[paragraph.start : paragraph.end]
        assert piece == piece.strip() != ""
        assert piece.split() == " ".join(paragraph.lines).split()


def test_spans_keep_crlf_and_count_blank_lines() -> None:
    raw = "one\r\ntwo\r\n\r\n\r\n   three\r\n"
    found = paragraphs(raw, 0, len(raw))
    assert [raw[p.start : p.end] for p in found] == ["one\r\ntwo", "three"]
    assert [p.blanks_before for p in found] == [0, 2]
    assert found[1].indent == 3


def test_only_the_asked_range_is_read() -> None:
    raw = "before\n\nwithin\n\nafter"
    assert [p.lines for p in paragraphs(raw, 7, 15)] == [("within",)]


def test_verse_and_prose() -> None:
    assert not is_verse(_paragraph(*PROSE), 70)
    assert is_verse(_paragraph(*VERSE), 70)
    assert not is_verse(_paragraph("One line."), 70)
    assert chosen_breaks(PROSE, 70) == 0
    assert chosen_breaks(VERSE, 70) == 3


def test_a_narrow_quotation_is_prose() -> None:
    lines = (
        "   and when the tide had gone out it",
        "   left behind it eleven umbrellas and",
        "   a clergyman, none of whom could be",
        "   brought to say how they had come by",
        "   one another.",
    )
    assert not is_verse(_paragraph(*lines), 72)


def test_flow() -> None:
    assert flow(_paragraph(*PROSE), verse=False) == " ".join(PROSE)
    assert flow(_paragraph(*(f"    {line}" for line in VERSE)), verse=True) == "\n".join(VERSE)
    assert flow(_paragraph("[Illustration: A", "hill]", "  A _line_."), verse=True) == "  A line."


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("a fact.[12] And [3] so", "a fact. And  so"),
        ("a word[A] and [sic]", "a word and [sic]"),
        ("the castle, [2. See Appendix B] with", "the castle, with"),
        ("he re{112}ceived it[Pg 7]", "he received it"),
        ("_very_ =bold= and ____ left", "very bold and ____ left"),
        ("the 2^{nd} of May", "the 2nd of May"),
        ("we went [Footnote: By boat.] home", "we went  home"),
        ("2 = 3 and a_b", "2 = 3 and ab"),
    ],
)
def test_markup(marked: str, plain: str) -> None:
    assert without_markup(marked) == plain


@given(st.text(alphabet="ab_=[]1{} ", max_size=60))
def test_markup_never_adds(text: str) -> None:
    plain = without_markup(text)
    letters = iter(text)
    assert all(char in letters for char in plain)  # a subsequence of the text
