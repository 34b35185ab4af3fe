"""``twainbot gate``."""

from __future__ import annotations

import pytest
from gaterows import gate_workspace, sound_rows, write_rows
from workspace import run_stages

from twainbot.commands.gate import excerpt, row_text
from twainbot.files import InputError


@pytest.fixture
def folder(tmp_path, tiny_base, monkeypatch):
    monkeypatch.chdir(gate_workspace(tmp_path, tiny_base))
    return tmp_path


@pytest.fixture
def broken(folder, capsys):
    """A folder in which an answer is cut and two rows share their text with the test split."""
    mixes = sound_rows()
    mixes["style"]["train"][0]["messages"][-1]["content"] = "He rose and went to the"
    for number in (1, 2):
        mixes["dapt"]["train"][number]["text"] = (
            f"Number {number}. {mixes['dapt']['test'][number - 1]['text']}"
        )
    write_rows(folder, mixes)
    with pytest.raises(InputError):
        run_stages(folder, "gate")
    capsys.readouterr()
    return folder


def test_the_table_of_the_last_run(twainbot, folder, capsys):
    run_stages(folder, "gate")
    printed = capsys.readouterr().out
    assert twainbot("gate") == 0
    assert capsys.readouterr().out == printed


def test_a_broken_gate_is_said_and_is_the_status(twainbot, broken, capsys):
    assert twainbot("gate") == 1
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines() if "FAIL" in line] == [
        "shared_words", "shared_copies", "cut_answers",
    ]  # fmt: skip
    assert out.endswith("`twainbot gate --explain NAME` lists the rows that break a gate.\n")


def test_explain_shows_the_rows_of_one_gate(twainbot, broken, capsys):
    assert twainbot("gate", "--explain", "cut_answers") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "cut_answers FAILED: share of the style answers in prose cut in mid-sentence: 0.0625, "
        "wanted at most 0"
    )
    assert lines[1] == "  style/train  style-train-0  the answer ends in mid-sentence"
    assert lines[2].endswith("assistant: He rose and went to the")
    assert len(lines) == 3


def test_explain_without_a_name_shows_every_broken_gate(twainbot, broken, capsys):
    assert twainbot("gate", "--explain", "--limit", "1") == 0
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines() if " FAILED: " in line] == [
        "shared_words", "shared_copies", "cut_answers",
    ]  # fmt: skip
    assert "  dapt/train  text-train-1  shares words with text-test-0: " in out
    assert "  1 of 2 shown; --limit 2 shows all." in out
    assert "text-train-2" not in out


def test_explain_with_nothing_broken(twainbot, folder, capsys):
    run_stages(folder, "gate")
    capsys.readouterr()
    assert twainbot("gate", "--explain") == 0
    assert capsys.readouterr().out.startswith("Every gate passed.")


def test_an_unknown_gate_is_refused_with_the_names(twainbot, broken, capsys):
    assert twainbot("gate", "--explain", "grounding") == 1
    assert "'grounding' is no gate. Gates: counts, " in capsys.readouterr().err


def test_before_the_stage_has_run(twainbot, folder, capsys):
    assert twainbot("gate") == 1
    assert "metrics/gate.json does not exist. `dvc repro gate` makes it" in capsys.readouterr().err


def test_an_excerpt_is_cut_around_the_words():
    text = f"{'a ' * 200}here it is{' b' * 200}"
    found = excerpt(text, "Here it is")
    assert found.startswith("…a a")
    assert "a here it is b" in found
    assert found.endswith("b…")
    assert len(found) < 330
    assert excerpt("short", "not there") == "short"


def test_a_pair_is_shown_with_both_continuations():
    row = sound_rows()["prefs"]["train"][2]
    assert row["flaw"] == "over_calling"
    lines = row_text(row).splitlines()
    assert [line.split(":")[0] for line in lines] == ["user", "assistant", "assistant"]
    assert lines[-1].startswith('assistant: {"name": "get_weather"')
