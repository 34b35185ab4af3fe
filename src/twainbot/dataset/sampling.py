"""Random choices that depend on a record and the seed, never on the order of the records."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def draw(seed: int, *parts: str) -> float:
    """A number in [0, 1) that depends on the parts and the seed only, not on the order of calls."""
    digest = hashlib.sha256("\x1f".join([str(seed), *parts]).encode("utf-8")).digest()
    # 53 bits: with more, the division could round up to 1.
    return (int.from_bytes(digest[:8], "big") >> 11) / 2**53


def pick(options: Sequence[str], seed: int, *parts: str) -> str:
    """One of the options, by :func:`draw`."""
    return options[int(draw(seed, *parts) * len(options))]
