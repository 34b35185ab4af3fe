"""Figures in documents come from committed JSON, links lead somewhere, and an index names every file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from workspace import benchmark

from twainbot.commands.report import with_transcript
from twainbot.corpus.sources import load_sources
from twainbot.dataset.gates.suite import GATES
from twainbot.dataset.style.templates import TEMPLATES
from twainbot.files import InputError, read_json
from twainbot.params import load_params
from twainbot.records import CallScenario, Flaw, NoCallScenario
from twainbot.report.card import data_card
from twainbot.report.results import results_markdown


def test_the_plan_for_scale_is_made_from_the_measurement(at_root: Path) -> None:
    scale = benchmark("scale")
    plan = (at_root / "docs/corpus/scale.md").read_text(encoding="utf-8")
    assert scale.with_table(plan, read_json(at_root / "benchmarks/results/scale.json")) == plan


def test_the_table_of_memory_is_made_from_the_measurement(at_root: Path) -> None:
    page = (at_root / "docs/training.md").read_text(encoding="utf-8")
    results = read_json(at_root / "benchmarks/results/preflight.json")
    assert benchmark("preflight").with_table(page, results) == page


def test_the_readmes_transcript_is_what_the_committed_metrics_print(at_root: Path) -> None:
    readme = (at_root / "README.md").read_text(encoding="utf-8")
    assert with_transcript(readme, read_json(at_root / "metrics/evaluate.json")) == readme


def test_results_are_made_from_the_committed_runs(at_root: Path) -> None:
    runs = {path.stem: read_json(path) for path in sorted((at_root / "docs/results").glob("*.json"))}
    assert runs
    sections = [results_markdown(run["evaluate"], run["counts"], title) for title, run in runs.items()]
    assert (at_root / "docs/results.md").read_text(encoding="utf-8") == "\n".join(sections)


def test_the_data_card_is_made_from_the_committed_metrics(at_root: Path) -> None:
    card, metrics = at_root / "docs/data_card.md", at_root / "metrics/gate.json"
    if not card.exists():
        pytest.skip("the gate stage has not written docs/data_card.md yet")
    corpus = load_params().corpus.name
    stages = {name: read_json(at_root / f"metrics/{name}.json") for name in ("clean", "dedupe", "split")}
    sources = load_sources("data/sources.yaml", corpus)
    assert card.read_text(encoding="utf-8") == data_card(corpus, sources, read_json(metrics), stages)


def test_links_of_the_documents_lead_somewhere(at_root: Path) -> None:
    documents = [*at_root.glob("*.md"), *at_root.glob("docs/**/*.md"), *at_root.glob("benchmarks/*.md")]
    links = [
        (document.relative_to(at_root), link)
        for document in documents
        for link in re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text(encoding="utf-8"))
    ]
    assert links
    assert [(document, link) for document, link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize(
    ("index", "listed"),
    [("docs/corpus/README.md", "docs/corpus/*.md"), ("benchmarks/README.md", "benchmarks/results/*.json"),
     ("benchmarks/README.md", "benchmarks/*.py")],
)  # fmt: skip
def test_an_index_names_every_file(at_root: Path, index: str, listed: str) -> None:
    text = (at_root / index).read_text(encoding="utf-8")
    names = {path.name for path in at_root.glob(listed)} - {"README.md"}
    assert names
    assert sorted(name for name in names if name not in text) == []


def test_the_page_on_training_rows_names_every_kind_of_them(at_root: Path) -> None:
    page = (at_root / "docs/rows.md").read_text(encoding="utf-8")
    scenarios = [*get_args(CallScenario), *get_args(NoCallScenario)]
    names = [*TEMPLATES, "plain", "refuse", *scenarios, *get_args(Flaw), *GATES]
    listed = {name for row in re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE) for name in row.split(", ")}
    assert sorted({*names} - listed) == []


def test_a_readme_without_marks_is_refused() -> None:
    evaluation = {"adapters": {"base": {}, "combined": {}}, "differences": {"combined-base": {}}}
    with pytest.raises(InputError, match="transcript:begin"):
        with_transcript("# twainbot", evaluation)
