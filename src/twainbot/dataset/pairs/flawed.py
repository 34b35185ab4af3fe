"""A worse answer to a turn of a conversation, and how long an answer is."""

from __future__ import annotations

import json
from typing import NamedTuple

from twainbot.records import Message


class Flawed(NamedTuple):
    """What is said in the place of a row's ``messages[at]``, and the ids of other rows that gave it."""

    at: int
    message: Message
    donors: tuple[str, ...] = ()


def length(message: Message) -> int:
    """Characters of an assistant turn as a model writes it: its text, and its calls as JSON."""
    calls = [call["function"] for call in message.get("tool_calls", ())]
    written = [json.dumps({"name": call["name"], "parameters": {}}) + call["arguments"] for call in calls]
    return len(message["content"] or "") + sum(len(call) - len("{}") for call in written)
