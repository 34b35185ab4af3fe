"""Segments to clean passages: normalise, mask, filter, window. What is dropped says why."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from twainbot.corpus.sources import Source
from twainbot.files import content_id
from twainbot.records import PROSE, Document, Passage, Reject, ReviewItem, Segment
from twainbot.text.chunk import cut, overlap, windows
from twainbot.text.filters import (
    CleanRules,
    clean_text,
    content_problem,
    length_problem,
    marks,
    review_items,
)
from twainbot.text.quality import quality
from twainbot.text.review import review_id


@dataclass(frozen=True)
class Cleaned:
    """What became of the segments: each is in a passage or a reject.

    One that was cut may be in several, each with another piece of its text.
    """

    passages: list[Passage]
    rejects: list[Reject]
    masked: int  # passages in which personal data was replaced
    review: list[ReviewItem] = field(default_factory=list)  # topics of passages that wait for a decision


@dataclass(frozen=True)
class _Piece:
    """A text that may become a passage, and the segments that it is from."""

    text: str
    parts: list[int]  # indices of the kept segments
    whole: bool  # it is all of their text
    follows: bool  # it goes on within the last segment of the piece before


def _family(segment: Segment, source: Source, book_family: str) -> str:
    if segment["kind"] == "book" and book_family == "book":
        return source.work or source.id
    if segment["kind"] == "post":
        # A month of posts: the same news is posted many times within days.
        return f"{source.id}/{(segment['created_utc'] or 'undated')[:7]}"
    if segment["kind"] == "joke":
        return f"{source.id}/{segment['ordinal']}"  # jokes of one collection have nothing in common
    return f"{source.id}/{segment['section']}"


def _cues(segments: Sequence[Segment]) -> dict[str, str]:
    """Segment id of a speech -> id of the speech right before it, by someone else in the same scene."""
    return {
        speech["id"]: cue["id"]
        for cue, speech in pairwise(segments)
        if speech["kind"] == cue["kind"] == "play"
        and (speech["doc_id"], speech["section"]) == (cue["doc_id"], cue["section"])
        and cue["speaker"] not in (None, speech["speaker"])
    }


def clean_document(
    document: Document,
    segments: Sequence[Segment],
    source: Source,
    n_tokens: Callable[[str], int],
    rules: CleanRules,
) -> Cleaned:
    """The passages of one document; a pure function of its arguments, so documents may be done in parallel.

    Filters look at each segment before windowing, so one foreign paragraph does not take its English
    neighbours with it; length is judged on the finished window. A book's window that is still too long
    is cut at sentence ends into passages that share their parent. A speech whose cue was dropped has no
    ``previous``: it does not answer the speech before that.
    """
    n_tokens = functools.cache(n_tokens)  # most texts are measured before and after windowing
    rejects: list[Reject] = []
    kept: list[Segment] = []
    texts: list[str] = []
    masked: set[str] = set()
    cleaned = [clean_text(segment["text"], segment["kind"], rules) for segment in segments]
    toxicity: dict[str, float | None] = dict.fromkeys([segment["id"] for segment in segments])
    if rules.toxicity:
        toxicity.update(zip(toxicity, rules.toxicity([text for text, _ in cleaned]), strict=True))
    for segment, (text, found) in zip(segments, cleaned, strict=True):
        if found:
            masked.add(segment["id"])
        if problem := content_problem(text, segment["kind"], toxicity[segment["id"]], rules):
            rejects.append(reject(segment, *problem, text=text or segment["text"]))
            continue
        kept.append(segment)
        texts.append(text)

    passages: list[Passage] = []
    review: list[ReviewItem] = []
    cues = _cues(segments)
    speeches: dict[str, str] = {}  # segment id -> passage id
    last: _Piece | None = None  # the kept piece right before
    for piece in _pieces(kept, texts, n_tokens, rules):
        parts = [kept[index] for index in piece.parts]
        kind = parts[0]["kind"]
        text, indices, repeated = _with_overlap(piece, last, kept, texts, n_tokens, rules)
        problem = length_problem(piece.text, kind, n_tokens(piece.text), rules)
        if not problem and review_id(text) in rules.decisions.rejected:
            problem = "review", review_id(text)
        if problem:
            dropped = None if piece.whole and problem[0] != "review" else piece.text
            rejects.extend(reject(part, *problem, text=dropped) for part in parts)
            last = None
            continue
        last = piece
        parts = [kept[index] for index in indices]
        scores = [score for part in parts if (score := toxicity[part["id"]]) is not None]
        noticed = marks(text, kind, max(scores, default=None), rules)
        passage = Passage(
            id=content_id("pas", document["doc_id"], str(parts[0]["start"]), str(parts[-1]["end"]), text),
            doc_id=document["doc_id"],
            source_id=parts[0]["source_id"],
            segments=[part["id"] for part in parts],
            start=parts[0]["start"],
            end=parts[-1]["end"],
            text=text,
            n_tokens=n_tokens(text),
            kind=kind,
            persona=source.persona_of(parts[0]["speaker"]),
            section=parts[0]["section"],
            family=_family(parts[0], source, rules.book_family),
            speaker=parts[0]["speaker"],
            previous=speeches.get(cues.get(parts[0]["id"], "")),
            tone=None,
            domain=None,
            device=None,
            tag_scores=None,
            quality=quality(text),
            cluster_id=None,
            holdout=document["holdout"],
            flags=sorted([*noticed.flags, *([f"overlap:{repeated}"] if repeated else [])]),
        )
        if kind == "play":
            speeches[parts[0]["id"]] = passage["id"]
        passages.append(passage)
        if review_id(text) not in rules.decisions.accepted:
            review.extend(review_items(passage, noticed.topics))
    accounted = {dropped["id"] for dropped in rejects}.union(*(passage["segments"] for passage in passages))
    assert accounted == {segment["id"] for segment in segments}, "a segment is in no passage and no reject"
    masked_passages = sum(any(part in masked for part in passage["segments"]) for passage in passages)
    return Cleaned(passages, rejects, masked_passages, review)


def _pieces(
    kept: Sequence[Segment], texts: Sequence[str], n_tokens: Callable[[str], int], rules: CleanRules
) -> Iterable[_Piece]:
    budget = rules.window_tokens - rules.overlap_tokens
    for window in windows(kept, texts, n_tokens, budget):
        joined = "\n\n".join(texts[index] for index in window)
        if kept[window[0]]["kind"] not in PROSE:
            yield _Piece(joined, window, True, False)
            continue
        verse = all(kept[index]["verse"] for index in window)
        pieces = cut(joined, n_tokens, budget, verse=verse)
        for number, text in enumerate(pieces):
            yield _Piece(text, window, len(pieces) == 1, number > 0)


def _with_overlap(
    piece: _Piece,
    last: _Piece | None,
    kept: Sequence[Segment],
    texts: Sequence[str],
    n_tokens: Callable[[str], int],
    rules: CleanRules,
) -> tuple[str, list[int], int]:
    """A book's piece after the end of the one before it, if both fit: text, segments, characters repeated."""
    first = kept[piece.parts[0]]
    if not last or first["kind"] not in PROSE or kept[last.parts[-1]]["section"] != first["section"]:
        return piece.text, piece.parts, 0
    lead = overlap(last.text, n_tokens, rules.overlap_tokens)
    text = (" " if piece.follows else "\n\n").join((lead, piece.text))
    if not lead or n_tokens(text) > rules.max_tokens:
        return piece.text, piece.parts, 0
    origin = _origin(lead, last.parts, texts)
    return text, list(dict.fromkeys([*origin, *piece.parts])), len(lead)


def _origin(tail: str, parts: Sequence[int], texts: Sequence[str]) -> Sequence[int]:
    """The fewest of the last ``parts`` whose texts hold ``tail``."""
    for start in range(len(parts) - 1, 0, -1):
        if tail in "\n\n".join(texts[index] for index in parts[start:]):
            return parts[start:]
    return parts


def reject(segment: Segment, reason: str, detail: str, text: str | None = None) -> Reject:
    """The reject record of a segment dropped by this stage, or of the piece ``text`` of it."""
    return Reject(
        id=segment["id"],
        doc_id=segment["doc_id"],
        source_id=segment["source_id"],
        stage="clean",
        reason=reason,
        detail=detail,
        start=segment["start"],
        end=segment["end"],
        text=segment["text"] if text is None else text,
    )
