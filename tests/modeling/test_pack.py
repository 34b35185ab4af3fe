from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.files import InputError
from twainbot.modeling.base import load_base, load_tokenizer
from twainbot.modeling.pack import IGNORE, Sequenced, pack, tokenise_chat, tokenise_text


@pytest.fixture
def tokenizer(tiny_base: Path, at_root: Path):
    return load_tokenizer(tiny_base, "llama31")


@pytest.fixture
def mistral(mistral_base: Path, at_root: Path):
    return load_tokenizer(mistral_base, "mistral_v03")


def chat(row_id: str, user: str, assistant: str):
    return {
        "id": row_id,
        "messages": [{"role": "user", "content": user}, {"role": "assistant", "content": assistant}],
    }


def test_loss_is_on_the_assistant_turn_and_its_end_only(tokenizer):
    (sequence,) = tokenise_chat([chat("row-1", "Is it wet?", "It is.")], tokenizer, 10**4).sequences
    learned = [label for label in sequence["labels"] if label != IGNORE]
    assert tokenizer.decode(learned) == "It is.<|eot_id|>"
    assert len(sequence["labels"]) == len(sequence["input_ids"])
    assert sequence["input_ids"].count(tokenizer.bos_token_id) == 1


def test_a_tool_call_is_learned_and_its_result_is_not(tokenizer):
    row = {
        "id": "row-2",
        "messages": [
            {"role": "user", "content": "Rain?"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a": "b"}'}}
                ],
            },
            {"role": "tool", "tool_call_id": "c1", "content": '{"wet": true}'},
            {"role": "assistant", "content": "Yes."},
        ],
        "tools": None,
    }
    (sequence,) = tokenise_chat([row], tokenizer, 10**4).sequences
    learned = tokenizer.decode([label for label in sequence["labels"] if label != IGNORE])
    assert learned == '{"name": "f", "parameters": {"a": "b"}}<|eot_id|>Yes.<|eot_id|>'


def test_rows_that_cannot_be_learned_are_named_not_cut(tokenizer):
    rows = [
        chat("long", "x" * 500, "y"),
        chat("fine", "x", "y"),
        {"id": "mute", "messages": [{"role": "user", "content": "x"}]},
    ]
    result = tokenise_chat(rows, tokenizer, 300)
    assert [s["record_id"] for s in result.sequences] == ["fine"]
    assert result.dropped == {"too_long": ["long"], "nothing_to_learn": ["mute"]}
    assert result.counts() == {"too_long": 1, "no_end_of_turn": 0, "nothing_to_learn": 1}


def test_text_rows_learn_everything_after_bos(tokenizer):
    (sequence,) = tokenise_text([{"id": "t", "text": "Mud."}], tokenizer, 100).sequences
    assert tokenizer.decode(sequence["input_ids"]) == "<|begin_of_text|>Mud.<|end_of_text|>"
    assert sequence["labels"] == [IGNORE, *sequence["input_ids"][1:]]


def test_under_mistral_s_template_the_same_is_learned(mistral):
    rows = [chat("row-1", "Is it wet?", "It is.")]
    (sequence,) = tokenise_chat(rows, mistral, 10**4).sequences
    assert mistral.decode(sequence["input_ids"]) == "<s>[INST] Is it wet?[/INST] It is.</s>"
    learned = [label for label in sequence["labels"] if label != IGNORE]
    assert mistral.convert_ids_to_tokens(learned) == ["▁I", "t", "▁i", "s", ".", "</s>"]
    (text,) = tokenise_text([{"id": "t", "text": "Mud."}], mistral, 100).sequences
    assert mistral.convert_ids_to_tokens(text["input_ids"]) == ["<s>", "▁M", "u", "d", ".", "</s>"]


def test_rows_that_the_format_cannot_hold_are_all_named(mistral):
    lonely = {"id": "lonely", "messages": [{"role": "assistant", "content": "Ahoy."}]}
    empty = {"id": "empty", "messages": [{"role": "user", "content": None}]}
    with pytest.raises(InputError) as error:
        tokenise_chat([lonely, chat("fine", "x", "y"), empty], mistral, 100)
    first, *named = str(error.value).splitlines()
    assert first.startswith("2 of 3 rows do not fit the base's chat format")
    assert [line.split(":")[0].strip() for line in named] == ["lonely", "empty"]
    with pytest.raises(InputError, match=r"and 5 more$"):
        tokenise_chat([lonely] * 25, mistral, 100)


@given(st.lists(st.integers(1, 50), max_size=200))
def test_packing_loses_nothing_and_overflows_nothing(lengths):
    sequences = [
        Sequenced(record_id=str(i), input_ids=[i] * n, labels=[i] * n) for i, n in enumerate(lengths)
    ]
    packs = pack(sequences, 50)
    for item in packs:
        assert sum(item["seq_lengths"]) == len(item["input_ids"]) == len(item["labels"]) <= 50
        assert item["input_ids"] == [
            int(r) for r, n in zip(item["record_ids"], item["seq_lengths"], strict=True) for _ in range(n)
        ]
    assert sorted(int(r) for item in packs for r in item["record_ids"]) == list(range(len(lengths)))


def test_packed_and_single_rows_give_the_same_loss(tiny_base, tokenizer):
    import torch
    from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

    rows = [
        chat(f"row-{i}", "How is the river? " * (i + 1), "High, and rising by " + "inch " * i)
        for i in range(4)
    ]
    sequences = tokenise_chat(rows, tokenizer, 10**4).sequences
    (packed,) = pack(sequences, 10**4)
    model = load_base(tiny_base, "float32")
    model.config.use_cache = False
    collate = DataCollatorForLanguageModeling(pad_token_id=tokenizer.pad_token_id, padding_free=True)

    def summed_loss(item) -> torch.Tensor:
        batch = collate([{key: item[key] for key in ("input_ids", "labels", "seq_lengths")}])
        learned = (batch["labels"] != IGNORE).sum()
        with torch.no_grad():
            return (
                model(
                    input_ids=batch["input_ids"], labels=batch["labels"], position_ids=batch["position_ids"]
                ).loss
                * learned
            )

    alone = sum(summed_loss({**s, "seq_lengths": [len(s["input_ids"])]}) for s in sequences)
    assert summed_loss(packed).item() == pytest.approx(float(alone), rel=1e-5)
