"""Train one adapter of the curriculum: dapt (plain text), style, combined (style and tools).

Each starts from the adapter before it; dapt starts from the base.
"""

import sys
from pathlib import Path
from typing import Any

from twainbot.files import atomic_folder, read_jsonl, write_json, write_jsonl
from twainbot.modeling.base import load_tokenizer
from twainbot.modeling.checkpoints import run_key
from twainbot.modeling.pack import pack, tokenise_chat, tokenise_text, within
from twainbot.modeling.preflight import check_machine, require
from twainbot.modeling.run import running
from twainbot.modeling.train import train_adapter
from twainbot.params import read_params
from twainbot.stage import run

PREVIOUS = {"dapt": None, "style": "dapt", "combined": "style"}


def main() -> None:
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in PREVIOUS:
        sys.exit(f"usage: python -m twainbot.stages.train {{{'|'.join(PREVIOUS)}}}")
    run(f"train-{name}", lambda: train(name))


def adapter_before(name: str) -> Path | None:
    """The adapter that a stage goes on from, None for the base alone."""
    before = PREVIOUS[name]
    return Path("models/adapters") / before if before else None


def train(name: str) -> None:
    params = read_params(
        "seed", "base.chat_template", "base.path", "base.repository", "base.revision", "preflight",
        "train.common", f"train.{name}", "train.run", "alerts",
    )  # fmt: skip
    common, stage = params.train.common, getattr(params.train, name)
    previous = adapter_before(name)
    require(check_machine(params.base, common, params.preflight, previous))
    tokenizer = load_tokenizer(Path(params.base.path), params.base.chat_template)
    tokenise = tokenise_text if name == "dapt" else tokenise_chat
    data = Path("data/split") / name
    train_rows = tokenise(read_jsonl(data / "train.jsonl"), tokenizer, common.max_length)
    val_rows = tokenise(read_jsonl(data / "val.jsonl"), tokenizer, common.max_length)
    train_packs = within(pack(train_rows.sequences, common.pack_tokens), stage.max_tokens)
    val_packs = within(
        pack(val_rows.sequences, common.pack_tokens), max(common.pack_tokens, stage.max_tokens // 20)
    )

    inputs: dict[str, Any] = {
        "base": Path(params.base.path),
        "previous": previous,
        "train_packs": train_packs,
        "val_packs": val_packs,
        "common": common,
        "stage": stage,
        "seed": params.seed,
    }
    metrics = Path(f"metrics/train_{name}.json")
    with running(f"train-{name}", run_key(**inputs), params.train.run, params.alerts, metrics) as attempt:
        with atomic_folder(Path("models/adapters") / name) as output:
            trained = train_adapter(**inputs, tokenizer=tokenizer, output=output, run=attempt)
            # Which rows each training sequence held, for `twainbot trace`.
            write_jsonl(
                output / "packs.jsonl",
                [{"pack": i, "rows": p["record_ids"]} for i, p in enumerate(train_packs)],
            )
        write_json(
            metrics,
            {
                "val_loss_first": trained.val_curve[0]["loss"],
                "val_loss_best": min(point["loss"] for point in trained.val_curve),
                "best_step": trained.best_step,
                "steps": trained.steps,
                "trainable_parameters": trained.trainable_parameters,
                "rows": sum(len(p["record_ids"]) for p in train_packs),
                "tokens": sum(len(p["input_ids"]) for p in train_packs),
                "learned_tokens": sum(label >= 0 for p in train_packs for label in p["labels"]),
                "fill": sum(len(p["input_ids"]) for p in train_packs)
                / (len(train_packs) * common.pack_tokens),
                "dropped": train_rows.counts(),
            },
        )
        curves = [{**p, "split": "train"} for p in trained.train_curve] + [
            {**p, "split": "val"} for p in trained.val_curve
        ]
        write_json(f"metrics/plots/loss_{name}.json", curves)


if __name__ == "__main__":
    main()
