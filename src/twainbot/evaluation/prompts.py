"""The prompts that every adapter answers: the same ones, in the same order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from twainbot.files import InputError
from twainbot.records import Message


class Prompt(TypedDict):
    """A conversation up to the assistant's turn. ``id`` is unique; ``cluster`` is what is resampled."""

    id: str
    messages: list[Message]
    tools: list[dict[str, Any]] | None


def style_prompts(
    rows: Sequence[Mapping[str, Any]],
    personas: Mapping[str, Mapping[str, Any]],
    names: Sequence[str],
    count: int,
) -> list[Prompt]:
    """The first ``count`` style prompts, asked of each persona; ids are ``style-001/twain``.

    Raises:
        InputError: a persona without a card, one named twice, or fewer prompts than asked for.
    """
    if missing := sorted(set(names) - set(personas)):
        raise InputError(
            f"params.yaml: evaluate.style_personas: {', '.join(missing)} not in data/personas.yaml, "
            f"which has: {', '.join(personas)}."
        )
    if repeated := sorted({name for name in names if list(names).count(name) > 1}):
        raise InputError(f"params.yaml: evaluate.style_personas: {', '.join(repeated)} stands there twice.")
    if len(rows) < count:
        raise InputError(
            f"params.yaml: evaluate.style_prompts is {count}, but there are {len(rows)} in data/eval."
        )
    return [
        Prompt(
            id=f"{row['id']}/{name}",
            messages=[
                Message(role="system", content=str(personas[name]["system_prompt"]).strip()),
                Message(role="user", content=row["prompt"]),
            ],
            tools=None,
        )
        for name in names
        for row in rows[:count]
    ]


def tool_prompts(items: Sequence[Mapping[str, Any]]) -> list[Prompt]:
    """The tool-calling items as prompts."""
    return [Prompt(id=item["id"], messages=item["messages"], tools=item["tools"]) for item in items]
