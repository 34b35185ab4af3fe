"""The whole pipeline under DVC in a small workspace: from scratch, again, killed, with one knob turned."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
# Three books a side is the least with which the number of folds (see style.folds) makes a difference.
SAMPLE = {
    "books/pettibone_claim.txt",
    "books/pettibone_ferry.txt",
    "books/pettibone_lecture.txt",
    "books/merriwick_almanack.txt",
    "books/merriwick_letters.txt",
    "books/wyeth_seasons.txt",
    "plays/thane_of_corrow.txt",
    "reddit/theonion_sample.csv",
    "weather/cairo_may.json",
}
# Lengths are in bytes: the tiny base's tokenizer has no merges. One thread, because two runs share two cores.
SMALL: dict[str, Any] = {
    "clean": {"window_tokens": 500, "max_tokens": 1500},
    "toolcalls": {"episodes": 80, "eval_call_items": 4, "eval_no_call_items": 4},
    "instruct": {"max_rows_per_persona": 20, "max_answer_tokens": 400},
    # Budgets are for the whole sample; what a handful of rows must keep has none.
    "gate": {
        **{
            f"min_rows_{what}": dict.fromkeys(("train", "val", "test"), 0)
            for what in ("mix", "persona", "domain")
        },
        **dict.fromkeys(
            ("min_split_share", "min_persona_balance", "min_scenario_share", "min_distinct_2"), 0.0
        ),
        **dict.fromkeys(
            (
                "max_sexual_share",
                "max_duplicate_share",
                "max_dropped_share",
                "max_cut_share",
                "max_synthetic_share",
                "max_persona_share",
                "max_template_share",
                "max_opening_share",
            ),
            1.0,
        ),
        "max_contaminated_rows": 100000,
        "min_pairs_flaw": 0,
    },
    "train": {
        "common": {"threads": 1, "max_length": 3000, "pack_tokens": 3000, "accumulate": 1, "evals": 2},
        "dapt": {"max_tokens": 9000},
        "style": {"max_tokens": 9000},
        "combined": {"max_tokens": 9000},
    },
    "evaluate": {"threads": 1, "style_prompts": 3, "perplexity_rows": 100, "max_new_tokens": 8},
    "style": {"folds": 3},
    "report": {"bootstrap": 50},
}
PATIENCE = 180.0  # seconds for what takes less than ten on a quiet machine


class Interruption(NamedTuple):
    """A stage and how to see that it is in its middle: it holds its lock, and this (a glob) has appeared."""

    stage: str
    lock: str
    sign: str
    cmd: str


INTERRUPTIONS = [
    # Too quick to wait for more than its lock.
    Interruption("toolcalls", "toolcalls", "dvc.yaml", "python -m twainbot.stages.toolcalls"),
    # A step of training is done.
    Interruption(
        "train@style",
        "train-style",
        ".checkpoints/train-style-*/checkpoint-*",
        "python -m twainbot.stages.train style",
    ),
    # The first of the stage's two outputs is there.
    Interruption(
        "generate@combined",
        "generate-combined",
        "data/generations/combined.jsonl",
        "python -m twainbot.stages.generate combined",
    ),
]


def merge(base: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in changes.items():
        base[key] = merge(base[key], value) if isinstance(value, Mapping) else value
    return base


def edit_yaml(path: Path, change: Callable[[Any], Any]) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump(change(content), sort_keys=False), encoding="utf-8")


def edit_json(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")


def workspace(folder: Path, base: Path) -> Path:
    """A git and DVC repository with the code, a cut sample and the tiny base; nothing has run in it."""
    for name in (
        "src",
        "models/templates",
        "data/eval",
        "data/lexicons",
        "data/prompts",
        "data/tagging",
        "data/teacher",
        "data/tools",
    ):
        shutil.copytree(
            ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
        )
    for name in SAMPLE:
        (folder / "data/sample" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "data/sample" / name, folder / "data/sample" / name)
    for name in ("dvc.yaml", "params.yaml", "data/personas.yaml", "data/review.yaml", "data/sources.yaml"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(base, folder / "models/base/embedded")
    # Its tokens are mostly single bytes, so that rows are long.
    edit_json(folder / "models/base/embedded/config.json", max_position_embeddings=3000)
    edit_yaml(folder / "params.yaml", lambda params: merge(params, SMALL))
    edit_yaml(
        folder / "data/sources.yaml",
        lambda content: {
            "sources": [e for e in content["sources"] if e["corpus"] == "full" or e["path"] in SAMPLE]
        },
    )
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    assert dvc(folder, "init", "--quiet").returncode == 0
    return folder


def environment(folder: Path, hash_seed: str) -> dict[str, str]:
    """This process's, less what would reach beyond the workspace."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DVC_", "GIT_", "TWAINBOT_"))}
    return {
        **kept,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}",
        "PYTHONPATH": str(folder / "src"),
        "PYTHONHASHSEED": hash_seed,
        "HF_HUB_OFFLINE": "1",
        "DVC_NO_ANALYTICS": "1",
        "DVC_SITE_CACHE_DIR": str(folder.parent / "site-cache"),
    }


