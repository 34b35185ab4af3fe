"""Tone, domain and device of a passage: cues and form, weighed by a small calibrated classifier.

Weights and thresholds are data (data/tagging/weights.json, params.yaml); benchmarks/tagging_fit.py makes
the weights from the labelled passages.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from twainbot.files import InputError, read_json
from twainbot.records import Passage, TagScores
from twainbot.text.cues import Lexicon, feature_names, features

TONES = ("humorous", "wry", "satirical", "didactic", "aphoristic")
DEVICES = ("pun", "hyperbole", "analogy", "sarcasm")
TAGS = (*TONES, "weather", *DEVICES)
NO_TONE, NO_DEVICE = "plain", "none"
_DIGITS = 4


@dataclass(frozen=True)
class TagModel:
    """A logistic regression a tag, over the features that bear on it."""

    intercepts: Mapping[str, float]
    weights: Mapping[str, tuple[tuple[int, float], ...]]  # tag -> (number of a feature, its weight)


def read_model(path: Path, lexicon: Lexicon) -> TagModel:
    """Read the weights that go with a lexicon.

    Raises:
        InputError: a tag is missing, or a weight is for what the lexicon does not give; all at once.
    """
    again = "Make it again with benchmarks/tagging_fit.py, or take the version in git."
    try:
        tags = read_json(path)["tags"]
        number = {name: position for position, name in enumerate(feature_names(lexicon.groups))}
        problems = [f"{path}: no weights for {tag!r}" for tag in TAGS if tag not in tags] + [
            f"{path}: {tag}: {name!r} is no feature; the lexicon's groups are {', '.join(lexicon.groups)}"
            for tag in TAGS
            if tag in tags
            for name in tags[tag]["weights"]
            if name not in number
        ]
        if not problems:
            return TagModel(
                intercepts={tag: float(tags[tag]["intercept"]) for tag in TAGS},
                weights={
                    tag: tuple((number[name], float(weight)) for name, weight in tags[tag]["weights"].items())
                    for tag in TAGS
                },
            )
    except (InputError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as weights ({error}). {again}") from error
    raise InputError("\n".join([*problems, again]))


def tag_scores(passage: Passage, lexicon: Lexicon, model: TagModel) -> TagScores:
    """The probability of each tag.

    What a kind of text is made for is not guessed: a fact is about weather and has no manner, a joke is
    humorous.
    """
    if passage["kind"] == "fact":
        return cast(TagScores, {tag: float(tag == "weather") for tag in TAGS})
    found = features(passage, lexicon)
    scores: dict[str, float] = {}
    for tag in TAGS:
        logit = model.intercepts[tag] + sum(found[number] * weight for number, weight in model.weights[tag])
        scores[tag] = round(1 / (1 + math.exp(-max(-50.0, min(50.0, logit)))), _DIGITS)
    if passage["kind"] == "joke":
        scores["humorous"] = 1.0
    return cast(TagScores, scores)


def given(scores: Mapping[str, Any], thresholds: Mapping[str, float]) -> frozenset[str]:
    """The tags whose score reaches their threshold."""
    return frozenset(tag for tag in TAGS if scores[tag] >= thresholds[tag])


def _foremost(tags: Sequence[str], scores: Mapping[str, Any], thresholds: Mapping[str, float]) -> str | None:
    """Of those given, the tag whose score exceeds its threshold by the largest factor.

    ``humorous`` only if it is the only one: most of what is wry or satirical is humorous too, and the
    narrower word says more.
    """
    reached = [tag for tag in tags if scores[tag] >= thresholds[tag]]
    narrower = [tag for tag in reached if tag != "humorous"] or reached
    return max(narrower, key=lambda tag: scores[tag] / thresholds[tag]) if narrower else None


def tag(
    passages: Sequence[Passage], lexicon: Lexicon, model: TagModel, thresholds: Mapping[str, float]
) -> list[Passage]:
    """The passages with ``tone``, ``domain``, ``device`` and ``tag_scores`` filled in.

    A passage has one tone and one device: the foremost of those whose score reaches the threshold. The
    device of a post is ``headline``, by its form; others show in its scores.
    """
    tagged: list[Passage] = []
    for passage in passages:
        scores = tag_scores(passage, lexicon, model)
        device = "headline" if passage["kind"] == "post" else _foremost(DEVICES, scores, thresholds)
        tagged.append(
            {
                **passage,
                "tone": _foremost(TONES, scores, thresholds) or NO_TONE,
                "domain": "weather" if scores["weather"] >= thresholds["weather"] else "general",
                "device": device or NO_DEVICE,
                "tag_scores": scores,
            }
        )
    return tagged
