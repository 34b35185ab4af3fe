from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def root(built, tiny_base):
    folder, row, _ = built
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    params["base"] = {"path": str(tiny_base), "chat_template": "llama31"}
    (folder / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    shutil.copytree(ROOT / "models/templates", folder / "models/templates")
    return row


def test_the_assistant_s_words_are_marked(twainbot, root, capsys):
    assert twainbot("show", "1", "--mix", "style") == 0
    out = capsys.readouterr().out
    assert out.count("⟦") == 1
    start, end = out.index("⟦"), out.index("⟧")
    assert out[start + 1 : end].startswith("The pilot said")
    assert out[start + 1 : end].endswith("<|eot_id|>")
    assert "How is the river?" in out[:start]
    # The tokenizer is byte-level: 77 characters, two of them a blank line, and the end of turn.
    assert f"{root}: " in out
    assert ", 78 of them learned." in out


def test_plain_text_is_learned_after_its_first_token(twainbot, root, capsys):
    assert twainbot("show", "1", "--mix", "dapt") == 0
    assert capsys.readouterr().out.startswith("<|begin_of_text|>⟦The pilot said")


def test_a_pair_is_shown_with_both_its_answers(twainbot, root, capsys):
    assert twainbot("show", "1", "--mix", "prefs") == 0
    out = capsys.readouterr().out
    assert (
        out.index("How is the river?") < out.index("chosen: ⟦The pilot said") < out.index("rejected: ⟪It is")
    )
    assert "⟪It is a river.<|eot_id|>⟫" in out
    assert "rejected as bland; 78 tokens are chosen, 15 rejected" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["9"], "data/split/combined/train.jsonl has rows 1 to 2; there is no 9."),
        (["1", "--mix", "all"], "'all' is not one of style, tools, combined, dapt, prefs."),
        (["1", "--split", "dev"], "'dev' is not one of train, val, test."),
    ],
)
def test_a_row_that_is_not_there(twainbot, built, capsys, arguments, message):
    assert twainbot("show", *arguments) == 1
    assert message in capsys.readouterr().err
