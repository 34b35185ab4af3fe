# ruff: noqa: E501
"""Whatever a book's file holds: no crash, no lost text, exact spans; one clear message for what is no book."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from itertools import pairwise

import pytest
from gutenberg_styles import FOOTERS, HEADERS, PARAGRAPHS, book
from hypothesis import given, settings
from hypothesis import strategies as st

from twainbot.corpus.parse import Parsed, parse_source
from twainbot.corpus.sources import Source
from twainbot.files import InputError

SOURCE = Source(
    id="fog", corpus="full", kind="gutenberg", persona="twain", title="The Fog at Pell Landing",
    author="Orla Venn", licence="CC0-1.0", path="gutenberg/fog.txt",
)  # fmt: skip
LINES = st.sampled_from(
    [*PARAGRAPHS, "CHAPTER I.", "CONTENTS", "INDEX", "PREFACE", "INTRODUCTION", "[Illustration: the map", "]", "[1] note",
     "[Footnote 2: so it", "was]", "Transcriber's Note", "Project Gutenberg's Fog", "This eBook was made", "[Sidenote: fog]",
     "* * *", "{12}", "[Pg 3]", "a    b    c", "<<THIS ELECTRONIC VERSION OF", ">>", "  indented. ", "\tA tab.", "\x0c",
     "End of Project Gutenberg's Fog", "*** START OF THE PROJECT GUTENBERG EBOOK FOG ***", "***", "by Orla Venn", "",
     "*** END OF THE PROJECT GUTENBERG EBOOK FOG ***", "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*END*", "\u00a0",
     "Title: Fog", "Produced by A. Volunteer", "{footnote [it", "_italics", "=bold=", "\u2028", "\x85", "\ufeff", "é “ü”"]
)  # fmt: skip
TEXTS = st.one_of(
    st.lists(LINES, max_size=60).map("\n".join),
    st.lists(LINES, max_size=30).map("\n\n".join),
    st.lists(st.one_of(LINES, st.text(max_size=200)), max_size=20).map("\n\n".join),
)


def _accounted(raw: str, parsed: Parsed) -> None:
    """Every character but white space is in exactly one piece, and the pieces are where they say."""
    pieces = sorted((piece["start"], piece["end"]) for piece in [*parsed.segments, *parsed.rejects])
    assert all(0 <= start < end <= len(raw) for start, end in pieces)
    assert all(left[1] <= right[0] for left, right in pairwise(pieces))
    assert "".join("".join(raw[start:end].split()) for start, end in pieces) == "".join(raw.split())
    assert all(raw[reject["start"] : reject["end"]] == reject["text"] for reject in parsed.rejects)
    for segment in parsed.segments:
        span = raw[segment["start"] : segment["end"]]
        assert span == span.strip()
        # Markup is taken out, nothing is put in or changes places.
        letters = iter(span)
        assert all(char in letters for char in segment["text"] if char.isalnum())


@given(TEXTS, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["utf-8", "utf-8-sig"]))
def test_nothing_is_lost(text: str, newline: str, encoding: str) -> None:
    data = text.replace("\n", newline).encode(encoding)
    try:
        parsed = parse_source(SOURCE, data)
    except InputError as error:
        assert str(error).startswith("gutenberg/fog.txt: ")
        return
    assert parse_source(SOURCE, data) == parsed
    (document,) = parsed.documents
    raw = data.decode(document["encoding"])
    _accounted(raw, parsed)
    assert all(
        document["body_start"] <= segment["start"] and segment["end"] <= document["body_end"]
        for segment in parsed.segments
    )
    ids = [piece["id"] for piece in [*parsed.segments, *parsed.rejects]]
    assert len(ids) == len(set(ids))


@settings(max_examples=60)
@given(st.sampled_from(sorted(HEADERS)), st.sampled_from(sorted(FOOTERS)), TEXTS)
def test_no_boilerplate_whatever_the_book(header: str, footer: str, text: str) -> None:
    """Between a real header and a real footer no word of the file's makers is kept as text."""
    data = (HEADERS[header] + "\n\n".join(book(1)) + "\n\n" + text + "\n" + FOOTERS[footer]).encode()
    try:
        parsed = parse_source(SOURCE, data)
    except InputError as error:
        assert re.search("several|no text|no book", str(error))
        return
    _accounted(data.decode(parsed.documents[0]["encoding"]), parsed)
    assert not [
        segment["text"]
        for segment in parsed.segments
        if re.search(r"Gutenberg|\be-?books?\b|\be-?texts?\b", segment["text"], re.IGNORECASE)
    ]


def _zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
    return stream.getvalue()


LICENCE = FOOTERS["2006"].strip()
START, END = (f"*** {word} OF THE PROJECT GUTENBERG EBOOK FOG ***" for word in ("START", "END"))
TEXT = "\n\n".join(book(2))
TABLE = "\n\n".join(f"Ferries        {n}\nFares      {n}.00" for n in range(300))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "the file is empty"),
        (b"\r\n \r\n", "the file is empty"),
        (TEXT.encode("utf-16"), "looks like UTF-16.*iconv -f UTF-16"),
        (TEXT.encode("utf-16-be"), "looks like UTF-16.*iconv -f UTF-16"),
        (_zip(), "a ZIP archive, or an EPUB.*plain text"),
        (gzip.compress(TEXT.encode()), "gzip data.*gunzip"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "a PDF.*pdftotext"),
        (b"\x00\x01\x02\x03" * 400 + TEXT.encode(), "UTF-16|control bytes"),
        (bytes(range(1, 20)) * 100, "control bytes.*binary or damaged"),
        (b"<!DOCTYPE html>\n<html><body>Not found</body></html>", "an HTML page.*ends in .txt"),
        (json.dumps({"error": "rate limited"}).encode(), "this is JSON.*it says 'rate limited'.*Fetch it again"),
        (b'["a", "list"]', "this is JSON, not the plain text of a book. Fetch"),
        (f"{START}\n\n{TEXT}\n\n{END}\n\n{START}\n\n{TEXT}\n\n{END}".encode(), r"several.*at line \d+\. Split it"),
        (LICENCE.encode(), "the header and the licence .* no book"),
        (f"{START}\n\n{END}\n\n{LICENCE}".encode(), "the header and the licence .* no book"),
        (HEADERS["1992"].encode(), "but no book|were kept as text"),
        (b"CHAPTER I.\n\n\nCHAPTER II.\n", "no text was found"),
        (f"{START}\n\n{TABLE}\n\n{TEXT}\n\n{END}".encode(), "only .* were kept as text.*min_kept_share"),
    ],
    ids=["empty", "blank", "utf16", "utf16-unmarked", "zip", "gzip", "pdf", "binary", "controls", "html", "json-error",
         "json", "two-books", "licence-only", "nothing-between", "header-only", "titles-only", "tables"],
)  # fmt: skip
def test_what_is_no_book_is_refused_with_a_reason(data: bytes, expected: str) -> None:
    with pytest.raises(InputError) as error:
        parse_source(SOURCE, data, min_kept_share=0.6)
    message = str(error.value)
    assert message.startswith("gutenberg/fog.txt: ")
    assert re.search(expected, message), message
    assert "\n" not in message


def test_another_book_is_flagged() -> None:
    right = parse_source(SOURCE, (HEADERS["2006"] + TEXT).encode())
    wrong = parse_source(
        SOURCE.model_copy(update={"title": "The Whale", "author": "Herman Melville"}),
        (HEADERS["2006"] + TEXT).encode(),
    )
    assert "metadata_mismatch" not in right.documents[0]["flags"]
    assert "metadata_mismatch" in wrong.documents[0]["flags"]
