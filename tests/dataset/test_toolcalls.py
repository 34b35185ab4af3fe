from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from twainbot.dataset.places import hashed_split, load_places
from twainbot.dataset.scenarios import (
    CALL_SCENARIOS,
    NO_CALL_SCENARIOS,
    SALT,
    fill,
    load_wording,
    quotas,
    split_of,
)
from twainbot.dataset.toolcalls import eval_items, make_episodes
from twainbot.dataset.weather_model import get_weather
from twainbot.evaluation.groundedness import admits, check, fabricates, reports
from twainbot.files import InputError
from twainbot.records import Example

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "data/tools"
PLACES = load_places(TOOLS / "places.yaml")
TOOL = json.loads((TOOLS / "get_weather.json").read_text())
OTHERS = json.loads((TOOLS / "other_tools.json").read_text())
PERSONAS = yaml.safe_load((ROOT / "data/personas.yaml").read_text())
WORDING = load_wording(TOOLS)
SCHEMAS = {tool["function"]["name"]: tool["function"]["parameters"] for tool in [TOOL, *OTHERS]}
FAILURES = ("tool_error", "timeout", "empty_result", "wrong_place")


def episodes(n: int = 1500, seed: int = 11) -> list[Example]:
    return make_episodes(PLACES, TOOL, OTHERS, PERSONAS, WORDING, n=n, seed=seed, clock="2025-03-11")


def items(**counts: int) -> list[dict[str, Any]]:
    return eval_items(PLACES, TOOL, OTHERS, PERSONAS, WORDING, seed=11, clock="2025-03-11", **counts)


@pytest.fixture(scope="module")
def rows() -> list[Example]:
    return episodes()


@pytest.fixture(scope="module")
def held_out() -> list[dict[str, Any]]:
    return items(call_items=120, no_call_items=120, answer_items=60)


def kind(row: Example) -> str:
    return row["template_id"].split(":")[0]


def calls(row: Example) -> list[tuple[str, dict[str, Any]]]:
    return [
        (call["function"]["name"], json.loads(call["function"]["arguments"]))
        for message in row["messages"]
        for call in message.get("tool_calls", [])
    ]


def test_schemas_are_schemas() -> None:
    assert len(OTHERS) >= 24
    for schema in SCHEMAS.values():
        Draft202012Validator.check_schema(schema)
        assert schema["additionalProperties"] is False
        assert len(schema["properties"]) in (1, 2, 3)
    assert SCHEMAS["get_weather"]["required"] == ["location"]


def test_as_many_rows_as_asked_all_different(rows: list[Example]) -> None:
    assert len(rows) == 1500
    assert len({row["id"] for row in rows}) == 1500


def test_two_runs_are_identical_and_seeds_differ() -> None:
    assert json.dumps(episodes(60)) == json.dumps(episodes(60))
    assert json.dumps(episodes(60)) != json.dumps(episodes(60, seed=12))


def test_every_call_is_valid_and_states_only_what_was_offered(rows: list[Example]) -> None:
    count = 0
    for row in rows:
        offered = {tool["function"]["name"] for tool in row["tools"] or []}
        assert len(offered) == len(row["tools"] or [])
        for name, arguments in calls(row):
            assert name in offered
            Draft202012Validator(SCHEMAS[name]).validate(arguments)
            count += 1
    assert count > 1000


def test_arguments_are_what_the_user_typed(rows: list[Example]) -> None:
    for row in rows:
        said = ""
        for message in row["messages"]:
            if message["role"] == "user":
                said += "\n" + str(message["content"])
            for call in message.get("tool_calls", []):
                arguments = json.loads(call["function"]["arguments"])
                for slot in ("location", "city", "origin", "destination"):
                    if slot in arguments:
                        assert arguments[slot] in said
                if "date" in arguments:
                    assert arguments["date"] in said.lower()
                if arguments.get("unit") == "fahrenheit":
                    assert "ahrenheit" in said or "°F" in said or "°f" in said


