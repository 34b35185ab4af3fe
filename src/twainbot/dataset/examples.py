"""Reads rows and prompts that somebody may have edited by hand, and names what no stage could use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from twainbot.files import InputError, read_jsonl
from twainbot.records import Example, Split, Tags

_NULL = type(None)
_KEYS: dict[str, tuple[type, ...]] = {
    "id": (str,), "messages": (list,), "tools": (list, _NULL), "tags": (dict,), "origin": (str,),
    "generator": (str,), "template_id": (str,), "parents": (list,), "family": (str,), "split": (str, _NULL),
}  # fmt: skip
_ROLES = ("system", "user", "assistant", "tool")
_SPLITS = get_args(Split)
_SHOWN = 20  # problems of a file that are printed; a file of another form has them in every row


def read_examples(path: Path, *, with_split: bool = False) -> list[Example]:
    """The chat rows of a JSON-lines file.

    Args:
        with_split: rows must say of which split they are, as tool conversations do.

    Raises:
        InputError: the file is missing or no JSON lines, a row lacks a key or has a wrong one, an id is
            there twice; the first problems, and how many there are.
    """
    return _checked(path, lambda row: _example_problems(row, with_split), "Mend them, or make them again")


def read_eval_prompts(folder: Path) -> list[dict[str, Any]]:
    """The prompts of every JSON-lines file of data/eval, which no row may share text with.

    Raises:
        InputError: as :func:`read_examples`; a prompt is ``{"id": text, "prompt": text}``.
    """
    found = [_checked(path, _prompt_problems, "Mend them") for path in sorted(folder.glob("*.jsonl"))]
    return [row for rows in found for row in rows]


def read_turns(path: Path) -> list[dict[str, Any]]:
    """The held-out turns of tool conversations, ``{"id": text, "messages": [...], ...}``.

    Raises:
        InputError: as :func:`read_examples`.
    """
    return _checked(path, _turn_problems, "`dvc repro toolcalls` makes them again")


def _checked(path: Path, problems_of: Callable[[Mapping[str, Any]], Iterable[str]], cure: str) -> list[Any]:
    problems: list[str] = []
    seen: set[str] = set()
    rows = read_jsonl(path)
    for number, row in enumerate(rows, start=1):
        name = row.get("id")
        where = f"{path}: row {number}" + (f" ({name})" if isinstance(name, str) else "")
        problems += [f"{where}: {problem}" for problem in problems_of(row)]
        if isinstance(name, str):
            if name in seen:
                problems.append(f"{where}: this id is there twice")
            seen.add(name)
    if problems:
        more = [f"and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
        raise InputError("\n".join([*problems[:_SHOWN], *more, f"{cure}."]))
    return rows


def _kind(value: Any) -> str:
    return "null" if value is None else type(value).__name__


def _wrong(row: Mapping[str, Any], keys: Mapping[str, tuple[type, ...]], at: str = "") -> Iterator[str]:
    for key, types in keys.items():
        if key not in row:
            yield f"{at}{key}: missing"
        elif not isinstance(row[key], types):
            wanted = " or ".join("null" if kind is _NULL else kind.__name__ for kind in types)
            yield f"{at}{key}: expected {wanted}, found {_kind(row[key])}"


def _example_problems(row: Mapping[str, Any], with_split: bool) -> Iterator[str]:
    yield from _wrong(row, _KEYS)
    if isinstance(tags := row.get("tags"), dict):
        yield from _wrong(tags, dict.fromkeys(Tags.__annotations__, (str,)), "tags.")
    if isinstance(parents := row.get("parents"), list) and not all(isinstance(p, str) for p in parents):
        yield "parents: expected ids"
    split = row.get("split")
    if (split is not None or with_split) and split not in _SPLITS:
        yield f"split: expected one of {', '.join(_SPLITS)}, found {split!r}"
    if isinstance(messages := row.get("messages"), list):
        yield from _message_problems(messages)
        last = messages[-1] if messages else {}
        if isinstance(last, dict) and (last.get("role") != "assistant" or last.get("content") is None):
            yield "messages: the last one is no answer of the assistant"
        elif len(messages) < 2:
            yield "messages: nothing stands before the answer"


def _message_problems(messages: list[Any]) -> Iterator[str]:
    for number, message in enumerate(messages):
        at = f"messages[{number}]"
        if not isinstance(message, dict):
            yield f"{at}: expected an object, found {_kind(message)}"
            continue
        if message.get("role") not in _ROLES:
            yield f"{at}.role: expected one of {', '.join(_ROLES)}, found {message.get('role')!r}"
        calls, content = message.get("tool_calls"), message.get("content")
        if not (isinstance(content, str) or (content is None and calls)):
            yield f"{at}.content: expected a text, found {_kind(content)}"
        if "tool_calls" in message and not (isinstance(calls, list) and calls and all(map(_is_call, calls))):
            yield f"{at}.tool_calls: expected calls with an id, a function's name and its arguments as text"


def _is_call(call: Any) -> bool:
    function = call.get("function") if isinstance(call, dict) else None
    return (
        isinstance(function, dict)
        and isinstance(call.get("id"), str)
        and all(isinstance(function.get(key), str) for key in ("name", "arguments"))
    )


def _prompt_problems(row: Mapping[str, Any]) -> Iterator[str]:
    yield from _wrong(row, {"id": (str,), "prompt": (str,)})
    if isinstance(prompt := row.get("prompt"), str) and not prompt.strip():
        yield "prompt: empty"


def _turn_problems(row: Mapping[str, Any]) -> Iterator[str]:
    yield from _wrong(row, {"id": (str,), "messages": (list,)})
    if isinstance(messages := row.get("messages"), list):
        yield from _message_problems(messages)
