"""params.yaml as typed, strict models.

Every problem of the file is reported at once, with the key, what was found and, for a misspelled key,
the nearest right one. A stage names the keys it reads, ``read_params("clean", "seed")``; what it did
not name it cannot read, so the list in dvc.yaml and the code cannot drift apart unnoticed (a test
compares the two).
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from twainbot.files import InputError
from twainbot.records import Kind

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]


class Section(BaseModel):
    """A strict section: no unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Reached only for what is absent: what the stage did not declare (see :func:`read_params`)."""
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


class Toolcalls(Section):
    episodes: Positive
    no_call_share: Share
    clock: str
    eval_call_items: Positive
    eval_no_call_items: Positive


class Instruct(Section):
    max_rows_per_persona: Positive
    control_tag_share: Share
    max_answer_tokens: Positive


class Split(Section):
    val_share: Share
    test_share: Share
    book_family: Literal["book", "chapter"]
    tools_share: Share


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
    split: Split
    base: Base
    train: Train
    evaluate: Evaluate
    style: Style
    report: Report


def _known_keys(model: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    for part in path:
        field = model.model_fields.get(str(part))
        annotation = field.annotation if field else None
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return []
        model = annotation
    return list(model.model_fields)


def describe(error: ValidationError, source: str, model: type[BaseModel]) -> str:
    """All problems of a pydantic error, a line each, with "did you mean" for unknown keys."""
    lines = []
    for problem in error.errors():
        location = problem["loc"]
        key = ".".join(str(part) for part in location)
        if problem["type"] == "extra_forbidden":
            near = difflib.get_close_matches(str(location[-1]), _known_keys(model, location[:-1]), n=1)
            hint = f"did you mean {near[0]!r}?" if near else "remove it."
            lines.append(f"{source}: {key}: unknown key; {hint}")
        elif problem["type"] == "missing":
            lines.append(
                f"{source}: {key}: missing; add it (profiles/ and the git history show its usual value)."
            )
        else:
            found = problem.get("input")
            message = problem["msg"]
            lines.append(f"{source}: {key}: {message[:1].lower()}{message[1:]}, found {found!r}.")
    return "\n".join(lines)


def read_yaml(path: str | os.PathLike[str]) -> Any:
    """Parse a YAML file.

    Raises:
        InputError: it does not exist or is not YAML; names file, line and column.
    """
    try:
        return yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(
            f"{path} does not exist. Run from the repository's root, where params.yaml lies."
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or "cannot be parsed"
        raise InputError(
            f"{where}: not valid YAML ({problem}). Mend the line; `git diff {path}` shows what changed."
        ) from error


def load_params(path: str | os.PathLike[str] = "params.yaml") -> Params:
    """Read and validate the whole file.

    Raises:
        InputError: unknown, missing or wrong keys, all of them at once.
    """
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise InputError(f"{path}: expected a mapping of sections, found {type(content).__name__}.")
    try:
        return Params.model_validate(content)
    except ValidationError as error:
        raise InputError(describe(error, str(path), Params)) from error


def read_params(*keys: str, path: str | os.PathLike[str] = "params.yaml") -> Params:
    """The params, with every section that is not among ``keys`` made unreadable.

    ``keys`` are dotted, as in dvc.yaml: ``read_params("seed", "train.common", "train.style")``.
    """
    params = load_params(path)
    return _restrict(params, {tuple(key.split(".")) for key in keys})


Model = TypeVar("Model", bound=BaseModel)


def _restrict(model: Model, keys: set[tuple[str, ...]]) -> Model:
    restricted = model.model_copy()
    for name in list(restricted.__dict__):
        if (name,) in keys:
            continue
        if below := {key[1:] for key in keys if key[0] == name}:
            restricted.__dict__[name] = _restrict(getattr(model, name), below)
        else:
            del restricted.__dict__[name]
    return restricted
