from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from toolconversations import (
    OTHERS,
    PERSONAS,
    PLACES,
    ROOT,
    SCHEMAS,
    SEED,
    SETTINGS,
    TOOL,
    all_rows,
    calls,
    episodes,
    items,
    kind,
    wording,
)

from twainbot.dataset.contamination import said, shared_ngrams
from twainbot.dataset.diversity import distinct_ngrams, most_frequent_share, summary
from twainbot.dataset.tools.scenarios import CALL_SCENARIOS, FAILURES, NO_CALL_SCENARIOS, plan, quotas
from twainbot.dataset.tools.toolcalls import NO_CALL_KINDS, make_episodes
from twainbot.dataset.tools.weather_model import get_weather
from twainbot.dataset.tools.wording import Chatter, Wording
from twainbot.evaluation.groundedness import reports
from twainbot.files import InputError
from twainbot.records import Example

SPLITS = ("train", "val", "test")
NO_REPORT = (*FAILURES, *NO_CALL_SCENARIOS)


@pytest.fixture(scope="module")
def held_out() -> list[dict[str, Any]]:
    return items(call_items=120, no_call_items=120, answer_items=60)


def marked() -> Wording:
    """The wording with every sentence led by the name of its split."""

    def mark(sentence: Any) -> Any:
        return replace(sentence, text=f"{sentence.split}: {sentence.text}")

    def marks(sentences: Any) -> Any:
        return tuple(mark(sentence) for sentence in sentences)

    def chatter(c: Chatter) -> Chatter:
        answers = {persona: f"{c.split}: {text}" for persona, text in c.answers.items()}
        return replace(c, users=tuple(f"{c.split}: {text}" for text in c.users), answers=answers)

    true = wording()
    return Wording(
        {name: marks(templates) for name, templates in true.requests.items()},
        {name: tuple(map(chatter, families)) for name, families in true.chatter.items()},
        {p: {name: marks(said) for name, said in lists.items()} for p, lists in true.replies.items()},
        {
            name: replace(
                tool,
                requests=marks(tool.requests),
                answers={p: marks(answers) for p, answers in tool.answers.items()},
            )
            for name, tool in true.others.items()
        },
    )


def test_schemas_are_schemas() -> None:
    for schema in SCHEMAS.values():
        Draft202012Validator.check_schema(schema)
        assert schema["additionalProperties"] is False
    assert SCHEMAS["get_weather"]["required"] == ["location"]


def test_as_many_rows_as_asked_all_different() -> None:
    rows = all_rows()
    assert len(rows) == SETTINGS.episodes
    assert len({row["id"] for row in rows}) == len(rows)
    # Not even but for the day on which they are held.
    assert len({json.dumps([row["tags"]["persona"], row["messages"][1:]]) for row in rows}) == len(rows)


def test_two_runs_are_identical_and_seeds_differ() -> None:
    assert json.dumps(episodes(60)) == json.dumps(episodes(60))
    assert json.dumps(episodes(60)) != json.dumps(episodes(60, seed=12))


def test_hash_seeds_change_nothing() -> None:
    code = (
        "import hashlib, json; from toolconversations import episodes, items; "
        "rows = [episodes(150), items(call_items=30, no_call_items=30)]; "
        "print(hashlib.sha256(json.dumps(rows).encode()).hexdigest())"
    )
    rows = [episodes(150), items(call_items=30, no_call_items=30)]
    expected = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}", "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert done.stdout.strip() == expected


def test_every_call_is_valid_and_states_only_what_was_offered() -> None:
    count = 0
    for row in all_rows():
        offered = {tool["function"]["name"] for tool in row["tools"] or []}
        assert len(offered) == len(row["tools"] or [])
        for name, arguments in calls(row):
            assert name in offered
            Draft202012Validator(SCHEMAS[name]).validate(arguments)
            count += 1
    assert count > 0.6 * SETTINGS.episodes


def test_places_and_units_are_as_the_user_typed_them() -> None:
    for row in all_rows():
        typed = ""
        for message in row["messages"]:
            if message["role"] == "user":
                typed += "\n" + str(message["content"])
            for call in message.get("tool_calls", []):
                arguments = json.loads(call["function"]["arguments"])
                for slot in ("location", "city", "origin", "destination"):
                    if slot in arguments:
                        # "Portland", "the one in Maine": the two together.
                        assert all(part in typed for part in str(arguments[slot]).split(", "))
                if arguments.get("unit") == "fahrenheit":
                    assert re.search("ahrenheit|°[Ff]", typed)


def test_wire_form() -> None:
    for row in all_rows():
        assert [message["role"] for message in row["messages"][:2]] == ["system", "user"]
        assert row["messages"][-1]["role"] == "assistant"
        assert row["messages"][-1]["content"]
        waiting: str | None = None
        for message in row["messages"]:
            if waiting is not None:
                assert message["role"] == "tool"
                assert message["tool_call_id"] == waiting
            made = message.get("tool_calls", [])
            waiting = made[0]["id"] if made else None
            if made:
                assert len(made) == 1
                assert len(made[0]["id"]) == 9
                assert message["content"] is None


