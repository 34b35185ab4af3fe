from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from twainbot.dataset.tools.wire import from_mcp
from twainbot.files import read_jsonl, write_jsonl

Twainbot = Callable[..., int]
Captured = pytest.CaptureFixture[str]

CALL = {
    "id": "call00001",
    "type": "function",
    "function": {"name": "get_weather", "arguments": '{"location": "Rome"}'},
}
ROWS: list[dict[str, Any]] = [
    {
        "id": f"tool-{number}",
        "messages": [
            {"role": "system", "content": "You are X."},
            {"role": "user", "content": "Rome?"},
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "content": "{}", "tool_call_id": "call00001", "name": "get_weather"},
            {"role": "assistant", "content": "Nothing came."},
        ],
        "tools": None,
        "split": split,
    }
    for number, split in enumerate(("train", "val", "train", "test"))
]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_jsonl(tmp_path / "data/toolcalls/episodes.jsonl", ROWS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_split_as_it_is(made: Path, twainbot: Twainbot, capsys: Captured) -> None:
    assert twainbot("export", "tools", "-o", "out.jsonl") == 0
    assert read_jsonl(made / "out.jsonl") == [ROWS[0], ROWS[2]]
    assert capsys.readouterr().out == "2 conversations in out.jsonl\n"


def test_a_split_in_mcp_form(made: Path, twainbot: Twainbot) -> None:
    assert twainbot("export", "tools", "--form", "mcp", "--split", "val", "-o", "out.jsonl") == 0
    (row,) = read_jsonl(made / "out.jsonl")
    request = row["messages"][2]["requests"][0]
    assert request["params"] == {"name": "weather_api.get_forecast", "arguments": {"location": "Rome"}}
    assert from_mcp(row) == ROWS[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--form", "anthropic", "-o", "out.jsonl"], "'anthropic' is not one of openai, mcp."),
        (["--split", "dev", "-o", "out.jsonl"], "'dev' is not one of train, val, test."),
        (["-o", "no/out.jsonl"], "no, the folder to write to, does not exist. Make it first."),
    ],
)
def test_what_cannot_be_exported(
    made: Path,
    twainbot: Twainbot,
    capsys: Captured,
    arguments: list[str],
    message: str,
) -> None:
    assert twainbot("export", "tools", *arguments) == 1
    assert message in capsys.readouterr().err
    assert not (made / "out.jsonl").exists()


def test_without_conversations(
    tmp_path: Path,
    twainbot: Twainbot,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert twainbot("export", "tools", "-o", "out.jsonl") == 1
    assert "data/toolcalls/episodes.jsonl does not exist. Run `dvc repro` first" in capsys.readouterr().err
