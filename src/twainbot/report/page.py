"""The report: one HTML page that needs nothing from elsewhere, and its plots as PNG.

The same inputs give the same bytes: there is no clock, no version and no path of a machine in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from twainbot.report import dag, figures, row_figures, rows, summary
from twainbot.report.conversations import sample
from twainbot.report.counts import SPLITS, count_rows, reject_rows, split_rows
from twainbot.report.inputs import CrossTable, Inputs
from twainbot.report.measures import MEASURES, finite
from twainbot.report.templates import page_templates

CONVERSATIONS = 10
BESIDE = ("base", "combined")


@dataclass(frozen=True)
class Facts:
    """What the title line says about the run."""

    corpus: str
    base: str
    resamples: int  # of each bootstrap interval


@dataclass(frozen=True)
class Page:
    html: str
    plots: dict[str, bytes]  # PNG by name


@dataclass(frozen=True)
class Table:
    """A table of counts: columns, and rows of a name and its cells; zero is an empty cell."""

    name: str
    columns: list[str]
    rows: list[tuple[str, list[str]]]


def build_page(inputs: Inputs, facts: Facts) -> Page:
    """The page and the plots of a run."""
    rejected = reject_rows(inputs.counts)
    stages = dag.read_stages(inputs.dvc)
    drawings = [
        figures.loss(inputs.losses),
        figures.before_after(inputs.evaluate),
        figures.rejects(rejected),
        figures.tags(inputs.tags),
        row_figures.style_rows(rows.persona_by_template(inputs.rows)),
        row_figures.tool_rows(rows.scenarios(inputs.rows), rows.flaws(inputs.rows)),
    ]
    compared = summary.before_after(inputs.evaluate)
    shown = {row.measure.key for row in compared}
    template = page_templates().get_template("page.html.jinja")
    html = template.render(
        facts=facts,
        headline=summary.headline(inputs.evaluate),
        gates=summary.gates(inputs.evaluate),
        adapters=summary.adapters(inputs.evaluate),
        differences=[(name, summary.difference_label(name)) for name in summary.differences(inputs.evaluate)],
        rows=compared,
        resolution=summary.resolution(inputs.evaluate),
        classifier_columns=list(summary.CLASSIFIER_COLUMNS.values()),
        classifiers=summary.classifiers(inputs.evaluate),
        training=training_rows(inputs),
        counts=count_rows(inputs.counts),
        splits=SPLITS,
        split_rows=split_rows(inputs.counts.get("split", {})),
        rejects=[
            (stage, reason, n, inputs.examples.get((stage, reason), [])) for stage, reason, n in rejected
        ],
        tags=[cross_table(tag, table) for tag, table in inputs.tags.items()],
        row_gates=rows.gate_rows(inputs.gate),
        row_samples=rows.samples(inputs.rows),
        stages=stages,
        dag=Markup(dag.draw(stages)),
        conversations=sample(inputs.generations, BESIDE, CONVERSATIONS),
        measures=[m for m in MEASURES if m.key in shown],
        figures={drawing.name: Markup(drawing.svg) for drawing in drawings},
    )
    return Page(html, {drawing.name: drawing.png for drawing in drawings if drawing.png})


def training_rows(inputs: Inputs) -> list[tuple[str, list[str]]]:
    """Adapter and the cells of the training table; what a run did not record is a dash."""

    def loss(value: object) -> str:
        number = finite(value)
        return summary.MISSING if number is None else f"{number:.3f}"

    return [
        (
            name,
            [
                loss(found.get("val_loss_first")),
                loss(found.get("val_loss_best")),
                *(
                    summary.count(found.get(key))
                    for key in ("best_step", "steps", "rows", "tokens", "learned_tokens")
                ),
            ],
        )
        for name, found in inputs.training.items()
    ]


def cross_table(tag: str, table: CrossTable) -> Table:
    """Persona by value of the tag, with sums; the most frequent values first."""
    totals: dict[str, int] = {}
    for row in table.values():
        for value, n in row.items():
            totals[value] = totals.get(value, 0) + n
    values = sorted(totals, key=lambda value: (-totals[value], value))
    rows = [
        (persona, [f"{row[v]:,}" if v in row else "" for v in values] + [f"{sum(row.values()):,}"])
        for persona, row in table.items()
    ]
    sums = ("all", [f"{totals[v]:,}" for v in values] + [f"{sum(totals.values()):,}"])
    return Table(tag, [*values, "all"], [*rows, sums])
