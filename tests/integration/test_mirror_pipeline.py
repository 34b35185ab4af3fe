"""The stages up to the training rows on the real books, plays and dumps, with profiles/corpus/full.yaml."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest
from workspace import make_workspace, run_stages

from twainbot.files import read_json, read_jsonl, read_parquet
from twainbot.lineage import Lineage

pytestmark = pytest.mark.slow

STAGES = ("fetch", "parse", "clean", "dedupe", "tag", "toolcalls", "instruct", "split")
BOILERPLATE = re.compile(
    r"Project Gutenberg|gutenberg\.(?:org|net)|\b[Ee]-?texts?\b|\b[Ee]-?[Bb]ook|EBOOK|^Produced by"
    r"|Small Print|SMALL PRINT|Transcriber['’]|Distributed Proofread|www\.|\[Illustration|\[Footnote",
    re.MULTILINE,
)
TRACED = 200


@pytest.fixture(scope="module")
def workspace(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    mirror: Path = request.getfixturevalue("mirror")
    folder = make_workspace(tmp_path_factory.mktemp("full"), "corpus=full")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TWAINBOT_MIRROR", str(mirror))
        run_stages(folder, *STAGES)
    return folder


def rows_of(workspace: Path, mix: str, split: str) -> list[dict[str, Any]]:
    return read_jsonl(workspace / f"data/split/{mix}/{split}.jsonl")


def test_enough_rows(workspace: Path) -> None:
    counts = read_json(workspace / "metrics/split.json")
    assert sum(counts["style"].values()) >= 8_000
    assert sum(counts["tools"].values()) >= 1_000
    for mix in ("dapt", "style", "tools", "combined"):
        assert min(counts[mix].values()) > 0, mix


def test_every_persona_can_be_trained_and_measured(workspace: Path) -> None:
    families: dict[str, dict[str, set[str]]] = {}
    for split in ("train", "val", "test"):
        for row in rows_of(workspace, "style", split):
            splits = families.setdefault(row["tags"]["persona"], {})
            splits.setdefault(split, set()).add(row["family"])
    assert families.keys() >= {"twain", "franklin", "satire", "deadpan", "hamlet", "macbeth", "neutral"}
    for persona, splits in families.items():
        # Of two works, one is trained on and the other tested on; there is none left for validation.
        several = sum(len(names) for names in splits.values()) > 2
        assert splits.keys() >= ({"train", "val", "test"} if several else {"train", "test"}), persona


def test_no_boilerplate_in_books_and_plays(workspace: Path) -> None:
    passages = read_parquet(workspace / "data/tag/passages.parquet")
    texts = [passage["text"] for passage in passages if passage["kind"] in ("book", "play")]
    assert len(texts) > 20_000
    assert [text[:80] for text in texts if BOILERPLATE.search(text)] == []


def test_no_family_is_on_two_sides(workspace: Path) -> None:
    sides: dict[str, set[str]] = {}
    for mix in ("dapt", "style"):
        for split in ("train", "val", "test"):
            for row in rows_of(workspace, mix, split):
                sides.setdefault(row["family"], set()).add(split)
    assert {family: found for family, found in sides.items() if len(found) > 1} == {}


def test_held_out_books_are_tested_on_and_not_trained_on(workspace: Path) -> None:
    passages = {p["id"]: p["holdout"] for p in read_parquet(workspace / "data/tag/passages.parquet")}
    assert any(passages.values())
    for mix in ("dapt", "style"):
        for split in ("train", "val"):
            assert not [row["id"] for row in rows_of(workspace, mix, split) if passages[row["parents"][0]]]


def test_training_rows_trace_back_to_the_bytes(workspace: Path) -> None:
    ids = [row["id"] for mix in ("style", "dapt") for row in rows_of(workspace, mix, "train")]
    lineage = Lineage(workspace)
    problems = []
    for row in random.Random(0).sample(sorted(ids), TRACED):
        links = list(lineage.trace(row))
        assert {"row", "passage", "segment", "document", "raw"} == {link.level for link in links}
        problems += [(row, link.level, link.id, link.problems) for link in links if link.problems]
    assert problems == []
