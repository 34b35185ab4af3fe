"""What each stage of training will do: its tokens, packs and steps, counted from the rows without torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twainbot.files import read_jsonl
from twainbot.modeling.lengths import conversation_counter, text_counter
from twainbot.modeling.pack import Sequenced, pack, step_count, within
from twainbot.sections.models import Base, Preflight, TrainCommon, TrainStage


@dataclass(frozen=True)
class Amount:
    """What is trained on in one epoch, and the steps of all epochs."""

    rows: int
    tokens: int
    packs: int
    steps: int


def row_lengths(rows: Sequence[Any], base: Path, chat_template: str) -> list[int]:
    """Tokens of each row as training reads it, chat rows and plain text alike.

    Raises:
        InputError: the template refuses a row, or the base has no tokenizer.
    """
    if rows and "text" in rows[0]:
        counts = text_counter(base)([row["text"] for row in rows], 0)
        return [counts.get(number, 0) + 2 for number in range(len(rows))]  # the tokens before and after it
    conversations = [(row["messages"], row.get("tools")) for row in rows]
    counts = conversation_counter(base, chat_template)(conversations, 0)
    return [counts.get(number, 0) for number in range(len(rows))]


def amount(lengths: Sequence[int], common: TrainCommon, stage: TrainStage) -> Amount:
    """Rows that fit, packed as training packs them."""
    sequences = [
        Sequenced(record_id="", input_ids=[0] * length, labels=[])
        for length in lengths
        if length <= common.max_length
    ]
    packs = within(pack(sequences, common.pack_tokens), stage.max_tokens)
    return Amount(
        rows=sum(len(item["record_ids"]) for item in packs),
        tokens=sum(len(item["input_ids"]) for item in packs),
        packs=len(packs),
        steps=step_count(len(packs), common.accumulate, stage.epochs),
    )


def counted(path: Path, base: Base, common: TrainCommon, stage: TrainStage) -> Amount | None:
    """The amount of a file of training rows; None if it, or the tokenizer that counts, is not there yet.

    Raises:
        InputError: the file is broken, or the template refuses a row.
    """
    folder = Path(base.path)
    if not path.is_file() or not all(
        (folder / name).is_file() for name in ("tokenizer.json", "tokenizer_config.json")
    ):
        return None
    return amount(row_lengths(read_jsonl(path), folder, base.chat_template), common, stage)


def hours(found: Amount | None, stage: TrainStage, settings: Preflight) -> float | None:
    """Tokens of all epochs at preflight.tokens_per_second; validations and the start are not counted."""
    if found is None or settings.tokens_per_second == 0:
        return None
    return found.tokens * stage.epochs / settings.tokens_per_second / 3600
