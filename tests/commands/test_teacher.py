"""``twainbot teacher run`` against a real server: nothing asked twice, nothing lost, the key seen nowhere."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from loopback import serving
from teacher_server import Reply, TeacherServer
from teacher_workspace import PLANNED, workspace
from workspace import ROOT, make_workspace, run_stages

from twainbot.dataset.teacher.answers import FILE, JOURNAL, answer_id, journal, read_answers, request_key
from twainbot.files import content_id, read_json, read_jsonl, write_jsonl

KEY = "sk-a-key-that-must-not-be-seen"


def distinct(text: str, before: int) -> Reply:
    """An answer that is like no other."""
    return Reply(" ".join(f"w{request_key_of(text)[n : n + 4]}" for n in range(0, 24, 4)) + ".")


def request_key_of(text: str) -> str:
    return content_id("x", text)[2:] + content_id("y", text)[2:]


@pytest.fixture
def teach(twainbot: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    def run(folder: Path, *arguments: str) -> int:
        monkeypatch.chdir(folder)
        monkeypatch.setenv("TWAINBOT_TEACHER_KEY", KEY)
        return twainbot("teacher", "run", *arguments)

    return run


def files_with_the_key(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]


def test_a_dry_run_asks_nothing_and_says_what_it_would_cost(tmp_path, teach, capsys):
    with serving(TeacherServer(distinct)) as server:
        workspace(tmp_path, server.base_url, price_input=1e6, price_output=2e6)
        assert teach(tmp_path, "--dry-run") == 0
    assert server.requests == []
    out = capsys.readouterr().out
    rows = {cells[0]: cells[1:] for line in out.splitlines() if (cells := line.split())[0] != "planned"}
    assert [rows[kind][:2] for kind in ("style", "neutralise", "joke", "paraphrase", "backtranslate")] == [
        ["4", "4"], ["3", "3"], ["2", "2"], ["2", "2"], ["2", "2"]
    ]  # fmt: skip
    planned, todo, tokens_in, tokens_out, cost = (float(cell.replace(",", "")) for cell in rows["all"])
    assert (planned, todo, tokens_out) == (PLANNED, PLANNED, PLANNED * 320)
    assert cost == tokens_in + 2 * tokens_out
    assert not (tmp_path / "data/teacher" / FILE).exists()


def test_answers_become_rows_and_are_never_asked_again(tmp_path, teach, capsys):
    with serving(TeacherServer(distinct)) as server:
        workspace(tmp_path, server.base_url, enabled="true")
        assert read_json(tmp_path / "metrics/instruct.json")["teacher"]["unanswered"] == PLANNED
        assert teach(tmp_path, "--limit", "5") == 0
        assert len(server.requests) == 5
        run_stages(tmp_path, "instruct")
        assert read_json(tmp_path / "metrics/instruct.json")["teacher"]["unanswered"] == PLANNED - 5
        assert teach(tmp_path) == 0
        assert teach(tmp_path) == 0
    assert len(server.requests) == PLANNED
    assert all(headers["authorization"] == f"Bearer {KEY}" for headers in server.headers)
    captured = capsys.readouterr()
    assert KEY not in captured.out + captured.err
    assert files_with_the_key(tmp_path) == []
    # The endpoint is gone; the stage reads what was kept, twice the same.
    run_stages(tmp_path, "instruct")
    rows = (tmp_path / "data/instruct/examples.jsonl").read_bytes()
    run_stages(tmp_path, "instruct")
    assert (tmp_path / "data/instruct/examples.jsonl").read_bytes() == rows
    metrics = read_json(tmp_path / "metrics/instruct.json")
    assert metrics["teacher"]["unanswered"] == 0
    assert metrics["teacher"]["rows"] == {
        "teacher_backtranslate": 2, "teacher_joke": 2, "teacher_paraphrase": 2, "teacher_style": 4
    }  # fmt: skip
    assert metrics["rows"] == len(read_jsonl(tmp_path / "data/instruct/examples.jsonl"))


def test_switched_off_the_stage_reads_no_answer_and_makes_no_row(tmp_path, teach, capsys):
    with serving(TeacherServer(distinct)) as server:
        workspace(tmp_path, server.base_url)
        before = (tmp_path / "data/instruct/examples.jsonl").read_bytes()
        assert teach(tmp_path) == 0
    assert "teacher.enabled is false" in capsys.readouterr().out
    (tmp_path / "data/teacher" / FILE).write_text("not JSON")
    run_stages(tmp_path, "instruct")
    assert (tmp_path / "data/instruct/examples.jsonl").read_bytes() == before
    assert read_json(tmp_path / "metrics/instruct.json")["teacher"] == {"planned": 0, "unanswered": 0}


def test_what_failed_is_named_and_asked_the_next_time(tmp_path, teach, capsys):
    down = threading.Event()

    def script(text: str, before: int) -> Reply:
        fails = "short clean joke" in text and not down.is_set()
        return Reply(status=500, raw=b"{}") if fails else distinct(text, before)

    with serving(TeacherServer(script)) as server:
        workspace(tmp_path, server.base_url)
        assert teach(tmp_path) == 1
        captured = capsys.readouterr()
        assert f"{PLANNED - 2} answered and kept" in captured.out
        assert "2 requests to" in captured.err
        assert "HTTP 500 (2)" in captured.err
        down.set()
        assert teach(tmp_path) == 0
    assert len(server.requests) == PLANNED + 2
    assert Counter(server.answered).most_common(1)[0][1] == 1


def test_killed_midway_nothing_that_came_is_asked_again(tmp_path):
    gate = threading.Event()

    def script(text: str, before: int) -> Reply:
        if len(server.answered) == 5 and not gate.is_set():
            return Reply(status=503, raw=b"{}", wait=gate)
        return distinct(text, before)

    with serving(TeacherServer(script)) as server:
        workspace(tmp_path, server.base_url)
        command = [sys.executable, "-m", "twainbot.cli", "teacher", "run"]
        environment = {
            **os.environ, "TWAINBOT_TEACHER_KEY": KEY, "PYTHONPATH": os.pathsep.join(sys.path),
            "OPENAI_LOG": "debug",
        }  # fmt: skip
        killed = subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        while len(server.requests) < 6:
            assert killed.poll() is None
            time.sleep(0.01)
        killed.send_signal(signal.SIGKILL)
        output = killed.communicate()[0]
        gate.set()
        folder = tmp_path / "data/teacher"
        assert len((folder / JOURNAL).read_text().splitlines()) == 5
        # The kill may as well have come while a line was written.
        with open(folder / JOURNAL, "a") as stream:
            stream.write('{"key": "half')
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert sorted(Counter(server.answered).values()) == [1] * PLANNED
    keys = [row["key"] for row in read_jsonl(folder / FILE)]
    assert keys == sorted(keys)
    assert len(keys) == PLANNED
    assert not (folder / JOURNAL).exists()
    assert KEY.encode() not in output + done.stdout + done.stderr
    assert files_with_the_key(tmp_path) == []


def test_before_the_stages_have_run_it_says_which(tmp_path, teach, capsys):
    make_workspace(tmp_path, without=("data/teacher",))
    shutil.copytree(ROOT / "data/teacher", tmp_path / "data/teacher")
    assert teach(tmp_path) == 1
    assert "Run `dvc repro instruct` first" in capsys.readouterr().err


def test_a_persona_without_a_card_is_named(tmp_path, teach, capsys):
    workspace(tmp_path, "http://127.0.0.1:9/v1", personas="[twain, wilde]")
    assert teach(tmp_path, "--dry-run") == 1
    assert "teacher.asked.personas: no card for wilde" in capsys.readouterr().err


def teacher_row(root: Path, origin: str, content: str) -> tuple[str, str]:
    """Add a row that the teacher had a part in; its id and the request's key."""
    (source,) = read_jsonl(root / "data/split/style/train.jsonl")
    request: Any = {"model": "big", "messages": [], "temperature": 0.5, "max_tokens": 9, "seed": 1}
    key = request_key(request)
    with journal(root / "data/teacher") as keep:
        keep({
            "key": key, "kind": "style" if origin == "synthetic" else "backtranslate", "request": request,
            "content": content, "finish_reason": "stop", "model": "big-2026",
            "prompt_tokens": 1, "completion_tokens": 1,
        })  # fmt: skip
    human = source["messages"][1]["content"]
    said = ("Say it.", "The river, sir, moved.") if origin == "synthetic" else ("And the river?", human)
    messages = [{"role": "user", "content": said[0]}, {"role": "assistant", "content": said[1]}]
    parents = [*source["parents"], answer_id(key)]
    row = source | {
        "messages": messages, "origin": origin, "generator": "teacher:big", "template_id": "teacher_style",
        "parents": parents,
        "id": content_id("row", "teacher_style", parents[0], json.dumps(messages, ensure_ascii=False)),
    }  # fmt: skip
    write_jsonl(root / "data/split/style/train.jsonl", [source, row])
    return row["id"], key


