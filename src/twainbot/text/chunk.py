"""Segments to windows: consecutive paragraphs of one section, up to a token budget.

A window never crosses a section, so its boundaries do not depend on the length of the header or of
any other chapter. Speeches, posts, jokes and facts are windows of their own, so nothing is cut within a joke
or between a headline and its punchline.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby

from twainbot.records import PROSE, Segment
from twainbot.text.normalize import sentence_ends

# What a cut before a paragraph costs. A question is not parted from its reply, nor a paragraph that breaks
# off ("He said:") from what follows; between two turns of a dialogue a cut is worse than before narration.
_NARRATION, _TURN, _CONTINUED = 0, 1, 2
_QUOTE = re.compile(r"[\"“‘«]|'(?=[A-Z])")
_ASKS = re.compile(r"\?[\"'”’»)]*$")
_BREAKS_OFF = re.compile(r"(?:[:,;]|[\w'])[-\"'”’]*$")


def windows(
    segments: Sequence[Segment], texts: Sequence[str], n_tokens: Callable[[str], int], budget: int
) -> list[list[int]]:
    """Indices of the segments of each window, in order; every index appears exactly once.

    ``texts`` are the normalised texts of ``segments``. A paragraph of three quarters of the ``budget`` or
    more is a window of its own, whatever stands around it, so the same paragraph in another book gives
    the same window and is recognised. Of the places at which a window can end, from half of the budget
    on, the one is taken that parts the least (see :func:`cut_cost`), of equals the last. The last window
    of a section takes a short remainder (under a third of the budget) rather than leaving a scrap.
    """
    result: list[list[int]] = []

    def section(index: int) -> tuple[str, str]:
        return segments[index]["doc_id"], segments[index]["section"]

    for _, group in groupby(range(len(segments)), key=section):
        indices = list(group)
        if segments[indices[0]]["kind"] in PROSE:
            result.extend(_section_windows(indices, texts, n_tokens, budget))
        else:
            result.extend([index] for index in indices)
    return result


def _section_windows(
    indices: Sequence[int], texts: Sequence[str], n_tokens: Callable[[str], int], budget: int
) -> list[list[int]]:
    sizes = {index: n_tokens(texts[index]) for index in indices}

    def size(window: Sequence[int]) -> int:
        return sum(sizes[index] for index in window)

    found: list[list[int]] = []
    open_window: list[int] = []
    for index in indices:
        if sizes[index] >= budget * 3 / 4:
            found.extend(window for window in (open_window, [index]) if window)
            open_window = []
            continue
        while open_window and size(open_window) + sizes[index] > budget:
            cut = _best_cut([*open_window, index], texts, sizes, budget)
            found.append(open_window[:cut])
            open_window = open_window[cut:]
        open_window.append(index)
    if open_window:
        found.append(open_window)
    if (
        len(found) > 1
        and size(found[-1]) < budget / 3
        and size(found[-2]) + size(found[-1]) <= budget * 4 / 3
    ):
        last = found.pop()
        found[-1].extend(last)
    return found


def _best_cut(window: Sequence[int], texts: Sequence[str], sizes: dict[int, int], budget: int) -> int:
    """How many paragraphs of ``window``, which is too long by its last one, to close it after."""
    best = len(window) - 1
    lowest = cut_cost(texts[window[best - 1]], texts[window[best]])
    filled = sum(sizes[index] for index in window[:best])
    for cut in range(best - 1, 0, -1):
        filled -= sizes[window[cut]]
        if filled < budget / 2 or lowest == _NARRATION:
            break
        if (cost := cut_cost(texts[window[cut - 1]], texts[window[cut]])) < lowest:
            best, lowest = cut, cost
    return best


def cut_cost(before: str, after: str) -> int:
    """How much a cut between two paragraphs parts: 0 for nothing, 2 for what belongs together.

    A paragraph that begins with a quotation mark is a turn of a dialogue, any other is narration.
    """
    turn = _QUOTE.match(after) is not None
    if _BREAKS_OFF.search(before) or (turn and _QUOTE.match(before) and _ASKS.search(before)):
        return _CONTINUED
    return _TURN if turn else _NARRATION


def cut(text: str, n_tokens: Callable[[str], int], budget: int, *, verse: bool = False) -> list[str]:
    """``text`` in pieces of at most ``budget`` tokens, cut at sentence ends only, verse also at line ends.

    A third more is allowed rather than leaving a scrap, as in :func:`windows`; a longer sentence is a
    piece of its own. Sizes are sums over sentences.
    """
    if n_tokens(text) <= budget * 4 / 3:
        return [text]
    ends = sentence_ends(text)
    if verse:
        ends = sorted({*ends, *(match.start() for match in re.finditer(r"\n", text))})
    pieces: list[list[str]] = [[]]
    sizes = [0]
    start = 0
    for end in ends:
        size = n_tokens(text[start:end].strip())
        if pieces[-1] and sizes[-1] + size > budget:
            pieces.append([])
            sizes.append(0)
        pieces[-1].append(text[start:end])
        sizes[-1] += size
        start = end
    if len(pieces) > 1 and sizes[-1] < budget / 3 and sizes[-2] + sizes[-1] <= budget * 4 / 3:
        pieces[-2].extend(pieces.pop())
    return [piece for parts in pieces if (piece := "".join(parts).strip())]


def overlap(text: str, n_tokens: Callable[[str], int], budget: int) -> str:
    """The last whole sentences of ``text``, at most ``budget`` tokens and half of it; "" if none fits.

    Half, so that two neighbours never have more than half of their words in common and are no duplicates.
    """
    most = min(budget, n_tokens(text) // 2)
    tail = ""
    for end in reversed(sentence_ends(text)[:-1]):
        longer = text[end:].strip()
        if n_tokens(longer) > most:
            break
        tail = longer
    return tail
