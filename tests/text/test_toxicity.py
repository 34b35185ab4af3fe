"""Toxicity: scores in batches, and a sentence where the detector is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from twainbot.files import InputError
from twainbot.text.toxicity import BATCH, toxicity_scorer


def test_insults_score_higher_than_rain() -> None:
    pytest.importorskip("profanity_check", reason="the extra `toxicity` is not installed")
    score = toxicity_scorer("alt-profanity-check", "")
    rain, insult = score(["It rained all day in the harbour.", "I hate you, you stupid pig."])
    assert 0 <= rain < 0.3 < 0.9 < insult <= 1


def test_batches_change_nothing() -> None:
    pytest.importorskip("profanity_check", reason="the extra `toxicity` is not installed")
    score = toxicity_scorer("alt-profanity-check", "")
    texts = [f"It rained on day {number}, you pig." for number in range(BATCH + 3)]
    assert score(texts) == [value for text in (texts[:5], texts[5:]) for value in score(text)]
    assert score([]) == []


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "profanity_check", None)
    with pytest.raises(InputError, match=r'pip install "twainbot\[toxicity\]"'):
        toxicity_scorer("alt-profanity-check", "")


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"clean\.toxicity_checkpoint .* not a folder with a \.ckpt file"):
        toxicity_scorer("detoxify", str(tmp_path))
