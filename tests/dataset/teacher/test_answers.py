"""The kept answers of a teacher: found by what was asked, never half a line, nothing lost by a kill."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.dataset.teacher.answers import (
    FILE,
    JOURNAL,
    Answer,
    Request,
    answer_id,
    journal,
    merge_journal,
    read_answers,
    request_key,
    said,
)
from twainbot.files import InputError


def request(text: str = "Say it.", **fields: Any) -> Request:
    base: dict[str, Any] = {
        "model": "m",
        "messages": [{"role": "user", "content": text}],
        "temperature": 0.5,
        "max_tokens": 10,
        "seed": 1,
    }
    return base | fields  # type: ignore[return-value]


def answer(text: str = "Said.", asked: Request | None = None, **fields: Any) -> Answer:
    asked = asked or request()
    base: dict[str, Any] = {
        "key": request_key(asked),
        "kind": "style",
        "request": asked,
        "content": text,
        "finish_reason": "stop",
        "model": "m",
        "prompt_tokens": 3,
        "completion_tokens": 2,
    }
    return base | fields  # type: ignore[return-value]


def test_the_key_is_the_sha256_of_the_canonical_request() -> None:
    # printf '{"max_tokens":10,"messages":[{"content":"Say it.","role":"user"}],"model":"m","seed":1,
    # "temperature":0.5}' (in one line) | sha256sum
    key = request_key(request())
    turned = dict(reversed(request().items()))
    assert request_key(turned) == key  # type: ignore[arg-type]
    assert key == "d90584b1cc3840da9ba9fbbbc326707459f49d4be03c43860f4cc073d00df9a0"
    assert answer_id(key) == f"ask-{key[:16]}"


@pytest.mark.parametrize(
    "change", [{"model": "n"}, {"temperature": 0.6}, {"max_tokens": 11}, {"seed": 2}, {"messages": []}]
)
def test_every_part_of_the_request_is_in_the_key(change: dict[str, Any]) -> None:
    assert request_key(request(**change)) != request_key(request())


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("  A line. \n", "A line."),
        ('"A line."', "A line."),
        ("“A line.”", "A line."),
        ("'Tis the captain's.'", "'Tis the captain's.'"),
        ('"One." and "two."', '"One." and "two."'),
        ("'Tis fog.", "'Tis fog."),
        ("", ""),
    ],
)
def test_quotation_marks_around_the_whole_are_not_said(content: str, expected: str) -> None:
    assert said(answer(content)) == expected


def test_no_file_is_no_answers(tmp_path: Path) -> None:
    assert read_answers(tmp_path) == {}
    assert merge_journal(tmp_path) == 0


def test_answers_are_sorted_by_key_and_kept_over_runs(tmp_path: Path) -> None:
    answers = [answer(f"Line {n}.", request(str(n))) for n in range(5)]
    for some in (answers[3:], answers[:3]):
        with journal(tmp_path) as keep:
            for one in some:
                keep(one)
    assert not (tmp_path / JOURNAL).exists()
    keys = [json.loads(line)["key"] for line in (tmp_path / FILE).read_text().splitlines()]
    assert keys == sorted(one["key"] for one in answers)
    assert read_answers(tmp_path) == {one["key"]: one for one in answers}


@given(st.lists(st.text(max_size=8), min_size=1, max_size=4, unique=True), st.data())
def test_a_journal_cut_anywhere_keeps_every_whole_line(texts: list[str], data: st.DataObject) -> None:
    answers = [answer(text, request(str(n))) for n, text in enumerate(texts)]
    lines = [(json.dumps(one, ensure_ascii=False) + "\n").encode() for one in answers]
    whole = b"".join(lines)
    cut = data.draw(st.integers(0, len(whole)))
    complete = sum(len(b"".join(lines[: n + 1])) <= cut for n in range(len(lines)))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / JOURNAL).write_bytes(whole[:cut])
        assert merge_journal(Path(folder)) == complete
        assert read_answers(Path(folder)) == {one["key"]: one for one in answers[:complete]}
        assert merge_journal(Path(folder)) == 0


def test_an_interrupted_merge_is_done_again(tmp_path: Path) -> None:
    with journal(tmp_path) as keep:
        keep(answer())
    # As if the kill came after the file was written and before the journal was removed.
    (tmp_path / JOURNAL).write_text(json.dumps(answer()) + "\n")
    assert merge_journal(tmp_path) == 0
    assert len(read_answers(tmp_path)) == 1


def test_all_bad_answers_at_once(tmp_path: Path) -> None:
    good = answer()
    lacking = {name: value for name, value in good.items() if name != "content"}
    edited = answer(asked=request("Another."), key=good["key"][::-1])
    lines = [good, lacking, edited, good, {**good, "content": None}]
    (tmp_path / FILE).write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises(InputError) as caught:
        read_answers(tmp_path)
    problems = str(caught.value).splitlines()
    assert len(problems) == 5
    assert "answer 2: lacks content" in problems[0]
    assert "answer 3: key" in problems[1]
    assert "was the line edited?" in problems[1]
    assert "answer 4" in problems[2]
    assert "is there twice" in problems[2]
    assert "content must be text" in problems[3]
