"""The sections of the stages that train, generate and measure."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    Field,
)

from twainbot.sections.strict import Count, Positive, Section, Share


class Base(Section):
    path: str
    repository: str
    revision: str
    chat_template: str


class Lora(Section):
    r: Positive
    alpha: Positive
    dropout: Share
    target_modules: list[str]


class TrainCommon(Section):
    quantization: Literal["none", "nf4"]
    dtype: Literal["float32", "bfloat16"]
    attention: Literal["auto", "sdpa", "eager", "flash_attention_2"]
    activation_checkpointing: bool
    threads: Positive
    max_length: Positive
    pack_tokens: Positive
    accumulate: Positive
    warmup_share: Share
    weight_decay: Annotated[float, Field(ge=0.0)]
    evals: Positive
    lora: Lora


class TrainStage(Section):
    learning_rate: Annotated[float, Field(gt=0.0)]
    epochs: Annotated[float, Field(gt=0.0)]
    max_tokens: Positive


class TrainRun(Section):
    checkpoint_steps: Count
    max_restarts: Positive
    spike_factor: Annotated[float, Field(gt=1.0)]
    spike_window: Positive


class Train(Section):
    common: TrainCommon
    run: TrainRun
    dapt: TrainStage
    style: TrainStage
    combined: TrainStage


class Preflight(Section):
    tokens_per_second: Annotated[float, Field(ge=0.0)]
    price_per_hour: Annotated[float, Field(ge=0.0)]
    currency: Annotated[str, Field(min_length=1)]
    device_gb: Annotated[float, Field(ge=0.0)]
    max_lora_rank: Literal[1, 8, 16, 32, 64, 128, 256, 320, 512]


class Alerts(Section):
    command: list[str]
    webhook: Annotated[str, Field(pattern=r"^(https?://\S+)?$")]


class Evaluate(Section):
    threads: Positive
    batch_size: Positive
    style_prompts: Positive
    style_personas: list[str]
    style_temperature: Annotated[float, Field(gt=0.0)]
    style_top_p: Annotated[float, Field(gt=0.0, le=1.0)]
    perplexity_rows: Positive
    max_new_tokens: Positive


class Style(Section):
    window_words: Positive
    char_ngrams: Annotated[list[Positive], Field(min_length=2, max_length=2)]
    regularisation: Annotated[float, Field(gt=0.0)]
    folds: Positive


class Report(Section):
    bootstrap: Positive
    gate_schema_valid: Share
    gate_restraint: Share
