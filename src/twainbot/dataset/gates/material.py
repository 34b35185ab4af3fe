"""What the gates look at: the rows of every mix, and what they are held against."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from twainbot.dataset.gates.result import Offender
from twainbot.text.phrases import PhraseIndex
from twainbot.text.similar import DedupeRules

Row = Mapping[str, Any]
MIXES = ("dapt", "style", "tools", "combined", "prefs")
SPLITS = ("train", "val", "test")


class Conversation(NamedTuple):
    """A chat row, or one of the two continuations of a preference row with its prompt."""

    row: Row
    where: str
    messages: Sequence[Row]
    side: str = ""  # chosen or rejected


class Blame(NamedTuple):
    """A claim that no tool result bears out: the words, and what is wrong with them."""

    near: str
    why: str


@dataclass(frozen=True)
class SafetyRules:
    """What a row may not say; see the ``clean`` section of params.yaml."""

    slurs: frozenset[str]
    sexual: PhraseIndex
    personal_data: Mapping[str, Sequence[str]]  # kind of text -> types looked for
    phone_regions: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Material:
    """The rows, and the instruments of higher floors as functions.

    Args:
        mixes: mix -> split -> rows.
        prompts: of the evaluation, which no row may share text with.
        held_out_turns: of tool conversations, which training and validation rows may not share text with.
        tool_personas: the personas that tool calls are taught to.
        unfinished_personas: those who need not speak in whole sentences.
        unsupported: (messages, scenario) -> what the assistant says of the weather without support.
        long_texts: (texts, limit) -> number and tokens of each that has more tokens than the limit.
        long_conversations: the same of conversations (messages, tools) as the chat template renders them.
    """

    mixes: Mapping[str, Mapping[str, Sequence[Row]]]
    prompts: Sequence[Row]
    held_out_turns: Sequence[Row]
    tool_personas: Sequence[str]
    unfinished_personas: Collection[str]
    safety: SafetyRules
    copies: DedupeRules
    max_length: int
    max_answer_tokens: int
    seed: int
    unsupported: Callable[[Sequence[Row], str], Sequence[Blame]]
    long_texts: Callable[[Sequence[str], int], Mapping[int, int]]
    long_conversations: Callable[
        [Sequence[tuple[Sequence[Row], Sequence[Row] | None]], int], Mapping[int, int]
    ]

    def without(self, offenders: Iterable[Offender]) -> Material:
        """The same without the rows that these are, in whatever mix."""
        bad = {offender.id for offender in offenders}
        mixes = {
            mix: {split: [r for r in rows if str(r.get("id")) not in bad] for split, rows in splits.items()}
            for mix, splits in self.mixes.items()
        }
        return replace(self, mixes=mixes)

    def rows(self, *mixes: str, splits: Sequence[str] = SPLITS) -> Iterator[tuple[str, Row]]:
        """("MIX/SPLIT", row) of these mixes, in file order."""
        for mix in mixes:
            for split in splits:
                for row in self.mixes[mix][split]:
                    yield f"{mix}/{split}", row

    def distinct(self, *mixes: str) -> Iterator[tuple[str, Row]]:
        """The rows of these mixes, one that is in several of them once."""
        seen: dict[str, Row] = {}
        for where, row in self.rows(*mixes):
            if seen.get(row["id"]) != row:
                seen[row["id"]] = row
                yield where, row

    def conversations(self) -> Iterator[Conversation]:
        """Every conversation that a model is shown, each once."""
        for where, row in self.distinct("style", "tools", "combined"):
            yield Conversation(row, where, row["messages"])
        for where, row in self.rows("prefs"):
            for side in ("chosen", "rejected"):
                yield Conversation(row, where, [*row["prompt"], *row[side]], side)


def scenario(row: Row) -> str:
    """What a tool row is an example of: its template's name without the wording's number."""
    return str(row["template_id"]).partition(":")[0]


def calls(messages: Sequence[Row]) -> Iterator[Row]:
    """The calls of a conversation, each as ``{"name": ..., "arguments": "..."}``."""
    for message in messages:
        for call in message.get("tool_calls") or ():
            yield call["function"]


def trained_text(messages: Sequence[Row]) -> str:
    """What users and the assistant say, and the arguments of calls, a turn a line."""
    said = [str(m["content"]) for m in messages if m["role"] in ("user", "assistant") and m["content"]]
    return "\n".join([*said, *(str(call["arguments"]) for call in calls(messages))])


def arguments_of(call: Row) -> Any:
    """The arguments as a value, or None where they are no JSON."""
    try:
        return json.loads(call["arguments"])
    except (TypeError, ValueError):
        return None
