"""JSON with its exact place in the file: objects of an array or of lines, members, characters of a string."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from twainbot.files import InputError

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")
_COMMA = re.compile(r"[ \t\r\n]*,?[ \t\r\n]*")
_LINE = re.compile(r"[^\r\n]*")
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)")
_SURROGATE = re.compile("[\ud800-\udfff]")
# A number of thousands of digits, or brackets nested by the thousand, is no JSON that anybody means.
_ERRORS = (ValueError, RecursionError)


@dataclass(frozen=True)
class JsonObject:
    """``raw[start:end]`` is the object. ``problem`` says why there is none; ``value`` is then empty."""

    start: int
    end: int
    value: dict[str, Any]
    problem: str = ""


def json_objects(raw: str, where: str) -> list[JsonObject]:
    """The objects of a file: one, a JSON array of them, or one after another (JSON lines).

    A line that is no JSON object is returned with its ``problem``, and reading goes on at the next one.

    Raises:
        InputError: an array that does not parse, or not one object in the file; names the place.
    """
    position = _skip(_SPACE, raw, 0)
    if raw.startswith("[", position):
        try:
            _DECODER.raw_decode(raw, position)
        except _ERRORS as error:
            raise _refused(error, where) from error
        return [_checked(raw, start, end) for _, start, end in children(raw, position)]
    found: list[JsonObject] = []
    first: BaseException | None = None
    while position < len(raw):
        try:
            value, end = _DECODER.raw_decode(raw, position)
        except _ERRORS as error:
            first = first or error
            end = _skip(_LINE, raw, position)
            found.append(JsonObject(position, end, {}, f"not JSON ({_reason(error)})"))
        else:
            found.append(_object(position, end, value))
        position = _skip(_SPACE, raw, end)
    if first and all(item.problem for item in found):
        raise _refused(first, where) from first
    return found


def children(raw: str, start: int) -> list[tuple[str, int, int]]:
    """Key (of an array: the index), start and end of each value of the object or array at ``raw[start]``.

    The value must be valid JSON.
    """
    is_object, closing = raw[start] == "{", "}" if raw[start] == "{" else "]"
    found: list[tuple[str, int, int]] = []
    position = _skip(_SPACE, raw, start + 1)
    while not raw.startswith(closing, position):
        key = str(len(found))
        if is_object:
            key, position = _string(raw, position)
            position = _skip(_SPACE, raw, _skip(_SPACE, raw, position) + 1)
        _, end = _DECODER.raw_decode(raw, position)
        found.append((key, position, end))
        position = _skip(_COMMA, raw, end)
    return found


@dataclass(frozen=True)
class JsonString:
    """A string literal: ``text`` is its value, ``place(i)`` where its character ``i`` stands in the file."""

    text: str
    _decoded: tuple[int, ...]
    _written: tuple[int, ...]

    def place(self, index: int) -> int:
        """Offset in the file of ``text[index]``; of the closing quote for ``len(text)``."""
        at = bisect_right(self._decoded, index) - 1
        return self._written[at] + index - self._decoded[at]


def json_string(raw: str, start: int) -> JsonString:
    """The string literal whose opening quote is ``raw[start]``."""
    text, end = _string(raw, start)
    decoded, written = [0], [start + 1]
    for match in _ESCAPE.finditer(raw, start + 1, end - 1):
        before = decoded[-1] + match.start() - written[-1]
        decoded += [before, before + 1]
        written += [match.start(), match.end()]
    return JsonString(without_surrogates(text), tuple(decoded), tuple(written))


def _string(raw: str, start: int) -> tuple[str, int]:
    text, end = _DECODER.raw_decode(raw, start)
    assert isinstance(text, str), "no string literal"
    return text, end


def without_surrogates(text: str) -> str:
    """Half a surrogate pair, which JSON can spell and no file can hold, becomes U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def _checked(raw: str, start: int, end: int) -> JsonObject:
    return _object(start, end, _DECODER.raw_decode(raw, start)[0])


def _object(start: int, end: int, value: object) -> JsonObject:
    if isinstance(value, dict):
        return JsonObject(start, end, value)
    return JsonObject(start, end, {}, f"expected an object, found {type(value).__name__}")


def _skip(pattern: re.Pattern[str], raw: str, position: int) -> int:
    match = pattern.match(raw, position)
    return match.end() if match else position


def _reason(error: BaseException) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else "a number or nesting beyond all measure"


def _refused(error: BaseException, where: str) -> InputError:
    place = f":{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else ""
    return InputError(f"{where}{place}: not JSON ({_reason(error)}). Fetch or export the file again.")
