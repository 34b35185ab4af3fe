"""MinHash signatures and their bands, as datasketch computes them, over arrays.

Broder (1997), "On the resemblance and containment of documents"; Leskovec, Rajaraman and Ullman, "Mining
of Massive Datasets", chapter 3. The permutations and the number of bands are datasketch's, and the
signatures equal those of ``datasketch.MinHash`` bit for bit (its default scheme, affine32). Its own
``bulk`` hashes shingle by shingle in Python, and its index keeps bytes in dictionaries, which together
cost most of the time and of the memory.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from twainbot.text.shingles import NumberedTexts, shingle_hashes

_BAND_MULTIPLIER = np.uint64(0x9E3779B185EBCA87)  # the first prime of xxHash64
_BLOCK = 256  # texts signed at once: their hashes stay in the processor's cache for all permutations


def _mix(hashes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """The finalizer of MurmurHash3, which datasketch applies to every hash before the permutations."""
    hashes = (hashes ^ (hashes >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    hashes = (hashes ^ (hashes >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return hashes ^ (hashes >> np.uint32(16))


def signatures(
    texts: NumberedTexts, members: Sequence[int], size: int, num_perm: int, seed: int
) -> npt.NDArray[np.uint32]:
    """Signatures of the texts numbered ``members``, each of which has a word: (members, num_perm)."""
    from datasketch import MinHash

    factors, terms = MinHash(num_perm=num_perm, seed=seed).permutations
    found = np.empty((num_perm, len(members)), np.uint32)
    for first in range(0, len(members), _BLOCK):
        hashes = [shingle_hashes(texts, text, size) for text in members[first : first + _BLOCK]]
        starts = np.cumsum([0, *map(len, hashes[:-1])])
        mixed = _mix(np.concatenate(hashes))
        permuted = np.empty_like(mixed)
        for row, (factor, term) in enumerate(zip(factors, terms, strict=True)):
            np.multiply(mixed, factor, out=permuted)
            np.add(permuted, term, out=permuted)
            np.minimum.reduceat(permuted, starts, out=found[row, first : first + _BLOCK])
    return found.T


@functools.cache
def band_shape(index_threshold: float, num_perm: int) -> tuple[int, int]:
    """Bands, and rows a band, that datasketch takes for a threshold.

    Two texts of similarity J share a band with probability ``1 - (1 - J**rows)**bands``, which at the
    threshold itself is about a half; hence an index threshold well below the one that decides.
    """
    from datasketch import MinHashLSH

    index = MinHashLSH(threshold=index_threshold, num_perm=num_perm)
    return index.b, index.r


def buckets(found: npt.NDArray[np.uint32], bands: int, rows: int) -> list[list[int]]:
    """For each signature the numbers of the buckets that it shares with another; most share none.

    A bucket is a band and the hash of its rows, so that equal bands always meet. Numbers of different
    bands differ.
    """
    shared: list[list[int]] = [[] for _ in found]
    next_bucket = 0
    for band in range(bands):
        keys = np.zeros(len(found), np.uint64)
        for row in range(band * rows, (band + 1) * rows):
            keys = keys * _BAND_MULTIPLIER + found[:, row]
        _, bucket, counts = np.unique(keys, return_inverse=True, return_counts=True)
        for text in np.flatnonzero(counts[bucket] > 1):
            shared[text].append(next_bucket + int(bucket[text]))
        next_bucket += len(counts)
    return shared
