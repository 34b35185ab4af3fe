"""The tag stage as it runs, and its weights made again from the mirror."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from builders import passage
from workspace import ROOT, make_workspace, run_stages

from twainbot.files import read_json, read_parquet, write_parquet
from twainbot.records import PASSAGE


def test_the_stage_writes_scores_and_what_can_be_known_of_them(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path)
    some = [
        passage("It snowed and rained all day.", 1),
        passage("Two and two.", 2, kind="fact", persona="weather"),
    ]
    write_parquet(folder / "data/dedupe/passages.parquet", some, PASSAGE)

    run_stages(folder, "tag")

    tagged = read_parquet(folder / "data/tag/passages.parquet")
    assert [row["domain"] for row in tagged] == ["weather", "weather"]
    assert 0.5 < tagged[0]["tag_scores"]["weather"] < 1.0 == tagged[1]["tag_scores"]["weather"]
    metrics = read_json(folder / "metrics/tag.json")
    assert metrics["domain"] == {"weather": 2}
    assert metrics["selection"]["twain"]["weather"] == 1
    assert metrics["agreement"]["passages"] in (0, 300)
    # No labelled file is in data/raw, so nothing is said of precision or recall.
    assert metrics["tested"] == 0
    assert "quality" not in metrics


@pytest.mark.slow
def test_the_committed_weights_are_those_that_the_labels_give(
    mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_workspace(tmp_path, without=("data/tagging",))
    (folder / "data/tagging").mkdir()
    for name in ("sample.jsonl", "training.jsonl", "labels.jsonl"):
        (folder / "data/tagging" / name).symlink_to(ROOT / "data/tagging" / name)
    monkeypatch.setenv("TWAINBOT_MIRROR", str(mirror))
    monkeypatch.chdir(folder)

    runpy.run_path(str(ROOT / "benchmarks/tagging_fit.py"), run_name="__main__")

    made, committed = (base / "data/tagging/weights.json" for base in (folder, ROOT))
    assert made.read_bytes() == committed.read_bytes()
