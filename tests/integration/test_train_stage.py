"""The stage itself, as DVC runs it: killed from outside, refused while it runs, and the same in the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
WORDS = ["river", "rain", "boat", "wind", "mile", "cloud", "town"]


def make_workspace(folder: Path, base: Path) -> Path:
    """A folder with params.yaml, the tiny base and plain text enough for eighty steps."""
    yaml = YAML()
    params = yaml.load(ROOT / "params.yaml")
    params["base"]["path"] = base.as_posix()
    params["train"]["common"] |= {"pack_tokens": 1, "accumulate": 1, "evals": 4, "threads": 1}
    params["train"]["common"]["lora"]["dropout"] = 0.05
    params["train"]["dapt"] |= {"epochs": 2.0, "max_tokens": 10**6}
    params["train"]["run"]["checkpoint_steps"] = 5
    folder.mkdir()
    yaml.dump(params, folder / "params.yaml")
    (folder / "models").mkdir()
    (folder / "models/templates").symlink_to(ROOT / "models/templates")
    data = folder / "data/split/dapt"
    data.mkdir(parents=True)
    for name, count in (("train", 40), ("val", 3)):
        rows = [
            {"id": f"{name}-{i}", "text": f"A {WORDS[i % 7]} and a {WORDS[i % 5]}, number {i}."}
            for i in range(count)
        ]
        (data / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def stage(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "twainbot.stages.train", "dapt"],
        cwd=folder,
        env=os.environ | {"TWAINBOT_EVENTS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def follow(process: subprocess.Popen[str]) -> Any:
    """The events of a running process, one by one."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("TWAINBOT_EVENT "):
            yield json.loads(line.removeprefix("TWAINBOT_EVENT "))


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for name in ("models/adapters", "metrics")
        for path in (folder / name).rglob("*")
        if path.is_file()
    }


@pytest.mark.slow
def test_a_stage_that_is_killed_twice_leaves_what_one_leaves_that_is_not(tiny_base, tmp_path):
    whole = stage(make_workspace(tmp_path / "whole", tiny_base))
    _, err = whole.communicate()
    assert whole.returncode == 0, err

    folder = make_workspace(tmp_path / "killed", tiny_base)
    first = stage(folder)
    for event in follow(first):
        if event["event"] == "evaluation":
            break
    refused = stage(folder)
    _, err = refused.communicate()
    assert refused.returncode == 1
    assert f"stage train-dapt is still running (process {first.pid})" in err
    first.kill()
    # It went on while the second one was refused.
    later = [event, *(e for e in follow(first) if e["event"] == "evaluation")]
    first.communicate()
    live = json.loads((folder / "metrics/train_dapt.json").read_text(encoding="utf-8"))
    assert live["steps"] == 80
    assert live["val_loss"] in [round(e["val_loss"], 4) for e in later[-2:]]
    assert not (folder / "models/adapters/dapt").exists()

    second = stage(folder)
    told = []
    for event in follow(second):
        told.append(event)
        if event["event"] == "checkpoint" and len(told) > 3:
            break
    second.kill()
    second.communicate()
    assert told[0]["event"] == "resume"
    assert told[0]["step"] >= 20

    last = stage(folder)
    told = list(follow(last))
    _, err = last.communicate()
    assert last.returncode == 0, err
    assert [told[0]["event"], told[-1]["event"]] == ["resume", "done"]
    assert list((folder / ".checkpoints").iterdir()) == []
    assert files(folder) == files(tmp_path / "whole")
    assert sorted(files(folder)) == [
        "metrics/plots/loss_dapt.json",
        "metrics/train_dapt.json",
        "models/adapters/dapt/adapter_config.json",
        "models/adapters/dapt/adapter_model.safetensors",
        "models/adapters/dapt/packs.jsonl",
    ]


@pytest.mark.slow
def test_other_params_begin_at_the_first_step(tiny_base, tmp_path):
    folder = make_workspace(tmp_path / "changed", tiny_base)
    killed = stage(folder)
    for event in follow(killed):
        if event["event"] == "checkpoint":
            break
    killed.kill()
    killed.communicate()
    yaml = YAML()
    params = yaml.load(folder / "params.yaml")
    params["train"]["dapt"]["learning_rate"] = 1.0e-3
    yaml.dump(params, folder / "params.yaml")
    changed = stage(folder)
    told = next(follow(changed))
    changed.kill()
    changed.communicate()
    assert (told["event"], told["step"]) == ("start", 0)
