"""Passages with tone, domain and device."""

from collections import Counter
from pathlib import Path

from twainbot.files import read_parquet, write_json, write_parquet
from twainbot.params import read_params
from twainbot.records import PASSAGE, Passage
from twainbot.stage import run
from twainbot.text.tag import read_lexicon, tag


def main() -> None:
    params = read_params("tag")
    untagged: list[Passage] = read_parquet("data/dedupe/passages.parquet")
    passages = tag(untagged, read_lexicon(Path(params.tag.lexicon)))

    write_parquet("data/tag/passages.parquet", passages, PASSAGE)
    write_json(
        "metrics/tag.json",
        {
            key: dict(sorted(Counter(str(passage[key]) for passage in passages).items()))
            for key in ("persona", "tone", "domain", "device")
        },
    )


if __name__ == "__main__":
    run("tag", main)
