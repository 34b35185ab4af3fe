"""What is done between two steps of training: guards, checkpoints, the progress bar, live metrics and events.

Imported late: this module pulls in transformers.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from tqdm import tqdm
from transformers import TrainerCallback

from twainbot.files import write_json
from twainbot.modeling.run import Run
from twainbot.modeling.trainer import PackTrainer


class Watcher(TrainerCallback):
    """Watches one trainer for one run."""

    def __init__(self, trainer: PackTrainer, run: Run) -> None:
        self._trainer = trainer
        self._run = run
        self._live: dict[str, float] = {}
        self._began = time.monotonic()
        self._bar: Any = None

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        run = self._run
        if run.checkpoint:
            self._trainer.restore_notes(run.checkpoint)
        run.tell("resume" if run.checkpoint else "start", step=state.global_step, steps=state.max_steps)
        self._began = time.monotonic()
        self._bar = tqdm(
            total=state.max_steps,
            initial=state.global_step,
            desc=run.name,
            unit="step",
            dynamic_ncols=True,
            disable=not sys.stderr.isatty(),
        )

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._trainer.step_loss = 0.0

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        loss = float(self._trainer.step_loss)
        self._trainer.watchdog.check(state.global_step + 1, loss, _rate(kwargs))
        if not self._bar.disable:
            speed = self._trainer.tokens / (time.monotonic() - self._began)
            self._bar.set_postfix_str(f"loss {loss:.3f}, {speed:,.0f} tokens/s", refresh=False)

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._bar.update()
        self._run.restarts.reached(state.global_step)
        every = self._run.limits.checkpoint_steps
        if every and state.global_step % every == 0:
            control.should_save = True

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        names = {"loss": "loss", "eval_loss": "val_loss"}
        if told := {names[key]: value for key, value in logs.items() if key in names}:
            self._live |= told
            write_json(self._run.live, {"step": state.global_step, "steps": state.max_steps, **self._live})

    def on_evaluate(self, args: Any, state: Any, control: Any, metrics: Any = None, **kwargs: Any) -> None:
        loss = metrics["eval_loss"]
        self._trainer.watchdog.check_validation(state.global_step, loss, _rate(kwargs))
        self._run.tell("evaluation", step=state.global_step, val_loss=loss)

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._run.tell("checkpoint", step=state.global_step, folder=self._run.folder.as_posix())

    def close(self) -> None:
        """Leave the bar as it is, whatever ended the training."""
        if self._bar is not None:
            self._bar.close()


def _rate(kwargs: Any) -> float:
    return kwargs["lr_scheduler"].get_last_lr()[0]
