from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from toolconversations import TOOL, all_rows

from twainbot.dataset.tools.weather_model import resolve_date, stated_today
from twainbot.dataset.tools.wire import from_mcp, to_mcp

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
DAY = st.sampled_from(["today", "Friday", "tomorrow", "2025-03-20", "someday", ""]) | JSON
ARGUMENTS = st.one_of(
    st.dictionaries(st.sampled_from(["location", "unit", "datetime", "x"]), JSON, max_size=4),
    st.fixed_dictionaries({"location": TEXT, "date": DAY}),
    st.fixed_dictionaries({"date": DAY, "datetime": JSON}),
)
# As we write them, as others do, and what is no object at all.
WRITTEN = ARGUMENTS.map(lambda a: json.dumps(a, ensure_ascii=False)) | ARGUMENTS.map(json.dumps) | TEXT
NAME = st.sampled_from(["get_weather", "find_train"])
FUNCTION = st.fixed_dictionaries({"name": NAME, "arguments": WRITTEN})


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    system = draw(st.sampled_from(["You are X.", "You are X.\nToday is Tuesday, 2025-03-11."]))
    messages: list[dict[str, Any]] = [{"role": "system", "content": system}]
    for number in range(draw(st.integers(0, 3))):
        messages.append({"role": "user", "content": draw(TEXT)})
        calls = [
            {
                "id": f"c{number}{n}",
                "type": "function",
                "function": {"name": name, "arguments": draw(WRITTEN)},
            }
            for n, name in enumerate(draw(st.lists(NAME, max_size=2)))
        ]
        if calls:
            messages.append({"role": "assistant", "content": draw(st.none() | TEXT), "tool_calls": calls})
        for call in calls:
            answer = {"role": "tool", "content": draw(st.none() | TEXT | JSON.map(json.dumps))}
            answer["tool_call_id"] = call["id"]
            if draw(st.booleans()):
                answer["name"] = call["function"]["name"]
            messages.append(answer)
        messages.append({"role": "assistant", "content": draw(TEXT)})
    tools = [TOOL, {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]
    return {"id": "x", "messages": messages, "tools": draw(st.none() | st.just(tools[:1]) | st.just(tools))}


@given(rows())
def test_there_and_back_is_the_same(row: dict[str, Any]) -> None:
    before = json.dumps(row)
    assert from_mcp(to_mcp(row)) == row
    assert json.dumps(row) == before
    json.dumps(to_mcp(row))


def test_real_conversations_come_back_and_their_calls_fit_their_schema() -> None:
    words = set()
    for row in all_rows():
        there = to_mcp(row)
        assert from_mcp(there) == row
        today = stated_today(str(row["messages"][0]["content"]))
        schemas = {tool["name"]: tool["inputSchema"] for tool in there["tools"]}
        assert "get_weather" not in schemas
        requests = [request for m in there["messages"] for request in m.get("requests", [])]
        for request in requests:
            params = request["params"]
            Draft202012Validator(schemas[params["name"]]).validate(params["arguments"])
            if word := params.get("_meta", {}).get("twainbot/date"):
                assert today is not None
                day = resolve_date(word, today)
                assert day is not None
                assert params["arguments"]["datetime"] == day.isoformat()
                words.add(word)
    assert {"today", "tomorrow", "friday", "sunday"} <= words


ROW = {
    "id": "tool-1",
    "messages": [
        {"role": "system", "content": "You are X.\nToday is Tuesday, 2025-03-11."},
        {"role": "user", "content": "Rome on Friday?"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {
                    "id": "call00001",
                    "type": "function",
                    "function": {
                        "name": "get_weather", "arguments": '{"location": "Rome", "date": "friday"}',
                    },
                }
            ],
        },
        {
            "role": "tool", "content": '{"error": "timeout"}', "tool_call_id": "call00001",
            "name": "get_weather",
        },
        {"role": "assistant", "content": "No answer came."},
    ],
    "tools": [TOOL],
}  # fmt: skip


def test_a_conversation_in_full() -> None:
    there = to_mcp(ROW)
    assert there["messages"][2:4] == [
        {
            "role": "assistant",
            "content": None,
            "requests": [
                {
                    "jsonrpc": "2.0",
                    "id": "call00001",
                    "method": "tools/call",
                    "params": {
                        "name": "weather_api.get_forecast",
                        "arguments": {"location": "Rome", "datetime": "2025-03-14"},
                        "_meta": {"twainbot/date": "friday"},
                    },
                }
            ],
        },
        {
            "role": "tool",
            "name": "weather_api.get_forecast",
            "response": {
                "jsonrpc": "2.0",
                "id": "call00001",
                "result": {"content": [{"type": "text", "text": '{"error": "timeout"}'}], "isError": True},
            },
        },
    ]
    (tool,) = there["tools"]
    assert tool["name"] == "weather_api.get_forecast"
    assert set(tool) == {"name", "description", "inputSchema", "_meta"}
    assert list(tool["inputSchema"]["properties"]) == ["location", "unit", "datetime"]


@pytest.mark.parametrize("content", ['{"location": "Rome"', "{}", '["error"]', '{"results": []}'])
def test_only_an_error_is_an_error(content: str) -> None:
    row = {**ROW, "messages": [{**ROW["messages"][3], "content": content}]}
    assert to_mcp(row)["messages"][0]["response"]["result"] == {
        "content": [{"type": "text", "text": content}], "isError": False,
    }  # fmt: skip


def test_without_a_clock_the_day_stays_a_word() -> None:
    row = {**ROW, "messages": ROW["messages"][1:]}
    call = to_mcp(row)["messages"][1]["requests"][0]["params"]
    assert call["arguments"] == {"location": "Rome", "datetime": "friday"}
    assert from_mcp(to_mcp(row)) == row
