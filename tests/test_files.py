"""Files between stages: old or new, never a mixture; read back what was written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twainbot.files import (
    InputError,
    atomic_file,
    atomic_folder,
    content_id,
    read_json,
    read_jsonl,
    read_parquet,
    rounded,
    sha256_file,
    write_json,
    write_jsonl,
    write_parquet,
)

SCHEMA = pa.schema([("name", pa.string()), ("count", pa.int64())])


def test_content_id_depends_on_every_part_and_on_their_borders() -> None:
    # sha256 of "a\x1fb".
    assert content_id("row", "a", "b") == "row-f04cdced9736a69d"
    assert (
        len({content_id("row", *parts) for parts in (("a", "b"), ("ab",), ("b", "a"), ("a", "b", ""))}) == 4
    )


def test_sha256_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.write_bytes(b"")
    assert sha256_file(path) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_failing_block_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError), atomic_file(path) as temporary:
        temporary.write_text("half of the n")
        raise RuntimeError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_appears_with_its_folders_and_only_when_complete(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "out.txt"
    with atomic_file(path) as temporary:
        temporary.write_text("new")
        assert not path.exists()
    assert path.read_text() == "new"
    assert list(path.parent.iterdir()) == [path]


def test_a_failing_block_leaves_the_old_folder(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "old").write_text("old")
    with pytest.raises(RuntimeError), atomic_folder(folder) as temporary:
        (temporary / "new").write_text("new")
        raise RuntimeError
    assert [p.name for p in folder.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [folder]


def test_a_folder_is_replaced_whole(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "old").write_text("old")
    with atomic_folder(folder) as temporary:
        (temporary / "new").write_text("new")
    assert [p.name for p in folder.iterdir()] == ["new"]
    assert list(tmp_path.iterdir()) == [folder]


def test_leftovers_of_a_killed_run_do_not_reach_the_folder(tmp_path: Path) -> None:
    leftover = tmp_path / ".out.partial"
    leftover.mkdir()
    (leftover / "stale").write_text("stale")
    with atomic_folder(tmp_path / "out") as temporary:
        (temporary / "new").write_text("new")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["new"]


def test_parquet_comes_back_in_order_with_its_nulls(tmp_path: Path) -> None:
    rows = [{"name": "b", "count": 2}, {"name": None, "count": 1}]
    write_parquet(tmp_path / "rows.parquet", rows, SCHEMA)
    assert read_parquet(tmp_path / "rows.parquet") == rows


def test_an_empty_table_keeps_its_columns(tmp_path: Path) -> None:
    write_parquet(tmp_path / "rows.parquet", [], SCHEMA)
    assert read_parquet(tmp_path / "rows.parquet") == []


def test_parquet_bytes_are_the_same_on_a_second_run(tmp_path: Path) -> None:
    rows = [{"name": str(i), "count": i} for i in range(100)]
    for name in ("a", "b"):
        write_parquet(tmp_path / name, rows, SCHEMA)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("row", [{"name": "a"}, {"name": "a", "count": 1, "extra": 0}])
def test_rows_that_differ_from_the_schema_are_refused(tmp_path: Path, row: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"row 0 .*(count|extra)"):
        write_parquet(tmp_path / "rows.parquet", [row], SCHEMA)
    assert not (tmp_path / "rows.parquet").exists()


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(rows=st.lists(st.dictionaries(st.text("ab", max_size=2), json_values, min_size=1), max_size=4))
def test_jsonl_gives_back_what_was_written(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    assert write_jsonl(tmp_path / "rows.jsonl", rows) == len(rows)
    assert read_jsonl(tmp_path / "rows.jsonl") == rows


def test_every_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"a": 1}\n{"a": \n\n[1]\n')
    with pytest.raises(InputError) as caught:
        read_jsonl(path)
    message = str(caught.value)
    assert f"{path}:2: not JSON" in message
    assert f"{path}:4: expected an object, found list" in message


def test_floats_are_rounded_wherever_they_stand() -> None:
    assert rounded({"a": [0.123456, (1, 0.99999)], "b": True, "c": "0.123456"}) == {
        "a": [0.1235, [1, 1.0]],
        "b": True,
        "c": "0.123456",
    }


def test_json_keeps_the_order_of_keys_and_ends_with_a_newline(tmp_path: Path) -> None:
    write_json(tmp_path / "m.json", {"z": 1 / 3, "a": "é"})
    text = (tmp_path / "m.json").read_text(encoding="utf-8")
    assert text == '{\n  "z": 0.3333,\n  "a": "é"\n}\n'
    assert read_json(tmp_path / "m.json") == json.loads(text)


@pytest.mark.parametrize(
    ("content", "problem"), [(None, "does not exist"), (b"PAR1", "is cut or no Parquet")]
)
def test_a_table_that_cannot_be_read_says_what_to_do(
    tmp_path: Path, content: bytes | None, problem: str
) -> None:
    path = tmp_path / "rows.parquet"
    if content:
        path.write_bytes(content)
    with pytest.raises(InputError, match=rf"rows\.parquet {problem}. `dvc repro`"):
        read_parquet(path)
