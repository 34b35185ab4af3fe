"""CSV records with spans: the same fields as the csv module, and slices that read back."""

from __future__ import annotations

import csv
import io
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from twainbot.corpus.csvspans import records

FIELD = st.text(alphabet='ab",\r\n é', max_size=12)


@given(st.lists(st.lists(FIELD, min_size=2, max_size=4), min_size=1, max_size=6))
def test_written_rows_come_back(rows: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    raw = stream.getvalue()
    found = list(records(raw))
    assert [list(record.fields) for record in found] == rows
    for record, row in zip(found, rows, strict=True):
        assert next(csv.reader(io.StringIO(raw[record.start : record.end], newline=""))) == row


@given(st.text(alphabet='ab",;\n', max_size=80))
def test_any_text_with_closed_quotes_is_read_as_the_csv_module_does(raw: str) -> None:
    try:
        expected = [row for row in csv.reader(io.StringIO(raw, newline=""), strict=True) if row]
    except csv.Error:
        return
    assert [list(record.fields) for record in records(raw)] == expected


@given(st.text(alphabet='ab",\r\n', max_size=80))
def test_every_record_is_within_the_file_and_in_order(raw: str) -> None:
    found = list(records(raw, width=2))
    assert all(0 <= r.start < r.end <= len(raw) for r in found)
    assert all(a.end < b.start for a, b in pairwise(found))


def test_a_stray_quote_costs_one_row() -> None:
    raw = 'a,"never closed\nb,two\nc,"three"\n'
    assert [record.fields for record in records(raw, width=2)] == [
        ("a", '"never closed'),
        ("b", "two"),
        ("c", "three"),
    ]
