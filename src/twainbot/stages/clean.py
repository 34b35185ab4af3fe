"""Parsed segments to clean passages; rejects beside them with their reason."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from twainbot.corpus.sources import load_sources
from twainbot.files import read_parquet, write_json, write_parquet
from twainbot.modeling.tokens import token_counter
from twainbot.params import Params, read_params
from twainbot.records import PASSAGE, REJECT, REVIEW, Document, Passage, Segment
from twainbot.stage import run
from twainbot.text.clean import clean
from twainbot.text.filters import CleanRules, Lexicons
from twainbot.text.phrases import read_phrases
from twainbot.text.review import read_decisions
from twainbot.text.safety import read_slurs
from twainbot.text.topics import read_topics
from twainbot.text.toxicity import toxicity_scorer


def rules_of(params: Params) -> CleanRules:
    """The rules that the sections ``clean`` and ``split`` describe; reads the lexicons and the decisions.

    Raises:
        InputError: a lexicon or data/review.yaml cannot be read, or a detector is not installed.
    """
    settings = params.clean
    return CleanRules(
        window_tokens=settings.window_tokens,
        overlap_tokens=settings.overlap_tokens,
        max_tokens=settings.max_tokens,
        min_words={
            "book": settings.min_words,
            "play": settings.min_words_speech,
            "post": settings.min_words_post,
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
        toxicity=None
        if settings.toxicity_action == "off"
        else toxicity_scorer(settings.toxicity_detector, settings.toxicity_checkpoint),
        toxicity_action=settings.toxicity_action,
        toxicity_threshold=settings.toxicity_threshold,
        decisions=read_decisions(Path(settings.review)),
        book_family=params.split.book_family,
    )


def flag_names(passages: Iterable[Passage]) -> Iterator[str]:
    """The kinds of flag that each passage has; of those that name a word, without the word."""
    for passage in passages:
        yield from {
            flag if flag.startswith(("pii:", "topic:")) else flag.split(":")[0] for flag in passage["flags"]
        }


def main() -> None:
    params = read_params("corpus", "clean", "base", "split.book_family")
    rules = rules_of(params)
    sources = {source.id: source for source in load_sources(Path("data/sources.yaml"), params.corpus.name)}
    documents: list[Document] = read_parquet("data/parsed/documents.parquet")
    segments: list[Segment] = read_parquet("data/parsed/segments.parquet")

    result = clean(documents, segments, sources, token_counter(Path(params.base.path)), rules)

    write_parquet("data/clean/passages.parquet", result.passages, PASSAGE)
    write_parquet("data/clean/rejects.parquet", result.rejects, REJECT)
    write_parquet("data/clean/review.parquet", result.review, REVIEW)
    write_json(
        "metrics/clean.json",
        {
            "segments": len(segments),
            "passages": len(result.passages),
            "masked_passages": result.masked,
            "tokens": sum(passage["n_tokens"] for passage in result.passages),
            "rejects": dict(sorted(Counter(reject["reason"] for reject in result.rejects).items())),
            "flags": dict(sorted(Counter(flag_names(result.passages)).items())),
            "review": dict(sorted(Counter(item["topic"] for item in result.review).items())),
        },
    )


if __name__ == "__main__":
    run("clean", main)
