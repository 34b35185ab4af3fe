"""Which losses stop a run."""

from __future__ import annotations

import math

import pytest

from twainbot.modeling.stopped import Stopped
from twainbot.modeling.watchdog import Watchdog


def fed(*losses: float, factor: float = 2.0, window: int = 3) -> Watchdog:
    dog = Watchdog(factor, window)
    for step, loss in enumerate(losses, start=1):
        dog.check(step, loss, 1e-3)
    return dog


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_stops_at_once(loss: float) -> None:
    with pytest.raises(Stopped) as caught:
        Watchdog(math.inf, 50).check(7, loss, 0.005)
    assert caught.value.cause == "diverged"
    assert f"not a number: {loss} at step 7, learning rate 0.005. Lower train.STAGE." in str(caught.value)
    with pytest.raises(Stopped, match=f"validation loss is not a number: {loss} at step 7"):
        Watchdog(math.inf, 50).check_validation(7, loss, 0.005)


def test_a_spike_is_above_the_factor_of_the_median() -> None:
    fed(1.0, 9.0, 2.0, 4.0)  # the median of 1, 9 and 2 is 2
    with pytest.raises(Stopped, match=r"jumped to 4\.1 at step 4, learning rate 0\.001: more than 2 times"):
        fed(1.0, 9.0, 2.0, 4.1)


def test_the_window_moves() -> None:
    fed(9.0, 1.0, 1.0, 1.0, 2.0)
    with pytest.raises(Stopped, match=r"jumped to 2\.1 at step 5"):
        fed(9.0, 1.0, 1.0, 1.0, 2.1)


def test_nothing_is_a_spike_before_the_window_is_full() -> None:
    fed(1.0, 1.0, 50.0)


def test_infinity_as_the_factor_is_never_reached() -> None:
    fed(1.0, 1.0, 1.0, 1e30, factor=math.inf)


def test_a_run_that_goes_on_knows_the_losses_before() -> None:
    dog = Watchdog(2.0, 3)
    dog.restore(fed(5.0, 1.0, 1.0, 1.0).losses)
    with pytest.raises(Stopped):
        dog.check(5, 2.1, 1e-3)
