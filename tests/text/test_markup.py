"""HTML in posts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.text.markup import without_markup

PIECES = (
    *("&", "amp;", "&amp;", "lt;", "&lt;", "&gt;", "&#x200B;", "&#38;", "&#", "<b>", "</b>", "<b", "<", ">"),
    *("<br/>", "<p class='x'>", "<script>", "</script>", "<!--", "-->", "<EMAIL>", "<ADDRESS>", "x 3 < 4"),
)
SOUP = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bed &amp; Breakfast", "Bed & Breakfast"),
        ("Bed &amp;amp; Breakfast", "Bed & Breakfast"),
        ("&ldquo;Rain&rdquo; &mdash; &#39;again&#39;", "“Rain” — 'again'"),
        ("<b>Rain</b> <i class='x'>again</i>", "Rain again"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<p>one</p><p>two</p>", "\none\n\ntwo\n"),
        ("&lt;b&gt;Rain&lt;/b&gt;", "Rain"),
        ("a<script type='x'>var rain = 1 < 2;</script>b<!-- c -->d", "abd"),
        ("<a href='https://rain.example'>Rain</a>", "Rain"),
        # Not HTML.
        ("3 < 4 and 5 > 4", "3 < 4 and 5 > 4"),
        ("AT&T &notit; &times 3090", "AT&T &notit; &times 3090"),
        ("<EMAIL> <PHONE> <ADDRESS> <USER>", "<EMAIL> <PHONE> <ADDRESS> <USER>"),
        ("<ferryman>", "<ferryman>"),
        ("", ""),
    ],
)
def test_examples(text: str, expected: str) -> None:
    assert without_markup(text) == expected


@given(SOUP)
def test_a_second_pass_finds_nothing(text: str) -> None:
    once = without_markup(text)
    assert without_markup(once) == once


@given(st.text(st.characters(exclude_characters="<&", exclude_categories=["Cs"]), max_size=50))
def test_text_without_its_signs_is_left_alone(text: str) -> None:
    assert without_markup(text) == text
