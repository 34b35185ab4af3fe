"""The form of chat rows: roles in order, the wire form of calls, and calls that fit their tool's schema."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from twainbot.dataset.gates.material import Material, Row, arguments_of, calls
from twainbot.dataset.gates.result import GateResult, Offender, rows_within
from twainbot.records import Tags
from twainbot.sections.rows import Gate

_ROLES = ("system", "user", "assistant", "tool")
_RETRIES = 1
_NULL = type(None)
_ROW: dict[str, tuple[type, ...]] = {"id": (str,), "family": (str,), "split": (str,), "parents": (list,)}
_TAGGED: dict[str, tuple[type, ...]] = {**_ROW, "tags": (dict,), "tools": (list, _NULL)}
_CHAT: dict[str, tuple[type, ...]] = {
    **_TAGGED, "messages": (list,), "origin": (str,), "generator": (str,), "template_id": (str,),
}  # fmt: skip
_SHAPES: dict[str, dict[str, tuple[type, ...]]] = {
    "dapt": {**_ROW, "text": (str,), "persona": (str,)},
    "prefs": {**_TAGGED, "prompt": (list,), "chosen": (list,), "rejected": (list,), "flaw": (str,)},
}


def form_problem(
    messages: Sequence[Row], tools: Sequence[Row] | None, *, may_end_in_call: bool = False
) -> str | None:
    """The first thing wrong with a conversation's form, or None.

    Args:
        may_end_in_call: the last turn may be a call that waits for its result, as in preference rows.
    """
    return next(_problems(messages, tools, may_end_in_call), None)


def _problems(messages: Sequence[Row], tools: Sequence[Row] | None, may_end_in_call: bool) -> Iterator[str]:
    if [m.get("role") for m in messages[:1]] != ["system"]:
        yield "the first message is not the system's"
    last = messages[-1] if messages else {}
    if last.get("role") != "assistant" or (last.get("tool_calls") and not may_end_in_call):
        yield "the last message is not the assistant's answer"
    if _holds_null(list(tools or ())):
        yield "a tool's definition holds null"
    if tools is not None and not tools:
        yield "the list of tools is empty"
    before, open_calls, asked = "", list[str](), Counter[tuple[str, str]]()
    for number, message in enumerate(messages):
        role, where = message.get("role"), f"message {number}"
        if role not in _ROLES:
            yield f"{where}: unknown role {role!r}"
            return
        made = message.get("tool_calls")
        if (role == "system") != (number == 0) and role == "system":
            yield f"{where}: a second system message"
        if role == "tool":
            if message.get("tool_call_id") not in open_calls[:1]:
                yield f"{where}: tool_call_id {message.get('tool_call_id')!r} answers no open call"
            open_calls = open_calls[1:]
        elif open_calls:
            yield f"{where}: call {open_calls[0]!r} has no result"
        elif role == "user" and before not in ("system", "assistant"):
            yield f"{where}: a user's turn after {before!r}"
        elif role == "assistant" and before not in ("user", "tool"):
            yield f"{where}: an assistant's turn after {before!r}"
        if null := [
            key for key, value in message.items() if value is None and (key != "content" or not made)
        ]:
            yield f"{where}: {', '.join(null)} is null"
        content = message.get("content")
        if made and not ("content" in message and isinstance(content, str | None)):
            yield f"{where}: the content beside a call is neither text nor null"
        if not made and not (isinstance(content, str) and (content.strip() or role == "tool")):
            yield f"{where}: no content"
        if "tool_calls" in message and (role != "assistant" or not made):
            yield f"{where}: tool_calls that call nothing"
        if role == "user":
            asked.clear()
        for call in made or ():
            yield from (f"{where}: {problem}" for problem in _call_problems(call))
            function = call.get("function") or {}
            key = (str(function.get("name")), _canonical(function))
            asked[key] += 1
            if asked[key] > 1 + _RETRIES:
                yield f"{where}: the same call again and again"
            open_calls.append(str(call.get("id")))
        before = "call" if made else str(role)
    if open_calls and not may_end_in_call:
        yield f"call {open_calls[0]!r} has no result"


def _call_problems(call: Row) -> Iterator[str]:
    function = call.get("function")
    if not call.get("id") or call.get("type") != "function" or not isinstance(function, dict):
        yield "a call without id, type or function"
    elif not isinstance(function.get("name"), str):
        yield "a call without a name"
    elif not isinstance(function.get("arguments"), str):
        yield "arguments are no string; the wire form is JSON in a string"
    elif not isinstance(arguments_of(function), dict):
        yield f"arguments are no JSON object: {function['arguments']}"


def _is_tool(tool: Any) -> bool:
    function = tool.get("function") if isinstance(tool, dict) else None
    return (
        isinstance(function, dict)
        and isinstance(function.get("name"), str)
        and isinstance(function.get("parameters"), dict)
    )


def _canonical(function: Row) -> str:
    return json.dumps(arguments_of(function), sort_keys=True)


def _holds_null(value: Any) -> bool:
    if isinstance(value, dict):
        return any(item is None or _holds_null(item) for item in value.values())
    if not isinstance(value, list):
        return False
    items: list[Any] = value
    return any(item is None or _holds_null(item) for item in items)


def shape_problem(mix: str, row: Row) -> str | None:
    """Which of its keys a row lacks, or has with a value of another type; None if it is whole."""
    if wrong := [
        key
        for key, types in _SHAPES.get(mix, _CHAT).items()
        if key not in row or not isinstance(row[key], types)
    ]:
        return f"missing, or of a wrong type: {', '.join(wrong)}"
    if "tags" in row and not all(isinstance(row["tags"].get(key), str) for key in Tags.__annotations__):
        return f"tags lack one of {', '.join(Tags.__annotations__)}"
    if not all(_is_tool(tool) for tool in row.get("tools") or ()):
        return "a tool without name or parameters"
    turns = [turn for key in ("messages", "prompt", "chosen", "rejected") for turn in row.get(key, ())]
    if not all(isinstance(turn, dict) for turn in turns):
        return "a message is no object"
    made = [turn["tool_calls"] for turn in turns if turn.get("tool_calls") is not None]
    whole = all(isinstance(calls, list) and all(isinstance(c, dict) for c in calls) for calls in made)
    return None if whole else "tool_calls are no list of objects"


def row_form(material: Material, budgets: Gate) -> GateResult:
    """Rows that lack a key, and conversations not in the form that chat templates render."""
    bad = [
        Offender(str(row.get("id")), f"{mix}/{split}", problem)
        for mix, splits in material.mixes.items()
        for split, rows in splits.items()
        for row in rows
        if (problem := shape_problem(mix, row))
    ]
    bad += [
        Offender(c.row["id"], c.where, f"{c.side}: {problem}" if c.side else problem)
        for c in material.without(bad).conversations()
        if (problem := form_problem(c.messages, c.row["tools"], may_end_in_call=bool(c.side)))
    ]
    return rows_within("format", "rows whose keys, roles, contents or calls are malformed", bad, 0)


class Schemas:
    """Validators of tools, made once a definition."""

    def __init__(self) -> None:
        self._made: dict[str, Draft202012Validator] = {}

    def problem(self, call: Row, tools: Sequence[Row] | None) -> str | None:
        """What the tool's schema (Draft 2020-12) has against a call, or None."""
        for tool in tools or ():
            if tool["function"]["name"] == call["name"]:
                schema = tool["function"]["parameters"]
                key = json.dumps(schema, sort_keys=True)
                if key not in self._made:
                    try:
                        Draft202012Validator.check_schema(schema)
                    except SchemaError as error:
                        return f"the tool's parameters are no schema: {error.message}"
                    self._made[key] = Draft202012Validator(schema)
                errors = sorted(self._made[key].iter_errors(arguments_of(call)), key=lambda e: e.message)
                return errors[0].message if errors else None
        return f"no tool {call['name']!r} is on offer"


def call_schema(material: Material, budgets: Gate) -> GateResult:
    """Rows with a call that the schema of the row's own tools refuses."""
    schemas = Schemas()
    bad = [
        Offender(c.row["id"], c.where, f"{call['name']}: {problem}", str(call["arguments"]))
        for c in material.conversations()
        for call in calls(c.messages)
        if (problem := schemas.problem(call, c.row["tools"]))
    ]
    return rows_within("schema", "calls that their tool's schema refuses", bad, 0)
