"""What to read from each figure, said with the corpus's own numbers."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from twainbot.report.corpus.duplicates import Duplicates
from twainbot.report.corpus.figures import percent
from twainbot.report.corpus.flow import FACT, Flow, largest, plural
from twainbot.report.corpus.flow_figures import short_count
from twainbot.report.corpus.inputs import Corpus
from twainbot.report.corpus.tags import Share

FEW = 10  # passages of which quartiles say nothing


def tiles(corpus: Corpus, kinds: Sequence[Flow], found: Duplicates) -> list[tuple[str, str]]:
    """The figures at the head of the page: (number, what it counts)."""
    texts = [flow for flow in kinds if flow.kind != FACT]
    raw = sum(flow.characters["raw"] for flow in texts)
    tokens = sum(passage["n_tokens"] for passage in corpus.passages)
    return [
        (f"{len({document['source_id'] for document in corpus.documents}):,}", "sources"),
        (short_count(raw), "raw characters of text"),
        (f"{len(corpus.passages):,}", "passages kept"),
        (short_count(tokens), "tokens in them"),
        (f"{len(corpus.rejects):,}", "records dropped, each with its reason"),
        (percent(found.removed, found.passages), "of passages were duplicates"),
        (f"{len(corpus.rows):,}", "chat rows made"),
    ]


def captions(
    corpus: Corpus,
    kinds: Sequence[Flow],
    sources: Sequence[Flow],
    found: Duplicates,
    tags: Mapping[str, Sequence[tuple[str, int]]],
    shares: Sequence[Share],
) -> dict[str, str]:
    """One caption a figure, by the figure's name; empty where there is nothing to say."""
    return {
        "corpus_flow": _flow(kinds),
        "kept_by_source": _kept(sources),
        "lengths": _lengths(corpus),
        "duplicates": _duplicates(found),
        "balance": _balance(tags),
        "weather_share": _weather(shares),
        "quality": _quality(corpus),
    }


def _flow(kinds: Sequence[Flow]) -> str:
    sentences = []
    for flow in kinds:
        if flow.kind == FACT or not flow.characters["raw"]:
            continue
        steps = [
            (loss, reason)
            for step, lost in flow.lost.items()
            for reason, loss in largest(lost, 1)
            if step != "used"  # not lost, only not used
        ]
        loss, reason = max(steps, key=lambda pair: (pair[0].characters, pair[1]), default=(None, ""))
        raw = flow.characters["raw"]
        kept = percent(flow.characters["unique"], raw)
        cost = f"{reason.replace('_', ' ')} ({percent(loss.characters, raw)})" if loss else "nothing"
        many = plural(flow.kind).capitalize()
        sentences.append(f"{many} keep {kept} without duplicates; the largest loss is {cost}.")
    return " ".join(sentences)


def _kept(sources: Sequence[Flow]) -> str:
    shares = sorted((flow.kept_share, flow.title) for flow in sources if flow.kept_share is not None)
    if not shares:
        return ""
    (low, lowest), (high, highest) = shares[0], shares[-1]
    return f"Between {100 * low:.0f} % ({lowest}) and {100 * high:.0f} % ({highest}) of a body stay."


def _lengths(corpus: Corpus) -> str:
    by_kind: dict[str, list[int]] = {}
    for passage in corpus.passages:
        by_kind.setdefault(passage["kind"], []).append(passage["n_tokens"])
    sentences = []
    for kind, values in by_kind.items():
        if len(values) < FEW:
            continue
        first, _, third = statistics.quantiles(values, n=4)
        sentences.append(f"Half of the {kind} passages have {first:.0f} to {third:.0f} tokens.")
    return " ".join(sentences)


def _duplicates(found: Duplicates) -> str:
    if not found.similarities:
        return "No passage was removed as a duplicate."
    clusters = sum(n for _, n in found.sizes)
    exact = sum(score >= 0.9995 for score in found.similarities)
    return (
        f"{found.removed:,} passages were removed in {clusters:,} clusters. "
        f"{percent(exact, found.removed)} of them have the very word sequences of the kept copy; "
        f"the least alike reaches a similarity of {min(found.similarities):.2f}."
    )


def _balance(tags: Mapping[str, Sequence[tuple[str, int]]]) -> str:
    sentences = []
    for tag, counts in tags.items():
        total = sum(n for _, n in counts)
        if counts and total:
            value, n = counts[0]
            sentences.append(f"most frequent {tag}: {value}, {percent(n, total)}")
    return "; ".join(sentences).capitalize() + "." if sentences else ""


def _weather(shares: Sequence[Share]) -> str:
    if not shares:
        return ""
    n, weather = sum(row.n for row in shares), sum(row.weather for row in shares)
    return (
        f"{weather:,} of {n:,} passages ({percent(weather, n)}) are tagged weather; most in "
        f"{shares[0].title} ({percent(shares[0].weather, shares[0].n)}), fewest in {shares[-1].title} "
        f"({percent(shares[-1].weather, shares[-1].n)})."
    )


def _quality(corpus: Corpus) -> str:
    scores = [passage["quality"] for passage in corpus.passages]
    if not scores:
        return ""
    low = sum(score < 0.8 for score in scores)
    median = statistics.median(scores)
    return f"{percent(low, len(scores))} of the passages score below 0.8; the median is {median:.3f}."
