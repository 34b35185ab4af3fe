"""The split stage's files: nothing lost, nothing shared, and the same rows by whatever reader."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from near_copies import RULES

from twainbot.dataset.contamination import near_copies, said, shared_ngrams
from twainbot.files import read_json, read_jsonl
from twainbot.modeling.base import load_tokenizer
from twainbot.modeling.chat_template import render

SIDES = ("train", "val", "test")
MIXES = ("dapt", "style", "tools", "combined", "prefs")
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("mix", ["dapt", "style", "tools"])
def test_every_row_is_kept_or_rejected_with_a_reason(
    split_folder: Path, mixes: dict[str, list[Any]], mix: str
) -> None:
    rejects = [r for r in read_jsonl(split_folder / "data/split/rejects.jsonl") if r["mix"] == mix]
    source = {"style": "instruct/examples", "tools": "toolcalls/episodes"}.get(mix)
    if source:
        wanted = [row["id"] for row in read_jsonl(split_folder / f"data/{source}.jsonl")]
        assert sorted(row["id"] for row in [*mixes[mix], *rejects]) == sorted(wanted)
    assert not {row["id"] for row in rejects} & {row["id"] for row in mixes["combined"]}
    known = {row["id"] for name in ("dapt", "style", "tools") for row in mixes[name]}
    for row in rejects:
        assert row["other"] in known or row["other"].startswith("style-")


def test_a_family_is_on_one_side_in_all_mixes(mixes: dict[str, list[Any]]) -> None:
    sides: dict[str, set[str]] = {}
    for rows in mixes.values():
        for row in rows:
            sides.setdefault(row["family"], set()).add(row["split"])
    assert {family for family, found in sides.items() if len(found) > 1} == set()


def test_no_passage_trained_on_is_in_any_other_mix_s_test(mixes: dict[str, list[Any]]) -> None:
    trained = {passage for row in mixes["dapt"] if row["split"] == "train" for passage in row["parents"]}
    for mix in ("style", "tools", "combined"):
        assert not trained & {p for row in mixes[mix] if row["split"] != "train" for p in row["parents"]}


@pytest.mark.parametrize(("side", "against"), [("train", ("val", "test")), ("val", ("test",)), ("test", ())])
def test_no_side_shares_text_with_one_that_measures(
    split_folder: Path, mixes: dict[str, list[Any]], side: str, against: tuple[str, ...]
) -> None:
    texts = {
        s: [said(r) for m in ("dapt", "style", "tools") for r in mixes[m] if r["split"] == s] for s in SIDES
    }
    prompts = [said(r) for p in split_folder.glob("data/eval/*.jsonl") for r in read_jsonl(p)]
    others = [*prompts, *(row for name in against for row in texts[name])]
    words = yaml.safe_load((split_folder / "params.yaml").read_text())["split"]["ngram_words"]
    assert shared_ngrams(texts[side], others, words) == []
    assert near_copies(texts[side], others, RULES) == []


def test_pairs_share_no_more_than_their_rows(mixes: dict[str, list[Any]]) -> None:
    texts = {s: [said(r) for r in mixes["prefs"] if r["split"] == s] for s in SIDES}
    assert shared_ngrams(texts["train"], [*texts["val"], *texts["test"]], 8) == []
    assert shared_ngrams(texts["val"], texts["test"], 8) == []


def test_the_metrics_say_what_was_written(split_folder: Path, mixes: dict[str, list[Any]]) -> None:
    metrics = read_json(split_folder / "metrics/split.json")
    for mix in MIXES:
        assert metrics[mix] == {side: Counter(r["split"] for r in mixes[mix])[side] for side in SIDES}
        assert min(metrics[mix].values()) > 0
    rejects = read_jsonl(split_folder / "data/split/rejects.jsonl")
    assert sum(metrics["rejects"].values()) == len(rejects)
    assert sum(found["pairs"] for found in metrics["pairs"].values()) == len(mixes["prefs"])
    # Every persona has fifteen families of eight rows, so that its shares can be met to a family.
    for persona, shares in metrics["shares"]["persona"].items():
        assert shares["val"] == pytest.approx(0.1, abs=0.05), persona
        assert ("test" in shares) == (persona != "neutral")


@pytest.mark.parametrize("mix", MIXES)
def test_rows_are_the_same_by_the_datasets_library(
    split_folder: Path, tmp_path: Path, mix: str, tiny_base: Path
) -> None:
    """No key is filled with null, and what the model sees is the same to the token."""
    import datasets

    files = {side: str(split_folder / f"data/split/{mix}/{side}.jsonl") for side in SIDES}
    loaded = datasets.load_dataset("json", data_files=files, cache_dir=str(tmp_path))
    tokenizer = load_tokenizer(tiny_base, "llama31")
    for side in SIDES:
        rows = read_jsonl(files[side])
        found = list(loaded[side])
        assert [json.dumps(row) for row in found] == [json.dumps(row) for row in rows]
        if mix == "dapt":
            continue
        for row, other in list(zip(rows, found, strict=True))[:20]:
            turns = [r["prompt"] + r["chosen"] if mix == "prefs" else r["messages"] for r in (row, other)]
            assert render(tokenizer, turns[0], row["tools"]) == render(tokenizer, turns[1], other["tools"])
