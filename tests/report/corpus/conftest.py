"""A small corpus with every kind of loss, in round numbers; its texts are hostile where that matters."""

from __future__ import annotations

from typing import Any

import pytest
from builders import document, passage

from twainbot.records import Passage, Reject
from twainbot.report.corpus.inputs import Corpus
from twainbot.report.corpus.page import CorpusPage, build_corpus_page
from twainbot.text.safety import word_hash
from twainbot.text.tag import TAGS

HOSTILE = '</script><script>document.title = "broken"</script><img src=x onerror=alert(1)>'
ALMANAC = 'Rain fell on Tuesday, and the barber predicted it on Wednesday. <script>alert("text")</script>'


THRESHOLDS = dict.fromkeys(TAGS, 0.5)


def scored(*tags: str) -> dict[str, Any]:
    return {"tag_scores": {tag: 0.5 if tag in tags else 0.4 for tag in TAGS}}


def reject(stage: str, reason: str, text: str, **fields: Any) -> Reject:
    base: dict[str, Any] = {
        "id": f"rej-{stage}-{reason}-{abs(fields.get('start', 0))}",
        "doc_id": "doc-1",
        "source_id": "almanac",
        "stage": stage,
        "reason": reason,
        "detail": "",
        "start": 0,
        "end": len(text),
        "text": text,
    }
    return base | fields  # type: ignore[return-value]


def made_up_passages() -> list[Passage]:
    wry: dict[str, Any] = {"source_id": "almanac", "tone": "wry", "domain": "weather", "device": "pun"}
    short: dict[str, Any] = {
        "doc_id": "doc-2", "source_id": "news", "kind": "post", "persona": "deadpan",
        "tone": "humorous", "device": "headline", "section": "news",
    }  # fmt: skip
    return [
        passage(ALMANAC.ljust(300, "."), 1, **wry, **scored("wry", "weather"), quality=0.7),
        passage("b" * 200, 2, **(wry | {"domain": "general", "device": None}), **scored("wry")),
        passage("Fog reports itself missing", 3, **short, **scored("humorous", "weather"), domain="weather"),
        passage("Mayor opens door", 4, **short, **scored("humorous"), domain="general"),
        passage("High 3, low 1", 5, doc_id="doc-3", source_id="facts", kind="fact", persona="weather",
                tone="plain", domain="weather"),
    ]  # fmt: skip


def made_up_rejects() -> list[Reject]:
    return [
        reject("parse", "boilerplate", "h" * 100, start=0, end=100),
        reject("parse", "heading", "CHAPTER I " + HOSTILE, start=100, end=120),
        reject("parse", "boilerplate", "t" * 100, start=900, end=1000),
        reject("clean", "slur", "Such a Grubword again, write to nobody@example.org!", detail="grubword"),
        reject("clean", "language", "Der Regen kam am Dienstag.", start=400, end=450, detail="de"),
        reject("clean", "language", "Il pleut.", start=450, end=470, detail="fr 0.99 @ 3:8"),
        reject(
            "dedupe", "duplicate", "Fog reports itself lost", id="pas-copy", doc_id="doc-2",
            source_id="news", detail="pas-0000000000000003 0.812",
        ),
        reject(
            "dedupe", "duplicate", "Fog reports itself missing", id="pas-same", doc_id="doc-1",
            source_id="almanac", detail="pas-0000000000000003 1.000",
        ),
    ]  # fmt: skip


def made_up_corpus() -> Corpus:
    return Corpus(
        documents=[
            document(
                doc_id="doc-1", source_id="almanac", title="The Almanac & <b>More</b>",
                body_start=100, body_end=900,
            ),
            document(
                doc_id="doc-2", source_id="news", kind="post", persona="deadpan", title="News",
                path="news.csv", body_end=200,
            ),
            document(
                doc_id="doc-3", source_id="facts", kind="fact", persona="weather", title="Facts",
                path="facts.json", body_end=50,
            ),
        ],
        segments={"almanac": (6, 700), "news": (3, 65), "facts": (1, 13)},
        rejects=made_up_rejects(),
        passages=made_up_passages(),
        rows=[
            ("pas-0000000000000001", "twain", "weather"),
            ("pas-0000000000000001", "twain", "weather"),
            ("pas-0000000000000003", "deadpan", "weather"),
        ],
        slurs=frozenset({word_hash("grubword")}),
    )  # fmt: skip


@pytest.fixture(scope="session")
def thresholds() -> dict[str, float]:
    return THRESHOLDS


@pytest.fixture
def corpus() -> Corpus:
    return made_up_corpus()


@pytest.fixture(scope="session")
def page() -> CorpusPage:
    """The page of the corpus, by seed 7; drawing it takes seconds."""
    return build_corpus_page(made_up_corpus(), "sample", 7, THRESHOLDS)


@pytest.fixture
def empty() -> Corpus:
    return Corpus([], {}, [], [], [], frozenset())