def test_wire_form(rows: list[Example]) -> None:
    for row in rows:
        roles = [message["role"] for message in row["messages"]]
        assert roles[0] == "system"
        assert roles[1] == "user"
        assert roles[-1] == "assistant"
        assert row["messages"][-1]["content"]
        waiting: str | None = None
        for message in row["messages"]:
            if waiting is not None:
                assert message["role"] == "tool"
                assert message["tool_call_id"] == waiting
                json.loads(str(message["content"]))
            made = message.get("tool_calls", [])
            waiting = made[0]["id"] if made else None
            if made:
                assert len(made) == 1
                assert len(made[0]["id"]) == 9
                assert message["content"] is None


def test_no_training_row_has_a_held_out_place_or_template(rows: list[Example]) -> None:
    held_out = {place.label for place in PLACES.places if place.split != "train"}
    texts = {
        t.text.casefold(): t.split
        for templates in WORDING.requests.values()
        for t in templates
        if not t.slots and t.split != "train"
    }
    for row in rows:
        assert row["split"] == split_of(row["family"])
        if row["split"] != "train":
            continue
        assert hashed_split(SALT, row["family"].split("/")[0]) == "train"
        for name, arguments in calls(row):
            for slot in ("location", "city", "origin", "destination"):
                if slot in arguments and name:
                    place = PLACES.resolve(arguments[slot])
                    assert place is not None and place.split == "train"
        for message in row["messages"]:
            if message["role"] == "tool":
                result = json.loads(str(message["content"]))
                assert result.get("location") not in held_out
            if message["role"] == "user":
                assert str(message["content"]).casefold() not in texts


def test_split_shares(rows: list[Example]) -> None:
    splits = Counter(row["split"] for row in rows)
    assert 0.72 < splits["train"] / 1500 < 0.84
    assert min(splits["val"], splits["test"]) > 0.06 * 1500


@pytest.mark.parametrize(
    ("family", "split"),
    [("plain-00/place-test", "test"), ("no-such/place-val", None), ("plain-00/place-none", None)],
)
def test_split_of_takes_the_stricter(family: str, split: str | None) -> None:
    template = hashed_split(SALT, family.split("/")[0])
    order = ["train", "val", "test"]
    place = family.split("place-")[1]
    expected = max(template, place if place in order else "train", key=order.index)
    assert split_of(family) == (split or expected)


def test_every_list_of_sentences_is_held_out_in_part() -> None:
    groups = {
        **{name: [t.split for t in templates] for name, templates in WORDING.requests.items()},
        **{name: [c.split for c in c_list] for name, c_list in WORDING.chatter.items() if name != "no_tool"},
    }
    for name, splits in groups.items():
        assert {"train", "val", "test"} <= set(splits), name


def test_scenarios_are_balanced(rows: list[Example]) -> None:
    counts = Counter(kind(row) for row in rows)
    assert set(counts) == {*CALL_SCENARIOS, *NO_CALL_SCENARIOS}
    assert min(counts.values()) >= 0.03 * 1500
    assert sum(counts[name] for name in NO_CALL_SCENARIOS) == 600
    weather = [row for row in rows if any(name == "get_weather" for name, _ in calls(row))]
    assert len(weather) == 900
    personas = Counter(row["tags"]["persona"] for row in rows)
    assert set(personas) == {"twain", "franklin", "neutral"}
    assert min(personas.values()) > 400


def test_quotas_add_up() -> None:
    for n in (1, 7, 100, 1501):
        for share in (0.0, 0.4, 1.0):
            assert sum(quotas(n, share).values()) == n


def test_decoys_are_beside_a_third(rows: list[Example]) -> None:
    plain = [row for row in rows if kind(row) != "no_call_other_tool_only"]
    share = sum(len(row["tools"] or []) > 1 for row in plain) / len(plain)
    assert 0.27 < share < 0.39


