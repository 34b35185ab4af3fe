"""Passages with tone, domain and device, and how likely each tag is.

Where the labelled passages' raw files are in data/raw, which they are with the full corpus, the metrics also
say how well the tags agree with the labels of the test side.
"""

from collections import Counter
from pathlib import Path
from typing import Any

from twainbot.engine import map_shards
from twainbot.evaluation.tagging import agreement, judge, tag_quality
from twainbot.files import read_jsonl, read_parquet, write_json, write_parquet
from twainbot.params import read_params
from twainbot.records import PASSAGE, Passage
from twainbot.stage import run
from twainbot.text.cues import Lexicon, read_lexicon
from twainbot.text.labelled import Label, Labelled, at_hand, texts
from twainbot.text.selection import selection
from twainbot.text.tag import TAGS, TagModel, read_model, tag

BATCH = 2_000  # passages a shard
_RESAMPLES = 2000


def main() -> None:
    params = read_params("tag", "seed", "engine")
    labels = Path(params.tag.labels)
    thresholds = params.tag.thresholds.model_dump()
    lexicon = read_lexicon(Path(params.tag.lexicon))
    model = read_model(labels / "weights.json", lexicon)
    untagged: list[Passage] = read_parquet("data/dedupe/passages.parquet")
    passages: list[Passage] = []
    for tagged in map_shards(
        tag_batch,
        {
            f"passages from {start}": untagged[start : start + BATCH]
            for start in range(0, len(untagged), BATCH)
        },
        (lexicon, model, thresholds),
        name="tag",
        engine=params.engine,
    ):
        passages += tagged

    write_parquet("data/tag/passages.parquet", passages, PASSAGE)
    metrics: dict[str, Any] = {
        key: dict(sorted(Counter(str(passage[key]) for passage in passages).items()))
        for key in ("persona", "tone", "domain", "device")
    }
    metrics["selection"] = selection(passages, thresholds)
    given: list[Label] = read_jsonl(labels / "labels.jsonl")
    metrics["agreement"] = agreement(given)
    sample: list[Labelled] = read_jsonl(labels / "sample.jsonl")
    tested = at_hand([entry for entry in sample if entry["side"] == "test"], Path("data/raw"))
    metrics["tested"] = len(tested)
    if tested:
        first = [label for label in given if label["annotator"] == "a"]
        judged = judge(tested, first, texts(tested, Path("data/raw")), lexicon, model, thresholds)
        metrics["quality"] = {
            name: tag_quality(judged, name, seed=params.seed, resamples=_RESAMPLES) for name in TAGS
        }
    write_json("metrics/tag.json", metrics)


def tag_batch(passages: list[Passage], rules: tuple[Lexicon, TagModel, dict[str, float]]) -> list[Passage]:
    """The passages with their tags; they do not affect each other."""
    return tag(passages, *rules)


if __name__ == "__main__":
    run("tag", main)
