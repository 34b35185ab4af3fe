"""Segments to windows: consecutive paragraphs of one section, up to a token budget.

A window never crosses a section, so its boundaries do not depend on the length of the header or of
any other chapter. Speeches, posts and jokes are windows of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from twainbot.records import PROSE, Segment


def windows(
    segments: Sequence[Segment], texts: Sequence[str], n_tokens: Callable[[str], int], budget: int
) -> list[list[int]]:
    """Indices of the segments of each window, in order; every index appears exactly once.

    ``texts`` are the normalised texts of ``segments``. A paragraph of three quarters of the ``budget`` or
    more is a window of its own, whatever stands around it, so the same paragraph in another book gives
    the same window and is recognised. The last window of a section takes a short remainder (under a third
    of the budget) rather than leaving a scrap.
    """
    result: list[list[int]] = []

    def section(index: int) -> tuple[str, str]:
        return segments[index]["doc_id"], segments[index]["section"]

    for _, group in groupby(range(len(segments)), key=section):
        indices = list(group)
        if segments[indices[0]]["kind"] not in PROSE:
            result.extend([index] for index in indices)
            continue
        sizes: list[int] = []
        first = len(result)
        for index in indices:
            size = n_tokens(texts[index])
            if len(result) > first and sizes[-1] + size <= budget and max(sizes[-1], size) < budget * 3 / 4:
                result[-1].append(index)
                sizes[-1] += size
            else:
                result.append([index])
                sizes.append(size)
        if len(sizes) > 1 and sizes[-1] < budget / 3 and sizes[-2] + sizes[-1] <= budget * 4 / 3:
            last = result.pop()
            result[-1].extend(last)
    return result
