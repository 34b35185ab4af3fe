"""All gates, in the order in which they are printed, and the table of what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from twainbot.dataset.gates import amounts, content, form, leaks, pairs, variety
from twainbot.dataset.gates.material import Material
from twainbot.dataset.gates.result import GateResult
from twainbot.sections.rows import Gate

GATES: Mapping[str, Callable[[Material, Gate], GateResult]] = {
    "counts": amounts.counts,
    "split_share": amounts.split_share,
    "families": leaks.families,
    "format": form.row_form,
    "schema": form.call_schema,
    "grounded": content.grounded,
    "safety": content.safety,
    "sexual": content.sexual_share,
    "shared_words": leaks.shared_words,
    "shared_copies": leaks.shared_copies,
    "evaluation": leaks.shared_evaluation,
    "duplicates": leaks.duplicates,
    "dropped": content.dropped,
    "answer_length": content.answer_length,
    "cut_answers": content.cut_answers,
    "synthetic": amounts.synthetic_share,
    "persona_balance": amounts.persona_balance,
    "persona_share": amounts.persona_share,
    "template_share": amounts.template_share,
    "scenario_share": amounts.scenario_share,
    "openings": variety.openings,
    "diversity": variety.diversity,
    "pairs": pairs.pairs_differ,
    "flaws": pairs.flaws,
}
HEADER = ("gate", "measured", "value", "budget", "verdict", "offenders")


def check(material: Material, budgets: Gate) -> list[GateResult]:
    """Every gate's result, in the order of :data:`GATES`.

    Malformed rows break the gate ``format`` and are out of sight of the others, which could not read them.
    """
    form_result = form.row_form(material, budgets)
    sound = material.without(form_result.offenders)
    return [form_result if gate is form.row_form else gate(sound, budgets) for gate in GATES.values()]


def table(summaries: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """The rows of the printed table below :data:`HEADER`, from the results' summaries by gate."""
    return [
        (
            name,
            str(gate["measured"]),
            _figure(gate["value"]),
            f"{gate['bound']} {_figure(gate['budget'])}",
            "PASS" if gate["passed"] else "FAIL",
            str(gate["offenders"]),
        )
        for name, gate in summaries.items()
    ]


def _figure(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def text_table(rows: Sequence[tuple[str, ...]], header: tuple[str, ...] = HEADER) -> str:
    """The table in columns of plain text."""
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    )
    return "\n".join(lines)
