from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.commands.toolloop import newest_that_fit, run_tool, take_turn
from twainbot.files import InputError

SCHEMA = {"type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]}
TOOLS = {"sky": (SCHEMA, lambda arguments: {"sky": f"clear over {arguments['place']}"})}
CALL = '{"name": "sky", "parameters": {"place": "Elmira"}}'


def writer(*texts: str):
    """Writes these texts in turn."""
    remaining = iter(texts)
    return lambda messages: next(remaining)


def called(text: str) -> tuple[str | None, str, dict] | None:
    """(prose, function, arguments) of the call that is run for a text, None if there is none."""
    first = next(take_turn(writer(text, "Done."), [], TOOLS))
    if not first.get("tool_calls"):
        assert first == {"role": "assistant", "content": text}
        return None
    function = first["tool_calls"][0]["function"]
    return first["content"], function["name"], json.loads(function["arguments"])


@pytest.mark.parametrize(
    ("text", "call"),
    [
        (CALL, (None, "sky", {"place": "Elmira"})),
        (f"Let me look. {CALL}", ("Let me look.", "sky", {"place": "Elmira"})),
        (f"<tool_call>{CALL}</tool_call>", (None, "sky", {"place": "Elmira"})),
        (f"{CALL}; {CALL.replace('Elmira', 'Hartford')}", (None, "sky", {"place": "Elmira"})),
        ('{"name": "sky", "arguments": {}}', (None, "sky", {})),
        ('{"a": 1} {"name": "sky", "parameters": {"place": "{"}}', ('{"a": 1}', "sky", {"place": "{"})),
        ('{"name": "sky"}', None),
        ('{"name": "sky", "parameters": "Elmira"}', None),
        ('{"name": "sky", "parameters": {"place": "Elm', None),
        ("Fair, I should say.", None),
        ("", None),
    ],
)
def test_a_call_is_run_or_the_text_stands(text, call):
    assert called(text) == call


@given(
    st.from_regex(r"[a-z_]{1,20}", fullmatch=True),
    st.dictionaries(st.text('{}[]":,\\ aé'), st.text('{}[]":,\\ aé'), max_size=3),
)
def test_any_arguments_come_back_as_they_were(name, arguments):
    assert called(json.dumps({"name": name, "parameters": arguments})) == (None, name, arguments)


@given(st.text(alphabet='{}[]":, namepr\\'))
def test_no_text_is_an_error(text):
    called(text)


def test_an_answer_without_a_call():
    assert list(take_turn(writer("Fair."), [], TOOLS)) == [{"role": "assistant", "content": "Fair."}]


def test_a_call_its_result_and_the_answer():
    seen = []
    texts = iter([CALL, "Clear."])
    turn = list(take_turn(lambda messages: seen.append(list(messages)) or next(texts), [], TOOLS))
    assert [message["role"] for message in turn] == ["assistant", "tool", "assistant"]
    assert turn[0]["content"] is None
    assert turn[0]["tool_calls"][0]["function"] == {"name": "sky", "arguments": '{"place": "Elmira"}'}
    assert turn[1]["tool_call_id"] == turn[0]["tool_calls"][0]["id"] == "call00001"
    assert json.loads(turn[1]["content"]) == {"sky": "clear over Elmira"}
    assert turn[2]["content"] == "Clear."
    assert seen[1] == turn[:2]


def test_a_call_under_mistral_s_template_and_ids_that_go_on():
    listed = f"[TOOL_CALLS] [{CALL.replace('parameters', 'arguments')}]"
    first = list(take_turn(writer(f"Let me look. {listed}", "Clear."), [], TOOLS, template="mistral_v03"))
    assert first[0]["content"] == "Let me look."
    assert first[0]["tool_calls"][0]["function"] == {"name": "sky", "arguments": '{"place": "Elmira"}'}
    second = list(take_turn(writer(listed, "Clear."), first, TOOLS, template="mistral_v03"))
    ids = [turn[0]["tool_calls"][0]["id"] for turn in (first, second)]
    assert ids == ["call00001", "call00002"]
    assert second[1]["tool_call_id"] == "call00002"


def test_a_model_that_only_calls_is_stopped():
    turn = list(take_turn(lambda messages: CALL, [], TOOLS, max_rounds=2))
    assert [message["role"] for message in turn] == ["assistant", "tool"] * 2 + ["assistant"]
    assert turn[-1]["content"] == CALL


def test_without_tools_a_call_is_text():
    assert next(take_turn(writer(CALL), [], {}))["content"] == CALL


def test_what_a_tool_cannot_do_is_told_to_the_model():
    def fails(arguments):
        raise InputError("the wire is down")

    assert run_tool("stars", {}, TOOLS) == {"error": "there is no tool 'stars'"}
    assert run_tool("sky", {}, TOOLS) == {"error": "'place' is a required property"}
    assert run_tool("sky", {"place": "Elmira"}, {"sky": (SCHEMA, fails)}) == {"error": "the wire is down"}


def test_the_oldest_turns_make_room():
    messages = [
        {"role": role, "content": str(n)} for n, role in enumerate(["system", *["user", "assistant"] * 3])
    ]
    kept = newest_that_fit(messages, lambda some: len(some) <= 4)
    assert [message["content"] for message in kept] == ["0", "5", "6"]
    assert newest_that_fit(messages, lambda some: False) == [messages[0], *messages[5:]]
    assert newest_that_fit(messages, lambda some: True) == messages
