"""The rows of a dump, CSV or JSON alike: a text for each column, and the row's place in the file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from twainbot.corpus.csvspans import records
from twainbot.corpus.jsonspans import JsonObject, children, json_objects, without_surrogates
from twainbot.files import InputError

_DELIMITERS = (",", "\t", ";", "|")
_NO_DELIMITER = "\x1f"
_LINE_END = re.compile(r"\r\n|\n|\r|\Z")
_MISSING = frozenset({"nan", "null", "<na>", "\\n"})  # how pandas and databases write what is not there
_FALSE = frozenset({"", "false", "0", "none", "null", "nan", "no", "[]", "{}"})


@dataclass(frozen=True)
class Row:
    """``raw[start:end]`` is the row; ``values`` has its texts by column. ``problem``: why it has none."""

    start: int
    end: int
    values: Mapping[str, str]
    problem: str = ""

    def get(self, columns: Sequence[str]) -> str:
        """The text of the first of the columns that is not blank, trimmed; ``nan`` and its like are blank."""
        texts = (self.values.get(name, "").strip() for name in columns)
        return next((text for text in texts if text and text.casefold() not in _MISSING), "")

    def flag(self, columns: Sequence[str]) -> bool:
        """Whether any of the columns says yes: holds something other than 0, false, null or nothing."""
        return any(self.values.get(name, "").strip().casefold() not in _FALSE for name in columns)


@dataclass(frozen=True)
class Rows:
    """A dump's column names, in lower case with ``_`` for blanks, and its rows in file order."""

    columns: tuple[str, ...]
    rows: list[Row]


def read_rows(raw: str, where: str, known: Callable[[Collection[str]], bool]) -> Rows:
    """The rows of a CSV file with a header, of JSON lines or of a JSON array.

    A CSV file's delimiter is the first of comma, tab, semicolon and bar for which ``known`` accepts the
    header's column names. Where two columns have one name, a row's first text that is not blank counts.
    Of a file with one column every line is a row, commas and all.

    Raises:
        InputError: the file is empty, or begins like JSON and holds none.
    """
    if raw.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        return _from_json(raw, where, known)
    best: tuple[str, ...] = ()
    chosen = _DELIMITERS[0]
    for delimiter in _DELIMITERS:
        head = next(records(raw, delimiter), None)
        if head is None:
            raise InputError(f"{where}: the file is empty. Export the rows again, or remove the source.")
        columns = tuple(column_name(name) for name in head.fields)
        if known(columns):
            best, chosen = columns, delimiter
            break
        if len(columns) > len(best):
            best, chosen = columns, delimiter
    return Rows(best, _from_csv(raw, best, chosen if len(best) > 1 else _NO_DELIMITER))


def column_name(name: str) -> str:
    """A column's name without its accidents: byte-order mark, quotes, case, blanks and hyphens."""
    name = without_surrogates(name)
    return re.sub(r"[\s-]+", "_", name.strip("\ufeff\"' \t\r\n").casefold())


def _from_csv(raw: str, columns: tuple[str, ...], delimiter: str) -> list[Row]:
    head = next(records(raw, delimiter))
    line_end = _LINE_END.match(raw, head.end)
    start = line_end.end() if line_end else len(raw)
    rows = []
    for record in records(raw, delimiter, start=start, width=len(columns)):
        if len(record.fields) != len(columns):
            problem = f"{len(record.fields)} fields, the header has {len(columns)}"
            rows.append(Row(record.start, record.end, {}, problem))
            continue
        rows.append(Row(record.start, record.end, _first_texts(zip(columns, record.fields, strict=True))))
    return rows


def _from_json(raw: str, where: str, known: Callable[[Collection[str]], bool]) -> Rows:
    columns: dict[str, None] = {}
    rows = []
    for item in _unwrapped(raw, json_objects(raw, where), known):
        value = item.value
        if isinstance(value.get("data"), dict) and value.keys() <= {"kind", "data"}:
            value = value["data"]  # as Reddit's own interface wraps a post
        texts = _first_texts((column_name(key), _text(cell)) for key, cell in value.items())
        columns.update(dict.fromkeys(texts))
        rows.append(Row(item.start, item.end, texts, item.problem))
    if not rows:
        raise InputError(f"{where}: the file has no rows. Export the rows again, or remove the source.")
    return Rows(tuple(columns), rows)


def _unwrapped(
    raw: str, objects: list[JsonObject], known: Callable[[Collection[str]], bool]
) -> list[JsonObject]:
    """The rows within one object that is no row itself: ``{"jokes": [...]}``, or a listing of Reddit."""
    if len(objects) != 1 or objects[0].problem:
        return objects
    value, start = objects[0].value, objects[0].start
    if isinstance(value.get("data"), dict) and value.keys() <= {"kind", "data"}:
        start = next(at for key, at, _ in reversed(children(raw, start)) if key == "data")
        value = value["data"]
    if known([column_name(key) for key, cell in value.items() if not _holds_rows(cell)]):
        return objects
    lists = [key for key, cell in value.items() if _holds_rows(cell)]
    if len(lists) != 1:
        return objects
    place = next(at for key, at, _ in reversed(children(raw, start)) if key == lists[0])
    rows = children(raw, place)
    return [JsonObject(at, end, one) for one, (_, at, end) in zip(value[lists[0]], rows, strict=True)]


def _holds_rows(cell: object) -> bool:
    return isinstance(cell, list) and bool(cell) and all(map(_is_object, cell))


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _first_texts(cells: Iterable[tuple[str, str]]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, text in cells:
        if not texts.get(name, "").strip():
            texts[name] = text
    return texts


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return without_surrogates(cell)
    if cell is None:
        return ""
    return json.dumps(cell)
