import numpy as np
import pytest

from pretrain.baselines import compressed_bits_per_byte, unigram_bits_per_byte


def test_unigram_costs_follow_the_counts_plus_one():
    # Counts 3, 1, 0 of 3 tokens become 4/7, 2/7, 1/7; tokens 0 and 2 cost log2(7/4) + log2(7) bits.
    train = np.array([0, 0, 0, 1])
    assert unigram_bits_per_byte(train, [0, 2], size=4, vocab=3) == pytest.approx(
        (0.807355 + 2.807355) / 4, abs=1e-5
    )


def test_compressors_gain_by_repetition_and_lose_by_their_headers():
    repeated = compressed_bits_per_byte("the same words again " * 200)
    short = compressed_bits_per_byte("once")
    assert repeated["gzip"] < 0.3 and repeated["xz"] < 0.4
    assert short["gzip"] > 8 and short["xz"] > short["gzip"]
