from __future__ import annotations

import pytest

from twainbot.evaluation.prompts import style_prompts, tool_prompts
from twainbot.files import InputError

ROWS = [{"id": f"style-{n:03d}", "prompt": f"Question {n}?"} for n in (1, 2, 3)]
PERSONAS = {
    "twain": {"system_prompt": "You are Twain.\n"},
    "franklin": {"system_prompt": "You are Franklin."},
}


def test_the_same_questions_are_asked_of_each_persona() -> None:
    prompts = style_prompts(ROWS, PERSONAS, ["twain", "franklin"], 2)
    assert [prompt["id"] for prompt in prompts] == [
        "style-001/twain",
        "style-002/twain",
        "style-001/franklin",
        "style-002/franklin",
    ]
    assert prompts[0]["messages"] == [
        {"role": "system", "content": "You are Twain."},
        {"role": "user", "content": "Question 1?"},
    ]
    assert prompts[2]["messages"][1] == prompts[0]["messages"][1]
    assert {prompt["tools"] for prompt in prompts} == {None}


@pytest.mark.parametrize(
    ("names", "count", "message"),
    [
        (["twain", "hamlet"], 2, r"style_personas: hamlet not in .*twain, franklin"),
        (["twain", "twain"], 2, "twain stands there twice"),
        (["twain"], 4, "style_prompts is 4, but there are 3"),
    ],
)
def test_what_cannot_be_asked_is_an_error(names: list[str], count: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        style_prompts(ROWS, PERSONAS, names, count)


def test_tool_items_are_asked_as_they_are_without_their_gold() -> None:
    messages, tools = [{"role": "user", "content": "Rain?"}], [{"type": "function"}]
    item = {"id": "call-1", "messages": messages, "tools": tools, "gold": {"call": True}, "family": "f"}
    assert tool_prompts([item]) == [{"id": "call-1", "messages": messages, "tools": tools}]
