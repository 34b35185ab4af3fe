from __future__ import annotations

import contextlib
import functools
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from conversations import called, user
from hypothesis import given
from hypothesis import strategies as st

from twainbot.evaluation.callparse import Call, Parsed, outcome, parse, render_call

ROOT = Path(__file__).resolve().parents[2]
EMBEDDED = ROOT / "models/base/embedded"
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


@pytest.fixture(scope="module", params=["llama31", "mistral_v03", "embedded"])
def tokenizer(request: pytest.FixtureRequest) -> Any:
    from transformers import AutoTokenizer

    bases = {"llama31": "tiny_base", "mistral_v03": "mistral_base"}
    base = request.getfixturevalue(bases[request.param]) if request.param in bases else EMBEDDED
    loaded = AutoTokenizer.from_pretrained(base)
    if request.param != "embedded":
        loaded.chat_template = (ROOT / f"models/templates/{request.param}.jinja").read_text()
    return loaded


def written(tokenizer: Any, *messages: Any) -> str:
    """What the assistant writes last, as the template renders it."""
    from twainbot.modeling.chat_template import render_text

    before = render_text(tokenizer, messages[:-1], add_generation_prompt=True)
    return render_text(tokenizer, messages).removeprefix(before)


def template_of(tokenizer: Any) -> str:
    return "mistral_v03" if tokenizer.eos_token == "</s>" else "llama31"


def wire(*calls: Call, text: str | None = None) -> dict[str, Any]:
    return called(*((call.name, json.dumps(call.arguments)) for call in calls), text=text)


@given(st.builds(Call, st.text(min_size=1, max_size=20), st.dictionaries(st.text(), values, max_size=4)))
def test_parse_inverts_the_template(tokenizer: Any, call: Call) -> None:
    text = written(tokenizer, user("?"), wire(call))
    expected = Parsed((call,), "", True, None)
    assert parse(text, template=template_of(tokenizer)) == expected or (
        template_of(tokenizer) == "llama31" and _holds_markup(call)
    )


@given(st.lists(calls, min_size=1, max_size=3), st.text(st.characters(exclude_characters="[")))
def test_parse_inverts_mistral_s_list_and_the_text_before_it(
    mistral_base: Path, several: list[Call], text: str
) -> None:
    turn = written(_mistral(mistral_base), user("?"), wire(*several, text=text))
    parsed = parse(turn, template="mistral_v03")
    assert parsed == Parsed(tuple(several), text.strip(), True, None)


@functools.cache
def _mistral(base: Path) -> Any:
    from transformers import AutoTokenizer

    loaded = AutoTokenizer.from_pretrained(base)
    loaded.chat_template = (ROOT / "models/templates/mistral_v03.jinja").read_text()
    return loaded


