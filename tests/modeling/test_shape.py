"""Sizes of a base from its folder or its config.json."""

from __future__ import annotations

from pathlib import Path

import pytest

from twainbot.files import InputError
from twainbot.modeling.shape import (
    base_shape,
    linear_names,
    shape_of,
    tensor_shapes,
    weight_files,
    weights_of_folder,
    weights_of_shape,
)

NOWHERE = Path("no/such/folder")


@pytest.mark.parametrize(
    ("repository", "parameters"),
    [
        # As the repositories' pages say: 8.03 and 7.25 billion.
        ("meta-llama/Llama-3.1-8B-Instruct", 8_030_261_248),
        ("mistralai/Mistral-7B-Instruct-v0.3", 7_248_023_552),
    ],
)
def test_the_known_repositories_have_their_number_of_parameters(repository, parameters):
    shape = base_shape(NOWHERE, repository)
    assert shape is not None
    assert weights_of_shape(shape).parameters == parameters


def test_a_folder_comes_before_the_repository(tiny_base):
    shape = base_shape(tiny_base, "meta-llama/Llama-3.1-8B-Instruct")
    assert shape is not None
    assert (shape.hidden, shape.layers, shape.heads, shape.head_dim) == (64, 2, 1, 64)
    assert base_shape(NOWHERE, "somebody/else") is None


def test_headers_and_shape_agree(tiny_base):
    shape = base_shape(tiny_base, "")
    assert shape is not None
    counted = weights_of_folder(tiny_base)
    assert counted == weights_of_shape(shape)
    # By hand: 2 blocks of 4 x 64 x 64 and 3 x 64 x 96; one embedding (tied), five norms.
    assert counted is not None
    assert counted.linear == 2 * (4 * 64 * 64 + 3 * 64 * 96)
    assert counted.rest == shape.vocab * 64 + 5 * 64


def test_linear_layers_are_named_as_peft_names_them(tiny_base):
    names = ["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"]
    assert linear_names(tiny_base) == names
    assert linear_names(NOWHERE) is None


def test_a_model_of_another_architecture_is_named():
    with pytest.raises(InputError, match=r"config\.json of the base has no intermediate_size"):
        shape_of({"vocab_size": 9, "hidden_size": 8, "num_attention_heads": 1})


def test_weights_in_another_format_beside_are_not_counted(tiny_base, tmp_path):
    whole = (tiny_base / "model.safetensors").read_bytes()
    (tmp_path / "model-1.safetensors").write_bytes(whole)
    (tmp_path / "consolidated.safetensors").write_bytes(whole)
    index = tmp_path / "model.safetensors.index.json"
    index.write_text('{"weight_map": {"a": "model-1.safetensors", "b": "model-1.safetensors"}}')
    assert [path.name for path in weight_files(tmp_path)] == ["model-1.safetensors"]
    (tmp_path / "consolidated.safetensors").write_bytes(b"cut")
    assert weights_of_folder(tmp_path) == weights_of_folder(tiny_base)
    (tmp_path / "model-1.safetensors").unlink()
    assert weights_of_folder(tmp_path) is None
    index.write_text("[]")
    with pytest.raises(InputError, match="has no weight_map"):
        weight_files(tmp_path)


def test_a_cut_file_and_a_pointer_are_refused(tiny_base, tmp_path):
    whole = (tiny_base / "model.safetensors").read_bytes()
    (tmp_path / "model.safetensors").write_bytes(whole[:-1])
    with pytest.raises(InputError, match=rf"is cut: {len(whole) - 1} bytes, its header says {len(whole)}"):
        tensor_shapes(tmp_path)
    (tmp_path / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(InputError, match="is no safetensors file"):
        tensor_shapes(tmp_path)
