"""The sections of the stages that make training rows, split them and check them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import (
    AfterValidator,
    Field,
    field_validator,
    model_validator,
)

from twainbot.records import CallScenario, Flaw, NoCallScenario
from twainbot.sections.strict import Count, Positive, Section, Share


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

    @field_validator("clock")
    @classmethod
    def _day(cls, clock: str) -> str:
        try:
            date.fromisoformat(clock)
        except ValueError as error:
            raise ValueError("must be a day as '2025-03-11', in quotes") from error
        return clock


def _below_one(shares: dict[str, float]) -> dict[str, float]:
    if sum(shares.values()) >= 1:
        raise ValueError("must add up to less than 1, or the other templates have none")
    return shares


class Instruct(Section):
    max_rows_per_persona: Positive
    max_rows_per_passage: Positive
    max_source_share: Annotated[float, Field(gt=0.0, le=1.0)]
    max_template_share: Annotated[float, Field(gt=0.0, le=1.0)]
    template_shares: Annotated[dict[str, Share], AfterValidator(_below_one)]
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
    min_plain_change: Share
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
