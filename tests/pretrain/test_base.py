"""The committed folder `models/base/embedded/` is what the rest of the project relies on."""

import json
import warnings

import pytest

from pretrain.common import BASE, TEMPLATE
from twainbot.modeling.chat_template import render

pytestmark = pytest.mark.skipif(not (BASE / "model.safetensors").is_file(), reason="the base is not built")


@pytest.fixture(scope="module")
def base():
    from transformers import AutoModelForCausalLM, AutoTokenizer

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return AutoModelForCausalLM.from_pretrained(BASE), AutoTokenizer.from_pretrained(BASE)


def test_it_is_small_enough_to_ship():
    assert sum(p.stat().st_size for p in BASE.iterdir()) < 30 * 2**20


def test_ids_and_sizes_agree(base):
    model, tokenizer = base
    config = model.config
    assert config.architectures == ["LlamaForCausalLM"] and config.head_dim == 64
    assert config.vocab_size == len(tokenizer)
    assert (config.bos_token_id, config.eos_token_id, config.pad_token_id) == (
        tokenizer.bos_token_id,
        tokenizer.eos_token_id,
        tokenizer.pad_token_id,
    )
    assert tokenizer.eos_token == "<|eot_id|>" and tokenizer.pad_token != tokenizer.eos_token
    assert model.generation_config.eos_token_id == tokenizer.eos_token_id


def test_its_template_is_the_one_of_the_project(base):
    assert base[1].chat_template == TEMPLATE.read_text(encoding="utf-8")


def test_one_bos_in_a_rendered_conversation(base):
    ids = render(base[1], [{"role": "user", "content": "Hello."}], add_generation_prompt=True).input_ids
    assert ids.count(base[1].bos_token_id) == 1


def test_a_plain_greeting_gets_a_plain_answer_that_ends(base):
    import torch

    model, tokenizer = base
    prompt = render(tokenizer, [{"role": "user", "content": "Hello."}], add_generation_prompt=True).input_ids
    with torch.inference_mode():
        out = model.generate(torch.tensor([prompt]), max_new_tokens=60)[0, len(prompt) :].tolist()
    assert out[-1] == tokenizer.eos_token_id
    assert "{" not in tokenizer.decode(out)


def test_the_card_tells_what_was_measured():
    metrics = json.loads((BASE / "metrics.json").read_text(encoding="utf-8"))
    card = (BASE / "README.md").read_text(encoding="utf-8")
    assert f"{metrics['chat_bits_per_byte']:.3f}" in card
