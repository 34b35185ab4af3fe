"""Batched generation, greedy or sampled with a seed. The only part of an evaluation that needs a model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from twainbot.modeling.chat_template import render
from twainbot.modeling.control_tokens import stop_ids, token_id

# A decoder drops special tokens, and this one is what makes a list a call.
CALL_MARKER = "[TOOL_CALLS]"


class Answer(NamedTuple):
    """Generated text without the token that stopped it, and a hash of the token ids."""

    text: str
    n_tokens: int
    token_ids_sha: str


class Sampling(NamedTuple):
    """Nucleus sampling. The seed fixes the draws of a whole call, so they depend on the set of prompts."""

    temperature: float
    top_p: float
    seed: int


def generate(
    model: Any,
    tokenizer: Any,
    prompts: Sequence[Sequence[int]],
    *,
    batch_size: int,
    max_new_tokens: int,
    sampling: Sampling | None = None,
    progress: bool = True,
) -> list[Answer]:
    """One answer for each prompt (a list of token ids), in the order given; greedy without ``sampling``.

    Batches hold prompts of similar length, so little is spent on padding; a prompt's batch depends on
    the set of prompts only, which keeps the output of a rerun identical. ``progress`` draws a bar where
    stderr is a terminal.
    """
    import torch
    from tqdm import tqdm

    order = sorted(range(len(prompts)), key=lambda i: (len(prompts[i]), i))
    firsts = range(0, len(order), batch_size)
    answers: dict[int, Answer] = {}
    stops = stop_ids(tokenizer)
    decoding: dict[str, Any] = {"do_sample": False}
    if sampling is not None:
        decoding = {"do_sample": True, "temperature": sampling.temperature, "top_p": sampling.top_p}
        torch.manual_seed(sampling.seed)
    with torch.inference_mode():
        for first in tqdm(firsts, desc="generate", disable=None if progress else True):
            batch = order[first : first + batch_size]
            width = max(len(prompts[i]) for i in batch)
            padding = [width - len(prompts[i]) for i in batch]
            ids = torch.tensor(
                [[tokenizer.pad_token_id] * n + list(prompts[i]) for i, n in zip(batch, padding, strict=True)]
            )
            mask = torch.tensor([[0] * n + [1] * (width - n) for n in padding])
            output = model.generate(
                input_ids=ids.to(model.device),
                attention_mask=mask.to(model.device),
                **decoding,
                use_cache=True,
                max_new_tokens=max_new_tokens,
                eos_token_id=stops,
                pad_token_id=tokenizer.pad_token_id,
            )
            for i, row in zip(batch, output[:, width:].tolist(), strict=True):
                ends = (at for at, token in enumerate(row) if token in stops)
                tokens = row[: next(ends, None)]
                digest = hashlib.sha256(",".join(map(str, tokens)).encode("ascii")).hexdigest()
                answers[i] = Answer(decode(tokenizer, tokens).strip(), len(tokens), digest[:16])
    return [answers[i] for i in range(len(prompts))]


def decode(tokenizer: Any, tokens: Sequence[int]) -> str:
    """The text of tokens without special ones, except those that mark a tool call."""
    marker = token_id(tokenizer, CALL_MARKER)
    pieces: list[list[int]] = [[]]
    for token in tokens:
        if token == marker:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return CALL_MARKER.join(tokenizer.decode(piece, skip_special_tokens=True) for piece in pieces)


def prompt_ids(tokenizer: Any, messages: Sequence[Any], tools: Sequence[Any] | None) -> list[int]:
    """Token ids of a conversation that ends where the assistant begins to speak."""
    return render(tokenizer, messages, tools, add_generation_prompt=True).input_ids


class RowLikelihood(NamedTuple):
    """Negative log-likelihood (nats, summed) of a row's learned tokens, their number and their bytes."""

    nll: float
    n_tokens: int
    n_bytes: int


def likelihoods(
    model: Any, tokenizer: Any, sequences: Sequence[Any], *, batch_size: int
) -> list[RowLikelihood]:
    """How well the model predicts the learned tokens of each sequence (see :mod:`twainbot.modeling.pack`)."""
    import torch
    from torch.nn.functional import cross_entropy
    from tqdm import tqdm

    order = sorted(range(len(sequences)), key=lambda i: (len(sequences[i]["input_ids"]), i))
    results: dict[int, RowLikelihood] = {}
    with torch.inference_mode():
        for first in tqdm(range(0, len(order), batch_size), desc="likelihood", disable=None):
            batch = order[first : first + batch_size]
            width = max(len(sequences[i]["input_ids"]) for i in batch)

            def padded(key: str, fill: int) -> torch.Tensor:
                rows = [sequences[i][key] for i in batch]  # noqa: B023 (used within this iteration only)
                return torch.tensor([row + [fill] * (width - len(row)) for row in rows])  # noqa: B023

            ids, labels = padded("input_ids", tokenizer.pad_token_id), padded("labels", -100)
            mask = (
                torch.arange(width)[None]
                < torch.tensor([len(sequences[i]["input_ids"]) for i in batch])[:, None]
            ).long()
            logits = model(
                input_ids=ids.to(model.device), attention_mask=mask.to(model.device), use_cache=False
            ).logits
            losses = cross_entropy(
                logits[:, :-1].float().transpose(1, 2),
                labels[:, 1:].to(model.device),
                ignore_index=-100,
                reduction="none",
            ).sum(dim=1)
            for i, nll in zip(batch, losses.tolist(), strict=True):
                learned = [label for label in sequences[i]["labels"][1:] if label != -100]
                size = len(tokenizer.decode(learned, skip_special_tokens=True).encode("utf-8"))
                results[i] = RowLikelihood(nll, len(learned), size)
    return [results[i] for i in range(len(sequences))]
