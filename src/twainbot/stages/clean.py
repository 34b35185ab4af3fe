"""Parsed segments to clean passages; rejects beside them with their reason."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from twainbot.corpus.sources import Source, load_sources
from twainbot.engine import map_shards
from twainbot.files import read_parquet, write_json, write_parquet
from twainbot.modeling.tokens import token_counter
from twainbot.params import read_params
from twainbot.records import PASSAGE, REJECT, Document, Passage, Reject, Segment
from twainbot.stage import run
from twainbot.text.clean import Cleaned, CleanRules, clean
from twainbot.text.safety import read_slurs


def main() -> None:
    params = read_params("corpus", "clean", "base", "split.book_family", "engine")
    rules = CleanRules(
        window_tokens=params.clean.window_tokens,
        max_tokens=params.clean.max_tokens,
        min_words={
            "book": params.clean.min_words,
            "play": params.clean.min_words_speech,
            "post": params.clean.min_words_post,
            "fact": 1,
        },
        language=params.clean.language,
        language_profiles=tuple(params.clean.language_profiles),
        language_min_words=params.clean.language_min_words,
        language_seed=params.clean.language_seed,
        slurs=read_slurs(Path(params.clean.slurs)),
        mask_pii_kinds=frozenset(params.clean.mask_pii_kinds),
        book_family=params.split.book_family,
    )
    sources = {source.id: source for source in load_sources(Path("data/sources.yaml"), params.corpus.name)}
    documents: list[Document] = read_parquet("data/parsed/documents.parquet")
    segments: list[Segment] = read_parquet("data/parsed/segments.parquet")

    base = Path(params.base.path)
    by_document: dict[str, list[Segment]] = {document["doc_id"]: [] for document in documents}
    for segment in segments:
        by_document[segment["doc_id"]].append(segment)
    passages: list[Passage] = []
    rejects: list[Reject] = []
    masked = 0
    for cleaned in map_shards(
        clean_document,
        {d["source_id"] + " " + d["doc_id"]: (d, by_document[d["doc_id"]]) for d in documents},
        (sources, base, rules),
        name="clean",
        engine=params.engine,
        files=[path for path in (base / "tokenizer.json",) if path.is_file()],
    ):
        passages += cleaned.passages
        rejects += cleaned.rejects
        masked += cleaned.masked

    write_parquet("data/clean/passages.parquet", passages, PASSAGE)
    write_parquet("data/clean/rejects.parquet", rejects, REJECT)
    write_json(
        "metrics/clean.json",
        {
            "segments": len(segments),
            "passages": len(passages),
            "masked_passages": masked,
            "tokens": sum(passage["n_tokens"] for passage in passages),
            "rejects": dict(sorted(Counter(reject["reason"] for reject in rejects).items())),
        },
    )


def clean_document(
    shard: tuple[Document, list[Segment]], rules: tuple[Mapping[str, Source], Path, CleanRules]
) -> Cleaned:
    """A document's segments to passages; documents do not affect each other."""
    document, segments = shard
    sources, base, clean_rules = rules
    return clean([document], segments, sources, counter_of(base), clean_rules)


@cache
def counter_of(base: Path) -> Callable[[str], int]:
    """The token counter, loaded once a process."""
    return token_counter(base)


if __name__ == "__main__":
    run("clean", main)
