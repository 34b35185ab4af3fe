"""Style rows: the answer is the passage's own text, every row names where it came from."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from builders import n_words, passage
from hypothesis import given
from hypothesis import strategies as st

from twainbot.dataset.instruct import InstructRules, cut_answer, instruct, read_prompts, system_prompt
from twainbot.dataset.personas import read_personas
from twainbot.dataset.sampling import draw, pick
from twainbot.files import InputError
from twainbot.records import Example, Passage
from twainbot.text.normalize import words

ROOT = Path(__file__).resolve().parents[2]
PERSONAS = {name: {"system_prompt": f"You are {name}."} for name in ("twain", "hamlet", "satire", "comic")}
PROMPTS = {
    "talk": ["Talk of {topic}.", "Say something of {topic}."],
    "weather": ["The weather and {topic}?"],
    "continue": ["Go on: {opening}"],
    "maxim": ["A maxim on {topic}?"],
    "headline": ["Headline on {topic}."],
    "joke": ["A joke on {topic}?"],
    "character": ["{cue}"],
}
RULES = InstructRules(max_rows_per_persona=100, control_tag_share=0.0, max_answer_tokens=60, seed=1)
LONG = (
    "The ferry was late. "
    + "The captain of the ferry walked up and down and looked at the river and at us. " * 2
)


def rows_of(passages: list[Passage], **rules: Any) -> list[Example]:
    return instruct(passages, PERSONAS, PROMPTS, n_words, InstructRules(**{**vars(RULES), **rules}))


def contents(example: Example) -> list[str | None]:
    return [message["content"] for message in example["messages"]]


def test_a_book_passage_gives_a_talk_and_a_continuation() -> None:
    text = LONG.strip()
    rows = rows_of([passage(text, 1), passage("A ferry has a captain and a river.", 2, persona="player")])
    talk, go_on = sorted(rows, key=lambda row: row["template_id"], reverse=True)
    assert talk["template_id"] == "talk"
    assert contents(talk)[0] == "You are twain."
    assert contents(talk)[2] == text
    assert go_on["template_id"] == "continue"
    assert contents(go_on)[1:] == ["Go on: The ferry was late.", text.removeprefix("The ferry was late. ")]
    assert talk["parents"] == go_on["parents"] == ["pas-0000000000000001"]
    assert talk["origin"] == "human"
    assert len({talk["id"], go_on["id"]}) == 2


def test_a_speech_answers_its_cue_and_names_both() -> None:
    cue = passage("Who is {there}?", 1, kind="play", persona="player", speaker="WATCH")
    answer = passage("A friend.", 2, kind="play", persona="hamlet", speaker="ALARIC", previous=cue["id"])
    (row,) = rows_of([cue, answer])
    # Braces in a text are not slots.
    assert contents(row)[1:] == ["Who is {there}?", "A friend."]
    assert row["parents"] == [answer["id"], cue["id"]]


def test_speeches_without_a_cue_and_personas_without_a_card_give_nothing() -> None:
    assert rows_of([passage("A friend.", 1, kind="play", persona="hamlet", previous="pas-gone")]) == []
    assert rows_of([passage(LONG, 1, persona="unknown"), passage(LONG, 2, persona="unknown")]) == []


def test_a_post_is_a_headline() -> None:
    posts = [passage(f"Ferry sues river {n} times", n, kind="post", persona="satire") for n in range(2)]
    assert [row["template_id"] for row in rows_of(posts)] == ["headline", "headline"]


def test_the_cap_counts_what_is_trained_on_and_held_out_rows_always_come() -> None:
    passages = [passage(LONG, n, holdout=n < 30) for n in range(60)]
    rows = rows_of(passages, max_rows_per_persona=10)
    counts = Counter(row["split"] for row in rows)
    assert counts == {"test": 60, None: 10}


def test_the_cap_keeps_the_same_passages_when_a_book_is_added_for_another_persona() -> None:
    passages = [passage(LONG, n) for n in range(40)]
    others = [
        passage("Fog sues the captain of a ferry", n, kind="post", persona="satire") for n in range(100, 140)
    ]
    before = {(r["parents"][0], r["template_id"]) for r in rows_of(passages, max_rows_per_persona=10)}
    after = {
        (r["parents"][0], r["template_id"])
        for r in rows_of([*others, *passages], max_rows_per_persona=10)
        if r["tags"]["persona"] == "twain"
    }
    assert before == after


def test_control_tags_by_share() -> None:
    passages = [passage(LONG, n, tone="wry", domain="general") for n in range(100)]
    tagged = [str(contents(row)[0]).startswith("[PERSONA=TWAIN] [TONE=WRY] [DOMAIN=GENERAL] You are twain.")
              for row in rows_of(passages, control_tag_share=0.3, max_rows_per_persona=1000)]  # fmt: skip
    # 200 rows, expected 60, standard deviation 6.5.
    assert len(tagged) == 200
    assert 40 <= sum(tagged) <= 80
    assert not any("[PERSONA" in str(contents(row)[0]) for row in rows_of(passages))


def test_rows_do_not_depend_on_the_order_of_passages() -> None:
    passages = [passage(LONG + "End. " * n, n) for n in range(20)]
    forward, backward = rows_of(passages), rows_of(passages[::-1])
    assert {row["id"] for row in forward} == {row["id"] for row in backward}


TEXT = st.lists(
    st.lists(st.integers(1, 8).map(lambda n: " ".join(["Rain"] * n) + "."), min_size=1, max_size=4).map(
        "\n".join
    ),
    min_size=1,
    max_size=3,
).map("\n\n".join)


@given(TEXT, st.integers(1, 40))
def test_an_answer_is_the_longest_beginning_that_fits(text: str, budget: int) -> None:
    answer = cut_answer(text, n_words, budget)
    if answer is None:
        assert n_words(text.split(".")[0]) > budget
        return
    assert text.startswith(answer)
    assert n_words(answer) <= budget
    assert answer.endswith(".")
    rest = text.removeprefix(answer)
    if rest:
        assert n_words(answer) + n_words(rest.split(".")[0]) > budget
    assert set(words(answer)) <= set(words(text))


@given(st.integers(), st.lists(st.text(max_size=3), max_size=3))
def test_draws_are_in_the_unit_interval_and_repeat(seed: int, parts: list[str]) -> None:
    number = draw(seed, *parts)
    assert 0 <= number < 1
    assert number == draw(seed, *parts)
    assert pick(["a", "b", "c"], seed, *parts) in "abc"


def test_draws_are_spread_evenly() -> None:
    tenths = Counter(int(draw(1, str(n)) * 10) for n in range(2000))
    # 200 expected in each, standard deviation 13.4.
    assert all(140 < tenths[n] < 260 for n in range(10))


def test_the_committed_prompts_are_valid() -> None:
    assert read_prompts(ROOT / "data/prompts/instruct.yaml").keys() == PROMPTS.keys()


def test_all_problems_of_a_prompt_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(
        "talk: ['Of {topik}.', 'Of {topic}.', 'No slot.']\nmaxim: []\nheadline: word\n"
        "continue: ['{opening']\ncharacter: ['{cue}']\nsonnet: ['{topic}']\n"
    )
    with pytest.raises(InputError) as caught:
        read_prompts(path)
    message = str(caught.value)
    assert "talk: 'Of {topik}.' must hold {topic}" in message
    assert "talk: 'No slot.' must hold {topic}" in message
    assert "'Of {topic}.'" not in message
    assert "continue: '{opening' must hold {opening}" in message
    for name in ("weather", "maxim", "headline"):
        assert f"{name}: needs a list of phrasings" in message
    assert "sonnet: unknown template" in message


@pytest.mark.parametrize("content", ["", "[]", "personas: {}"])
def test_a_persona_file_without_cards_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(content)
    with pytest.raises(InputError, match="persona cards"):
        read_personas(path)


def test_every_card_without_a_system_prompt_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("personas:\n  a: {system_prompt: Hi.}\n  b: {tone: wry}\n  c:\n")
    with pytest.raises(InputError, match=r"b: system_prompt is missing\n.*c: system_prompt is missing"):
        read_personas(path)


def test_system_prompt_without_tags() -> None:
    tags: Any = {"persona": "twain", "tone": "wry", "domain": "weather"}
    assert system_prompt("twain", tags, PERSONAS, False) == "You are twain."
    assert (
        system_prompt("twain", tags, PERSONAS, True)
        == "[PERSONA=TWAIN] [TONE=WRY] [DOMAIN=WEATHER] You are twain."
    )


def test_a_joke_is_asked_for_by_its_setup_and_told_whole_or_not_at_all() -> None:
    joke = "What did the puddle say to the galoshes?\nNothing. It waited for the umbrella to leave."
    passages = [passage(joke, 1, kind="joke", persona="comic")]
    (row,) = rows_of(passages)
    assert (row["template_id"], row["tags"]["source"]) == ("joke", "joke")
    assert contents(row)[1:] == ["A joke on puddle and galoshes?", joke]
    assert rows_of(passages, max_answer_tokens=9) == []
