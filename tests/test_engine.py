"""One output whatever the engine, and a run that goes on where a killed one stopped."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import shard_functions
from hypothesis import given
from hypothesis import strategies as st
from shard_functions import complain, counted, fail, repeat, run_counted, settings
from slurm import install_slurm
from workspace import ROOT, make_workspace

from twainbot.engine import WORK, ShardError, map_shards
from twainbot.files import InputError
from twainbot.params import load_params
from twainbot.sections.texts import Engine
from twainbot.work import reference, work_key

LETTERS = "abcdefgh"
SHARDS = {letter: letter for letter in LETTERS}
STAGES = ("parse", "clean", "dedupe", "tag")
needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed: pip install 'twainbot[ray]'"
)


def engine(kind: str = "local", workers: int = 2, **changes: object) -> Engine:
    values = {"memory_gb": 1, "limit_minutes": 5, "slurm_partition": "debug", **changes}
    return Engine.model_validate({"kind": kind, "workers": workers, **values})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "read.txt").write_text("read", encoding="utf-8")
    return tmp_path


def start(shards: str, times: int, how: Engine) -> subprocess.Popen[str]:
    """`run_counted` in a process of its own, which the test can kill."""
    command = [sys.executable, "-m", "shard_functions", shards, str(times), how.model_dump_json()]
    path = os.pathsep.join([str(ROOT / "tests"), str(ROOT / "src")])
    return subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": path},
        text=True,
        stdout=-1,
        stderr=-1,
        # A shell starts what it puts in the background deaf to Ctrl-C, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def alive(process: int) -> bool:
    """Whether the process runs; a zombie that nobody has waited for does not."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    return False


def kill_worker(folder: Path, kind: str = "local") -> str:
    """Run until HELD, kill -9 the worker that computes it; returns the run's message."""
    (folder / "hold").touch()
    run = start(LETTERS, 2, engine(kind))
    wait_for((folder / "held").exists)
    os.kill(int((folder / "held").read_text()), signal.SIGKILL)
    _, message = run.communicate(timeout=60)
    assert run.returncode == 1
    (folder / "hold").unlink()
    return message


def finished() -> int:
    return len(list(WORK.glob("counted/*/outcomes/*.pickle")))


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_shard_order_whatever_finishes_first(folder: Path, workers: int) -> None:
    results = map_shards(repeat, SHARDS, 2, name="repeat", engine=engine(workers=workers))
    assert list(results) == [letter * 2 for letter in LETTERS]
    assert list(WORK.glob("repeat/*")) == []


def test_no_shards_give_no_results(folder: Path) -> None:
    assert list(map_shards(repeat, {}, 2, name="repeat", engine=engine())) == []


