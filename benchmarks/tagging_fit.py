"""Fit the tag stage's weights, data/tagging/weights.json, to the labelled passages of the training side.

    TWAINBOT_MIRROR=/path/to/raw/files python benchmarks/tagging_fit.py

One logistic regression a tag, over the cues and forms of twainbot.text.cues that can bear on it; L2, its
strength chosen by cross-validated Brier score, folds made of whole books and months. The cross-validated
scores then calibrate the weights (Platt scaling, also regularised), so that a score can be read as a
probability. A tag with few labels gets a fixed strength and no second calibration. Only the first
annotator's labels are used. Weights are rounded to 4 decimals: that swallows what differs between
machines in the last digits of the optimisation.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss
from sklearn.model_selection import GroupKFold

from twainbot.files import read_jsonl, write_json
from twainbot.params import read_params
from twainbot.text.cues import feature_names, features, read_lexicon
from twainbot.text.labelled import Label, Labelled, named, passage_of, texts

FOLDS = 8
STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0)
PLATT_STRENGTH = 1.0
# With fewer labels of a tag neither its strength nor its calibration can be told from chance.
ENOUGH_POSITIVES = 20
FEW_STRENGTH = 0.1
WEATHER = ["cue=weather", "cue=weather_weak", "weather, different words",
           "weather in a short text", "weather words a hundred"]  # fmt: skip
VOICE = ["kind=book", "kind=play", "kind=post", "persona=twain", "persona=franklin", "persona=satire",
         "persona=deadpan", "persona=neutral"]  # fmt: skip
FEATURES = {
    "humorous": [*VOICE, "cue=comic", "cue=wry", "cue=hyperbole", "cue=headline_joke", "cue=headline_absurd",
                 "words, logarithm", "capitalised", "exclamation marks", "quotation"],
    "wry": [*VOICE, "cue=wry", "cue=comic", "cue=sarcasm", "first person", "words, logarithm", "quotation"],
    "satirical": [*VOICE, "cue=headline_joke", "cue=headline_absurd", "cue=sarcasm", "cue=comic",
                  "words, logarithm", "capitalised"],
    "weather": [*WEATHER, "kind=post", "words, logarithm"],
    "analogy": ["cue=analogy", "words, logarithm", "kind=post", "kind=play"],
    # Too few labels to learn from: what the word list says, and little else.
    "didactic": ["cue=didactic", "first person", "quotation"],
    "aphoristic": ["cue=aphoristic", "definition", "first person"],
    "pun": ["cue=pun"],
    "hyperbole": ["cue=hyperbole"],
    "sarcasm": ["cue=sarcasm", "persona=twain"],
}  # fmt: skip


def scores_by_fold(
    inputs: NDArray[np.float64], truth: NDArray[np.bool_], groups: NDArray[Any], strength: float
) -> NDArray[np.float64]:
    """Each passage's logit from a model that has not seen its book."""
    logits = np.zeros(len(truth))
    for rest, fold in GroupKFold(FOLDS).split(inputs, truth, groups):
        if truth[rest].any():
            logits[fold] = _fitted(inputs[rest], truth[rest], strength).decision_function(inputs[fold])
        else:
            logits[fold] = -5.0
    return logits


def _fitted(inputs: NDArray[np.float64], truth: NDArray[np.bool_], strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=10_000, tol=1e-10).fit(inputs, truth)


def fit_tag(
    inputs: NDArray[np.float64], truth: NDArray[np.bool_], groups: NDArray[Any]
) -> tuple[float, NDArray[np.float64], float]:
    """Intercept, weights (of the features as they are) and strength of one tag's model."""
    mean, scale = inputs.mean(axis=0), inputs.std(axis=0)
    scale[scale == 0] = 1.0
    scaled = (inputs - mean) / scale

    def loss(strength: float) -> float:
        logits = scores_by_fold(scaled, truth, groups, strength)
        return float(brier_score_loss(truth, 1 / (1 + np.exp(-logits))))

    enough = truth.sum() >= ENOUGH_POSITIVES
    strength = min(STRENGTHS, key=loss) if enough else FEW_STRENGTH
    model = _fitted(scaled, truth, strength)
    slope, shift = 1.0, 0.0
    if enough:
        held_out = scores_by_fold(scaled, truth, groups, strength)
        platt = _fitted(held_out[:, None], truth, PLATT_STRENGTH)
        slope, shift = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    intercept = float(model.intercept_[0]) - float((model.coef_[0] * mean / scale).sum())
    return shift + slope * intercept, slope * model.coef_[0] / scale, strength


def labelled_inputs() -> tuple[
    list[Labelled], list[str], dict[str, frozenset[str]], tuple[str, ...], NDArray[np.float64]
]:
    """The training side: passages, their texts, their tags, the features' names and values."""
    params = read_params("tag").tag
    folder = Path(params.labels)
    passages: list[Labelled] = [
        entry
        for name in ("sample", "training")
        for entry in read_jsonl(folder / f"{name}.jsonl")
        if entry["side"] == "train"
    ]
    labels: list[Label] = read_jsonl(folder / "labels.jsonl")
    given = {label["id"]: named(label) for label in labels if label["annotator"] == "a"}
    by_id = texts(passages, Path(os.environ["TWAINBOT_MIRROR"]))
    found = [by_id[each["id"]] for each in passages]
    lexicon = read_lexicon(Path(params.lexicon))
    inputs = [features(passage_of(each, text), lexicon) for each, text in zip(passages, found, strict=True)]
    return passages, found, given, feature_names(lexicon.groups), np.array(inputs)


def main() -> None:
    passages, _, given, names, inputs = labelled_inputs()
    groups = np.array([each["family"] for each in passages])
    tags: dict[str, Any] = {}
    for tag, chosen in FEATURES.items():
        truth = np.array([tag in given[each["id"]] for each in passages])
        columns = [names.index(name) for name in chosen]
        intercept, weights, strength = fit_tag(inputs[:, columns], truth, groups)
        tags[tag] = {
            "positives": int(truth.sum()),
            "strength": strength,
            "intercept": round(intercept, 4),
            "weights": {name: round(float(w), 4) for name, w in zip(chosen, weights, strict=True)},
        }
    weights_file = Path(read_params("tag").tag.labels) / "weights.json"
    write_json(weights_file, {"passages": len(passages), "tags": tags})


if __name__ == "__main__":
    main()
