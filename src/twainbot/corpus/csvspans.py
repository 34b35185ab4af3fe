"""CSV records with their exact place in the file: quotes, doubled quotes and line breaks within fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# A quote opens a quoted field only at the field's start, and what follows the closing quote belongs to
# the field: the rules of Python's csv module in its default, lenient mode.
_QUOTED = r'"[^"]*(?:""[^"]*)*"'
_END_OF_LINE = re.compile(r"\r\n|\n|\r|\Z")


@dataclass(frozen=True)
class Record:
    """``raw[start:end]`` is the record without its line end."""

    start: int
    end: int
    fields: tuple[str, ...]


def records(raw: str, delimiter: str = ",", start: int = 0, width: int | None = None) -> Iterator[Record]:
    """The records of ``raw`` from ``start`` on; blank lines are none.

    With ``width`` given, a record over several lines that has another number of fields, or text after
    a closing quote, is taken for a stray quote: its first line is returned by itself and reading goes
    on at the next line, so that one bad row does not swallow those after it.
    """
    field = re.compile(rf"(?:{_QUOTED})?[^{re.escape(delimiter)}\r\n]*")
    plain = re.compile(rf"[^{re.escape(delimiter)}\r\n]*")
    position = start
    while position < len(raw):
        record, loose = _read(raw, position, field, delimiter)
        several_lines = re.search(r"[\r\n]", raw[record.start : record.end])
        if width is not None and several_lines and (loose or len(record.fields) != width):
            record, _ = _read(raw, position, plain, delimiter)
        if record.start < record.end:
            yield record
        line_end = _END_OF_LINE.match(raw, record.end)
        position = line_end.end() if line_end and line_end.end() > record.end else len(raw)


def _read(raw: str, start: int, field: re.Pattern[str], delimiter: str) -> tuple[Record, bool]:
    """The record at ``start``, and whether any of its fields has text after its closing quote."""
    fields: list[str] = []
    loose = False
    position = start
    while True:
        match = field.match(raw, position)
        assert match is not None  # both patterns accept the empty string
        value, rest = _unquoted(match.group())
        fields.append(value + rest)
        loose = loose or bool(rest)
        position = match.end()
        if not raw.startswith(delimiter, position):
            return Record(start, position, tuple(fields)), loose
        position += len(delimiter)


def _unquoted(field: str) -> tuple[str, str]:
    """A quoted field's value and what follows its closing quote; an unquoted field is all value."""
    match = re.match(_QUOTED, field)
    return (match.group()[1:-1].replace('""', '"'), field[match.end() :]) if match else (field, "")
