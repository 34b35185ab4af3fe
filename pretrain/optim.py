"""Muon for the matrices, AdamW for embeddings and norms.

Muon: momentum, then the update's singular values are pulled to about one by five Newton-Schulz steps
(Jordan et al. 2024, coefficients from there). Matrices of one shape are stacked, so that the steps
are a few large products: one by one they cost as much as the backward pass on two cores.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)


def orthogonalise(stack: Tensor, steps: int = 5, dtype: torch.dtype = torch.bfloat16) -> Tensor:
    """Newton-Schulz on a stack of matrices (n, rows, cols) with rows <= cols, in ``dtype``."""
    a, b, c = _COEFFICIENTS
    x = stack.to(dtype)
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.transpose(1, 2)
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x


class Muon(torch.optim.Optimizer):
    """Momentum with orthogonalised updates for two-dimensional weights.

    Of ``world`` processes with the same gradients each orthogonalises its part, and they exchange the result.
    """

    def __init__(
        self,
        params: list[nn.Parameter],
        lr: float,
        momentum: float,
        weight_decay: float,
        dtype: torch.dtype = torch.bfloat16,
        rank: int = 0,
        world: int = 1,
    ):
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
        self._dtype, self._rank, self._world = dtype, rank, world

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            shapes: dict[tuple[int, int], list[nn.Parameter]] = defaultdict(list)
            for p in group["params"]:
                rows, cols = p.shape
                shapes[(min(rows, cols), max(rows, cols))].append(p)
            for members in shapes.values():
                self._step_stack(members, group)

    def _step_stack(self, members: list[nn.Parameter], group: dict[str, float]) -> None:
        updates = []
        for p in members:
            assert p.grad is not None
            buffer = self.state[p].setdefault("momentum_buffer", torch.zeros_like(p))
            buffer.lerp_(p.grad, 1 - group["momentum"])
            update = p.grad.lerp(buffer, group["momentum"])
            updates.append(update if p.shape[0] <= p.shape[1] else update.T)
        flat = torch.stack(updates)
        mine = orthogonalise(flat[self._rank :: self._world], dtype=self._dtype)
        if self._world > 1:
            flat = torch.zeros_like(flat)
            flat[self._rank :: self._world] = mine.to(flat.dtype)
            dist.all_reduce(flat)
        else:
            flat = mine
        for p, update in zip(members, flat, strict=True):
            rows, cols = p.shape
            if rows > cols:
                update = update.T
            p.mul_(1 - group["lr"] * group["weight_decay"])
            p.add_(update.to(p.dtype), alpha=-group["lr"] * max(1.0, rows / cols) ** 0.5)


def make_optimizers(
    model: nn.Module,
    matrix_lr: float,
    embedding_lr: float,
    weight_decay: float,
    muon: bool = True,
    **muon_options: Any,
) -> list[torch.optim.Optimizer]:
    """Optimizers over all parameters of a Llama; `muon=False` trains the matrices with AdamW too."""
    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and "embed" not in n]
    rest = [p for n, p in model.named_parameters() if p.ndim != 2 or "embed" in n]
    adam = torch.optim.AdamW(
        rest, lr=embedding_lr, betas=(0.9, 0.95), eps=1e-10, weight_decay=0.0, foreach=True
    )
    first: torch.optim.Optimizer
    if muon:
        first = Muon(matrices, lr=matrix_lr, momentum=0.95, weight_decay=weight_decay, **muon_options)
    else:
        first = torch.optim.AdamW(
            matrices, lr=matrix_lr, betas=(0.9, 0.95), weight_decay=weight_decay, foreach=True
        )
    return [first, adam]
