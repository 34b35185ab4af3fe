"""Rows to token sequences, and sequences to packs that still know their rows.

Trainers' own packing drops every column but the tokens, and their truncation shows only in a progress
bar. Here nothing is truncated: a row that does not fit is left out and named.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

from twainbot.files import InputError
from twainbot.modeling.chat_template import render
from twainbot.modeling.control_tokens import end_of_text_id

IGNORE = -100  # the label that the loss skips
LISTED = 20  # rows named in an error; whole files fail alike, and a thousand lines hide the first


class Sequenced(TypedDict):
    """A tokenised row: ``input_ids`` and ``labels`` have the same length."""

    record_id: str
    input_ids: list[int]
    labels: list[int]


class Pack(TypedDict):
    """Several rows behind each other: sum(seq_lengths) == len(input_ids) == len(labels)."""

    record_ids: list[str]
    seq_lengths: list[int]
    input_ids: list[int]
    labels: list[int]


@dataclass
class Tokenised:
    """Sequences that fit, and the ids of the rows that were left out, by reason."""

    sequences: list[Sequenced] = field(default_factory=list)
    dropped: dict[str, list[str]] = field(default_factory=dict)

    def drop(self, reason: str, record_id: str) -> None:
        self.dropped.setdefault(reason, []).append(record_id)

    def counts(self) -> dict[str, int]:
        """Number of rows dropped, by reason; every reason is present."""
        counts = Counter({reason: len(ids) for reason, ids in self.dropped.items()})
        return {reason: counts[reason] for reason in ("too_long", "no_end_of_turn", "nothing_to_learn")}


def tokenise_chat(rows: Sequence[Any], tokenizer: Any, max_length: int) -> Tokenised:
    """Chat rows with the loss on assistant turns only (their end-of-turn token included).

    Raises:
        InputError: rows that the chat format cannot hold, all of them, each with its id.
    """
    result = Tokenised()
    problems: list[str] = []
    for row in rows:
        try:
            ids, mask = render(tokenizer, row["messages"], row.get("tools"))
        except InputError as error:
            problems.append(f"  {row['id']}: {error}")
            continue
        labels = [token if marked else IGNORE for token, marked in zip(ids, mask, strict=True)]
        learned = [label for label in labels if label != IGNORE]
        if len(ids) > max_length:
            result.drop("too_long", row["id"])
        elif not learned:
            result.drop("nothing_to_learn", row["id"])
        elif learned[-1] != tokenizer.eos_token_id:
            result.drop("no_end_of_turn", row["id"])
        else:
            result.sequences.append(Sequenced(record_id=row["id"], input_ids=ids, labels=labels))
    if problems:
        listed = "\n".join(problems[:LISTED])
        more = f"\n  and {len(problems) - LISTED} more" if len(problems) > LISTED else ""
        raise InputError(
            f"{len(problems)} of {len(rows)} rows do not fit the base's chat format "
            f"(base.chat_template in params.yaml):\n{listed}{more}"
        )
    return result


def tokenise_text(rows: Sequence[Any], tokenizer: Any, max_length: int) -> Tokenised:
    """Plain text rows, ``BOS text end-of-text``, with the loss on everything after BOS."""
    result = Tokenised()
    end = end_of_text_id(tokenizer)
    for row in rows:
        ids = tokenizer.encode(row["text"], add_special_tokens=False)
        ids = [tokenizer.bos_token_id, *ids, end]
        if len(ids) > max_length:
            result.drop("too_long", row["id"])
        else:
            result.sequences.append(Sequenced(record_id=row["id"], input_ids=ids, labels=[IGNORE, *ids[1:]]))
    return result


def pack(sequences: Sequence[Sequenced], pack_tokens: int) -> list[Pack]:
    """First-fit packing in the given order, so a shuffled input gives shuffled packs.

    Only the last 64 open packs are tried: enough to fill them above 95 %, and linear in the rows.
    """
    packs: list[Pack] = []
    for sequence in sequences:
        length = len(sequence["input_ids"])
        for candidate in packs[-64:]:
            if len(candidate["input_ids"]) + length <= pack_tokens:
                target = candidate
                break
        else:
            target = Pack(record_ids=[], seq_lengths=[], input_ids=[], labels=[])
            packs.append(target)
        target["record_ids"].append(sequence["record_id"])
        target["seq_lengths"].append(length)
        target["input_ids"].extend(sequence["input_ids"])
        target["labels"].extend(sequence["labels"])
    return packs


def within(packs: list[Pack], budget: int) -> list[Pack]:
    """The first packs that together stay within ``budget`` tokens; at least one."""
    total = 0
    for count, item in enumerate(packs):
        total += len(item["input_ids"])
        if total > budget:
            return packs[: max(1, count)]
    return packs


def step_count(packs: int, accumulate: int, epochs: float) -> int:
    """Steps of a run over so many packs, ``accumulate`` of them each; at least one."""
    return max(1, round(math.ceil(packs / accumulate) * epochs))
