from __future__ import annotations

from pathlib import Path

import pytest
import trl
from conversations import CASES, TIDE, called, result, said, system, user

from twainbot.files import InputError
from twainbot.modeling.base import load_tokenizer
from twainbot.modeling.chat_template import DATE_STRING, decode_wire, load_template, render, render_text

TOOL = {
    "type": "function",
    "function": {
        "name": "get_tide",
        "description": "The next high tide.",
        "parameters": {"type": "object", "properties": {"port": {"type": "string"}}, "required": ["port"]},
    },
}


def call(arguments: str = '{"port": "Hull"}', content: str | None = None):
    function = {"name": "get_tide", "arguments": arguments}
    return {
        "role": "assistant",
        "content": content,
        "tool_calls": [{"id": "c", "type": "function", "function": function}],
    }


CONVERSATION = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "When is high water at Hull?"},
    call(),
    {"role": "tool", "tool_call_id": "c", "content": '{"time": "04:10"}'},
    {"role": "assistant", "content": "At ten past four."},
    {"role": "user", "content": "Thanks."},
    {"role": "assistant", "content": "Not at all."},
]


@pytest.fixture
def tokenizer(tiny_base: Path, at_root: Path):
    return load_tokenizer(tiny_base, "llama31")


@pytest.fixture
def mistral(mistral_base: Path, at_root: Path):
    return load_tokenizer(mistral_base, "mistral_v03")


@pytest.fixture(params=["llama31", "mistral_v03", "embedded"])
def formats(request, at_root: Path):
    """Each format with a tokenizer of its kind, and the base that ships."""
    if request.param == "embedded":
        return load_tokenizer(at_root / "models/base/embedded", "llama31")
    base = request.getfixturevalue("tiny_base" if request.param == "llama31" else "mistral_base")
    return load_tokenizer(base, request.param)


@pytest.mark.parametrize("tools", [None, [TOOL], [TOOL, TOOL]])
@pytest.mark.parametrize("messages", [CONVERSATION, CONVERSATION[1:], CONVERSATION[:2], CONVERSATION[:4]])
@pytest.mark.parametrize("open_ended", [True, False])
def test_renders_byte_for_byte_as_the_stock_template(tokenizer, messages, tools, open_ended):
    stock = (Path(trl.__file__).parent / "chat_templates/llama3_1.jinja").read_text(encoding="utf-8")
    expected = tokenizer.apply_chat_template(
        decode_wire(messages),
        chat_template=stock,
        tools=tools,
        tokenize=False,
        add_generation_prompt=open_ended,
        date_string=DATE_STRING,
    )
    assert render_text(tokenizer, messages, tools, add_generation_prompt=open_ended) == expected


def test_golden_rendering(tokenizer):
    assert render_text(tokenizer, CONVERSATION[:4], None, add_generation_prompt=True) == (
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\n"
        "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\nBe brief.<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\nWhen is high water at Hull?<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n"
        '{"name": "get_tide", "parameters": {"port": "Hull"}}<|eot_id|>'
        '<|start_header_id|>ipython<|end_header_id|>\n\n{"time": "04:10"}<|eot_id|>'
        "<|start_header_id|>assistant<|end_header_id|>\n\n"
    )


def test_text_beside_a_call_is_kept(tokenizer):
    text = render_text(tokenizer, [CONVERSATION[1], call(content="Let me look.")])
    assert 'Let me look.\n\n{"name": "get_tide"' in text


def test_one_bos_and_the_assistants_turns_marked(tokenizer):
    ids, mask = render(tokenizer, CONVERSATION, [TOOL])
    assert ids.count(tokenizer.bos_token_id) == 1
    marked = tokenizer.decode([token for token, on in zip(ids, mask, strict=True) if on])
    assert marked == (
        '{"name": "get_tide", "parameters": {"port": "Hull"}}<|eot_id|>'
        "At ten past four.<|eot_id|>Not at all.<|eot_id|>"
    )


def test_the_prompt_is_a_prefix_of_the_training_row(tokenizer):
    prompt = render(tokenizer, CONVERSATION[:6], [TOOL], add_generation_prompt=True).input_ids
    assert render(tokenizer, CONVERSATION, [TOOL]).input_ids[: len(prompt)] == prompt


def test_broken_tool_results_reach_the_model_as_they_are(tokenizer):
    assert decode_wire([{"role": "tool", "content": '{"time": '}]) == [
        {"role": "tool", "content": '{"time": '}
    ]


@pytest.mark.parametrize("arguments", ["{", '"Hull"', "[1]"])
def test_arguments_that_are_no_object_are_refused(arguments):
    with pytest.raises(InputError, match="message 0: tool arguments"):
        decode_wire([call(arguments)])


@pytest.mark.parametrize(
    ("content", "decoded"),
    [('{"a": 0.5}', {"a": 0.5}), ('["é"]', ["é"]), ("7", "7"), ('"x"', '"x"'), ("null", "null"), ("", "")],
)
def test_only_an_object_or_a_list_is_decoded(content, decoded):
    assert decode_wire([result(content)])[0]["content"] == decoded


