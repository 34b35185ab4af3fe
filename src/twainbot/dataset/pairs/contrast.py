"""Preference pairs: to a row's prompt its own answer, and one that has a flaw and names it.

Both are of one split: what a rejected answer takes from another row, it takes from a row of the same split.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, get_args

from twainbot.dataset.pairs.flawed import Flawed, length
from twainbot.dataset.pairs.style import Bland, OutOfVoice, Plainly
from twainbot.dataset.pairs.tools import OverCalling, UnderCalling, Ungrounded
from twainbot.dataset.sampling import draw
from twainbot.files import content_id
from twainbot.records import Example, Flaw, Pair, Split

FLAWS: tuple[Flaw, ...] = get_args(Flaw)


@dataclass(frozen=True)
class ContrastRules:
    """See the ``contrast`` section of params.yaml; ``split_shares`` are those of the split section."""

    pairs: int
    shares: Mapping[Flaw, float]
    split_shares: Mapping[Split, float]
    seed: int


class _Source(NamedTuple):
    """The rows of a split that may have a flaw shown, and what gives a row the flawed answer."""

    rows: Sequence[Example]
    flawed: Callable[[Example], Flawed | None]


def make_pairs(
    style: Sequence[Example],
    tools: Sequence[Example],
    plainly: Plainly,
    rules: ContrastRules,
    places: Sequence[str] = (),
) -> list[Pair]:
    """Pairs of every flaw and split, as many as asked for where the rows give them.

    Args:
        style: rows of voices, with their split.
        tools: conversations with tools, with their split.
        plainly: what bland answers are made with.
        places: names of places, the longer ones first; a call for nothing is of the place that was named.

    Personas take turns, so that each has as many pairs of a flaw as the others, or all that it can have.
    """
    pairs: list[Pair] = []
    for split, split_share in rules.split_shares.items():
        voices = [row for row in style if row["split"] == split]
        episodes = [row for row in tools if row["split"] == split]
        sources: dict[Flaw, _Source] = {
            "bland": _Source(voices, Bland(plainly, split, rules.seed)),
            "out_of_voice": _Source(voices, OutOfVoice(voices, plainly.topics)),
            "ungrounded": _Source(episodes, Ungrounded(episodes, rules.seed)),
            "over_calling": _Source(episodes, OverCalling(episodes, rules.seed, places)),
            "under_calling": _Source(episodes, UnderCalling(episodes, rules.seed)),
        }
        for flaw in FLAWS:
            wanted = round(rules.pairs * rules.shares[flaw] * split_share)
            pairs += _of_flaw(flaw, sources[flaw], split, wanted, rules.seed)
    return pairs


def _of_flaw(flaw: Flaw, source: _Source, split: Split, wanted: int, seed: int) -> list[Pair]:
    queues: defaultdict[str, list[Example]] = defaultdict(list)
    for row in sorted(source.rows, key=lambda row: -draw(seed, "pair", flaw, row["id"])):
        queues[row["tags"]["persona"]].append(row)
    pairs: list[Pair] = []
    while queues and len(pairs) < wanted:
        for persona in sorted(queues):
            pair = None
            while queues[persona] and pair is None:
                row = queues[persona].pop()
                answer = source.flawed(row)
                pair = _pair(flaw, row, answer, split) if answer else None
            if pair is None:
                del queues[persona]
            elif len(pairs) < wanted:
                pairs.append(pair)
    return pairs


def _pair(flaw: Flaw, row: Example, answer: Flawed, split: Split) -> Pair | None:
    chosen = row["messages"][answer.at]
    if chosen == answer.message:
        return None
    sides = [row["messages"][: answer.at], [chosen], [answer.message]]
    return Pair(
        id=content_id("pair", flaw, row["id"], json.dumps(sides, ensure_ascii=False)),
        prompt=sides[0],
        chosen=sides[1],
        rejected=sides[2],
        tools=row["tools"],
        flaw=flaw,
        tags=row["tags"],
        parents=[row["id"], *answer.donors],
        family=row["family"],
        split=split,
    )


def counts(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Number of pairs by flaw, persona and split, and how long what is rejected is beside what is chosen.

    A length ratio far from 1 would be learnt in the place of the flaw.
    """
    lengths: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for pair in pairs:
        lengths[pair["flaw"]][0] += length(pair["chosen"][0])
        lengths[pair["flaw"]][1] += length(pair["rejected"][0])
    table: dict[str, Any] = {}
    for flaw in FLAWS:
        of_flaw = [pair for pair in pairs if pair["flaw"] == flaw]
        table[flaw] = {
            "pairs": len(of_flaw),
            "split": dict(sorted(Counter(pair["split"] for pair in of_flaw).items())),
            "persona": dict(sorted(Counter(pair["tags"]["persona"] for pair in of_flaw).items())),
            "length_ratio": lengths[flaw][1] / lengths[flaw][0] if of_flaw else None,
        }
    return table
