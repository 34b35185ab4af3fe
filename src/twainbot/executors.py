"""datatrove's executors with a step of our own: local processes, Ray, Slurm.

Each call of :func:`execute` is one attempt at the shards that have no outcome yet. They are dealt to a
fixed number of datatrove tasks, and a task writes an outcome a shard, so what counts as done are the
outcomes alone: datatrove's own completion marks are a task's number and would be wrong as soon as the
number of workers, and with it of tasks, changes between two attempts.
"""

from __future__ import annotations

import contextlib
import json
import logging
import multiprocessing
import os
import shutil
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from importlib.util import find_spec
from multiprocessing import connection
from pathlib import Path
from typing import Any

from datatrove.executor import LocalPipelineExecutor, RayPipelineExecutor, SlurmPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.utils.logging import logger

from twainbot.files import InputError
from twainbot.sections.texts import Engine
from twainbot.work import Work

# More tasks than workers, so that an unlucky deal evens out; few where starting one costs seconds.
TASKS_PER_WORKER = {"local": 8, "ray": 2, "slurm": 1}
POLL_SECONDS = (0.2, 10.0)  # between two looks at a Slurm job, growing


def check(engine: Engine) -> None:
    """Raise an InputError if this machine lacks what the engine needs."""
    if engine.kind == "ray" and not find_spec("ray"):
        raise InputError(
            "engine.kind is ray, but Ray is not installed. `pip install 'twainbot[ray]'`, or set "
            "engine.kind: local in params.yaml; the output is the same."
        )
    if engine.kind == "slurm":
        if missing := [command for command in ("sbatch", "squeue", "scancel") if not shutil.which(command)]:
            raise InputError(
                f"engine.kind is slurm, but {', '.join(missing)} is not found on this machine. Run on a "
                "login node of the cluster, or set engine.kind: local in params.yaml; the output is the same."
            )
        if not engine.slurm_partition:
            raise InputError(
                "engine.kind is slurm: name a partition in engine.slurm_partition (`sinfo` lists them)."
            )


def deal(numbers: Sequence[int], costs: Sequence[int], hands: int) -> list[list[int]]:
    """Shards to at most ``hands`` tasks, costly ones first, each to the task with the least cost so far."""
    dealt: list[list[int]] = [[] for _ in range(min(hands, len(numbers)))]
    totals = [0] * len(dealt)
    for number in sorted(numbers, key=lambda number: (-costs[number], number)):
        lightest = totals.index(min(totals))
        dealt[lightest].append(number)
        totals[lightest] += costs[number] + 1
    return dealt


class Shards(PipelineStep):
    """Computes a task's shards. They go from disk to disk: datatrove's documents are not our records."""

    type = "twainbot"
    name = "shards"

    def __init__(self, work: Work, dealt: list[list[int]], *, fork: bool) -> None:
        super().__init__()
        self.work = work
        self.dealt = dealt
        self.fork = fork
        self.root = Path.cwd()

    def run(self, data: Any = None, rank: int = 0, world_size: int = 1) -> Iterator[Any]:
        # Ray and Slurm start workers elsewhere, and a stage's paths are relative to the repository.
        with contextlib.chdir(self.root):
            if self.fork:
                _in_child(lambda: self.work.compute(self.dealt[rank]))
            else:
                self.work.compute(self.dealt[rank])
        yield from ()


def _in_child(action: Callable[[], None]) -> None:
    """Run ``action`` in a process that may be killed: datatrove's pool on Ray would wait for it for ever.

    Raises:
        RuntimeError: it raised anything.
    """
    child = os.fork()
    if child == 0:
        try:
            action()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError("the process that computes the shards failed")


class LocalProcesses(LocalPipelineExecutor):
    """datatrove's local executor on a pool that notices a killed worker; its own waits for it for ever."""

    def run(self) -> None:
        context = multiprocessing.get_context("forkserver")
        with ProcessPoolExecutor(self.workers, mp_context=context, initializer=_end_with_parent) as pool:
            try:
                # Local rank 1: only rank 0 writes to the terminal.
                running = [pool.submit(self._run_for_rank, rank, 1) for rank in range(self.tasks)]
                for future in as_completed(running):
                    future.result()
            except BrokenProcessPool:
                return  # map_shards sees what is missing
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


class SlurmJobs(SlurmPipelineExecutor):
    """datatrove's Slurm executor without its second job, which gathers statistics that nobody reads."""

    def launch_merge_stats(self) -> None:
        pass


