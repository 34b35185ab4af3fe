"""No family on two sides, something left to train on, held-out is test."""

from __future__ import annotations

from collections import Counter
from typing import Any

from builders import passage
from hypothesis import given
from hypothesis import strategies as st

from twainbot.dataset.split import (
    achieved,
    assign_families,
    family_sizes,
    mix,
    shuffled,
    split_rows,
    strata_sizes,
    text_rows,
    undecided,
)

FAMILIES = st.sampled_from([f"f{i}" for i in range(10)])
SIZES = st.dictionaries(
    st.sampled_from(["twain", "franklin", "hamlet", "player"]),
    st.dictionaries(FAMILIES, st.integers(1, 50), min_size=1, max_size=10),
    min_size=1,
)


def row(
    number: int,
    family: str = "f",
    persona: str = "twain",
    split: str | None = None,
    domain: str = "general",
    template: str = "talk",
    parents: tuple[str, ...] = ("pas-1",),
) -> Any:
    tags = {"persona": persona, "domain": domain, "tone": "plain"}
    return {
        "id": f"row-{number}",
        "family": family,
        "tags": tags,
        "split": split,
        "template_id": template,
        "parents": list(parents),
    }


def assign(
    sizes: dict[str, dict[str, int]],
    held_out: set[str] | None = None,
    strata: dict[str, dict[str, int]] | None = None,
    **shares: float,
) -> dict[str, str]:
    shares = {"val_share": 0.1, "test_share": 0.1} | shares
    return dict(assign_families(sizes, frozenset(held_out or ()), seed=7, strata=strata, **shares))


STRATA = st.dictionaries(
    st.sampled_from(["twain domain weather", "twain tone wry", "player template talk"]),
    st.dictionaries(FAMILIES, st.integers(1, 50), min_size=1),
)


@given(SIZES, st.sets(FAMILIES, max_size=4), STRATA, st.floats(0, 1), st.floats(0, 1))
def test_every_family_has_one_split_and_every_persona_something_to_train_on(
    sizes: dict[str, dict[str, int]],
    held_out: set[str],
    strata: dict[str, dict[str, int]],
    val: float,
    test: float,
) -> None:
    splits = assign(sizes, held_out, strata, val_share=val, test_share=test)
    assert splits.keys() == held_out | {f for families in sizes.values() for f in families}
    assert all(splits[f] == "test" for f in held_out)
    for families in sizes.values():
        if families.keys() - held_out:
            assert "train" in {splits[f] for f in families}


