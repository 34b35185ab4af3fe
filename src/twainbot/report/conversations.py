"""Sample conversations for the page: the same prompts answered by two adapters, chosen by position."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_REPLACED = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(127, 160)], "\ufffd")
# Direction overrides: in one answer they could turn round the text beside it.
_REPLACED |= dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\ufffd")


@dataclass(frozen=True)
class Call:
    """A tool call: its name and its arguments as (name, JSON text)."""

    name: str
    arguments: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Turn:
    """One message. A tool's result that is JSON is indented in ``text``."""

    role: str
    text: str
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True)
class Conversation:
    """A prompt and the answers to it by adapter."""

    prompt_id: str
    kind: str
    system: str
    tools: tuple[str, ...]
    turns: tuple[Turn, ...]
    answers: dict[str, Turn] = field(default_factory=dict)


def printable(text: str) -> str:
    """``text`` without what HTML cannot carry or what would disturb its surroundings."""
    return text.encode("utf-8", "replace").decode("utf-8").translate(_REPLACED)


def _call(name: Any, arguments: Any) -> Call:
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments)
        except json.JSONDecodeError:
            return Call(printable(str(name)), (("", printable(str(arguments))),))
    if not isinstance(arguments, Mapping):
        return Call(printable(str(name)), (("", _json(arguments)),))
    return Call(
        printable(str(name)), tuple((printable(str(key)), _json(value)) for key, value in arguments.items())
    )


def _json(value: Any, indent: int | None = None) -> str:
    return printable(json.dumps(value, ensure_ascii=False, indent=indent))


def answer_turn(text: str) -> Turn:
    """An answer as the model wrote it; a call if the whole of it is one JSON object that reads as a call.

    For display only: whether a call is valid is for the evaluation to say.
    """
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return Turn("assistant", printable(text))
    arguments = (
        next((value[key] for key in ("parameters", "arguments") if key in value), None)
        if isinstance(value, dict)
        else None
    )
    if arguments is None or not isinstance(value.get("name"), str):
        return Turn("assistant", printable(text))
    return Turn("assistant", "", (_call(value["name"], arguments),))


def message_turn(message: Mapping[str, Any]) -> Turn:
    """A message in the wire form."""
    text = message.get("content") or ""
    if message["role"] == "tool":
        with contextlib.suppress(json.JSONDecodeError):  # a tool may answer in prose
            text = json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    calls = [call.get("function", {}) for call in message.get("tool_calls") or []]
    return Turn(
        message["role"],
        printable(text),
        tuple(_call(call.get("name", ""), call.get("arguments", "")) for call in calls),
    )


def kind_of(prompt_id: str) -> str:
    """``style-001/twain`` is of kind ``style/twain``, ``call-17`` of kind ``call``."""
    stem, _, persona = prompt_id.partition("/")
    name = stem.split("-")[0]
    return f"{name}/{persona}" if persona else name


def choose(prompt_ids: Sequence[str], total: int) -> list[str]:
    """``total`` ids, shared evenly between the kinds and spread evenly within each, in their order.

    By position and not by quality, so that nobody picks the flattering ones.
    """
    kinds: dict[str, list[str]] = {}
    for prompt_id in prompt_ids:
        kinds.setdefault(kind_of(prompt_id), []).append(prompt_id)
    wanted = dict.fromkeys(kinds, 0)
    while sum(wanted.values()) < min(total, len(prompt_ids)):
        for kind, ids in kinds.items():
            if wanted[kind] < len(ids) and sum(wanted.values()) < total:
                wanted[kind] += 1
    chosen = {ids[i * len(ids) // wanted[kind]] for kind, ids in kinds.items() for i in range(wanted[kind])}
    return [prompt_id for prompt_id in prompt_ids if prompt_id in chosen]


def sample(
    generations: Mapping[str, Sequence[Mapping[str, Any]]], adapters: Sequence[str], total: int
) -> list[Conversation]:
    """Conversations on the prompts that every one of ``adapters`` has answered."""
    answers = {name: {row["prompt_id"]: row for row in generations.get(name, ())} for name in adapters}
    if not adapters:
        return []
    shared = [key for key in answers[adapters[0]] if all(key in rows for rows in answers.values())]
    result = []
    for prompt_id in choose(shared, total):
        row = answers[adapters[0]][prompt_id]
        messages = row["messages"]
        result.append(
            Conversation(
                prompt_id=printable(prompt_id),
                kind=kind_of(prompt_id),
                system="\n\n".join(printable(m["content"] or "") for m in messages if m["role"] == "system"),
                tools=tuple(
                    printable(str(tool.get("function", tool).get("name", "?"))) for tool in row["tools"] or []
                ),
                turns=tuple(message_turn(m) for m in messages if m["role"] != "system"),
                answers={name: answer_turn(rows[prompt_id]["text"]) for name, rows in answers.items()},
            )
        )
    return result
