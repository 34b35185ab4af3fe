"""A teacher's answers to rows: what it wrote itself is synthetic, what it asked about human text is not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from twainbot.dataset.sampling import draw, pick
from twainbot.dataset.style.instruct import control_tags, system_prompt
from twainbot.dataset.teacher.answers import Answer, answer_id, generator, said, unanswered
from twainbot.dataset.teacher.checks import Checks, Problem, answer_problem, copies
from twainbot.dataset.teacher.plan import Lesson
from twainbot.dataset.teacher.prompts import TRAINED, Prompts
from twainbot.files import content_id
from twainbot.records import Example, Message


class Refused(TypedDict):
    """An answer that made no row, and why."""

    id: str
    stage: str
    reason: str
    detail: str
    template_id: str
    persona: str
    parents: list[str]
    text: str


@dataclass(frozen=True)
class RowRules:
    """How rows are made of answers. Of control tags it is the ``instruct`` section that speaks."""

    max_synthetic_ratio: float
    control_tag_share: float
    control_tag_dropout: float
    seed: int


@dataclass(frozen=True)
class Learnt:
    """The answers that may be used, in the order of the plan, and those that may not."""

    lessons: tuple[tuple[Lesson, Answer], ...]
    refused: tuple[Refused, ...]
    planned: int
    unanswered: dict[str, int]  # by kind


@dataclass(frozen=True)
class Taught:
    """All rows, the answers that made none, and metrics."""

    rows: list[Example]
    refused: list[Refused]
    metrics: dict[str, Any]


def learn(lessons: Sequence[Lesson], answers: Mapping[str, Answer], checks: Checks) -> Learnt:
    """Look up and check the answer of every lesson."""
    missing = set(unanswered([lesson.key for lesson in lessons], answers))
    problems: dict[str, Problem] = {}
    sound: list[Lesson] = []
    for lesson in lessons:
        if lesson.key in missing:
            continue
        if problem := answer_problem(lesson, answers[lesson.key], checks):
            problems[lesson.key] = problem
        else:
            sound.append(lesson)
    problems |= copies(sound, answers, checks.similar)
    return Learnt(
        lessons=tuple((lesson, answers[lesson.key]) for lesson in sound if lesson.key not in problems),
        refused=tuple(
            _refused(lesson, answers[lesson.key], problems[lesson.key])
            for lesson in lessons
            if lesson.key in problems
        ),
        planned=len(lessons),
        unanswered=_by_kind(lesson for lesson in lessons if lesson.key in missing),
    )


def _by_kind(lessons: Iterable[Lesson]) -> dict[str, int]:
    return dict(sorted(Counter(lesson.kind for lesson in lessons).items()))


def _refused(lesson: Lesson, answer: Answer, problem: Problem) -> Refused:
    return Refused(
        id=answer_id(lesson.key),
        stage="instruct",
        reason=problem[0],
        detail=problem[1],
        template_id=f"teacher_{lesson.kind}",
        persona=lesson.tags["persona"],
        parents=list(lesson.parents),
        text=said(answer),
    )


def neutral_sides(learnt: Learnt) -> dict[str, str]:
    """Passage id -> what the passage says, in plain English."""
    return {
        lesson.parents[0]: said(answer) for lesson, answer in learnt.lessons if lesson.kind == "neutralise"
    }


def credited(rows: Sequence[Example], learnt: Learnt) -> list[Example]:
    """The rows; those that use a text of :func:`neutral_sides` name the teacher and its answer."""
    found = {lesson.parents[0]: answer for lesson, answer in learnt.lessons if lesson.kind == "neutralise"}
    return [_credit(row, found[row["parents"][0]]) if _uses(row, found) else row for row in rows]


def _uses(row: Example, answers: Mapping[str, Answer]) -> bool:
    if not row["parents"] or row["parents"][0] not in answers or row["generator"]:
        return False
    text = said(answers[row["parents"][0]])
    return any(text in str(message["content"]) for message in row["messages"] if message["role"] == "user")


def _credit(row: Example, answer: Answer) -> Example:
    name, parent = generator(answer["request"]["model"]), answer_id(answer["key"])
    return {**row, "generator": name, "parents": [*row["parents"], parent]}


def taught_rows(
    learnt: Learnt,
    rows: Sequence[Example],
    personas: Mapping[str, Mapping[str, Any]],
    prompts: Prompts,
    rules: RowRules,
) -> Taught:
    """``rows``, and after them the rows that the answers make.

    Of the rows that the teacher wrote, a persona gets at most ``rules.max_synthetic_ratio`` for each of its
    human ones; which, is drawn by their ids.
    """
    human: list[Example] = []
    synthetic: dict[str, list[tuple[Lesson, Answer, Example]]] = {}
    for lesson, answer in learnt.lessons:
        if lesson.kind in TRAINED:
            made = _row(lesson, answer, personas, prompts, rules)
            synthetic.setdefault(lesson.tags["persona"], []).append((lesson, answer, made))
        elif lesson.kind != "neutralise":
            human.append(_row(lesson, answer, personas, prompts, rules))
    counts = Counter(row["tags"]["persona"] for row in [*rows, *human] if row["origin"] == "human")
    kept: list[Example] = []
    refused = list(learnt.refused)
    for persona in sorted(synthetic):
        limit = int(rules.max_synthetic_ratio * counts[persona])
        drawn = sorted(synthetic[persona], key=lambda made: draw(rules.seed, "synthetic", made[2]["id"]))
        kept += [row for _, _, row in drawn[:limit]]
        over = f"{counts[persona]} human rows allow {limit}"
        refused += [_refused(lesson, answer, ("over_ratio", over)) for lesson, answer, _ in drawn[limit:]]
    made_rows = [*human, *kept]
    return Taught(
        [*rows, *made_rows],
        refused,
        {
            "planned": learnt.planned,
            "unanswered": sum(learnt.unanswered.values()),
            "unanswered_by_kind": learnt.unanswered,
            "neutral_sides": len(neutral_sides(learnt)),
            "rows": dict(sorted(Counter(row["template_id"] for row in made_rows).items())),
            "refused": dict(sorted(Counter(row["reason"] for row in refused).items())),
            "synthetic_for_each_human": {
                persona: sum(row["tags"]["persona"] == persona for row in kept) / counts[persona]
                for persona in sorted(synthetic)
                if counts[persona]
            },
        },
    )


def _row(
    lesson: Lesson,
    answer: Answer,
    personas: Mapping[str, Mapping[str, Any]],
    prompts: Prompts,
    rules: RowRules,
) -> Example:
    text, template = said(answer), f"teacher_{lesson.kind}"
    parents = [*lesson.parents, answer_id(lesson.key)]
    persona = lesson.tags["persona"]
    if lesson.row is not None:
        system, _, reply = lesson.row["messages"]
        messages = [system, Message(role="user", content=text), reply]
    else:
        controls = control_tags(
            lesson.tags,
            lesson.key,
            share=rules.control_tag_share,
            dropout=rules.control_tag_dropout,
            seed=rules.seed,
        )
        asked, replied = text, lesson.slots.get("text", "")
        if lesson.kind in TRAINED:
            turn = pick(prompts.turns[lesson.kind], rules.seed, "turn", lesson.key)
            asked, replied = turn.format(**lesson.slots), text
        messages = [
            Message(role="system", content=system_prompt(persona, personas, controls)),
            Message(role="user", content=asked),
            Message(role="assistant", content=replied),
        ]
    return Example(
        id=content_id("row", template, parents[0], json.dumps(messages, ensure_ascii=False)),
        messages=messages,
        tools=None,
        tags=lesson.tags,
        origin="synthetic" if lesson.kind in TRAINED else "human",
        generator=generator(lesson.request["model"]),
        template_id=template,
        parents=parents,
        family=lesson.family,
        split=None,
    )
