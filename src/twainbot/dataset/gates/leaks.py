"""What training shares with validation, test and the evaluation prompts, and rows that are there twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from twainbot.dataset.contamination import Said, Shared, near_copies, said, shared_ngrams
from twainbot.dataset.gates.material import MIXES, SPLITS, Material, Row, trained_text
from twainbot.dataset.gates.result import GateResult, Offender, rows_within, share
from twainbot.sections.rows import Gate
from twainbot.text.normalize import words


def _side(material: Material, split: str) -> dict[Said, str]:
    """What the rows of one split say, each once, with the file that it is in.

    Of all mixes together: an adapter is trained on one after the other.
    """
    sides: dict[Said, str] = {}
    for where, row in material.rows(*MIXES, splits=(split,)):
        sides.setdefault(said(row), where)
    return sides


def _blame(found: Iterable[Shared], rows: Mapping[Said, str], what: str) -> list[Offender]:
    where = {row.id: file for row, file in rows.items()}
    return [Offender(s.id, where[s.id], f"{what} {s.other}: {s.text}", s.text) for s in found]


def _across(
    material: Material, what: str, compare: Callable[[list[Said], list[Said]], list[Shared]]
) -> list[Offender]:
    train, val, test = (_side(material, split) for split in SPLITS)
    return [
        *_blame(compare([*train], [*val, *test]), train, what),
        *_blame(compare([*val], [*test]), val, what),
    ]


def shared_words(material: Material, budgets: Gate) -> GateResult:
    """Training and validation rows with some words in a row that a later side has as well, in any mix."""
    size = budgets.ngram_words
    bad = _across(material, "shares words with", lambda rows, other: shared_ngrams(rows, other, size))
    return rows_within(
        "shared_words",
        f"rows with {size} words in a row of another split",
        bad,
        budgets.max_contaminated_rows,
    )


def shared_copies(material: Material, budgets: Gate) -> GateResult:
    """Training and validation rows that are near copies of a row on a later side, in any mix."""
    bad = _across(material, "a copy of", lambda rows, other: near_copies(rows, other, material.copies))
    return rows_within(
        "shared_copies",
        "rows that are near copies of one of another split",
        bad,
        budgets.max_contaminated_rows,
    )


def shared_evaluation(material: Material, budgets: Gate) -> GateResult:
    """Rows that share words with an evaluation prompt, or are near copies of one.

    The held-out turns of tool conversations may share with test rows, which have the same wording by design.
    """
    prompts = [said(row) for row in material.prompts]
    turns = [said(row) for row in material.held_out_turns]
    bad: dict[tuple[str, str], Offender] = {}
    for split in SPLITS:
        sides = _side(material, split)
        rows, other = [*sides], prompts if split == "test" else [*prompts, *turns]
        found = [
            *_blame(shared_ngrams(rows, other, budgets.ngram_words), sides, "shares words with"),
            *_blame(near_copies(rows, other, material.copies), sides, "a copy of"),
        ]
        for offender in found:
            bad.setdefault((offender.where, offender.id), offender)
    return rows_within(
        "evaluation", "rows that share text with an evaluation prompt", [*bad.values()],
        budgets.max_contaminated_rows,
    )  # fmt: skip


def families(material: Material, budgets: Gate) -> GateResult:
    """Families on two sides of a mix, and ids that are there twice."""
    bad: list[Offender] = []
    for mix in MIXES:
        side: dict[str, str] = {}
        seen: set[str] = set()
        for split in SPLITS:
            for row in material.mixes[mix][split]:
                where = f"{mix}/{split}"
                if side.setdefault(row["family"], split) != split:
                    why = f"family {row['family']!r} is in {side[row['family']]} as well"
                    bad.append(Offender(row["id"], where, why))
                if row["split"] != split:
                    bad.append(Offender(row["id"], where, f"the row says that it is of {row['split']!r}"))
                if row["id"] in seen:
                    bad.append(Offender(row["id"], where, "the id is there twice"))
                seen.add(row["id"])
    return rows_within("families", "rows whose family is on two sides, or whose id is there twice", bad, 0)


def _wording(row: Row) -> str:
    """What a row teaches, without punctuation and capitals; a call of other arguments is another wording."""
    if "text" in row:
        return " ".join(words(row["text"]))
    parts = [row[key] for key in ("messages", "prompt", "chosen", "rejected") if key in row]
    return "\n".join(" ".join(words(trained_text(messages))) for messages in parts)


def duplicates(material: Material, budgets: Gate) -> GateResult:
    """The largest share of a mix's training rows that say word for word what an earlier one says."""
    value, bad = 0.0, list[Offender]()
    for mix in MIXES:
        first: dict[str, str] = {}
        rows, before = material.mixes[mix]["train"], len(bad)
        for row in rows:
            other = first.setdefault(_wording(row), row["id"])
            if other != row["id"]:
                bad.append(Offender(row["id"], f"{mix}/train", f"says what {other} says"))
        value = max(value, share(len(bad) - before, len(rows)))
    return GateResult(
        "duplicates", "largest share of a mix's training rows that repeat another word for word", value,
        "at most", budgets.max_duplicate_share, tuple(bad),
    )  # fmt: skip
