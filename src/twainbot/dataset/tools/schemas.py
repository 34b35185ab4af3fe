"""Reads the definitions of tools in data/tools, in the OpenAI form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from twainbot.files import InputError, read_json


def read_tool(path: Path) -> dict[str, Any]:
    """One tool, as data/tools/get_weather.json.

    Raises:
        InputError: the file is missing or no JSON, or it is no tool with a name and a JSON Schema.
    """
    tool = read_json(path)
    _refuse([f"{path}: {problem}" for problem in _problems(tool)])
    return dict(tool)


def read_tools(path: Path) -> list[dict[str, Any]]:
    """A list of tools, as data/tools/other_tools.json.

    Raises:
        InputError: as :func:`read_tool`, the list is empty, or a name is there twice; all at once.
    """
    tools = read_json(path)
    if not isinstance(tools, list) or not tools:
        raise InputError(f"{path}: expected a list of tools, found {type(tools).__name__}. {_CURE}")
    problems = [f"{path}: [{at}]: {problem}" for at, tool in enumerate(tools) for problem in _problems(tool)]
    _refuse(problems)
    names = [tool["function"]["name"] for tool in tools]
    _refuse([f"{path}: {name}: is there twice" for name in sorted({n for n in names if names.count(n) > 1})])
    return tools


_CURE = 'A tool is {"type": "function", "function": {"name": text, "parameters": JSON Schema}}.'


def _refuse(problems: list[str]) -> None:
    if problems:
        raise InputError("\n".join([*problems, _CURE]))


def _problems(tool: Any) -> Iterator[str]:
    function = tool.get("function") if isinstance(tool, dict) else None
    if not isinstance(function, dict):
        yield "expected a mapping with `function`"
        return
    if not isinstance(function.get("name"), str) or not function["name"]:
        yield "function.name: needs a text"
    parameters = function.get("parameters")
    if not isinstance(parameters, dict) or not isinstance(parameters.get("properties"), dict):
        yield "function.parameters: needs a JSON Schema with properties"
        return
    try:
        Draft202012Validator.check_schema(parameters)
    except SchemaError as error:
        yield f"function.parameters: no valid JSON Schema: {error.message}"
