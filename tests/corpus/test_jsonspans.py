"""JSON with spans: values as the json module reads them, slices that read back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.corpus.jsonspans import children, json_objects, json_string, without_surrogates
from twainbot.files import InputError

VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
OBJECT = st.dictionaries(st.text(max_size=6), VALUE, max_size=4)


@given(st.lists(OBJECT, min_size=1, max_size=4), st.booleans(), st.sampled_from(["\n", "\r\n", "\n\n", " "]))
def test_lines_and_arrays_give_the_same_objects(
    values: list[dict[str, object]], ascii_only: bool, end: str
) -> None:
    texts = [json.dumps(value, ensure_ascii=ascii_only) for value in values]
    for raw in (end.join(texts), "[" + ", ".join(texts) + "]"):
        found = json_objects(raw, "f")
        assert [item.value for item in found] == values
        assert [raw[item.start : item.end] for item in found] == texts


@given(OBJECT, st.sampled_from([None, 2]))
def test_children_are_the_members(value: dict[str, object], indent: int | None) -> None:
    raw = json.dumps(value, indent=indent)
    assert {key: json.loads(raw[start:end]) for key, start, end in children(raw, 0)} == value


@given(st.text(), st.booleans())
def test_every_character_of_a_string_has_its_place(text: str, ascii_only: bool) -> None:
    raw = "x" + json.dumps(text, ensure_ascii=ascii_only)
    literal = json_string(raw, 1)
    assert literal.text == text
    written = [raw[literal.place(i) : literal.place(i + 1)] for i in range(len(text))]
    assert [json.loads(f'"{piece}"') for piece in written] == list(text)
    assert "".join(written) == raw[2:-1]


@given(st.text(alphabet='{}[]",:\\ \n1a', max_size=60))
def test_any_text_is_read_or_refused(raw: str) -> None:
    try:
        found = json_objects(raw, "f")
    except InputError:
        return
    assert all(0 <= item.start < item.end <= len(raw) for item in found)


def test_a_broken_line_costs_one_row() -> None:
    found = json_objects('{"a": 1}\n{"a": \n3\n{"a": 2}', "f")
    assert [(item.value, item.problem) for item in found] == [
        ({"a": 1}, ""),
        ({}, "not JSON (Expecting ',' delimiter)"),
        ({}, "expected an object, found int"),
        ({"a": 2}, ""),
    ]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ('[{"a": 1},', "f:1:11: not JSON (Expecting value). Fetch or export the file again."),
        ('{"a": ', "f:1:7: not JSON (Expecting value). Fetch or export the file again."),
        ("[" * 200_000, "f: not JSON (a number or nesting beyond all measure). Fetch or export the file"),
        ("[" + "9" * 5000 + "]", "f: not JSON (a number or nesting beyond all measure). Fetch or export the"),
    ],
)  # fmt: skip
def test_what_is_no_json_is_refused(raw: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        json_objects(raw, "f")
    assert str(error.value).startswith(message)


def test_half_a_surrogate_pair_cannot_be_stored() -> None:
    assert without_surrogates(json.loads('"a\\ud83d b"')) == "a� b"
    assert json_string('"a\\ud83d b"', 0).text == "a� b"
