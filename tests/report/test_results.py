import json

import pytest

from twainbot.files import InputError, write_json
from twainbot.report.results import LONGEST_STRING, collect, results_markdown


def test_collect_gathers_figures_and_no_texts(run_folder, evaluate):
    write_json(
        run_folder / "metrics/fetch.json",
        {"files": 3, "note": "x" * (LONGEST_STRING + 1), "list": ["y" * 999, "ok"]},
    )
    found = collect(run_folder)
    assert found["counts"]["fetch"] == {"files": 3, "list": ["ok"]}
    assert found["counts"]["train_style"]["steps"] == 30
    assert set(found) == {"evaluate", "counts"} and "evaluate" not in found["counts"]
    assert found["evaluate"]["gates"]["restraint"]["n_needed"] == evaluate["gates"]["restraint"]["n_needed"]
    assert json.loads(json.dumps(found)) == found


def test_collect_needs_an_evaluation(tmp_path):
    with pytest.raises(InputError, match=r"evaluate\.json does not exist.*dvc repro"):
        collect(tmp_path)


def test_the_document_is_made_of_the_run_s_figures(run_folder):
    found = collect(run_folder)
    text = results_markdown(found["evaluate"], found["counts"], "Results: sample")
    assert text == results_markdown(found["evaluate"], found["counts"], "Results: sample")
    lines = text.splitlines()
    assert lines[0] == "# Results: sample"
    assert [line for line in lines if line.startswith("## ")] == [
        "## Gates",
        "## Before and after",
        "## What the sample can decide",
        "## Style classifier",
        "## Training",
        "## Counts",
        "## Rows by split",
        "## Gates of the training rows",
        "## Rejects",
        "## Measures",
    ]
    assert (
        "| restraint | Restraint | at least 95.0 % | 91.0 % | [86.0, 96.0] | 120 | 1,400 | **INCONCLUSIVE** |"
        in lines
    )
    assert (
        "| Bits per byte (lower is better) | 2.100 bits [2.000, 2.200] | 1.610 bits [1.530, 1.690] "
        "| 1.640 bits [1.560, 1.720] | – | −0.460 bits [−0.560, −0.360] **better** | 200 |" in lines
    )
    assert "| clean | too_short | 44 |" in lines
    assert "| split_share | FAIL | share of <x> | 0.2232 | at least 0.25 |" in lines
    stages = [
        line.split(" | ")[0]
        for line in lines[lines.index("## Counts") + 4 : lines.index("## Rows by split") - 1]
    ]
    assert list(dict.fromkeys(stages)) == [
        "| parse",
        "| clean",
        "| dedupe",
        "| tag",
        "| toolcalls",
        "| instruct",
        "| split",
    ]
    trained = [
        line.split(" | ")[0] for line in lines[lines.index("## Training") + 4 : lines.index("## Counts") - 1]
    ]
    assert trained == ["| dapt", "| style", "| combined"]
    assert "| style | 140 | 20 | 20 |" in lines


def test_tables_are_rectangular_whatever_the_names(evaluate):
    evaluate["gates"]["a|b\nc"] = {"verdict": "FAIL", "metric": "x|y"}
    text = results_markdown(evaluate, {"clean": {"rejects": {"a|b": 1}}}, "T")
    for table in text.split("\n\n"):
        widths = {line.replace("\\|", "").count("|") for line in table.splitlines() if line.startswith("|")}
        assert len(widths) <= 1


def test_nothing_evaluated_is_a_document_without_tables():
    assert "|" not in results_markdown({}, {}, "T")
