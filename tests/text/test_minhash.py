"""Signatures are datasketch's, bit for bit; equal bands meet in a bucket."""

from __future__ import annotations

import random
from itertools import combinations

import numpy as np
import pytest
from datasketch import MinHash, MinHashLSH

from twainbot.text.minhash import band_shape, buckets, signatures
from twainbot.text.normalize import words
from twainbot.text.shingles import number_words, shingle_hash


def some_texts(count: int, seed: int = 0) -> list[str]:
    rng = random.Random(seed)
    return [" ".join(f"w{rng.randrange(50)}" for _ in range(rng.randint(1, 80))) for _ in range(count)]


@pytest.mark.parametrize(("size", "num_perm", "seed"), [(5, 128, 1), (2, 128, 20261121), (3, 16, 7)])
def test_signatures_are_those_of_datasketch(size: int, num_perm: int, seed: int) -> None:
    # More texts than are signed at once, some shorter than a shingle, and not all of them.
    texts = some_texts(320)
    members = [i for i in range(len(texts)) if i % 7]
    found = signatures(number_words(texts), members, size, num_perm, seed)
    assert found.shape == (len(members), num_perm)
    for row, member in enumerate(members):
        minhash = MinHash(
            num_perm=num_perm, seed=seed, hashfunc=lambda shingle: shingle_hash(shingle.decode().split())
        )
        split = words(texts[member])
        for i in range(max(len(split) - size, 0) + 1):
            minhash.update(" ".join(split[i : i + size]).encode())
        assert np.array_equal(found[row], minhash.hashvalues)


def test_no_texts_no_signatures() -> None:
    found = signatures(number_words(["..."]), [], 5, 128, 1)
    assert found.shape == (0, 128)
    assert buckets(found, 25, 5) == []


def test_bands_of_the_thresholds_in_use() -> None:
    assert band_shape(0.5, 128) == (25, 5)
    assert band_shape(0.3, 128) == (37, 3)


def test_candidates_are_those_of_datasketch_s_index() -> None:
    texts = some_texts(120, seed=3)
    found = signatures(number_words(texts), range(len(texts)), 1, 128, 1)
    index = MinHashLSH(threshold=0.5, num_perm=128)
    expected = set()
    for i, row in enumerate(found):
        minhash = MinHash(hashvalues=row, scheme="affine32")
        expected |= {(j, i) for j in index.query(minhash)}
        index.insert(i, minhash)
    shared = [set(found) for found in buckets(found, *band_shape(0.5, 128))]
    assert {(i, j) for i, j in combinations(range(len(texts)), 2) if shared[i] & shared[j]} == expected
    assert len(expected) > 100


def test_only_shared_buckets_are_named() -> None:
    rows = np.array([[1, 2, 3, 4], [1, 2, 5, 6], [7, 8, 9, 9]], np.uint32)
    first, second, third = buckets(rows, bands=2, rows=2)
    assert first == second
    assert len(first) == 1
    assert third == []
