"""The loss of PackTrainer is TRL's, computed on fewer positions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from twainbot.modeling.base import load_base, load_tokenizer
from twainbot.modeling.pack import IGNORE, Pack, pack, tokenise_chat

KEYS = ("input_ids", "labels", "seq_lengths")


@pytest.fixture
def packs(tiny_base: Path, at_root: Path) -> list[Pack]:
    """Four packs of one to three rows, of very different numbers of learned tokens."""
    rows = [
        {
            "id": f"row-{n}",
            "messages": [
                {"role": "user", "content": f"How is the river at mile {n}?"},
                {"role": "assistant", "content": "High. " * (1 + 5 * (n % 4)) + f"At mile {n}."},
            ],
        }
        for n in range(8)
    ]
    made = pack(tokenise_chat(rows, load_tokenizer(tiny_base, "llama31"), 10**4).sequences, 400)
    assert len(made) >= 4
    assert max(len(item["seq_lengths"]) for item in made) > 1
    assert len({learned(item) for item in made[:4]}) > 1
    return made[:4]


def learned(item: Pack) -> int:
    return sum(label != IGNORE for label in item["labels"])


def trainer(
    kind: Any, base: Path, output: Path, train: Sequence[Pack], val: Sequence[Pack] = (), **settings: Any
) -> Any:
    """A trainer on the tiny base as :mod:`twainbot.modeling.train` makes it; plain SGD shows the gradient."""
    from datasets import Dataset
    from trl import SFTConfig

    model = load_base(base, "float32")
    model.config.use_cache = False
    values = {
        "output_dir": str(output),
        "max_steps": 1,
        "per_device_train_batch_size": 1,
        "per_device_eval_batch_size": 1,
        "gradient_accumulation_steps": 1,
        "learning_rate": 0.5,
        "lr_scheduler_type": "constant",
        "optim": "sgd",
        "max_grad_norm": 0.0,
        "bf16": False,
        "gradient_checkpointing": False,
        "max_length": None,
        "packing": False,
        "padding_free": True,
        "dataset_kwargs": {"skip_prepare_dataset": True},
        "remove_unused_columns": False,
        "save_strategy": "no",
        "report_to": [],
        "logging_steps": 1,
        "dataloader_pin_memory": False,
        "disable_tqdm": True,
        "use_cpu": True,
    }

    def dataset(some: Sequence[Pack]) -> Any:
        return Dataset.from_list([{key: item[key] for key in KEYS} for item in some])  # type: ignore[literal-required]

    return kind(
        model=model,
        args=SFTConfig(**values | settings),
        train_dataset=dataset(train),
        eval_dataset=dataset(val or train),
        processing_class=load_tokenizer(base, "llama31"),
    )


@pytest.fixture
def kinds() -> tuple[Any, Any]:
    from trl import SFTTrainer

    from twainbot.modeling.trainer import PackTrainer

    return SFTTrainer, PackTrainer


def union_loss(base: Path, packs: Sequence[Pack], collate: Any) -> float:
    """Mean nats a learned token over all packs, straight from the model."""
    import torch
    from torch.nn.functional import cross_entropy

    model = load_base(base, "float32")
    model.config.use_cache = False
    total, count = 0.0, 0
    for item in packs:
        batch = collate([{key: item[key] for key in KEYS}])  # type: ignore[literal-required]
        with torch.no_grad():
            logits = model(input_ids=batch["input_ids"], position_ids=batch["position_ids"]).logits
        total += cross_entropy(
            logits[0, :-1], batch["labels"][0, 1:], ignore_index=IGNORE, reduction="sum"
        ).item()
        count += int((batch["labels"] != IGNORE).sum())
    assert count == sum(learned(item) for item in packs)
    return total / count


def test_the_loss_and_its_gradient_are_those_of_trl(tiny_base, tmp_path, packs, kinds):
    import torch

    theirs, ours = (trainer(kind, tiny_base, tmp_path, packs) for kind in kinds)
    for item in packs:
        for count in (None, torch.tensor(1234)):
            losses = []
            for one in (theirs, ours):
                batch = one._prepare_inputs(one.data_collator([{key: item[key] for key in KEYS}]))
                one.model.zero_grad()
                loss = one.compute_loss(one.model, batch, num_items_in_batch=count)
                loss.backward()
                losses.append(loss.item())
            assert losses[1] == pytest.approx(losses[0], abs=1e-5)
            for (name, a), (_, b) in zip(
                theirs.model.named_parameters(), ours.model.named_parameters(), strict=True
            ):
                assert torch.allclose(a.grad, b.grad, atol=1e-5), name


def test_packs_accumulate_as_if_they_were_one(tiny_base, tmp_path, packs, kinds):
    """A step over four packs: the loss is the mean over all learned tokens, and so is the gradient."""
    import torch

    theirs, ours = (
        trainer(kind, tiny_base, tmp_path, packs, gradient_accumulation_steps=len(packs)) for kind in kinds
    )
    expected = union_loss(tiny_base, packs, ours.data_collator)
    of_packs = [union_loss(tiny_base, [item], ours.data_collator) for item in packs]
    mean_of_packs = sum(of_packs) / len(packs)
    assert abs(mean_of_packs - expected) > 1e-4  # the test can tell the two apart
    for one in (theirs, ours):
        one.train()
        assert one.state.log_history[0]["loss"] == pytest.approx(expected, abs=1e-5)
    for (name, a), (_, b) in zip(theirs.model.named_parameters(), ours.model.named_parameters(), strict=True):
        assert torch.allclose(a, b, atol=1e-5), name

    # One step of SGD is the gradient: the sum over packs of learned / all learned * its own gradient.
    before = dict(load_base(tiny_base, "float32").named_parameters())
    total = sum(learned(item) for item in packs)
    single = trainer(kinds[1], tiny_base, tmp_path, packs)
    single.model.zero_grad()
    for item in packs:
        batch = single._prepare_inputs(single.data_collator([{key: item[key] for key in KEYS}]))
        (single.compute_loss(single.model, batch) * learned(item) / total).backward()
    for name, parameter in single.model.named_parameters():
        step = before[name] - 0.5 * parameter.grad
        assert torch.allclose(dict(ours.model.named_parameters())[name], step, atol=1e-5), name


def test_the_validation_loss_is_the_mean_over_tokens_not_over_packs(tiny_base, tmp_path, packs, kinds):
    one = trainer(kinds[1], tiny_base, tmp_path, packs[:1], val=packs)
    expected = union_loss(tiny_base, packs, one.data_collator)
    assert one.evaluate()["eval_loss"] == pytest.approx(expected, abs=1e-5)


def test_packs_come_one_at_a_time(tiny_base, tmp_path, packs, kinds):
    import torch

    one = trainer(kinds[1], tiny_base, tmp_path, packs)
    with pytest.raises(ValueError, match="batch of 2"):
        one.compute_loss(one.model, {"labels": torch.zeros(2, 3)})
