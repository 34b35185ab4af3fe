"""One raw file to records: decode, find the body, and hand it to the parser of its kind."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass

from twainbot.corpus.book import parse_book
from twainbot.corpus.decode import decode
from twainbot.corpus.gutenberg import Body, find_body
from twainbot.corpus.jokes import parse_jokes
from twainbot.corpus.pieces import Pieces
from twainbot.corpus.plays import JOINED, parse_play
from twainbot.corpus.reddit import parse_reddit
from twainbot.corpus.sources import Source
from twainbot.corpus.weather import parse_weather
from twainbot.corpus.webpages import parse_web
from twainbot.files import InputError, content_id
from twainbot.records import Document, Kind, Reject, Segment

_KINDS: dict[str, Kind] = {
    "gutenberg": "book",
    "play": "play",
    "reddit": "post",
    "jokes": "joke",
    "web": "page",
    "weather": "fact",
}


@dataclass(frozen=True)
class Parsed:
    """What one source gave. Every segment and reject belongs to one of the documents."""

    documents: list[Document]
    segments: list[Segment]
    rejects: list[Reject]

    def counts(self) -> dict[str, int]:
        """How many pieces were kept, and how many were dropped for each reason; they add up to all pieces."""
        reasons = Counter(reject["reason"] for reject in self.rejects)
        return {"kept": len(self.segments), **dict(sorted(reasons.items()))}


def parse_source(source: Source, data: bytes) -> Parsed:
    """Parse a source's raw bytes.

    Ids depend on the source's id, the raw bytes and what was parsed from them, and on nothing else.
    The header and licence around a book are rejects with the reason ``boilerplate``.

    Raises:
        InputError: the file cannot be decoded or has not the layout of its kind, or gives no text.
    """
    raw, encoding = decode(data, source.path)
    sha256 = hashlib.sha256(data).hexdigest()
    doc_id = content_id("doc", source.id, sha256)
    body = find_body(raw) if source.kind in ("gutenberg", "play") else Body(0, len(raw), (), 1.0)

    if source.kind == "gutenberg":
        segments, rejects = parse_book(raw, body, doc_id=doc_id, source_id=source.id)
    elif source.kind == "play":
        segments, rejects = parse_play(raw, body, doc_id=doc_id, source_id=source.id)
        _check_characters(source, segments)
    elif source.kind == "reddit":
        segments, rejects = parse_reddit(
            raw, doc_id=doc_id, source_id=source.id, subreddit=source.subreddit, where=source.path
        )
    elif source.kind == "jokes":
        segments, rejects = parse_jokes(raw, doc_id=doc_id, source_id=source.id, where=source.path)
    elif source.kind == "web":
        segments, rejects = parse_web(raw, doc_id=doc_id, source_id=source.id, where=source.path)
    else:
        segments, rejects = parse_weather(
            raw, doc_id=doc_id, source_id=source.id, place=source.title, where=source.path
        )
    if not segments:
        dropped = dict(Counter(reject["reason"] for reject in rejects))
        raise InputError(
            f"{source.path}: no text was found, everything was dropped ({dropped}). "
            f"Look at the file; if it is not what source {source.id!r} should be, fetch it again."
        )
    around = Pieces(raw, doc_id, source.id, _KINDS[source.kind], rejects=rejects)
    for start, end in ((0, body.start), (body.end, len(raw))):
        if raw[start:end].strip():
            around.drop(start, end, "boilerplate")
    document = Document(
        doc_id=doc_id,
        source_id=source.id,
        kind=_KINDS[source.kind],
        persona=source.persona,
        title=source.title,
        author=source.author,
        year=source.year,
        url=source.urls[0] if source.urls else "",
        licence=source.licence,
        path=source.path,
        encoding=encoding,
        raw_sha256=sha256,
        body_start=body.start,
        body_end=body.end,
        holdout=source.holdout,
        flags=list(body.flags),
    )
    return Parsed([document], segments, around.result()[1])


def _check_characters(source: Source, segments: list[Segment]) -> None:
    """A persona given to a name that never speaks would silently get no lines."""
    speakers = {segment["speaker"] for segment in segments if segment["speaker"]}
    if missing := sorted(set(source.characters) - speakers):
        known = ", ".join(sorted(name for name in speakers if JOINED not in name))
        raise InputError(
            f"data/sources.yaml: source {source.id!r}: characters {', '.join(missing)} never speak in "
            f"{source.path}. The speakers are: {known}."
        )
