"""Running a stage's ``main``: one at a time, and with a sentence instead of a traceback for bad input."""

from __future__ import annotations

import errno
import fcntl
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from twainbot.files import InputError

LOCKS = Path(".dvc/tmp/twainbot")


@contextmanager
def exclusive(name: str, folder: Path = LOCKS) -> Generator[None, None, None]:
    """Hold the lock of a stage. The kernel frees it when the process ends, however it ends.

    DVC that is killed leaves its stage running; a second run would then mix the two runs' outputs.

    Raises:
        InputError: another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.lock"
    with open(path, "a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise InputError(
                f"stage {name} is still running (process {lock.read().strip() or 'unknown'}), left over from "
                f"a run that was stopped. Wait for it to end or kill it, then start again."
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def run(name: str, main: Callable[[], None]) -> None:
    """Run ``main`` under the stage's lock; exit with status 1 and the message on bad input or a full disk."""
    try:
        with exclusive(name):
            main()
    except InputError as error:
        sys.exit(f"{name}: {error}")
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        sys.exit(
            f"{name}: no space left on the disk ({error}). What was not written whole is left as it was. "
            f"Make room (`df -h .`, `dvc gc`), then start again."
        )
