"""Act and scene headings, and what only looks like one."""

from __future__ import annotations

import pytest

from twainbot.corpus.plays.headings import enter, heading, to_roman


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ACT I", ("ACT I", "")),
        ("_ACT IV._", ("ACT IV", "")),
        ("Act 2", ("ACT II", "")),
        ("FIRST ACT", ("ACT I", "")),
        ("THE THIRD ACT.", ("ACT III", "")),
        ("ACT THE FIRST.", ("ACT I", "")),
        ("ACT ONE", ("ACT I", "")),
        ("ACT I.—A room in the house.", ("ACT I", "")),
        ("ACTUS PRIMUS. SCENA PRIMA.", ("ACT I", "SCENE I")),
        ("Actus Tertius. Scoena Secunda.", ("ACT III", "SCENE II")),
        ("Scena Quarta.", ("", "SCENE IV")),
        ("Act 1, Scene 2", ("ACT I", "SCENE II")),
        ("ACT II. SCENE III. A bank.", ("ACT II", "SCENE III")),
        ("Act I. Sc. 2.", ("ACT I", "SCENE II")),
        ("SCENE II.—A room", ("", "SCENE II")),
        ("SCENE IX. ORLO, MARN.", ("", "SCENE IX")),
        ("SECOND SCENE", ("", "SCENE II")),
        ("THE PROLOGUE", ("PROLOGUE", "")),
        ("EPILOGUE.", ("EPILOGUE", "")),
        ("ACT I Scene I. A landing. Scene II. The same.", None),
        ("Act well your part; there all the honour lies.", None),
        ("Act one of kindness and be done", None),
        ("Scene upon scene", None),
        ("SCENE: A kitchen.", None),
        ("Prologue", None),
        ("ACTION", None),
    ],
)
def test_headings(text: str, expected: tuple[str, str] | None) -> None:
    assert heading(text) == expected


def test_markup_makes_one_word_a_heading() -> None:
    assert heading("Prologue", marked=True) == ("PROLOGUE", "")
    assert heading("ACT II The bank", marked=True) == ("ACT II", "")


def test_a_prologue_within_an_act_is_a_part_of_it() -> None:
    assert enter("", "", ("PROLOGUE", "")) == ("PROLOGUE", "")
    assert enter("ACT II", "SCENE I", ("PROLOGUE", "")) == ("ACT II", "PROLOGUE")
    assert enter("ACT II", "SCENE I", ("EPILOGUE", "")) == ("EPILOGUE", "")
    assert enter("ACT II", "SCENE I", ("", "SCENE II")) == ("ACT II", "SCENE II")
    assert enter("ACT II", "SCENE IV", ("ACT III", "")) == ("ACT III", "")


def test_roman_numerals() -> None:
    assert [to_roman(n) for n in (1, 4, 9, 14, 40, 59)] == ["I", "IV", "IX", "XIV", "XL", "LIX"]
