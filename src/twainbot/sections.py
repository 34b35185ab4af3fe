"""The sections of params.yaml as typed, strict models.

What a value does is said beside it in params.yaml; here is what it may be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from twainbot.records import CallScenario, Flaw, Kind, NoCallScenario

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]


class Section(BaseModel):
    """A strict section: no unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Reached only for what is absent: what the stage did not declare."""
            if name in type(self).model_fields:
                raise AttributeError(
                    f"this stage reads {name!r} of {type(self).__name__} without naming it in "
                    f"read_params(...); add it there and to the stage's params in dvc.yaml"
                )
            return super().__getattr__(name)


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


class Scenarios(Section):
    call: dict[CallScenario, Share]
    no_call: dict[NoCallScenario, Share]

    @field_validator("call", "no_call")
    @classmethod
    def _whole(cls, shares: dict[str, float]) -> dict[str, float]:
        if abs(sum(shares.values()) - 1) > 1e-6:
            raise ValueError(f"the shares must add up to 1; they are {round(sum(shares.values()), 6)}")
        return shares


class Toolcalls(Section):
    episodes: Positive
    no_call_share: Share
    scenarios: Scenarios
    comparison: Literal["sequential", "parallel"]
    retry_share: Share
    clock: str
    eval_call_items: Positive
    eval_no_call_items: Positive


class Instruct(Section):
    max_rows_per_persona: Positive
    max_rows_per_passage: Positive
    max_source_share: Annotated[float, Field(gt=0.0, le=1.0)]
    max_template_share: Annotated[float, Field(gt=0.0, le=1.0)]
    control_tag_share: Share
    control_tag_dropout: Share
    max_answer_tokens: Positive
    min_imitation_change: Share


class TeacherRequests(Section):
    style: Count
    neutralise: Count
    joke: Count
    paraphrase: Count
    backtranslate: Count


class TeacherAsked(Section):
    model: Annotated[str, Field(min_length=1)]
    temperature: Annotated[float, Field(ge=0.0, le=2.0)]
    max_tokens: Positive
    personas: list[str]
    requests: TeacherRequests


class TeacherEndpoint(Section):
    base_url: Annotated[str, Field(pattern="^https?://[^/]")]
    timeout_seconds: Annotated[float, Field(gt=0.0)]
    retries: Count
    concurrency: Positive
    price_input: Annotated[float, Field(ge=0.0)]
    price_output: Annotated[float, Field(ge=0.0)]


class Teacher(Section):
    enabled: bool
    max_synthetic_ratio: Annotated[float, Field(ge=0.0, le=4.0)]
    asked: TeacherAsked
    endpoint: TeacherEndpoint


class Split(Section):
    val_share: Share
    test_share: Share
    book_family: Literal["book", "chapter"]
    tools_share: Share
    ngram_words: Annotated[int, Field(ge=3)]
    max_contaminated_share: Share

    @model_validator(mode="after")
    def _something_is_left_to_train_on(self) -> Split:
        if self.val_share + self.test_share >= 1:
            raise ValueError("val_share and test_share must leave something to train on")
        return self


class Contrast(Section):
    pairs: Positive
    shares: dict[Flaw, Share]

    @field_validator("shares")
    @classmethod
    def _of_one_whole(cls, shares: dict[Flaw, float]) -> dict[Flaw, float]:
        if missing := sorted(set(get_args(Flaw)) - shares.keys()):
            raise ValueError(f"{', '.join(missing)} missing; 0 leaves a flaw out")
        if abs(sum(shares.values()) - 1) > 1e-6:
            raise ValueError(f"must add up to 1, not {sum(shares.values()):g}")
        return shares


class SplitCounts(Section):
    train: Count
    val: Count
    test: Count


class Gate(Section):
    min_rows_mix: SplitCounts
    min_rows_persona: SplitCounts
    min_rows_domain: SplitCounts
    min_split_share: Share
    max_sexual_share: Share
    ngram_words: Positive
    max_contaminated_rows: Count
    max_duplicate_share: Share
    max_dropped_share: Share
    max_cut_share: Share
    max_synthetic_share: Share
    min_persona_balance: Share
    max_persona_share: Share
    max_template_share: Share
    min_scenario_share: Share
    scenarios: list[str]
    opening_words: Positive
    max_opening_share: Share
    diversity_answers: Positive
    min_distinct_2: Share
    min_pairs_flaw: Count


class Base(Section):
    path: str
    chat_template: str


class Lora(Section):
    r: Positive
    alpha: Positive
    dropout: Share
    target_modules: list[str]


class TrainCommon(Section):
    quantization: Literal["none", "nf4"]
    dtype: Literal["float32", "bfloat16"]
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


class Train(Section):
    common: TrainCommon
    dapt: TrainStage
    style: TrainStage
    combined: TrainStage


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


class Params(Section):
    """The whole of params.yaml. Ranges and effects are explained beside each value there."""

    seed: int
    engine: Engine
    corpus: Corpus
    fetch: Fetch
    clean: Clean
    dedupe: Dedupe
    tag: Tag
    toolcalls: Toolcalls
    instruct: Instruct
    teacher: Teacher
    split: Split
    contrast: Contrast
    gate: Gate
    base: Base
    train: Train
    evaluate: Evaluate
    style: Style
    report: Report