def _end_with_parent() -> None:
    """Let this worker end when the stage's process is killed; it would wait for more work for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def execute(work: Work, numbers: Sequence[int], costs: Sequence[int], engine: Engine, name: str) -> None:
    """Compute the shards ``numbers`` on the engine; returns when nothing is running any more."""
    logger.disable("datatrove")
    job_file = work.folder / "slurm.json"
    if engine.kind == "slurm" and job_file.is_file():
        # A stopped run's job may still be at it; a second one would do the same work twice.
        _wait(json.loads(job_file.read_text(encoding="utf-8")))
        numbers = work.missing(len(costs))
    if not numbers:
        return
    dealt = deal(numbers, costs, engine.workers * TASKS_PER_WORKER[engine.kind])
    logs = work.folder / "attempt"
    shutil.rmtree(logs, ignore_errors=True)
    common: dict[str, Any] = {
        "pipeline": [Shards(work, dealt, fork=engine.kind == "ray")],
        "tasks": len(dealt),
        "workers": engine.workers,
        "logging_dir": str(logs),
    }
    if engine.kind == "local":
        LocalProcesses(**common).run()
    elif engine.kind == "ray":
        _ray(common, engine, work)
    else:
        _slurm(common, engine, work, numbers, name, job_file)


def _python_path() -> str:
    """Where this process finds modules that are not installed, for workers that start afresh."""
    own = [entry for entry in sys.path if not entry.startswith((sys.prefix, sys.base_prefix))]
    return os.pathsep.join(str(Path(entry).absolute()) for entry in own)


def _ray(common: dict[str, Any], engine: Engine, work: Work) -> None:
    import ray

    scratch = work.folder / "scratch"  # datatrove logs to the temporary folder, under one name for all users
    scratch.mkdir(exist_ok=True)
    environment = {"PYTHONPATH": _python_path(), "TMPDIR": str(scratch)}
    # Without RAY_ADDRESS in the environment this starts a cluster of this machine alone.
    own: dict[str, Any] = (
        {} if os.environ.get("RAY_ADDRESS") else {"num_cpus": engine.workers, "include_dashboard": False}
    )
    ray.init(log_to_driver=False, logging_level=logging.ERROR, runtime_env={"env_vars": environment}, **own)
    try:
        memory = ray.cluster_resources().get("memory", 0.0) / 2**30
        if memory < engine.memory_gb:
            raise InputError(
                f"engine.memory_gb is {engine.memory_gb} and Ray has {memory:.1f} GiB: no worker would ever "
                "start. Set less in params.yaml."
            )
        RayPipelineExecutor(
            **common, mem_per_cpu_gb=engine.memory_gb, time=engine.limit_minutes * 60, log_first=False
        ).run()
    except KeyError:
        return  # datatrove's way of saying that a task reached its time limit
    finally:
        ray.shutdown()


def _slurm(
    common: dict[str, Any], engine: Engine, work: Work, numbers: Sequence[int], name: str, job_file: Path
) -> None:
    executor = SlurmJobs(
        **common,
        time=f"{engine.limit_minutes // 60}:{engine.limit_minutes % 60:02d}:00",
        partition=engine.slurm_partition,
        mem_per_cpu_gb=engine.memory_gb,
        job_name=f"twainbot-{name}",
        qos="",
        env_command=f'export PATH="{Path(sys.executable).parent}:$PATH" PYTHONPATH="{_python_path()}"',
        with_srun=False,
    )
    try:
        executor.run()
    except subprocess.CalledProcessError as error:
        raise InputError(
            f"sbatch refused the job (status {error.returncode}); its message is above."
        ) from error
    job_file.write_text(json.dumps(executor.job_id), encoding="utf-8")
    _wait(str(executor.job_id))


def _wait(job: str) -> None:
    """Return when Slurm has ended the job; an interrupt cancels it.

    Not when the last outcome is there: the job still writes into the work folder, which goes away then.
    """
    pause = POLL_SECONDS[0]
    try:
        while _queued(job):
            time.sleep(pause)
            pause = min(pause * 1.5, POLL_SECONDS[1])
        time.sleep(pause)  # a network disk shows the last files late
    except KeyboardInterrupt:
        subprocess.run(["scancel", job], check=False)
        raise


def _queued(job: str) -> bool:
    # An error is Slurm's answer for a job that it has forgotten.
    queue = subprocess.run(
        ["squeue", "--noheader", f"--jobs={job}"], capture_output=True, text=True, check=False
    )
    return queue.returncode == 0 and bool(queue.stdout.strip())
