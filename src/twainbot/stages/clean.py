"""Parsed segments to clean passages; rejects beside them with their reason."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

from twainbot.corpus.sources import Source, load_sources
from twainbot.engine import map_shards
from twainbot.files import read_parquet, write_json, write_parquet
from twainbot.modeling.tokens import token_counter
from twainbot.params import read_params
from twainbot.records import PASSAGE, REJECT, REVIEW, Document, Passage, Reject, ReviewItem, Segment
from twainbot.sections import Params
from twainbot.stage import run
from twainbot.text.clean import Cleaned, clean_document
from twainbot.text.filters import CleanRules, Lexicons, flag_names
from twainbot.text.phrases import read_phrases
from twainbot.text.review import read_decisions
from twainbot.text.safety import check_regions, read_slurs
from twainbot.text.topics import read_topics
from twainbot.text.toxicity import Scorer, toxicity_scorer


def rules_of(params: Params) -> CleanRules:
    """The rules that the sections ``clean`` and ``split`` describe, without a toxicity classifier.

    Reads the lexicons and the decisions.

    Raises:
        InputError: a lexicon or data/review.yaml cannot be read, or a region of telephone numbers is unknown.
    """
    settings = params.clean
    check_regions(region for regions in settings.phone_regions.values() for region in regions)
    return CleanRules(
        window_tokens=settings.window_tokens,
        overlap_tokens=settings.overlap_tokens,
        max_tokens=settings.max_tokens,
        min_words={
            "book": settings.min_words,
            "play": settings.min_words_speech,
            "post": settings.min_words_post,
            "joke": settings.min_words_post,
            "page": settings.min_words,
            "fact": 1,
        },
        language=settings.language,
        language_profiles=tuple(settings.language_profiles),
        language_min_words=settings.language_min_words,
        language_seed=settings.language_seed,
        language_characters=settings.language_characters,
        html_kinds=frozenset(settings.html_kinds),
        slurs=read_slurs(Path(settings.slurs)),
        slur_action=settings.slur_action,
        personal_data={kind: tuple(types) for kind, types in settings.personal_data.items()},
        phone_regions={kind: tuple(regions) for kind, regions in settings.phone_regions.items()},
        lexicons=Lexicons.of(
            [
                *read_phrases(Path(settings.profanity), "profanity"),
                *read_phrases(Path(settings.sexual), "sexual"),
            ],
            {"profanity": settings.profanity_action, "sexual": settings.sexual_action},
            read_topics(Path(settings.topics)),
        ),
        toxicity_action=settings.toxicity_action,
        toxicity_threshold=settings.toxicity_threshold,
        decisions=read_decisions(Path(settings.review)),
        book_family=params.split.book_family,
    )


# A tuple and not a class: the module is __main__ where the stage runs, and another name where its workers do.
# What a document's cleaning needs besides the document: the base, the sources by id, the rules but for the
# toxicity classifier, which does not travel between processes, and its detector and checkpoint.
Setting = tuple[Path, dict[str, Source], CleanRules, tuple[str, str] | None]


def main() -> None:
    params = read_params("corpus", "clean", "base.path", "split.book_family", "engine")
    sources = {source.id: source for source in load_sources(Path("data/sources.yaml"), params.corpus.name)}
    documents: list[Document] = read_parquet("data/parsed/documents.parquet")
    segments: list[Segment] = read_parquet("data/parsed/segments.parquet")
    by_document: dict[str, list[Segment]] = {document["doc_id"]: [] for document in documents}
    for segment in segments:
        by_document[segment["doc_id"]].append(segment)

    base, settings = Path(params.base.path), params.clean
    toxicity = None
    if settings.toxicity_action != "off":
        toxicity = (settings.toxicity_detector, settings.toxicity_checkpoint)
    setting: Setting = (base, sources, rules_of(params), toxicity)
    passages: list[Passage] = []
    rejects: list[Reject] = []
    review: list[ReviewItem] = []
    masked = 0
    for cleaned in map_shards(
        clean_shard,
        {f"{d['source_id']} {d['doc_id']}": (d, by_document[d["doc_id"]]) for d in documents},
        setting,
        name="clean",
        engine=params.engine,
        files=[path for path in (base / "tokenizer.json",) if path.is_file()],
    ):
        passages += cleaned.passages
        rejects += cleaned.rejects
        review += cleaned.review
        masked += cleaned.masked

    write_parquet("data/clean/passages.parquet", passages, PASSAGE)
    write_parquet("data/clean/rejects.parquet", rejects, REJECT)
    write_parquet("data/clean/review.parquet", review, REVIEW)
    write_json(
        "metrics/clean.json",
        {
            "segments": len(segments),
            "passages": len(passages),
            "masked_passages": masked,
            "tokens": sum(passage["n_tokens"] for passage in passages),
            "rejects": dict(sorted(Counter(reject["reason"] for reject in rejects).items())),
            "flags": dict(sorted(Counter(flag_names(passages)).items())),
            "review": dict(sorted(Counter(item["topic"] for item in review).items())),
        },
    )


def clean_shard(shard: tuple[Document, list[Segment]], setting: Setting) -> Cleaned:
    """A document's segments to passages; documents do not affect each other."""
    document, segments = shard
    base, sources, rules, toxicity = setting
    if toxicity:
        rules = replace(rules, toxicity=scorer_of(*toxicity))
    return clean_document(document, segments, sources[document["source_id"]], counter_of(base), rules)


@cache
def counter_of(base: Path) -> Callable[[str], int]:
    """The token counter, loaded once a process."""
    return token_counter(base)


@cache
def scorer_of(detector: str, checkpoint: str) -> Scorer:
    """The toxicity classifier, loaded once a process."""
    return toxicity_scorer(detector, checkpoint)


if __name__ == "__main__":
    run("clean", main)
