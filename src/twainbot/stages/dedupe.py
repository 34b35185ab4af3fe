"""Clean passages without near-duplicates; every removed one names the kept one."""

from collections import Counter

from twainbot.files import read_parquet, write_json, write_parquet
from twainbot.params import read_params
from twainbot.records import DUPLICATE, PASSAGE, REJECT, Passage
from twainbot.stage import run
from twainbot.text.dedupe import dedupe
from twainbot.text.similar import DedupeRules


def main() -> None:
    params = read_params("seed", "dedupe")
    rules = DedupeRules(**params.dedupe.model_dump(), seed=params.seed)
    passages: list[Passage] = read_parquet("data/clean/passages.parquet")

    result = dedupe(passages, rules)

    write_parquet("data/dedupe/passages.parquet", result.passages, PASSAGE)
    write_parquet("data/dedupe/rejects.parquet", result.rejects, REJECT)
    write_parquet("data/dedupe/clusters.parquet", result.duplicates, DUPLICATE)
    write_json(
        "metrics/dedupe.json",
        {
            "passages": len(result.passages),
            "clusters": result.clusters,
            "identical": sum(row["similarity"] == 1 for row in result.duplicates),  # in their shingles
            "across_sources": sum(
                row["kept_source_id"] != row["member_source_id"] for row in result.duplicates
            ),
            "rejects": dict(sorted(Counter(reject["source_id"] for reject in result.rejects).items())),
        },
    )


if __name__ == "__main__":
    run("dedupe", main)
