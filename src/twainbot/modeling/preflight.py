"""Whether training can work with these params on this machine, before an hour of it is paid for.

Each check looks at files, headers and params; none loads a model, imports torch or asks a network. The train
stage runs :func:`check_machine` too. What a check finds can only stop a run, never change what it gives.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from twainbot.files import InputError, read_json
from twainbot.machine import GIB, Device, training_device
from twainbot.modeling.attention import chosen_attention
from twainbot.modeling.basefolder import check_base
from twainbot.modeling.check import Check, complaint, failed, passed, unknown
from twainbot.modeling.memory import Estimate, adapter_parameters, adapter_width, estimate
from twainbot.modeling.shape import (
    Shape,
    Weights,
    base_shape,
    linear_names,
    weights_of_folder,
    weights_of_shape,
)
from twainbot.sections.models import Base, Preflight, TrainCommon

# GiB beside the tensors. On CPU Python, the libraries and what the allocator keeps for later: as much as
# the largest in benchmarks/results/preflight.json; on a GPU its context and workspaces, a rule of thumb.
_PROGRAM = {"cpu": 0.8, "cuda": 1.0, "mps": 1.0}
# Of what changes from step to step, what the allocator holds and nobody uses.
_FRAGMENTATION = 0.1


@dataclass(frozen=True)
class Sized:
    """The base's sizes, and whether they are its files' or only what its config.json says."""

    shape: Shape
    weights: Weights
    source: Literal["files", "config.json"]


def sized(base: Base) -> Sized | None:
    """The sizes of the base, None if neither its folder nor its repository is known.

    Raises:
        InputError: the folder's files are cut or of another architecture.
    """
    folder = Path(base.path)
    shape = base_shape(folder, base.repository)
    if shape is None:
        return None
    weights = weights_of_folder(folder)
    if weights is None:
        return Sized(shape, weights_of_shape(shape), "config.json")
    return Sized(shape, weights, "files")


def longest_pack(common: TrainCommon) -> int:
    """Packs are filled up to pack_tokens; a longer row, up to max_length, is a pack of its own."""
    return max(common.pack_tokens, common.max_length)


def device_of(settings: Preflight) -> Device:
    """The device that the trainer will take, with the memory that preflight.device_gb says, if it does."""
    found = training_device()
    if settings.device_gb:
        name = f"{found.name}, as preflight.device_gb says"
        return Device(found.kind, name, round(settings.device_gb * GIB))
    return found


def beside(found: Estimate, kind: Literal["cpu", "cuda", "mps"]) -> int:
    """Bytes that are no tensors: the program, and a share of all but the base's weights."""
    return round(_PROGRAM[kind] * GIB + _FRAGMENTATION * (found.total - found.parts["base weights"]))


def estimate_for(
    size: Sized, common: TrainCommon, device: Device, *, checkpointed: bool | None = None
) -> Estimate:
    """The memory of the longest pack with a label at each token (as plain text has), and of the program."""
    tokens = longest_pack(common)
    attention = chosen_attention(common, cuda=device.kind == "cuda")
    found = estimate(
        size.shape,
        size.weights,
        common,
        attention=attention,
        tokens=tokens,
        learned=tokens,
        checkpointed=checkpointed,
    )
    return Estimate({**found.parts, "program, fragmentation": beside(found, device.kind)})


def check_machine(base: Base, common: TrainCommon, settings: Preflight, previous: Path | None) -> list[Check]:
    """What can be said without a tokenizer and without rows; all of it, whatever fails.

    ``previous`` is the adapter that training goes on from; it is looked at if it is there.
    """
    device = device_of(settings)
    size: Sized | None = None
    broken: list[Check] = []
    try:
        size = sized(base)
    except InputError as error:
        broken = [failed("sizes", str(error).rstrip("."))]
    return [
        check_base(base),
        *broken,
        check_settings(common, device),
        check_targets(base, common, size),
        check_served(common, settings, previous),
        check_lengths(common, size),
        check_memory(common, size, device),
        check_disk(common, size, Path()),
    ]


def require(checks: Sequence[Check]) -> None:
    """Raise what failed.

    Raises:
        InputError: all failures, each with what to do.
    """
    if broken := [check for check in checks if check.state == "FAIL"]:
        lines = ["training cannot work as params.yaml has it:", *map(complaint, broken)]
        raise InputError("\n".join(lines))


def check_settings(common: TrainCommon, device: Device) -> Check:
    """Types and kernels that the device has."""
    problems: list[str] = []
    todo: list[str] = []
    if common.quantization == "nf4" and device.kind == "mps":
        problems.append("4-bit weights on Apple silicon")
        todo.append("Set train.common.quantization: none (`twainbot use hardware=m4`)")
    if common.attention == "flash_attention_2":
        if device.kind != "cuda" or common.dtype != "bfloat16":
            problems.append(f"flash_attention_2 on {device.kind} in {common.dtype}")
            todo.append("It needs an NVIDIA GPU and bfloat16: set train.common.attention: auto")
        elif importlib.util.find_spec("flash_attn") is None:
            problems.append("flash_attention_2 without its package")
            todo.append("`pip install flash-attn`, or set train.common.attention: auto")
    if problems:
        return failed("settings", "; ".join(problems), *todo)
    attention = chosen_attention(common, cuda=device.kind == "cuda")
    weights = "weights in 4 bits, " if common.quantization == "nf4" else ""
    return passed("settings", f"{weights}{common.dtype}, {attention} attention on {device.kind}")


