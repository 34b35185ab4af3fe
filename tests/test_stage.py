"""One run of a stage at a time, proved with a second process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from twainbot.files import InputError
from twainbot.stage import exclusive, run

HOLD = """
import sys, time
from pathlib import Path
from twainbot.stage import exclusive
with exclusive("train", Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock of stage "train" below ``tmp_path``."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_process_is_refused_and_told_which_holds_it(
    holder: subprocess.Popen[str], tmp_path: Path
) -> None:
    with (
        pytest.raises(InputError, match=f"stage train is still running \\(process {holder.pid}\\)"),
        exclusive("train", tmp_path),
    ):
        pass


def test_another_stage_is_not_refused(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    with exclusive("clean", tmp_path):
        pass


def test_a_killed_process_frees_the_lock(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    with exclusive("train", tmp_path):
        assert (tmp_path / "train.lock").read_text() == str(os.getpid())


def test_the_lock_is_free_after_the_block_even_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), exclusive("train", tmp_path):
        raise RuntimeError
    with exclusive("train", tmp_path):
        pass


def test_bad_input_ends_with_a_sentence_and_status_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def main() -> None:
        raise InputError("the file is empty.")

    with pytest.raises(SystemExit) as caught:
        run("clean", main)
    # sys.exit prints a string and exits with 1.
    assert caught.value.code == "clean: the file is empty."


def test_other_errors_keep_their_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def main() -> None:
        raise KeyError("bug")

    with pytest.raises(KeyError):
        run("clean", main)


def test_a_full_disk_ends_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def main() -> None:
        with open("/dev/full", "w", encoding="utf-8") as stream:
            stream.write("rain")

    with pytest.raises(SystemExit, match=r"clean: no space left on the disk .* Make room"):
        run("clean", main)
