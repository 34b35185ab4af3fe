"""Tokens counted without transformers are the tokens that training sees."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from gaterows import asks, call, says, sound_rows

from twainbot.files import InputError
from twainbot.modeling.base import load_tokenizer
from twainbot.modeling.chat_template import render, render_text
from twainbot.modeling.lengths import conversation_counter, conversation_text, text_counter

ROWS = [row for mix in ("style", "tools") for row in sound_rows()[mix]["train"]]


@pytest.fixture
def tokenizer(tiny_base, at_root):
    return load_tokenizer(tiny_base, "llama31")


def test_the_text_is_what_the_tokenizer_renders(tokenizer, tiny_base):
    text = conversation_text(tiny_base, "llama31")
    for row in ROWS:
        assert text((row["messages"], row["tools"])) == render_text(tokenizer, row["messages"], row["tools"])


def test_the_counts_are_those_of_training(tokenizer, tiny_base):
    counted = conversation_counter(tiny_base, "llama31")([(r["messages"], r["tools"]) for r in ROWS], 0)
    lengths = [len(render(tokenizer, row["messages"], row["tools"]).input_ids) for row in ROWS]
    assert counted == dict(enumerate(lengths))


def test_only_what_is_longer_than_the_limit_is_named(tiny_base):
    longer_than = text_counter(tiny_base)
    # A token a byte; é has two.
    assert longer_than(["", "abc", "abcd", "abé", "abcdef"], 3) == {2: 4, 3: 4, 4: 6}


def test_a_row_that_the_template_refuses_is_shown(tiny_base, at_root):
    two = asks(call({"location": "Paris"}), call({"location": "Rome"}, number=2))
    with pytest.raises(InputError, match=r"llama31\.jinja refuses a row: .* The row: .*Paris"):
        conversation_text(tiny_base, "llama31")(([says("user", "Rain?"), two], None))


def test_a_folder_without_a_tokenizer_is_named(tmp_path, at_root):
    with pytest.raises(InputError, match=r"tokenizer\.json does not exist"):
        text_counter(tmp_path)
    with pytest.raises(InputError, match=r"tokenizer_config\.json does not exist"):
        conversation_text(tmp_path, "llama31")


def test_neither_torch_nor_transformers_is_imported():
    code = (
        "import sys, json, twainbot.stages.gate; "
        "print(json.dumps([m for m in ('torch', 'transformers') if m in sys.modules]))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(out.stdout) == []
