"""Which style rows are kept, so that no persona, book or template drowns the others."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from twainbot.records import Example

Key = TypeVar("Key", bound=Hashable)
# How scarce the row's material is, and a draw.
Rank = tuple[float, float]


@dataclass(frozen=True)
class Ranked:
    """A row, the source (book, dump) that it is from, and its rank: where rows are too many, low ranks stay.

    ``source`` is empty for rows that were written for the purpose; the caps on personas and sources do not
    count them, nor rows that are held out.
    """

    example: Example
    source: str
    rank: Rank
    held_out: bool = False
    doubtful: bool = False  # its question may not be what its answer is about


Dropped = list[tuple[Ranked, str]]


def fair_shares(counts: Mapping[Key, int], total: int) -> dict[Key, int]:
    """How many each group keeps of ``total``: as even as the groups allow, small ones whole.

    Max-min fairness: filled in order of size, each gets what it has or an equal part of what is left.
    """
    shares: dict[Key, int] = {}
    left = total
    order = sorted(counts, key=lambda key: (counts[key], str(key)))
    for number, key in enumerate(order):
        shares[key] = min(counts[key], left // (len(order) - number))
        left -= shares[key]
    return shares


def source_cap(max_rows: int, max_source_share: float, n_sources: int) -> int:
    """Rows that one source may give a persona that has ``n_sources``."""
    return max_rows if n_sources < 2 else max(math.ceil(max_source_share * max_rows), 1)


def template_cap(counts: Mapping[str, int], max_share: float) -> int:
    """The most rows a template may have so that none has more than ``max_share`` of those that are left.

    With fewer templates than shares there are no such numbers, and nothing is capped.
    """
    total = sum(counts.values())
    if len(counts) * max_share < 1:
        return total
    while True:
        cap = max(math.floor(max_share * total), 1)
        left = sum(min(count, cap) for count in counts.values())
        if left == total or cap == 1:
            return cap
        total = left


def _keep(rows: Sequence[Ranked], wanted: int) -> tuple[list[Ranked], list[Ranked]]:
    ranked = sorted(rows, key=lambda row: (row.rank, row.example["id"]))
    return ranked[:wanted], ranked[wanted:]


def cap_personas(
    rows: Sequence[Ranked], max_rows: int, max_source_share: float
) -> tuple[list[Ranked], Dropped]:
    """At most ``max_rows`` a persona, and of them at most ``max_source_share`` from one source.

    A persona with a single source may fill all of its rows from it. Whether a row is kept depends on its
    rank and on the other sources' numbers only.
    """
    kept = [row for row in rows if row.held_out or not row.source]
    dropped: Dropped = []
    groups: dict[str, dict[str, list[Ranked]]] = {}
    for row in rows:
        if not row.held_out and row.source:
            groups.setdefault(row.example["tags"]["persona"], {}).setdefault(row.source, []).append(row)
    for _, sources in sorted(groups.items()):
        cap = source_cap(max_rows, max_source_share, len(sources))
        capped: dict[str, list[Ranked]] = {}
        for source, found in sorted(sources.items()):
            capped[source], over = _keep(found, cap)
            dropped += [(row, "source_cap") for row in over]
        shares = fair_shares({source: len(found) for source, found in capped.items()}, max_rows)
        for source, found in capped.items():
            chosen, over = _keep(found, shares[source])
            kept += chosen
            dropped += [(row, "persona_cap") for row in over]
    return kept, dropped


def template_caps(
    counts: Mapping[str, int], max_share: float, own_shares: Mapping[str, float]
) -> dict[str, int]:
    """The most rows of each template; those of ``own_shares`` have at most their own share of all."""
    others = {name: count for name, count in counts.items() if name not in own_shares}
    cap = template_cap(others, max_share)
    left = sum(min(count, cap) for count in others.values())
    whole = left / (1 - sum(own_shares.values()))
    return dict.fromkeys(others, cap) | {name: math.floor(own * whole) for name, own in own_shares.items()}


def cap_templates(
    rows: Sequence[Ranked], max_share: float, own_shares: Mapping[str, float]
) -> tuple[list[Ranked], Dropped]:
    """No template above its share of the rows to train on that are left, nor of all rows with those held out.

    The surplus of a template goes evenly over the personas, and of a persona over its sources. Rows to train
    on do not depend on those held out, which fill what the others leave of a template's share of all rows.
    Of the held-out rows alone a template may have more: books give few templates, and three cannot each
    have less than a third.

    Args:
        max_share: of any template that ``own_shares`` does not name.
    """
    trainable = [row for row in rows if not row.held_out]
    held_out = [row for row in rows if row.held_out]
    kept, dropped = _capped(trainable, template_caps(_templates(trainable), max_share, own_shares))
    counts = _templates(kept)
    # Templates with a share of their own are among the rows to train on: here they count like any other.
    caps = template_caps(counts + _templates(held_out), max_share, {})
    tested, over = _capped(held_out, {name: max(cap - counts[name], 0) for name, cap in caps.items()})
    return [*kept, *tested], [*dropped, *over]


def _templates(rows: Sequence[Ranked]) -> Counter[str]:
    return Counter(row.example["template_id"] for row in rows)


def _capped(rows: Sequence[Ranked], caps: Mapping[str, int]) -> tuple[list[Ranked], Dropped]:
    """At most as many rows of each template as its cap; doubtful ones where the others leave room."""
    kept, dropped = _shared([row for row in rows if not row.doubtful], caps)
    counts = _templates(kept)
    left = {template: cap - counts[template] for template, cap in caps.items()}
    more, over = _shared([row for row in rows if row.doubtful], left)
    return [*kept, *more], [*dropped, *over]


def _shared(rows: Sequence[Ranked], caps: Mapping[str, int]) -> tuple[list[Ranked], Dropped]:
    groups: dict[str, dict[str, dict[str, list[Ranked]]]] = {}
    for row in rows:
        personas = groups.setdefault(row.example["template_id"], {})
        personas.setdefault(row.example["tags"]["persona"], {}).setdefault(row.source, []).append(row)
    kept: list[Ranked] = []
    dropped: Dropped = []
    for template, personas in sorted(groups.items()):
        sizes = {persona: sum(map(len, sources.values())) for persona, sources in personas.items()}
        shares = fair_shares(sizes, caps[template])
        for persona, sources in sorted(personas.items()):
            parts = fair_shares({source: len(found) for source, found in sources.items()}, shares[persona])
            for source, found in sorted(sources.items()):
                chosen, over = _keep(found, parts[source])
                kept += chosen
                dropped += [(row, "template_share") for row in over]
    return kept, dropped
