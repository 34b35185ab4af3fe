"""Watching the loss of every step, so that a run that has diverged stops and publishes nothing."""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Iterable

from twainbot.modeling.stopped import Stopped

_ADVICE = "Lower train.STAGE.learning_rate or raise train.common.warmup_share in params.yaml"


class Watchdog:
    """Remembers the last ``window`` losses; judges none as a spike before it has so many."""

    def __init__(self, factor: float, window: int) -> None:
        self._factor = factor
        self._losses: deque[float] = deque(maxlen=window)

    @property
    def losses(self) -> list[float]:
        """What a run that goes on from a checkpoint must know again (:meth:`restore`)."""
        return list(self._losses)

    def restore(self, losses: Iterable[float]) -> None:
        self._losses.extend(losses)

    def check(self, step: int, loss: float, learning_rate: float) -> None:
        """Judge a step's training loss before the weights take the step.

        Raises:
            Stopped: it is no number, or above ``factor`` times the median of the window.
        """
        if not math.isfinite(loss):
            raise Stopped(
                "diverged",
                f"the loss is not a number: {loss} at step {step}, learning rate {learning_rate:.3g}. "
                f"{_ADVICE}, or use train.common.dtype float32. No adapter was published.",
            )
        if len(self._losses) == self._losses.maxlen:
            median = statistics.median(self._losses)
            if loss > self._factor * median:
                raise Stopped(
                    "diverged",
                    f"the loss jumped to {loss:.4g} at step {step}, learning rate {learning_rate:.3g}: more "
                    f"than {self._factor:g} times {median:.4g}, the median of the {len(self._losses)} steps "
                    f"before. {_ADVICE}; if such a step is no harm, raise train.run.spike_factor. "
                    f"No adapter was published.",
                )
        self._losses.append(loss)

    def check_validation(self, step: int, loss: float, learning_rate: float) -> None:
        """Judge a validation loss.

        Raises:
            Stopped: it is no number.
        """
        if not math.isfinite(loss):
            raise Stopped(
                "diverged",
                f"the validation loss is not a number: {loss} at step {step}, learning rate "
                f"{learning_rate:.3g}. {_ADVICE}. No adapter was published.",
            )
