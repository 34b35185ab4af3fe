"""Fixtures: a tiny base model and tokenizer made in-process, and the folder of real data if it is there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
SPECIAL_TOKENS = [
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|python_tag|>",
    "<|finetune_right_pad_id|>",
]

# Properties run on other examples each time, so few a run find in a week what many find in one.
# `pytest --hypothesis-profile=thorough` is for a property that was just written. No deadlines: machines are
# slow when they are busy.
settings.register_profile("quick", max_examples=25, deadline=None)
settings.register_profile("thorough", max_examples=500, deadline=None)
settings.load_profile("quick")


MISTRAL_TOKENS = [
    "<unk>",
    "<s>",
    "</s>",
    "[INST]",
    "[/INST]",
    "[TOOL_CALLS]",
    "[AVAILABLE_TOOLS]",
    "[/AVAILABLE_TOOLS]",
    "[TOOL_RESULTS]",
    "[/TOOL_RESULTS]",
    "[control_768]",
]


def save_random_llama(folder: Path, tokenizer: Any) -> None:
    """A random Llama of 60,000 parameters, or a few more, for the tokenizer's vocabulary."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=1,
        num_key_value_heads=1,
        max_position_embeddings=2048,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        tie_word_embeddings=True,
    )
    LlamaForCausalLM(config).save_pretrained(folder)


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like models/base/embedded: byte-level tokenizer, random Llama of 60,000 parameters."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("base")
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: number for number, token in enumerate([*SPECIAL_TOKENS, *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<|begin_of_text|>",
        eos_token="<|eot_id|>",
        pad_token="<|finetune_right_pad_id|>",
        additional_special_tokens=SPECIAL_TOKENS,
    )
    fast.chat_template = (ROOT / "models/templates/llama31.jinja").read_text(encoding="utf-8")
    fast.save_pretrained(folder)
    save_random_llama(folder, fast)
    return folder


@pytest.fixture(scope="session")
def mistral_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like Mistral 7B Instruct v0.3: BPE that falls back to bytes, spaces as ``▁``, no pad token."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("mistral")
    letters = [chr(code) for code in range(33, 127)]
    bytes_ = [f"<0x{code:02X}>" for code in range(256)]
    # A space joins the letter after it, as in the real vocabulary, so that turns begin with such a token.
    spaced = [f"▁{letter}" for letter in letters]
    tokens = [*MISTRAL_TOKENS, *bytes_, "▁", *letters, *spaced]
    tokenizer = Tokenizer(
        models.BPE(
            vocab={token: number for number, token in enumerate(tokens)},
            merges=[("▁", letter) for letter in letters],
            unk_token="<unk>",
            byte_fallback=True,
        )
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        additional_special_tokens=MISTRAL_TOKENS[3:],
    )
    fast.save_pretrained(folder)
    save_random_llama(folder, fast)
    return folder


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder of real books, plays and dumps; tests that need it are skipped where there is none."""
    folder = Path(os.environ.get("TWAINBOT_MIRROR") or ROOT.parent / "shared" / "mirror")
    if not (folder / "gutenberg").is_dir():
        pytest.skip("no real data: set TWAINBOT_MIRROR to a folder laid out as data/sources.yaml's paths")
    return folder


@pytest.fixture
def at_root(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repository's root as the current folder."""
    monkeypatch.chdir(ROOT)
    return ROOT