def test_a_conversation_has_the_sentences_of_its_split_alone() -> None:
    for row in episodes(500, said=marked()):
        for message in row["messages"]:
            if message["role"] in ("user", "assistant") and message["content"]:
                found = set(re.findall(r"\b(train|val|test): ", str(message["content"]), re.IGNORECASE))
                assert {name.lower() for name in found} == {row["split"]}


def test_items_have_the_sentences_of_the_test_split_alone() -> None:
    for item in items(said=marked(), call_items=60, no_call_items=60, answer_items=20):
        for message in item["messages"]:
            if message["role"] in ("user", "assistant") and message["content"]:
                found = set(re.findall(r"\b(train|val|test): ", str(message["content"]), re.IGNORECASE))
                assert {name.lower() for name in found} == {"test"}


def test_training_has_no_held_out_place_and_the_others_have_some_of_both() -> None:
    splits = {place.label: place.split for place in PLACES.places}
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in all_rows():
        for message in row["messages"]:
            if message["role"] == "tool":
                try:
                    label = json.loads(str(message["content"])).get("location")
                except json.JSONDecodeError:
                    continue
                if label in splits:
                    seen[str(row["split"])][splits[label]] += 1
    assert set(seen["train"]) == {"train"}
    for held_out in ("val", "test"):
        assert set(seen[held_out]) == {"train", held_out}
        assert 0.45 < seen[held_out][held_out] / seen[held_out].total() < 0.75


def test_no_split_shares_eight_words_with_another() -> None:
    sides = {split: [said(row) for row in all_rows() if row["split"] == split] for split in SPLITS}
    for one, other in (("train", "test"), ("train", "val"), ("val", "test")):
        assert [shared.text for shared in shared_ngrams(sides[one], sides[other], 8)] == []


def test_items_share_no_eight_words_with_training(held_out: list[dict[str, Any]]) -> None:
    training = [said(row) for row in all_rows() if row["split"] == "train"]
    assert shared_ngrams(training, [said(item) for item in held_out], 8) == []


def test_a_tenth_each_is_held_out_and_every_split_has_every_scenario() -> None:
    rows = all_rows()
    counts = Counter((row["split"], kind(row)) for row in rows)
    splits = Counter(row["split"] for row in rows)
    for split in ("val", "test"):
        assert abs(splits[split] / len(rows) - 0.1) < 0.01
    for split in SPLITS:
        assert {name for s, name in counts if s == split} == {*CALL_SCENARIOS, *NO_CALL_SCENARIOS}


def test_families_belong_to_one_split() -> None:
    splits: defaultdict[str, set[str]] = defaultdict(set)
    for row in all_rows():
        splits[row["family"]].add(str(row["split"]))
    assert all(len(found) == 1 for found in splits.values())


def test_scenarios_and_personas_have_their_shares() -> None:
    rows = all_rows()
    counts = Counter(kind(row) for row in rows)
    assert min(counts.values()) >= 0.03 * len(rows)
    no_call = sum(counts[name] for name in NO_CALL_SCENARIOS)
    assert no_call == round(SETTINGS.no_call_share * len(rows))
    assert counts["no_call_other_tool_only"] == pytest.approx(0.34 * no_call, abs=1)
    weather = [row for row in rows if any(name == "get_weather" for name, _ in calls(row))]
    assert len(weather) == len(rows) - no_call
    personas = Counter(row["tags"]["persona"] for row in rows)
    assert set(personas) == {"twain", "franklin", "neutral"}
    assert max(personas.values()) - min(personas.values()) < 0.02 * len(rows)


def test_quotas_add_up() -> None:
    some = {"plain": 0.6, "compare": 0.4}
    for n in (1, 7, 100, 1501):
        for share in (0.0, 0.4, 1.0):
            counts = quotas(n, share, some, {"no_call_smalltalk": 1.0})  # type: ignore[arg-type]
            assert sum(counts.values()) == n
    assert quotas(10, 0.5, some, {"no_call_smalltalk": 1.0}) == {  # type: ignore[arg-type]
        "plain": 3, "compare": 2, "no_call_smalltalk": 5,
    }  # fmt: skip


def test_a_plan_puts_three_conversations_into_three_splits() -> None:
    made = plan({"plain": 3, "compare": 30, "unit": 2}, ["a", "b"], seed=1)
    counts = Counter((name, split) for name, split, _ in made)
    assert counts == {
        ("plain", "train"): 1, ("plain", "val"): 1, ("plain", "test"): 1, ("unit", "train"): 2,
        ("compare", "train"): 24, ("compare", "val"): 3, ("compare", "test"): 3,
    }  # fmt: skip
    assert Counter(persona for name, _, persona in made if name == "compare") == {"a": 15, "b": 15}


def test_other_tools_are_on_offer_in_a_third_with_and_without_a_call() -> None:
    for chosen in (CALL_SCENARIOS, NO_CALL_SCENARIOS[:2]):
        rows = [row for row in all_rows() if kind(row) in chosen]
        share = sum(len(row["tools"] or []) > 1 for row in rows) / len(rows)
        assert 0.25 < share < 0.4