@given(SIZES, st.sets(FAMILIES, max_size=4), STRATA)
def test_the_order_in_which_rows_come_does_not_matter(
    sizes: dict[str, dict[str, int]], held_out: set[str], strata: dict[str, dict[str, int]]
) -> None:
    def turned(sizes: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
        return {name: dict(reversed(sizes[name].items())) for name in reversed(sizes)}

    assert assign(sizes, held_out, strata) == assign(turned(sizes), held_out, turned(strata))


def shares(sizes: dict[str, int], splits: dict[str, str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for family, size in sizes.items():
        counts[splits[family]] += size
    return counts


def test_shares_are_met_as_nearly_as_families_allow() -> None:
    sizes = {f"f{i}": 10 for i in range(20)}
    assert shares(sizes, assign({"twain": sizes})) == {"test": 20, "val": 20, "train": 160}


def months(count: int) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """Families of ten rows, every other of them on the weather, and the sizes of the strata."""
    rows = [
        row(n, f"m{n // 10}", domain="weather" if n // 10 % 2 else "general", template="talk")
        for n in range(10 * count)
    ]
    return family_sizes(rows), dict(strata_sizes(rows))  # type: ignore[arg-type]


def test_domains_are_on_all_sides_in_their_shares() -> None:
    sizes, strata = months(40)
    splits = assign(sizes, strata=strata)
    for domain in ("weather", "general"):
        assert shares(strata[f"twain domain {domain}"], splits) == {"test": 20, "val": 20, "train": 160}
    assert strata["twain template talk"] == sizes["twain"]


def test_adding_a_family_moves_few_others() -> None:
    sizes, strata = months(60)
    before = assign(sizes, strata=strata)
    for number in range(20):
        more = {"twain": {**sizes["twain"], f"new{number}": 10}}
        domain = "twain domain weather"
        after = assign(more, strata={**strata, domain: {**strata[domain], f"new{number}": 10}})
        # A new family may take the place of one, which takes that of another of its kind.
        assert sum(after[family] != before[family] for family in before) <= 4


def test_a_family_is_stratified_in_every_persona_that_shares_it() -> None:
    scenes = {f"s{i}": 10 for i in range(20)}
    splits = assign({"hamlet": scenes, "ghost": {f"s{i}": 2 for i in range(10)}})
    assert shares(scenes, splits) == {"test": 20, "val": 20, "train": 160}
    assert shares({f"s{i}": 2 for i in range(10)}, splits) == {"test": 2, "val": 2, "train": 16}


def test_rows_made_for_one_side_do_not_count() -> None:
    rows = [row(1, "a"), row(2, "made", split="val"), row(3, "held", split="test")]
    assert [r["id"] for r in undecided(rows, frozenset({"held"}))] == ["row-1", "row-3"]


def test_the_achieved_shares_leave_out_what_is_held_out() -> None:
    rows = [row(n, "a", split="train") for n in range(6)] + [row(n, "b", split="val") for n in range(6, 8)]
    rows += [row(n, "held", split="test") for n in range(8, 20)]
    rows += [row(n, "c", "franklin", "train", "weather") for n in range(20, 29)]
    rows += [row(29, "d", "franklin", "test", "weather")]
    found = achieved(rows, frozenset({"held"}), val_share=0.1, test_share=0.2)
    assert found == {
        # Of Twain's eight rows two; the others are held out, and are his test.
        "persona": {"franklin": {"val": 0.0, "test": 0.1}, "twain": {"val": 0.25}},
        "domain": {"general": {"val": 0.25}, "weather": {"val": 0.0, "test": 0.1}},
        "largest_deviation": {"of": "domain general", "split": "val", "deviation": 0.15},
    }


def test_a_family_as_large_as_a_book_is_left_to_train_on() -> None:
    sizes = {"large": 80, "b": 10, "c": 10}
    assert assign({"twain": sizes}) == {"large": "train", "b": "test", "c": "val"} or assign(
        {"twain": sizes}
    ) == {
        "large": "train",
        "c": "test",
        "b": "val",
    }


def test_few_families_give_at_least_one_to_each_side() -> None:
    assert Counter(assign({"twain": {"a": 30, "b": 30, "c": 30}}).values()) == {
        "test": 1,
        "val": 1,
        "train": 1,
    }


def test_a_single_family_stays_in_train() -> None:
    assert assign({"twain": {"a": 30}}) == {"a": "train"}


def test_no_share_takes_nothing() -> None:
    splits = assign({"twain": {f"f{i}": 5 for i in range(5)}}, val_share=0.0, test_share=0.0)
    assert set(splits.values()) == {"train"}


def test_a_persona_with_a_held_out_book_gets_no_other_test_family() -> None:
    sizes = {"held": 1, **{f"f{i}": 20 for i in range(10)}}
    splits = assign({"twain": sizes}, {"held"})
    assert [f for f, split in splits.items() if split == "test"] == ["held"]
    assert "val" in splits.values()


def test_a_large_held_out_book_does_not_swell_the_validation_share() -> None:
    sizes = {"held": 1000, **{f"f{i}": 10 for i in range(10)}}
    assert shares(sizes, assign({"twain": sizes}, {"held"})) == {"test": 1000, "val": 10, "train": 90}


def test_a_persona_that_shares_all_its_scenes_keeps_one_to_train_on() -> None:
    # Hamlet has many scenes of his own; the ghost's only two are among them.
    hamlet = {f"s{i}": 5 for i in range(4)}
    for first in hamlet:
        for second in hamlet.keys() - {first}:
            splits = assign({"hamlet": hamlet, "ghost": {first: 1, second: 1}})
            assert "train" in (splits[first], splits[second])


def test_rows_take_the_split_of_their_family_and_held_out_rows_keep_theirs() -> None:
    rows = [row(1, "a"), row(2, "b"), row(3, "b", split="test")]
    assert [r["split"] for r in split_rows(rows, {"a": "val", "b": "train"})] == ["val", "train", "test"]
    assert rows[0]["split"] is None


def test_family_sizes() -> None:
    rows = [row(1, "a"), row(2, "a"), row(3, "a", "player"), row(4, "b"), row(5, "refuse/1", parents=())]
    assert family_sizes(rows) == {
        "twain": {"a": 2, "b": 1},
        "player": {"a": 1},
        "twain (written)": {"refuse/1": 1},
    }


def test_text_rows_follow_the_families_and_name_their_passage() -> None:
    passages = [
        passage("Train.", 1, family="a"),
        passage("Held.", 2, family="h", holdout=True),
        passage("Of a persona without rows.", 3, family="unknown"),
        passage("A joke.", 4, family="a", kind="joke"),
        passage("A page.", 5, family="a", kind="page"),
    ]
    rows = text_rows(passages, {"a": "train", "h": "test"})
    assert [(r["text"], r["split"], r["parents"]) for r in rows] == [
        ("Train.", "train", [passages[0]["id"]]),
        ("Held.", "test", [passages[1]["id"]]),
        ("A page.", "train", [passages[4]["id"]]),
    ]
    assert rows[0]["id"] == "text-0000000000000001"


def test_mix_meets_the_share_with_all_tool_rows() -> None:
    style, tools = [row(i) for i in range(100)], [row(i) for i in range(1000, 1030)]
    mixed = mix(style, tools, 0.6, 1)
    # 30 tool rows are 0.6 of 50.
    assert len(mixed) == 50
    assert {r["id"] for r in tools} <= {r["id"] for r in mixed}
    assert len({r["id"] for r in mixed}) == 50


def test_mix_without_tools_is_all_the_style_rows() -> None:
    style, tools = [row(i) for i in range(10)], [row(99)]
    assert {r["id"] for r in mix(style, tools, 0.0, 1)} == {r["id"] for r in style}
    assert {r["id"] for r in mix(style, [], 0.5, 1)} == {r["id"] for r in style}
    assert mix(style, tools, 1.0, 1) == tools


def test_order_depends_on_ids_and_seed_only() -> None:
    rows = [row(i) for i in range(50)]
    assert shuffled(rows, 1) == shuffled(rows[::-1], 1)
    assert shuffled(rows, 1) != shuffled(rows, 2)
    assert shuffled(rows, 1) != rows
