"""How toxic a text is, by a classifier that the user installs: it is off by default.

``alt-profanity-check`` is a linear model of one megabyte; it knows insults and oaths, and takes old oaths
for them too. ``detoxify`` is a transformer that reads context, a thousand times slower; its weights must
lie on disk, as nothing is downloaded here.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from twainbot.files import InputError

BATCH = 1024
DETOXIFY_BATCH = 32

Scorer = Callable[[Sequence[str]], list[float]]


def toxicity_scorer(detector: str, checkpoint: str) -> Scorer:
    """A function that gives each of its texts a score between 0 and 1.

    Args:
        detector: ``alt-profanity-check`` or ``detoxify``.
        checkpoint: of detoxify: a folder with its ``*.ckpt`` and the configuration and tokenizer of the
            transformer that it was made from.

    Raises:
        InputError: the package or the weights are not there.
    """
    return _linear() if detector == "alt-profanity-check" else _detoxify(Path(checkpoint))


def _imported(module: str, package: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise InputError(
            f"clean.toxicity_action in params.yaml asks for {package}, which cannot be imported ({error}). "
            f'Run `pip install "twainbot[toxicity]"` for alt-profanity-check or `pip install detoxify`, '
            f'or set toxicity_action: "off".'
        ) from error


def _linear() -> Scorer:
    model = _imported("profanity_check", "alt-profanity-check")

    def score(texts: Sequence[str]) -> list[float]:
        scores: list[float] = []
        for start in range(0, len(texts), BATCH):
            scores.extend(float(value) for value in model.predict_prob(list(texts[start : start + BATCH])))
        return scores

    return score


def _detoxify(folder: Path) -> Scorer:
    weights = sorted(folder.glob("*.ckpt"))
    if not weights or not (folder / "config.json").is_file():
        raise InputError(
            f"clean.toxicity_checkpoint in params.yaml is {str(folder)!r}, not a folder with a .ckpt file "
            f"and a config.json. Download a checkpoint of detoxify's releases and the configuration and "
            f"tokenizer of its base model into one folder, and name it there."
        )
    model = _imported("detoxify", "detoxify").Detoxify(
        checkpoint=str(weights[0]), huggingface_config_path=str(folder), device="cpu"
    )

    def score(texts: Sequence[str]) -> list[float]:
        scores: list[float] = []
        for start in range(0, len(texts), DETOXIFY_BATCH):
            batch = model.predict(list(texts[start : start + DETOXIFY_BATCH]))
            scores.extend(float(value) for value in batch["toxicity"])
        return scores

    return score
