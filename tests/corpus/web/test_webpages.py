"""Raw pages to paragraphs: the article and no more, each with the HTML that it was read from."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.corpus.web.parse import WEB_REASONS, parse_web
from twainbot.corpus.web.visible import VisibleText, plain_letters
from twainbot.files import InputError
from twainbot.records import Reject, Segment

FIRST = (
    "&ldquo;The fog &amp; the river came down on Monday, and nobody could <b>find the fer</b>ry until noon, "
    "when it found&nbsp;them.&rdquo;"
)
SECOND = (
    "The caf\u00e9 was <a href='x'>open</a> all the while,\nso that nobody who was lost was hungry, and the "
    'talk was "good".'
)
VERSE = "Rain on the roof<br>and the roof on the floor"
PAGE = (
    "<!DOCTYPE html><html><head><title>The fog &amp; the river</title><style>p {}</style></head><body>"
    "<nav><a href='/'>Home</a> <a href='/about'>About</a></nav><!-- <p>Taken out.</p> -->"
    f'<article><h1>Fog</h1><p>{FIRST}</p>\n<p class="a">{SECOND}</p><p>{VERSE}</p>'
    "<ul><li>One lantern was lent.</li><li>It has come back.</li></ul></article>"
    "<script>var p = '<p>no</p>';</script><footer>Copyright of nobody</footer></body></html>"
)


def _parse(raw: str) -> tuple[list[Segment], list[Reject]]:
    return parse_web(raw, doc_id="doc-1", source_id="web", where="web.jsonl")


def _line(**fields: Any) -> str:
    return json.dumps({"url": "https://h.example/fog", **fields}, ensure_ascii=False)


def _html(raw: str, piece: Segment | Reject) -> str:
    return str(json.loads(f'"{raw[piece["start"] : piece["end"]]}"'))


def test_paragraphs_and_the_html_they_come_from() -> None:
    raw = _line(html=PAGE)
    segments, rejects = _parse(raw)
    assert [(s["text"], s["verse"]) for s in segments] == [
        (
            "“The fog & the river came down on Monday, and nobody could find the ferry until noon, "
            "when it found them.”",
            False,
        ),
        (
            "The café was open all the while, so that nobody who was lost was hungry, and the talk was "
            '"good".',
            False,
        ),
        ("Rain on the roof\nand the roof on the floor", True),
        ("One lantern was lent.", False),
        ("It has come back.", False),
    ]
    assert [_html(raw, segment) for segment in segments[:3]] == [FIRST, SECOND, VERSE]
    assert {(s["section"], s["url"], s["kind"]) for s in segments} == {
        ("https://h.example/fog", "https://h.example/fog", "page")
    }
    assert [r["reason"] for r in rejects] == ["boilerplate", "heading", "boilerplate"]
    assert "Home" in _html(raw, rejects[0]) and "Copyright" in _html(raw, rejects[2])


def test_every_visible_letter_is_in_a_piece() -> None:
    raw = _line(html=PAGE)
    segments, rejects = _parse(raw)
    shown = "".join(
        VisibleText(_html(raw, piece)).letters
        for piece in sorted([*segments, *rejects], key=lambda piece: piece["start"])
    )
    assert shown == VisibleText(PAGE).letters


def test_lines_that_are_no_pages() -> None:
    raw = "\n".join(
        [
            _line(feed=3),
            _line(reason="robots", detail="robots.txt forbids it"),
            "cut off {",
            "[]",
            _line(html=None),
            _line(html=""),
            _line(html="<html><body><script>1</script></body></html>"),
        ]
    )
    segments, rejects = _parse(raw)
    assert segments == []
    assert [(r["reason"], r["detail"]) for r in rejects] == [
        ("feed", "3 pages"),
        ("refused", "robots: robots.txt forbids it"),
        ("malformed", "not JSON (Expecting value)"),
        ("malformed", "expected an object, found list"),
        ("malformed", "has no `html`"),
        ("no_article", "https://h.example/fog"),
        ("no_article", "https://h.example/fog"),
    ]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (" ", "web.jsonl: the file has no pages. Fetch it again, or remove the source."),
        ("[]", "web.jsonl: the file has no pages. Fetch it again, or remove the source."),
        ("<html></html>", "web.jsonl:1:1: not JSON (Expecting value). Fetch or export the file again."),
        ('{"url": "u", "html": "a', "web.jsonl:1:22: not JSON (Unterminated string starting at)."),
        ('{"url": "u", "html": "a\n"}', "web.jsonl:1:24: not JSON (Invalid control character at)."),
        ("{'url': 1}", "web.jsonl:1:2: not JSON (Expecting property name enclosed in double quotes)."),
        ('[{"html": "x"}', "web.jsonl:1:15: not JSON (Expecting ',' delimiter)."),
        ("feed\nfeed\n", "web.jsonl:1:1: not JSON (Expecting value)."),
        ("WARC/1.0\r\n\r\n", "web.jsonl:1:1: not JSON (Expecting value)."),
        ("[" * 100_000, "web.jsonl: not JSON (a number or nesting beyond all measure)."),
    ],
)
def test_malformed_files_are_refused_with_advice(raw: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        _parse(raw)
    assert str(error.value).startswith(message)


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "<p>", "</p>", "<article>", "</div>", "<div class='a>b'>", "<br>", "<b>", "</b>", "<!--", "-->",
            "<script>", "</script>", "<", ">", "&amp;", "&lt;", "&#0;", "&#x110000;", "&nope;",
            '"', "\\", "\x00", "\ud7ff", "\u0301e", "fog ", "é", "\n",
            "The ferry was late again on Tuesday, and nobody who waited for it was surprised by that. ",
        ]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(st.lists(FRAGMENTS, min_size=1, max_size=2), st.booleans())
def test_any_page_is_read_and_its_spans_lie_within_its_line(pages: list[str], ascii_only: bool) -> None:
    lines = [json.dumps({"url": "u", "html": page}, ensure_ascii=ascii_only) for page in pages]
    raw = "\n".join(lines)
    segments, rejects = _parse(raw)
    assert {reject["reason"] for reject in rejects} <= set(WEB_REASONS)
    for piece in [*segments, *rejects]:
        assert 0 <= piece["start"] < piece["end"] <= len(raw)
        assert "\n" not in raw[piece["start"] : piece["end"]]
    for segment in segments:
        shown = VisibleText(_html(raw, segment)).letters
        assert plain_letters(segment["text"])[:20] in shown


@given(st.text(alphabet="<>abé/!-'\"& ;#x\u0301ﬁ\n", max_size=60))
def test_visible_text_is_found_where_it_stands(page: str) -> None:
    visible = VisibleText(page)
    for first in range(0, len(visible.letters), 5):
        wanted = visible.letters[first : first + 7]
        found = visible.find(wanted)
        assert found is not None
        start, end, _ = found
        assert 0 <= start < end <= len(page)
        assert wanted in VisibleText(page).letters and visible.shown(start, end)


def test_a_page_of_stray_brackets_is_read_in_linear_time() -> None:
    for page in ("<a " * 60_000, "<a '" * 40_000, "<!--" * 40_000, "&" * 100_000):
        VisibleText(page)
