"""The sections of the stages that read, clean and tag texts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from twainbot.records import Kind
from twainbot.sections.strict import Count, Positive, Section, Share


class Corpus(Section):
    name: Literal["sample", "full"]
    min_kept_share: Share


class Engine(Section):
    kind: Literal["local", "ray", "slurm"]
    workers: Positive
    memory_gb: Positive
    limit_minutes: Positive
    slurm_partition: str


class Fetch(Section):
    delay_seconds: Annotated[float, Field(ge=0.0)]
    retries: Count
    timeout_seconds: Annotated[float, Field(gt=0.0)]
    max_pages: Positive
    max_page_bytes: Positive


Action = Literal["drop", "tag", "keep"]


def _unquoted_off(value: Any) -> Any:
    """YAML reads ``off`` without quotes as false."""
    return "off" if value is False else value


class Clean(Section):
    window_tokens: Positive
    overlap_tokens: Count
    min_words: Positive
    min_words_post: Positive
    min_words_speech: Positive
    max_tokens: Positive
    language: str
    language_profiles: list[str]
    language_min_words: Positive
    language_seed: int
    language_characters: Positive
    html_kinds: list[Kind]
    slurs: str
    slur_action: Literal["drop", "tag"]
    profanity: str
    profanity_action: Action
    sexual: str
    sexual_action: Action
    topics: str
    review: str
    personal_data: dict[Kind, list[Literal["email", "phone", "address", "account"]]]
    phone_regions: dict[Kind, list[Annotated[str, Field(pattern="^[A-Z]{2}$")]]]
    toxicity_action: Annotated[Literal["off", "tag", "drop"], BeforeValidator(_unquoted_off)]
    toxicity_threshold: Share
    toxicity_detector: Literal["alt-profanity-check", "detoxify"]
    toxicity_checkpoint: str

    @model_validator(mode="after")
    def _overlap_is_at_most_half(self) -> Clean:
        if 2 * self.overlap_tokens > self.window_tokens:
            raise ValueError("overlap_tokens must be at most half of window_tokens")
        return self

    @model_validator(mode="after")
    def _windows_fit(self) -> Clean:
        if self.max_tokens < self.window_tokens:
            raise ValueError("max_tokens must be at least window_tokens, or whole windows are dropped")
        return self

    @model_validator(mode="after")
    def _language_is_known(self) -> Clean:
        if self.language not in self.language_profiles:
            raise ValueError(
                f"language_profiles lacks {self.language!r}; without it all of that language is dropped"
            )
        return self


class Dedupe(Section):
    threshold: Annotated[float, Field(gt=0.0, le=1.0)]
    index_threshold: Annotated[float, Field(gt=0.0, le=1.0)]
    shingle_words: Positive
    short_threshold: Annotated[float, Field(gt=0.0, le=1.0)]
    short_index_threshold: Annotated[float, Field(gt=0.0, le=1.0)]
    short_shingle_words: Positive
    short_text_words: Positive
    num_perm: Annotated[int, Field(ge=2)]

    @field_validator("index_threshold", "short_index_threshold")
    @classmethod
    def _below_the_decision(cls, value: float, info: ValidationInfo) -> float:
        decision = str(info.field_name).replace("index_", "")
        # Absent if it is itself wrong, which is then reported.
        if value >= info.data.get(decision, 2.0):
            raise ValueError(f"must be below {decision}, or half of the copies at it are missed")
        return value


Threshold = Annotated[float, Field(gt=0.0, le=1.0)]


class TagThresholds(Section):
    humorous: Threshold
    wry: Threshold
    satirical: Threshold
    didactic: Threshold
    aphoristic: Threshold
    weather: Threshold
    pun: Threshold
    hyperbole: Threshold
    analogy: Threshold
    sarcasm: Threshold


class Tag(Section):
    lexicon: str
    labels: str
    thresholds: TagThresholds
