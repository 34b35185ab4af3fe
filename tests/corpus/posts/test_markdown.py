"""Reddit text as a reader sees it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.corpus.posts.markdown import plain_body, plain_title, unescape


@pytest.mark.parametrize(
    ("escaped", "plain"),
    [
        ("salt &amp; rain", "salt & rain"),
        ("&amp;quot;usual&amp;quot;", '"usual"'),
        ("end&amp;#x200B;", "end"),
        ("&notit; &times 3090 &copy2020 &eacute;", "&notit; &times 3090 &copy2020 &eacute;"),
        ("&#39;s &#x2014; &lt;b&gt;", "'s — <b>"),
    ],
)
def test_entities(escaped: str, plain: str) -> None:
    assert unescape(escaped) == plain


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("Fog declines to comment [OC]", "Fog declines to comment"),
        ("(NSFW) Cow objects ", "Cow objects"),
        ("Town floods\n again (x-post from r/news)", "Town floods again"),
        ("Man [sic] says so", "Man [sic] says so"),
        ("Fog lifts EDIT: thanks for the gold", "Fog lifts"),
        ("Goose makes first edit: it is a map", "Goose makes first edit: it is a map"),
        ("EDIT: the fog is back", "EDIT: the fog is back"),
    ],
)
def test_titles(title: str, plain: str) -> None:
    assert plain_title(title) == plain


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("Why?\n\nBecause.", "Why?\n\nBecause."),
        ("a **b** *c* ***d*** ~~e~~ _f_ __g__", "a b c d e f g"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("see [the (long) page](https://example.org/a_(b)) now", "see the (long) page now"),
        ("at https://example.org/x?y=1 it", "at it"),
        ("the end: >!it was the dog!<", "the end: it was the dog"),
        ("&gt; you said\n\nI say", "I say"),
        ("E = mc^2 and ^(small)", "E = mc2 and small"),
        ("# Title\n* one\n* two\n1. three", "Title\none\ntwo\nthree"),
        ("before\n\n```\ncode\n```\n\nafter", "before\n\nafter"),
        ("before\n\n    code()\n\nafter", "before\n\nafter"),
        ("a|b\n--|--\n1|2\n\nafter", "after"),
        ("joke\n\nEDIT: thanks for the gold\nkind stranger\n\nreally", "joke\n\nreally"),
        ("Editing is hard. Edit your text.", "Editing is hard. Edit your text."),
        ("a\n\n---\n\nb", "a\n\nb"),
        (r"1\. not \*bold\*", "1. not *bold*"),
        ("ask /u/some_body in r/example", "ask in"),
    ],
)
def test_bodies(markdown: str, plain: str) -> None:
    assert plain_body(markdown) == plain


@given(st.text(alphabet="ab *_[]()>!^`~#|\\\n-", max_size=80))
def test_any_text_ends_quickly_and_tidily(text: str) -> None:
    plain = plain_body(text)
    assert plain == plain.strip()
    assert "\n\n\n" not in plain


@pytest.mark.parametrize(
    "mark",
    [
        "**a ",
        "_a ",
        "~~a ",
        ">!a ",
        "[a](",
        "`a ",
        "^(",
        "> a\n",
        " ",
        "\n",
        "EDIT\n",
        "[x-post ",
        "|-",
        "***a _b ",
    ],
)
def test_marks_without_an_end_cost_no_more_than_their_length(mark: str) -> None:
    def seconds(length: int) -> float:
        text = mark * (length // len(mark))
        start = time.process_time()
        plain_body(text)
        plain_title(text)
        return time.process_time() - start

    # Quadratic rules took seconds; 40,000 characters are the longest post that Reddit takes.
    assert seconds(40_000) < 1.5
