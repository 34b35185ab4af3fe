"""Reading tool calls out of what a model wrote, and saying what is wrong with those that are broken.

The format is Llama 3.1's unless another is named: the whole turn is ``{"name": NAME, "parameters": {...}}``.
``arguments`` for ``parameters`` and Hermes' ``<tool_call>`` tags are understood too. Servers parse the turn
as a whole, so a call with prose around it reaches the user as text: it counts as malformed, not as
abstention.

In Mistral's, ``[TOOL_CALLS] [{"name": NAME, "arguments": {...}, "id": ID}, ...]``, a marker opens a list of
calls. Servers take what stands before the marker as the turn's text, so that is no fault there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from jsonschema import Draft202012Validator

Failure = Literal[
    "not_json", "truncated", "duplicate_key", "missing_name", "missing_arguments", "arguments_not_object",
    "prose_call", "text_beside_call", "several_calls", "missing_marker", "not_a_list", "unknown_tool",
    "schema",
]  # fmt: skip
Outcome = Literal["NONE", "VALID", "MALFORMED"]

_SPECIAL = re.compile(r"<\|(?:python_tag|eot_id|eom_id|end_of_text|im_end)\|>|</s>")
_TAGS = re.compile(r"</?tool_call>")
_START = re.compile(r'\{\s*"(?:name|type|function|parameters|arguments)"')
_ARGUMENTS = ("parameters", "arguments")
_MARKER = "[TOOL_CALLS]"


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
    name, arguments = (json.dumps(part, ensure_ascii=False) for part in (call.name, call.arguments))
    return f'{{"name": {name}, "parameters": {arguments}}}'


def _as_call(value: Mapping[str, Any], keys: Sequence[str] = _ARGUMENTS) -> Call | Failure:
    name = value.get("name")
    if not isinstance(name, str):
        return "missing_name"
    arguments = next((value[key] for key in keys if key in value), None)
    if arguments is None:
        return "missing_arguments"
    return Call(name, arguments) if isinstance(arguments, dict) else "arguments_not_object"


def parse(text: str, names: Collection[str] = (), template: str = "llama31") -> Parsed:
    """The calls in a turn. A call marker counts as an attempt whether or not it can be parsed.

    Args:
        names: of the tools on offer; ``get_weather(`` in prose is an attempt as well.
        template: name of the chat template that the turn was written under; every name but ``mistral_v03``
            stands for Llama's way of writing a call.
    """
    return _parse_list(text, names) if template == "mistral_v03" else _parse_objects(text, names)


def _parse_list(text: str, names: Collection[str]) -> Parsed:
    before, marker, after = text.strip().removesuffix("</s>").partition(_MARKER)
    if not marker:
        found = _parse_objects(before, names)
        return replace(found, failure="missing_marker") if found.calls and not found.failure else found
    rest, after = before.strip(), after.strip()
    failure: Failure | None = None
    value: Any = []
    try:
        value, end = _DECODER.raw_decode(after)
    except _Duplicate:
        failure = "duplicate_key"
    except (ValueError, RecursionError):
        failure = "truncated" if _unclosed(after, "{[", "]}") else "not_json"
    else:
        if after[end:].strip():
            rest, failure = f"{rest} {after[end:]}".strip(), "text_beside_call"
        if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
            failure = "not_a_list"
    read = [_as_call(item, ("arguments",)) for item in value] if failure != "not_a_list" else []
    wrong = next((item for item in read if not isinstance(item, Call)), None)
    calls = tuple(item for item in read if isinstance(item, Call))
    return Parsed(calls, rest, True, wrong or failure)


def _parse_objects(text: str, names: Collection[str]) -> Parsed:
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


def _unclosed(text: str, opening: str = "{", closing: str = "}") -> bool:
    """Whether a JSON text ends before its brackets of these kinds or its last string close."""
    depth, quoted, escaped = 0, False, False
    for character in text:
        if quoted:
            quoted = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            quoted = True
        elif character in opening + closing:
            depth += 1 if character in opening else -1
    return quoted or depth > 0


def outcome(
    parsed: Parsed, tools: Sequence[Mapping[str, Any]], *, parallel: bool = False
) -> tuple[Outcome, Failure | None]:
    """NONE without an attempt; VALID for exactly one call, alone, without a schema error; else MALFORMED.

    Args:
        parallel: several calls in a turn were asked for and may all be VALID, where the format holds them.
    """
    if not parsed.attempt:
        return "NONE", None
    if parsed.failure or (len(parsed.calls) != 1 and not parallel):
        return "MALFORMED", parsed.failure or "several_calls"
    schemas = {tool["function"]["name"]: tool["function"]["parameters"] for tool in tools}
    for call in parsed.calls:
        if call.name not in schemas:
            return "MALFORMED", "unknown_tool"
        if not Draft202012Validator(schemas[call.name]).is_valid(call.arguments):
            return "MALFORMED", "schema"
    return "VALID", None
