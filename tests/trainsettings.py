"""train.common for tests, so that they do not follow params.yaml."""

from __future__ import annotations

from typing import Any

from twainbot.sections.models import Lora, TrainCommon

LINEAR = ["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"]


def lora(**changes: Any) -> Lora:
    return Lora(**{"r": 16, "alpha": 32, "dropout": 0.0, "target_modules": LINEAR} | changes)


def common(**changes: Any) -> TrainCommon:
    values = {
        "quantization": "none",
        "dtype": "float32",
        "attention": "sdpa",
        "activation_checkpointing": False,
        "threads": 1,
        "max_length": 512,
        "pack_tokens": 512,
        "accumulate": 1,
        "warmup_share": 0.1,
        "weight_decay": 0.0,
        "evals": 2,
        "lora": lora(),
    }
    return TrainCommon(**{**values, **changes})
