"""Texts that are nearly the same, and what near-duplicates are by definition."""

from __future__ import annotations

import random

from builders import passage

from twainbot.records import Passage
from twainbot.text.normalize import words
from twainbot.text.similar import DedupeRules

RULES = DedupeRules(
    threshold=0.8,
    index_threshold=0.5,
    shingle_words=5,
    short_threshold=0.55,
    short_index_threshold=0.3,
    short_shingle_words=2,
    short_text_words=48,
    num_perm=128,
    seed=1,
)
WORDS = [f"word{i}" for i in range(300)]


def variants(seed: int, groups: int, copies: int, length: int, changes: int) -> list[str]:
    """Groups of texts that differ from one another in up to ``changes`` words."""
    rng = random.Random(seed)
    texts = []
    for _ in range(groups):
        base = [rng.choice(WORDS) for _ in range(length)]
        for _ in range(copies):
            copy = list(base)
            for _ in range(rng.randint(0, changes)):
                copy[rng.randrange(length)] = rng.choice(WORDS)
            texts.append(" ".join(copy))
    rng.shuffle(texts)
    return texts


def passages(texts: list[str], holdout: set[int] | None = None) -> list[Passage]:
    held = holdout or set()
    return [passage(t, i, quality=(i * 7 % 10) / 10, holdout=i in held) for i, t in enumerate(texts)]


def similarity(left: str, right: str) -> tuple[float, int]:
    """By the definition: (Jaccard similarity of sets of words, words a shingle)."""
    split = words(left), words(right)
    size = 2 if min(map(len, split)) <= 48 else 5
    a, b = ({tuple(w[i : i + size]) for i in range(max(len(w) - size, 0) + 1)} for w in split)
    return len(a & b) / len(a | b), size


def is_duplicate(left: str, right: str) -> bool:
    value, size = similarity(left, right)
    return value >= (0.55 if size == 2 else 0.8)
