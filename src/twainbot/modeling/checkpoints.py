"""Checkpoints of a training run: whole or not taken, and never those of another run.

A run keeps them in ``.checkpoints/STAGE-KEY``. The key is a hash of all that decides the adapter's bytes, so
a run with another parameter, another row, other starting weights or other code has a folder of its own.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from array import array
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from twainbot.files import InputError, atomic_file, read_json, sha256_file
from twainbot.modeling.pack import Pack
from twainbot.sections.models import TrainCommon, TrainStage

ROOT = Path(".checkpoints")
MARKER = "complete.json"
NOTES = "notes.json"  # what the trainer's own state lacks
LIBRARIES = ("accelerate", "bitsandbytes", "peft", "torch", "transformers", "trl")
CODE = ("base.py", "checkpoints.py", "train.py", "trainer.py")


def run_key(
    *,
    base: Path,
    previous: Path | None,
    train_packs: Sequence[Pack],
    val_packs: Sequence[Pack],
    common: TrainCommon,
    stage: TrainStage,
    seed: int,
) -> str:
    """16 hex digits for all that decides the adapter: params, packs, weights, libraries, code and device."""
    import torch

    here = Path(__file__).parent
    decisive = {
        "params": [common.model_dump(), stage.model_dump(), seed],
        "packs": [_packs_sha(train_packs), _packs_sha(val_packs)],
        "weights": [_weights(base), _weights(previous) if previous else {}],
        "libraries": {name: version(name) for name in LIBRARIES},
        "code": {name: sha256_file(here / name) for name in CODE},
        "device": torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu",
    }
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:16]


def _packs_sha(packs: Sequence[Pack]) -> str:
    digest = hashlib.sha256()
    for pack in packs:
        for numbers in (pack["seq_lengths"], pack["input_ids"], pack["labels"]):
            digest.update(array("q", [len(numbers), *numbers]).tobytes())
    return digest.hexdigest()


def _weights(folder: Path) -> dict[str, str]:
    configs = ("config.json", "adapter_config.json")
    files = [p for p in folder.iterdir() if p.suffix in (".safetensors", ".bin") or p.name in configs]
    return {path.name: sha256_file(path) for path in sorted(files)}


def step_of(checkpoint: Path) -> int:
    """The step at which a folder ``checkpoint-STEP`` was written."""
    return int(checkpoint.name.removeprefix("checkpoint-"))


def complete(checkpoint: Path, best: Path | None, notes: Mapping[str, Any]) -> None:
    """Declare a checkpoint whole, then delete those that neither it nor the best adapter needs.

    The marker comes last and holds every file's hash: a process may die while it writes, and a machine that
    loses power may keep a file's name and lose its content.
    """
    # Floats as they are: write_json would round them, and the losses would not go on exactly.
    (checkpoint / NOTES).write_text(json.dumps(dict(notes)), encoding="utf-8")
    files = {path.name: sha256_file(path) for path in sorted(checkpoint.iterdir()) if path.name != MARKER}
    with atomic_file(checkpoint / MARKER) as temporary:
        temporary.write_text(
            json.dumps({"best": best.name if best else None, "files": files}, indent=2), encoding="utf-8"
        )
    kept = {checkpoint.name, best.name if best else checkpoint.name}
    for other in _checkpoints(checkpoint.parent):
        if other.name not in kept:
            shutil.rmtree(other)


def notes_of(checkpoint: Path) -> dict[str, Any]:
    """What was given to :func:`complete`."""
    return read_json(checkpoint / NOTES)


def latest(folder: Path) -> Path | None:
    """The newest checkpoint that is whole and whose best adapter so far is too; the others are deleted."""
    found = None
    for checkpoint in _checkpoints(folder):
        if _is_usable(checkpoint):
            found = checkpoint
    best = read_json(found / MARKER)["best"] if found else None
    for checkpoint in _checkpoints(folder):
        if found is None or checkpoint.name not in (found.name, best):
            print(f"{checkpoint} is left over from a run that died and is not used.", file=sys.stderr)
            shutil.rmtree(checkpoint)
    return found


def _checkpoints(folder: Path) -> list[Path]:
    return sorted(folder.glob("checkpoint-*"), key=step_of)


def _is_usable(checkpoint: Path) -> bool:
    try:
        best = read_json(checkpoint / MARKER)["best"]
        return _is_whole(checkpoint) and (best is None or _is_whole(checkpoint.with_name(best)))
    except InputError:  # no marker, or half of one
        return False


def _is_whole(checkpoint: Path) -> bool:
    files: dict[str, str] = read_json(checkpoint / MARKER)["files"]
    return all(
        (checkpoint / name).is_file() and sha256_file(checkpoint / name) == sha for name, sha in files.items()
    )
