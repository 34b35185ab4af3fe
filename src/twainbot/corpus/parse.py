"""One raw file to records: decode, find the body, and hand it to the parser of its kind."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass

from twainbot.corpus.books.gutenberg import Body, find_body
from twainbot.corpus.books.header import mismatch, read_header
from twainbot.corpus.books.parse import parse_book
from twainbot.corpus.decode import decode
from twainbot.corpus.pieces import Pieces
from twainbot.corpus.plays.parse import JOINED, parse_play, play_format
from twainbot.corpus.posts.jokes import parse_jokes
from twainbot.corpus.posts.reddit import parse_reddit
from twainbot.corpus.sources import Source
from twainbot.corpus.weather.parse import parse_weather
from twainbot.corpus.web.parse import parse_web
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

    def kept_share(self) -> float:
        """How much of the documents' bodies, in characters, became text."""
        body = sum(document["body_end"] - document["body_start"] for document in self.documents)
        kept = sum(segment["end"] - segment["start"] for segment in self.segments)
        return kept / body if body else 1.0

    def counts(self) -> dict[str, int]:
        """How many pieces were kept, and how many were dropped for each reason; they add up to all pieces."""
        reasons = Counter(reject["reason"] for reject in self.rejects)
        return {"kept": len(self.segments), **dict(sorted(reasons.items()))}


def parse_source(source: Source, data: bytes, min_kept_share: float = 0.0) -> Parsed:
    """Parse a source's raw bytes.

    A book must keep ``min_kept_share`` of the characters between its header and its licence. Books carry
    the flags of :func:`find_body`, and ``metadata_mismatch`` where the file's header names another title or
    author than the source.

    Ids depend on the source's id, the raw bytes and what was parsed from them, and on nothing else.
    The header and licence around a book are rejects with the reason ``boilerplate``.

    Raises:
        InputError: the file cannot be decoded or has not the layout of its kind, or gives no text, or too
            little.
    """
    raw, encoding = decode(data, source.path)
    body = Body(0, len(raw), (), 1.0)
    if source.kind == "gutenberg" or (source.kind == "play" and play_format(raw) == "text"):
        _refuse_other_formats(source, raw)
        body = _body(source, raw)
    sha256 = hashlib.sha256(data).hexdigest()
    doc_id = content_id("doc", source.id, sha256)

    if source.kind == "gutenberg":
        segments, rejects = parse_book(raw, body, doc_id=doc_id, source_id=source.id, author=source.author)
    elif source.kind == "play":
        segments, rejects = parse_play(
            raw, body, doc_id=doc_id, source_id=source.id, aliases=source.aliases, where=source.path
        )
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
        flags=[*body.flags, *_metadata_flags(source, raw)],
    )
    parsed = Parsed([document], segments, around.result()[1])
    if source.kind == "gutenberg" and parsed.kept_share() < min_kept_share:
        reasons = {name: count for name, count in parsed.counts().items() if name != "kept"}
        raise InputError(
            f"{source.path}: only {parsed.kept_share():.0%} of the book's characters were kept as text, less "
            f"than corpus.min_kept_share in params.yaml ({min_kept_share:.0%}); paragraphs were dropped as "
            f"{reasons}. Look at the file: if it is right (a book of tables), lower that value; else fetch "
            "it again."
        )
    return parsed


def _refuse_other_formats(source: Source, raw: str) -> None:
    """Text that is no plain text of a book: markup or data of a server."""
    head = raw[:1024].lstrip()
    if re.match(r"<!doctype\s+html|<html[\s>]", head, re.IGNORECASE):
        raise InputError(
            f"{source.path}: this is an HTML page, not the plain text of a book. Fetch it again, or give "
            "Project Gutenberg's file that ends in .txt."
        )
    if head.startswith(("{", "[")):
        with suppress(json.JSONDecodeError, RecursionError):
            value = json.loads(raw)
            said = str(value.get("error") or value.get("message") or "") if isinstance(value, dict) else ""
            raise InputError(
                f"{source.path}: this is JSON, not the plain text of a book"
                f"{f'; it says {said[:100]!r}' if said else ''}. Fetch it again."
            )


def _body(source: Source, raw: str) -> Body:
    try:
        return find_body(raw)
    except InputError as error:
        raise InputError(f"{source.path}: {error}") from error


def _metadata_flags(source: Source, raw: str) -> list[str]:
    if source.kind != "gutenberg":
        return []
    return ["metadata_mismatch"] if mismatch(read_header(raw), source.title, source.author) else []


def _check_characters(source: Source, segments: list[Segment]) -> None:
    """A persona given to a name that never speaks would silently get no lines."""
    speakers = {segment["speaker"] for segment in segments if segment["speaker"]}
    if missing := sorted(set(source.characters) - speakers):
        known = ", ".join(sorted(name for name in speakers if JOINED not in name))
        raise InputError(
            f"data/sources.yaml: source {source.id!r}: characters {', '.join(missing)} never speak in "
            f"{source.path}. The speakers are: {known}."
        )
