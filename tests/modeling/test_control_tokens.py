from __future__ import annotations

from pathlib import Path

import pytest
from transformers import AutoTokenizer

from twainbot.files import InputError
from twainbot.modeling.base import load_tokenizer
from twainbot.modeling.control_tokens import end_of_text_id, padding_token, stop_ids, token_id


def names(tokenizer, ids):
    return [tokenizer.convert_ids_to_tokens(number) for number in ids]


def test_llama_ends_a_text_otherwise_than_a_turn(tiny_base: Path):
    tokenizer = AutoTokenizer.from_pretrained(tiny_base)
    assert names(tokenizer, [end_of_text_id(tokenizer)]) == ["<|end_of_text|>"]
    assert names(tokenizer, stop_ids(tokenizer)) == ["<|end_of_text|>", "<|eot_id|>", "<|eom_id|>"]
    assert padding_token(tokenizer) == "<|finetune_right_pad_id|>"


def test_mistral_has_one_end_for_all(mistral_base: Path):
    tokenizer = AutoTokenizer.from_pretrained(mistral_base)
    assert names(tokenizer, [end_of_text_id(tokenizer)]) == ["</s>"]
    assert stop_ids(tokenizer) == [tokenizer.eos_token_id]


def test_an_unknown_token_is_not_the_token_unk(mistral_base: Path):
    tokenizer = AutoTokenizer.from_pretrained(mistral_base)
    assert tokenizer.convert_tokens_to_ids("<|eom_id|>") == tokenizer.unk_token_id
    assert token_id(tokenizer, "<|eom_id|>") is None
    assert token_id(tokenizer, "<unk>") == tokenizer.unk_token_id


@pytest.mark.parametrize("declared", [None, "</s>"])
def test_a_pad_token_is_found_where_none_is_declared(mistral_base: Path, declared):
    tokenizer = AutoTokenizer.from_pretrained(mistral_base)
    tokenizer.pad_token = declared
    assert padding_token(tokenizer) == "[control_768]"


def test_a_declared_pad_token_is_kept(mistral_base: Path, at_root: Path, tmp_path: Path):
    tokenizer = AutoTokenizer.from_pretrained(mistral_base)
    tokenizer.pad_token = "<unk>"
    tokenizer.save_pretrained(tmp_path)
    assert load_tokenizer(tmp_path, "mistral_v03").pad_token == "<unk>"
    assert load_tokenizer(mistral_base, "mistral_v03").pad_token == "[control_768]"


def test_a_base_that_has_nothing_to_pad_with_is_refused(mistral_base: Path, at_root: Path, monkeypatch):
    monkeypatch.setattr("twainbot.modeling.control_tokens.PADDING", ("<|finetune_right_pad_id|>",))
    with pytest.raises(InputError, match="needs a pad token of its own"):
        load_tokenizer(mistral_base, "mistral_v03")
