"""Step `export`: the trained weights as a folder that transformers and vLLM load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import AutoTokenizer, GenerationConfig

from pretrain.common import BASE, BUILD, load_params, set_status
from pretrain.model import build_model
from pretrain.train import token_ids
from twainbot.files import read_json, write_json


def _settle(path: Path) -> None:
    """Name the class that transformers 4 has too; drop what tells where it was loaded from."""
    config = read_json(path)
    config["tokenizer_class"] = "PreTrainedTokenizerFast"
    for key in ("backend", "is_local", "local_files_only"):
        config.pop(key, None)
    write_json(path, config)


def export(weights: Path, shape: dict[str, Any], target: Path) -> None:
    """Write the model of `shape` whose state dict is in the file `weights` to the folder `target`."""
    tokenizer = AutoTokenizer.from_pretrained(BUILD / "tokenizer")
    ids = token_ids(tokenizer)
    model = build_model(shape, len(tokenizer), ids, seed=0)
    model.load_state_dict(torch.load(weights, weights_only=True))
    model.config.use_cache = True
    model = model.to(torch.bfloat16)
    model.generation_config = GenerationConfig(
        do_sample=False,
        bos_token_id=ids["bos"],
        eos_token_id=ids["eos"],
        pad_token_id=ids["pad"],
    )
    target.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(target)
    tokenizer.save_pretrained(target)
    _settle(target / "tokenizer_config.json")
    (target / "model.safetensors").chmod(0o644)


def main() -> None:
    export(BUILD / "trained" / "model.pt", load_params("model"), BASE)
    set_status("exported to models/base/embedded")


if __name__ == "__main__":
    main()
