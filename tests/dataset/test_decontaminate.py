"""No side that trains has text of one that measures; what goes is named, and nothing else goes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from near_copies import RULES

from twainbot.dataset.contamination import near_copies, said, shared_ngrams
from twainbot.dataset.decontaminate import decontaminate
from twainbot.files import InputError

EIGHT = "the mill wheel turns although no water runs"
PROMPT = {"id": "style-001", "prompt": "Would you call it wise to trust a goose with the weather?"}


def chat(name: str, split: str, user: str, answer: str) -> dict[str, Any]:
    messages = [
        {"role": "system", "content": "You are the same on all the sides of every split there is."},
        {"role": "user", "content": user},
        {"role": "assistant", "content": answer},
    ]
    return {"id": name, "split": split, "messages": messages}


def text(name: str, split: str, words: str) -> dict[str, Any]:
    return {"id": name, "split": split, "text": words}


def clean(
    mixes: dict[str, list[dict[str, Any]]], share: float = 1.0
) -> tuple[dict[str, list[str]], list[Any]]:
    kept, rejects = decontaminate(mixes, [PROMPT], ngram_words=8, rules=RULES, max_share=share)
    return {name: [row["id"] for row in rows] for name, rows in kept.items()}, rejects


def test_eight_words_of_a_test_row_are_too_many_in_training() -> None:
    rows = [
        chat("test", "test", "Tell me.", f"Look: {EIGHT}, they say."),
        chat("same", "train", "Go on.", f"{EIGHT.upper()}!"),
        chat("seven", "train", "Go on.", EIGHT.rsplit(" ", 1)[0]),
        # Nor are they, if a turn ends between them.
        chat(
            "two turns",
            "train",
            "I asked why the mill wheel turns",
            "Although no water runs? Who knows.",
        ),
    ]
    kept, rejects = clean({"style": rows})
    assert kept == {"style": ["test", "seven", "two turns"]}
    assert rejects == [
        {
            "id": "same",
            "mix": "style",
            "split": "train",
            "reason": "shared_ngram",
            "other": "test",
            "shared": EIGHT,
        }
    ]


def test_each_side_gives_way_to_the_one_that_measures_more() -> None:
    prompt = PROMPT["prompt"]
    rows = [
        chat("test", "test", "Tell me.", EIGHT),
        chat("val", "val", "Well?", EIGHT),
        chat("own", "val", "Well?", "Nobody has counted the bells of this town since the fire."),
        chat("train", "train", "And?", "Nobody has counted the bells of this town since the fire."),
        chat("asked", "test", prompt, "I would."),
        chat("also", "train", f"Friend! {prompt}", "No."),
    ]
    kept, rejects = clean({"style": rows})
    assert kept == {"style": ["test", "own"]}
    found = [(row["id"], row["split"], row["other"]) for row in rejects]
    assert found == [
        ("asked", "test", "style-001"),
        ("also", "train", "style-001"),
        ("train", "train", "own"),
        ("val", "val", "test"),
    ]


def test_mixes_are_compared_with_one_another() -> None:
    mixes = {
        "dapt": [text("text-1", "train", f"It is so: {EIGHT}."), text("text-2", "train", "Another matter.")],
        "style": [chat("row-1", "test", "Tell me.", EIGHT)],
        "tools": [chat("tool-1", "train", EIGHT, "Indeed.")],
    }
    kept, rejects = clean(mixes)
    assert kept == {"dapt": ["text-2"], "style": ["row-1"], "tools": []}
    assert [(row["mix"], row["id"]) for row in rejects] == [("dapt", "text-1"), ("tools", "tool-1")]


def test_near_copies_without_eight_words_in_a_row_go_too() -> None:
    joke = "I told the baker that his {} was hard and he {} that so was his life"
    rows = [text("a", "test", joke.format("bread", "said")), text("b", "train", joke.format("cake", "swore"))]
    kept, rejects = clean({"style": rows})
    assert kept == {"style": ["a"]}
    assert [(row["reason"], row["shared"][:12]) for row in rejects] == [("near_copy", "similarity 0")]


def test_too_large_a_loss_is_refused_with_what_is_shared() -> None:
    rows = [text("t", "test", EIGHT), *(text(f"r{n}", "train", f"Number {n}: {EIGHT}") for n in range(3))]
    mixes = {"tools": rows, "style": [text("s", "train", "All of its own.")]}
    assert clean(mixes, 0.75)[0] == {"tools": ["t"], "style": ["s"]}
    with pytest.raises(InputError) as error:
        clean(mixes, 0.7)
    assert "tools           3 of      4 rows  too many" in str(error.value)
    assert "style           0 of      1 rows\n" in str(error.value)
    assert f'3 times "{EIGHT}"' in str(error.value)


WORD = st.sampled_from(["rain", "falls", "on", "the", "mill", "and", "wheel"])
ROWS = st.lists(
    st.tuples(st.sampled_from(["train", "val", "test"]), st.lists(WORD, min_size=1, max_size=12)), max_size=25
)


@given(ROWS)
def test_nothing_is_shared_afterwards_and_nothing_is_lost(drawn: list[tuple[str, list[str]]]) -> None:
    rows = [text(f"r{n}", split, " ".join(words)) for n, (split, words) in enumerate(drawn)]
    kept, rejects = decontaminate({"a": rows}, [PROMPT], ngram_words=4, rules=RULES, max_share=1.0)
    assert sorted([row["id"] for row in kept["a"]] + [row["id"] for row in rejects]) == sorted(
        row["id"] for row in rows
    )
    sides = {split: [said(r) for r in kept["a"] if r["split"] == split] for split in ("train", "val", "test")}
    for split, against in (("train", ("val", "test")), ("val", ("test",))):
        others = [row for name in against for row in sides[name]]
        assert shared_ngrams(sides[split], others, 4) == []
        assert near_copies(sides[split], others, RULES) == []
    again = decontaminate(kept, [PROMPT], ngram_words=4, rules=RULES, max_share=0.0)
    assert again == (kept, [])
