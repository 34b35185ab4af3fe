"""What was said and called at a turn of a conversation with tools."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from twainbot.dataset.pairs.falsify import usable_report
from twainbot.records import Example, Message

TOOL = "get_weather"


def call_of(message: Message) -> tuple[str, dict[str, Any]] | None:
    """Name and arguments of a turn's one call; None if it makes none or several."""
    calls = message.get("tool_calls") or []
    if len(calls) != 1:
        return None
    return calls[0]["function"]["name"], json.loads(calls[0]["function"]["arguments"])


def said(message: Message) -> str:
    return str(message["content"] or "") if not message.get("tool_calls") else ""


def answers(row: Example) -> Iterator[int]:
    """The assistant's turns that are words and no call."""
    for at, message in enumerate(row["messages"]):
        if message["role"] == "assistant" and said(message):
            yield at


def known_reports(messages: Sequence[Message]) -> list[dict[str, Any]]:
    found = [usable_report(message) for message in messages if message["role"] == "tool"]
    return [report for report in found if report]


def is_weather(message: Message) -> bool:
    return message["role"] == "tool" and message.get("name", TOOL) == TOOL
