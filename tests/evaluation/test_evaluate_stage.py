"""The stage from files to files: what it writes for three adapters, and what it refuses."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from builders import passage

from twainbot.evaluation.metrics import METRICS
from twainbot.files import InputError, read_json, read_jsonl, write_jsonl, write_parquet
from twainbot.records import PASSAGE
from twainbot.stages.evaluate import main

ROOT = Path(__file__).resolve().parents[2]
CALL = '{"name": "get_weather", "parameters": {"location": "Rome"}}'
TOOL = read_json(ROOT / "data/tools/get_weather.json")


def question(number: int, due: bool) -> dict[str, Any]:
    gold = {
        "call": due,
        "name": "get_weather" if due else "",
        "arguments": {"location": ["Rome"]} if due else {},
    }
    return {
        "id": f"{'call' if due else 'nocall'}-{number}", "kind": "plain", "family": f"f{number}",
        "today": "2025-03-14", "messages": [], "tools": [TOOL], "gold": gold,
    }  # fmt: skip


QUESTIONS = [question(number, number < 8) for number in range(16)]


def silent(prompt: str) -> str:
    return ""


def eager(prompt: str) -> str:
    return CALL if prompt.startswith("call-") else "It is no use to ask me that, for I was not there."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the stages before leave behind: two books a shelf, and adapters of which two never call."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "params.yaml", tmp_path)
    rng = random.Random(1)
    passages = []
    for persona, words in (
        ("twain", ["and", "so"]),
        ("franklin", ["which", "upon"]),
        ("none", ["if", "but"]),
    ):
        for book in ("one", "two"):
            text = " ".join(rng.choice([*words, "river", "."]) for _ in range(400))
            passages.append(passage(text, len(passages), persona=persona, source_id=f"{persona}-{book}"))
    write_parquet("data/tag/passages.parquet", passages, PASSAGE)
    write_jsonl("data/toolcalls/eval_items.jsonl", QUESTIONS)
    for name, nll in (("base", 300.0), ("style", 200.0), ("combined", 150.0)):
        answer(name, eager if name == "combined" else silent, ["twain", "franklin"])
        write_jsonl(
            f"data/likelihoods/{name}.jsonl",
            [
                {"id": f"row-{n}", "family": f"book/{n}", "nll": nll + n, "n_tokens": 50, "n_bytes": 200}
                for n in range(8)
            ],
        )
    return tmp_path


def answer(name: str, model: Callable[[str], str], personas: list[str]) -> None:
    prompts = [*(f"style-{n:03d}/{p}" for p in personas for n in range(3)), *(q["id"] for q in QUESTIONS)]
    write_jsonl(f"data/generations/{name}.jsonl", [{"prompt_id": p, "text": model(p)} for p in prompts])


def test_metrics_differences_and_gates(folder: Path) -> None:
    main()
    found = read_json("metrics/evaluate.json")
    shown = {metric.name for metric in METRICS} - {"other_tool"}  # no question wants another tool
    assert set(found["adapters"]["combined"]) == shown
    # The base attempts nothing, so that its precision, and a difference from it, have no value.
    assert set(found["adapters"]["base"]) == set(found["differences"]["combined-base"])
    assert set(found["adapters"]["base"]) == shown - {"call_precision"}
    assert found["adapters"]["combined"]["schema_valid"]["value"] == 1
    assert found["differences"]["combined-base"]["schema_valid"] == {
        "value": 1.0, "low": 1.0, "high": 1.0, "n": 8, "clusters": 8, "changed": 8,
    }  # fmt: skip
    restraint = found["differences"]["combined-base"]["restraint"]
    assert (restraint["value"], restraint["changed"]) == (0.0, 0)
    assert found["differences"]["style-base"]["perplexity"]["value"] < 0
    # Eight of eight gives 1 / (1 + 2.706 / 8) = 0.747 at best: too few to pass, and no reason to fail.
    assert {gate["verdict"] for gate in found["gates"].values()} == {"INCONCLUSIVE"}
    assert found["gates"]["schema_valid"]["low"] == pytest.approx(0.747, abs=1e-3)
    assert set(found["style_classifier"]) == {"twain", "franklin"}


def test_every_scored_item_can_be_looked_up(folder: Path) -> None:
    main()
    items = read_jsonl("data/evaluate/items.jsonl")
    wrong = [
        i["item"] for i in items if (i["adapter"], i["metric"], i["value"]) == ("base", "schema_valid", 0)
    ]
    assert wrong == [q["id"] for q in QUESTIONS if q["gold"]["call"]]


def test_a_voice_without_a_metric_is_named(folder: Path) -> None:
    for name in ("base", "style", "combined"):
        answer(name, silent, ["twain", "hamlet"])
    with pytest.raises(InputError, match="no metric for the voice of hamlet"):
        main()


def test_a_shelf_of_one_book_is_too_few(folder: Path) -> None:
    only = [passage("so and so . " * 100, n, persona=p, source_id=p) for n, p in enumerate(("twain", "none"))]
    write_parquet("data/tag/passages.parquet", only, PASSAGE)
    with pytest.raises(InputError, match="two books"):
        main()
