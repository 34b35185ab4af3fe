import json
import re
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from jsonschema import Draft202012Validator

from pretrain import names, offers
from pretrain.synthetic import make_row, make_rows

ROWS = make_rows(1500, seed=3)


def calls(row):
    return [m["tool_calls"][0]["function"] for m in row["messages"] if m.get("tool_calls")]


def test_a_row_depends_on_seed_and_index_alone():
    assert make_row(3, 7) == ROWS[7]
    assert make_row(4, 7) != ROWS[7]


def test_every_call_fits_the_schema_of_an_offered_tool():
    seen = 0
    for row in ROWS:
        schemas = {t["function"]["name"]: t["function"]["parameters"] for t in row["tools"] or []}
        for call in calls(row):
            Draft202012Validator(schemas[call["name"]]).validate(json.loads(call["arguments"]))
            seen += 1
    assert seen > 300


def test_every_argument_was_said_in_the_conversation_or_is_a_day_counted_from_the_stated_one():
    counted = 0
    for row in ROWS:
        said = "\n".join(m["content"] for m in row["messages"] if m["role"] == "user").lower()
        stated = re.search(r"\d{4}-\d\d-\d\d", row["messages"][0]["content"])
        for call in calls(row):
            for value in json.loads(call["arguments"]).values():
                # Who is in a hurry leaves out the last full stop, a message's too.
                if str(value).lower().rstrip(".?!") not in said:
                    days = date.fromisoformat(value) - date.fromisoformat(stated.group())
                    assert 1 <= days.days <= 21
                    counted += 1
    assert counted > 50


@pytest.mark.parametrize(
    "said, days",
    [("the day after tomorrow", 2), ("in five days", 5), ("on March 1", 2), ("on 1 March", 2)],
)
def test_days_are_counted_from_today(said, days):
    today = date(2027, 2, 27)
    drawn = {names.date(Random(seed), today) for seed in range(3000)}
    assert ((today + timedelta(days)).isoformat(), said) in drawn
    assert {value for value, words in drawn if words == said} == {(today + timedelta(days)).isoformat()}


def test_weekdays_have_small_letters_where_the_schema_says_so():
    drawn = {names.date(Random(seed), lower=True) for seed in range(500)}
    assert ("monday", "on Monday") in drawn and not any(value == "Monday" for value, _ in drawn)


def test_most_tools_have_names_that_tell_nothing():
    listed = {name for spec in offers.TOOLS.values() for name in spec["names"]}
    offered = [t["function"]["name"] for row in ROWS for t in row["tools"] or ()]
    assert len(set(offered)) > 0.5 * len(offered)
    assert 0.1 < sum(name in listed for name in offered) / len(offered) < 0.4


def test_a_subject_that_is_only_mentioned_is_no_reason_for_a_call():
    mentioned = [row for row in ROWS if row["kind"] == "tool:mention"]
    assert len(mentioned) > 50 and not any(calls(row) for row in mentioned)


def test_roles_alternate_and_the_assistant_speaks_last():
    order = {"system": {"user"}, "user": {"assistant"}, "assistant": {"user", "tool"}, "tool": {"assistant"}}
    for row in ROWS:
        roles = [m["role"] for m in row["messages"]]
        assert roles[-1] == "assistant"
        assert all(b in order[a] for a, b in pairwise(roles)), roles


def test_no_slot_is_left_open_and_nothing_is_empty():
    for row in ROWS:
        for message in row["messages"]:
            assert message["content"] or message.get("tool_calls")
            if message["role"] != "tool" and not message["content"].lstrip().startswith("{"):
                assert not re.search(r"\{[a-z_]+\d?\}|PHRASE|NOUN|VALUE", message["content"]), message


@pytest.mark.parametrize("name", ["tools", "generic", "mentions"])
def test_no_tool_is_about_the_weather(name):
    text = Path(f"pretrain/data/{name}.yaml").read_text(encoding="utf-8")
    told = "\n".join(line for line in text.splitlines() if not line.startswith("#")).lower()
    assert not re.search(r"weather|forecast|temperature|\brain\b|tide", told)


def test_all_kinds_appear():
    assert {
        "tool:call",
        "tool:again",
        "tool:error",
        "tool:mention",
        "tool:missing",
        "tool:plain",
        "tool:unsupported",
        "text:talk",
    } <= {r["kind"] for r in ROWS}
