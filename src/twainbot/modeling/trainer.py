"""TRL's SFT trainer without the work that a small model cannot afford.

Imported late: this module pulls in torch, transformers and TRL.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import torch
from torch.nn.functional import cross_entropy
from trl import SFTTrainer

from twainbot.modeling.pack import IGNORE


class PackTrainer(SFTTrainer):
    """Trains on packs; logits are computed where there is something to learn and nowhere else.

    TRL's own loss computes logits, their entropy and the token accuracy at every position. In a row
    about a tool nine tokens of ten are prompt, and on the embedded base this more than halves the speed.
    """

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
