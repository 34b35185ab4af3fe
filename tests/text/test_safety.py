"""Personal data and slurs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.files import InputError
from twainbot.text.safety import (
    check_regions,
    find_slur,
    mask_personal_data,
    read_slurs,
    without_placeholders,
    word_hash,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("text", "masked", "found"),
    [
        ("Write to a.b+c@mail.example.org.", "Write to <EMAIL>.", ["a.b+c@mail.example.org"]),
        (
            "Call 555-010-4477 or (555) 010-4477.",
            "Call <PHONE> or <PHONE>.",
            ["555-010-4477", "(555) 010-4477"],
        ),
        ("Ring +1 555 010 4477 now", "Ring <PHONE> now", ["+1 555 010 4477"]),
        ("/u/some_one said, u/other's too", "<USER> said, <USER>'s too", ["/u/some_one", "u/other"]),
        # What one match hides from the next is found as well.
        ("u/one_a/u/two_b", "<USER><USER>", ["u/one_a", "/u/two_b"]),
        ("555-010-4477(555) 010-4477", "<PHONE><PHONE>", ["555-010-4477", "(555) 010-4477"]),
    ],
)
def test_masks(text: str, masked: str, found: list[str]) -> None:
    assert mask_personal_data(text) == (masked, found)


@pytest.mark.parametrize(
    "text",
    [
        "In 1835, 1861 and 1910.",
        "Psalm 119 176, verse 1234",
        "and/or you/them",
        "at 8 @ 12 cents",
        "1,234,567,890 grains",
        "No. 1234567890",
    ],
)
def test_numbers_and_slashes_of_ordinary_prose_stay(text: str) -> None:
    assert mask_personal_data(text) == (text, [])


@given(
    st.lists(
        st.sampled_from(["555-010-4477", "(555) ", "a@b.co", "u/abc", "/", "-", " ", "x", "+1 ", "<", "("])
    ).map("".join)
)
def test_masking_twice_finds_nothing_more(text: str) -> None:
    masked, _ = mask_personal_data(text)
    assert mask_personal_data(masked) == (masked, [])


ALL = ("email", "address", "phone", "account")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        # Found by the rules of a region: no North American shape.
        ("Ring 020 7946 0958 before noon", "Ring <PHONE> before noon"),
        ("Ring +44 20 7946 0958 before noon", "Ring <PHONE> before noon"),
        ("Thanks to @rain_watcher for the photo", "Thanks to <USER> for the photo"),
        ("She lives at 14 Larch Lane with a goat", "She lives at <ADDRESS> with a goat"),
        ("Send it to 1420 North Elm Street, Apt 4, Springfield, IL 62704.", "Send it to <ADDRESS>."),
        ("Send it to 7 Mill Road, Ely CB7 4AA please", "Send it to <ADDRESS> please"),
    ],
)
def test_personal_data_of_posts(text: str, masked: str) -> None:
    assert mask_personal_data(text, ALL, ("US", "GB"))[0] == masked
    assert mask_personal_data(masked, ALL, ("US", "GB")) == (masked, [])


@pytest.mark.parametrize(
    "text",
    [
        "12 Die In Court",
        "10 Men Cross Street",
        "5 Reasons To Visit Broad Street",
        "10 Downing Street Says It Rained",
        "Lottery Pays $2125551234",
        "See https://news.example/rain-2125551234",
        "Rain fell on 1998-07-12 at 12:30:45",
        "at 8 @ 12 cents, @home",
        "1,234,567,890 grains",
    ],
)
def test_numbers_and_streets_of_headlines_stay(text: str) -> None:
    kept = text.replace("@home", "<USER>")
    assert mask_personal_data(text, ALL, ("US", "GB"))[0] == kept


def test_only_the_types_that_are_asked_for() -> None:
    text = "a@b.org, 555-010-4477, u/someone"
    assert mask_personal_data(text, ("phone",)) == ("a@b.org, <PHONE>, u/someone", ["555-010-4477"])
    assert mask_personal_data(text, ()) == (text, [])


@given(
    st.lists(
        st.sampled_from(
            [
                "14 Larch Lane",
                ", Ely, IL 62704",
                "+44 20 7946 0958",
                "@abc",
                "a@b.co",
                " ",
                ",",
                "7",
                "lives at ",
            ]
        )
    ).map("".join)
)
def test_masking_twice_finds_nothing_more_of_any_type(text: str) -> None:
    masked, _ = mask_personal_data(text, ALL, ("US", "GB"))
    assert mask_personal_data(masked, ALL, ("US", "GB")) == (masked, [])


def test_without_placeholders() -> None:
    assert without_placeholders("Ask <USER>'s cat at <EMAIL>.").split() == ["Ask", "cat", "at", "."]


LISTED = frozenset({word_hash("grobblewort")})


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("You Grobblewort!", "grobblewort"),
        ("those GROBBLEWORTS", "grobbleworts"),
        ("the grobblewort's hat", "grobblewort's"),
        ("a grobblewort-like man", "grobblewort"),
    ],
)
def test_a_listed_word_is_found_in_every_dress(text: str, word: str) -> None:
    assert find_slur(text, LISTED) == word


@pytest.mark.parametrize("text", ["grobblewortish", "grobble wort", "", "What the devil!"])
def test_other_words_are_not(text: str) -> None:
    assert find_slur(text, LISTED) is None


def test_the_committed_list_holds_hashes_only() -> None:
    slurs = read_slurs(ROOT / "data/lexicons/slurs.txt")
    assert word_hash("grobblewort") in slurs
    assert all(len(item) == 16 and int(item, 16) >= 0 for item in slurs)


def test_comments_and_blank_lines_are_no_hashes(tmp_path: Path) -> None:
    first, second = word_hash("abc"), word_hash("def")
    (tmp_path / "s.txt").write_text(f"# all\n\n{first}  # first\n{second}\n")
    assert read_slurs(tmp_path / "s.txt") == {first, second}


def test_a_word_among_the_hashes_is_named_by_its_line_only(tmp_path: Path) -> None:
    path = tmp_path / "s.txt"
    path.write_text(f"grubword\n{word_hash('abc')}\nABCDEF\n")
    with pytest.raises(InputError, match=r"(?s)s\.txt:1: not 16 hex digits.*s\.txt:3: not 16 hex") as caught:
        read_slurs(path)
    assert "grubword" not in str(caught.value)


def test_a_missing_list_is_named_and_an_empty_one_finds_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.txt: cannot be read as a word list"):
        read_slurs(tmp_path / "none.txt")
    (tmp_path / "empty.txt").touch()
    assert read_slurs(tmp_path / "empty.txt") == frozenset()


def test_regions_that_the_library_lacks_are_named() -> None:
    check_regions(["US", "GB"])
    with pytest.raises(InputError, match="unknown UK, ZZ"):
        check_regions(["US", "ZZ", "UK"])
