"""How often a training run died without getting any further, so that it does not do so for ever.

The file lies beside the checkpoints and is written at every step, since a process that is killed cannot say
afterwards how far it came.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from twainbot.files import atomic_file, read_json
from twainbot.modeling.stopped import Stopped

RUNNING = "running"
INTERRUPTED = "interrupted"


@dataclass
class _Record:
    starts: int = 0
    furthest: int = -1  # step that a start reached before it died
    stalled: int = 0  # starts in a row that died and got no further
    reached: int = 0  # step of the last start
    ended: str = INTERRUPTED  # how the last start ended


class Restarts:
    """The starts of one run; ``path`` outlives the process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._record = _Record(**read_json(path)) if path.exists() else _Record()

    def begin(self, step: int, most: int) -> None:
        """Count a start that goes on from ``step``.

        Ctrl-C is no death. Every other end is, unless it came later in the run than any before it.

        Raises:
            Stopped: the run died at the same step, or before it, in ``most`` restarts.
        """
        record = self._record
        furthest, stalled = record.furthest, record.stalled
        reason = "killed" if record.ended == RUNNING else record.ended
        if reason != INTERRUPTED:
            if record.reached > furthest:
                furthest, stalled = record.reached, 0
            else:
                stalled += 1
        if stalled >= most:
            raise Stopped(
                "crash_loop",
                f"training died at step {furthest} and got no further in {stalled} restarts. "
                f"The last one ended so: {reason}. "
                + ("The system log (dmesg) says whether memory ran out. " if reason == "killed" else "")
                + f"Mend the cause, then delete {self.path} to go on from the last checkpoint, or "
                f"{self.path.parent} to begin anew. train.run.max_restarts in params.yaml allows more.",
            )
        self._record = _Record(record.starts + 1, furthest, stalled, step, RUNNING)
        self._write()

    def reached(self, step: int) -> None:
        self._record.reached = step
        self._write()

    def ended(self, reason: str) -> None:
        self._record.ended = reason
        self._write()

    def _write(self) -> None:
        with atomic_file(self.path) as temporary:
            temporary.write_text(json.dumps(asdict(self._record)), encoding="utf-8")
