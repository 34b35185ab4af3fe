"""Labelled passages: places in raw files, and what is committed of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.files import InputError, read_jsonl
from twainbot.text.labelled import Label, Labelled, at_hand, locate, named, reading_text, texts
from twainbot.text.normalize import words
from twainbot.text.tag import DEVICES, TONES

ROOT = Path(__file__).resolve().parents[2]
RAW = 'One.\r\n\r\n"The _old_ mill,\r\nthey said, was ""haunted"".) Two.'


def entry(raw: str, start: int, end: int, **fields: object) -> Labelled:
    base = Labelled(
        id="lab-1", source_id="book", path="books/book.txt",
        raw_sha256=hashlib.sha256(raw.encode()).hexdigest(), start=start, end=end, kind="book",
        persona="twain", family="book", side="train", stratum="twain/other", weight=1.0,
    )  # fmt: skip
    return base | fields  # type: ignore[return-value]


def test_a_passage_is_found_whatever_stands_between_its_words() -> None:
    place = locate(RAW, 0, len(RAW), "The old mill, they said, was")
    assert place is not None
    assert reading_text(RAW[place[0] : place[1]]) == "The old mill, they said, was"
    assert locate(RAW, 0, len(RAW), "the old house") is None
    assert locate(RAW, 0, len(RAW), "") is None
    assert locate(RAW, 0, len(RAW), "ill they") is None


@given(st.text(alphabet='ab "_\r\n.', max_size=60), st.data())
def test_what_is_found_has_the_words_in_their_order(raw: str, data: st.DataObject) -> None:
    found = words(raw.replace("_", " "))
    start = data.draw(st.integers(0, len(found)))
    wanted = " ".join(found[start : start + 3])
    place = locate(raw, 0, len(raw), wanted)
    assert (place is None) == (wanted == "")
    if place:
        assert words(raw[place[0] : place[1]].replace("_", " ")) == wanted.split()


def test_texts_come_from_the_very_file_that_was_labelled(tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    path = tmp_path / "books/book.txt"
    one = entry(RAW, 0, 4)
    assert at_hand([one], tmp_path) == []
    with pytest.raises(InputError, match="TWAINBOT_MIRROR"):
        texts([one], tmp_path)
    path.write_bytes(RAW.encode())
    assert at_hand([one], tmp_path) == [one]
    assert texts([one], tmp_path) == {"lab-1": "One."}
    path.write_bytes(b"another edition")
    assert at_hand([one], tmp_path) == []
    with pytest.raises(InputError, match="is not the labelled file's"):
        texts([one], tmp_path)


def test_committed_labels_are_complete_and_hold_no_text() -> None:
    sample: list[Labelled] = read_jsonl(ROOT / "data/tagging/sample.jsonl")
    training: list[Labelled] = read_jsonl(ROOT / "data/tagging/training.jsonl")
    labels: list[Label] = read_jsonl(ROOT / "data/tagging/labels.jsonl")
    assert len(sample) == 300
    for annotator, wanted in (("a", [*sample, *training]), ("b", sample)):
        found = [label["id"] for label in labels if label["annotator"] == annotator]
        assert not found or sorted(found) == sorted(each["id"] for each in wanted)
    assert {each["side"] for each in training} == {"train"}
    for each in (*sample, *training):
        assert set(each) == set(Labelled.__annotations__)
    for label in labels:
        assert set(label) == set(Label.__annotations__)
        assert set(label["tone"]) <= set(TONES)
        assert set(label["device"]) <= set(DEVICES)
        assert label["domain"] in ("weather", "general")
        assert label["domain"] in named(label)


def test_no_family_is_on_two_sides() -> None:
    rows: list[Labelled] = [
        row for name in ("sample", "training") for row in read_jsonl(ROOT / f"data/tagging/{name}.jsonl")
    ]
    sides: dict[str, set[str]] = {}
    for row in rows:
        # Posts by month, whatever the dump; plays by play; books by work.
        family = row["family"].rpartition("/")[2] if row["kind"] == "post" else row["family"].split("/")[0]
        sides.setdefault(family, set()).add(row["side"])
    assert all(len(found) == 1 for found in sides.values())
    sample = rows[:300]
    assert sum(row["side"] == "test" for row in sample) == 150
