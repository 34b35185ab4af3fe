"""What surrounds a run: its events, live metrics and guards, each provoked in real training."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import trainrun
from trainrun import learn, limits

from twainbot.files import read_json
from twainbot.modeling.run import Run, running
from twainbot.modeling.stopped import Stopped
from twainbot.sections.models import Alerts


class Died(BaseException):
    """As sudden as a kill: nothing in the code catches it."""


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """A call for the events since the last call."""
    monkeypatch.setenv("TWAINBOT_EVENTS", "1")

    def told() -> list[dict[str, Any]]:
        lines = capsys.readouterr().out.splitlines()
        prefix = "TWAINBOT_EVENT "
        return [json.loads(line.removeprefix(prefix)) for line in lines if line.startswith(prefix)]

    return told


def teller(folder: Path) -> dict[str, Any]:
    """An alert by command that appends the event to a file."""
    script = "import sys; open(sys.argv[1], 'a').write(sys.stdin.read() + chr(10))"
    return {"command": [sys.executable, "-c", script, str(folder / "alerts")], "webhook": ""}


def alerts_in(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "alerts").read_text(encoding="utf-8").splitlines()]


def around(folder: Path, alerts: dict[str, Any] | None = None, **watch: Any) -> AbstractContextManager[Run]:
    """What surrounds a training run, without one."""
    told = Alerts(**(alerts or {"command": [], "webhook": ""}))
    return running("train-style", "key", limits(**watch), told, folder / "live.json", folder)


def die_at(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    from twainbot.modeling.trainer import PackTrainer

    train = PackTrainer.training_step

    def dies(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.state.global_step == step:
            raise Died
        return train(self, *args, **kwargs)

    monkeypatch.setattr(PackTrainer, "training_step", dies)


def test_the_events_of_a_run_that_died_once(tiny_base, at_root, tmp_path, events, monkeypatch):
    with monkeypatch.context() as patch, pytest.raises(Died):
        die_at(patch, 3)
        learn(tiny_base, tmp_path / "a", pack_tokens=1, epochs=0.5, watch={"checkpoint_steps": 2})
    (folder,) = (tmp_path / "a.checkpoints").iterdir()
    first = [(e["event"], e["stage"], e.get("step")) for e in events()]
    assert first == [
        ("start", "train-style", 0),
        ("checkpoint", "train-style", 2),
        ("evaluation", "train-style", 3),
        ("checkpoint", "train-style", 3),
    ]

    learn(tiny_base, tmp_path / "a", pack_tokens=1, epochs=0.5, watch={"checkpoint_steps": 2})
    second = events()
    assert [(e["event"], e.get("step")) for e in second] == [
        ("resume", 3),
        ("checkpoint", 4),
        ("evaluation", 6),
        ("checkpoint", 6),
        ("done", None),
    ]
    assert second[0]["steps"] == 6
    assert second[1]["folder"] == folder.as_posix()
    assert all(0 < e["val_loss"] < 10 for e in second if e["event"] == "evaluation")


def test_without_the_variable_a_run_says_nothing(tiny_base, at_root, tmp_path, monkeypatch):
    monkeypatch.delenv("TWAINBOT_EVENTS", raising=False)
    done = subprocess.run(
        [
            sys.executable,
            trainrun.__file__,
            json.dumps({"base": str(tiny_base), "output": str(tmp_path / "a")}),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert list(json.loads(done.stdout)) == [
        "train_curve", "val_curve", "steps", "best_step", "trainable_parameters",
    ]  # fmt: skip
    assert "step/s" not in done.stderr


@pytest.mark.slow
def test_a_terminal_has_one_bar(tiny_base, at_root, tmp_path):
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 120))
    options = {"base": str(tiny_base), "output": str(tmp_path / "a")}
    process = subprocess.Popen(
        [sys.executable, trainrun.__file__, json.dumps(options)], stdout=subprocess.DEVNULL, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 4096):
            shown += chunk
    except OSError:  # how Linux says that the other end is closed
        pass
    assert process.wait() == 0
    lines = [line for line in shown.decode().replace("\n", "\r").split("\r") if "84/84" in line]
    assert lines
    assert "train-style: 100%" in lines[-1]
    assert "loss " in lines[-1]
    assert "tokens/s" in lines[-1]
    assert b"eval_loss" not in shown


def test_metrics_are_live_and_then_those_of_the_stage(tiny_base, at_root, tmp_path, monkeypatch):
    with monkeypatch.context() as patch, pytest.raises(Died):
        die_at(patch, 5)
        learn(tiny_base, tmp_path / "a", pack_tokens=1, epochs=0.5)
    assert list(read_json(tmp_path / "a.json")) == ["step", "steps", "loss", "val_loss"]
    assert read_json(tmp_path / "a.json")["step"] == 5
    assert read_json(tmp_path / "a.json")["steps"] == 6


def check_stop(folder: Path, told: list[dict[str, Any]], reason: str) -> None:
    """Nothing published; the last event and the alert say that the run diverged."""
    assert list((folder / "a").iterdir()) == []
    assert (told[-1]["event"], told[-1]["cause"]) == ("stop", "diverged")
    assert told[-1]["reason"].startswith(reason)
    assert alerts_in(folder) == told[-1:]


def test_weights_beyond_float32_stop_the_run(tiny_base, at_root, tmp_path, events):
    with pytest.raises(Stopped):
        learn(tiny_base, tmp_path / "a", rate=1e39, pack_tokens=1, alerts=teller(tmp_path))
    check_stop(tmp_path, events(), "the loss is not a number: nan at step 3, learning rate 1e+39. ")


def test_a_loss_that_jumps_stops_the_run(tiny_base, at_root, tmp_path, events):
    learned = learn(tiny_base, tmp_path / "before", pack_tokens=1, epochs=5.0)
    assert learned.val_curve[-1]["loss"] < 4.8  # that of a model that knows nothing is ln(264) = 5.58
    with pytest.raises(Stopped):
        learn(
            tiny_base,
            tmp_path / "a",
            previous=tmp_path / "before",
            rate=100.0,
            pack_tokens=1,
            watch={"spike_window": 3, "spike_factor": 1.1},
            alerts=teller(tmp_path),
        )
    check_stop(tmp_path, events(), "the loss jumped to ")


def test_a_run_that_dies_at_one_step_is_stopped_and_told(tiny_base, at_root, tmp_path, events, monkeypatch):
    def attempt() -> None:
        watch = {"checkpoint_steps": 2, "max_restarts": 1}
        learn(tiny_base, tmp_path / "a", pack_tokens=1, watch=watch, alerts=teller(tmp_path))

    die_at(monkeypatch, 3)
    for _ in range(2):
        with pytest.raises(Died):
            attempt()
    with pytest.raises(Stopped, match=r"died at step 3 and got no further.* ended so: killed"):
        attempt()
    assert [event["event"] for event in events()] == ["start", "checkpoint", "resume", "stop"]
    (told,) = alerts_in(tmp_path)
    assert (told["cause"], told["stage"]) == ("crash_loop", "train-style")


def test_an_error_is_remembered_and_no_alarm(tmp_path, events):
    for _ in range(2):
        with (
            pytest.raises(KeyError),
            around(tmp_path, teller(tmp_path), max_restarts=1),
        ):
            raise KeyError("pack")
    assert not (tmp_path / "alerts").exists()
    assert [(e["cause"], e["reason"]) for e in events()] == [("error", "'pack'")] * 2
    with (
        pytest.raises(Stopped, match="KeyError: 'pack'"),
        around(tmp_path, max_restarts=1),
    ):
        pass


def test_ctrl_c_is_no_death(tmp_path, events):
    for _ in range(3):
        with (
            pytest.raises(KeyboardInterrupt),
            around(tmp_path, max_restarts=1),
        ):
            raise KeyboardInterrupt
    assert [e["cause"] for e in events()] == ["interrupted"] * 3


def allocate(kind: str) -> None:
    import torch

    match kind:
        case "cpu":
            torch.empty(2**50)
        case "python":
            bytearray(2**60)
        case "cuda":  # no device here: what its allocator raises
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")
        case "cublas":
            raise RuntimeError("CUDA error: out of memory")
        case _:
            raise RuntimeError("shapes differ")


@pytest.mark.parametrize("kind", ["cpu", "python", "cuda", "cublas"])
def test_no_memory_names_the_params_to_lower(tmp_path, events, kind):
    with (
        pytest.raises(Stopped, match=r"memory ran out\. In params.yaml lower train.common.pack_tokens"),
        around(tmp_path, teller(tmp_path)),
    ):
        allocate(kind)
    assert [told["cause"] for told in alerts_in(tmp_path)] == ["out_of_memory"]


def test_another_runtime_error_is_left_as_it_is(tmp_path):
    with (
        pytest.raises(RuntimeError, match=r"^shapes differ$"),
        around(tmp_path),
    ):
        allocate("other")


@pytest.mark.slow
def test_training_under_a_limit_of_memory(tiny_base, at_root, tmp_path):
    """All rows in one pack make an attention mask of more bytes than the process may have."""
    code = """
import json, resource, sys
from pathlib import Path
import torch, trl, peft, trainrun, twainbot.modeling.watcher
from twainbot.modeling.stopped import Stopped
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
rows = trainrun.tokenise_chat
def long_rows(*args):
    made = rows(*args)
    made.sequences = made.sequences * 300
    return made
trainrun.tokenise_chat = long_rows
resource.setrlimit(resource.RLIMIT_AS, (used + 400 * 2**20, resource.RLIM_INFINITY))
try:
    trainrun.learn(Path(sys.argv[1]), Path(sys.argv[2]), pack_tokens=10**9)
except Stopped as stop:
    print(stop.cause, stop)
"""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([*sys.path])}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tiny_base), str(tmp_path / "a")],
        capture_output=True,
        text=True,
        env=environment,
    )
    assert done.stdout.startswith("out_of_memory memory ran out."), done.stderr
    assert "allocate" in done.stdout
