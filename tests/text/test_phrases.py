"""Words and phrases: whole words, endings, names, exceptions, kinds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.files import InputError
from twainbot.text.phrases import KINDS, PhraseIndex, parse_phrase, read_phrases

ROOT = Path(__file__).resolve().parents[2]


def index(*entries: str) -> PhraseIndex:
    return PhraseIndex.of([parse_phrase(entry, "rude", KINDS) for entry in entries])


@pytest.mark.parametrize(
    ("entry", "text", "found"),
    [
        ("drat", "Drat! Hydrate the drats.", ["Drat"]),
        ("drat*", "Drat! Hydrate the drats, dratted!", ["Drat", "drats", "dratted"]),
        ("drat", "the drat's hat", ["drat's"]),
        ("blue moon*", "Blue moons; blue, moon; blue cheese moon", ["Blue moons", "blue, moon"]),
        ("sea-monster", "a sea-monster, a sea monster", ["sea-monster", "sea monster"]),
        ("=rob", "Rob will rob ROB", ["rob"]),
        ("drat", "", []),
    ],
)
def test_matches(entry: str, text: str, found: list[str]) -> None:
    matches = index(entry).find(text, "post")
    assert [text[match.start : match.end] for match in matches] == found


def test_within_an_exception_nothing_is_found() -> None:
    rude = index("ass", "!wild ass")
    assert rude.find("The wild ass of the desert.", "book") == []
    assert len(rude.find("The wild ass and the other ass.", "book")) == 1


def test_an_exception_of_another_label_changes_nothing() -> None:
    both = PhraseIndex.of([parse_phrase("ass", "rude", KINDS), parse_phrase("!wild ass", "other", KINDS)])
    assert len(both.find("The wild ass.", "book")) == 1


@given(st.text(max_size=60), st.sampled_from(["İ drat", "drat", "ǅ drat ß"]))
def test_spans_are_of_the_text_itself(text: str, tail: str) -> None:
    text = f"{text} {tail}"
    assert [text[m.start : m.end] for m in index("drat").find(text, "post")][-1:] == ["drat"]


def test_a_file_with_sections_by_kind(tmp_path: Path) -> None:
    path = tmp_path / "rude.txt"
    path.write_text("# all\ndrat\n[post, play]\nfie  # not in books\n[all]\nfaugh*\n", encoding="utf-8")
    rude = PhraseIndex.of(read_phrases(path, "rude"))
    assert [m.phrase for m in rude.find("Drat, fie, faughs", "book")] == ["drat", "faugh*"]
    assert [m.phrase for m in rude.find("Drat, fie, faughs", "post")] == ["drat", "fie", "faugh*"]


def test_all_bad_lines_are_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "rude.txt"
    path.write_text("drat\nDrat\n[letters]\na*\nx|y\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_phrases(path, "rude")
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[0].rsplit(":", 1)[1] for line in lines] == ["2", "3", "4", "5"]
    assert "unknown kind letters; known: all, book" in lines[1]
    assert "at least 3 letters before the *" in lines[2]


@pytest.mark.parametrize("name", ["profanity", "sexual"])
def test_the_committed_lists_can_be_read_and_say_what_they_are(name: str) -> None:
    path = ROOT / f"data/lexicons/{name}.txt"
    assert path.read_text(encoding="utf-8").startswith("# ")
    entries = [str(phrase) for phrase in read_phrases(path, name)]
    assert len(entries) > 30
    assert len(entries) == len(set(entries))


@pytest.mark.parametrize(
    "text",
    [
        "God damn it, said the pilot, who the hell and the devil is that ass of a bastard?",
        "A woman of the fair sex had intercourse with her neighbours, and he ejaculated: 'Dick!'",
        "The erection of the church was a queer and gay affair; the cock crew.",
    ],
)
def test_words_of_older_books_are_neither_profane_nor_sexual(text: str) -> None:
    phrases = [
        p for name in ("profanity", "sexual") for p in read_phrases(ROOT / f"data/lexicons/{name}.txt", name)
    ]
    assert PhraseIndex.of(phrases).find(text, "book") == []


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes(b"caf\xe9\n")
    with pytest.raises(InputError, match=r"list\.txt: cannot be read .* UTF-8"):
        read_phrases(tmp_path / "list.txt", "profanity")
