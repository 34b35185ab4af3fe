"""Rows and prompts as somebody's editor may leave them: each thing wrong is named with its row."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from twainbot.dataset.examples import read_eval_prompts, read_examples
from twainbot.dataset.tools.schemas import read_tools
from twainbot.files import InputError, write_jsonl

ROW: dict[str, Any] = {
    "id": "row-1",
    "messages": [
        {"role": "system", "content": "You are a ferryman."},
        {"role": "user", "content": "Is it deep?"},
        {"role": "assistant", "content": "Only in the middle."},
    ],
    "tools": None,
    "tags": {"persona": "twain", "tone": "wry", "domain": "general", "source": "book", "device": "none"},
    "origin": "human",
    "generator": "",
    "template_id": "talk",
    "parents": ["pas-1"],
    "family": "book/1",
    "split": None,
}


def complaint(path: Path, *rows: dict[str, Any], with_split: bool = False) -> list[str]:
    write_jsonl(path, rows)
    with pytest.raises(InputError) as caught:
        read_examples(path, with_split=with_split)
    return str(caught.value).removeprefix(f"{path}: ").splitlines()


def test_sound_rows_are_read_as_they_are(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "rows.jsonl", [ROW])
    assert read_examples(tmp_path / "rows.jsonl") == [ROW]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"family": None}, "family: expected str, found null"),
        ({"messages": None}, "messages: expected list, found null"),
        ({"messages": []}, "messages: the last one is no answer of the assistant"),
        ({"messages": ROW["messages"][2:]}, "messages: nothing stands before the answer"),
        ({"messages": [*ROW["messages"][:2], "Only."]}, "messages[2]: expected an object, found str"),
        ({"parents": [1]}, "parents: expected ids"),
        ({"split": "tset"}, "split: expected one of train, val, test, found 'tset'"),
        ({"tags": {**ROW["tags"], "persona": 7}}, "tags.persona: expected str, found int"),
    ],
    ids=str,
)
def test_a_wrong_value(tmp_path: Path, change: dict[str, Any], problem: str) -> None:
    assert complaint(tmp_path / "rows.jsonl", {**ROW, **change})[0] == f"row 1 (row-1): {problem}"


def test_all_problems_at_once_but_no_flood(tmp_path: Path) -> None:
    other = copy.deepcopy(ROW)
    del other["family"], other["tags"]["tone"]
    path = tmp_path / "rows.jsonl"
    assert complaint(path, ROW, other) == [
        "row 2 (row-1): family: missing",
        f"{path}: row 2 (row-1): tags.tone: missing",
        f"{path}: row 2 (row-1): this id is there twice",
        "Mend them, or make them again.",
    ]
    many = complaint(path, *({**ROW, "id": f"row-{n}", "family": 1} for n in range(30)))
    assert (len(many), many[-2]) == (22, "and 10 more")


def test_conversations_must_say_their_split(tmp_path: Path) -> None:
    lines = complaint(tmp_path / "rows.jsonl", ROW, with_split=True)
    assert lines[0].endswith("split: expected one of train, val, test, found None")


def test_a_prompt_without_id_or_words(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "a.jsonl", [{"prompt": "Why?"}, {"id": "b", "prompt": " "}])
    with pytest.raises(InputError) as caught:
        read_eval_prompts(tmp_path)
    assert [line.split("jsonl: ")[-1] for line in str(caught.value).splitlines()] == [
        "row 1: id: missing",
        "row 2 (b): prompt: empty",
        "Mend them.",
    ]


def test_bytes_that_are_no_text_are_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(json.dumps(ROW).encode() + b"\n\xff{}\n")
    with pytest.raises(InputError, match=r"rows\.jsonl:2: not UTF-8"):
        read_examples(path)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '[{"x": 1}]', '[{"function": {"name": ""}}]'])
def test_tools_that_are_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "tools.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"tools\.json"):
        read_tools(path)
