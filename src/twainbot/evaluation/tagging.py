"""How well tags agree with labels, and annotators with each other.

Sources: Cohen 1960 for kappa; Brier 1950; Naeini, Cooper and Hauskrecht 2015 for the expected calibration
error; Cochran 1977, "Sampling Techniques", for the totals.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from twainbot.evaluation.stats import Estimate, cluster_bootstrap
from twainbot.text.cues import Lexicon
from twainbot.text.labelled import Label, Labelled, named, passage_of
from twainbot.text.tag import TAGS, TagModel, given, tag_scores

_BINS = 10


@dataclass(frozen=True)
class Judged:
    """One labelled passage: what a reader gave it, what the stage gave it, and how sure the stage was."""

    family: str
    weight: float  # passages of the corpus that it stands for
    truth: frozenset[str]
    given: frozenset[str]
    scores: Mapping[str, float]


def judge(
    labelled: Sequence[Labelled],
    labels: Sequence[Label],
    texts: Mapping[str, str],
    lexicon: Lexicon,
    model: TagModel,
    thresholds: Mapping[str, float],
) -> list[Judged]:
    """Labelled passages with what the stage makes of their text. ``labels`` are one annotator's."""
    truth = {label["id"]: named(label) for label in labels}
    judged: list[Judged] = []
    for entry in labelled:
        scores = tag_scores(passage_of(entry, texts[entry["id"]]), lexicon, model)
        judged.append(
            Judged(
                family=entry["family"],
                weight=entry["weight"],
                truth=truth[entry["id"]],
                given=given(scores, thresholds),
                scores=cast(Mapping[str, float], scores),
            )
        )
    return judged


def agreement(labels: Sequence[Label], first: str = "a", second: str = "b") -> dict[str, Any]:
    """Kappa of each tag between two annotators, over the passages that both labelled."""
    by_annotator = {
        name: {label["id"]: named(label) for label in labels if label["annotator"] == name}
        for name in (first, second)
    }
    both = [key for key in by_annotator[first] if key in by_annotator[second]]
    if not both:
        return {"passages": 0}
    result: dict[str, Any] = {"passages": len(both), "tags": {}}
    for tag in TAGS:
        yes = [[tag in by_annotator[name][key] for key in both] for name in (first, second)]
        result["tags"][tag] = {
            "kappa": kappa(*yes),
            "equal": sum(a == b for a, b in zip(*yes, strict=True)) / len(both),
            first: sum(yes[0]),
            second: sum(yes[1]),
        }
    return result


def kappa(first: Sequence[bool], second: Sequence[bool]) -> float | None:
    """Cohen's kappa of two annotators' yes and no.

    Formula: (p_o - p_e) / (1 - p_e); p_o the share of equal answers, p_e what their shares of yes give by
    chance.
    Plain reading: 0 is chance, 1 is always the same.
    Limit: falls with a tag's rarity, whatever the annotators' care. None if both always say one thing.

    Raises:
        ValueError: lengths differ or nothing is given.
    """
    if not first or len(first) != len(second):
        raise ValueError(f"{len(first)} and {len(second)} answers: need as many of each, and some")
    n = len(first)
    observed = sum(a == b for a, b in zip(first, second, strict=True)) / n
    yes_first, yes_second = sum(first) / n, sum(second) / n
    chance = yes_first * yes_second + (1 - yes_first) * (1 - yes_second)
    return None if chance == 1 else (observed - chance) / (1 - chance)


def calibration_error(scores: Sequence[float], truth: Sequence[bool]) -> float:
    """Expected calibration error: mean over ten bins of equal width of |share of yes - mean score|.

    Bins count by their passages. Limit: with a hundred passages it is a few hundredths for a perfect model.
    """
    score, yes = np.asarray(scores, dtype=float), np.asarray(truth, dtype=float)
    bins = np.minimum((score * _BINS).astype(int), _BINS - 1)
    gaps = [
        abs(float(yes[bins == number].sum()) - float(score[bins == number].sum())) for number in range(_BINS)
    ]
    return float(sum(gaps) / len(score))


def ranking(scores: Sequence[float], truth: Sequence[bool]) -> float | None:
    """Area under the ROC curve: how often a passage with the tag scores above one without, ties half.

    Plain reading: 0.5 is chance. None if all or none have the tag.
    """
    with_tag = [score for score, yes in zip(scores, truth, strict=True) if yes]
    without = [score for score, yes in zip(scores, truth, strict=True) if not yes]
    if not with_tag or not without:
        return None
    wins = sum((high > low) + 0.5 * (high == low) for high in with_tag for low in without)
    return wins / (len(with_tag) * len(without))


def stratified_total(strata: Mapping[str, tuple[float, Sequence[bool]]], level_z: float = 1.96) -> Estimate:
    """How many of a population have a property, from a stratified sample.

    Formula: Σ N·p over strata of N with the share p among the n drawn; variance Σ N²·p(1-p)/(n-1), the
    interval normal (Cochran 1977, chapter 5).
    Limit: a stratum whose few drawn ones all agree adds no variance, though it is as uncertain.
    """
    total = variance = 0.0
    drawn = 0
    for size, yes in strata.values():
        share = sum(yes) / len(yes)
        total += size * share
        variance += size**2 * share * (1 - share) / max(1, len(yes) - 1)
        drawn += len(yes)
    half = level_z * math.sqrt(variance)
    return Estimate(total, max(0.0, total - half), total + half, drawn, "stratified sample")


def tag_quality(
    judged: Sequence[Judged], tag: str, *, seed: int, resamples: int, weighted: bool = False
) -> dict[str, Any]:
    """Precision, recall and F1 of one tag with intervals from resampling books, and its calibration.

    ``weighted`` counts each passage as the passages of the corpus that it stands for: an estimate for
    the corpus rather than for the sample, in which weather is drawn more often. What has no value (the
    precision of a tag never given) is None.
    """
    clusters = [each.family for each in judged]
    weights = [each.weight if weighted else 1.0 for each in judged]
    truth = [tag in each.truth for each in judged]
    given = [tag in each.given for each in judged]
    both = [w * (t and g) for w, t, g in zip(weights, truth, given, strict=True)]
    of_truth = [w * t for w, t in zip(weights, truth, strict=True)]
    of_given = [w * g for w, g in zip(weights, given, strict=True)]

    def ratio(above: list[float], below: list[float]) -> dict[str, Any] | None:
        if not sum(below):
            return None
        return interval(cluster_bootstrap(above, clusters, below, seed=seed, resamples=resamples))

    scores = [each.scores[tag] for each in judged]
    return {
        "labelled": sum(truth),
        "given": sum(given),
        "precision": ratio(both, of_given),
        "recall": ratio(both, of_truth),
        "f1": ratio([2 * value for value in both], [t + g for t, g in zip(of_truth, of_given, strict=True)]),
        "ranking": ranking([each.scores[tag] for each in judged], truth),
        "brier": float(np.mean((np.asarray(scores) - np.asarray(truth, dtype=float)) ** 2)),
        "brier_of_the_share": float(np.mean(truth)) * (1 - float(np.mean(truth))),
        "calibration_error": calibration_error(scores, truth),
    }


def interval(estimate: Estimate) -> dict[str, Any]:
    """An estimate as JSON."""
    return {
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "n": estimate.n,
        "method": estimate.method,
    }
