"""The gate stage in a folder: what it writes when all is well, and what is left when something is not."""

from __future__ import annotations

import contextlib
import json
import shutil

import pytest
import yaml
from gaterows import BUDGETS, PERSONAS, gate_workspace, sound_rows, write_rows
from workspace import run_stages

from twainbot.corpus.sources import load_sources
from twainbot.dataset.gates.suite import GATES
from twainbot.files import InputError, read_json, read_jsonl
from twainbot.report.card import data_card


@pytest.fixture
def folder(tmp_path, tiny_base):
    return gate_workspace(tmp_path, tiny_base)


def test_sound_rows_leave_a_file_that_says_nothing_else(folder, capsys):
    run_stages(folder, "gate")

    assert read_json(folder / "data/gate/passed.json") == {"passed": True, "gates": [*GATES]}
    metrics = read_json(folder / "metrics/gate.json")
    assert metrics["passed"] is True
    assert [*metrics["gates"]] == [*GATES]
    assert metrics["rows"]["tools"]["split"] == {"train": 12, "val": 2, "test": 2}
    assert metrics["rows"]["tools"]["persona"] == dict.fromkeys(PERSONAS, 8)
    assert read_jsonl(folder / "data/gate/offenders.jsonl") == []
    printed = capsys.readouterr().out
    assert printed.count("PASS") == len(GATES)
    assert "FAIL" not in printed


def test_a_changed_count_or_budget_leaves_the_file_as_it_was(folder):
    run_stages(folder, "gate")
    before = (folder / "data/gate/passed.json").read_bytes()
    mixes = sound_rows()
    mixes["dapt"]["train"].pop()
    write_rows(folder, mixes)
    params = yaml.safe_load((folder / "params.yaml").read_text(encoding="utf-8"))
    params["gate"] = BUDGETS | {"max_cut_share": 0.5}
    (folder / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")

    run_stages(folder, "gate")

    assert (folder / "data/gate/passed.json").read_bytes() == before


def test_a_broken_gate_fails_the_stage_and_leaves_what_explains_it(folder, capsys):
    run_stages(folder, "gate")
    capsys.readouterr()
    mixes = sound_rows()
    mixes["style"]["train"][0]["messages"][-1]["content"] = "He went to the"
    mixes["dapt"]["train"][0]["split"] = "test"
    write_rows(folder, mixes)

    with pytest.raises(InputError) as error:
        run_stages(folder, "gate")

    assert str(error.value).splitlines() == [
        "2 gates are broken, so nothing is trained:",
        "  families: rows whose family is on two sides, or whose id is there twice: 1, wanted at most 0",
        "    dapt/train text-train-0: the row says that it is of 'test'",
        "  cut_answers: share of the style answers in prose cut in mid-sentence: 0.0625, wanted at most 0",
        "    style/train style-train-0: the answer ends in mid-sentence",
        "`twainbot gate --explain NAME` lists the rows; mend them, or the budget in params.yaml (gate).",
    ]
    assert not (folder / "data/gate/passed.json").exists()
    assert read_json(folder / "metrics/gate.json")["passed"] is False
    assert [(o["gate"], o["id"]) for o in read_jsonl(folder / "data/gate/offenders.jsonl")] == [
        ("families", "text-train-0"),
        ("cut_answers", "style-train-0"),
    ]
    assert capsys.readouterr().out.count("FAIL") == 2
    assert "| cut_answers |" in (folder / "docs/data_card.md").read_text(encoding="utf-8")


def test_a_missing_file_is_named(folder):
    (folder / "data/split/prefs/val.jsonl").unlink()
    with pytest.raises(InputError, match=r"data/split/prefs/val\.jsonl does not exist"):
        run_stages(folder, "gate")


def test_two_runs_write_the_same_bytes(folder):
    outputs = ("data/gate/passed.json", "data/gate/offenders.jsonl", "metrics/gate.json", "docs/data_card.md")
    runs = []
    for _ in range(2):
        run_stages(folder, "gate")
        runs.append([(folder / name).read_bytes() for name in outputs])
    assert runs[0] == runs[1]


def test_the_card_says_what_metrics_and_sources_say(folder):
    run_stages(folder, "gate")
    card = (folder / "docs/data_card.md").read_text(encoding="utf-8")
    sources = load_sources(folder / "data/sources.yaml", "sample")

    head = yaml.safe_load(card.split("---\n")[1])
    assert head["license"] == "cc0-1.0"
    assert head["size_categories"] == ["n<1K"]
    assert [config["config_name"] for config in head["configs"]] == [
        "dapt", "style", "tools", "combined", "prefs",
    ]  # fmt: skip
    for config in head["configs"]:
        for file in config["data_files"]:
            assert (folder / file["path"]).is_file()
    assert "| tools | 12 | 2 | 2 |" in card
    assert (
        "Of the style rows 16 have an answer that a person wrote and 0 one that was generated (0.0 %)."
        in card
    )
    assert "7 style train shared_ngram" in card
    assert "In 3 passages" in card
    for source in sources:
        assert f"| {source.id} | {source.title} |" in card
    assert card.count("| PASS |") == len(GATES)
    with contextlib.chdir(folder):
        stages = {name: read_json(f"metrics/{name}.json") for name in ("clean", "dedupe", "split")}
        assert data_card("sample", sources, read_json("metrics/gate.json"), stages) == card


def test_each_mix_of_the_card_loads_with_its_splits(folder, tmp_path):
    """As on a hub: a folder that holds the card as its README.md, beside data/split."""
    from datasets import load_dataset

    run_stages(folder, "gate")
    hub = tmp_path / "hub"
    shutil.copytree(folder / "data/split", hub / "data/split")
    shutil.copy(folder / "docs/data_card.md", hub / "README.md")
    for mix, splits in read_json(folder / "metrics/gate.json")["rows"].items():
        loaded = load_dataset(str(hub), mix, cache_dir=str(tmp_path / "cache"))
        rows = splits["split"]
        assert loaded.num_rows == {"train": rows["train"], "validation": rows["val"], "test": rows["test"]}


def test_rows_load_without_null_filling(folder, tmp_path):
    """The card's own lines; every key of a loaded row is one of the file's."""
    from datasets import load_dataset

    run_stages(folder, "gate")
    path = folder / "data/split/dapt/train.jsonl"
    rows = load_dataset("json", data_files={"train": str(path)}, cache_dir=str(tmp_path / "cache"))["train"]
    assert list(rows) == [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
