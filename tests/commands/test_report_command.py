from __future__ import annotations

from pathlib import Path

import pytest

from twainbot.files import read_json, write_json


def interval(value: float, low: float, high: float) -> dict[str, float]:
    return {"value": value, "low": low, "high": high, "n": 120, "clusters": 40}


EVALUATION = {
    "adapters": {
        "base": {"schema_valid": interval(0.1, 0.05, 0.15), "perplexity": interval(30.0, 28.0, 32.0)},
        "combined": {"schema_valid": interval(0.97, 0.94, 0.99), "perplexity": interval(29.0, 27.0, 31.0)},
    },
    "differences": {
        "combined-base": {
            "schema_valid": interval(0.87, 0.8, 0.93),
            "perplexity": interval(-1.0, -2.5, 0.5),
        }
    },
    "gates": {"schema_valid": {"verdict": "INCONCLUSIVE", "target": 0.95, **interval(0.97, 0.94, 0.99)}},
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_json("metrics/evaluate.json", EVALUATION)
    return tmp_path


def test_the_headline_is_aligned_and_carries_verdicts(twainbot, root, capsys):
    assert twainbot("report") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:3] == ["measure", "base", "combined"]
    assert lines[1].startswith("Valid calls")
    assert lines[1].endswith("better")
    assert "10.0 %" in lines[1]
    assert "97.0 %" in lines[1]
    assert "[+80.0, +93.0]" in lines[1]
    assert lines[2].endswith("cannot tell")
    starts = {line.index(word) for line, word in zip(lines, ("verdict", "better", "cannot"), strict=False)}
    assert len(starts) == 1
    assert any(line.startswith("gate schema valid: INCONCLUSIVE") for line in lines)
    assert "data/report/index.html is not there yet" in lines[-1]


def test_the_page_is_named_when_it_is_there(twainbot, root, capsys):
    (root / "data/report").mkdir(parents=True)
    (root / "data/report/index.html").touch()
    assert twainbot("report") == 0
    assert capsys.readouterr().out.endswith("The whole report: data/report/index.html\n")


def test_results_are_written(twainbot, root):
    assert twainbot("report", "--results", "embedded-cpu") == 0
    assert read_json("docs/results/embedded-cpu.json")["evaluate"]["gates"]["schema_valid"]["target"] == 0.95
    assert Path("docs/results.md").read_text(encoding="utf-8").startswith("# embedded-cpu\n")


def test_a_results_name_stays_in_its_folder(twainbot, root, capsys):
    assert twainbot("report", "--results", "../elsewhere") == 1
    assert "use lower-case letters" in capsys.readouterr().err
    assert not Path("docs").exists()


def test_without_results(twainbot, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert twainbot("report") == 1
    assert "metrics/evaluate.json does not exist. Run `make run`" in capsys.readouterr().err


def test_results_without_the_adapter(twainbot, root, capsys):
    write_json("metrics/evaluate.json", {"adapters": {"base": {}}, "differences": {}})
    assert twainbot("report") == 1
    assert "no results for combined, combined-base" in capsys.readouterr().err
