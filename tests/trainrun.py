"""A short training run on a tiny base, here or (`python trainrun.py JSON`) in a process to be killed."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from trainsettings import common as settings
from trainsettings import lora

from twainbot.modeling.base import load_tokenizer
from twainbot.modeling.checkpoints import run_key
from twainbot.modeling.pack import pack, tokenise_chat
from twainbot.modeling.run import running
from twainbot.modeling.train import Trained, train_adapter
from twainbot.sections.models import Alerts, TrainCommon, TrainRun, TrainStage

STEPS = 84  # twelve packs, seven epochs; validations at 21, 42, 63 and 84, a line of the curve every 2 steps


def common(**changes: Any) -> TrainCommon:
    small = lora(r=4, alpha=8, dropout=0.05, target_modules=["q_proj", "v_proj", "down_proj"])
    return settings(**{"attention": "auto", "lora": small, **changes})


def limits(**changes: Any) -> TrainRun:
    values = {"checkpoint_steps": 0, "max_restarts": 3, "spike_factor": 4.0, "spike_window": 50}
    return TrainRun(**{**values, **changes})


def learn(
    base: Path,
    output: Path,
    previous: Path | None = None,
    rate: float = 1e-2,
    epochs: float = 2.0,
    watch: dict[str, Any] | None = None,
    alerts: dict[str, Any] | None = None,
    **changes: Any,
) -> Trained:
    """Train on a dozen short rows into ``output``; what a run keeps besides lies beside it."""
    tokenizer = load_tokenizer(base, "llama31")
    rows = [
        {
            "id": f"row-{i}",
            "messages": [
                {"role": "user", "content": f"Say {i}."},
                {"role": "assistant", "content": f"It rains {i}."},
            ],
        }
        for i in range(12)
    ]
    settings = common(**changes)
    packs = pack(tokenise_chat(rows, tokenizer, 512).sequences, settings.pack_tokens)
    inputs: dict[str, Any] = {
        "base": base,
        "previous": previous,
        "train_packs": packs,
        "val_packs": packs[:1],
        "common": settings,
        "stage": TrainStage(learning_rate=rate, epochs=epochs, max_tokens=10**6),
        "seed": 3,
    }
    output.mkdir(parents=True, exist_ok=True)
    with running(
        "train-style",
        run_key(**inputs),
        limits(**(watch or {})),
        Alerts(**{"command": [], "webhook": "", **(alerts or {})}),
        output.with_name(f"{output.name}.json"),
        output.with_name(f"{output.name}.checkpoints"),
    ) as run:
        return train_adapter(**inputs, tokenizer=tokenizer, output=output, run=run)


def long_run(base: Path, output: Path, **changes: Any) -> Trained:
    """Eighty-four steps, a checkpoint every five: most of them between two lines of the curve."""
    watch = {"checkpoint_steps": 5, **changes.pop("watch", {})}
    return learn(base, output, epochs=7.0, evals=4, pack_tokens=1, watch=watch, **changes)


def kill_at(step: int) -> None:
    """Make this process kill itself, as the system would, once ``step`` steps are done."""
    from twainbot.modeling.trainer import PackTrainer

    train = PackTrainer.training_step

    def training_step(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.state.global_step == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return train(self, *args, **kwargs)

    PackTrainer.training_step = training_step


if __name__ == "__main__":
    options = json.loads(sys.argv[1])
    if (step := options.pop("kill_at", None)) is not None:
        kill_at(step)
    done = long_run(Path(options.pop("base")), Path(options.pop("output")), **options)
    print(json.dumps(done.__dict__))
