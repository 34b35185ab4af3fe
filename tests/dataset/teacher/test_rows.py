"""Rows of a teacher's answers: what is trained on, who wrote it, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from builders import n_words, passage

from twainbot.dataset.teacher.answers import Answer, answer_id
from twainbot.dataset.teacher.checks import Checks, read_checks
from twainbot.dataset.teacher.plan import Lesson, TeachingRules, plan
from twainbot.dataset.teacher.prompts import KINDS, Prompts, read_teacher_prompts
from twainbot.dataset.teacher.rows import (
    Learnt,
    RowRules,
    Taught,
    credited,
    learn,
    neutral_sides,
    taught_rows,
)
from twainbot.files import content_id
from twainbot.params import load_params
from twainbot.records import Example, Passage
from twainbot.text.similar import DedupeRules

ROOT = Path(__file__).resolve().parents[3]
PERSONAS: dict[str, dict[str, Any]] = {
    "twain": {"name": "Mark Twain", "system_prompt": "You are Mark Twain.", "tones": ["wry"]}
}
OWN = passage("The ferry was late, and the captain swore that the river had moved in the night.", 1)
SENTENCE = "The Mell disappears into the chalk near the town in dry summers."
PLAIN = passage(SENTENCE, 2, persona="neutral", family="gazetteer")
RULES = RowRules(max_synthetic_ratio=3.0, control_tag_share=0.0, control_tag_dropout=0.0, seed=1)


@pytest.fixture(scope="module")
def prompts() -> Prompts:
    return read_teacher_prompts(ROOT / "data/teacher/prompts.yaml")


@pytest.fixture(scope="module")
def checks(prompts: Prompts) -> Checks:
    params = load_params(ROOT / "params.yaml")
    clean = params.clean.model_copy(
        update={name: str(ROOT / getattr(params.clean, name)) for name in ("slurs", "profanity", "sexual")}
    )
    return read_checks(clean, prompts, n_words, 40, DedupeRules(**params.dedupe.model_dump(), seed=1))


def human_row(source: Passage = OWN, user: str = "Anything on ferries?") -> Example:
    return {
        "id": f"row-{user}",
        "messages": [
            {"role": "system", "content": "You are Mark Twain."},
            {"role": "user", "content": user},
            {"role": "assistant", "content": source["text"]},
        ],
        "tools": None,
        "tags": {"persona": "twain", "tone": "wry", "domain": "general", "source": "book", "device": "none"},
        "origin": "human",
        "generator": "",
        "template_id": "talk",
        "parents": [source["id"]],
        "family": source["family"],
        "split": None,
    }


def lessons_of(prompts: Prompts, *passages: Passage, **requests: int) -> list[Lesson]:
    from twainbot.dataset.tools.places import load_places

    rules = TeachingRules(
        model="big", temperature=0.5, max_tokens=50, personas=("twain",),
        requests=dict.fromkeys(KINDS, 0) | requests, max_answer_tokens=40, seed=1,
    )  # fmt: skip
    places = load_places(ROOT / "data/tools/places.yaml").places
    return plan(passages or (OWN, PLAIN), [human_row()], places, PERSONAS, prompts, rules)


def answered(lesson: Lesson, content: str, finish_reason: str = "stop") -> dict[str, Answer]:
    return {
        lesson.key: Answer(
            key=lesson.key, kind=lesson.kind, request=lesson.request, content=content,
            finish_reason=finish_reason, model="big", prompt_tokens=None, completion_tokens=None,
        )
    }  # fmt: skip


def made(prompts: Prompts, checks: Checks, kind: str, content: str) -> tuple[Lesson, Example]:
    (lesson,) = lessons_of(prompts, **{kind: 1})
    learnt = learn([lesson], answered(lesson, content), checks)
    taught = taught_rows(learnt, [human_row()], PERSONAS, prompts, RULES)
    assert taught.refused == []
    _, row = taught.rows
    assert row["id"] == content_id(
        "row", row["template_id"], row["parents"][0], json.dumps(row["messages"], ensure_ascii=False)
    )
    assert row["generator"] == "teacher:big"
    assert row["parents"][-1] == answer_id(lesson.key)
    assert row["split"] is None
    return lesson, row


def turns(row: Example) -> list[str]:
    return [str(message["content"]) for message in row["messages"]]


def test_a_sentence_in_the_personas_voice_is_synthetic(prompts: Prompts, checks: Checks) -> None:
    answer = "That creek goes underground every dry July, and I never blamed it."
    lesson, row = made(prompts, checks, "style", answer)
    assert turns(row)[0] == "You are Mark Twain."
    assert lesson.slots["text"] in turns(row)[1]
    assert turns(row)[2] == answer
    assert (row["origin"], row["template_id"]) == ("synthetic", "teacher_style")
    assert row["parents"] == [PLAIN["id"], answer_id(lesson.key)]
    assert row["family"] == "gazetteer"


def test_a_joke_has_no_passage(prompts: Prompts, checks: Checks) -> None:
    lesson, row = made(prompts, checks, "joke", "The mud here votes twice, and wins.")
    assert all(lesson.slots[name] in turns(row)[1] for name in ("place", "season", "condition"))
    assert turns(row)[2] == "The mud here votes twice, and wins."
    assert row["origin"] == "synthetic"
    assert row["parents"] == [answer_id(lesson.key)]


def test_a_question_for_a_passage_leaves_the_answer_human(prompts: Prompts, checks: Checks) -> None:
    lesson, row = made(prompts, checks, "backtranslate", "Was the boat on time?")
    assert turns(row)[1:] == ["Was the boat on time?", OWN["text"]]
    assert (row["origin"], row["template_id"]) == ("human", "teacher_backtranslate")
    assert row["parents"] == [OWN["id"], answer_id(lesson.key)]
    assert row["family"] == OWN["family"]


def test_a_rephrased_question_leaves_the_answer_human(prompts: Prompts, checks: Checks) -> None:
    lesson, row = made(prompts, checks, "paraphrase", '"Got a word about boats?"')
    assert turns(row) == ["You are Mark Twain.", "Got a word about boats?", OWN["text"]]
    assert row["origin"] == "human"
    assert row["parents"] == [OWN["id"], answer_id(lesson.key)]


def test_a_plain_version_is_for_the_rows_that_ask_to_restyle(prompts: Prompts, checks: Checks) -> None:
    (lesson,) = lessons_of(prompts, neutralise=1)
    text = "The boat was behind schedule. The captain said that the channel had shifted."
    learnt = learn([lesson], answered(lesson, text), checks)
    assert neutral_sides(learnt) == {OWN["id"]: text}
    restyled, other = human_row(user=f"Your way, please: {text}"), human_row()
    assert taught_rows(learnt, [other], PERSONAS, prompts, RULES).rows == [other]
    first, second = credited([restyled, other], learnt)
    assert second == other
    assert first == {
        **restyled, "generator": "teacher:big", "parents": [OWN["id"], answer_id(lesson.key)]
    }  # fmt: skip
    assert credited([first], learnt) == [first]


def test_what_is_not_answered_is_counted_and_makes_no_row(prompts: Prompts, checks: Checks) -> None:
    lessons = lessons_of(prompts, style=1, joke=3)
    learnt = learn(lessons, answered(lessons[0], "That creek hides from every dry July."), checks)
    taught = taught_rows(learnt, [human_row()], PERSONAS, prompts, RULES)
    assert len(taught.rows) == 2
    assert (taught.metrics["planned"], taught.metrics["unanswered"]) == (4, 3)
    assert taught.metrics["unanswered_by_kind"] == {"joke": 3}
    assert taught.metrics["rows"] == {"teacher_style": 1}
    assert taught.metrics["synthetic_for_each_human"] == {"twain": 1.0}


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        ("style", "", "empty"),
        ("style", " … ", "empty"),
        ("style", "The creek " + "and the creek " * 20, "too_long"),
        ("style", "As an AI, I have no creek.", "about_the_asking"),
        ("style", "Sure! That creek hides in July.", "about_the_asking"),
        ("style", "Here's a version: that creek hides.", "about_the_asking"),
        ("style", "That creek is a bloody bastard in July.", "unsafe"),
        ("style", "That grobblewort of a creek hides in July.", "unsafe"),
        ("style", "Write to creek@example.org in July, it hides.", "personal_data"),
        ("style", "Dieser Bach verschwindet jeden Sommer im Boden, und niemand weiß warum.", "language"),
        ("style", "The Mell disappears into the chalk near the town in dry summers!", "copies_source"),
        ("style", "Well, the Mell disappears into the chalk near the town in dry summers.", "copies_source"),
        ("paraphrase", "anything on ferries", "copies_source"),
        (
            "backtranslate",
            "Who swore that the river had moved in the night?",
            "quotes_source",
        ),
    ],
)  # fmt: skip
def test_an_answer_is_refused_for_what_it_is(
    prompts: Prompts, checks: Checks, kind: str, content: str, reason: str
) -> None:
    (lesson,) = lessons_of(prompts, **{kind: 1})
    learnt = learn([lesson], answered(lesson, content), checks)
    assert learnt.lessons == ()
    (refused,) = learnt.refused
    assert refused["reason"] == reason
    assert refused["id"] == answer_id(lesson.key)
    assert refused["template_id"] == f"teacher_{kind}"


@pytest.mark.parametrize("finish_reason", ["length", "content_filter", ""])
def test_half_an_answer_is_refused(prompts: Prompts, checks: Checks, finish_reason: str) -> None:
    (lesson,) = lessons_of(prompts, style=1)
    (refused,) = learn([lesson], answered(lesson, "That creek hides.", finish_reason), checks).refused
    assert refused["reason"] == "incomplete"


def test_of_two_answers_that_are_one_the_first_stays(prompts: Prompts, checks: Checks) -> None:
    first, second, third = lessons_of(prompts, joke=3)
    answers = (
        answered(first, "The fog here is so thick that the hens lay by appointment only.")
        | answered(second, "The fog here is so thick that the hens lay by appointment.")
        | answered(third, "Our mud votes twice.")
    )
    learnt = learn([first, second, third], answers, checks)
    assert [lesson.key for lesson, _ in learnt.lessons] == [first.key, third.key]
    (refused,) = learnt.refused
    assert refused["reason"] == "copies_another"
    assert refused["detail"].startswith(answer_id(first.key))


def jokes(prompts: Prompts, checks: Checks, count: int) -> Learnt:
    lessons = lessons_of(prompts, joke=count)
    answers: dict[str, Answer] = {}
    for number, lesson in enumerate(lessons):
        answers |= answered(lesson, " ".join(f"word{number}x{n}" for n in range(8)) + ".")
    return learn(lessons, answers, checks)


@pytest.mark.parametrize(("ratio", "kept"), [(0.0, 0), (1.5, 3), (2.0, 4), (4.0, 8), (3.9, 7)])
def test_synthetic_rows_are_capped_by_the_human_ones(
    prompts: Prompts, checks: Checks, ratio: float, kept: int
) -> None:
    learnt = jokes(prompts, checks, 10)
    human = [human_row(), human_row(user="And on boats?")]
    neutral = {**human_row(user="A"), "tags": {**human_row()["tags"], "persona": "neutral"}}
    rules = RowRules(max_synthetic_ratio=ratio, control_tag_share=0.0, control_tag_dropout=0.0, seed=1)
    taught: Taught = taught_rows(learnt, [*human, neutral], PERSONAS, prompts, rules)  # type: ignore[list-item]
    assert sum(row["origin"] == "synthetic" for row in taught.rows) == kept
    assert sum(refused["reason"] == "over_ratio" for refused in taught.refused) == 10 - kept
    assert taught.metrics["refused"] == ({"over_ratio": 10 - kept} if kept < 10 else {})


def test_the_cap_does_not_depend_on_the_order(prompts: Prompts, checks: Checks) -> None:
    learnt = jokes(prompts, checks, 10)
    turned = Learnt(learnt.lessons[::-1], (), 10, {})
    rows = [taught_rows(one, [human_row()], PERSONAS, prompts, RULES).rows for one in (learnt, turned)]
    assert {row["id"] for row in rows[0]} == {row["id"] for row in rows[1]}


def test_no_human_row_no_synthetic_one(prompts: Prompts, checks: Checks) -> None:
    taught = taught_rows(jokes(prompts, checks, 3), [], PERSONAS, prompts, RULES)
    assert taught.rows == []
    assert taught.metrics["synthetic_for_each_human"] == {}
