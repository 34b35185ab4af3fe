"""Conversations in the OpenAI wire form that show what a chat template must cope with."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

TIDE = {
    "type": "function",
    "function": {
        "name": "get_tide",
        "description": "The next high tide.",
        "parameters": {"type": "object", "properties": {"port": {"type": "string"}}, "required": ["port"]},
    },
}
WIND = {
    "type": "function",
    "function": {
        "name": "get_wind",
        "description": "The wind, and its gusts.",
        "parameters": {"type": "object", "properties": {"port": {"type": "string"}}},
    },
}


class Case(NamedTuple):
    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]] | None = None
    open_ended: bool = False  # a prompt: the assistant is about to speak


def system(text: str = "You are a pilot. Be brief.") -> dict[str, Any]:
    return {"role": "system", "content": text}


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def said(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def called(*calls: tuple[str, str], text: str | None = None, first: int = 1) -> dict[str, Any]:
    """A turn that calls (name, arguments as JSON text); ids are call00001 and on."""
    return {
        "role": "assistant",
        "content": text,
        "tool_calls": [
            {
                "id": f"call{number:05d}",
                "type": "function",
                "function": {"name": name, "arguments": arguments},
            }
            for number, (name, arguments) in enumerate(calls, first)
        ],
    }


def result(content: Any, number: int = 1) -> dict[str, Any]:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    return {"role": "tool", "tool_call_id": f"call{number:05d}", "content": text}


HULL = ("get_tide", '{"port": "Hull"}')
ASK = user("When is high water at Hull?")
TEN_PAST = {"time": "04:10", "metres": 6.5}
TIDES = [system(), ASK, called(HULL), result(TEN_PAST), said("At ten past four.")]

CASES = {
    "plain": Case([system(), user("How is the river?"), said("Low, and falling.")]),
    "plain-prompt": Case([system(), user("How is the river?")], open_ended=True),
    "no-system": Case([user("How is the river?"), said(" Low, and falling.\n")]),
    "control-tags": Case(
        [
            system("[PERSONA=TWAIN] [TONE=WRY] [DOMAIN=WEATHER]\nYou are a pilot."),
            user("How is the river?"),
            said("Wet."),
        ]
    ),
    "offered-not-used": Case([system(), user("Good morning."), said("Morning.")], [TIDE, WIND]),
    "tools-prompt": Case([system(), ASK], [TIDE, WIND], open_ended=True),
    "call": Case(TIDES, [TIDE]),
    "call-prompt": Case(TIDES[:4], [TIDE], open_ended=True),
    "text-beside-call": Case([system(), ASK, called(HULL, text="Let me look."), result(TEN_PAST)], [TIDE]),
    "two-calls": Case(
        [
            system(),
            user("Tide and wind at Hull?"),
            called(HULL, ("get_wind", '{"port": "Hull"}')),
            result(TEN_PAST, 1),
            result({"knots": 12, "from": "NE"}, 2),
            said("At ten past four, twelve knots from the north-east."),
        ],
        [TIDE, WIND],
    ),
    "broken-result": Case([*TIDES[:3], result('{"time": "04:'), said("The table is torn there.")], [TIDE]),
    "prose-result": Case([*TIDES[:3], result("no such port"), said("No table has it.")], [TIDE]),
    "error-result": Case([*TIDES[:3], result({"error": "timed out"}), said("No answer came.")], [TIDE]),
    "turns": Case(
        [
            *TIDES,
            user("And at Ålesund, “for sure”?"),
            called(("get_tide", '{"port": "Ålesund \\"ytre\\" {nord}"}'), first=2),
            result({"time": "05:30", "note": "é"}, 2),
            said("Half past five."),
            user("Thanks."),
            said("Not at all."),
        ],
        [TIDE],
    ),
}
