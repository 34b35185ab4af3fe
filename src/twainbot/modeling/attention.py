"""Which kernel of attention the trainer uses."""

from __future__ import annotations

import importlib.util
from typing import Literal

from twainbot.sections.models import TrainCommon

Attention = Literal["sdpa", "eager", "flash_attention_2"]


def chosen_attention(common: TrainCommon, *, cuda: bool | None = None) -> Attention:
    """train.common.attention, with ``auto`` decided; ``cuda`` says whether there is a GPU, None asks torch.

    FlashAttention has no float32 and runs on NVIDIA's GPUs alone.
    """
    if common.attention != "auto":
        return common.attention
    if common.dtype != "bfloat16" or importlib.util.find_spec("flash_attn") is None:
        return "sdpa"
    if cuda is None:
        import torch

        cuda = torch.cuda.is_available()
    return "flash_attention_2" if cuda else "sdpa"
