"""The tool conversations in the form of the Model Context Protocol, and back.

The weather tool is ``weather_api.get_forecast`` there, and its ``date`` is ``datetime``: an ISO date, found
from the day that the system prompt calls today. Calls and results are JSON-RPC messages of ``tools/call``,
definitions those of ``tools/list`` (https://modelcontextprotocol.io/specification/2025-06-18/server/tools).
What the form has no room for, such as the word "friday", stands in ``_meta``, so the way back is exact.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from twainbot.dataset.tools.weather_model import resolve_date, stated_today

_NAMES = {"get_weather": "weather_api.get_forecast"}
_BACK = {name: ours for ours, name in _NAMES.items()}
# Keys of _meta; the protocol asks for a prefix.
_DATE, _ARGUMENTS = "twainbot/date", "twainbot/arguments"
_DATETIME = {"type": "string", "minLength": 1, "maxLength": 10, "description": "YYYY-MM-DD"}


def to_mcp(row: Mapping[str, Any]) -> dict[str, Any]:
    """A chat row with its tools, calls and results in MCP form; the rest of it is as it was.

    ``tools`` are MCP definitions; an assistant's ``tool_calls`` become ``requests``, a tool message's
    ``content`` and ``tool_call_id`` its ``response``. A day that cannot be resolved, because the row does
    not state today or because it is no day, stays as it is.
    """
    messages = row["messages"]
    system = next((m["content"] for m in messages if m["role"] == "system"), None)
    today = stated_today(system or "")
    tools = row["tools"]
    return {
        **row,
        "messages": [_message(message, today) for message in messages],
        "tools": tools if tools is None else [_definition(tool["function"]) for tool in tools],
    }


def from_mcp(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row that :func:`to_mcp` was given."""
    tools = row["tools"]
    return {
        **row,
        "messages": [_message_back(message) for message in row["messages"]],
        "tools": tools
        if tools is None
        else [{"type": "function", "function": _definition_back(t)} for t in tools],
    }


def _renamed(mapping: Mapping[str, Any], old: str, new: str, value: Any) -> dict[str, Any]:
    """The mapping with one key renamed and its value replaced, in the same order."""
    return {(new if key == old else key): (value if key == old else v) for key, v in mapping.items()}


def _definition(function: Mapping[str, Any]) -> dict[str, Any]:
    tool = {key: value for key, value in function.items() if key != "parameters"}
    schema = function["parameters"]
    tool["inputSchema"] = schema
    if function["name"] in _NAMES:
        tool["name"] = _NAMES[function["name"]]
        properties = schema.get("properties", {})
        if "date" in properties:
            tool["inputSchema"] = {
                **schema,
                "properties": _renamed(properties, "date", "datetime", _DATETIME),
            }
            tool["_meta"] = {_DATE: properties["date"]}
    return tool


def _definition_back(tool: Mapping[str, Any]) -> dict[str, Any]:
    function = {key: value for key, value in tool.items() if key not in ("inputSchema", "_meta")}
    schema = tool["inputSchema"]
    function["name"] = _BACK.get(tool["name"], tool["name"])
    if "_meta" in tool:
        properties = _renamed(schema["properties"], "datetime", "date", tool["_meta"][_DATE])
        schema = {**schema, "properties": properties}
    return {**function, "parameters": schema}


def _message(message: Mapping[str, Any], today: date | None) -> dict[str, Any]:
    result = dict(message)
    if message["role"] == "tool":
        text = result.pop("content")
        content: list[dict[str, str]] = [] if text is None else [{"type": "text", "text": text}]
        result["response"] = {
            "jsonrpc": "2.0",
            "id": result.pop("tool_call_id"),
            "result": {"content": content, "isError": _is_error(text)},
        }
        if "name" in result:
            result["name"] = _NAMES.get(result["name"], result["name"])
    if "tool_calls" in message:
        result["requests"] = [
            {
                "jsonrpc": "2.0",
                "id": call["id"],
                "method": "tools/call",
                "params": _params(call["function"], today),
            }
            for call in result.pop("tool_calls")
        ]
    return result


def _message_back(message: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(message)
    if response := result.pop("response", None):
        content = response["result"]["content"]
        result["content"] = content[0]["text"] if content else None
        result["tool_call_id"] = response["id"]
        if "name" in result:
            result["name"] = _BACK.get(result["name"], result["name"])
    if "requests" in result:
        result["tool_calls"] = [
            {"id": request["id"], "type": "function", "function": _function(request["params"])}
            for request in result.pop("requests")
        ]
    return result


def _is_error(text: str | None) -> bool:
    value = _object(text or "")
    return value is not None and "error" in value


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _params(function: Mapping[str, Any], today: date | None) -> dict[str, Any]:
    arguments = _object(function["arguments"]) or {}
    meta: dict[str, Any] = {}
    if function["name"] in _NAMES and isinstance(word := arguments.get("date"), str):
        day = resolve_date(word, today) if today else None
        arguments = _renamed(arguments, "date", "datetime", day.isoformat() if day else word)
        meta = {_DATE: word}
    params = {"name": _NAMES.get(function["name"], function["name"]), "arguments": arguments}
    if meta:
        params["_meta"] = meta
    # Not written as we write it, or no JSON object at all: kept as it was.
    if _function(params)["arguments"] != function["arguments"]:
        params["_meta"] = {**meta, _ARGUMENTS: function["arguments"]}
    return params


def _function(params: Mapping[str, Any]) -> dict[str, str]:
    meta, arguments = params.get("_meta", {}), params["arguments"]
    if _DATE in meta:
        arguments = _renamed(arguments, "datetime", "date", meta[_DATE])
    text = meta.get(_ARGUMENTS, json.dumps(arguments, ensure_ascii=False))
    return {"name": _BACK.get(params["name"], params["name"]), "arguments": text}
