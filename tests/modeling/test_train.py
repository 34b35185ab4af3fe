from __future__ import annotations

import json
from pathlib import Path

import pytest
from trainrun import common, learn
from trainsettings import lora

from twainbot.files import InputError, sha256_file
from twainbot.modeling.train import adapted_model


def weights(folder: Path) -> str:
    return sha256_file(folder / "adapter_model.safetensors")


def test_training_lowers_the_loss_and_the_same_seed_gives_the_same_bytes(tiny_base, at_root, tmp_path):
    first = learn(tiny_base, tmp_path / "a")
    learn(tiny_base, tmp_path / "b")
    assert first.val_curve[-1]["loss"] < first.train_curve[0]["loss"]
    assert weights(tmp_path / "a") == weights(tmp_path / "b")
    # Nothing of the trainer's own state, whose bytes differ from run to run, is left beside the adapter.
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == [
        "adapter_config.json",
        "adapter_model.safetensors",
    ]
    assert json.loads((tmp_path / "a/adapter_config.json").read_text())["target_modules"] == [
        "down_proj",
        "q_proj",
        "v_proj",
    ]


def test_the_next_stage_goes_on_from_the_adapter_before(tiny_base, at_root, tmp_path):
    learn(tiny_base, tmp_path / "first")
    trained = learn(tiny_base, tmp_path / "second", previous=tmp_path / "first")
    assert trained.trainable_parameters > 0
    assert weights(tmp_path / "first") != weights(tmp_path / "second")


def test_a_stage_that_changes_nothing_is_an_error(tiny_base, at_root, tmp_path):
    learn(tiny_base, tmp_path / "first")
    with pytest.raises(InputError, match="did not change the adapter"):
        learn(tiny_base, tmp_path / "second", previous=tmp_path / "first", rate=1e-30)


def test_a_wrong_target_module_lists_the_right_ones(tiny_base, at_root, tmp_path):
    wrong = lora(r=4, alpha=8, target_modules=["query", "v_proj"])
    with pytest.raises(InputError, match=r"query not found.*down_proj, gate_proj, k_proj, lm_head, o_proj"):
        learn(tiny_base, tmp_path / "a", lora=wrong)


def test_no_rows_is_an_error(tiny_base, at_root, tmp_path, monkeypatch):
    monkeypatch.setattr("trainrun.pack", lambda sequences, tokens: [])
    with pytest.raises(InputError, match="no training or no validation rows"):
        learn(tiny_base, tmp_path / "a")


def test_checkpointing_changes_the_memory_and_not_the_adapter(tiny_base, at_root, tmp_path):
    without = lora(r=4, target_modules=["q_proj", "down_proj"])  # dropout would draw anew
    for name, checkpointed in (("a", False), ("b", True)):
        learn(tiny_base, tmp_path / name, lora=without, activation_checkpointing=checkpointed)
    assert weights(tmp_path / "a") == weights(tmp_path / "b")


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
def test_the_kernel_of_attention_is_the_one_that_was_asked_for(tiny_base, attention):
    model = adapted_model(tiny_base, None, common(attention=attention))
    assert model.config._attn_implementation == attention


def test_a_four_bit_base_keeps_its_embeddings_in_sixteen_bits_and_frozen(tiny_base):
    import torch

    model = adapted_model(tiny_base, None, common(quantization="nf4", dtype="bfloat16"))
    assert model.get_input_embeddings().weight.dtype == torch.bfloat16
    assert {name for name, p in model.named_parameters() if p.requires_grad and "lora_" not in name} == set()


@pytest.mark.slow
def test_qlora_trains_in_four_bits_and_repeats_itself(tiny_base, at_root, tmp_path):
    trained = learn(tiny_base, tmp_path / "a", quantization="nf4", dtype="bfloat16")
    learn(tiny_base, tmp_path / "b", quantization="nf4", dtype="bfloat16")
    assert trained.val_curve[-1]["loss"] < trained.train_curve[0]["loss"]
    assert weights(tmp_path / "a") == weights(tmp_path / "b")


def test_qlora_gradients_are_those_of_the_dequantised_model_even_after_an_evaluation(tiny_base):
    import torch
    from bitsandbytes.functional import dequantize_4bit
    from bitsandbytes.nn import Linear4bit

    from twainbot.modeling.base import load_base

    quantised = load_base(tiny_base, "bfloat16", "nf4")
    ids = torch.arange(8, 40)[None]
    quantised.eval()
    with torch.no_grad():
        quantised(input_ids=ids)
    quantised.train()
    plain = load_base(tiny_base, "bfloat16")
    modules = dict(plain.named_modules())
    for name, module in quantised.named_modules():
        if isinstance(module, Linear4bit):
            weight = dequantize_4bit(module.weight.data, module.weight.quant_state).reshape(
                modules[name].weight.shape
            )
            modules[name].weight.data = weight.to(torch.bfloat16)

    def gradient(model) -> torch.Tensor:
        embeddings = model.get_input_embeddings()(ids).detach().requires_grad_()
        model(inputs_embeds=embeddings, labels=ids).loss.backward()
        return embeddings.grad.float().flatten()

    cosine = torch.nn.functional.cosine_similarity(gradient(quantised), gradient(plain), dim=0)
    assert cosine.item() > 0.999
