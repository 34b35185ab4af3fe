from pathlib import Path

import numpy as np
import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp

import pretrain.train
from pretrain.model import build_model
from pretrain.optim import orthogonalise
from pretrain.train import Batches, Stream, rate, train

WORLD = 2
SHAPE = {
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 1,
    "num_key_value_heads": 1,
    "intermediate_size": 96,
    "max_position_embeddings": 64,
    "rope_theta": 10000.0,
}
TOKENS = {"bos": 0, "eos": 4, "pad": 7}
PARAMS = {
    "tokens": 8 * 128,
    "batch_tokens": 128,
    "micro_tokens": 64,
    "sequence": 32,
    "prose_share": 0.5,
    "context_weight": 0.2,
    "assistant_weight": 2.0,
    "final_share": 0.25,
    "final_sequence": 64,
    "final_prose_share": 0.5,
    "muon": True,
    "matrix_lr": 0.02,
    "embedding_lr": 0.01,
    "weight_decay": 0.0,
    "warmup": 0.1,
    "decay": 0.5,
    "seed": 1,
    "log_steps": 2,
    "checkpoint_steps": 3,
    "dtype": "bfloat16",
    "compile": False,
}


@pytest.fixture
def packed(tmp_path, monkeypatch):
    monkeypatch.setattr("pretrain.train.set_status", lambda line: None)
    rng = np.random.default_rng(0)
    for name, shape in (("prose", 2000), ("main", (30, 33)), ("final", (20, 65))):
        np.save(tmp_path / f"{name}.npy", rng.integers(8, 50, shape).astype(np.uint16))
        np.save(tmp_path / f"{name}_mask.npy", rng.integers(0, 2, shape).astype(np.uint8))
    return tmp_path


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def test_training_attention_equals_the_stock_one():
    model = build_model(SHAPE, 50, TOKENS, seed=0, attention="batched_cpu").eval()
    ids = torch.arange(8, 40)[None]
    for autocast, tolerance in ((True, 0.02), (False, 1e-5)):
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=autocast):
            model.set_attn_implementation("batched_cpu")
            ours = model(input_ids=ids).logits
            model.set_attn_implementation("sdpa")
            stock = model(input_ids=ids).logits
        assert torch.allclose(ours, stock, atol=tolerance)


def test_orthogonalised_matrices_have_singular_values_about_one():
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonalise(torch.randn(3, 16, 40)).float())
    assert values.min() > 0.6 and values.max() < 1.3


def test_a_stream_shows_every_part_once_a_pass():
    stream = Stream([np.arange(1000)], length=10, seed=5)
    starts = {int(stream.get(k)[0][0]) for k in range(stream.count)}
    assert len(starts) == stream.count == 98
    assert len({s % 10 for s in starts}) == 1
    assert len(stream.get(0)[0]) == 11


def test_phases_and_weights(packed):
    ids = np.load(packed / "main.npy")
    ids[:, -3:] = TOKENS["pad"]
    np.save(packed / "main.npy", ids)
    batches = Batches(PARAMS, packed, TOKENS["pad"])
    assert (batches.steps, batches.main_steps) == (8, 6)
    ids, weight = batches.get(0)
    assert ids.shape == weight.shape == (4, 33)
    assert weight.unique().tolist() == pytest.approx([0.0, 0.2, 1.0, 2.0])
    assert set(weight[ids == TOKENS["pad"]].tolist()) == {0.0}
    ids, weight = batches.get(6)
    assert ids.shape == (2, 65)
    assert set(weight.unique().tolist()) <= {0.0, 1.0, 2.0}


def work(rank: int, folder: Path) -> None:
    torch.set_num_threads(1)
    pretrain.train.set_status = lambda line: None
    dist.init_process_group("gloo", init_method=f"file://{folder / 'meeting'}", rank=rank, world_size=WORLD)
    model = build_model(SHAPE, 50, TOKENS, seed=1)
    params = {**PARAMS, "dtype": "float32"}
    batches = Batches(params, folder, TOKENS["pad"])
    train(model, batches, params, folder / "two.pt", rank=rank, world=WORLD)
    if rank == 0:
        torch.save(model.state_dict(), folder / "two_model.pt")
    dist.destroy_process_group()


@pytest.mark.slow
def test_two_processes_train_the_model_that_one_would(packed):
    params = {**PARAMS, "dtype": "float32"}
    one = build_model(SHAPE, 50, TOKENS, seed=1)
    train(one, Batches(params, packed, TOKENS["pad"]), params, packed / "one.pt")
    mp.spawn(work, args=(packed,), nprocs=WORLD)
    two = torch.load(packed / "two_model.pt", weights_only=True)
    for name, value in one.state_dict().items():
        assert torch.allclose(value, two[name], atol=2e-4), name


def test_a_resumed_run_ends_where_an_uninterrupted_one_does(packed, tmp_path):
    whole = build_model(SHAPE, 50, TOKENS, seed=1)
    curve = train(whole, Batches(PARAMS, packed, TOKENS["pad"]), PARAMS, tmp_path / "a.pt")
    first = build_model(SHAPE, 50, TOKENS, seed=1)
    train(first, Batches(PARAMS, packed, TOKENS["pad"]), PARAMS, tmp_path / "b.pt", stop_after=4)
    second = build_model(SHAPE, 50, TOKENS, seed=99)
    assert train(second, Batches(PARAMS, packed, TOKENS["pad"]), PARAMS, tmp_path / "b.pt") == curve
    assert torch.equal(weights(whole), weights(second))


def test_the_rate_rises_stays_and_falls():
    assert rate(0, 100, 0.1, 0.5) == pytest.approx(0.1)
    assert rate(30, 100, 0.1, 0.5) == 1.0
    assert rate(75, 100, 0.1, 0.5) == pytest.approx(0.5)
    assert rate(99, 100, 0.1, 0.5) == pytest.approx(0.02)
