"""Whether tool rows are many conversations or one with other names in it."""

from __future__ import annotations

from collections import Counter

from twainbot.dataset.diversity import distinct_ngrams
from twainbot.dataset.gates.material import Material, Row
from twainbot.dataset.gates.result import GateResult, Offender, share
from twainbot.dataset.sampling import draw
from twainbot.sections.rows import Gate
from twainbot.text.normalize import words


def opening(row: Row, size: int) -> str:
    """The first ``size`` words of the user's first turn."""
    first = next((str(m["content"]) for m in row["messages"] if m["role"] == "user"), "")
    return " ".join(words(first)[:size])


def openings(material: Material, budgets: Gate) -> GateResult:
    """The largest share of the tool rows whose users begin with the same words."""
    rows = list(material.rows("tools"))
    found = [opening(row, budgets.opening_words) for _, row in rows]
    counted = Counter(found)
    common = {text for text, count in counted.items() if share(count, len(rows)) > budgets.max_opening_share}
    bad = tuple(
        Offender(row["id"], where, f"{counted[text]} conversations begin: {text}")
        for (where, row), text in zip(rows, found, strict=True)
        if text in common
    )
    return GateResult(
        "openings", f"largest share of tool rows with one opening of {budgets.opening_words} words",
        share(max(counted.values(), default=0), len(rows)), "at most", budgets.max_opening_share, bad,
    )  # fmt: skip


def distinct_2(texts: list[str]) -> float:
    """:func:`~twainbot.dataset.diversity.distinct_ngrams` of pairs of bare words; figures come apart."""
    return distinct_ngrams(texts, split=words)


def diversity(material: Material, budgets: Gate) -> GateResult:
    """distinct-2 of a seeded sample of the final answers of tool rows."""
    rows = sorted(
        (row for _, row in material.rows("tools")),
        key=lambda row: draw(material.seed, "diversity", row["id"]),
    )[: budgets.diversity_answers]
    answers = [str(row["messages"][-1]["content"]) for row in rows]
    value = distinct_2(answers)
    tails = Counter(" ".join(words(answer)[-2:]) for answer in answers)
    common = [
        Offender(f'"{tail}"', "tools", f"ends {count} of {len(answers)} answers")
        for tail, count in tails.most_common(10)
        if value < budgets.min_distinct_2
    ]
    return GateResult(
        "diversity", f"distinct-2 of {budgets.diversity_answers} final answers of tool rows", value,
        "at least", budgets.min_distinct_2, tuple(common),
    )  # fmt: skip
