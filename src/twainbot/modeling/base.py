"""Loading the base model and its tokenizer, from a folder and never from a hub."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from twainbot.files import InputError
from twainbot.modeling.chat_template import load_template
from twainbot.modeling.control_tokens import padding_token, token_id

_CONTROL = re.compile(r"<\|\w+\|>|\[/?(?:INST|[A-Z]+_[A-Z]+)\]")  # as a template writes them


def load_tokenizer(base: Path, chat_template: str) -> Any:
    """The base's tokenizer with our own chat template, so training and serving render alike.

    Raises:
        InputError: there is no such template, the tokenizer lacks tokens that it writes, or no token is left
            for padding (eos cannot be it: masking one would mask the other).
    """
    from transformers import AutoTokenizer

    template = load_template(chat_template)
    tokenizer: Any = AutoTokenizer.from_pretrained(base)
    tokenizer.chat_template = template
    written = sorted(set(_CONTROL.findall(template)))
    if unknown := [token for token in written if token_id(tokenizer, token) is None]:
        raise InputError(
            f"{base}: the tokenizer has no token {', '.join(unknown)}, which the chat template "
            f"{chat_template!r} writes. Choose the template of this base (base.chat_template in params.yaml)."
        )
    tokenizer.pad_token = padding_token(tokenizer)
    if tokenizer.pad_token_id is None:
        raise InputError(
            f"{base}: the tokenizer's pad token is {tokenizer.pad_token!r} and its end-of-turn token "
            f"{tokenizer.eos_token!r}. Loss on end-of-turn needs a pad token of its own; "
            f"add one to the tokenizer."
        )
    return tokenizer


def quantization_config(quantization: str) -> Any:
    """NF4 with double quantisation for ``nf4``, None for ``none``."""
    if quantization == "none":
        return None
    import torch
    from transformers import BitsAndBytesConfig

    # The compute type defaults to float32, which is slow on a GPU and not what QLoRA describes.
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )


def load_base(base: Path, dtype: str, quantization: str = "none", attention: str = "sdpa") -> Any:
    """The base as a causal LM in ``dtype``, its linear layers in 4 bits if ``quantization`` is ``nf4``."""
    import torch
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    if not sys.stderr.isatty():
        logging.disable_progress_bar()
    model = AutoModelForCausalLM.from_pretrained(
        base,
        dtype=getattr(torch, dtype),
        quantization_config=quantization_config(quantization),
        attn_implementation=attention,
    )
    if quantization != "none" and not torch.cuda.is_available():
        from bitsandbytes.nn import Linear4bit

        for module in model.modules():
            if isinstance(module, Linear4bit):
                # With AVX512-BF16 any forward in eval mode repacks the weights, and every gradient after
                # it is wrong (bitsandbytes 0.50). Goes when a release keeps the packed form out of training.
                module.support_avx512bf16_for_cpu = False
    return model


def load_adapted(base: Path, adapter: Path | None, dtype: str) -> Any:
    """The base, with the adapter's weights merged into it if there is one, ready for inference.

    A small model spends its time between operations, and three for each layer instead of one cost a half.
    """
    model = load_base(base, dtype)
    if adapter is not None:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, adapter).merge_and_unload()
    model.eval()
    return model
