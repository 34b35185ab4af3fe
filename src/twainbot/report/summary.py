"""evaluate.json as rows of ready-written cells, the same for the page and for docs/results.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twainbot.report.measures import (
    MISSING,
    Estimate,
    Measure,
    change,
    estimate,
    finite,
    interval,
    measure,
    n_to_decide,
    ordered,
    plain,
    reading,
    written,
)

ADAPTERS = ("base", "style", "combined")
MAIN_DIFFERENCE = "combined-base"
_VERDICTS = ("PASS", "FAIL", "INCONCLUSIVE")


@dataclass(frozen=True)
class Gate:
    name: str
    measure: Measure
    verdict: str
    target: str
    value: str
    interval: str
    n: str
    n_needed: str


@dataclass(frozen=True)
class Cell:
    """One figure: its text, its interval's text, n, and for differences the reading."""

    value: str
    interval: str = ""
    n: str = ""
    reading: str = ""


@dataclass(frozen=True)
class Row:
    """A measure across adapters and differences; keys as in evaluate.json."""

    measure: Measure
    adapters: dict[str, Cell]
    differences: dict[str, Cell]


@dataclass(frozen=True)
class Resolution:
    """What the sample can tell about one measure."""

    measure: Measure
    n: str
    clusters: str
    half_width: str  # of the last adapter's value
    difference_half_width: str
    difference: str
    reading: str
    n_to_decide: str


def count(value: Any) -> str:
    """A whole number with thousands separators, or a dash."""
    number = finite(value)
    return MISSING if number is None else f"{int(number):,}"


def gates(evaluate: Mapping[str, Any]) -> list[Gate]:
    """The gates in the file's order. ``target`` carries the direction: at least, at most."""
    result = []
    for name, gate in evaluate.get("gates", {}).items():
        of = measure(str(gate.get("metric", name)))
        found = estimate(gate)
        target = gate.get("target")
        bound = {"higher": "at least ", "lower": "at most ", None: ""}[of.better]
        result.append(
            Gate(
                name=name.replace("_", " "),
                measure=of,
                verdict=gate.get("verdict") if gate.get("verdict") in _VERDICTS else "INCONCLUSIVE",
                target=str(target) if finite(target) is None else bound + written(of, finite(target)),
                value=written(of, found.value if found else None),
                interval=interval(of, found),
                n=count(gate.get("n")),
                n_needed=count(gate.get("n_needed")),
            )
        )
    return result


def adapters(evaluate: Mapping[str, Any]) -> list[str]:
    """The adapters that were evaluated, the known ones first and in the order of training."""
    present = set(evaluate.get("adapters", {}))
    return [*(name for name in ADAPTERS if name in present), *sorted(present - set(ADAPTERS))]


def differences(evaluate: Mapping[str, Any]) -> list[str]:
    """The differences that were computed, the main one last, as the rightmost column."""
    present = set(evaluate.get("differences", {}))
    return sorted(present, key=lambda name: (name == MAIN_DIFFERENCE, name))


def difference_label(name: str) -> str:
    return " − ".join(name.split("-"))


def estimates(evaluate: Mapping[str, Any], group: str, name: str) -> dict[str, Estimate]:
    """The usable estimates of one adapter or difference by measure."""
    found = {key: estimate(raw) for key, raw in evaluate.get(group, {}).get(name, {}).items()}
    return {key: value for key, value in found.items() if value}


def measures(evaluate: Mapping[str, Any]) -> list[Measure]:
    """Every measure that has a figure anywhere."""
    groups = (("adapters", adapters(evaluate)), ("differences", differences(evaluate)))
    return ordered(
        {key for group, names in groups for name in names for key in estimates(evaluate, group, name)}
    )


def _value_cell(of: Measure, found: Estimate | None) -> Cell:
    if found is None:
        return Cell(MISSING)
    return Cell(written(of, found.value), interval(of, found), count(found.n))


def _difference_cell(of: Measure, found: Estimate | None) -> Cell:
    if found is None:
        return Cell(MISSING)
    return Cell(change(of, found.value), interval(of, found, signed=True), count(found.n), reading(of, found))


def before_after(evaluate: Mapping[str, Any]) -> list[Row]:
    """One row a measure: a cell for each adapter and for each difference."""
    values = {name: estimates(evaluate, "adapters", name) for name in adapters(evaluate)}
    changes = {name: estimates(evaluate, "differences", name) for name in differences(evaluate)}
    return [
        Row(
            of,
            {name: _value_cell(of, found.get(of.key)) for name, found in values.items()},
            {name: _difference_cell(of, found.get(of.key)) for name, found in changes.items()},
        )
        for of in measures(evaluate)
    ]


def resolution(evaluate: Mapping[str, Any]) -> list[Resolution]:
    """For each measure: n, half-widths, and the n at which the difference would be told from zero."""
    last = adapters(evaluate)[-1:]
    values = estimates(evaluate, "adapters", last[0]) if last else {}
    changes = estimates(evaluate, "differences", MAIN_DIFFERENCE)
    result = []
    for of in measures(evaluate):
        value, difference = values.get(of.key), changes.get(of.key)
        known = difference or value
        told = reading(of, difference)
        needed = n_to_decide(difference) if told == "cannot tell" else None
        result.append(
            Resolution(
                measure=of,
                n=count(known.n if known else None),
                clusters=count(known.clusters if known else None),
                half_width=_half_width(of, value),
                difference_half_width=_half_width(of, difference),
                difference=change(of, difference.value if difference else None),
                reading=told or MISSING,
                n_to_decide=count(needed) if needed else MISSING,
            )
        )
    return result


def _half_width(of: Measure, found: Estimate | None) -> str:
    if found is None or found.half_width is None:
        return MISSING
    return "± " + plain(of, found.half_width) + (" points" if of.unit == "percent" else "")


def headline(evaluate: Mapping[str, Any]) -> list[str]:
    """Two sentences: how many gates pass, and what the main difference says."""
    sentences = []
    if verdicts := Counter(gate.verdict for gate in gates(evaluate)):
        parts = [f"{verdicts[v]} {v}" for v in _VERDICTS if verdicts[v]]
        sentences.append(f"Gates: {', '.join(parts)}.")
    rows = [row for row in before_after(evaluate) if MAIN_DIFFERENCE in row.differences]
    told = Counter(row.differences[MAIN_DIFFERENCE].reading for row in rows if row.measure.better)
    if sum(told.values()) > told[""]:
        sentences.append(
            f"Against the base, the combined adapter is better on {told['better']} measures and worse on "
            f"{told['worse']}; on {told['cannot tell']} this sample cannot tell."
        )
    return sentences


CLASSIFIER_COLUMNS = {
    "held_out": "Balanced accuracy, whole books held out",
    "random": "Balanced accuracy, random split (flatters)",
    "auc": "AUC, held out",
    "brier": "Brier score",
    "folds": "Folds",
    "texts": "Texts",
    "books": "Books",
}


def classifiers(evaluate: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Persona and the cells of :data:`CLASSIFIER_COLUMNS`; whole numbers where the file has them."""

    def cell(value: Any) -> str:
        return (
            count(value) if isinstance(value, int) else MISSING if finite(value) is None else f"{value:.3f}"
        )

    found = evaluate.get("style_classifier") or {}
    return [
        (persona, [cell(row.get(key)) for key in CLASSIFIER_COLUMNS])
        for persona, row in sorted(found.items())
        if isinstance(row, Mapping)
    ]
