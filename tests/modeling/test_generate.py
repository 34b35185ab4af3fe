from __future__ import annotations

import math
import sys
from pathlib import Path

import pytest

from twainbot.evaluation.callparse import Call, parse
from twainbot.modeling.base import load_adapted, load_tokenizer
from twainbot.modeling.generate import Sampling, decode, generate, likelihoods, prompt_ids
from twainbot.modeling.pack import tokenise_chat
from twainbot.modeling.tokens import token_counter


@pytest.fixture
def model_and_tokenizer(tiny_base: Path, at_root: Path):
    return load_adapted(tiny_base, None, "float32"), load_tokenizer(tiny_base, "llama31")


def question(text: str):
    return [{"role": "user", "content": text}]


def test_batched_answers_are_those_of_one_by_one(model_and_tokenizer):
    model, tokenizer = model_and_tokenizer
    prompts = [prompt_ids(tokenizer, question("Rain? " * n), None) for n in (5, 1, 3)]
    together = generate(model, tokenizer, prompts, batch_size=3, max_new_tokens=12)
    alone = [generate(model, tokenizer, [prompt], batch_size=1, max_new_tokens=12)[0] for prompt in prompts]
    assert together == alone
    assert all(answer.n_tokens <= 12 for answer in together)


def test_progress_is_drawn_on_a_terminal_unless_it_is_not_wanted(model_and_tokenizer, monkeypatch, capsys):
    model, tokenizer = model_and_tokenizer
    prompt = prompt_ids(tokenizer, question("Rain?"), None)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    generate(model, tokenizer, [prompt], batch_size=1, max_new_tokens=2, progress=False)
    assert capsys.readouterr().err == ""
    generate(model, tokenizer, [prompt], batch_size=1, max_new_tokens=2)
    assert "generate" in capsys.readouterr().err


class Scripted:
    """A model that writes given tokens after any prompt."""

    device = "cpu"

    def __init__(self, written):
        self.written = written

    def generate(self, input_ids, **settings):
        import torch

        self.settings = settings
        return torch.cat([input_ids, torch.tensor([self.written] * len(input_ids))], dim=1)


@pytest.mark.parametrize("stop", ["<|eot_id|>", "<|end_of_text|>", "<|eom_id|>"])
def test_an_answer_ends_at_the_first_token_that_stops(tiny_base, at_root, stop):
    tokenizer = load_tokenizer(tiny_base, "llama31")
    said = tokenizer.encode("Wet.", add_special_tokens=False)
    model = Scripted([*said, tokenizer.convert_tokens_to_ids(stop), *said, tokenizer.eos_token_id])
    (answer,) = generate(model, tokenizer, [[1]], batch_size=1, max_new_tokens=12)
    assert (answer.text, answer.n_tokens) == ("Wet.", 4)
    assert tokenizer.convert_tokens_to_ids(stop) in model.settings["eos_token_id"]


def test_mistral_s_call_marker_survives_decoding(mistral_base, at_root):
    tokenizer = load_tokenizer(mistral_base, "mistral_v03")
    turn = 'Look.[TOOL_CALLS] [{"name": "f", "arguments": {}, "id": "call00001"}]'
    ids = tokenizer.encode(f"{turn}</s>", add_special_tokens=False)
    assert decode(tokenizer, ids) == turn.replace("] [", "][")  # the decoder drops a first space
    (answer,) = generate(Scripted(ids), tokenizer, [[1]], batch_size=1, max_new_tokens=12)
    assert parse(answer.text, template="mistral_v03").calls == (Call("f", {}),)


def test_a_mistral_answers_too(mistral_base, at_root):
    tokenizer = load_tokenizer(mistral_base, "mistral_v03")
    model = load_adapted(mistral_base, None, "float32")
    prompts = [prompt_ids(tokenizer, question("Rain? " * n), None) for n in (4, 1)]
    together = generate(model, tokenizer, prompts, batch_size=2, max_new_tokens=8)
    assert together == [generate(model, tokenizer, [p], batch_size=1, max_new_tokens=8)[0] for p in prompts]


def test_likelihood_of_a_row_is_the_sum_over_its_learned_tokens(model_and_tokenizer):
    import torch

    model, tokenizer = model_and_tokenizer
    rows = [
        {
            "id": str(n),
            "messages": [*question("Wet?" * n), {"role": "assistant", "content": "Wet indeed, " * n}],
        }
        for n in (1, 4)
    ]
    sequences = tokenise_chat(rows, tokenizer, 10**4).sequences
    results = likelihoods(model, tokenizer, sequences, batch_size=2)
    for sequence, result in zip(sequences, results, strict=True):
        ids, labels = torch.tensor([sequence["input_ids"]]), torch.tensor([sequence["labels"]])
        with torch.no_grad():
            mean = model(input_ids=ids, labels=labels).loss.item()
        assert result.nll == pytest.approx(mean * result.n_tokens, rel=1e-4)
    # "Wet indeed," and the end of turn, which has no bytes of its own; the tokenizer is byte-level.
    assert (results[0].n_tokens, results[0].n_bytes) == (12, 11)
    # A random model knows nothing: about ln(vocabulary) nats a token.
    assert results[1].nll / results[1].n_tokens == pytest.approx(math.log(264), rel=0.1)


def test_tokens_are_counted_without_special_ones(tiny_base):
    assert token_counter(tiny_base)("Mud.") == 4


def test_sampled_answers_depend_on_the_seed_and_on_nothing_before(model_and_tokenizer):
    model, tokenizer = model_and_tokenizer
    prompts = [prompt_ids(tokenizer, question(text), None) for text in ("Rain?", "Snow?")]

    def sampled(seed: int):
        return generate(
            model, tokenizer, prompts, batch_size=2, max_new_tokens=12, sampling=Sampling(1.0, 0.95, seed)
        )

    first = sampled(1)
    assert sampled(2) != first
    assert sampled(1) == first
