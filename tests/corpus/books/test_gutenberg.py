"""The body of a Gutenberg file, by position: every marker style, both ends, and no markers at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.corpus.books.gutenberg import find_body
from twainbot.files import InputError

TEXT = "CHAPTER I.\n\nThe ferry was late, and so was the river.\n" + "The fog sat down beside us.\n" * 200
LICENCE = "\nTerms of use of Project Gutenberg\n" + "You may copy this eBook under its licence.\n" * 300
HEADER = (
    "The Project Gutenberg EBook of A Ferry\n\nTitle: A Ferry\n\nAuthor: Nobody\n\n"
    "Release Date: May 1, 2003 [EBook #77]\n\n"
)
START = "*** START OF THIS PROJECT GUTENBERG EBOOK A FERRY ***\n"
END = "*** END OF THIS PROJECT GUTENBERG EBOOK A FERRY ***\n"


def _body(raw: str) -> str:
    body = find_body(raw)
    return raw[body.start : body.end].strip()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "raw",
    [
        HEADER + START + TEXT + END + LICENCE,
        HEADER + START.replace(" A FERRY", " A\nFERRY") + TEXT + "\nEnd of Project Gutenberg's A Ferry" + END,
        HEADER + "***START OF THE PROJECT GUTENBERG EBOOK A FERRY***\n" + TEXT + END.replace("*** ", "***"),
        HEADER + START + "\nProduced by A. Volunteer and B. Volunteer\n\n\n" + TEXT + END + LICENCE,
        HEADER + START + "\nE-text prepared by A. Helper\n\nNote: Project Gutenberg has an HTML version\n\n"
        + TEXT + END,
        HEADER + START + "Title: A Ferry\n\n" + START + TEXT + END + LICENCE,
        HEADER + "THE SMALL PRINT\n\n*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*\n\n"
        "This etext was prepared by A. Volunteer\n\n" + TEXT + "\nEnd of Project Gutenberg Etext of A Ferry",
        HEADER + 'The "legal small print" may now be found at the end of this file.\nRead it.\n\n' + TEXT
        + "\nThe Project Gutenberg Etext of A Ferry\n" + LICENCE + "*END THE SMALL PRINT! FOR EBOOKS*\n",
        TEXT + "\nEnd of the Project Gutenberg EBook of A Ferry, by Nobody\n",
        "Transcribed for Project Gutenberg by A. Volunteer\n\n" + TEXT,
    ],
    ids=["plain", "wrapped", "tight", "credits", "note", "twice", "old", "moved", "footer-only", "head-only"],
)  # fmt: skip
def test_only_the_book_is_left(raw: str, newline: str) -> None:
    raw = raw.replace("\n", newline)
    assert _body(raw) == TEXT.strip().replace("\n", newline)


def test_flags_and_share() -> None:
    assert find_body(HEADER + START + TEXT + END + LICENCE).flags == ("low_kept_ratio",)
    assert find_body(HEADER + START + TEXT + END).flags == ()
    assert find_body(TEXT).flags == ("no_markers",)
    assert find_body(TEXT).kept == 1.0
    assert find_body(TEXT + END).flags == ("no_start_marker",)
    assert find_body(HEADER + START + TEXT).flags == ("no_end_marker",)
    empty = find_body(HEADER + LICENCE * 5 + START + "\n" + END)
    assert (empty.start, empty.flags) == (0, ("empty_between_markers",))
    with pytest.raises(InputError, match=r"the header and the licence .* no book"):
        find_body(HEADER + START + "\n" + END + LICENCE)


def test_a_plays_cast_is_no_credit() -> None:
    cast = "Produced by Mr. Hale at the Harbour Theatre\n\nHERO, a ferryman.\n\n"
    assert _body(HEADER + START + cast + TEXT + END).startswith("Produced by Mr. Hale")
    assert _body(HEADER + START + "A FERRY\n\nProduced by B. Volunteer\n\n" + TEXT + END).startswith(
        "A FERRY"
    )


def test_a_seam_between_parts_is_no_footer() -> None:
    part = TEXT * 8
    raw = HEADER + START + part + "\nEnd of Project Gutenberg's A Ferry, Part 1\n\n" + part + END
    assert _body(raw).count("CHAPTER I.") == 16


def test_small_print_at_the_end_is_no_header() -> None:
    raw = (
        HEADER + START + TEXT + END + LICENCE[:500] + "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN EBOOKS*END*\n"
    )
    assert _body(raw) == TEXT.strip()


@given(st.text(max_size=400))
def test_never_empty_and_within_the_file(text: str) -> None:
    try:
        body = find_body(text)
    except InputError:  # only white space, or a licence
        return
    assert 0 <= body.start <= body.end <= len(text)
    assert raw_or_body(text, body.start, body.end)


def raw_or_body(text: str, start: int, end: int) -> bool:
    return bool(text[start:end].strip()) or not text.strip()


@given(st.integers(0, 40))
def test_the_book_does_not_depend_on_the_header(lines: int) -> None:
    raw = HEADER + "More about this eBook.\n" * lines + START + TEXT + END
    assert _body(raw) == TEXT.strip()
