"""Run a pure function over shards: in this process, in several, on Ray or on Slurm.

A stage gives :func:`map_shards` a function and its shards and gets the results in shard order, the same
whatever the engine, so ``engine`` in params.yaml changes how long a stage takes and nothing else.
:mod:`twainbot.executors` holds what is not a plain loop and is imported only if it is asked for.

What the other engines finish is kept, a file a shard, in a work folder below ``.dvc/tmp`` that is named
by a hash of the stage's code and inputs. A run that was killed goes on from it; a change of input or code
gives another name, so nothing stale is ever taken. The folder is removed with the last result.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tqdm import tqdm

from twainbot.files import InputError
from twainbot.sections.texts import Engine
from twainbot.work import Outcome, Work, attempt, work_key

WORK = Path(".dvc/tmp/twainbot/work")

ShardT = TypeVar("ShardT")
ParamsT = TypeVar("ParamsT")
ResultT = TypeVar("ResultT")


class ShardError(Exception):
    """A shard's function failed otherwise than with an InputError: a bug. Names the shard."""


def map_shards(
    function: Callable[[ShardT, ParamsT], ResultT],
    shards: Mapping[str, ShardT],
    params: ParamsT,
    *,
    name: str,
    engine: Engine,
    files: Sequence[Path] = (),
    cost: Callable[[ShardT], int] | None = None,
) -> Iterator[ResultT]:
    """Yield ``function(shard, params)`` for each shard, in their order.

    Args:
        function: a pure function at the top level of a module. It may be called in any order, in any
            process, and twice for one shard.
        shards: by a label that error messages use; they and ``params`` can be pickled.
        name: of the work folder; one for each use, normally the stage's name.
        files: what ``function`` reads besides its arguments; their bytes are inputs too.
        cost: a shard's relative cost, to start the costly ones first; by default its size when pickled.

    Raises:
        InputError: after the last shard, with the messages of all shards that raised one; or a worker
            was killed, or the engine is not installed here.
        ShardError: some shard raised anything else.
    """
    if engine.kind == "local" and engine.workers == 1:
        outcomes = (attempt(function, shard, params) for shard in shards.values())
    else:
        outcomes = _distributed(function, shards, params, name, engine, files, cost)
    problems: list[str] = []
    progress = tqdm(outcomes, desc=name, total=len(shards), disable=None, leave=False)
    for label, outcome in zip(shards, progress, strict=True):
        if outcome.kind == "failed":
            raise ShardError(f"{name}: shard {label} failed.\n{outcome.text}")
        if outcome.kind == "bad_input":
            problems.append(outcome.text)
        else:
            yield outcome.value
    if problems:
        raise InputError("\n".join(dict.fromkeys(problems)))  # what all shards lack is said once


def _distributed(
    function: Callable[[Any, Any], Any],
    shards: Mapping[str, Any],
    params: Any,
    name: str,
    engine: Engine,
    files: Iterable[Path],
    cost: Callable[[Any], int] | None,
) -> Iterator[Outcome]:
    if not shards:
        return
    from twainbot import executors

    executors.check(engine)
    # Absolute: a worker of another machine starts elsewhere.
    work = Work(WORK.absolute() / name / work_key(function, shards, params, files))
    work.prepare(function, list(shards.values()), params)
    costs = [cost(shard) if cost else work.shard_size(i) for i, shard in enumerate(shards.values())]
    executors.execute(work, work.missing(len(shards)), costs, engine, name)
    if left := set(work.missing(len(shards))):
        labels = [label for number, label in enumerate(shards) if number in left]
        raise InputError(
            f"{name}: {len(left)} of {len(shards)} shards have no result ({', '.join(labels[:5])}"
            f"{', …' if len(labels) > 5 else ''}): a worker was killed, most often for want of memory, or "
            f"took longer than engine.limit_minutes. What it said is in {work.folder}/attempt. What is done "
            "is kept: run again, with a smaller engine.workers in params.yaml if memory was short."
        )
    for number in range(len(shards)):
        yield work.outcome(number)
    shutil.rmtree(work.folder, ignore_errors=True)
