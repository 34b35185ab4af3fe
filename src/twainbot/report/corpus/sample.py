"""The passages that the page lets one browse: seeded, the same number from every source where it has them."""

from __future__ import annotations

from dataclasses import dataclass

from twainbot.report.corpus.flow import FACT
from twainbot.report.corpus.inputs import Corpus, round_robin, seeded
from twainbot.report.corpus.rejects import shown
from twainbot.report.corpus.tags import value

SIZE = 200


@dataclass(frozen=True)
class Card:
    """One passage as shown."""

    id: str
    kind: str
    persona: str
    tone: str
    domain: str
    device: str
    source: str
    title: str
    author: str
    section: str
    speaker: str
    start: int
    end: int
    n_tokens: int
    quality: float
    flags: list[str]
    text: str


def sample(corpus: Corpus, seed: int, size: int = SIZE) -> list[Card]:
    """Up to ``size`` passages, the sources in turn. Facts count as one source: they are many and alike."""
    groups: dict[str, list[str]] = {}
    by_id = {passage["id"]: passage for passage in corpus.passages}
    for passage_id in seeded(by_id, seed):
        passage = by_id[passage_id]
        groups.setdefault(FACT if passage["kind"] == FACT else passage["source_id"], []).append(passage_id)
    documents = {document["doc_id"]: document for document in corpus.documents}
    cards = []
    for passage_id in round_robin((groups[name] for name in sorted(groups)), size):
        passage = by_id[passage_id]
        document = documents[passage["doc_id"]]
        cards.append(
            Card(
                id=passage["id"],
                kind=passage["kind"],
                persona=value(passage, "persona"),
                tone=value(passage, "tone"),
                domain=value(passage, "domain"),
                device=value(passage, "device"),
                source=passage["source_id"],
                title=shown(document["title"], corpus.slurs),
                author=shown(document["author"], corpus.slurs),
                section=shown(passage["section"], corpus.slurs),
                speaker=shown(passage["speaker"] or "", corpus.slurs),
                start=passage["start"],
                end=passage["end"],
                n_tokens=passage["n_tokens"],
                quality=passage["quality"],
                flags=passage["flags"],
                text=shown(passage["text"], corpus.slurs),
            )
        )
    return cards


def choices(cards: list[Card]) -> dict[str, list[str]]:
    """The values that each filter offers."""
    return {
        name: sorted({str(getattr(card, name)) for card in cards})
        for name in ("persona", "kind", "tone", "domain")
    }
