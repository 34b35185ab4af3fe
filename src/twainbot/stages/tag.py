"""Passages with tone, domain and device."""

from collections import Counter
from pathlib import Path

from twainbot.engine import map_shards
from twainbot.files import read_parquet, write_json, write_parquet
from twainbot.params import read_params
from twainbot.records import PASSAGE, Passage
from twainbot.stage import run
from twainbot.text.tag import Lexicon, read_lexicon, tag

BATCH = 2_000  # passages a shard


def main() -> None:
    params = read_params("tag", "engine")
    untagged: list[Passage] = read_parquet("data/dedupe/passages.parquet")
    passages: list[Passage] = []
    for tagged in map_shards(
        tag_batch,
        {
            f"passages from {start}": untagged[start : start + BATCH]
            for start in range(0, len(untagged), BATCH)
        },
        read_lexicon(Path(params.tag.lexicon)),
        name="tag",
        engine=params.engine,
    ):
        passages += tagged

    write_parquet("data/tag/passages.parquet", passages, PASSAGE)
    write_json(
        "metrics/tag.json",
        {
            key: dict(sorted(Counter(str(passage[key]) for passage in passages).items()))
            for key in ("persona", "tone", "domain", "device")
        },
    )


def tag_batch(passages: list[Passage], lexicon: Lexicon) -> list[Passage]:
    """The passages with their tags; they do not affect each other."""
    return tag(passages, lexicon)


if __name__ == "__main__":
    run("tag", main)
