from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.evaluation.callparse import Call, Parsed, outcome, parse, render_call

ROOT = Path(__file__).resolve().parents[2]
TOOL = json.loads((ROOT / "data/tools/get_weather.json").read_text())
GOOD = '{"name": "get_weather", "parameters": {"location": "Rome"}}'
ROME = Call("get_weather", {"location": "Rome"})

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
values = st.recursive(scalars, lambda v: st.lists(v) | st.dictionaries(st.text(), v), max_leaves=8)
calls = st.builds(
    Call, st.from_regex(r"[a-z_]{1,20}", fullmatch=True), st.dictionaries(st.text(), values, max_size=4)
)


@given(calls)
def test_parse_inverts_render(call: Call) -> None:
    assert parse(render_call(call)) == Parsed((call,), "", True, None) or _holds_markup(call)


def _holds_markup(call: Call) -> bool:
    # A value that itself spells a special token cannot survive: the tokenizer would read it as one too.
    return any(mark in render_call(call) for mark in ("<|", "</s>", "tool_call>"))


@given(st.text(max_size=80))
def test_parse_never_fails(text: str) -> None:
    parsed = parse(text, names=["get_weather"])
    assert parsed.attempt == bool(parsed.calls or parsed.failure)
    assert outcome(parsed, [TOOL])[0] in ("NONE", "VALID", "MALFORMED")


@given(calls, st.integers(min_value=1))
def test_a_cut_call_is_an_attempt(call: Call, cut: int) -> None:
    text = render_call(call)
    part = text[: max(9, len(text) - cut)]  # at least {"name":
    assert parse(part).attempt
    if part != text:
        assert parse(part).failure is not None


def test_the_template_renders_what_is_parsed(tiny_base: Path) -> None:
    from transformers import AutoTokenizer

    from twainbot.modeling.chat_template import render_text

    tokenizer = AutoTokenizer.from_pretrained(tiny_base)
    call = Call("get_weather", {"location": 'São Paulo, "Brazil"', "date": "friday"})
    wire: dict[str, Any] = {"name": call.name, "arguments": json.dumps(call.arguments)}
    message = {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "call00001", "type": "function", "function": wire}],
    }
    text = render_text(tokenizer, [{"role": "user", "content": "?"}, message])
    turn = text.rpartition("<|end_header_id|>\n\n")[2]
    assert turn.removesuffix("<|eot_id|>") == render_call(call)
    assert parse(turn).calls == (call,)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (GOOD, "VALID"),
        (f"  {GOOD}\n<|eot_id|>", "VALID"),
        (f"<|python_tag|>{GOOD}<|eom_id|>", "VALID"),
        (f"<tool_call>\n{GOOD}\n</tool_call>", "VALID"),
        (GOOD.replace("parameters", "arguments"), "VALID"),
        ("It is sunny in Rome, with a high of 20°C.", "NONE"),
        ("", "NONE"),
        ('The set {"a": 1} is small, and { alone too.', "NONE"),
        ("I could get weather (if you named a town).", "NONE"),
    ],
)
def test_outcomes(text: str, found: str) -> None:
    parsed = parse(text, names=["get_weather"])
    assert outcome(parsed, [TOOL]) == (found, None)
    assert parsed.attempt == (found == "VALID")
    assert parsed.calls == ((ROME,) if found == "VALID" else ())


@pytest.mark.parametrize(
    ("text", "failure"),
    [
        (GOOD[:-2], "truncated"),
        ('{"name": "get_weather", "parameters": {"location": "Ro', "truncated"),
        ('{"name": "get_weather", "parameters": {location: Rome}}', "not_json"),
        ('{"name": "get_weather", "parameters": {"location": NaN}}', "not_json"),
        ('<tool_call>{"nam</tool_call>', "not_json"),
        ('{"name": "get_weather", "parameters": {"location": "Rome", "location": "Oslo"}}', "duplicate_key"),
        ('{"parameters": {"location": "Rome"}}', "missing_name"),
        ('{"name": 3, "parameters": {}}', "missing_name"),
        (f'{{"type": "function", "function": {GOOD}}}', "missing_name"),
        ('{"name": "get_weather"}', "missing_arguments"),
        ('{"name": "get_weather", "parameters": "{\\"location\\": \\"Rome\\"}"}', "arguments_not_object"),
        ('get_weather(location="Rome")', "prose_call"),
        (f"Let me look. {GOOD}", "text_beside_call"),
        (f"{GOOD} That should do.", "text_beside_call"),
        (f"{GOOD}; {GOOD}", "several_calls"),
        (GOOD.replace("get_weather", "get_whether"), "unknown_tool"),
        (GOOD.replace("location", "city"), "schema"),
        (GOOD.replace('"Rome"', "5"), "schema"),
        (GOOD.replace('"Rome"', '"Rome", "unit": "kelvin"'), "schema"),
    ],
)
def test_failures_are_named(text: str, failure: str) -> None:
    parsed = parse(text, names=["get_weather"])
    assert parsed.attempt
    assert outcome(parsed, [TOOL]) == ("MALFORMED", failure)
