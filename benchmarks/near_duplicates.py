"""Synthetic texts with near-duplicates planted in them, the same for the same seed."""

from __future__ import annotations

import random
from itertools import accumulate

VOCABULARY = 30_000
_SYLLABLES = [
    consonant + vowel for consonant in "bdfgklmnprstvw" for vowel in ("a", "e", "i", "o", "u", "ai")
]


def vocabulary(rng: random.Random, size: int = VOCABULARY) -> list[str]:
    """Distinct invented words; one in fifty has an apostrophe, as English has."""
    found: dict[str, None] = {}
    while len(found) < size:
        word = "".join(rng.choices(_SYLLABLES, k=rng.randint(1, 4)))
        found[f"{word}'s" if len(found) % 50 == 0 else word] = None
    return list(found)


class Writer:
    """Draws words by Zipf's law: the n-th most frequent one is n times rarer than the first."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self._words = vocabulary(self.rng)
        self._weights = list(accumulate(1 / (rank + 10) for rank in range(len(self._words))))

    def words(self, count: int) -> list[str]:
        return self.rng.choices(self._words, cum_weights=self._weights, k=count)

    def edited(self, words: list[str], edits: int) -> list[str]:
        """A copy with ``edits`` words replaced, inserted or dropped."""
        copy = list(words)
        for _ in range(edits):
            at = self.rng.randrange(len(copy))
            replacement = self.rng.choice(([], self.words(1), [copy[at], *self.words(1)]))
            copy[at : at + 1] = replacement
        return copy

    def text(self, words: list[str]) -> str:
        """The words as sentences with capitals, commas and full stops."""
        parts = []
        for start in range(0, len(words), 12):
            sentence = words[start : start + 12]
            parts.append(" ".join([sentence[0].capitalize(), *sentence[1:6]]))
            parts.append(f", {' '.join(sentence[6:])}. " if len(sentence) > 6 else ". ")
        return "".join(parts).strip()


def texts_with_duplicates(count: int, share: float, seed: int, most_edits: int = 6) -> list[str]:
    """``count`` texts of about 200 words in random order, ``share`` of them edited copies of another.

    A copy has 0 to ``most_edits`` edits; each spoils about five of its 196 word 5-grams, so copies lie on
    both sides of a similarity of 0.8, and two copies of one text may.
    """
    writer = Writer(seed)
    originals = count - round(count * share)
    written = [writer.words(writer.rng.randint(150, 250)) for _ in range(originals)]
    copies = [
        writer.edited(writer.rng.choice(written), writer.rng.randint(0, most_edits))
        for _ in range(count - originals)
    ]
    texts = [writer.text(words) for words in written + copies]
    writer.rng.shuffle(texts)
    return texts
