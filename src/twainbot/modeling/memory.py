"""How much memory training an adapter takes, by part, from the sizes of the base alone.

The sums below are what autograd keeps of one pack of T tokens in transformers' Llama with PEFT's LoRA, part
by part. benchmarks/preflight.py holds them against what torch allocates.

Symbols: d hidden size, a = heads x head size, i intermediate size, V vocabulary, r rank, w bytes of a number
(4 float32, 2 bfloat16).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twainbot.modeling.attention import Attention
from twainbot.modeling.shape import Shape, Weights
from twainbot.sections.models import TrainCommon

# A linear layer of an adapter reads its input; those of a group read the same tensor.
_INPUTS = ("q_proj", "k_proj", "v_proj"), ("o_proj",), ("gate_proj", "up_proj"), ("down_proj",)
# NF4 with double quantisation: 4 bits a weight, an 8-bit scale for 64 weights, a float32 for 256 scales.
NF4_BYTES = 0.5 + 1 / 64 + 4 / (64 * 256)


@dataclass(frozen=True)
class Estimate:
    """Bytes on the device that trains, by part, in the order of the table."""

    parts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.parts.values())


def width(common: TrainCommon) -> int:
    """Bytes of a number outside the adapter and the 4-bit weights."""
    return 2 if common.dtype == "bfloat16" else 4


def adapter_width(common: TrainCommon) -> int:
    """Bytes of a number of the adapter: PEFT keeps it in float32, TRL casts it to bfloat16 on 4-bit bases."""
    return 2 if common.quantization == "nf4" else 4


def base_bytes(weights: Weights, common: TrainCommon) -> int:
    """parameters x w; with NF4 0.516 bytes for those in the blocks' linear layers, w for the rest.

    Assumes that the rest (embeddings, norms, head) stays as it was loaded: peft's
    prepare_model_for_kbit_training, which makes float32 of it, is not used.
    """
    linear = NF4_BYTES if common.quantization == "nf4" else width(common)
    return round(weights.linear * linear + weights.rest * width(common))


def adapter_parameters(shape: Shape, common: TrainCommon) -> int:
    """layers x sum of r x (inputs + outputs) over the target modules that the base has."""
    targets = [shape.linear[name] for name in common.lora.target_modules if name in shape.linear]
    return shape.layers * common.lora.r * sum(inputs + outputs for inputs, outputs in targets)


def layer_bytes(shape: Shape, common: TrainCommon, attention: Attention, tokens: int) -> int:
    """What one block keeps for its backward pass. By token:

    - 8 d: the inputs of its two norms, which compute in float32 whatever w is;
    - w x inputs, for each tensor that an adapter layer reads. With float32 and with NF4 q, k and v share
      theirs, gate and up too. In bfloat16 PEFT casts each to the adapter's float32 and autocast back, so
      each keeps a copy; with dropout each keeps a copy and a mask of 1 byte;
    - w x r for each adapter layer, between its two matrices;
    - w x 4 a for attention: query, key and value (repeated to all heads: with a mask there is no grouped
      kernel) and the output, which the input of o_proj shares where it is not a copy; 4 bytes a head;
    - w x 3 i: gate before and after its activation, and up;
    - sdpa: w x T, the mask of the pack, which torch makes of true and false anew in every block;
    - eager: heads x T x 4 for the probabilities, and x 2 more for their bfloat16 copy.

    Assumes one pack at a time, weights of the base frozen (a frozen layer keeps no input).
    """
    size, targets = width(common), set(common.lora.target_modules)
    apart = common.lora.dropout > 0 or (common.dtype == "bfloat16" and common.quantization == "none")
    kept = 8 * shape.hidden
    for group in _INPUTS:
        wanted = [name for name in group if name in targets]
        inputs = shape.linear[group[0]][0]
        copies = len(wanted) if apart else min(1, len(wanted))
        # The output of attention is one tensor with the input of o_proj unless that is a copy.
        if group == ("o_proj",) and not apart:
            copies = 0
        kept += copies * size * inputs
        if common.lora.dropout > 0:
            kept += len(wanted) * inputs
        kept += len(wanted) * size * common.lora.r
    across = shape.heads * shape.head_dim
    kept += size * 4 * across + 4 * shape.heads + size * 3 * shape.intermediate
    if attention == "sdpa":
        kept += size * tokens
    elif attention == "eager":
        kept += shape.heads * tokens * (4 if size == 4 else 6)
    return tokens * kept


def activation_bytes(
    shape: Shape, common: TrainCommon, attention: Attention, tokens: int, *, checkpointed: bool
) -> int:
    """All blocks' :func:`layer_bytes` and the last norm's 4 d a token.

    Checkpointed: w x d a token and block, its input; the rest is computed again (:func:`working_bytes`).
    """
    last = 4 * shape.hidden * tokens
    if checkpointed:
        return shape.layers * width(common) * shape.hidden * tokens + last
    return shape.layers * layer_bytes(shape, common, attention, tokens) + last


def logits_bytes(shape: Shape, learned: int) -> int:
    """12 V a learned token: logits, their log-softmax and its gradient in float32.

    Logits are computed at learned positions and nowhere else (PackTrainer).
    """
    return 12 * shape.vocab * learned


def working_bytes(
    shape: Shape, common: TrainCommon, attention: Attention, tokens: int, *, checkpointed: bool
) -> int:
    """Gradients that pass through one block: 4 w i a token, and eager's three score matrices in float32.

    Checkpointed, the block's :func:`layer_bytes` besides. With NF4, its largest matrix in bfloat16.
    These and :func:`logits_bytes` are never there together; the larger counts.
    """
    passing = tokens * 4 * width(common) * shape.intermediate
    if checkpointed:
        passing += layer_bytes(shape, common, attention, tokens)
    if attention == "eager":
        passing += 3 * 4 * shape.heads * tokens**2
    if common.quantization == "nf4":
        passing += 2 * shape.hidden * shape.intermediate
    return passing


def estimate(
    shape: Shape,
    weights: Weights,
    common: TrainCommon,
    *,
    attention: Attention,
    tokens: int,
    learned: int,
    checkpointed: bool | None = None,
) -> Estimate:
    """The peak of one training step on a pack of ``tokens``, ``learned`` of them with a label.

    Gradients have the size of the adapter, AdamW keeps two numbers more for each. In bfloat16 autocast keeps
    a copy of the adapter in 2 bytes. ``checkpointed`` is as params.yaml says unless it is given.
    """
    if checkpointed is None:
        checkpointed = common.activation_checkpointing
    parameters = adapter_parameters(shape, common)
    adapter = parameters * adapter_width(common)
    copy = 2 * parameters if common.dtype == "bfloat16" and common.quantization == "none" else 0
    logits = logits_bytes(shape, learned)
    working = working_bytes(shape, common, attention, tokens, checkpointed=checkpointed)
    return Estimate(
        {
            "base weights": base_bytes(weights, common),
            "adapter": adapter + copy,
            "gradients": adapter,
            "AdamW state": 2 * adapter,
            "activations": activation_bytes(shape, common, attention, tokens, checkpointed=checkpointed),
            "logits": logits,
            "working memory": max(0, working - logits),
        }
    )