def test_no_opening_is_worn_out(rows: list[Example]) -> None:
    openings = Counter(str(row["messages"][1]["content"]) for row in rows)
    assert openings.most_common(1)[0][1] <= 15
    assert len(openings) > 1000


def test_every_answer_is_grounded(rows: list[Example]) -> None:
    checked = 0
    for row in rows:
        if kind(row).startswith("no_call"):
            continue
        for at, message in enumerate(row["messages"]):
            if message["role"] != "assistant" or not message["content"]:
                continue
            known = [] if kind(row) == "wrong_place" else reports(row["messages"][:at])
            result = check(message["content"], known)
            assert not result.unsupported, (message["content"], result.unsupported)
            checked += bool(result.supported)
    assert checked > 800


def test_failures_are_owned_up_to(rows: list[Example]) -> None:
    for row in rows:
        if kind(row) in FAILURES:
            reply = str(next(m["content"] for m in row["messages"][4:] if m["role"] == "assistant"))
            assert admits(reply), reply
            assert not fabricates(reply), reply
            assert sum(name == "get_weather" for name, _ in calls(row)) == 1


def test_the_tool_would_have_answered_the_same(rows: list[Example]) -> None:
    for row in rows[:300]:
        if kind(row) in FAILURES or kind(row).startswith("no_call"):
            continue
        messages = row["messages"]
        for before, after in pairwise(messages):
            for call in before.get("tool_calls", []):
                result = json.loads(str(after["content"]))
                arguments = json.loads(call["function"]["arguments"])
                if "date" in arguments:
                    arguments["date"] = result["date"]
                assert result == get_weather(
                    arguments, today=result["date"], seed=11, places=PLACES, tool=TOOL
                )


def test_no_filler_marks_are_left(rows: list[Example]) -> None:
    for row in rows:
        for message in row["messages"]:
            if message["role"] != "tool":
                assert "{" not in str(message["content"])
                assert "None" not in str(message["content"] or "")


def test_items_are_held_out(held_out: list[dict[str, Any]]) -> None:
    assert len({item["id"] for item in held_out}) == 300
    for item in held_out:
        assert split_of(item["family"]) == "test"
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


def test_too_many_items_are_refused() -> None:
    few = replace(WORDING, chatter={name: WORDING.chatter[name] for name in ("smalltalk", "no_tool")})
    few = replace(few, chatter={**few.chatter, "weather_words": few.chatter["smalltalk"]})
    with pytest.raises(InputError, match="no_call items are different"):
        eval_items(
            PLACES, TOOL, OTHERS, PERSONAS, few,
            call_items=0, no_call_items=900, seed=11, clock="2025-03-11",
        )  # fmt: skip


def test_a_persona_without_a_card_is_refused() -> None:
    cards = {"twain": PERSONAS["twain"]}
    with pytest.raises(InputError, match="franklin, neutral"):
        make_episodes(PLACES, TOOL, OTHERS, cards, WORDING, n=1, seed=1, clock="2025-03-11")


def test_persona_cards() -> None:
    names = ("twain", "franklin", "neutral", "hamlet", "macbeth", "satire")
    for card in [PERSONAS[name] for name in names]:
        assert 15 <= len(card["system_prompt"].split()) <= 30


def test_replies_are_many_and_different() -> None:
    def leaves(node: Any) -> list[str]:
        return node if isinstance(node, list) else [leaf for part in node.values() for leaf in leaves(part)]

    every = [leaf for persona in WORDING.replies.values() for leaf in leaves(persona)]
    for persona, sentences in WORDING.replies.items():
        assert len(leaves(sentences)) >= 60, persona
    repeated = [text for text, count in Counter(every).items() if count > 1]
    assert not repeated


def test_fill() -> None:
    assert fill("{Day} in {place}: fit?", {"day": "on Friday", "place": "Rome"}) == "On Friday in Rome: fit?"
    assert fill("And {day}?", {"day": "on Friday"}) == "And Friday?"
    assert fill("Weather in {place}.", {"place": "Rome"}, lower=True) == "weather in rome"
