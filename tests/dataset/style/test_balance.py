"""Which rows stay: caps by persona, source and template, and nothing lost without a reason."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from twainbot.dataset.style.balance import (
    Ranked,
    cap_personas,
    cap_templates,
    fair_shares,
    source_cap,
    template_cap,
)

COUNTS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 300), min_size=1)


def row(
    number: int, persona: str = "twain", source: str = "a", template: str = "talk", **more: Any
) -> Ranked:
    example: Any = {"id": f"row-{number}", "tags": {"persona": persona}, "template_id": template}
    return Ranked(example, source, (1.0, number / 1000), **more)


def test_fair_shares_fill_the_small_first() -> None:
    assert fair_shares({"a": 100, "b": 5, "c": 40}, 65) == {"b": 5, "c": 30, "a": 30}
    assert fair_shares({"a": 3}, 10) == {"a": 3}


@given(COUNTS, st.integers(0, 500))
def test_fair_shares_use_the_total_and_nobody_larger_gets_less(counts: dict[str, int], total: int) -> None:
    shares = fair_shares(counts, total)
    assert sum(shares.values()) == min(total, sum(counts.values()))
    assert all(shares[key] <= counts[key] for key in counts)
    cut = [shares[key] for key in counts if shares[key] < counts[key]]
    assert not cut or max(shares.values()) - min(cut) <= 1


@given(COUNTS.filter(lambda counts: sum(map(bool, counts.values())) >= 6))
def test_no_template_has_more_than_its_share(counts: dict[str, int]) -> None:
    cap = template_cap(counts, 0.2)
    kept = [min(count, cap) for count in counts.values()]
    assert max(kept) <= max(0.2 * sum(kept), 1)


def test_with_too_few_templates_nothing_is_capped() -> None:
    assert template_cap({"talk": 90, "joke": 10}, 0.2) == 100
    rows = [row(n) for n in range(7)]
    assert cap_templates(rows, 0.2, {}) == (rows, [])


def test_one_source_may_fill_a_persona_that_has_no_other() -> None:
    assert source_cap(100, 0.4, 1) == 100
    assert source_cap(100, 0.4, 2) == 40
    rows = [row(n, source="a") for n in range(50)] + [row(n, source="b") for n in range(50, 60)]
    kept, dropped = cap_personas(rows, 40, 0.5)
    assert Counter(row.source for row in kept) == {"a": 20, "b": 10}
    assert {(row.source, reason) for row, reason in dropped} == {("a", "source_cap")}
    # Low ranks stay.
    assert {row.example["id"] for row in kept if row.source == "a"} == {f"row-{n}" for n in range(20)}
    alone, _ = cap_personas(rows[:50], 40, 0.5)
    assert len(alone) == 40


def test_held_out_and_written_rows_do_not_count_for_a_persona() -> None:
    rows = [row(n, held_out=True) for n in range(30)] + [row(n, source="") for n in range(30, 60)]
    kept, dropped = cap_personas([*rows, row(99), row(98)], 1, 1.0)
    assert len(kept) == 61
    assert [(row.example["id"], reason) for row, reason in dropped] == [("row-99", "source_cap")]


def test_the_surplus_of_a_template_goes_evenly_over_personas_and_sources() -> None:
    many = [row(n, source="abc"[n % 3], persona="twain") for n in range(300)]
    others = [row(1000 + n, template=f"t{n % 8}") for n in range(320)]
    kept, dropped = cap_templates([*many, *others], 0.2, {})
    sources = Counter(row.source for row in kept if row.example["template_id"] == "talk")
    assert sum(sources.values()) <= 0.2 * len(kept)
    assert max(sources.values()) - min(sources.values()) <= 1
    assert len(kept) + len(dropped) == 620
    assert {reason for _, reason in dropped} == {"template_share"}


def test_a_template_is_shared_by_personas_before_sources() -> None:
    many = [row(n, source="abc"[n % 3]) for n in range(300)]
    franklin = [row(300 + n, persona="franklin", source="d") for n in range(300)]
    others = [row(1000 + n, template=f"t{n % 8}") for n in range(320)]
    kept, _ = cap_templates([*many, *franklin, *others], 0.2, {})
    personas = Counter(row.example["tags"]["persona"] for row in kept if row.example["template_id"] == "talk")
    # A fifth of 400 rows.
    assert personas == {"twain": 40, "franklin": 40}


def test_doubtful_rows_only_fill_what_the_others_leave() -> None:
    sure = [row(n) for n in range(500, 550)]
    doubtful = [row(n, doubtful=True) for n in range(300)]
    others = [row(1000 + n, template=f"t{n % 8}") for n in range(320)]
    kept, _ = cap_templates([*doubtful, *sure, *others], 0.2, {})
    talk = [row for row in kept if row.example["template_id"] == "talk"]
    assert len(talk) == 80
    assert {row.example["id"] for row in talk if not row.doubtful} == {row.example["id"] for row in sure}
    # Of those, low ranks stay.
    assert {row.example["id"] for row in talk if row.doubtful} == {f"row-{n}" for n in range(30)}


def test_held_out_rows_fill_what_is_left_of_a_share_of_all_rows() -> None:
    trained = [row(n, template=f"t{n % 8}") for n in range(320)]
    held_out = [row(1000 + n, template="t0", source="h", held_out=True) for n in range(100)]
    other = [row(2000 + n, persona="franklin", template="t0", source="f", held_out=True) for n in range(20)]
    kept, dropped = cap_templates([*trained, *held_out, *other], 0.2, {})
    counts = Counter(row.example["template_id"] for row in kept)
    # 280 rows of other templates are four fifths of 350: 70 of t0, of which 40 are trained on.
    assert counts == {"t0": 70, **{f"t{n}": 40 for n in range(1, 8)}}
    tested = Counter(row.example["tags"]["persona"] for row in kept if row.held_out)
    assert tested == {"twain": 15, "franklin": 15}
    assert {(row.held_out, reason) for row, reason in dropped} == {(True, "template_share")}
    assert [row for row in kept if not row.held_out] == cap_templates(trained, 0.2, {})[0]


def test_a_template_with_a_share_of_its_own_has_no_more_of_all_rows() -> None:
    refusals = [row(n, template="refuse") for n in range(100)]
    others = [row(1000 + n, template=f"t{n % 8}") for n in range(320)]
    kept, dropped = cap_templates([*refusals, *others], 0.2, {"refuse": 0.05})
    # 5 % of 336 are 16.8; the other templates keep their 40 each.
    assert Counter(row.example["template_id"] == "refuse" for row in kept) == {True: 16, False: 320}
    assert len(dropped) == 84
    assert len(cap_templates(others, 0.2, {"refuse": 0.05})[0]) == 320
