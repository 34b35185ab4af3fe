"""Texts as arrays of word numbers, and the word n-grams (shingles) over them.

Arrow splits and numbers the words, and all that comes after is arithmetic on arrays. A shingle exists in
two forms. As the bytes of its word numbers it is exact, and similarities are computed from those. As a
32-bit hash it may collide, and serves only to propose pairs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count, islice

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from twainbot.text.normalize import spaced_words

_MULTIPLIER = 0x9E3779B1  # odd, so that no bit of an earlier word is lost; the first prime of xxHash32
_WIDTH = 4  # bytes of a word's number
_BLOCK = 4096  # texts split at once


@dataclass(frozen=True)
class NumberedTexts:
    """The words of many texts, one after another.

    numbers: uint32, of every word; equal words, and only they, have equal numbers.
    offsets: int64, one more than there are texts; text i is ``numbers[offsets[i] : offsets[i + 1]]``.
    word_hashes: uint32, by word number; xxh32 of the word in UTF-8.
    """

    numbers: npt.NDArray[np.uint32]
    offsets: npt.NDArray[np.int64]
    word_hashes: npt.NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def n_words(self) -> npt.NDArray[np.int64]:
        """Words in each text."""
        return np.diff(self.offsets)

    def shingles(self, text: int, size: int) -> frozenset[bytes]:
        """The distinct n-grams of a text. One of fewer than ``size`` words is one shingle; of none, none."""
        found = self.numbers[self.offsets[text] : self.offsets[text + 1]].tobytes()
        last = max(len(found) - size * _WIDTH, 0)
        stop = last + 1 if found else 0
        return frozenset([found[at : at + size * _WIDTH] for at in range(0, stop, _WIDTH)])


def number_words(texts: Iterable[str]) -> NumberedTexts:
    """Split texts into words as :func:`twainbot.text.normalize.words` does, and number the words."""
    numbering: defaultdict[str, int] = defaultdict(count().__next__)
    numbers: list[npt.NDArray[np.uint32]] = [np.zeros(0, np.uint32)]
    lengths: list[npt.NDArray[np.int64]] = [np.zeros(1, np.int64)]
    left = iter(texts)
    while block := [spaced_words(text) for text in islice(left, _BLOCK)]:
        split = pc.call_function("ascii_split_whitespace", [pa.array(block, pa.string())])
        encoded = split.values.dictionary_encode()
        # Splitting leaves empty words at both ends of a text; they get a number that is dropped again.
        found = np.array([numbering[word] + 1 if word else 0 for word in encoded.dictionary.to_pylist()])
        codes = found[encoded.indices.to_numpy()]
        numbers.append((codes[codes > 0] - 1).astype(np.uint32))
        words_before = np.concatenate([[0], np.cumsum(codes > 0)])
        lengths.append(np.diff(words_before[split.offsets.to_numpy()]))
    hashes = [xxhash.xxh32_intdigest(word.encode()) for word in numbering]
    return NumberedTexts(
        np.concatenate(numbers), np.cumsum(np.concatenate(lengths)), np.array(hashes, np.uint32)
    )


def shingle_hash(words_of_shingle: Iterable[str]) -> int:
    """The hash of one shingle, between 0 and 2^32: xxh32 of its words as the coefficients of a polynomial.

    Two different shingles collide with a probability of about 2^-32.
    """
    value = 0
    for word in words_of_shingle:
        code = xxhash.xxh32_intdigest(word.encode())
        value = (value * _MULTIPLIER + code) % (1 << 32)
    return value


def shingle_hashes(texts: NumberedTexts, text: int, size: int) -> npt.NDArray[np.uint32]:
    """:func:`shingle_hash` of every n-gram of a text, in its order, repeats included."""
    start, end = texts.offsets[text], texts.offsets[text + 1]
    codes = texts.word_hashes[texts.numbers[start:end]]
    size = min(size, len(codes))
    n_shingles = len(codes) - size + 1 if size else 0
    hashes = np.zeros(n_shingles, np.uint32)
    for k in range(size):
        hashes *= np.uint32(_MULTIPLIER)
        hashes += codes[k : k + n_shingles]
    return hashes