@pytest.fixture(scope="module")
def episodes(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The conversations that the stage makes from what is committed."""
    from twainbot.files import read_jsonl
    from twainbot.stages.toolcalls import main

    folder = tmp_path_factory.mktemp("episodes")
    shutil.copytree(ROOT / "data/tools", folder / "data/tools")
    for name in ("params.yaml", "data/personas.yaml"):
        shutil.copy(ROOT / name, folder / name)
    with contextlib.chdir(folder):
        main()
    return read_jsonl(folder / "data/toolcalls/episodes.jsonl")


def test_every_episode_s_calls_are_read_back(tokenizer: Any, episodes: list[dict[str, Any]]) -> None:
    count = 0
    for episode in episodes:
        for message in episode["messages"]:
            if not message.get("tool_calls"):
                continue
            count += 1
            made = tuple(
                Call(call["function"]["name"], json.loads(call["function"]["arguments"]))
                for call in message["tool_calls"]
            )
            turn = written(tokenizer, user("?"), message)
            parsed = parse(turn, template=template_of(tokenizer))
            assert parsed == Parsed(made, message["content"] or "", True, None)
            assert outcome(parsed, episode["tools"], parallel=True) == ("VALID", None)
    assert count > 500


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


MISTRAL = '[TOOL_CALLS] [{"name": "get_weather", "arguments": {"location": "Rome"}, "id": "call00001"}]'
BARE = '{"name": "get_weather", "arguments": {"location": "Rome"}}'


@pytest.mark.parametrize(
    ("text", "rest", "found"),
    [
        (MISTRAL, "", "VALID"),
        (f" Let me look. {MISTRAL}</s>", "Let me look.", "VALID"),
        (f"[TOOL_CALLS][{BARE}]", "", "VALID"),
        ("It is sunny in Rome.</s>", "It is sunny in Rome.", "NONE"),
        ('The set {"a": 1} [is] small.', 'The set {"a": 1} [is] small.', "NONE"),
        ("", "", "NONE"),
    ],
)
def test_outcomes_under_mistral_s_template(text: str, rest: str, found: str) -> None:
    parsed = parse(text, ["get_weather"], "mistral_v03")
    assert outcome(parsed, [TOOL]) == (found, None)
    assert (parsed.calls, parsed.rest) == ((ROME,) if found == "VALID" else (), rest)


@pytest.mark.parametrize(
    ("text", "failure"),
    [
        (MISTRAL[:-1], "truncated"),
        (MISTRAL[:40], "truncated"),
        ("[TOOL_CALLS]", "not_json"),
        ("[TOOL_CALLS] get_weather(Rome)", "not_json"),
        ("[TOOL_CALLS] []", "not_a_list"),
        (f"[TOOL_CALLS] {BARE}", "not_a_list"),
        ('[TOOL_CALLS] ["get_weather"]', "not_a_list"),
        (f"{MISTRAL} That should do.", "text_beside_call"),
        (f"{MISTRAL} {MISTRAL}", "text_beside_call"),
        (MISTRAL.removeprefix("[TOOL_CALLS] "), "missing_marker"),
        (GOOD, "missing_marker"),
        ('get_weather(location="Rome")', "prose_call"),
        (f"[TOOL_CALLS] [{GOOD}]", "missing_arguments"),
        ('[TOOL_CALLS] [{"arguments": {}}]', "missing_name"),
        ('[TOOL_CALLS] [{"name": "get_weather", "arguments": "{}"}]', "arguments_not_object"),
        ('[TOOL_CALLS] [{"name": "get_weather", "name": "x", "arguments": {}}]', "duplicate_key"),
        (f"[TOOL_CALLS] [{BARE}, {BARE}]", "several_calls"),
        (MISTRAL.replace("location", "city"), "schema"),
        (MISTRAL.replace("get_weather", "get_whether"), "unknown_tool"),
    ],
)
def test_failures_under_mistral_s_template(text: str, failure: str) -> None:
    parsed = parse(text, ["get_weather"], "mistral_v03")
    assert parsed.attempt
    assert outcome(parsed, [TOOL]) == ("MALFORMED", failure)


def test_several_calls_are_valid_only_when_they_were_asked_for() -> None:
    two = parse(f"[TOOL_CALLS] [{BARE}, {BARE.replace('Rome', 'Oslo')}]", template="mistral_v03")
    assert [call.arguments["location"] for call in two.calls] == ["Rome", "Oslo"]
    assert outcome(two, [TOOL]) == ("MALFORMED", "several_calls")
    assert outcome(two, [TOOL], parallel=True) == ("VALID", None)
    wrong = parse(f"[TOOL_CALLS] [{BARE}, {BARE.replace('location', 'city')}]", template="mistral_v03")
    assert outcome(wrong, [TOOL], parallel=True) == ("MALFORMED", "schema")
    # Llama's format holds one, whatever was asked for.
    assert outcome(parse(f"{GOOD}; {GOOD}"), [TOOL], parallel=True) == ("MALFORMED", "several_calls")


@pytest.mark.parametrize("text", [MISTRAL, f"Let me look. {MISTRAL}"])
def test_mistral_s_marker_makes_no_call_under_llama_s_template(text: str) -> None:
    assert outcome(parse(text, ["get_weather"]), [TOOL])[0] == "MALFORMED"
