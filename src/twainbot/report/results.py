"""The figures of a run in forms that are committed: one JSON object, and docs/results.md made from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from twainbot.files import InputError, read_json
from twainbot.report import summary
from twainbot.report.counts import count_rows, reject_rows, split_rows
from twainbot.report.inputs import DATA_STAGES, TRAINED
from twainbot.report.measures import MEASURES, finite
from twainbot.report.rows import gate_rows

LONGEST_STRING = 120  # of a verdict, name or method; anything longer could be somebody's text


def collect(root: Path) -> dict[str, Any]:
    """The metrics of the run under ``root``: ``{"evaluate": ..., "counts": {stage: ...}}``.

    ``counts`` holds every other file of ``metrics/`` by its stem, ``train_*`` included. Strings longer
    than :data:`LONGEST_STRING` are left out: a result file holds figures and no text of a corpus.

    Raises:
        InputError: there is no evaluation.
    """
    files = {path.stem: path for path in sorted((root / "metrics").glob("*.json"))}
    if "evaluate" not in files:
        raise InputError(f"{root / 'metrics/evaluate.json'} does not exist. Run `dvc repro` first.")
    found = {name: _figures(read_json(path)) for name, path in files.items()}
    return {"evaluate": found.pop("evaluate"), "counts": found}


def _figures(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _figures(item) for key, item in value.items() if not _is_text(item)}
    if isinstance(value, list):
        return [_figures(item) for item in value if not _is_text(item)]
    return value


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) > LONGEST_STRING


def results_markdown(evaluate: Mapping[str, Any], counts: Mapping[str, Mapping[str, Any]], title: str) -> str:
    """A Markdown document of tables; the arguments are those of :func:`collect`'s result."""
    note = "brackets are 95 % intervals, for gates the two one-sided bounds."
    parts = [f"# {title}", "", f"Generated from the run's metrics; {note}"]
    parts += ["", *summary.headline(evaluate)]
    parts += _section(
        "Gates",
        ["Gate", "Measure", "Target", "Value", "Interval", "n", "n needed", "Verdict"],
        [
            [g.name, g.measure.label, g.target, g.value, g.interval, g.n, g.n_needed, f"**{g.verdict}**"]
            for g in summary.gates(evaluate)
        ],
    )
    names, changes = summary.adapters(evaluate), summary.differences(evaluate)
    parts += _section(
        "Before and after",
        ["Measure", *names, *(summary.difference_label(name) for name in changes), "n"],
        [
            [
                f"{row.measure.label}{_direction(row.measure.better)}",
                *(_joined(row.adapters[name]) for name in names),
                *(_joined(row.differences[name]) for name in changes),
                next((c.n for c in [*row.adapters.values(), *row.differences.values()] if c.n), ""),
            ]
            for row in summary.before_after(evaluate)
        ],
    )
    parts += _section(
        "What the sample can decide",
        [
            "Measure",
            "n",
            "Clusters",
            "Half-width of a value",
            "Half-width of the difference",
            "Reading",
            "n to decide, roughly",
        ],
        [
            [
                r.measure.label,
                r.n,
                r.clusters,
                r.half_width,
                r.difference_half_width,
                r.reading,
                r.n_to_decide,
            ]
            for r in summary.resolution(evaluate)
        ],
    )
    parts += _section(
        "Style classifier",
        ["Persona", *summary.CLASSIFIER_COLUMNS.values()],
        [[persona, *cells] for persona, cells in summary.classifiers(evaluate)],
    )
    parts += _section("Training", *_training(counts))
    parts += _section("Counts", ["Stage", "What", "Count"], [list(row) for row in count_rows(_data(counts))])
    parts += _section(
        "Rows by split",
        ["Mix", "train", "val", "test"],
        [list(row) for row in split_rows(counts.get("split", {}))],
    )
    parts += _section(
        "Gates of the training rows",
        ["Gate", "Verdict", "Measured", "Value", "Budget"],
        [
            [row.name, row.verdict, row.measured, row.value, row.budget]
            for row in gate_rows(counts.get("gate", {}))
        ],
    )
    parts += _section(
        "Rejects",
        ["Stage", "Reason or source", "Records"],
        [[s, r, f"{n:,}"] for s, r, n in reject_rows(_data(counts))],
    )
    present = {row.measure.key for row in summary.before_after(evaluate)}
    parts += _section(
        "Measures",
        ["Measure", "Meaning", "Limit"],
        [[m.label, m.meaning, m.limit] for m in MEASURES if m.key in present],
    )
    return "\n".join(parts) + "\n"


def _data(counts: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The data stages in the pipeline's order, then any others but the gate, whose table is its own."""
    order = [stage for stage in ("fetch", *DATA_STAGES) if stage in counts]
    others = [stage for stage in counts if stage not in (*order, "gate") and not stage.startswith("train_")]
    return {stage: counts[stage] for stage in [*order, *others]}


def _direction(better: str | None) -> str:
    return f" ({better} is better)" if better else ""


def _joined(cell: summary.Cell) -> str:
    reading = f"**{cell.reading}**" if cell.reading in ("better", "worse") else cell.reading
    return " ".join(part for part in (cell.value, cell.interval, reading) if part)


def _training(counts: Mapping[str, Mapping[str, Any]]) -> tuple[list[str], list[list[str]]]:
    """One row an adapter, one column a number of its metrics."""
    names = [stage.removeprefix("train_") for stage in counts if stage.startswith("train_")]
    order = [*(name for name in TRAINED if name in names), *(name for name in names if name not in TRAINED)]
    found = {name: counts[f"train_{name}"] for name in order}
    keys = list(dict.fromkeys(key for row in found.values() for key in row if finite(row[key]) is not None))
    rows = [[name, *(number(row.get(key)) for key in keys)] for name, row in found.items()]
    return ["Adapter", *(key.replace("_", " ") for key in keys)], rows


def number(value: Any) -> str:
    """A whole number with separators, another with four significant digits."""
    return summary.count(value) if isinstance(value, int) or finite(value) is None else f"{value:.4g}"


def _section(heading: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A heading and a table, or nothing if there are no rows."""
    if not rows:
        return []
    lines = [columns, ["---"] * len(columns), *rows]
    return ["", f"## {heading}", "", *("| " + " | ".join(map(_cell, line)) + " |" for line in lines)]


def _cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")
