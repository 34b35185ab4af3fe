"""Counted without torch as training tokenises and packs."""

from __future__ import annotations

import pytest
from trainsettings import common

from twainbot.files import write_jsonl
from twainbot.modeling.base import load_tokenizer
from twainbot.modeling.pack import pack, tokenise_chat, tokenise_text, within
from twainbot.modeling.plan import Amount, amount, counted, hours, row_lengths
from twainbot.sections.models import Base, Preflight, TrainStage

STAGE = TrainStage(learning_rate=1e-3, epochs=2.0, max_tokens=1500)
CALL = {"id": "c1", "type": "function", "function": {"name": "get_weather", "arguments": '{"place": "Ely"}'}}
TOOL = {"type": "function", "function": {"name": "get_weather", "description": "", "parameters": {}}}


def chat_rows() -> list[dict]:
    rows = [
        {
            "id": f"row-{n}",
            "messages": [
                {"role": "user", "content": f"How deep is it at mile {n}?"},
                {"role": "assistant", "content": "Deep. " * (n * 7 % 31 + 1)},
            ],
            "tools": None,
        }
        for n in range(25)
    ]
    called = [
        {"role": "user", "content": "And the sky over Ely?"},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c1", "name": "get_weather", "content": '{"sky": "grey"}'},
        {"role": "assistant", "content": "Grey as a coot."},
    ]
    return [*rows, {"id": "call", "messages": called, "tools": [TOOL]}]


@pytest.mark.parametrize("plain", [False, True])
def test_the_count_is_what_training_makes_of_the_rows(tiny_base, at_root, tmp_path, plain):
    tokenizer = load_tokenizer(tiny_base, "llama31")
    rows = (
        [{"id": f"t-{n}", "text": "The river rose. " * (n % 40)} for n in range(50)] if plain else chat_rows()
    )
    settings = common(max_length=300, pack_tokens=320, accumulate=2)
    made = (tokenise_text if plain else tokenise_chat)(rows, tokenizer, 10**6).sequences
    assert row_lengths(rows, tiny_base, "llama31") == [len(sequence["input_ids"]) for sequence in made]

    fitting = (tokenise_text if plain else tokenise_chat)(rows, tokenizer, 300).sequences
    assert 0 < len(fitting) < len(rows)
    packs = within(pack(fitting, 320), 1500)
    write_jsonl(tmp_path / "train.jsonl", rows)
    base = Base(path=str(tiny_base), repository="", revision="", chat_template="llama31")
    assert counted(tmp_path / "train.jsonl", base, settings, STAGE) == Amount(
        rows=sum(len(p["record_ids"]) for p in packs),
        tokens=sum(len(p["input_ids"]) for p in packs),
        packs=len(packs),
        steps=2 * -(-len(packs) // 2),
    )


def test_nothing_is_counted_of_what_is_not_there(tiny_base, tmp_path):
    base = Base(path=str(tiny_base), repository="", revision="", chat_template="llama31")
    assert counted(tmp_path / "train.jsonl", base, common(), STAGE) is None
    (tmp_path / "train.jsonl").write_text("")
    nowhere = Base(path=str(tmp_path), repository="", revision="", chat_template="llama31")
    assert counted(tmp_path / "train.jsonl", nowhere, common(), STAGE) is None


def test_hours_are_of_all_epochs_at_the_given_speed():
    found = amount([90] * 10, common(pack_tokens=100), STAGE)
    assert (found.tokens, found.packs, found.steps) == (900, 10, 20)
    settings = {"price_per_hour": 2.5, "currency": "EUR", "device_gb": 0.0, "max_lora_rank": 16}
    assert hours(found, STAGE, Preflight(tokens_per_second=0.5, **settings)) == 1.0
    assert hours(found, STAGE, Preflight(tokens_per_second=0.0, **settings)) is None
    assert hours(None, STAGE, Preflight(tokens_per_second=0.5, **settings)) is None
