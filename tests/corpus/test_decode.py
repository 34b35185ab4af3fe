"""Decoding: the right encoding, offsets as on disk, and refusals that say what to do."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.corpus.decode import decode
from twainbot.files import InputError


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"plain\r\nlines", ("plain\r\nlines", "utf-8-sig")),
        (b"\xef\xbb\xbfmarked", ("marked", "utf-8-sig")),
        ("café".encode(), ("café", "utf-8-sig")),
        (b"\x93curly\x94 caf\xe9", ("“curly” café", "cp1252")),
        (b"caf\xe9 \x81", ("café \x81", "latin-1")),
    ],
)
def test_encoding_is_found_in_order(data: bytes, expected: tuple[str, str]) -> None:
    assert decode(data, "a.txt") == expected


@given(
    st.one_of(
        st.text(min_size=1).map(str.encode),
        st.lists(st.integers(32, 255), min_size=1).map(bytes),  # text of some one-byte encoding
    ).filter(bytes.strip)
)
def test_the_named_encoding_gives_the_same_text(data: bytes) -> None:
    try:
        text, encoding = decode(data, "a.txt")
    except InputError as error:  # "BZh", "PK" and the like are no text, nor are control bytes
        assert re.search(r"not text|UTF-16", str(error))
        return
    assert data.decode(encoding) == text


@pytest.mark.parametrize(
    ("data", "what", "advice"),
    [
        (b"PK\x03\x04" + bytes(40), "a ZIP archive, or an EPUB", "plain text"),
        (b"\x1f\x8b\x08" + bytes(40), "gzip data", "gunzip"),
        (b"BZh91AY&SY", "bzip2 data", "bunzip2"),
        (b"\xfd7zXZ\x00" + bytes(9), "xz data", "unxz"),
        (b"%PDF-1.4\n%\xe2\xe3", "a PDF", "pdftotext"),
        (b"{\\rtf1\\ansi The ferry}", "RTF", "plain text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Word document", "plain text"),
        (b"The ferry".ljust(60, b"\0") + b"BOOKMOBI", "a Kindle book", "plain text"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image", "plain text"),
        (bytes(range(1, 32)) * 40 + b"some text", "full of control bytes", "Fetch it again"),
    ],
)
def test_binary_files_are_named(data: bytes, what: str, advice: str) -> None:
    with pytest.raises(InputError) as error:
        decode(data, "book.txt")
    assert str(error.value).startswith("book.txt: ")
    assert what in str(error.value)
    assert advice in str(error.value)
    assert "\n" not in str(error.value)


def test_a_stray_control_byte_is_no_reason() -> None:
    assert decode(b"The ferry was late.\x1a\x00" + b" It was late." * 20, "a.txt")[1] == "utf-8-sig"


@pytest.mark.parametrize("data", ["wide".encode("utf-16"), "wide".encode("utf-16-le")])
def test_utf16_is_refused_with_the_command(data: bytes) -> None:
    with pytest.raises(InputError, match=r"book\.txt.*UTF-16.*iconv -f UTF-16"):
        decode(data, "book.txt")


@pytest.mark.parametrize("data", [b"", b" \r\n "])
def test_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"book\.txt: the file is empty"):
        decode(data, "book.txt")
