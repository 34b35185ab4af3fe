"""Style rows: the answer is the passage's own text, every row names where it came from."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from builders import n_words, passage
from hypothesis import given
from hypothesis import strategies as st

from twainbot.dataset.personas import read_personas
from twainbot.dataset.sampling import draw, pick
from twainbot.dataset.style.instruct import (
    InstructRules,
    Material,
    NoRow,
    control_tags,
    instruct,
    system_prompt,
)
from twainbot.dataset.style.moments import read_moments
from twainbot.dataset.style.plain_english import read_plain_english
from twainbot.dataset.style.written import Written
from twainbot.files import InputError
from twainbot.records import Example, Passage, Tags
from twainbot.text.normalize import words

ROOT = Path(__file__).resolve().parents[3]
PERSONAS = {
    name: {"system_prompt": f"You are {name}."} for name in ("twain", "hamlet", "satire", "comic", "neutral")
}
PROMPTS = {
    "talk": ["Talk of {topic}.", "Say something of {topic}."],
    "question": ["What of {topic}?"],
    "weather": ["The weather and {topic}?"],
    "continue": ["Go on: {opening}"],
    "maxim": ["A maxim on {topic}?"],
    "answer": ["{question}"],
    "imitate": ["Say it yourself: {text}"],
    "humour": ["Funny: {season}?", "Funny: {place}?", "Funny: {condition}?", "Funny: {season} {place}?"],
    "headline": ["Headline on {topic}."],
    "joke": ["A joke on {topic}?"],
    "character": ["{cue}"],
    "fact": ["{place} on {day}: {record}"],
}
RULES = InstructRules(
    max_rows_per_persona=100,
    max_rows_per_passage=2,
    max_source_share=1.0,
    max_template_share=1.0,
    template_shares={},
    control_tag_share=0.0,
    control_tag_dropout=0.0,
    max_answer_tokens=60,
    min_imitation_change=0.05,
    seed=1,
)
MATERIAL = Material(
    personas=PERSONAS,
    prompts=PROMPTS,
    moments=read_moments(ROOT / "data/lexicons/moments.yaml", ["Boston"]),
    plain=read_plain_english(ROOT / "data/lexicons/plain_english.yaml"),
    n_tokens=n_words,
)
LONG = (
    "The ferry was late. "
    + "The captain of the ferry walked up and down and looked at the river and at us. " * 2
)
ORNATE = (
    "He perceived the ferry; he commenced to hasten, and purchased a ticket of the captain, who was, I "
    "confess, a most agreeable gentleman, and resided upon the river amongst his kin."
)


def made(
    passages: list[Passage], material: Material = MATERIAL, **rules: Any
) -> tuple[list[Example], list[NoRow]]:
    return instruct(passages, material, InstructRules(**{**vars(RULES), **rules}))


def rows_of(passages: list[Passage], **rules: Any) -> list[Example]:
    return made(passages, **rules)[0]


def contents(example: Example) -> list[str | None]:
    return [message["content"] for message in example["messages"]]


def by_template(rows: list[Example]) -> dict[str, Example]:
    return {row["template_id"]: row for row in rows}


def test_a_book_passage_gives_rows_of_different_templates_with_its_own_words() -> None:
    text = LONG.strip()
    rows = by_template(
        rows_of([passage(text, 1), passage(LONG + "A river.", 2, persona="player")], max_rows_per_passage=9)
    )
    assert rows.keys() == {"talk", "question", "continue"}
    assert contents(rows["talk"])[0] == "You are twain."
    assert contents(rows["question"])[1:] == ["What of the river?", text]
    assert contents(rows["continue"])[1:] == [
        "Go on: The ferry was late.",
        text.removeprefix("The ferry was late. "),
    ]
    assert {row["parents"][0] for row in rows.values()} == {"pas-0000000000000001"}
    assert {row["origin"] for row in rows.values()} == {"human"}
    assert len({row["id"] for row in rows.values()}) == 3
    assert len(rows_of([passage(text, 1), passage(LONG, 2, persona="player")])) == 2


def test_a_held_out_passage_gives_all_its_rows() -> None:
    others = passage(LONG, 2, persona="player")
    assert len(rows_of([passage(LONG.strip(), 1), others])) == 2
    assert len(rows_of([passage(LONG.strip(), 1, holdout=True), others])) == 3


def test_what_few_passages_give_is_looked_at_first() -> None:
    plain = [passage(LONG.strip() + f" Number {number} it was.", number) for number in range(2, 9)]
    rows = rows_of([*plain, passage(ORNATE, 1)], max_rows_per_persona=1, max_rows_per_passage=1)
    assert [row["template_id"] for row in rows] == ["imitate"]


def test_an_imitation_is_asked_for_in_plain_english() -> None:
    row = by_template(rows_of([passage(ORNATE, 1), passage(LONG, 2)]))["imitate"]
    question, answer = contents(row)[1:]
    assert answer == ORNATE
    assert str(question).startswith(
        "Say it yourself: He saw the ferry. He began to hurry, and bought a ticket"
    )
    assert (row["origin"], row["generator"]) == ("human", "plain_english")
    taught = Material(**{**vars(MATERIAL), "neutral": {row["parents"][0]: "He took the boat."}})
    row = by_template(made([passage(ORNATE, 1)], taught)[0])["imitate"]
    assert contents(row)[1] == "Say it yourself: He took the boat."
    assert row["generator"] == ""  # its own rows name the teacher


def test_a_passage_in_plain_english_has_no_imitation() -> None:
    _, rejects = made([passage(LONG, 1), passage(LONG, 2)])
    assert NoRow(id="pas-0000000000000001", template="imitate", reason="too_similar") in rejects


def test_humour_is_asked_for_by_what_a_post_names() -> None:
    text = "Winter late in Boston, ferry later"
    row = by_template(rows_of([passage(text, 1, kind="post", persona="satire", domain="weather")]))["humour"]
    assert contents(row)[1:] == ["Funny: winter Boston?", text]
    # Outside the weather, conditions are mostly figures of speech.
    assert rows_of([passage(text, 1, kind="post", persona="satire")]) == []


def test_that_a_book_is_funny_no_tag_says_surely() -> None:
    text = "In Boston it rained, and the rain was late, and the ferry was later, so we looked at each other."
    assert "humour" not in by_template(rows_of([passage(text, 1, tone="humorous", domain="weather")]))


def test_weather_is_asked_for_by_what_the_sky_does_again_and_again() -> None:
    text = "The rain fell on the ferry, and in the rain the captain of it walked up and down all winter."
    row = by_template(rows_of([passage(text, 1, domain="weather")]))["weather"]
    assert contents(row)[1:] == ["The weather and rain in winter?", text]
    for other in (
        text.replace("in the rain", "on the deck"),
        text.replace("rain", "weather"),
        text.replace("The rain", "Upon him the rain"),
    ):
        assert "weather" not in by_template(rows_of([passage(other, 1, domain="weather")]))


def test_what_is_said_of_the_persona_is_not_said_by_it() -> None:
    text = "In May Twain, who had been ill, went down to the ferry and spoke to the captain about the river."
    _, rejects = made([passage(text, 1)])
    assert NoRow(id="pas-0000000000000001", template="*", reason="by_others") in rejects


def test_a_signed_saying_is_a_maxim_without_its_book() -> None:
    saying = "The river is a good neighbor. It was never yet known to borrow a ferry."
    text = f"{saying}--Old Pilot's Calendar.\n\n{LONG}"
    row = by_template(rows_of([passage(text, 1), passage(LONG, 2, persona="player")]))["maxim"]
    assert contents(row)[2] == saying


def test_a_headline_is_asked_for_by_what_one_can_ask_news_of() -> None:
    company = [passage(LONG, number) for number in (2, 3)]
    made_rows = rows_of([passage("Captain sells the river", 1, kind="post", persona="satire"), *company])
    assert "headline" not in by_template([row for row in made_rows if row["tags"]["persona"] == "satire"])


def test_what_others_say_is_not_the_personas_manner() -> None:
    said = f'He said: "{ORNATE}"'
    _, rejects = made([passage(said, 1), passage(LONG, 2)])
    assert NoRow(id="pas-0000000000000001", template="imitate", reason="dialogue") in rejects


def test_a_question_of_the_passage_is_answered_by_what_follows_it() -> None:
    rest = "Nobody on the river ever knew, and the captain of the ferry, who did, would not say a word."
    row = by_template(rows_of([passage(f"The bell rang. Who rings a bell at noon? {rest}", 1)]))["answer"]
    assert contents(row)[1:] == ["Who rings a bell at noon?", rest]


def test_a_list_of_sayings_gives_some_of_them() -> None:
    sayings = [
        "A ferry waits for no captain.",
        "The captain of a ferry fears no river.",
        "A river keeps the ferry.",
    ]
    ferry = passage(LONG, 2, persona="player")
    likely: Any = {"aphoristic": 0.2}
    rows = rows_of([passage("\n\n".join(sayings), 1, tag_scores=likely), ferry])
    assert [row["template_id"] for row in rows] == ["maxim", "maxim"]
    assert len({str(contents(row)[2]) for row in rows} & {*sayings}) == 2
    # Other lists, as of what is needed for an experiment, are more.
    unlikely: Any = {"aphoristic": 0.02}
    assert rows_of([passage("\n\n".join(sayings), 1, tag_scores=unlikely), ferry]) == []


def test_a_speech_answers_its_cue_and_names_both() -> None:
    cue = passage("Who is {there}?", 1, kind="play", persona="player", speaker="WATCH")
    answer = passage("A friend.", 2, kind="play", persona="hamlet", speaker="ALARIC", previous=cue["id"])
    (row,) = rows_of([cue, answer])
    # Braces in a text are not slots.
    assert contents(row)[1:] == ["Who is {there}?", "A friend."]
    assert row["parents"] == [answer["id"], cue["id"]]


def test_a_long_speech_can_also_be_gone_on_with() -> None:
    cue = passage("Who is there?", 1, kind="play", persona="player", speaker="WATCH")
    text = (
        "The night is cold and long, my friend. " + "Bring me the lantern and the old grey cloak again. " * 3
    )
    speech = passage(text.strip(), 2, kind="play", persona="hamlet", speaker="HAMLET", previous=cue["id"])
    rows = by_template(rows_of([cue, speech]))
    assert rows.keys() == {"character", "continue"}
    assert contents(rows["continue"])[1] == "Go on: The night is cold and long, my friend."


def test_a_speech_may_be_shown_its_scene_and_the_speech_before_its_cue() -> None:
    first = passage("Halt.", 1, kind="play", persona="player", speaker="GUARD")
    cue = passage("Who is there?", 2, kind="play", persona="player", speaker="WATCH", previous=first["id"])
    answer = passage(
        "A friend.", 3, kind="play", persona="hamlet", speaker="ALARIC", previous=cue["id"], section="ACT I"
    )
    shown = Material(
        **{**vars(MATERIAL), "prompts": {"character": ["{scene}\n{earlier}\n{speaker}: {cue}\n{name}:"]}}
    )
    (row,) = made([first, cue, answer], shown)[0]
    assert contents(row)[1] == "ACT I\nGUARD: Halt.\nWATCH: Who is there?\nALARIC:"
    assert row["parents"] == [answer["id"], cue["id"], first["id"]]


def test_speeches_without_a_cue_and_personas_without_a_card_give_nothing() -> None:
    rows, rejects = made([passage("A friend.", 1, kind="play", persona="hamlet", previous="pas-gone")])
    assert (rows, rejects) == ([], [NoRow(id="pas-0000000000000001", template="character", reason="no_cue")])
    rows, rejects = made([passage(LONG, 1, persona="unknown"), passage(LONG, 2, persona="neutral")])
    assert rows == []
    assert [reject["reason"] for reject in rejects] == ["no_card", "prose_by_others"]


def test_a_post_is_a_headline() -> None:
    posts = [
        passage(f"Ferry sues Orcutt, the ferry {n} times", n, kind="post", persona="satire") for n in range(2)
    ]
    assert [row["template_id"] for row in rows_of(posts)] == ["headline", "headline"]
    cut = passage("Ferry sues Orcutt, the ferry ...", 1, kind="post", persona="satire")
    assert made([cut])[1][0]["reason"] == "cut_headline"


def test_a_record_of_the_weather_is_read_out_plainly() -> None:
    text = "The weather for Boston, Massachusetts on 3 May 2025: rain, high 11 °C, low 6 °C."
    facts = [
        passage(text, 1, kind="fact", persona="weather"),
        passage("Sunday in Boston: rain.", 2, kind="fact"),
    ]
    (row,), rejects = made(facts)
    assert contents(row)[1:] == ["Boston, Massachusetts on 3 May 2025: rain, high 11 °C, low 6 °C.", text]
    assert (row["tags"]["persona"], row["family"]) == ("neutral", "fact")
    assert rejects == [NoRow(id=facts[1]["id"], template="fact", reason="no_record")]


def test_written_rows_are_synthetic_and_name_their_entry() -> None:
    written = [Written("refuse", "refuse/a", "May I?", "twain", "No.", "general"),
               Written("plain", "plain/b", "How?", "neutral", "So. " * 99, "general")]  # fmt: skip
    (row,), rejects = made([], Material(**{**vars(MATERIAL), "written": written}))
    assert contents(row) == ["You are twain.", "May I?", "No."]
    assert (row["origin"], row["generator"], row["family"], row["parents"]) == (
        "synthetic", "data/prompts/refusals.yaml", "refuse/a", [],
    )  # fmt: skip
    assert rejects == [NoRow(id="plain/b", template="plain", reason="too_long")]


def test_the_cap_counts_what_is_trained_on_and_held_out_rows_always_come() -> None:
    passages = [passage(LONG, n, holdout=n < 30) for n in range(60)]
    rows, rejects = made(passages, max_rows_per_persona=10)
    counts = Counter(row["split"] for row in rows)
    assert counts == {"test": 30, None: 10}
    assert Counter(reject["reason"] for reject in rejects)["source_cap"] == 20


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


def test_no_source_fills_a_persona_that_has_another() -> None:
    passages = [passage(LONG, n, source_id="a" if n < 30 else "b") for n in range(50)]
    rows = rows_of(passages, max_rows_per_persona=40, max_source_share=0.5)
    sources = Counter("a" if int(row["parents"][0][4:], 16) < 30 else "b" for row in rows)
    assert sources == {"a": 20, "b": 20}


def test_each_passage_is_kept_or_its_reason_is_told() -> None:
    texts = [LONG, ORNATE, "and then", "DEAR SIR,\nNo.", "Short.", '"So', "[see note]"]
    passages = [passage(text, n) for n, text in enumerate(texts)]
    rows, rejects = made(passages, max_rows_per_persona=3)
    assert {p["id"] for p in passages} == {r["parents"][0] for r in rows} | {r["id"] for r in rejects}


TAGS = Tags(persona="twain", tone="wry", domain="weather", source="book", device="none")


def test_control_tags_by_share_and_each_with_its_own_dropout() -> None:
    def shown_tags(key: str, share: float, dropout: float = 0.0) -> list[str]:
        return control_tags(TAGS, key, share=share, dropout=dropout, seed=1)

    assert shown_tags("a", share=1.0) == ["[PERSONA=TWAIN]", "[TONE=WRY]", "[DOMAIN=WEATHER]"]
    assert shown_tags("a", share=0.0) == []
    shown = Counter(len(shown_tags(str(n), share=1.0, dropout=0.5)) for n in range(800))
    # Of 800: 100, 300, 300 and 100 expected; standard deviations 9.4 and 13.7.
    assert all(abs(shown[n] - (100, 300, 300, 100)[n]) < 55 for n in range(4))


def test_control_tags_stand_before_the_system_prompt() -> None:
    passages = [passage(LONG, n, tone="wry", domain="general") for n in range(200)]
    tagged = [str(contents(row)[0]).startswith("[PERSONA=TWAIN] [TONE=WRY] [DOMAIN=GENERAL] You are twain.")
              for row in rows_of(passages, control_tag_share=0.3, max_rows_per_persona=1000)]  # fmt: skip
    # 200 rows, expected 60, standard deviation 6.5.
    assert len(tagged) == 200
    assert 40 <= sum(tagged) <= 80
    assert not any("[PERSONA" in str(contents(row)[0]) for row in rows_of(passages))
    assert system_prompt("twain", PERSONAS) == "You are twain."
    assert system_prompt("twain", PERSONAS, ["[TONE=WRY]"]) == "[TONE=WRY] You are twain."


def test_rows_do_not_depend_on_the_order_of_passages() -> None:
    passages = [passage(LONG + "End. " * n, n) for n in range(20)]
    forward, backward = rows_of(passages), rows_of(passages[::-1])
    assert [row["id"] for row in forward] == [row["id"] for row in backward]


_PARTS = [
    "The ferry left.", "And the captain slept.", "a river,", "DEAR SIR,", '"Who?"', "Why is a ferry late?",
    "\n\n", "He perceived rain.",
]  # fmt: skip


@given(st.lists(st.sampled_from(_PARTS), max_size=14))
def test_every_answer_is_bounded_whole_and_of_the_passage(parts: list[str]) -> None:
    text = " ".join(parts)
    for row in rows_of([passage(text, 1, tone="wry", domain="weather"), passage(LONG, 2, persona="player")]):
        answer = str(contents(row)[-1])
        assert n_words(answer) <= RULES.max_answer_tokens
        assert answer.rstrip('"').endswith((".", "!", "?"))
        assert answer in text
        assert words(answer)


def test_a_joke_is_asked_for_by_its_setup_and_told_whole_or_not_at_all() -> None:
    joke = "What did the puddle say to the galoshes?\nNothing. It waited for the umbrella to leave."
    known = [passage("The puddle of the ferry. The puddle, the ferry.", n, persona="player") for n in (2, 3)]
    passages = [passage(joke, 1, kind="joke", persona="comic"), *known]
    (row,) = rows_of(passages)
    assert (row["template_id"], row["tags"]["source"]) == ("joke", "joke")
    assert contents(row)[1:] == ["A joke on the puddle?", joke]
    assert rows_of(passages, max_answer_tokens=9) == []


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


@pytest.mark.parametrize("content", ["", "[]", "personas: {}"])
def test_a_persona_file_without_cards_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(content)
    with pytest.raises(InputError, match="persona cards"):
        read_personas(path)


def test_every_card_without_a_system_prompt_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("personas:\n  a: {system_prompt: Hi.}\n  b: {tone: wry}\n  c:\n")
    with pytest.raises(InputError, match=r"b: system_prompt is missing\n.*c: expected a card"):
        read_personas(path)
