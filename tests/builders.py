"""Records for tests: every field has a plain value, a test names only those it is about."""

from __future__ import annotations

from typing import Any

from twainbot.corpus.sources import Source
from twainbot.files import content_id
from twainbot.records import Document, Passage, Segment


def document(**fields: Any) -> Document:
    base: dict[str, Any] = {
        "doc_id": "doc-1",
        "source_id": "book",
        "kind": "book",
        "persona": "twain",
        "title": "A Book",
        "author": "An Author",
        "year": 1890,
        "url": "",
        "licence": "CC0",
        "path": "book.txt",
        "encoding": "utf-8",
        "raw_sha256": "0" * 64,
        "body_start": 0,
        "body_end": 10**6,
        "holdout": False,
        "flags": [],
    }
    return base | fields  # type: ignore[return-value]


def source(**fields: Any) -> Source:
    base: dict[str, Any] = {
        "id": "book",
        "corpus": "sample",
        "kind": "gutenberg",
        "persona": "twain",
        "title": "A Book",
        "author": "An Author",
        "licence": "CC0",
        "path": "book.txt",
    }
    return Source(**(base | fields))


def segment(text: str, ordinal: int = 0, **fields: Any) -> Segment:
    base: dict[str, Any] = {
        "id": "",
        "doc_id": "doc-1",
        "source_id": "book",
        "kind": "book",
        "section": "CHAPTER I",
        "ordinal": ordinal,
        "start": 1000 * ordinal,
        "end": 1000 * ordinal + len(text),
        "text": text,
        "verse": False,
        "speaker": None,
        "score": None,
        "created_utc": None,
        "url": None,
    }
    made = base | fields
    made["id"] = fields.get("id") or content_id(
        "seg", made["doc_id"], str(made["start"]), str(made["end"]), text
    )
    return made  # type: ignore[return-value]


def passage(text: str, number: int = 0, **fields: Any) -> Passage:
    base: dict[str, Any] = {
        "id": f"pas-{number:016x}",
        "doc_id": "doc-1",
        "source_id": "book",
        "segments": [],
        "start": 0,
        "end": len(text),
        "text": text,
        "n_tokens": len(text.split()),
        "kind": "book",
        "persona": "twain",
        "section": "CHAPTER I",
        "family": "book/CHAPTER I",
        "speaker": None,
        "previous": None,
        "tone": None,
        "domain": None,
        "device": None,
        "tag_scores": None,
        "quality": 0.9,
        "cluster_id": None,
        "holdout": False,
        "flags": [],
    }
    return base | fields  # type: ignore[return-value]


def n_words(text: str) -> int:
    """Stands for a token counter: white-space separated words."""
    return len(text.split())
