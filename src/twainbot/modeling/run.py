"""One start of a training run: what goes before it, what follows it, and who hears of it."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from twainbot.modeling import checkpoints
from twainbot.modeling.alerts import alert
from twainbot.modeling.events import emit
from twainbot.modeling.restarts import INTERRUPTED, Restarts
from twainbot.modeling.stopped import Stopped, explained
from twainbot.sections.models import Alerts, TrainRun


class Run:
    """What training needs to know of its surroundings.

    ``checkpoint`` is where to go on from, None for a start from the beginning; ``live`` is a file for
    `dvc exp show`, which the stage overwrites when it is done.
    """

    def __init__(self, name: str, folder: Path, limits: TrainRun, live: Path) -> None:
        self.name = name
        self.folder = folder
        self.limits = limits
        self.live = live
        self.checkpoint = checkpoints.latest(folder)
        self.restarts = Restarts(folder / "restarts.json")

    @property
    def first_step(self) -> int:
        return checkpoints.step_of(self.checkpoint) if self.checkpoint else 0

    def tell(self, event: str, **details: Any) -> dict[str, Any]:
        """Emit an event and return it."""
        told = {"event": event, "stage": self.name, **details}
        emit(told)
        return told


@contextmanager
def running(
    name: str, key: str, limits: TrainRun, alerts: Alerts, live: Path, root: Path = checkpoints.ROOT
) -> Generator[Run, None, None]:
    """Count the start, train in the block, and delete the checkpoints if it succeeds.

    Raises:
        Stopped: the run died too often at one step, diverged, or ran out of memory; the alerts are sent.
    """
    run = Run(name, root / f"{name}-{key}", limits, live)
    try:
        run.restarts.begin(run.first_step, limits.max_restarts)
    except Stopped as stop:
        alert(run.tell("stop", cause=stop.cause, reason=str(stop)), alerts)
        raise
    try:
        yield run
    except KeyboardInterrupt:
        run.restarts.ended(INTERRUPTED)
        run.tell("stop", cause=INTERRUPTED, reason="Ctrl-C")
        raise
    except Exception as error:
        told = explained(error)
        run.restarts.ended(f"{type(error).__name__}: {error}")
        cause = told.cause if isinstance(told, Stopped) else "error"
        event = run.tell("stop", cause=cause, reason=str(told))
        if isinstance(told, Stopped):
            alert(event, alerts)
        if told is error:
            raise
        raise told from error
    shutil.rmtree(run.folder)
    run.tell("done")
