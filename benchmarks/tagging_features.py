"""Are n-grams worth having in the tag stage? Cross-validated error of cues, of n-grams, and of both.

    TWAINBOT_MIRROR=/path/to/raw/files python benchmarks/tagging_features.py

On the labelled passages of the training side, folds of whole books and months as in tagging_fit.py, each
with the best of the same strengths. Brier score; ``share`` is that of always saying the tag's share.
Writes benchmarks/results/tagging_features.json.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.metrics import brier_score_loss
from tagging_fit import FEATURES, STRENGTHS, labelled_inputs, scores_by_fold

from twainbot.files import rounded, write_json

RESULT = Path("benchmarks/results/tagging_features.json")
HASHED = 2**12
# Rows of a hashed text have length 1, those of the cues about 4: without this L2 leaves the n-grams nothing.
NGRAM_SCALE = 3.0


def hashed(found: list[str], **options: Any) -> NDArray[np.float64]:
    vectors = HashingVectorizer(n_features=HASHED, norm="l2", alternate_sign=False, **options)
    return NGRAM_SCALE * vectors.transform(found).toarray()


def main() -> None:
    entries, found, given, names, cues = labelled_inputs()
    groups = np.array([each["family"] for each in entries])
    words = hashed(found, ngram_range=(1, 2))
    characters = hashed(found, analyzer="char_wb", ngram_range=(3, 5))
    scale = cues.std(axis=0)
    scaled = (cues - cues.mean(axis=0)) / np.where(scale == 0, 1.0, scale)
    result: dict[str, Any] = {"passages": len(entries), "brier": {}}
    for tag, chosen in FEATURES.items():
        truth = np.array([tag in given[each["id"]] for each in entries])
        own = scaled[:, [names.index(name) for name in chosen]]
        compared = {
            "cues": own,
            "words": words,
            "characters": characters,
            "cues and words": np.hstack([own, words]),
            "cues and characters": np.hstack([own, characters]),
        }
        result["brier"][tag] = {"positives": int(truth.sum()), "share": truth.mean() * (1 - truth.mean())} | {
            name: min(
                brier_score_loss(truth, 1 / (1 + np.exp(-scores_by_fold(inputs, truth, groups, strength))))
                for strength in STRENGTHS
            )
            for name, inputs in compared.items()
        }
    write_json(RESULT, rounded(result))


if __name__ == "__main__":
    main()