def check_targets(base: Base, common: TrainCommon, size: Sized | None) -> Check:
    """train.common.lora.target_modules are linear layers of the base."""
    if size is None:
        return unknown("target modules", "the base is not there")
    names = (linear_names(Path(base.path)) if size.source == "files" else None) or sorted(size.shape.linear)
    if missing := sorted(set(common.lora.target_modules) - set(names)):
        return failed(
            "target modules",
            f"the base has no {', '.join(missing)}",
            f"Its linear layers are {', '.join(names)} (train.common.lora.target_modules)",
        )
    return passed("target modules", f"all {len(common.lora.target_modules)} are in the base")


def check_served(common: TrainCommon, settings: Preflight, previous: Path | None) -> Check:
    """What vLLM's LoRA can serve: a rank up to its --max-lora-rank, no DoRA, no whole modules.

    Ours are made without DoRA and whole modules; an adapter that training goes on from may have been made
    elsewhere.
    """
    problems: list[str] = []
    todo: list[str] = []
    if common.lora.r > settings.max_lora_rank:
        problems.append(f"rank {common.lora.r} is above the server's {settings.max_lora_rank}")
        todo.append("Lower train.common.lora.r, or raise preflight.max_lora_rank and serve with it")
    path = previous / "adapter_config.json" if previous else None
    if path and path.is_file():
        config: dict[str, Any] = read_json(path)
        for key, name in (("use_dora", "DoRA"), ("modules_to_save", "whole modules (modules_to_save)")):
            if config.get(key):
                problems.append(f"{path.parent} has {name}, which vLLM does not serve")
                todo.append(f"Train {path.parent.name} again without")
        if config.get("r") != common.lora.r:
            problems.append(f"{path.parent} has rank {config.get('r')}, not {common.lora.r}")
            todo.append(f"`dvc repro train@{path.parent.name}` makes it with this rank")
    if problems:
        return failed("served by vLLM", "; ".join(problems), *todo)
    return passed("served by vLLM", f"rank {common.lora.r}, --max-lora-rank {settings.max_lora_rank}")


def check_lengths(common: TrainCommon, size: Sized | None) -> Check:
    """No row is longer than the base has positions; in a pack each row's positions start anew."""
    if size is None:
        return unknown("lengths", "the base is not there")
    if common.max_length > size.shape.positions:
        return failed(
            "lengths",
            f"rows of {common.max_length} tokens, the base has {size.shape.positions} positions",
            f"Set train.common.max_length to {size.shape.positions} or less",
        )
    found = f"rows up to {common.max_length} tokens, packs {common.pack_tokens}"
    return passed("lengths", f"{found}, of {size.shape.positions} positions")


def check_memory(common: TrainCommon, size: Sized | None, device: Device) -> Check:
    """The estimate is within what the device has."""
    if size is None:
        return unknown("memory", "the base is not there, and its sizes are not known")
    needed = estimate_for(size, common, device).total
    found = f"{needed / GIB:.1f} of {device.memory / GIB:.1f} GiB ({device.name})"
    if needed <= device.memory:
        return passed("memory", found)
    options = []
    less = estimate_for(size, common, device, checkpointed=True).total
    if not common.activation_checkpointing and less < needed:
        options.append(f"Set train.common.activation_checkpointing: true ({less / GIB:.1f} GiB)")
    if common.quantization == "none" and device.kind == "cuda":
        options.append("Set train.common.quantization: nf4")
    options.append("Lower train.common.pack_tokens and max_length")
    return failed("memory", found, *options)


def disk_bytes(common: TrainCommon, size: Sized) -> dict[str, int]:
    """Adapters of three stages, here and in DVC's cache; checkpoints; the base with the adapter merged in.

    The trainer keeps the best checkpoint and the last while it writes a third, each the adapter and AdamW's
    two numbers for each of its own. A merged model has 2 bytes a parameter.
    """
    adapter = adapter_parameters(size.shape, common) * adapter_width(common)
    return {"adapters": 6 * adapter, "checkpoints": 9 * adapter, "merged model": 2 * size.weights.parameters}


def check_disk(common: TrainCommon, size: Sized | None, folder: Path) -> Check:
    """The disk has room for :func:`disk_bytes`."""
    if size is None:
        return unknown("disk", "the base is not there, and its sizes are not known")
    parts, free = disk_bytes(common, size), shutil.disk_usage(folder).free
    listed = ", ".join(f"{name} {value / GIB:.2f}" for name, value in parts.items())
    found = f"{sum(parts.values()) / GIB:.1f} of {free / GIB:.1f} GiB free ({listed})"
    if sum(parts.values()) <= free:
        return passed("disk", found)
    return failed("disk", found, "Make room (`df -h .`, `dvc gc`)")


def check_template(load: Callable[[], Any]) -> Check:
    """The chat template is there and renders with the base's tokenizer: one BOS, a pad token of its own.

    ``load`` gives the tokenizer with the template.
    """
    from twainbot.modeling.chat_template import render

    messages = [{"role": "user", "content": "Is it raining?"}, {"role": "assistant", "content": "Not yet."}]
    todo = "Choose the template of this base (base.chat_template), or mend its tokenizer"
    try:
        tokenizer = load()
        rendered = render(tokenizer, messages)
    except (InputError, OSError, ValueError) as error:
        return failed("chat template", str(error).rstrip("."), todo)
    problems = []
    if (bos := rendered.input_ids.count(tokenizer.bos_token_id)) != 1:
        problems.append(f"{bos} tokens {tokenizer.bos_token} in a conversation, which needs one")
    if tokenizer.pad_token_id == tokenizer.eos_token_id:
        problems.append(f"padding is {tokenizer.eos_token}, which ends a turn")
    if not any(rendered.assistant_mask):
        problems.append("nothing of the answer is marked to be learned ({% generation %})")
    if problems:
        return failed("chat template", "; ".join(problems), todo)
    return passed("chat template", f"one {tokenizer.bos_token}, padding {tokenizer.pad_token}")
