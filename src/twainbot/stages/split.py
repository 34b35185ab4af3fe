"""Rows to train, validation and test, by family; one folder a training mix."""

from collections import Counter
from pathlib import Path
from typing import Any

from twainbot.dataset.split import assign_families, family_sizes, mix, shuffled, split_rows, text_rows
from twainbot.files import atomic_folder, read_jsonl, read_parquet, write_json, write_jsonl
from twainbot.params import read_params
from twainbot.records import Example, Passage
from twainbot.stage import run


def main() -> None:
    params = read_params("seed", "split")
    style: list[Example] = read_jsonl("data/instruct/examples.jsonl")
    tools: list[Example] = read_jsonl("data/toolcalls/episodes.jsonl")
    passages: list[Passage] = read_parquet("data/tag/passages.parquet")

    families = assign_families(
        family_sizes(style),
        frozenset(passage["family"] for passage in passages if passage["holdout"]),
        val_share=params.split.val_share,
        test_share=params.split.test_share,
        seed=params.seed,
    )
    style = split_rows(style, families)
    mixes: dict[str, list[Any]] = {
        "dapt": shuffled(text_rows(passages, families), params.seed),
        "style": shuffled(style, params.seed),
        "tools": shuffled(tools, params.seed),
    }
    counts: dict[str, dict[str, int]] = {}
    for name in ("dapt", "style", "tools", "combined"):
        with atomic_folder(Path("data/split") / name) as folder:
            counts[name] = {}
            for split in ("train", "val", "test"):
                if name == "combined":
                    parts = [
                        [row for row in mixes[part] if row["split"] == split] for part in ("style", "tools")
                    ]
                    rows = mix(parts[0], parts[1], params.split.tools_share, params.seed)
                else:
                    rows = [row for row in mixes[name] if row["split"] == split]
                counts[name][split] = write_jsonl(folder / f"{split}.jsonl", rows)
    write_json(
        "metrics/split.json",
        {**counts, "families": dict(sorted(Counter(families.values()).items()))},
    )


if __name__ == "__main__":
    run("split", main)
