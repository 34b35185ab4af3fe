"""A run that dies again and again at one step is not started for ever."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from twainbot.modeling.restarts import Restarts
from twainbot.modeling.stopped import Stopped


def start(folder: Path, *, at: int, first: int = 0, ended: str | None = None, most: int = 3) -> None:
    """One process that goes on from ``first``, comes as far as ``at`` and ends."""
    restarts = Restarts(folder / "restarts.json")
    restarts.begin(first, most)
    restarts.reached(at)
    if ended:
        restarts.ended(ended)


def test_the_run_and_three_restarts_may_die_at_one_step(tmp_path: Path) -> None:
    for _ in range(4):
        start(tmp_path, at=57, first=40)
    for _ in range(2):  # and a refusal counts as nothing
        with pytest.raises(Stopped) as caught:
            start(tmp_path, at=57)
        message = str(caught.value)
        assert caught.value.cause == "crash_loop"
        assert "died at step 57 and got no further in 3 restarts. The last one ended so: killed." in message
        assert f"delete {tmp_path}/restarts.json to go on from the last checkpoint" in message
    start(tmp_path, at=57, most=4)


def test_the_reason_is_the_last_exception(tmp_path: Path) -> None:
    for _ in range(2):
        start(tmp_path, at=3, ended="ValueError: a tensor too many", most=1)
    with pytest.raises(Stopped, match=re.escape("ended so: ValueError: a tensor too many. Mend the cause")):
        start(tmp_path, at=3, most=1)


def test_a_run_that_gets_further_each_time_may_die_often(tmp_path: Path) -> None:
    for at in range(10, 60, 5):
        start(tmp_path, at=at, most=1)


def test_to_die_earlier_is_no_progress(tmp_path: Path) -> None:
    for at in (57, 58, 57, 58):
        start(tmp_path, at=at, most=2)
    with pytest.raises(Stopped, match="died at step 58 and got no further in 2 restarts"):
        start(tmp_path, at=1, most=2)


def test_to_be_stopped_by_hand_is_no_death(tmp_path: Path) -> None:
    for _ in range(9):
        start(tmp_path, at=57, ended="interrupted", most=1)


def test_a_start_that_dies_before_its_first_step_counts_too(tmp_path: Path) -> None:
    for _ in range(2):
        Restarts(tmp_path / "restarts.json").begin(0, 1)
    with pytest.raises(Stopped, match="died at step 0"):
        Restarts(tmp_path / "restarts.json").begin(0, 1)
