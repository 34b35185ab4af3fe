"""``twainbot report``: the headline figures as a table, and the dated results under docs/."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from twainbot.files import InputError, atomic_file, read_json, write_json
from twainbot.report.marks import with_block

EVALUATION = Path("metrics/evaluate.json")
PAGE = Path("data/report/index.html")
BEFORE, AFTER = "base", "combined"


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows as columns two blanks apart: the first and the last to the left, numbers to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    last = len(widths) - 1
    lines = (
        "  ".join(
            cell.ljust(width) if i in (0, last) else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def headline(evaluation: Mapping[str, Any]) -> str:
    """Measure, base, combined, their paired difference with its interval, the verdict; then the gates.

    The figures are written as on the report's page.

    Raises:
        InputError: the two adapters or their difference are not among the results.
    """
    from twainbot.report import summary

    change = f"{AFTER}-{BEFORE}"
    there = {*evaluation.get("adapters", {}), *evaluation.get("differences", {})}
    if missing := [name for name in (BEFORE, AFTER, change) if name not in there]:
        raise InputError(f"{EVALUATION}: no results for {', '.join(missing)}. `dvc repro` writes them.")
    rows = [("measure", BEFORE, AFTER, "difference [95 % interval]", "verdict")]
    for row in summary.before_after(evaluation):
        difference = row.differences[change]
        told = f"{difference.value} {difference.interval}".strip()
        values = (row.adapters[BEFORE].value, row.adapters[AFTER].value)
        rows.append((row.measure.label, *values, told, difference.reading))
    gates = [
        f"gate {gate.name}: {gate.verdict}, {gate.value} {gate.interval}, target {gate.target}"
        for gate in summary.gates(evaluation)
    ]
    return "\n".join([_aligned(rows), *([""] if gates else []), *gates])


def _read_evaluation(root: Path) -> Any:
    path = root / EVALUATION
    if not path.is_file():
        raise InputError(f"{path} does not exist. Run `make run` (or `dvc repro`) first.")
    return read_json(path)


def print_headline(root: Path = Path()) -> None:
    """Print the table and where the whole report lies.

    Raises:
        InputError: there are no results yet.
    """
    print(headline(_read_evaluation(root)))
    page = root / PAGE
    print(
        f"\nThe whole report: {page}"
        if page.is_file()
        else f"\n{page} is not there yet; `dvc repro report` writes it."
    )


def write_results(name: str, root: Path = Path()) -> None:
    """Write the run's figures to docs/results/NAME.json, and docs/results.md anew from all files there.

    Raises:
        InputError: NAME is not a plain word, or there are no results yet.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name):
        raise InputError(
            f"--results {name!r}: use lower-case letters, digits, '.', '-' and '_', for example embedded-cpu."
        )
    from twainbot.report.results import collect, results_markdown

    write_json(root / f"docs/results/{name}.json", collect(root))
    runs = {path.stem: read_json(path) for path in sorted((root / "docs/results").glob("*.json"))}
    page = root / "docs/results.md"
    with atomic_file(page) as temporary:
        sections = [results_markdown(run["evaluate"], run["counts"], title) for title, run in runs.items()]
        temporary.write_text("\n".join(sections), encoding="utf-8")
    print(f"Wrote {root / f'docs/results/{name}.json'} and {page}.")


def with_transcript(readme: str, evaluation: Mapping[str, Any]) -> str:
    """The README with the block between its transcript marks replaced by what `make run` prints.

    Raises:
        InputError: the marks are not there.
    """
    block = f"```\n{headline(evaluation)}\n\nThe whole report: {PAGE}\n```\n"
    return with_block(readme, "transcript", block, "README.md")


def write_transcript(root: Path = Path()) -> None:
    """Put the figures of the last run into README.md.

    Raises:
        InputError: there are no results yet, or README.md lacks the marks.
    """
    path = root / "README.md"
    changed = with_transcript(path.read_text(encoding="utf-8"), _read_evaluation(root))
    with atomic_file(path) as temporary:
        temporary.write_text(changed, encoding="utf-8")
    print(f"Wrote {path}.")
