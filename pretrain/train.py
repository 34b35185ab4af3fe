"""Step `train`: both phases of pretraining, by token count, resumable at every checkpoint."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
import torch.nn.functional as F
from torch import Tensor
from transformers import AutoTokenizer, LlamaForCausalLM

from pretrain.common import BUILD, CACHE, load_params, set_status
from pretrain.model import build_model
from pretrain.optim import make_optimizers
from twainbot.files import InputError, atomic_folder, sha256_file, write_json

Body = Callable[..., Any]


class Stream:
    """Sequences of `length` + 1 tokens from a long array, each pass in another order and cut.

    The k-th sequence depends on k and the seed alone, so a resumed run sees what it would have seen.
    """

    def __init__(self, arrays: list[np.ndarray], length: int, seed: int):
        self.arrays, self.length, self.seed = arrays, length, seed
        self.count = (len(arrays[0]) - 1) // length - 1
        self._epoch, self._order, self._shift = -1, np.empty(0, dtype=np.int64), 0

    def get(self, k: int) -> list[np.ndarray]:
        epoch, place = divmod(k, self.count)
        if epoch != self._epoch:
            rng = np.random.default_rng((self.seed, epoch))
            self._epoch, self._order = epoch, rng.permutation(self.count)
            self._shift = int(rng.integers(self.length))
        start = self._shift + int(self._order[place]) * self.length
        return [a[start : start + self.length + 1] for a in self.arrays]


class Table:
    """Rows of a packed table, each pass in another order."""

    def __init__(self, arrays: list[np.ndarray], seed: int):
        self.arrays, self.seed, self.count = arrays, seed, len(arrays[0])

    def get(self, k: int) -> list[np.ndarray]:
        epoch, place = divmod(k, self.count)
        row = np.random.default_rng((self.seed, epoch)).permutation(self.count)[place]
        return [a[row] for a in self.arrays]


class Batches:
    """What training step `s` sees: (ids, weights), both (sequences, length + 1)."""

    def __init__(self, params: dict[str, Any], folder: Path, pad: int):
        load = {
            n: np.load(folder / f"{n}.npy") for n in ("prose", "main", "main_mask", "final", "final_mask")
        }
        self.pad = pad
        self.p, seed = params, params["seed"]
        ones = np.ones_like(load["prose"], dtype=np.uint8)
        self.prose = Stream([load["prose"], ones], params["sequence"], seed)
        self.chat = Table([load["main"], load["main_mask"]], seed + 1)
        self.final_prose = Stream([load["prose"], ones], params["final_sequence"], seed + 2)
        self.final = Table([load["final"], load["final_mask"]], seed + 3)
        per_step = params["batch_tokens"]
        self.steps = math.ceil(params["tokens"] / per_step)
        self.main_steps = self.steps - round(self.steps * params["final_share"])

    def get(self, step: int) -> tuple[Tensor, Tensor]:
        if step < self.main_steps:
            return self._mix(
                step,
                self.p["sequence"],
                self.p["prose_share"],
                self.prose,
                self.chat,
                self.p["context_weight"],
            )
        step -= self.main_steps
        return self._mix(
            step, self.p["final_sequence"], self.p["final_prose_share"], self.final_prose, self.final, 0.0
        )

    def _mix(
        self, step: int, length: int, share: float, prose: Stream, chat: Table, context_weight: float
    ) -> tuple[Tensor, Tensor]:
        count = self.p["batch_tokens"] // length
        ids, weights = [], []
        for k in range(step * count, (step + 1) * count):
            # Spread evenly: sequence k is prose whenever the running share passes a whole number.
            before, after = math.floor(k * share), math.floor((k + 1) * share)
            if after > before:
                tokens, mask = prose.get(before)
                weight = mask.astype(np.float32)
            else:
                tokens, mask = chat.get(k - before)
                weight = np.where(mask == 1, self.p["assistant_weight"], context_weight)
                weight[tokens == self.pad] = 0.0
            ids.append(tokens.astype(np.int64))
            weights.append(weight.astype(np.float32))
        return torch.from_numpy(np.stack(ids)), torch.from_numpy(np.stack(weights))


def rate(step: int, steps: int, warmup: float, decay: float) -> float:
    """Factor of the learning rate: linear warm-up, constant, linear to zero over the last `decay` share."""
    up = (step + 1) / max(1.0, warmup * steps)
    down = (steps - step) / max(1.0, decay * steps)
    return min(1.0, up, down)


def weighted_loss(
    model: LlamaForCausalLM, body: Body, ids: Tensor, weights: Tensor, dtype: torch.dtype
) -> tuple[Tensor, Tensor]:
    """Sum of weighted token losses, and of weights. ``body`` is the model less its head, perhaps compiled."""
    with torch.autocast(ids.device.type, torch.bfloat16, enabled=dtype == torch.bfloat16):
        hidden = body(input_ids=ids[:, :-1], use_cache=False).last_hidden_state
        target, weight = ids[:, 1:].flatten(), weights[:, 1:].flatten()
        keep = weight > 0
        logits = model.lm_head(hidden.flatten(0, 1)[keep])
    losses = F.cross_entropy(logits.float(), target[keep], reduction="none")
    return (losses * weight[keep]).sum(), weight.sum()


def share_gradients(model: LlamaForCausalLM, loss: float) -> float:
    """Sum the gradients of all processes and their losses, as one message; returns the loss."""
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    flat = torch.cat([*(g.flatten() for g in grads), torch.tensor([loss])])
    dist.all_reduce(flat)
    for grad, part in zip(grads, flat[:-1].split([g.numel() for g in grads]), strict=True):
        grad.copy_(part.view_as(grad))
    return float(flat[-1])


def train(
    model: LlamaForCausalLM,
    batches: Batches,
    params: dict[str, Any],
    checkpoint: Path,
    stop_after: int | None = None,
    rank: int = 0,
    world: int = 1,
) -> list[dict[str, float]]:
    """Train to the end of `params["tokens"]`; returns the loss curve.

    `checkpoint` is a file; where it exists the run goes on from it. `stop_after` ends early after that
    many steps of this call (a probe of speed or of resuming). With `world` > 1 each process does its
    share of every step and process 0 alone writes.
    """
    dtype = getattr(torch, params["dtype"])
    optimizers = make_optimizers(
        model,
        params["matrix_lr"],
        params["embedding_lr"],
        params["weight_decay"],
        params["muon"],
        dtype=dtype,
        rank=rank,
        world=world,
    )
    body: Body = torch.compile(model.model, dynamic=False) if params["compile"] else model.model
    peaks = [[g["lr"] for g in o.param_groups] for o in optimizers]
    step, curve = 0, []
    if checkpoint.is_file():
        state = torch.load(checkpoint, weights_only=True, map_location=model.device)
        model.load_state_dict(state["model"])
        for optimizer, saved in zip(optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        step, curve = state["step"], state["curve"]
    model.train()
    first, started, window = step, time.monotonic(), []
    while step < batches.steps and (stop_after is None or step - first < stop_after):
        ids, weights = batches.get(step)
        total = weights[:, 1:].sum()
        step_loss = 0.0
        ids, weights = ids[rank::world].to(model.device), weights[rank::world].to(model.device)
        micro = max(1, params["micro_tokens"] // (ids.shape[1] - 1))
        for i in range(0, len(ids), micro):
            loss, _ = weighted_loss(model, body, ids[i : i + micro], weights[i : i + micro], dtype)
            (loss / total).backward()
            step_loss += loss.item() / total.item()
        if world > 1:
            step_loss = share_gradients(model, step_loss)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        factor = rate(step, batches.steps, params["warmup"], params["decay"])
        for optimizer, rates in zip(optimizers, peaks, strict=True):
            for group, peak in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = peak * factor
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        step += 1
        window.append(step_loss)
        if step % params["log_steps"] == 0 or step == batches.steps:
            curve.append(
                {"tokens": step * params["batch_tokens"], "loss": round(sum(window) / len(window), 4)}
            )
            window = []
            if rank == 0:
                speed = (step - first) * params["batch_tokens"] / (time.monotonic() - started)
                loss = curve[-1]["loss"]
                line = f"training: step {step} of {batches.steps}, loss {loss:.3f}, {speed:.0f} tokens/s"
                set_status(line)
                print(line, flush=True)
        if rank == 0 and step % params["checkpoint_steps"] == 0:
            _save(checkpoint, model, optimizers, step, curve)
    if rank == 0:
        _save(checkpoint, model, optimizers, step, curve)
    return curve


def _save(
    path: Path,
    model: LlamaForCausalLM,
    optimizers: list[torch.optim.Optimizer],
    step: int,
    curve: list[dict[str, float]],
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    torch.save(
        {
            "model": model.state_dict(),
            "optimizers": [o.state_dict() for o in optimizers],
            "step": step,
            "curve": curve,
        },
        partial,
    )
    partial.replace(path)


def token_ids(tokenizer: Any) -> dict[str, int]:
    return {"bos": tokenizer.bos_token_id, "eos": tokenizer.eos_token_id, "pad": tokenizer.pad_token_id}


def run_key(params: dict[str, Any], shape: dict[str, Any], packed: Path) -> str:
    """Name of the checkpoint folder: a hash of all that decides the weights."""
    facts = [params, shape, [sha256_file(p) for p in sorted(packed.glob("*.npy"))]]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:12]


def work(rank: int, params: dict[str, Any], shape: dict[str, Any], folder: Path, checkpoint: Path) -> None:
    """One training process; process 0 writes the result."""
    torch.set_num_threads(1)
    world = params["processes"]
    if world > 1:
        dist.init_process_group(
            "gloo", init_method=f"file://{(folder / 'meeting').resolve()}", rank=rank, world_size=world
        )
    tokenizer = AutoTokenizer.from_pretrained(BUILD / "tokenizer")
    attention = "batched_cpu" if params["dtype"] == "bfloat16" and params["device"] == "cpu" else "sdpa"
    model = build_model(shape, len(tokenizer), token_ids(tokenizer), params["seed"], attention)
    model.to(params["device"])
    batches = Batches(params, BUILD / "packed", tokenizer.pad_token_id)
    started = time.monotonic()
    curve = train(model, batches, params, checkpoint, rank=rank, world=world)
    if rank == 0:
        minutes = (time.monotonic() - started) / 60
        set_status(f"trained: {curve[-1]['tokens']} tokens, loss {curve[-1]['loss']:.3f}; exporting")
        torch.save(model.cpu().state_dict(), folder / "model.pt")
        write_json(folder / "curve.json", {"minutes_of_this_call": minutes, "curve": curve})
    if world > 1:
        dist.destroy_process_group()


def run(params: dict[str, Any], shape: dict[str, Any], out: Path) -> None:
    """Train one model on what is packed and leave `model.pt` and `curve.json` in the folder `out`.

    Processes of one thread: threads would wait for each other at every small operation, which costs most of
    the speed as soon as anything else runs on the machine.
    """
    if params["device"] != "cpu" and params["processes"] != 1:
        raise InputError(f"train.processes is {params['processes']}: on {params['device']} it must be 1.")
    checkpoint = CACHE / run_key(params, shape, BUILD / "packed") / "checkpoint.pt"
    with atomic_folder(out) as folder:
        if params["processes"] == 1:
            work(0, params, shape, folder, checkpoint)
        else:
            mp.spawn(work, args=(params, shape, folder, checkpoint), nprocs=params["processes"])
        (folder / "meeting").unlink(missing_ok=True)


def main() -> None:
    run(load_params("train"), load_params("model"), BUILD / "trained")


if __name__ == "__main__":
    main()
