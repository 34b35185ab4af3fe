"""Which checkpoint a run goes on from, and whose it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from trainrun import common

from twainbot.modeling.checkpoints import complete, latest, notes_of, run_key
from twainbot.modeling.pack import Pack
from twainbot.sections.models import Lora, TrainStage


def write(folder: Path, step: int, best: int | None = None, whole: bool = True) -> Path:
    checkpoint = folder / f"checkpoint-{step}"
    checkpoint.mkdir(parents=True)
    (checkpoint / "weights").write_text(f"weights of step {step}", encoding="utf-8")
    if whole:
        complete(checkpoint, folder / f"checkpoint-{best}" if best else None, {"loss": step + 0.123456789})
    return checkpoint


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_run_has_none(tmp_path: Path) -> None:
    assert latest(tmp_path / "not there") is None


def test_the_newest_and_the_best_are_kept(tmp_path: Path) -> None:
    for step in (5, 10, 100):
        write(tmp_path, step, best=5)
    assert names(tmp_path) == ["checkpoint-100", "checkpoint-5"]
    found = latest(tmp_path)
    assert found == tmp_path / "checkpoint-100"
    assert notes_of(found) == {"loss": 100.123456789}  # unrounded
    assert names(tmp_path) == ["checkpoint-100", "checkpoint-5"]


def test_one_without_its_marker_is_not_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, 5)
    write(tmp_path, 10, whole=False)
    assert latest(tmp_path) == tmp_path / "checkpoint-5"
    assert names(tmp_path) == ["checkpoint-5"]
    assert "checkpoint-10 is left over from a run that died and is not used." in capsys.readouterr().err


@pytest.mark.parametrize("content", ["weights of step 1", None])
def test_one_that_lost_a_file_or_its_content_is_not_used(tmp_path: Path, content: str | None) -> None:
    write(tmp_path, 5)
    broken = write(tmp_path, 10, best=5) / "weights"
    broken.unlink() if content is None else broken.write_text(content, encoding="utf-8")
    assert latest(tmp_path) == tmp_path / "checkpoint-5"


def test_half_a_marker_is_none(tmp_path: Path) -> None:
    (write(tmp_path, 5) / "complete.json").write_text('{"best": nu', encoding="utf-8")
    assert latest(tmp_path) is None


def test_one_whose_best_adapter_is_broken_would_publish_another(tmp_path: Path) -> None:
    best = write(tmp_path, 5)
    write(tmp_path, 10, best=5)
    (best / "weights").write_text("", encoding="utf-8")
    assert latest(tmp_path) is None
    assert names(tmp_path) == []


@pytest.fixture
def inputs(tmp_path: Path) -> dict[str, Any]:
    base = tmp_path / "base"
    base.mkdir()
    (base / "model.safetensors").write_bytes(b"weights")
    (base / "config.json").write_text("{}", encoding="utf-8")
    return {
        "base": base,
        "previous": None,
        "train_packs": [pack([1, 2, 3])],
        "val_packs": [pack([4, 5])],
        "common": common(),
        "stage": TrainStage(learning_rate=1e-3, epochs=1.0, max_tokens=100),
        "seed": 1,
    }


def pack(ids: list[int], lengths: list[int] | None = None) -> Pack:
    return Pack(record_ids=["r"], seq_lengths=lengths or [len(ids)], input_ids=ids, labels=ids)


def test_the_same_run_has_the_same_key(inputs: dict[str, Any]) -> None:
    (inputs["base"] / "README.md").write_text("A base.", encoding="utf-8")
    assert run_key(**inputs) == run_key(**inputs)


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 2},
        {"common": common(lora=Lora(r=8, alpha=8, dropout=0.05, target_modules=["q_proj"]))},
        {"common": common(accumulate=2)},
        {"stage": TrainStage(learning_rate=2e-3, epochs=1.0, max_tokens=100)},
        {"train_packs": [pack([1, 2, 4])]},
        {"train_packs": [pack([1, 2, 3], lengths=[1, 2])]},
        {"train_packs": [pack([1]), pack([2, 3])]},
        {"val_packs": [pack([4])]},
    ],
    ids=str,
)
def test_another_run_has_another_key(inputs: dict[str, Any], change: dict[str, Any]) -> None:
    assert run_key(**inputs) != run_key(**{**inputs, **change})


def test_other_weights_are_another_run(inputs: dict[str, Any], tmp_path: Path) -> None:
    keys = {run_key(**inputs)}
    (inputs["base"] / "model.safetensors").write_bytes(b"others")
    keys.add(run_key(**inputs))
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    for content in (b"one", b"two"):
        (adapter / "adapter_model.safetensors").write_bytes(content)
        keys.add(run_key(**{**inputs, "previous": adapter}))
    assert len(keys) == 4


def test_other_libraries_are_another_run(inputs: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    before = run_key(**inputs)
    monkeypatch.setattr("twainbot.modeling.checkpoints.version", lambda name: "0")
    assert run_key(**inputs) != before
