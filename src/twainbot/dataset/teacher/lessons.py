"""What is asked of the teacher and made of its answers, put together from the files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from twainbot.dataset.teacher.answers import Answer, read_answers
from twainbot.dataset.teacher.checks import Checks, read_checks
from twainbot.dataset.teacher.plan import Lesson, TeachingRules, plan
from twainbot.dataset.teacher.prompts import Prompts, read_teacher_prompts
from twainbot.dataset.teacher.rows import (
    Learnt,
    RowRules,
    Taught,
    credited,
    learn,
    neutral_sides,
    taught_rows,
)
from twainbot.dataset.tools.places import Place, load_places
from twainbot.files import InputError
from twainbot.records import Example, Passage
from twainbot.sections.rows import TeacherAsked
from twainbot.sections.texts import Clean
from twainbot.text.similar import DedupeRules

Personas = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Lessons:
    """All that the plan of requests depends on, but the rows."""

    passages: Sequence[Passage]
    personas: Personas
    places: Sequence[Place]
    prompts: Prompts
    rules: TeachingRules

    def planned(self, rows: Sequence[Example]) -> list[Lesson]:
        """Every request; of ``rows``, those made without the teacher may be said otherwise."""
        return plan(self.passages, rows, self.places, self.personas, self.prompts, self.rules)


def read_lessons(
    folder: Path,
    places: Path,
    passages: Sequence[Passage],
    personas: Personas,
    asked: TeacherAsked,
    max_answer_tokens: int,
    seed: int,
) -> Lessons:
    """The plan's inputs: prompts of ``folder`` (data/teacher) and the gazetteer ``places``.

    Raises:
        InputError: the prompts or places are wrong, or a persona has no card.
    """
    if unknown := [name for name in asked.personas if name not in personas]:
        raise InputError(
            f"params.yaml: teacher.asked.personas: no card for {', '.join(unknown)} in data/personas.yaml; "
            f"known: {', '.join(personas)}."
        )
    return Lessons(
        passages,
        personas,
        load_places(places).places,
        read_teacher_prompts(folder / "prompts.yaml"),
        TeachingRules(
            model=asked.model,
            temperature=asked.temperature,
            max_tokens=asked.max_tokens,
            personas=tuple(asked.personas),
            requests=asked.requests.model_dump(),
            max_answer_tokens=max_answer_tokens,
            seed=seed,
        ),
    )


@dataclass(frozen=True)
class Course:
    """The lessons, the answers that are there, and what an answer must be like."""

    lessons: Lessons
    answers: Mapping[str, Answer]
    checks: Checks
    rules: RowRules

    @cached_property
    def _plain(self) -> Learnt:
        plain = [lesson for lesson in self.lessons.planned([]) if lesson.kind == "neutralise"]
        return learn(plain, self.answers, self.checks)

    def neutral(self) -> dict[str, str]:
        """Passage id -> what the passage says in plain English, for the rows that ask to restyle it."""
        return neutral_sides(self._plain)

    def taught(self, rows: Sequence[Example]) -> Taught:
        """``rows``, those that use :meth:`neutral` credited to the teacher, and the rows of its answers."""
        rows = credited(rows, self._plain)
        learnt = learn(self.lessons.planned(rows), self.answers, self.checks)
        return taught_rows(learnt, rows, self.lessons.personas, self.lessons.prompts, self.rules)


def read_course(
    folder: Path,
    lessons: Lessons,
    n_tokens: Callable[[str], int],
    clean: Clean,
    similar: DedupeRules,
    rules: RowRules,
) -> Course:
    """The course of ``lessons``, with the answers that lie in ``folder`` (data/teacher).

    Raises:
        InputError: the answers or a word list cannot be read.
    """
    checks = read_checks(clean, lessons.prompts, n_tokens, lessons.rules.max_answer_tokens, similar)
    return Course(lessons, read_answers(folder), checks, rules)
