"""Why a training run had to stop, and what to do about it."""

from __future__ import annotations

from typing import Literal

from twainbot.files import InputError

Cause = Literal["crash_loop", "diverged", "out_of_memory"]

OUT_OF_MEMORY = (
    "memory ran out. In params.yaml lower train.common.pack_tokens and train.common.max_length (a pack is at "
    "least as long as its longest row), or train.common.lora.r; train.common.quantization: nf4 loads the "
    "base in 4 bits and train.common.dtype: bfloat16 halves the rest. Other values start the run anew."
)


class Stopped(InputError):
    """A run stopped for a cause that somebody should hear of."""

    def __init__(self, cause: Cause, message: str) -> None:
        super().__init__(message)
        self.cause = cause


def explained(error: Exception) -> Exception:
    """``error``, or what to do where it says that memory ran out."""
    import torch

    text = str(error)
    exhausted = isinstance(error, MemoryError | torch.OutOfMemoryError) or (
        # The CPU's allocator and some CUDA libraries have no exception of their own.
        isinstance(error, RuntimeError) and ("can't allocate memory" in text or "out of memory" in text)
    )
    return Stopped("out_of_memory", f"{OUT_OF_MEMORY} ({text or 'MemoryError'})") if exhausted else error
