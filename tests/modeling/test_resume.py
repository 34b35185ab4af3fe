"""A run that dies and goes on ends in the bytes of one that never died."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import trainrun
from trainrun import STEPS, long_run

from twainbot.modeling.train import Trained


class Died(BaseException):
    """As sudden as a kill: nothing in the code catches it."""


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def start(**options: Any) -> subprocess.Popen[str]:
    """The same run in a process of its own."""
    return subprocess.Popen(
        [sys.executable, trainrun.__file__, json.dumps(options, default=str)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_however_often_a_run_dies_its_end_is_the_same(tiny_base, at_root, tmp_path, monkeypatch):
    """It dies between two lines of the curve, at an epoch's end, inside a checkpoint, after the last step."""
    from twainbot.modeling import checkpoints, train
    from twainbot.modeling.trainer import PackTrainer

    whole = long_run(tiny_base, tmp_path / "whole")
    assert whole.steps == STEPS
    assert [point["step"] for point in whole.val_curve] == [21, 42, 63, 84]

    training_step, finished = PackTrainer.training_step, checkpoints.complete

    def dying(step: int) -> None:
        def dies(self: Any, *args: Any, **kwargs: Any) -> Any:
            if self.state.global_step == step:
                raise Died
            return training_step(self, *args, **kwargs)

        monkeypatch.setattr(PackTrainer, "training_step", dies)
        with pytest.raises(Died):
            long_run(tiny_base, tmp_path / "died")
        monkeypatch.undo()

    def names() -> list[str]:
        (folder,) = (tmp_path / "died.checkpoints").iterdir()
        return sorted(path.name for path in folder.glob("checkpoint-*"))

    dying(8)
    assert names() == ["checkpoint-5"]
    dying(28)
    assert names() == ["checkpoint-21", "checkpoint-25"]  # 21 holds the best adapter
    dying(61)
    assert names()[-1] == "checkpoint-60"  # five epochs of twelve steps

    def half_a_checkpoint(folder: Path, *args: Any) -> None:
        if folder.name == "checkpoint-70":
            raise Died
        finished(folder, *args)

    monkeypatch.setattr(checkpoints, "complete", half_a_checkpoint)
    with pytest.raises(Died):
        long_run(tiny_base, tmp_path / "died")
    monkeypatch.undo()
    assert names() == ["checkpoint-63", "checkpoint-65", "checkpoint-70"]

    def dies(*args: Any) -> None:
        raise Died

    monkeypatch.setattr(train, "_write_adapter", dies)
    with pytest.raises(Died):
        long_run(tiny_base, tmp_path / "died")
    monkeypatch.undo()
    assert names() == ["checkpoint-84"]

    resumed = long_run(tiny_base, tmp_path / "died")
    assert resumed == whole
    assert files(tmp_path / "died") == files(tmp_path / "whole")
    assert list((tmp_path / "died.checkpoints").iterdir()) == []


def test_how_a_run_is_watched_does_not_change_its_end(tiny_base, at_root, tmp_path):
    often = long_run(tiny_base, tmp_path / "often")
    seldom = long_run(tiny_base, tmp_path / "seldom", watch={"checkpoint_steps": 0, "spike_window": 3})
    assert often == seldom
    assert files(tmp_path / "often") == files(tmp_path / "seldom")


@pytest.mark.slow
@pytest.mark.parametrize(("quantization", "dtype"), [("none", "float32"), ("nf4", "bfloat16")])
def test_a_run_that_is_killed_goes_on(tiny_base, at_root, tmp_path, quantization, dtype):
    options = {"base": tiny_base, "quantization": quantization, "dtype": dtype}
    whole = long_run(tiny_base, tmp_path / "whole", quantization=quantization, dtype=dtype)
    for step in (33, 58):
        killed = start(output=tmp_path / "killed", kill_at=step, **options)
        killed.communicate()
        assert killed.returncode == -9
    resumed = start(output=tmp_path / "killed", **options)
    out, err = resumed.communicate()
    assert resumed.returncode == 0, err
    assert Trained(**json.loads(out)) == whole
    assert files(tmp_path / "killed") == files(tmp_path / "whole")
