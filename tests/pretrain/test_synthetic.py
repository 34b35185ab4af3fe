import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

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


def test_every_argument_was_said_in_the_conversation():
    for row in ROWS:
        said = "\n".join(m["content"] for m in row["messages"] if m["role"] == "user").lower()
        for call in calls(row):
            for value in json.loads(call["arguments"]).values():
                assert str(value).lower() in said


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


@pytest.mark.parametrize("name", ["tools", "generic"])
def test_no_tool_is_about_the_weather(name):
    text = Path(f"pretrain/data/{name}.yaml").read_text(encoding="utf-8")
    told = "\n".join(line for line in text.splitlines() if not line.startswith("#")).lower()
    assert not re.search(r"weather|forecast|temperature|\brain\b|tide", told)


def test_all_kinds_appear():
    assert {"tool:call", "tool:error", "tool:missing", "tool:plain", "tool:unsupported", "text:talk"} <= {
        r["kind"] for r in ROWS
    }