@pytest.mark.parametrize(
    ("origin", "content"), [("synthetic", "The river, sir, moved."), ("human", "And the river?")]
)
def test_trace_names_model_kind_and_request(twainbot, built, capsys, origin, content):
    root, _, _ = built
    row, key = teacher_row(root, origin, content)
    assert twainbot("trace", row) == 0
    out = capsys.readouterr().out
    kind = "style" if origin == "synthetic" else "backtranslate"
    assert f"\n  answer {answer_id(key)}  ok\n      teacher:big, {kind}, request {key}\n" in out
    assert f"| {content}" in out
    assert "A Book, An Author; licence CC0" in out
    assert out.endswith("7 links, all ok\n")
    assert twainbot("trace", answer_id(key)) == 0
    assert twainbot("trace", "--random", "9") == 0


def test_trace_finds_a_row_that_is_not_what_the_teacher_said(twainbot, built, capsys):
    root, _, _ = built
    row, key = teacher_row(root, "synthetic", "Something else.")
    assert twainbot("trace", row) == 1
    assert f"answer {answer_id(key)}  BROKEN: no assistant turn of the row says" in capsys.readouterr().out
    (root / "data/teacher" / FILE).unlink()
    assert twainbot("trace", row) == 1
    assert f"{answer_id(key)} is not in data/teacher/responses.jsonl" in capsys.readouterr().err
    assert read_answers(root / "data/teacher") == {}
