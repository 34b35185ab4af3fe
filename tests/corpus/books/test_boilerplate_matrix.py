"""Every header style with every footer style, in every encoding and line end: the book comes back exactly."""

from __future__ import annotations

import re

import pytest
from gutenberg_styles import AUTHOR, FOOTERS, HEADERS, TITLE, book

from twainbot.corpus.books.gutenberg import BOILERPLATE, find_body
from twainbot.corpus.books.header import read_header
from twainbot.corpus.books.parse import parse_book
from twainbot.corpus.decode import decode

ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "latin-1")
NEWLINES = ("\n", "\r\n", "\r")
# Notes of the transcriber lie between the markers: the parser drops them, not find_body.
NOTED = {"transcriber", "transcriber-box", "transcriber-bracket", "notes-of"}


def _file(header: str, footer: str, chapters: int, encoding: str, newline: str) -> tuple[bytes, list[str]]:
    found = book(chapters)
    if encoding == "latin-1":  # it has no curly quotes
        found = [paragraph.translate(str.maketrans("“”", '""')) for paragraph in found]
    text = HEADERS[header] + "\n\n".join(found) + "\n" + FOOTERS[footer]
    return text.replace("\n", newline).encode(encoding), found


def _check(header: str, footer: str, chapters: int, encoding: str, newline: str) -> None:
    data, expected = _file(header, footer, chapters, encoding, newline)
    raw, _ = decode(data, "a.txt")
    body = find_body(raw)
    lines = "\n\n".join(expected).replace("\n", newline)
    if not {header, footer} & NOTED:
        assert raw[body.start : body.end].strip() == lines
    segments, rejects = parse_book(raw, body, doc_id="doc", source_id="book")
    prose = [paragraph for paragraph in expected if not paragraph.startswith("CHAPTER")]
    assert [" ".join(segment["text"].split()) for segment in segments] == [
        " ".join(paragraph.split()) for paragraph in prose
    ]
    for segment, paragraph in zip(segments, prose, strict=True):
        assert raw[segment["start"] : segment["end"]] == paragraph.strip().replace("\n", newline)
    assert not [segment["text"] for segment in segments if BOILERPLATE.search(segment["text"])]
    pieces = sorted((piece["start"], piece["end"]) for piece in [*segments, *rejects])
    assert "".join("".join(raw[a:b].split()) for a, b in pieces) == "".join(
        raw[body.start : body.end].split()
    )


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("footer", FOOTERS)
def test_the_book_comes_back_exactly(header: str, footer: str) -> None:
    pair = list(HEADERS).index(header) + list(FOOTERS).index(footer)
    _check(header, footer, 1 + pair % 4, ENCODINGS[pair % 4], NEWLINES[pair % 3])


@pytest.mark.parametrize("newline", NEWLINES, ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("chapters", [1, 20])
def test_encodings_and_line_ends(encoding: str, newline: str, chapters: int) -> None:
    for header, footer in zip(HEADERS, [*FOOTERS, *FOOTERS], strict=False):
        if chapters == 1 or header in ("1999", "2006", "australia"):
            _check(header, footer, chapters, encoding, newline)


@pytest.mark.parametrize("header", [name for name in HEADERS if name != "none"])
def test_every_header_states_title_author_and_licence(header: str) -> None:
    stated = read_header(HEADERS[header] + "\n\n".join(book(2)))
    assert (stated.title, stated.author) == (TITLE, AUTHOR)
    assert stated.licence == ("Copyrighted" if header == "copyrighted" else "Public domain in the USA")
    assert re.fullmatch(r"9917|0200961|131", stated.ebook or "9917")
