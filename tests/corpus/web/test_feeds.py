"""Feeds to addresses, and what is none is refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.corpus.web.charset import page_text
from twainbot.corpus.web.feeds import FeedError, feed_links, is_feed

ATOM = (
    '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:base="/blog/">'
    '<link href="/self" rel="self"/>'
    '<entry><link rel="enclosure" href="a.mp3"/><link href="fog"/></entry>'
    '<entry xml:base="old/"><link rel="alternate" href=" rain "/></entry>'
    '<entry><link href="https://other.example/x"/></entry><entry/></feed>'
)
RSS = (
    "<rss version='2.0'><channel><link>https://h.example/</link>"
    "<item><link>/a</link></item><item><guid>https://h.example/b</guid></item>"
    "<item><guid isPermaLink='false'>17</guid></item><item><link> /a </link></item>"
    "<item><guid>/g</guid><link>/c?x=1&amp;y=2</link></item></channel></rss>"
)
RDF = (
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>"
    "<channel><link>https://h.example/</link></channel><item><link>https://h.example/a</link></item></rdf:RDF>"
)


@pytest.mark.parametrize(
    ("feed", "links"),
    [
        (ATOM, ["/blog/fog", "/blog/old/rain", "https://other.example/x"]),
        (RSS, ["/a", "/b", "/c?x=1&y=2"]),
        (RDF, ["/a"]),
        ("<rss><channel/></rss>", []),
        ("<!DOCTYPE rss><rss><channel><item><link>/a</link></item></channel></rss>", ["/a"]),
    ],
)
def test_links(feed: str, links: list[str]) -> None:
    found = feed_links(feed.encode(), "https://h.example/feed.xml")
    assert [link.removeprefix("https://h.example") for link in found] == links


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not well-formed XML (no element found: line 1, column 0)"),
        (b"fog", "not well-formed XML (syntax error: line 1, column 0)"),
        (b"<rss>", "not well-formed XML (no element found: line 1, column 5)"),
        (b"<rss><a></b></rss>", "not well-formed XML (mismatched tag: line 1, column 10)"),
        (b"<rss>&nbsp;</rss>", "not well-formed XML (undefined entity"),
        (b"<html/>", "XML, but neither RSS nor Atom (its root is <html>)"),
        (b"<?xml version='1.0' encoding='no-such'?><rss/>", "not well-formed XML (unknown encoding"),
        (b"\xff\xfe\x00", "not well-formed XML ("),
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><rss/>", "declares entities or names outside files (Entities"),
        (
            b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><rss>&x;</rss>",
            "declares entities or names outside files (EntitiesForbidden)",
        ),
        (b"\x00" * 8, "not well-formed XML ("),
    ],
)  # fmt: skip
def test_malformed_feeds_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(FeedError) as error:
        feed_links(data, "https://h.example/")
    assert str(error.value).startswith(message)


@given(st.binary(max_size=80) | st.text(alphabet="<>/!?&;rsitemlnk ='\"[]", max_size=80).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    is_feed(data, "")
    with contextlib.suppress(FeedError):
        feed_links(data, "https://h.example/")


@pytest.mark.parametrize(
    ("data", "content_type", "expected"),
    [
        (b"x", "application/atom+xml; charset=utf-8", True),
        (b"\xef\xbb\xbf<?xml version='1.0'?><rss>", "text/html", True),
        (b"<feed xmlns='x'>", "text/plain", True),
        (b"<html><rss>", "text/html", False),
        (b"<?xml version='1.0'?><html>", "text/html", False),
    ],
)
def test_what_is_a_feed(data: bytes, content_type: str, expected: bool) -> None:
    assert is_feed(data, content_type) is expected


@pytest.mark.parametrize(
    ("data", "content_type", "text"),
    [
        ("é".encode(), "text/html", "é"),
        ("é–".encode("cp1252"), "text/html", "é–"),
        ("é–".encode("cp1252"), "text/html; charset=latin1", "é–"),
        ("я".encode("koi8-r"), 'text/html; charset="koi8-r"', "я"),
        (b"<meta charset='koi8-r'>" + "я".encode("koi8-r"), "text/html", "<meta charset='koi8-r'>я"),
        ("é".encode("utf-8-sig"), "text/html; charset=latin1", "é"),
        ("é".encode("utf-16"), "text/html", "é"),
        ("é".encode(), "text/html; charset=no-such-thing", "é"),
        ("é".encode(), "text/html; charset=base64", "é"),
        (b"a\xffb", "text/html; charset=utf-8", "a\ufffdb"),
    ],
)
def test_encodings(data: bytes, content_type: str, text: str) -> None:
    assert page_text(data, content_type) == text


@given(st.binary(max_size=60), st.text(max_size=20))
def test_any_bytes_are_text(data: bytes, label: str) -> None:
    page_text(data, f"text/html; charset={label}").encode("utf-8")
