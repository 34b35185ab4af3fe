"""The teacher with the programs that it is for: an inference server, and DVC over its folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml
from teacher_workspace import workspace
from workspace import ROOT, run_stages

from twainbot.commands.teacher import run_teacher
from twainbot.dataset.teacher.answers import read_answers
from twainbot.files import read_json, read_jsonl

pytestmark = pytest.mark.slow
PATIENCE = 180.0  # seconds for what takes twenty on a quiet machine


@pytest.fixture
def served() -> Iterator[tuple[str, str]]:
    """(base URL, model) of the embedded base behind ``transformers serve``."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    model = str(ROOT / "models/base/embedded")
    command = [str(Path(sys.executable).with_name("transformers")), "serve", model]
    server = subprocess.Popen(
        [*command, "--device", "cpu", "--host", "127.0.0.1", "--port", str(port)],
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + PATIENCE
    try:
        while True:
            assert server.poll() is None, "transformers serve has ended"
            assert time.monotonic() < end, "transformers serve does not answer"
            try:
                if httpx.get(f"http://127.0.0.1:{port}/health").is_success:
                    break
            except httpx.TransportError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/v1", model
    finally:
        server.terminate()
        server.wait()


def test_a_real_server_answers_and_every_answer_is_accounted_for(
    tmp_path: Path, served: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, model = served
    one = dict.fromkeys(("style", "neutralise", "joke", "paraphrase", "backtranslate"), 1)
    workspace(tmp_path, url, model=model, enabled="true", max_tokens=16, timeout_seconds=PATIENCE, **one)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TWAINBOT_TEACHER_KEY", raising=False)
    run_teacher(dry_run=False, limit=None)
    answers = read_answers(tmp_path / "data/teacher")
    assert len(answers) == len(one)
    assert {answer["finish_reason"] for answer in answers.values()} <= {"stop", "length"}
    assert all(answer["prompt_tokens"] and answer["completion_tokens"] for answer in answers.values())
    assert all(len(answer["content"]) > 0 for answer in answers.values())
    run_stages(tmp_path, "instruct")
    metrics = read_json("metrics/instruct.json")["teacher"]
    assert metrics["planned"] == len(one)
    assert metrics["unanswered"] == 0
    used = sum(metrics["rows"].values()) + metrics["neutral_sides"]
    assert used + sum(metrics["refused"].values()) == len(one)
    rows = read_jsonl("data/instruct/examples.jsonl")
    assert sum(row["generator"] == f"teacher:{model}" for row in rows) == sum(metrics["rows"].values())


def test_dvc_follows_the_answers_and_brings_them_back(tmp_path: Path) -> None:
    """The stage depends on the folder; the answers inside may be absent, and are DVC's once added."""

    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout

    def dvc(*arguments: str) -> str:
        return run(sys.executable, "-m", "dvc", *arguments)

    folder = tmp_path / "data/teacher"
    shutil.copytree(ROOT / "data/teacher", folder, ignore=shutil.ignore_patterns("responses*"))
    shutil.copyfile(ROOT / ".dvcignore", tmp_path / ".dvcignore")
    counted = "python -c \"from pathlib import Path; p = Path('data/teacher/responses.jsonl');"
    counted += " Path('rows.txt').write_text(p.read_text() if p.exists() else 'none')\""
    stage = {"cmd": counted, "deps": ["data/teacher"], "outs": [{"rows.txt": {"cache": False}}]}
    (tmp_path / "dvc.yaml").write_text(yaml.safe_dump({"stages": {"instruct": stage}}))
    run("git", "init", "--quiet")
    dvc("init", "--quiet")
    dvc("repro", "--quiet")
    assert (tmp_path / "rows.txt").read_text() == "none"
    # A journal and the README are nobody's input.
    (folder / "responses.jsonl.journal").write_text("{}\n")
    (folder / "README.md").write_text("Other words.")
    assert "up to date" in dvc("status")

    answers = folder / "responses.jsonl"
    answers.write_text('{"key": 1}\n')
    dvc("add", "--quiet", "data/teacher/responses.jsonl")
    dvc("repro", "--quiet")
    assert (tmp_path / "rows.txt").read_text() == '{"key": 1}\n'
    run("git", "add", ".")
    listed = run("git", "ls-files", "data/teacher").split()
    assert "data/teacher/responses.jsonl.dvc" in listed
    assert not {"data/teacher/responses.jsonl", "data/teacher/responses.jsonl.journal"} & {*listed}

    answers.unlink()
    dvc("checkout", "--quiet")
    assert answers.read_text() == '{"key": 1}\n'
    assert "up to date" in dvc("status")
    answers.write_text('{"key": 1}\n{"key": 2}\n')
    dvc("repro", "--quiet")
    assert (tmp_path / "rows.txt").read_text() == '{"key": 1}\n{"key": 2}\n'