@pytest.mark.parametrize("role", ["system", "user", "assistant", "tool"])
def test_a_message_without_content_is_refused(role):
    with pytest.raises(InputError, match=rf"message 1 \({role}\): neither content nor a tool call"):
        decode_wire([user("Rain?"), {"role": role, "content": None}])


def test_a_name_is_written_as_json(formats):
    odd = [user("?"), called(('say "{hi}"', "{}"))]
    assert '{"name": "say \\"{hi}\\"", ' in render_text(formats, odd)


def test_an_unknown_template_lists_the_known(at_root):
    with pytest.raises(InputError, match=r"lama\.jinja does not exist.*llama31"):
        load_template("lama")


def test_the_embedded_base_has_the_project_s_template(at_root):
    shipped = at_root / "models/base/embedded/chat_template.jinja"
    assert shipped.read_bytes() == (at_root / "models/templates/llama31.jinja").read_bytes()


@pytest.mark.parametrize("case", CASES)
def test_every_prompt_is_a_prefix_of_the_row_and_its_answer_is_what_is_learned(formats, case):
    messages, tools, _ = CASES[case]
    if case == "two-calls" and formats.eos_token != "</s>":
        pytest.skip("Llama's format holds one call a turn")
    ids, mask = render(formats, messages, tools)
    assert ids.count(formats.bos_token_id) == 1
    assert ids[0] == formats.bos_token_id
    learned = [0] * len(ids)
    for number, message in enumerate(messages):
        if message["role"] == "assistant":
            prompt = render(formats, messages[:number], tools, add_generation_prompt=True).input_ids
            until = render(formats, messages[: number + 1], tools).input_ids
            assert ids[: len(until)] == until
            assert until[: len(prompt)] == prompt
            assert until[-1] == formats.eos_token_id
            learned[len(prompt) : len(until)] = [1] * (len(until) - len(prompt))
    assert mask == learned


@pytest.mark.parametrize("case", CASES)
def test_the_system_prompt_is_always_there_once(formats, case):
    messages, tools, open_ended = CASES[case]
    if case == "two-calls" and formats.eos_token != "</s>":
        pytest.skip("Llama's format holds one call a turn")
    if messages[0]["role"] == "system":
        text = render_text(formats, messages, tools, add_generation_prompt=open_ended)
        assert text.count(messages[0]["content"]) == 1


def test_a_server_s_strings_render_as_the_decoded_objects(formats):
    """What vLLM hands to a template: arguments as an object, results as text; transformers: both as text."""
    messages = [
        user("Ålesund?"),
        called(("get_tide", '{"port": "Ålesund"}')),
        result({"time": "04:10", "at": ["é"]}),
    ]
    expected = render_text(formats, messages, [TIDE])
    decoded = decode_wire(messages)[1]
    for served in ([messages[0], decoded, messages[2]], messages):
        assert formats.apply_chat_template(served, tools=[TIDE], tokenize=False) == expected


def test_mistral_joins_users_who_speak_after_each_other(mistral):
    text = render_text(
        mistral, [system("Be brief."), user("ANN: Rain?"), user("BOB: Snow?"), said("Both.")], [TIDE]
    )
    assert text.endswith("[INST] Be brief.\n\nANN: Rain?\n\nBOB: Snow?[/INST] Both.</s>")


@pytest.mark.parametrize(
    ("messages", "problem"),
    [
        ([user("?"), call()], 'needs tool call ids of 9 characters; this call\'s is "c"'),
        ([user("?"), {**called(("f", "{}")), "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}],
         "needs tool call ids of 9 characters; this call's is null"),
        ([user("?"), called(("f", "{}")), {"role": "tool", "content": "x"}],
         "needs tool call ids of 9 characters; this result's is null"),
        ([said("Ahoy.")], "a conversation must begin with one"),
        ([system()], "a conversation must begin with one"),
        ([user("a"), said("b"), said("c")], "An assistant turn follows another"),
        ([user("a"), called(("f", "{}")), result("1"), user("b")], "has not answered"),
        ([user("a"), said("b"), system("c")], 'no turn for the role "system"'),
    ],
)  # fmt: skip
def test_what_mistral_cannot_hold_is_refused(mistral, messages, problem):
    with pytest.raises(InputError, match=problem):
        render_text(mistral, messages)


def test_llama_refuses_tools_without_a_user_turn_to_list_them_in(tokenizer):
    with pytest.raises(InputError, match="lists the tools in the first user turn"):
        render_text(tokenizer, [system(), said("Ahoy.")], [TIDE])


@pytest.mark.parametrize(
    ("base", "template", "missing"),
    [
        ("mistral_base", "llama31", "<|end_header_id|>, <|eot_id|>"),
        ("tiny_base", "mistral_v03", "[/AVAILABLE_TOOLS], [/INST], "),
    ],
)
def test_a_template_of_another_base_is_refused(request, at_root, base, template, missing):
    with pytest.raises(InputError) as error:
        load_tokenizer(request.getfixturevalue(base), template)
    assert f"the tokenizer has no token {missing}" in str(error.value)