def test_no_opening_is_worn_out_and_answers_vary() -> None:
    rows = all_rows()
    assert most_frequent_share(str(row["messages"][1]["content"]) for row in rows) <= 0.01
    answers = [str(row["messages"][-1]["content"]) for row in rows]
    for start in (0, 500, 1000):
        assert distinct_ngrams(answers[start : start + 500]) >= 0.6


def test_the_summary_counts_every_conversation() -> None:
    rows = all_rows()
    found = summary(rows, wording())
    for part in ("scenario", "register", "persona", "split", "calls"):
        assert sum(found[part].values()) == len(rows), part
    assert sum(found["scenario_share"].values()) == pytest.approx(1, abs=1e-3)
    assert {"polite", "terse", "chatty", "oldfashioned", "none"} <= set(found["register"])
    assert set(found["calls"]) == {"0", "1", "2"}
    assert found["distinct_2_of_500_final_answers"] >= 0.6


def test_the_tool_would_have_answered_the_same() -> None:
    for row in all_rows()[:300]:
        if kind(row) in NO_REPORT:
            continue
        for before, after in pairwise(row["messages"]):
            for call in before.get("tool_calls", []):
                result = json.loads(str(after["content"]))
                arguments = json.loads(call["function"]["arguments"])
                if "date" in arguments:
                    arguments["date"] = result["date"]
                assert result == get_weather(
                    arguments, today=result["date"], seed=SEED, places=PLACES, tool=TOOL
                )


def test_no_filler_marks_are_left() -> None:
    for row in all_rows():
        for message in row["messages"]:
            if message["role"] != "tool":
                assert not re.search(r"[{}|]", str(message["content"]))
                assert "None" not in str(message["content"] or "")


def test_items_are_different_and_of_every_kind(held_out: list[dict[str, Any]]) -> None:
    assert len({item["id"] for item in held_out}) == 300
    assert {item["kind"] for item in held_out[:120]} == set(CALL_SCENARIOS)
    assert {item["kind"] for item in held_out[120:240]} == set(NO_CALL_KINDS)
    for item in held_out:
        assert item["messages"][-1]["role"] in ("user", "tool")


def test_item_gold(held_out: list[dict[str, Any]]) -> None:
    call, no_call, answer = held_out[:120], held_out[120:240], held_out[240:]
    assert all(item["gold"]["call"] and item["gold"]["name"] == "get_weather" for item in call)
    for item in no_call:
        other = item["kind"] == "no_call_other_tool_only"
        assert item["gold"]["call"] == other
        assert (item["gold"]["name"] not in ("", "get_weather")) == other
    assert all(reports(item["messages"]) for item in answer)
    for item in call:
        assert set(item["gold"]["arguments"]) == {"location", "unit", "date"}
        assert None not in item["gold"]["arguments"]["location"]


def test_no_item_asks_where_a_retry_is_as_right_as_an_answer(held_out: list[dict[str, Any]]) -> None:
    for item in held_out[120:240]:
        if item["kind"] in ("after_timeout", "after_empty_result", "after_malformed"):
            assert sum(message["role"] == "tool" for message in item["messages"]) == 2
    for item in held_out[:120]:
        if item["kind"] in FAILURES:
            assert item["messages"][-1]["role"] == "user"


def test_parallel_comparisons_make_no_items() -> None:
    found = items(call_items=60, no_call_items=0, comparison="parallel")
    assert {item["kind"] for item in found} == {*CALL_SCENARIOS} - {"compare"}


@pytest.mark.parametrize("make", [
    lambda few: items(said=few, call_items=0, no_call_items=900),
    lambda few: episodes(6000, said=few, no_call_share=1.0, no_calls={"no_call_weather_words": 1.0}),
])  # fmt: skip
def test_too_many_are_refused(make: Callable[[Wording], list[Example]]) -> None:
    families = [replace(c, users=c.users[:1]) for c in wording().chatter["smalltalk"]]
    few = replace(wording(), chatter={name: tuple(families) for name in wording().chatter})
    with pytest.raises(InputError, match=r"no_call items are different|no_call_weather_words repeats itself"):
        make(few)


def test_a_persona_without_a_card_is_refused() -> None:
    cards = {"twain": PERSONAS["twain"]}
    with pytest.raises(InputError, match="franklin, neutral"):
        make_episodes(PLACES, TOOL, OTHERS, cards, wording(), n=1, seed=1, clock="2025-03-11")


def test_persona_cards() -> None:
    names = ("twain", "franklin", "neutral", "hamlet", "macbeth", "satire")
    for card in [PERSONAS[name] for name in names]:
        assert 15 <= len(card["system_prompt"].split()) <= 30


def test_a_sentence_in_two_lists_is_in_one_split() -> None:
    splits: defaultdict[str, set[str]] = defaultdict(set)
    for lists in (wording().requests, *wording().replies.values()):
        for sentences in lists.values():
            for sentence in sentences:
                splits[sentence.text.casefold()].add(sentence.split)
    assert [text for text, found in splits.items() if len(found) > 1] == []