def test_the_default_is_a_plain_loop_without_an_engine() -> None:
    assert load_params(ROOT / "params.yaml").engine.model_dump(include={"kind", "workers"}) == {
        "kind": "local",
        "workers": 1,
    }
    code = (
        "import sys; from twainbot.engine import map_shards; from twainbot.params import load_params\n"
        "import twainbot.stages.parse, twainbot.stages.clean, twainbot.stages.tag\n"
        "engine = load_params().engine\n"
        "assert list(map_shards(divmod, {'a': 7}, 2, name='x', engine=engine)) == [(3, 1)]\n"
        "sys.exit(sorted({'datatrove', 'ray', 'multiprocess'} & set(sys.modules)) or 0)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)


@pytest.mark.parametrize("workers", [1, 2])
def test_bad_input_of_all_shards_is_reported_together(folder: Path, workers: int) -> None:
    with pytest.raises(InputError) as error:
        list(map_shards(complain, SHARDS, None, name="complain", engine=engine(workers=workers)))
    assert str(error.value) == "b is wrong. Mend it.\nd is wrong. Mend it."


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failure_names_the_shard_and_the_exception(folder: Path, workers: int) -> None:
    with pytest.raises(ShardError, match=r"(?s)fail: shard c failed\..*ZeroDivisionError: the third shard"):
        list(map_shards(fail, SHARDS, None, name="fail", engine=engine(workers=workers)))


def test_a_function_that_no_worker_can_import_is_refused(folder: Path) -> None:
    with pytest.raises(TypeError, match="top level of an importable module"):
        list(map_shards(lambda shard, _: shard, SHARDS, None, name="x", engine=engine()))
    assert reference(counted) == "shard_functions:counted"


@pytest.mark.parametrize("kind", ["local", pytest.param("ray", marks=[needs_ray, pytest.mark.slow])])
def test_after_a_killed_worker_only_the_missing_shards_are_computed(folder: Path, kind: str) -> None:
    message = kill_worker(folder, kind)
    assert "shards have no result" in message
    assert "a worker was killed" in message
    done = finished()
    assert 0 < done < len(LETTERS)
    (folder / "calls.txt").unlink()

    assert run_counted(LETTERS, 2, engine(kind)) == [letter * 2 for letter in LETTERS]
    calls = (folder / "calls.txt").read_text()
    assert len(calls) == len(set(calls)) == len(LETTERS) - done
    assert shard_functions.HELD in calls


@pytest.mark.slow
def test_the_number_of_workers_may_change_before_going_on(folder: Path) -> None:
    kill_worker(folder)
    done = finished()
    (folder / "calls.txt").unlink()
    assert run_counted(LETTERS, 2, engine(workers=3)) == [letter * 2 for letter in LETTERS]
    assert len((folder / "calls.txt").read_text()) == len(LETTERS) - done


@pytest.mark.slow
def test_a_killed_stage_takes_its_workers_with_it_and_is_resumed(folder: Path) -> None:
    (folder / "hold").touch()
    run = start(LETTERS, 2, engine())
    wait_for((folder / "held").exists)
    worker = int((folder / "held").read_text())
    run.kill()
    run.wait()
    wait_for(lambda: not alive(worker))
    (folder / "hold").unlink()
    done = finished()
    (folder / "calls.txt").unlink()
    assert run_counted(LETTERS, 2, engine()) == [letter * 2 for letter in LETTERS]
    assert len((folder / "calls.txt").read_text()) == len(LETTERS) - done


@pytest.mark.slow
@pytest.mark.parametrize("changed", ["shards", "params", "file"])
def test_what_was_done_with_other_input_is_not_taken(folder: Path, changed: str) -> None:
    kill_worker(folder)
    assert finished()
    (folder / "calls.txt").unlink()
    if changed == "file":
        (folder / "read.txt").write_text("changed", encoding="utf-8")
    shards, times = {"shards": ("zbcd", 2), "params": (LETTERS, 3), "file": (LETTERS, 2)}[changed]
    assert run_counted(shards, times, engine()) == [letter * times for letter in shards]
    assert sorted((folder / "calls.txt").read_text()) == sorted(shards)
    assert list(WORK.glob("counted/*")) == []


def test_the_key_does_not_depend_on_the_hash_seed() -> None:
    code = (
        "from twainbot.work import work_key; from shard_functions import repeat, settings\n"
        "print(work_key(repeat, {'a': {'x': {1, 2}}}, settings('sleet', 'hail', 'fog', 'rain'), []))"
    )
    path = os.pathsep.join([str(ROOT / "tests"), str(ROOT / "src")])
    keys = [
        subprocess.check_output(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": seed},
            text=True,
        )
        for seed in ("1", "2", "3")
    ]
    assert len(set(keys)) == 1


def test_the_key_changes_with_a_word_in_a_set() -> None:
    keys = [work_key(repeat, SHARDS, settings(*words), []) for words in (("hail",), ("hail", "fog"))]
    assert keys[0] != keys[1]


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=40), st.integers(1, 12))
def test_every_shard_is_dealt_once_and_no_task_is_empty(costs: list[int], hands: int) -> None:
    from twainbot.executors import deal

    dealt = deal(range(len(costs)), costs, hands)
    assert sorted(number for hand in dealt for number in hand) == list(range(len(costs)))
    assert len(dealt) == min(hands, len(costs))
    assert all(dealt)
    # No task is more than its last shard ahead of another.
    totals = [sum(costs[number] + 1 for number in hand) for hand in dealt]
    assert max(totals) - min(totals) <= max(costs) + 1


def test_without_ray_it_says_how_to_get_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(InputError, match=r"pip install 'twainbot\[ray\]'"):
        list(map_shards(repeat, SHARDS, 2, name="repeat", engine=engine("ray")))


