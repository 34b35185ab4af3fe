"""The estimate: sums worked by hand, and what torch allocates."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from trainsettings import common, lora
from workspace import benchmark

from twainbot.files import read_json
from twainbot.machine import GIB
from twainbot.modeling.memory import (
    activation_bytes,
    adapter_parameters,
    base_bytes,
    estimate,
    layer_bytes,
    logits_bytes,
    working_bytes,
)
from twainbot.modeling.preflight import beside
from twainbot.modeling.shape import Shape, base_shape, weights_of_shape

SMALL = Shape(
    vocab=1000, hidden=64, intermediate=128, layers=3, heads=2, kv_heads=1, head_dim=32, positions=512,
    tied=True,
)  # fmt: skip


@pytest.fixture
def eight_billion() -> Shape:
    shape = base_shape(Path("nowhere"), "meta-llama/Llama-3.1-8B-Instruct")
    assert shape is not None
    return shape


def test_four_bits_keep_embeddings_and_head_in_sixteen(eight_billion):
    weights = weights_of_shape(eight_billion)
    nf4 = common(quantization="nf4", dtype="bfloat16")
    # 6,979,321,856 weights at 0.515869 bytes, 1,050,939,392 at 2: 5.31 GiB, as was measured on a GPU.
    assert base_bytes(weights, nf4) / GIB == pytest.approx(5.31, abs=0.005)
    assert base_bytes(weights, common(dtype="bfloat16")) == 2 * 8_030_261_248
    assert base_bytes(weights, common()) == 4 * 8_030_261_248


def test_an_adapter_grows_with_rank_and_targets(eight_billion):
    assert adapter_parameters(eight_billion, common()) == 41_943_040
    only = common(lora=lora(r=8, target_modules=["q_proj", "k_proj"]))
    # k_proj of grouped heads is narrower: 4096 to 1024.
    assert adapter_parameters(eight_billion, only) == 32 * 8 * ((4096 + 4096) + (4096 + 1024))


def test_a_block_in_float32_by_hand():
    # Norm inputs 2 x 64; inputs of q/k/v and of gate/up 64 each, of down 128; 7 x 16 between the matrices;
    # query, key, value, output 4 x 64; 3 x 128 in the MLP; all 4 bytes. 2 heads x 4, mask 100 x 4.
    numbers = 2 * 64 + 64 + 64 + 128 + 7 * 16 + 4 * 64 + 3 * 128
    assert layer_bytes(SMALL, common(), "sdpa", 100) == 100 * (4 * numbers + 2 * 4 + 100 * 4)
    assert layer_bytes(SMALL, common(), "flash_attention_2", 100) == 100 * (4 * numbers + 2 * 4)
    assert layer_bytes(SMALL, common(), "eager", 100) == 100 * (4 * numbers + 2 * 4 + 2 * 100 * 4)


def test_a_block_in_bfloat16_by_hand():
    # Each of the seven keeps an input of its own: q, k, v, o 64, gate, up 64, down 128. Norms in float32.
    halves = 4 * 64 + 2 * 64 + 128 + 7 * 16 + 4 * 64 + 3 * 128
    sixteen = common(dtype="bfloat16")
    assert layer_bytes(SMALL, sixteen, "flash_attention_2", 1) == 2 * 64 * 4 + 2 * halves + 2 * 4
    # On a 4-bit base the adapter is bfloat16 too and nothing is cast, so inputs are shared.
    halves -= 2 * 64 + 64 + 64
    four = common(dtype="bfloat16", quantization="nf4")
    assert layer_bytes(SMALL, four, "flash_attention_2", 1) == 2 * 64 * 4 + 2 * halves + 2 * 4


def test_dropout_keeps_a_mask_and_an_input_of_each():
    some = {"target_modules": ["q_proj", "k_proj"]}
    without = layer_bytes(SMALL, common(lora=lora(**some)), "sdpa", 1)
    with_it = layer_bytes(SMALL, common(lora=lora(dropout=0.1, **some)), "sdpa", 1)
    assert with_it - without == 4 * 64 + 2 * 64


def test_checkpoints_keep_a_block_s_input_and_work_on_one_block():
    whole = activation_bytes(SMALL, common(), "sdpa", 100, checkpointed=False)
    kept = activation_bytes(SMALL, common(), "sdpa", 100, checkpointed=True)
    block = layer_bytes(SMALL, common(), "sdpa", 100)
    assert whole == 3 * block + 4 * 64 * 100
    assert kept == 3 * 4 * 64 * 100 + 4 * 64 * 100
    works = [working_bytes(SMALL, common(), "sdpa", 100, checkpointed=c) for c in (True, False)]
    assert works[0] - works[1] == block


def test_parts_add_up_and_the_larger_of_logits_and_work_counts():
    weights = weights_of_shape(SMALL)
    found = estimate(SMALL, weights, common(), attention="sdpa", tokens=100, learned=10)
    adapter = 4 * adapter_parameters(SMALL, common())
    assert found.parts["gradients"] == found.parts["adapter"] == adapter
    assert found.parts["AdamW state"] == 2 * adapter
    assert found.parts["logits"] == logits_bytes(SMALL, 10) == 12 * 1000 * 10
    work = working_bytes(SMALL, common(), "sdpa", 100, checkpointed=False)
    assert found.parts["working memory"] == work - 120_000 > 0
    assert estimate(SMALL, weights, common(), attention="sdpa", tokens=100, learned=100).parts[
        "working memory"
    ] == 0  # fmt: skip
    assert found.total == sum(found.parts.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["1 M", "7 M", "28 M, grouped heads"])
def test_the_estimate_is_what_torch_allocates(at_root, name):
    """Within a twentieth. torch's profiler counts every tensor to the byte, so no noise is to be allowed for;
    what the sums leave out are vectors of a number a token (1/rms of a norm, positions) and buffers of single
    operations, which are a few hundredths at these sizes and less at larger ones."""
    done = subprocess.run(
        [sys.executable, "benchmarks/preflight.py", "--case", name, "--tensors"],
        capture_output=True, text=True, cwd=at_root, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout.splitlines()[-1])["ratio"] == pytest.approx(1, abs=0.05)


def test_the_committed_measurement_is_of_this_estimate(at_root):
    bench = benchmark("preflight")
    results = read_json(at_root / "benchmarks/results/preflight.json")
    rows = {row["name"]: row for row in results["cases"]}
    assert list(rows) == [case["name"] for case in bench.CASES]
    for case in bench.CASES:
        row = rows[case["name"]]
        assert bench.estimated(case).total / bench.MB == pytest.approx(row["estimate"], abs=0.06), row["name"]
        assert row["ratio"] == pytest.approx(1, abs=0.05), row["name"]
        # What preflight says in all is not less than the process took, the pages of the base's file apart.
        found = bench.estimated(case)
        whole = found.total + beside(found, "cpu") + found.parts["base weights"]
        assert whole / bench.MB >= row["program"] + row["resident"], row["name"]
