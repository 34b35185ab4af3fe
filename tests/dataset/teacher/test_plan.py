"""What a teacher is asked: the same on every run, bounded, and never about what is held out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from builders import passage

from twainbot.dataset.teacher.plan import Lesson, TeachingRules, plan
from twainbot.dataset.teacher.prompts import KINDS, Prompts, read_teacher_prompts
from twainbot.dataset.tools.places import load_places
from twainbot.files import InputError
from twainbot.records import Example, Passage

ROOT = Path(__file__).resolve().parents[3]
PROMPTS_FILE = ROOT / "data/teacher/prompts.yaml"
PLACES = load_places(ROOT / "data/tools/places.yaml").places
PERSONAS: dict[str, dict[str, Any]] = {
    "twain": {"name": "Mark Twain", "description": "A pilot.", "voice": "wry", "tones": ["wry", "tall"]},
    "franklin": {"name": "Benjamin Franklin", "description": "A printer.", "voice": "thrifty"},
}
LONG = "The ferry was late again, and the captain walked up and down the landing, number {n} of the day."


@pytest.fixture(scope="module")
def prompts() -> Prompts:
    return read_teacher_prompts(PROMPTS_FILE)


def rules(**fields: Any) -> TeachingRules:
    base: dict[str, Any] = {
        "model": "m", "temperature": 0.5, "max_tokens": 50, "personas": ("twain",),
        "requests": dict.fromkeys(KINDS, 4), "max_answer_tokens": 60, "seed": 1,
    }  # fmt: skip
    return TeachingRules(**(base | fields))


def books(count: int = 8, persona: str = "twain", first: int = 0, **fields: Any) -> list[Passage]:
    return [
        passage(LONG.format(n=n), n, persona=persona, family=f"{persona}/{n}", **fields)
        for n in range(first, first + count)
    ]


def row(user: str = "What do you say of ferries?", parent: Passage | None = None, **fields: Any) -> Example:
    parent = parent or passage(LONG)
    base: dict[str, Any] = {
        "id": f"row-{user}",
        "messages": [
            {"role": "system", "content": "You are Mark Twain."},
            {"role": "user", "content": user},
            {"role": "assistant", "content": parent["text"]},
        ],
        "tools": None,
        "tags": {"persona": "twain", "tone": "wry", "domain": "general", "source": "book", "device": "none"},
        "origin": "human",
        "generator": "",
        "template_id": "talk",
        "parents": [parent["id"]],
        "family": parent["family"],
        "split": None,
    }
    return base | fields  # type: ignore[return-value]


def planned(prompts: Prompts, passages: list[Passage], *rows: Example, **fields: Any) -> list[Lesson]:
    return plan(passages, rows, PLACES, PERSONAS, prompts, rules(**fields))


def of_kind(lessons: list[Lesson], kind: str) -> list[Lesson]:
    return [lesson for lesson in lessons if lesson.kind == kind]


def test_each_kind_is_asked_up_to_its_number_and_none_twice(prompts: Prompts) -> None:
    passages = [*books(), *books(8, "neutral", 20)]
    rows = [row(f"What of ferry {n}?", one) for n, one in enumerate(passages[:8])]
    lessons = planned(prompts, passages, *rows)
    assert Counter(lesson.kind for lesson in lessons) == dict.fromkeys(KINDS, 4)
    assert len({lesson.key for lesson in lessons}) == 20
    none = planned(prompts, passages, *rows, requests=dict.fromkeys(KINDS, 0))
    assert none == []


def test_the_plan_does_not_depend_on_the_order_of_its_inputs(prompts: Prompts) -> None:
    passages = [*books(), *books(8, "neutral", 20)]
    rows = [row(f"What of ferry {n}?", one) for n, one in enumerate(passages[:8])]
    forward = planned(prompts, passages, *rows)
    backward = plan(passages[::-1], rows[::-1], PLACES[::-1], PERSONAS, prompts, rules())
    assert [lesson.key for lesson in forward] == [lesson.key for lesson in backward]


def test_another_book_takes_the_place_of_few(prompts: Prompts) -> None:
    many = dict.fromkeys(KINDS, 100)
    before = {lesson.key for lesson in planned(prompts, books(150), requests=many)}
    after = {lesson.key for lesson in planned(prompts, books(160), requests=many)}
    # 10 of 160 are new, so about 6 of each 100 are displaced.
    assert len(before - after) < 30


def test_nothing_held_out_is_asked_about(prompts: Prompts) -> None:
    passages = [
        *books(3, holdout=True),
        # Of a family in which anything is held out, all is.
        passage(LONG.format(n=9), 9, family="twain/0"),
        *books(3, "neutral", 20, holdout=True),
    ]
    rows = [row(f"What of {n}?", one) for n, one in enumerate(passages)]
    rows.append(row("What of the test?", passage("Another text.", 50, family="other"), split="test"))
    lessons = planned(prompts, passages, *rows)
    assert {lesson.kind for lesson in lessons} == {"joke"}


def test_a_plain_sentence_is_put_into_the_personas_voice(prompts: Prompts) -> None:
    text = "Rain. The Mell disappears into the chalk near the town in dry summers."
    about = {"family": "gazetteer", "domain": "weather", "device": "pun", "tone": "plain"}
    plain = passage(text, 1, persona="neutral", **about)
    (lesson,) = of_kind(planned(prompts, [plain]), "style")
    sentence = "The Mell disappears into the chalk near the town in dry summers."
    assert lesson.slots == {"text": sentence}
    system, user = lesson.request["messages"]
    assert "Mark Twain. A pilot. The manner: wry." in str(system["content"])
    assert str(user["content"]).endswith(sentence)
    assert (lesson.parents, lesson.family) == ((plain["id"],), "gazetteer")
    assert lesson.tags == {
        "persona": "twain", "tone": "wry", "domain": "weather", "source": "book", "device": "none"
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "He said that the town near the river was dry in every summer.",
        "In every dry summer the town near the river lost its bridge.",
        '"The town near the river," said the mayor, was dry in every summer.',
        "Was the town near the river dry in every summer of the decade?",
        "The town was dry.",
        "The town near the river was dry in every summer of the decade...",
    ],
)
def test_a_sentence_that_leans_on_others_is_not_asked_about(prompts: Prompts, text: str) -> None:
    leaning = passage(f"{text} And that is all.", 1, persona="neutral")
    assert of_kind(planned(prompts, [leaning]), "style") == []


def test_braces_of_a_passage_are_no_slots(prompts: Prompts) -> None:
    text = "He wrote {name} and {nothing} on the board of the ferry, and {} besides, as pilots do."
    (lesson,) = of_kind(planned(prompts, [passage(text, 1)]), "neutralise")
    assert str(lesson.request["messages"][1]["content"]).endswith(text)


def test_a_passage_that_no_answer_can_hold_or_that_says_nothing_is_left_out(prompts: Prompts) -> None:
    passages = [
        passage(LONG, 1, n_tokens=61),
        passage("Too short.", 2),
        passage(LONG, 3, kind="play"),
        passage(LONG, 4, persona="player"),
    ]
    assert {lesson.kind for lesson in planned(prompts, passages)} == {"joke"}


def test_jokes_are_about_places_of_training_in_a_climate_that_has_the_weather(prompts: Prompts) -> None:
    jokes = planned(prompts, [], requests=dict.fromkeys(KINDS, 500))
    by_name = {place.name: place for place in PLACES if place.split == "train"}
    assert len(jokes) > 50
    for joke in jokes:
        assert joke.slots["condition"] in prompts.seasons[joke.slots["season"]]
        assert joke.slots["place"] in by_name
        assert joke.family.startswith("teacher/joke/")
        assert joke.parents == ()
    climates = {place.climate for place in PLACES if f"teacher/joke/{place.id}" in {j.family for j in jokes}}
    assert climates == prompts.climates


def test_only_a_short_question_of_ours_is_said_otherwise(prompts: Prompts) -> None:
    source = passage(LONG.format(n=1), 1)
    cue = passage("Who goes there?", 2, kind="play", persona="player")
    good = row("What do you say of ferries?", source)
    others = [
        row("Go on: The ferry was late again, and", source),  # quotes its passage
        row("Who goes there?", source, parents=[source["id"], cue["id"]]),  # another's speech
        row("word " * 26, source),
        row("What of it?", source, origin="synthetic"),
        row("What of that?", source, generator="teacher:m"),
        row(
            "Go on: Ah.",
            source,
            messages=[*good["messages"][:2], {"role": "assistant", "content": "And so on."}],
        ),
        row("What of this?", source, messages=[*good["messages"], *good["messages"][1:]]),
        row("What of him?", source, tags={**good["tags"], "persona": "franklin"}),
    ]
    (lesson,) = of_kind(planned(prompts, [source, cue], *others, good), "paraphrase")
    assert lesson.slots == {"text": "What do you say of ferries?"}
    assert lesson.row == good


@pytest.mark.parametrize("change", [{"model": "n"}, {"temperature": 0.6}, {"max_tokens": 51}, {"seed": 2}])
def test_what_shapes_an_answer_changes_every_request(prompts: Prompts, change: dict[str, Any]) -> None:
    before = {lesson.key for lesson in planned(prompts, books())}
    after = {lesson.key for lesson in planned(prompts, books(), **change)}
    assert before
    assert before.isdisjoint(after)


def test_phrasings_share_no_run_of_eight_words(prompts: Prompts) -> None:
    for kind, turns in prompts.turns.items():
        for turn in turns:
            parts = turn.replace("{", "\n{").replace("}", "}\n").splitlines()
            fixed = [part for part in parts if not part.startswith("{")]
            assert all(len(part.split()) < 8 for part in fixed), (kind, turn)


def test_all_problems_of_the_prompts_at_once(tmp_path: Path) -> None:
    content = yaml.safe_load(PROMPTS_FILE.read_text(encoding="utf-8"))
    content["kinds"]["style"]["user"] = "Say it."
    content["kinds"]["joke"]["turns"] = ["A joke on {condition} in {place} in {seasons}."]
    content["kinds"]["neutralise"]["system"] = " "
    content["kinds"]["paraphrase"]["user"] = "Rephrase {text} {"
    content["kinds"]["sonnet"] = {}
    del content["kinds"]["backtranslate"]
    content["unwanted"] = []
    content["seasons"] = {"winter": []}
    path = tmp_path / "prompts.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_teacher_prompts(path)
    message = str(caught.value)
    for problem in (
        "style.user: lacks {text} in 'Say it.'",
        "joke.turns: lacks {season} in",
        "joke.turns: unknown slot {seasons}",
        "neutralise.system: needs a text",
        "paraphrase.user: a brace without its partner",
        "kinds: sonnet: unknown; known: style, neutralise, joke, paraphrase, backtranslate",
        "backtranslate.system: needs a text",
        "backtranslate.user: needs a text",
        "unwanted: needs a list",
        "seasons: needs a list of conditions",
    ):
        assert problem in message
    assert len(message.splitlines()) == 11


@pytest.mark.parametrize("content", ["", "[]", "kinds: []"])
def test_a_file_without_kinds_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "prompts.yaml"
    path.write_text(content)
    with pytest.raises(InputError, match="expected a mapping with `kinds`"):
        read_teacher_prompts(path)