def test_without_slurm_it_names_what_is_missing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InputError, match="sbatch, squeue, scancel is not found"):
        list(map_shards(repeat, SHARDS, 2, name="repeat", engine=engine("slurm")))


def test_slurm_needs_a_partition(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_slurm(folder, monkeypatch)
    with pytest.raises(InputError, match=r"engine\.slurm_partition"):
        list(map_shards(repeat, SHARDS, 2, name="repeat", engine=engine("slurm", slurm_partition="")))
    with pytest.raises(InputError, match="sbatch refused the job"):
        list(map_shards(repeat, SHARDS, 2, name="repeat", engine=engine("slurm", slurm_partition="no")))


@pytest.mark.slow
def test_slurm_runs_the_submitted_script(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = install_slurm(folder, monkeypatch)
    assert run_counted(LETTERS, 2, engine("slurm")) == [letter * 2 for letter in LETTERS]
    assert sorted((folder / "calls.txt").read_text()) == sorted(LETTERS)
    assert len((state / "submitted").read_text().splitlines()) == 1
    assert list(WORK.glob("counted/*")) == []


@pytest.mark.slow
def test_a_stage_that_was_killed_waits_for_its_slurm_job_instead_of_submitting_another(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = install_slurm(folder, monkeypatch)
    (folder / "hold").touch()
    run = start(LETTERS, 2, engine("slurm"))
    wait_for((folder / "held").exists)
    wait_for(lambda: list(WORK.glob("counted/*/slurm.json")) != [])
    run.kill()
    run.wait()
    again = start(LETTERS, 2, engine("slurm"))
    time.sleep(2)
    (folder / "hold").unlink()
    output, message = again.communicate(timeout=60)
    assert output.split() == [letter * 2 for letter in LETTERS], message
    assert sorted((folder / "calls.txt").read_text()) == sorted(LETTERS)
    assert len((state / "submitted").read_text().splitlines()) == 1


@pytest.mark.slow
def test_an_interrupt_cancels_the_slurm_job(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = install_slurm(folder, monkeypatch)
    (folder / "hold").touch()
    run = start(LETTERS, 2, engine("slurm"))
    wait_for((folder / "held").exists)
    wait_for(lambda: list(WORK.glob("counted/*/slurm.json")) != [])
    run.send_signal(signal.SIGINT)
    run.wait(timeout=60)
    assert (state / "cancelled").read_text() == "1\n"
    wait_for(lambda: not alive(int((folder / "held").read_text())))


@needs_ray
@pytest.mark.slow
def test_ray_gives_results_in_shard_order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    assert run_counted(LETTERS, 2, engine("ray")) == [letter * 2 for letter in LETTERS]
    with pytest.raises(InputError, match="no worker would ever start"):
        list(map_shards(repeat, SHARDS, 2, name="repeat", engine=engine("ray", memory_gb=100_000)))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Hashes of the sample's Parquet files as the plain loop makes them."""
    return stage_outputs(tmp_path_factory.mktemp("plain"), engine(workers=1), hash_seed="0")


def stage_outputs(folder: Path, how: Engine, hash_seed: str) -> dict[str, str]:
    """Run the stages as DVC does; file name -> sha256."""
    make_workspace(folder)
    text = (folder / "params.yaml").read_text(encoding="utf-8")
    for key, value in how.model_dump().items():
        old = next(line for line in text.splitlines() if line.startswith(f"  {key}:"))
        text = text.replace(old, f"  {key}: {value}")
    (folder / "params.yaml").write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": hash_seed}
    for stage in ("fetch", *STAGES):
        command = [sys.executable, "-m", f"twainbot.stages.{stage}"]
        subprocess.run(command, cwd=folder, env=environment, check=True)
    files = [path for stage in STAGES for path in folder.glob(f"data/{stage}*/*.parquet")]
    assert len(files) == 10
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted({*files, *folder.glob("metrics/*.json")})
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    "how",
    [
        pytest.param(engine(workers=2), id="local"),
        pytest.param(engine("ray"), id="ray", marks=needs_ray),
        pytest.param(engine("slurm"), id="slurm"),
    ],
)
def test_stages_write_the_same_bytes_on_every_engine(
    how: Engine, plain: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    install_slurm(tmp_path, monkeypatch)
    assert stage_outputs(tmp_path / "run", how, hash_seed="1") == plain
