"""``twainbot teacher run``: ask the teacher what is planned and not answered yet."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from twainbot.dataset.personas import read_personas
from twainbot.dataset.teacher.answers import Answer, journal, merge_journal, read_answers
from twainbot.dataset.teacher.client import KEY_VARIABLE, Endpoint, Outcome, Question, ask
from twainbot.dataset.teacher.lessons import read_lessons
from twainbot.dataset.teacher.plan import Lesson
from twainbot.dataset.teacher.prompts import KINDS
from twainbot.files import InputError, read_jsonl, read_parquet
from twainbot.modeling.tokens import token_counter
from twainbot.params import load_params
from twainbot.records import Example, Passage
from twainbot.sections import Params
from twainbot.sections.rows import TeacherEndpoint
from twainbot.stage import exclusive

FOLDER = Path("data/teacher")
_ROWS = Path("data/instruct/examples.jsonl")
# What a chat template puts around each message, roughly.
_TOKENS_A_MESSAGE = 8


def run_teacher(dry_run: bool, limit: int | None) -> None:
    """Ask at most ``limit`` of the open requests, or with ``dry_run`` say how many there are and their cost.

    Raises:
        InputError: the stages before have not run, the endpoint refuses, or some requests failed; what was
            answered is kept in each case.
    """
    params = load_params()
    with exclusive("teacher"):
        merge_journal(FOLDER)
        answers = read_answers(FOLDER)
        lessons = _planned(params)
        todo = [lesson for lesson in lessons if lesson.key not in answers][:limit]
        print(estimate(lessons, todo, answers, params))
        if dry_run or not todo:
            return
        settings = params.teacher.endpoint
        endpoint = Endpoint(
            settings.base_url, settings.timeout_seconds, settings.retries, settings.concurrency
        )
        questions = [Question(lesson.kind, lesson.request) for lesson in todo]
        with journal(FOLDER) as keep:
            outcome = ask(questions, endpoint, os.environ.get(KEY_VARIABLE, ""), keep)
    print(f"{outcome.answered} answered and kept in {FOLDER}/responses.jsonl.")
    if not params.teacher.enabled:
        print("teacher.enabled is false in params.yaml: no stage makes rows of them yet.")
    _complain(outcome, settings)


def _planned(params: Params) -> list[Lesson]:
    if not _ROWS.is_file():
        raise InputError(f"{_ROWS} does not exist. Run `dvc repro instruct` first: some requests need it.")
    passages: list[Passage] = read_parquet("data/tag/passages.parquet")
    rows: list[Example] = read_jsonl(_ROWS)
    lessons = read_lessons(
        FOLDER,
        Path("data/tools/places.yaml"),
        passages,
        read_personas(Path("data/personas.yaml")),
        params.teacher.asked,
        params.instruct.max_answer_tokens,
        params.seed,
    )
    return lessons.planned(rows)


def estimate(
    lessons: Sequence[Lesson], todo: Sequence[Lesson], answers: Mapping[str, Answer], params: Params
) -> str:
    """A table by kind: planned, to be asked, tokens in and out, and the cost at the prices of params.yaml.

    Tokens in are counted with the base's tokenizer. Tokens out are the mean of the kind's answers so far if
    the endpoint counted them, else ``max_tokens``, which is the most that can be billed.
    """
    n_tokens = token_counter(Path(params.base.path))
    endpoint = params.teacher.endpoint
    lines = [f"{'':<14}{'planned':>8}{'to ask':>8}{'tokens in':>12}{'tokens out':>12}{'cost':>10}"]
    total = [0, 0, 0, 0]
    for kind in KINDS:
        open_ = [lesson for lesson in todo if lesson.kind == kind]
        came = [answer["completion_tokens"] for answer in answers.values() if answer["kind"] == kind]
        known = [count for count in came if count is not None]
        each = sum(known) / len(known) if known else params.teacher.asked.max_tokens
        tokens_in = sum(
            n_tokens(str(message["content"])) + _TOKENS_A_MESSAGE
            for lesson in open_
            for message in lesson.request["messages"]
        )
        planned = sum(lesson.kind == kind for lesson in lessons)
        counts = [planned, len(open_), tokens_in, round(each * len(open_))]
        total = [have + more for have, more in zip(total, counts, strict=True)]
        lines.append(_line(kind, counts, endpoint))
    lines.append(_line("all", total, endpoint))
    return "\n".join(lines)


def _line(name: str, counts: Sequence[int], endpoint: TeacherEndpoint) -> str:
    planned, todo, tokens_in, tokens_out = counts
    cost = (tokens_in * endpoint.price_input + tokens_out * endpoint.price_output) / 1e6
    return f"{name:<14}{planned:>8,}{todo:>8,}{tokens_in:>12,}{tokens_out:>12,}{cost:>10.2f}"


def _complain(outcome: Outcome, endpoint: TeacherEndpoint) -> None:
    if not outcome.failed:
        return
    reasons = ", ".join(f"{reason} ({count})" for reason, count in outcome.failed.items())
    left = f" {outcome.not_asked} more were not tried." if outcome.not_asked else ""
    raise InputError(
        f"{sum(outcome.failed.values())} requests to {endpoint.base_url} failed: {reasons}.{left} "
        f"What was answered is kept; run the command again to ask for the rest."
    )
