"""Parsed segments to clean passages; rejects beside them with their reason."""

from collections import Counter
from pathlib import Path

from twainbot.corpus.sources import load_sources
from twainbot.files import read_parquet, write_json, write_parquet
from twainbot.modeling.tokens import token_counter
from twainbot.params import read_params
from twainbot.records import PASSAGE, REJECT, Document, Segment
from twainbot.stage import run
from twainbot.text.clean import CleanRules, clean
from twainbot.text.safety import read_slurs


def main() -> None:
    params = read_params("corpus", "clean", "base", "split.book_family")
    rules = CleanRules(
        window_tokens=params.clean.window_tokens,
        max_tokens=params.clean.max_tokens,
        min_words={
            "book": params.clean.min_words,
            "play": params.clean.min_words_speech,
            "page": params.clean.min_words,
            "post": params.clean.min_words_post,
            "joke": params.clean.min_words_post,
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

    result = clean(documents, segments, sources, token_counter(Path(params.base.path)), rules)

    write_parquet("data/clean/passages.parquet", result.passages, PASSAGE)
    write_parquet("data/clean/rejects.parquet", result.rejects, REJECT)
    write_json(
        "metrics/clean.json",
        {
            "segments": len(segments),
            "passages": len(result.passages),
            "masked_passages": result.masked,
            "tokens": sum(passage["n_tokens"] for passage in result.passages),
            "rejects": dict(sorted(Counter(reject["reason"] for reject in result.rejects).items())),
        },
    )


if __name__ == "__main__":
    run("clean", main)