def start(folder: Path, *arguments: str, hash_seed: str = "1") -> subprocess.Popen[str]:
    """DVC in a process group of its own, its output in a file beside the workspace."""
    with open(folder.with_suffix(".log"), "w", encoding="utf-8") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "dvc", *arguments],
            cwd=folder,
            env=environment(folder, hash_seed),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
        )


def log_of(folder: Path) -> str:
    return folder.with_suffix(".log").read_text(encoding="utf-8")


def dvc(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    process = start(folder, *arguments)
    return subprocess.CompletedProcess(arguments, process.wait(PATIENCE), stdout=log_of(folder))


def ran(output: str) -> list[str]:
    return re.findall(r"^Running stage '(.+)':$", output, re.MULTILINE)


def lock_of(folder: Path) -> dict[str, Any]:
    return yaml.safe_load((folder / "dvc.lock").read_text(encoding="utf-8"))["stages"]


def content(path: Path) -> dict[str, bytes]:
    """Bytes by path of a file or of all files of a folder; empty if it is absent."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in files}


def until(condition: Callable[[], bool], process: subprocess.Popen[str] | None = None) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert process is None or process.poll() is None, "the run ended before it could be interrupted"
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.005)


def is_free(lock: Path) -> bool:
    with open(lock, encoding="utf-8") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, tiny_base: Path) -> tuple[Path, Path]:
    """Two workspaces in which `dvc repro` has run from scratch, with different hash seeds."""
    folders = [workspace(tmp_path_factory.mktemp("run") / "work", tiny_base) for _ in range(2)]
    processes = [
        start(folder, "repro", hash_seed=seed) for folder, seed in zip(folders, ("1", "2"), strict=True)
    ]
    try:
        for folder, process in zip(folders, processes, strict=True):
            assert process.wait(3 * PATIENCE) == 0, log_of(folder)
    finally:
        for process in processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    return folders[0], folders[1]


@pytest.fixture
def work(finished: tuple[Path, Path], tmp_path: Path) -> Path:
    """A copy of a finished workspace, cache and all, to spoil."""
    return Path(shutil.copytree(finished[0], tmp_path / "work", symlinks=True))


def rewind(folder: Path, at: Interruption) -> None:
    """As if the run had not come to the stage yet. Those after it are quick: DVC's run cache knows them."""
    lock = lock_of(folder)
    names = list(lock)
    for name in names[names.index(at.stage) :]:
        for out in lock.pop(name)["outs"]:
            path = folder / out["path"]
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    (folder / "dvc.lock").write_text(yaml.safe_dump({"schema": "2.0", "stages": lock}), encoding="utf-8")
    for path in [file for file in (folder / ".dvc/cache/runs").rglob("*") if file.is_file()]:
        if yaml.safe_load(path.read_text(encoding="utf-8"))["cmd"] == at.cmd:
            shutil.rmtree(path.parent)  # DVC fails on an empty folder there
    (folder / ".dvc/tmp/twainbot" / f"{at.lock}.lock").unlink()


@pytest.fixture
def halted(work: Path, request: pytest.FixtureRequest) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`dvc repro` with the stage halted (SIGSTOP) in its middle; DVC's process and the stage's pid."""
    at: Interruption = request.param
    rewind(work, at)
    lock = work / ".dvc/tmp/twainbot" / f"{at.lock}.lock"
    process = start(work, "repro")
    try:
        until(lambda: lock.is_file() and lock.read_text().isdigit(), process)
        until(lambda: next(work.glob(at.sign), None) is not None, process)
        pid = int(lock.read_text())
        os.kill(pid, signal.SIGSTOP)
        assert not is_free(lock)
        yield process, pid
    finally:
        with suppress(ProcessLookupError, PermissionError):  # the latter on macOS, of a group of zombies
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def assert_recovers(work: Path, reference: Path, at: Interruption) -> None:
    again = dvc(work, "repro")
    assert again.returncode == 0, again.stdout
    # DVC's run cache keeps no run of the gate, so that it runs again where it was rewound.
    assert [name for name in ran(again.stdout) if name != "gate"] == [at.stage]
    assert lock_of(work) == lock_of(reference)
    assert dvc(work, "status", "--quiet").returncode == 0
    # Nor has the killed run left its half-written files behind.
    assert [path for path in work.rglob(".*") if path.suffix in (".partial", ".old")] == []


def assert_nothing_partial(work: Path, reference: Path, at: Interruption) -> None:
    """What lies under an output's name is the whole output, or nothing."""
    for out in lock_of(reference)[at.stage]["outs"]:
        path = work / out["path"]
        if at.stage.startswith("train@") and path.parent == work / "metrics":
            continue  # while it trains, the file says how far it is
        assert not path.exists() or content(path) == content(reference / out["path"])


def test_a_run_from_scratch_is_clean_and_a_second_run_does_nothing(finished: tuple[Path, Path]) -> None:
    folder = finished[0]
    assert len(ran(log_of(folder))) == len(lock_of(folder)) == 17
    assert dvc(folder, "status", "--quiet").returncode == 0
    before = (folder / "dvc.lock").read_bytes()

    began = time.monotonic()
    again = dvc(folder, "repro")
    seconds = time.monotonic() - began

    assert again.returncode == 0
    assert ran(again.stdout) == []
    assert again.stdout.splitlines()[-1] == "Data and pipelines are up to date."
    assert (folder / "dvc.lock").read_bytes() == before
    assert seconds < 15


def test_two_runs_from_scratch_give_the_same_bytes(finished: tuple[Path, Path]) -> None:
    first, second = finished
    assert lock_of(first) == lock_of(second)
    assert (first / "dvc.lock").read_bytes() == (second / "dvc.lock").read_bytes()


@pytest.mark.parametrize(
    ("halted", "at"),
    [(i, i) for i in INTERRUPTIONS],
    ids=[i.stage for i in INTERRUPTIONS],
    indirect=["halted"],
)
def test_all_processes_killed(
    work: Path, finished: tuple[Path, Path], halted: tuple[subprocess.Popen[str], int], at: Interruption
) -> None:
    process, _ = halted
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    until(lambda: is_free(work / ".dvc/tmp/twainbot" / f"{at.lock}.lock"))

    assert at.stage not in lock_of(work)
    assert_nothing_partial(work, finished[0], at)
    assert_recovers(work, finished[0], at)


@pytest.mark.parametrize(
    ("halted", "at"),
    [(i, i) for i in INTERRUPTIONS],
    ids=[i.stage for i in INTERRUPTIONS],
    indirect=["halted"],
)
def test_only_dvc_killed(
    work: Path, finished: tuple[Path, Path], halted: tuple[subprocess.Popen[str], int], at: Interruption
) -> None:
    process, pid = halted
    process.kill()
    process.wait()

    refused = dvc(work, "repro")
    assert refused.returncode != 0
    assert f"stage {at.lock} is still running (process {pid}), left over from" in refused.stdout
    assert at.stage not in lock_of(work)

    os.kill(pid, signal.SIGCONT)
    until(lambda: is_free(work / ".dvc/tmp/twainbot" / f"{at.lock}.lock"))
    assert_nothing_partial(work, finished[0], at)
    assert_recovers(work, finished[0], at)


def test_a_changed_evaluation_parameter_scores_again_and_trains_nothing(work: Path) -> None:
    before = lock_of(work)
    edit_yaml(work / "params.yaml", lambda params: merge(params, {"style": {"folds": 2}}))

    again = dvc(work, "repro")

    assert again.returncode == 0, again.stdout
    assert ran(again.stdout) == ["evaluate", "report"]
    assert {name for name, entry in lock_of(work).items() if entry != before[name]} == {"evaluate", "report"}


def test_a_changed_lexicon_tags_again_and_cleans_nothing(work: Path) -> None:
    edit_yaml(
        work / "data/lexicons/tags.yaml", lambda lexicon: merge(lexicon, {"cues": {"weather": ["the"]}})
    )

    again = dvc(work, "repro", "split")

    assert again.returncode == 0, again.stdout
    assert ran(again.stdout) == ["tag", "instruct", "split"]
    # New rows, so what comes after is out of date.
    changed = re.findall(r"^(\S+):$", dvc(work, "status").stdout, re.MULTILINE)
    assert set(changed) >= {"train@style", "train@combined", "evaluate", "report"}
    assert not set(changed) & {"fetch", "parse", "clean", "dedupe", "tag", "toolcalls", "instruct", "split"}
