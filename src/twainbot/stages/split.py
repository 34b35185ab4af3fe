"""Rows to train, validation and test, by family, and preference pairs; one folder a training mix."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from twainbot.dataset.decontaminate import decontaminate
from twainbot.dataset.examples import read_eval_prompts, read_examples
from twainbot.dataset.pairs.contrast import ContrastRules, counts, make_pairs
from twainbot.dataset.pairs.style import Plainly, Topics, read_bland
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
from twainbot.dataset.style.plain_english import read_plain_english
from twainbot.dataset.style.templates import read_prompts
from twainbot.dataset.tools.places import load_places
from twainbot.files import atomic_folder, read_parquet, write_json, write_jsonl
from twainbot.params import read_params
from twainbot.records import Passage, Split
from twainbot.stage import run
from twainbot.text.similar import DedupeRules


def main() -> None:
    params = read_params("seed", "split", "dedupe", "contrast")
    style = read_examples(Path("data/instruct/examples.jsonl"))
    tools = read_examples(Path("data/toolcalls/episodes.jsonl"), with_split=True)
    passages: list[Passage] = read_parquet("data/tag/passages.parquet")
    prompts = read_eval_prompts(Path("data/eval"))
    shares: dict[Split, float] = {"val": params.split.val_share, "test": params.split.test_share}

    held_out = frozenset(passage["family"] for passage in passages if passage["holdout"])
    open_rows = undecided(style, held_out)
    families = assign_families(
        family_sizes(open_rows),
        held_out,
        val_share=shares["val"],
        test_share=shares["test"],
        seed=params.seed,
        strata=strata_sizes(open_rows),
    )
    style = split_rows(style, families)
    speaking = {row["family"]: families[row["family"]] for row in style if row["family"] in families}
    kept, rejects = decontaminate(
        {"dapt": text_rows(passages, speaking), "style": style, "tools": tools},
        prompts,
        ngram_words=params.split.ngram_words,
        rules=DedupeRules(**params.dedupe.model_dump(), seed=params.seed),
        max_share=params.split.max_contaminated_share,
    )
    mixes: dict[str, list[Any]] = {name: shuffled(rows, params.seed) for name, rows in kept.items()}
    mixes["combined"] = [
        row
        for split in ("train", "val", "test")
        for row in mix(
            of_split(mixes["style"], split),
            of_split(mixes["tools"], split),
            params.split.tools_share,
            params.seed,
        )
    ]
    pairs = make_pairs(
        mixes["style"],
        mixes["tools"],
        Plainly(
            sentences=read_bland(Path("data/prompts/bland.yaml")),
            topics=Topics(read_prompts(Path("data/prompts/instruct.yaml"))),
            rules=read_plain_english(Path("data/lexicons/plain_english.yaml")),
            min_change=params.contrast.min_plain_change,
        ),
        ContrastRules(
            pairs=params.contrast.pairs,
            shares=params.contrast.shares,
            split_shares={"train": 1 - sum(shares.values()), **shares},
            seed=params.seed,
        ),
        load_places(Path("data/tools/places.yaml")).spoken(),
    )
    mixes["prefs"] = shuffled(pairs, params.seed)

    written: dict[str, dict[str, int]] = {}
    for name, rows in mixes.items():
        with atomic_folder(Path("data/split") / name) as folder:
            written[name] = {
                split: write_jsonl(folder / f"{split}.jsonl", of_split(rows, split))
                for split in ("train", "val", "test")
            }
    write_jsonl("data/split/rejects.jsonl", rejects)
    write_json(
        "metrics/split.json",
        {
            **written,
            "families": dict(sorted(Counter(families.values()).items())),
            "shares": achieved(
                split_rows(open_rows, families), held_out, val_share=shares["val"], test_share=shares["test"]
            ),
            "rejects": dict(
                sorted(Counter(f"{row['mix']} {row['split']} {row['reason']}" for row in rejects).items())
            ),
            "pairs": counts(pairs),
        },
    )


def of_split(rows: Sequence[Mapping[str, Any]], split: str) -> list[Any]:
    return [row for row in rows if row["split"] == split]


if __name__ == "__main__":
    run("split", main)
