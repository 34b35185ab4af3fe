"""The gate under DVC: what is broken trains nothing, and what is mended trains nothing again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from gaterows import BUDGETS, ROOT, gate_workspace, sound_rows, write_rows

from twainbot.dataset.gates.suite import GATES
from twainbot.files import read_json

pytestmark = pytest.mark.slow

PIPELINE = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]


@pytest.fixture
def folder(tmp_path: Path, tiny_base: Path) -> Path:
    """A git and DVC repository with sound rows, dvc.yaml's gate, and a stage in training's place."""
    folder = gate_workspace(tmp_path / "work", tiny_base)
    gate = dict(PIPELINE["gate"])
    # The code is the installed one.
    gate["deps"] = [dep for dep in gate["deps"] if not dep.startswith("src/")]
    train = {
        "cmd": "python -c \"open('trained', 'a').write('x')\"",
        "deps": ["data/gate/passed.json"],
        "outs": [{"trained": {"persist": True}}],
    }
    stages = {"vars": ["params.yaml"], "stages": {"gate": gate, "train": train}}
    (folder / "dvc.yaml").write_text(yaml.safe_dump(stages, sort_keys=False), encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    assert dvc(folder, "init", "--quiet").returncode == 0
    return folder


def dvc(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DVC_", "GIT_", "TWAINBOT_"))}
    environment = {
        **kept,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "DVC_NO_ANALYTICS": "1",
        "DVC_SITE_CACHE_DIR": str(folder.parent / "site-cache"),
    }
    return subprocess.run(
        [sys.executable, "-m", "dvc", *arguments], cwd=folder, env=environment, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def ran(output: str) -> list[str]:
    return re.findall(r"^Running stage '(.+)':$", output, re.MULTILINE)


def times_trained(folder: Path) -> int:
    path = folder / "trained"
    return len(path.read_text(encoding="utf-8")) if path.exists() else 0


def spoiled() -> dict[str, Any]:
    mixes = sound_rows()
    mixes["style"]["train"][0]["messages"][-1]["content"] = "He went to the"
    return mixes


def test_training_starts_once_and_only_behind_whole_gates(folder: Path) -> None:
    first = dvc(folder, "repro")
    assert first.returncode == 0, first.stdout
    assert ran(first.stdout) == ["gate", "train"]
    assert first.stdout.count("PASS") == len(GATES)
    assert times_trained(folder) == 1

    # A broken gate: named, with its row; nothing after it.
    write_rows(folder, spoiled())
    broken = dvc(folder, "repro")
    assert broken.returncode != 0
    assert ran(broken.stdout) == ["gate"]
    assert re.search(r"^cut_answers .* FAIL +1$", broken.stdout, re.MULTILINE)
    assert "style/train style-train-0: the answer ends in mid-sentence" in broken.stdout
    assert times_trained(folder) == 1
    assert not (folder / "data/gate/passed.json").exists()
    assert read_json(folder / "metrics/gate.json")["gates"]["cut_answers"]["passed"] is False

    # Broken still: nothing was remembered as done.
    assert dvc(folder, "repro").returncode != 0
    assert times_trained(folder) == 1

    # A larger budget lets it pass, and what was trained stays.
    params = yaml.safe_load((folder / "params.yaml").read_text(encoding="utf-8"))
    params["gate"] = BUDGETS | {"max_cut_share": 0.5}
    (folder / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False), encoding="utf-8")
    again = dvc(folder, "repro")
    assert again.returncode == 0, again.stdout
    assert ran(again.stdout) == ["gate"]
    assert times_trained(folder) == 1


def test_nothing_is_trained_from_scratch_behind_a_broken_gate(folder: Path) -> None:
    write_rows(folder, spoiled())
    broken = dvc(folder, "repro")
    assert broken.returncode != 0
    assert ran(broken.stdout) == ["gate"]
    assert times_trained(folder) == 0


def test_every_training_stage_waits_for_the_gates() -> None:
    assert "data/gate/passed.json" in PIPELINE["train"]["do"]["deps"]
