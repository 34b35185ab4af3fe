from __future__ import annotations

from pathlib import Path

import pytest
import trl

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


def test_two_calls_in_a_turn_are_refused(tokenizer):
    double = {**call(), "tool_calls": call()["tool_calls"] * 2}
    with pytest.raises(Exception, match="holds one tool call a turn; this turn has 2"):
        render_text(tokenizer, [CONVERSATION[1], double])


def test_an_unknown_template_lists_the_known(at_root):
    with pytest.raises(InputError, match=r"lama\.jinja does not exist.*llama31"):
        load_template("lama")
