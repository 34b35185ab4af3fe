"""Introductions by other hands are told from the author's own."""

from __future__ import annotations

from itertools import pairwise

import pytest

from twainbot.corpus.books.editorial import family_name
from twainbot.corpus.books.gutenberg import Body
from twainbot.corpus.books.parse import parse_book

ABOUT = (
    "When Venn came to the landing in the year of the flood, nobody knew that the\n"
    "county had got its chronicler. Venn was twenty, and Venn had no umbrella.\n"
    "Of all that is told of Venn, only the umbrella can be proved today.\n"
)
OWN = (
    "I wrote this book because the ferry was late, and I had paper. Whoever finds\n"
    "himself in it is asked to remember that I found him there as well, and that\n"
    "I was no better pleased. Pell Landing, the fourth of March. Orla Venn.\n"
)
STORY = (
    "The ferry was late, and so was the river, which had gone round by the meadow\n"
    "to look at the new fence. My uncle said that he had seen it come home in\n"
    "worse repair than this. Nobody asked him when it was.\n"
)


def _kept(raw: str, author: str = "Orla Venn") -> list[str]:
    body = Body(0, len(raw), (), 1.0)
    segments, rejects = parse_book(raw, body, doc_id="d", source_id="s", author=author)
    pieces = sorted((piece["start"], piece["end"]) for piece in [*segments, *rejects])
    assert all(left[1] <= right[0] for left, right in pairwise(pieces))
    assert "".join("".join(raw[a:b].split()) for a, b in pieces) == "".join(raw.split())
    assert {reject["reason"] for reject in rejects} <= {"heading", "editorial", "front_matter"}
    return [segment["section"] for segment in segments]


@pytest.mark.parametrize(
    ("heading", "text", "sections"),
    [
        ("INTRODUCTION", ABOUT, ["CHAPTER I."]),
        ("EDITOR'S PREFACE", ABOUT, ["CHAPTER I."]),
        ("THE LIFE OF ORLA VENN", ABOUT, ["CHAPTER I."]),
        ("INTRODUCTION", OWN, ["INTRODUCTION", "CHAPTER I."]),
        ("PREFACE", OWN, ["PREFACE", "CHAPTER I."]),
        ("EDITOR'S PREFACE", STORY, ["EDITOR'S PREFACE", "CHAPTER I."]),  # a novelist's invented editor
        ("THE FERRY", ABOUT, ["THE FERRY", "CHAPTER I."]),
    ],
)
def test_only_what_is_about_the_author_is_dropped(heading: str, text: str, sections: list[str]) -> None:
    raw = f"THE FOG\n\n\nBy Orla Venn\n\n\n\n{heading}\n\n\n{text}\n\n\n\nCHAPTER I.\n\n\n{STORY}"
    assert _kept(raw) == sections


def test_signed_by_another_hand_what_follows_is_the_author_s() -> None:
    signed = "This is the first printing of what Venn told upon the landing, as she told it\nthere."
    raw = (
        f"THE FOG\n\n\nBy Orla Venn\n\n\n\nPREFACE.\n\n\n{STORY}\n{signed}\n\n{' ' * 50}DeLong Moss.\n\n"
        f"{OWN}\n{' ' * 50}O. V.\n\n\n\nCHAPTER I.\n\n\n{STORY}"
    )
    body = Body(0, len(raw), (), 1.0)
    segments, rejects = parse_book(raw, body, doc_id="d", source_id="s", author="Orla Venn")
    assert [segment["section"] for segment in segments] == ["PREFACE.", "PREFACE.", "CHAPTER I."]
    assert [reject["text"][:8] for reject in rejects if reject["reason"] == "editorial"] == [
        "The ferr",
        "This is ",
        "DeLong M",
    ]


def test_without_a_name_nothing_is_dropped() -> None:
    raw = f"INTRODUCTION\n\n\n{ABOUT}\n\n\n\nCHAPTER I.\n\n\n{STORY}"
    assert _kept(raw, "various") == _kept(raw, "") == ["INTRODUCTION", "CHAPTER I."]


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Mark Twain", "Twain"),
        ("Mark Twain (Samuel Clemens)", "Twain"),
        ("Clemens, Samuel", "Clemens"),
        ("Hector St. John de Crevecoeur", "Crevecoeur"),
        ("various", ""),
        ("", ""),
    ],
)
def test_family_name(author: str, name: str) -> None:
    assert family_name(author) == name
