"""What a text costs without a network: by the frequencies of single tokens, and by general compressors."""

from __future__ import annotations

import lzma
import zlib

import numpy as np


def unigram_bits_per_byte(train: np.ndarray, heldout: list[int], size: int, vocab: int) -> float:
    """Bits per byte if each token is coded by its frequency in training, one added to every count.

    Args:
        train: token ids that the frequencies are counted on.
        heldout: token ids of the text, whose length is ``size`` bytes.
        vocab: number of different ids.
    """
    counts = np.bincount(train, minlength=vocab) + 1
    bits = -np.log2(counts / counts.sum())
    return float(bits[heldout].sum() / size)


def compressed_bits_per_byte(text: str) -> dict[str, float]:
    """Bits per byte of ``text`` compressed by itself, the compressors at their strongest.

    They begin without knowing any English, so a short text looks worse than a long one.
    """
    raw = text.encode()
    sizes = {
        "gzip": len(zlib.compress(raw, 9)),
        "xz": len(lzma.compress(raw, preset=9 | lzma.PRESET_EXTREME)),
    }
    return {name: 8 * size / len(raw) for name, size in sizes.items()}
