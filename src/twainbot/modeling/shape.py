"""The sizes of a base model's matrices, from its folder or from its config.json, without loading it."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twainbot.files import InputError, read_json

_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I8": 1, "U8": 1, "F8_E4M3": 1}

# What config.json says in the repositories that profiles/base names, for a base that is not downloaded yet.
_KNOWN: dict[str, dict[str, int | bool]] = {
    "meta-llama/Llama-3.1-8B-Instruct": {
        "vocab_size": 128256,
        "hidden_size": 4096,
        "intermediate_size": 14336,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "max_position_embeddings": 131072,
        "tie_word_embeddings": False,
    },
    "mistralai/Mistral-7B-Instruct-v0.3": {
        "vocab_size": 32768,
        "hidden_size": 4096,
        "intermediate_size": 14336,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "max_position_embeddings": 32768,
        "tie_word_embeddings": False,
    },
}


@dataclass(frozen=True)
class Shape:
    """A decoder of the Llama architecture, which is Mistral's too."""

    vocab: int
    hidden: int
    intermediate: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    positions: int
    tied: bool

    @property
    def linear(self) -> dict[str, tuple[int, int]]:
        """(inputs, outputs) of each linear layer of one block, by its name in PEFT's target_modules."""
        query, key = self.heads * self.head_dim, self.kv_heads * self.head_dim
        return {
            "q_proj": (self.hidden, query),
            "k_proj": (self.hidden, key),
            "v_proj": (self.hidden, key),
            "o_proj": (query, self.hidden),
            "gate_proj": (self.hidden, self.intermediate),
            "up_proj": (self.hidden, self.intermediate),
            "down_proj": (self.intermediate, self.hidden),
        }


@dataclass(frozen=True)
class Weights:
    """Parameters in the linear layers of the blocks, which NF4 makes small, and in all the rest."""

    linear: int
    rest: int

    @property
    def parameters(self) -> int:
        return self.linear + self.rest


def shape_of(config: Mapping[str, Any]) -> Shape:
    """The shape that a config.json describes.

    Raises:
        InputError: it lacks a size, so it is not of this architecture.
    """
    try:
        heads = config["num_attention_heads"]
        return Shape(
            vocab=config["vocab_size"],
            hidden=config["hidden_size"],
            intermediate=config["intermediate_size"],
            layers=config["num_hidden_layers"],
            heads=heads,
            kv_heads=config.get("num_key_value_heads") or heads,
            head_dim=config.get("head_dim") or config["hidden_size"] // heads,
            positions=config["max_position_embeddings"],
            tied=config.get("tie_word_embeddings", False),
        )
    except KeyError as error:
        raise InputError(
            f"config.json of the base has no {error.args[0]}: sizes are known of models of the Llama "
            f"architecture (Llama, Mistral) only. Choose such a base (`twainbot use base=…`)."
        ) from error


def base_shape(base: Path, repository: str) -> Shape | None:
    """The shape of the base's folder, else of the repository if profiles/base has it, else None.

    Raises:
        InputError: config.json cannot be read, or is of another architecture.
    """
    if (base / "config.json").is_file():
        return shape_of(read_json(base / "config.json"))
    return shape_of(_KNOWN[repository]) if repository in _KNOWN else None


def weights_of_shape(shape: Shape) -> Weights:
    """Counted from the shape: two norms a block and one at the end, embeddings, and the head if not tied."""
    linear = shape.layers * sum(inputs * outputs for inputs, outputs in shape.linear.values())
    norms = (2 * shape.layers + 1) * shape.hidden
    return Weights(linear, norms + (1 if shape.tied else 2) * shape.vocab * shape.hidden)


def weight_files(base: Path) -> list[Path]:
    """The files that hold the weights: those of the index if there is one, else all safetensors files.

    A repository may hold the same weights in its maker's own format beside them.

    Raises:
        InputError: the index cannot be read.
    """
    index = base / "model.safetensors.index.json"
    if not index.is_file():
        return sorted(base.glob("*.safetensors"))
    try:
        return sorted({base / name for name in read_json(index)["weight_map"].values()})
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{index} has no weight_map. Fetch it again.") from error


def tensor_shapes(base: Path) -> dict[str, tuple[list[int], int]]:
    """(shape, bytes an element) of each tensor of :func:`weight_files`, from their headers alone.

    Empty if one of the files is missing.

    Raises:
        InputError: a file is cut, or its header is none; or as :func:`weight_files`.
    """
    files = weight_files(base)
    found: dict[str, tuple[list[int], int]] = {}
    for path in files if all(path.is_file() for path in files) else []:
        try:
            with path.open("rb") as stream:
                (length,) = struct.unpack("<Q", stream.read(8))
                header = json.loads(stream.read(length))
            tensors = {key: value for key, value in header.items() if key != "__metadata__"}
            end = max(value["data_offsets"][1] for value in tensors.values())
            found |= {key: (value["shape"], _BYTES[value["dtype"]]) for key, value in tensors.items()}
        except (struct.error, ValueError, KeyError, TypeError, AttributeError, MemoryError) as error:
            raise InputError(f"{path} is no safetensors file. Fetch it again.") from error
        if (size := path.stat().st_size) != 8 + length + end:
            raise InputError(
                f"{path} is cut: {size} bytes, its header says {8 + length + end}. Fetch it again "
                f"(a Git LFS pointer is not the file)."
            )
    return found


def weights_of_folder(base: Path) -> Weights | None:
    """Counted from the safetensors headers; None if there are no such files.

    Raises:
        InputError: as :func:`tensor_shapes`.
    """
    tensors = tensor_shapes(base)
    if not tensors:
        return None
    linear = rest = 0
    for name, (shape, _) in tensors.items():
        # bitsandbytes quantises the blocks' linear layers and leaves embeddings, norms and the head.
        if len(shape) == 2 and "layers" in name.split("."):
            linear += math.prod(shape)
        else:
            rest += math.prod(shape)
    return Weights(linear, rest)


def linear_names(base: Path) -> list[str] | None:
    """Names that PEFT's target_modules may have in this base, sorted; None if it has no safetensors files."""
    tensors = tensor_shapes(base)
    if not tensors:
        return None
    return sorted(
        {
            name.split(".")[-2]
            for name, (shape, _) in tensors.items()
            if len(shape) == 2 and name.endswith(".weight") and "embed" not in name
        }
    )
