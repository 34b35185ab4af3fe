"""Training one LoRA or QLoRA adapter with TRL's trainer on packs that we made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twainbot.files import InputError, sha256_file
from twainbot.modeling.attention import chosen_attention
from twainbot.modeling.base import load_base
from twainbot.modeling.pack import Pack, step_count
from twainbot.modeling.run import Run
from twainbot.modeling.watchdog import Watchdog
from twainbot.sections.models import TrainCommon, TrainStage


@dataclass(frozen=True)
class Trained:
    """What a training run leaves: losses by step and the figures worth a diff."""

    train_curve: list[dict[str, float]]  # step, loss (mean nats per learned token)
    val_curve: list[dict[str, float]]
    steps: int
    best_step: int
    trainable_parameters: int


def _peft_config(common: TrainCommon) -> Any:
    from peft import LoraConfig

    return LoraConfig(
        r=common.lora.r,
        lora_alpha=common.lora.alpha,
        lora_dropout=common.lora.dropout,
        target_modules=sorted(common.lora.target_modules),
        task_type="CAUSAL_LM",
    )


def _check_targets(model: Any, wanted: Sequence[str]) -> None:
    import torch

    present = sorted(
        {name.rsplit(".", 1)[-1] for name, m in model.named_modules() if isinstance(m, torch.nn.Linear)}
    )
    if missing := sorted(set(wanted) - set(present)):
        raise InputError(
            f"params.yaml: train.common.lora.target_modules: {', '.join(missing)} not found in the base. "
            f"Its linear layers are: {', '.join(present)}."
        )


def adapted_model(base: Path, previous: Path | None, common: TrainCommon) -> Any:
    """The base with a fresh adapter, or with the previous stage's adapter made trainable.

    Raises:
        InputError: a target module that the base does not have; the right names are listed.
    """
    from peft import PeftModel, get_peft_model

    model = load_base(base, common.dtype, common.quantization, chosen_attention(common))
    _check_targets(model, common.lora.target_modules)
    # PEFT's prepare_model_for_kbit_training is left out: it makes float32 of embeddings and head, gigabytes
    # on a large base, for the sake of float16, which is not among the types here.
    if previous is None:
        model = get_peft_model(model, _peft_config(common))
    else:
        # Without is_trainable the adapter loads frozen, training changes nothing and nobody says so.
        model = PeftModel.from_pretrained(model, previous, is_trainable=True)
    return model


def train_adapter(
    *,
    base: Path,
    tokenizer: Any,
    previous: Path | None,
    train_packs: Sequence[Pack],
    val_packs: Sequence[Pack],
    common: TrainCommon,
    stage: TrainStage,
    seed: int,
    output: Path,
    run: Run,
) -> Trained:
    """Train and write ``adapter_model.safetensors`` and ``adapter_config.json`` into ``output``.

    The best adapter by validation loss is kept, not the last. Where ``run`` has a checkpoint, training goes
    on from it, and ends in the same bytes as if it had never stopped.

    Raises:
        InputError: no rows, or wrong target modules.
        Stopped: the loss is not a number, or jumped.
    """
    import torch
    from datasets import Dataset
    from transformers import PrinterCallback, set_seed
    from trl import SFTConfig

    from twainbot.modeling.trainer import PackTrainer
    from twainbot.modeling.watcher import Watcher

    if not train_packs or not val_packs:
        raise InputError(
            "no training or no validation rows: look at metrics/split.json for what each mix holds."
        )
    torch.set_num_threads(common.threads)
    set_seed(seed)
    model = adapted_model(base, previous, common)
    trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
    if trainable == 0:
        raise InputError(f"no trainable parameters after loading {previous}; the adapter was loaded frozen.")

    steps = step_count(len(train_packs), common.accumulate, stage.epochs)
    config = SFTConfig(
        output_dir=str(run.folder),
        max_steps=steps,
        per_device_train_batch_size=1,
        per_device_eval_batch_size=1,
        gradient_accumulation_steps=common.accumulate,
        learning_rate=stage.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=min(steps - 1, max(1, round(common.warmup_share * steps))),
        weight_decay=common.weight_decay,
        bf16=common.dtype == "bfloat16",
        activation_checkpointing=common.activation_checkpointing,
        max_length=None,
        packing=False,
        padding_free=True,
        dataset_kwargs={"skip_prepare_dataset": True},
        remove_unused_columns=False,
        logging_steps=max(1, steps // 40),
        logging_nan_inf_filter=False,  # it would hide what the watchdog looks for
        eval_strategy="steps",
        eval_steps=max(1, steps // common.evals),
        save_strategy="steps",
        save_steps=max(1, steps // common.evals),
        load_best_model_at_end=True,
        metric_for_best_model="eval_loss",
        report_to=[],
        seed=seed,
        data_seed=seed,
        dataloader_pin_memory=False,
        disable_tqdm=True,  # the watcher has a bar of its own
        use_cpu=not (torch.cuda.is_available() or torch.backends.mps.is_available()),
    )
    # The default use_cache=True leaks attention across the rows of a pack.
    model.config.use_cache = False
    columns = ("input_ids", "labels", "seq_lengths")
    trainer = PackTrainer(
        model=model,
        args=config,
        train_dataset=Dataset.from_list([{key: pack[key] for key in columns} for pack in train_packs]),
        eval_dataset=Dataset.from_list([{key: pack[key] for key in columns} for pack in val_packs]),
        processing_class=tokenizer,
    )
    trainer.watchdog = Watchdog(run.limits.spike_factor, run.limits.spike_window)
    watcher = Watcher(trainer, run)
    trainer.add_callback(watcher)
    # What transformers puts in its bar's place is a line of figures a step; the curves hold them.
    trainer.remove_callback(PrinterCallback)
    if run.checkpoint and run.first_step == steps:
        trainer.finish_from(run.checkpoint)
    else:
        try:
            trainer.train(resume_from_checkpoint=str(run.checkpoint) if run.checkpoint else None)
        finally:
            watcher.close()
    history = trainer.state.log_history
    trained = Trained(
        train_curve=[{"step": h["step"], "loss": h["loss"]} for h in history if "loss" in h],
        val_curve=[{"step": h["step"], "loss": h["eval_loss"]} for h in history if "eval_loss" in h],
        steps=steps,
        best_step=trainer.state.best_global_step or steps,
        trainable_parameters=trainable,
    )
    _write_adapter(model, base, output)
    if previous is not None and _weights_sha(previous) == _weights_sha(output):
        raise InputError(f"training did not change the adapter of {previous}; is the learning rate 0?")
    return trained


def _weights_sha(folder: Path) -> str:
    return sha256_file(folder / "adapter_model.safetensors")


def _write_adapter(model: Any, base: Path, output: Path) -> None:
    model.save_pretrained(output)
    (output / "README.md").unlink(missing_ok=True)
    path = output / "adapter_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    # PEFT writes a set, in hash order, and whatever path the base was loaded from.
    config["target_modules"] = sorted(config["target_modules"])
    config["base_model_name_or_path"] = base.as_posix()
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
