"""TRL's SFT trainer without the work that a small model cannot afford.

Imported late: this module pulls in torch, transformers and TRL.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cross_entropy
from transformers import TrainerState
from trl import SFTTrainer

from twainbot.modeling import checkpoints
from twainbot.modeling.pack import IGNORE
from twainbot.modeling.watchdog import Watchdog


class PackTrainer(SFTTrainer):
    """Trains on packs; logits are computed where there is something to learn and nowhere else.

    TRL's own loss computes logits, their entropy and the token accuracy at every position. In a row
    about a tool nine tokens of ten are prompt, and on the embedded base this more than halves the speed.

    A run that goes on from one of its checkpoints ends in the same bytes as one that was never interrupted.
    """

    watchdog: Watchdog
    step_loss: Any = 0.0  # of the step under way, summed over its packs
    tokens = 0  # that this process trained on

    def training_step(self, *args: Any, **kwargs: Any) -> Any:
        _, inputs, *_ = args
        self.tokens += inputs["input_ids"].numel()
        loss = super().training_step(*args, **kwargs)
        self.step_loss = self.step_loss + loss
        return loss

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """Mean negative log-likelihood (nats) over the learned tokens of the step.

        ``num_items_in_batch`` counts those of all packs of an accumulated step, so that each token, not
        each pack, weighs the same.
        """
        labels = inputs["labels"]
        if labels.shape[0] != 1:
            raise ValueError(f"packs come one at a time, found a batch of {labels.shape[0]}")
        # Position t predicts token t + 1.
        positions = (labels[0, 1:] != IGNORE).nonzero().flatten()
        outputs = model(
            input_ids=inputs["input_ids"],
            position_ids=inputs["position_ids"],
            use_cache=False,
            logits_to_keep=positions,
        )
        total = cross_entropy(outputs.logits[0].float(), labels[0, positions + 1], reduction="sum")
        count = num_items_in_batch if num_items_in_batch is not None else positions.numel()
        loss = total / count
        return (loss, outputs) if return_outputs else loss

    def prediction_step(
        self, model: Any, inputs: Any, prediction_loss_only: bool, ignore_keys: Any = None
    ) -> tuple[Any, None, None]:
        """Validation needs the loss alone, over the trainer's own validation packs.

        The trainer takes the mean over packs. Divided by the tokens of an average pack instead of its own,
        that mean is the one over learned tokens, as in training.
        """
        with torch.no_grad():
            loss = self.compute_loss(
                model, self._prepare_inputs(inputs), num_items_in_batch=self._learned_tokens_a_pack
            )
        return loss.detach(), None, None

    @cached_property
    def _learned_tokens_a_pack(self) -> float:
        packs: Any = self.eval_dataset
        learned = sum(label != IGNORE for labels in packs["labels"] for label in labels)
        return learned / len(packs)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        super()._save_checkpoint(model, trial)
        best = self.state.best_model_checkpoint
        checkpoints.complete(
            Path(str(self.args.output_dir)) / f"checkpoint-{self.state.global_step}",
            Path(best) if best else None,
            # Losses since the last line of the curve: without them the next line would be another.
            {
                "loss": self._tr_loss.item(),
                "logged": self._globalstep_last_logged,
                "window": self.watchdog.losses,
            },
        )

    def restore_notes(self, checkpoint: Path) -> None:
        """Take up what :meth:`_save_checkpoint` noted. To be called when training begins, which resets it."""
        notes = checkpoints.notes_of(checkpoint)
        self._tr_loss = torch.tensor(notes["loss"], device=self.args.device)
        self._globalstep_last_logged = notes["logged"]
        self.watchdog.restore(notes["window"])

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        """PEFT loads any adapter as float32. QLoRA trains it in bfloat16, and so it must go on.

        The optimizer reads its state next, and takes it in the type of the parameters.
        """
        adapted: Any = self.model
        types = {name: p.dtype for name, p in adapted.named_parameters() if p.requires_grad}
        super()._load_from_checkpoint(resume_from_checkpoint, model)
        for name, parameter in adapted.named_parameters():
            if parameter.requires_grad:
                parameter.data = parameter.data.to(types[name])

    def finish_from(self, checkpoint: Path) -> None:
        """Do what follows the last step, from the last step's checkpoint; ``train`` would add a step."""
        self.state = TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))
        self._load_best_model()
