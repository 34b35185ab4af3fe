"""Reading tool calls out of what a model wrote, and saying what is wrong with those that are broken.

The format is Llama 3.1's: the whole turn is ``{"name": NAME, "parameters": {...}}``. ``arguments`` for
``parameters`` and Hermes' ``<tool_call>`` tags are understood too. Servers parse the turn as a whole, so
a call with prose around it reaches the user as text: it counts as malformed, not as abstention.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from jsonschema import Draft202012Validator

Failure = Literal[
    "not_json", "truncated", "duplicate_key", "missing_name", "missing_arguments", "arguments_not_object",
    "prose_call", "text_beside_call", "several_calls", "unknown_tool", "schema",
]  # fmt: skip
Outcome = Literal["NONE", "VALID", "MALFORMED"]

_SPECIAL = re.compile(r"<\|(?:python_tag|eot_id|eom_id|end_of_text|im_end)\|>|</s>")
_TAGS = re.compile(r"</?tool_call>")
_START = re.compile(r'\{\s*"(?:name|type|function|parameters|arguments)"')
_ARGUMENTS = ("parameters", "arguments")


@dataclass(frozen=True)
class Call:
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Parsed:
    """``rest`` is the text around the calls. ``failure`` is the first thing wrong with the form, if any."""

    calls: tuple[Call, ...]
    rest: str
    attempt: bool
    failure: Failure | None


class _Duplicate(ValueError):
    pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise _Duplicate
    return dict(pairs)


def _not_a_number(text: str) -> float:
    raise ValueError(text)  # JSON has no NaN, though Python reads it


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_not_a_number)


def render_call(call: Call) -> str:
    """The call as the chat template writes it."""
    return f'{{"name": "{call.name}", "parameters": {json.dumps(call.arguments, ensure_ascii=False)}}}'


def _as_call(value: dict[str, Any]) -> Call | Failure:
    name = value.get("name")
    if not isinstance(name, str):
        return "missing_name"
    arguments = next((value[key] for key in _ARGUMENTS if key in value), None)
    if arguments is None:
        return "missing_arguments"
    return Call(name, arguments) if isinstance(arguments, dict) else "arguments_not_object"


def parse(text: str, names: Collection[str] = ()) -> Parsed:
    """The calls in a turn. A call marker counts as an attempt whether or not it can be parsed.

    Args:
        names: of the tools on offer; ``get_weather(`` in prose is an attempt as well.
    """
    marked = "<|python_tag|>" in text or "<tool_call" in text
    body = _TAGS.sub(" ", _SPECIAL.sub(" ", text))
    calls: list[Call] = []
    failure: Failure | None = None
    rest, at = "", 0
    while (start := body.find("{", at)) >= 0:
        rest += body[at:start]
        try:
            value, at = _DECODER.raw_decode(body, start)
        except _Duplicate:
            marked |= bool(_START.match(body, start))
            failure = failure or ("duplicate_key" if marked else None)
            rest, at = rest + body[start:], len(body)
            break
        except (ValueError, RecursionError):
            if _START.match(body, start):
                marked = True
                failure = failure or ("truncated" if _unclosed(body[start:]) else "not_json")
                rest, at = rest + body[start:], len(body)
                break
            rest, at = rest + "{", start + 1
            continue
        found = _as_call(value) if isinstance(value, dict) and _looks_like_call(value) else None
        if isinstance(found, Call):
            calls.append(found)
        elif found is not None:
            marked, failure = True, failure or found
        else:
            rest += body[start:at]
    rest = (rest + body[at:]).strip(" \n\t;,[]") if calls or failure else (rest + body[at:]).strip()
    if any(re.search(rf"\b{re.escape(name)}\s*\(", rest) for name in names):
        marked, failure = True, failure or "prose_call"
    if calls and failure is None:
        failure = "text_beside_call" if rest else "several_calls" if len(calls) > 1 else None
    if marked and not calls and failure is None:
        failure = "not_json"
    return Parsed(tuple(calls), rest, bool(calls) or marked, failure)


def _looks_like_call(value: Mapping[str, Any]) -> bool:
    # {"type": "function", "function": {...}} is how an API writes a call; no server reads it in a turn.
    return "name" in value or any(key in value for key in (*_ARGUMENTS, "function"))


def _unclosed(text: str) -> bool:
    """Whether a JSON text ends before its braces or its last string close."""
    depth, quoted, escaped = 0, False, False
    for character in text:
        if quoted:
            quoted = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            quoted = True
        elif character in "{}":
            depth += 1 if character == "{" else -1
    return quoted or depth > 0


def outcome(parsed: Parsed, tools: Sequence[Mapping[str, Any]]) -> tuple[Outcome, Failure | None]:
    """NONE without an attempt; VALID for exactly one call, alone, without a schema error; else MALFORMED."""
    if not parsed.attempt:
        return "NONE", None
    if parsed.failure or len(parsed.calls) != 1:
        return "MALFORMED", parsed.failure or "several_calls"
    call = parsed.calls[0]
    schemas = {tool["function"]["name"]: tool["function"]["parameters"] for tool in tools}
    if call.name not in schemas:
        return "MALFORMED", "unknown_tool"
    if not Draft202012Validator(schemas[call.name]).is_valid(call.arguments):
        return "MALFORMED", "schema"
    return "VALID", None
