"""Reading and writing the files between stages: atomic, ordered, free of clocks.

A stage writes into a temporary neighbour and renames it, so a killed stage leaves either the old
output or the new one, never a mixture.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

PathLike = str | os.PathLike[str]


class InputError(Exception):
    """Input that a person must mend: says what is wrong, where, and what to do."""


def content_id(prefix: str, *parts: str) -> str:
    """A stable record id: ``prefix-`` and 16 hex digits of the sha256 of the parts."""
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8")).hexdigest()
    return f"{prefix}-{digest[:16]}"


def sha256_file(path: PathLike) -> str:
    """The sha256 of a file's bytes, in hex."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def atomic_file(path: PathLike) -> Generator[Path, None, None]:
    """Yield a temporary path beside ``path``; rename it over ``path`` if the block succeeds."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.partial")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: PathLike) -> Generator[Path, None, None]:
    """Yield an empty temporary folder beside ``path``; swap it in if the block succeeds.

    A folder cannot be renamed over a full one, so the old one steps aside first and is deleted last.
    """
    path = Path(path)
    temporary, old = path.with_name(f".{path.name}.partial"), path.with_name(f".{path.name}.old")
    for leftover in (temporary, old):
        shutil.rmtree(leftover, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        yield temporary
        if path.exists():
            path.replace(old)
        temporary.replace(path)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_parquet(path: PathLike, rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> None:
    """Write rows as zstd Parquet with exactly ``schema``.

    Raises:
        ValueError: a row has a key that the schema lacks, or lacks one that it has.
    """
    names = set(schema.names)
    for number, row in enumerate(rows):
        if row.keys() != names:
            raise ValueError(
                f"row {number} for {path}: keys differ from the schema by {sorted(names ^ row.keys())}"
            )
    table = pa.Table.from_pylist(list(rows), schema=schema)
    with atomic_file(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")


def read_parquet(path: PathLike) -> list[Any]:
    """All rows of a Parquet file as dictionaries, in file order.

    Annotate the result with the file's record type: ``passages: list[Passage] = read_parquet(...)``.

    Raises:
        InputError: the file is missing or no Parquet.
    """
    try:
        return pq.read_table(path).to_pylist()
    except (FileNotFoundError, pa.ArrowInvalid) as error:
        wrong = "does not exist" if isinstance(error, FileNotFoundError) else "is cut or no Parquet"
        raise InputError(
            f"{path} {wrong}. `dvc repro` makes it again (or `dvc pull`, if a remote holds it)."
        ) from error


def write_jsonl(path: PathLike, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write one JSON object a line; returns how many."""
    count = 0
    with atomic_file(path) as temporary, open(temporary, "w", encoding="utf-8", newline="\n") as stream:
        for row in rows:
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    return count


def read_jsonl(path: PathLike) -> list[Any]:
    """All objects of a JSON-lines file as dictionaries; annotate the result as with :func:`read_parquet`.

    Raises:
        InputError: the file is missing, or a line is not a JSON object; every bad line is named.
    """
    rows: list[dict[str, Any]] = []
    problems: list[str] = []
    try:
        lines = Path(path).read_bytes().split(b"\n")
    except FileNotFoundError as error:
        raise InputError(_missing(path)) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            problems.append(f"{path}:{number}: not UTF-8 ({error.reason}, byte {error.start + 1})")
            continue
        except json.JSONDecodeError as error:
            problems.append(f"{path}:{number}: not JSON ({error.msg}, column {error.colno})")
            continue
        if isinstance(row, dict):
            rows.append(row)
        else:
            problems.append(f"{path}:{number}: expected an object, found {type(row).__name__}")
    if problems:
        raise InputError(
            "\n".join([*problems, "Each line must hold one JSON object; mend or delete these lines."])
        )
    return rows


def rounded(value: Any, digits: int = 4) -> Any:
    """``value`` with every float inside rounded, for metrics that are diffed by people."""
    if isinstance(value, float):
        return round(value, digits)
    if isinstance(value, Mapping):
        return {key: rounded(item, digits) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [rounded(item, digits) for item in value]
    return value


def write_json(path: PathLike, value: Any) -> None:
    """Write indented JSON, floats rounded to four decimals, keys in the order given."""
    with atomic_file(path) as temporary:
        temporary.write_text(
            json.dumps(rounded(value), indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )


def read_json(path: PathLike) -> Any:
    """The value of a JSON file.

    Raises:
        InputError: the file is missing or no JSON.
    """
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(_missing(path)) from error
    except json.JSONDecodeError as error:
        raise InputError(
            f"{path}:{error.lineno}:{error.colno}: not JSON ({error.msg}). "
            f"Mend the line, or make the file again."
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text. Make the file again.") from error


def _missing(path: PathLike) -> str:
    return (
        f"{path} does not exist. `dvc repro` makes what a stage writes; `git checkout {path}` brings back "
        f"what the repository holds."
    )
