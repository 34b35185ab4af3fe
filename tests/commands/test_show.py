from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def root(built, tiny_base):
    folder, row, _ = built
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    params["base"] |= {"path": str(tiny_base), "chat_template": "llama31"}
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


@pytest.fixture
def mistral(root, built, mistral_base):
    """The same rows, under Mistral's format."""
    path = built[0] / "params.yaml"
    params = yaml.safe_load(path.read_text(encoding="utf-8"))
    params["base"] |= {"path": str(mistral_base), "chat_template": "mistral_v03"}
    path.write_text(yaml.safe_dump(params), encoding="utf-8")
    return built[0]


def test_the_same_row_under_mistral_s_format(twainbot, mistral, capsys):
    assert twainbot("show", "1", "--mix", "style") == 0
    out = capsys.readouterr().out
    assert out.startswith("<s>[INST] How is the river?[/INST]⟦ The pilot said")
    assert "he said nothing.</s>⟧\n" in out
    assert twainbot("show", "1", "--mix", "dapt") == 0
    assert "he said nothing.</s>⟧\n" in capsys.readouterr().out


def test_a_row_that_the_format_cannot_hold_is_named(twainbot, mistral, capsys):
    path = mistral / "data/split/style/train.jsonl"
    row = {"id": "row-7", "messages": [{"role": "assistant", "content": "Ahoy."}]}
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert twainbot("show", "1", "--mix", "style") == 1
    assert "data/split/style/train.jsonl: row-7: The Mistral format puts" in capsys.readouterr().err


def test_an_unknown_template_is_refused_with_those_there_are(twainbot, root, built, capsys):
    path = built[0] / "params.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("llama31", "lama"), encoding="utf-8")
    assert twainbot("show", "1", "--mix", "style") == 1
    assert "base.chat_template in params.yaml is 'lama'" in (err := capsys.readouterr().err)
    assert "Templates here: llama31, mistral_v03." in err
