"""Decoding: the right encoding, offsets as on disk, and refusals that say what to do."""

from __future__ import annotations

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


@given(st.binary(min_size=1).filter(lambda data: data.strip() and data.count(0) * 20 < len(data)))
def test_the_named_encoding_gives_the_same_text(data: bytes) -> None:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return
    text, encoding = decode(data, "a.txt")
    assert data.decode(encoding) == text


@pytest.mark.parametrize("data", ["wide".encode("utf-16"), "wide".encode("utf-16-le")])
def test_utf16_is_refused_with_the_command(data: bytes) -> None:
    with pytest.raises(InputError, match=r"book\.txt.*UTF-16.*iconv -f UTF-16"):
        decode(data, "book.txt")


@pytest.mark.parametrize("data", [b"", b" \r\n "])
def test_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"book\.txt: the file is empty"):
        decode(data, "book.txt")
