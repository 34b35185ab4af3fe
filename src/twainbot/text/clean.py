"""Segments to clean passages: normalise, mask, window, filter. What is dropped says why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from twainbot.corpus.sources import Source
from twainbot.files import content_id
from twainbot.records import PROSE, Document, Passage, Reject, Segment
from twainbot.text.chunk import windows
from twainbot.text.language import foreign_language
from twainbot.text.normalize import normalize, sentence_ends, words
from twainbot.text.safety import find_slur, mask_personal_data


@dataclass(frozen=True)
class CleanRules:
    """The filters' thresholds; see the ``clean`` section of params.yaml for their effect."""

    window_tokens: int
    max_tokens: int
    min_words: Mapping[str, int]  # by kind
    language: str
    language_profiles: tuple[str, ...]
    language_min_words: int
    language_seed: int
    slurs: frozenset[str]
    mask_pii_kinds: frozenset[str]
    book_family: str


@dataclass(frozen=True)
class Cleaned:
    """What became of the segments: each is in a passage or a reject.

    One that was cut may be in several, each with another piece of its text.
    """

    passages: list[Passage]
    rejects: list[Reject]
    masked: int  # passages in which personal data was replaced


def clean_text(segment: Segment, mask: bool) -> tuple[str, list[str]]:
    """A segment's normalised text, and the personal data that was replaced in it."""
    text = normalize(segment["text"])
    return mask_personal_data(text) if mask else (text, [])


def content_problem(text: str, rules: CleanRules) -> tuple[str, str] | None:
    """Why ``text`` must go for what it says, as (reason, detail), or None."""
    if not words(text):
        return "too_short", "no words"
    if slur := find_slur(text, rules.slurs):
        return "slur", slur
    language = foreign_language(
        text, rules.language, rules.language_profiles, rules.language_seed, rules.language_min_words
    )
    return ("language", language) if language else None


def length_problem(text: str, kind: str, n_tokens: int, rules: CleanRules) -> tuple[str, str] | None:
    """Why ``text`` must go for its length, as (reason, detail), or None."""
    count = len(words(text))
    if count < rules.min_words[kind]:
        return "too_short", f"{count} words"
    return ("too_long", f"{n_tokens} tokens") if n_tokens > rules.max_tokens else None


def _family(segment: Segment, source: Source, book_family: str) -> str:
    if segment["kind"] == "book" and book_family == "book":
        return source.work or source.id
    if segment["kind"] == "post":
        # A month of posts: the same news is posted many times within days.
        return f"{source.id}/{(segment['created_utc'] or 'undated')[:7]}"
    if segment["kind"] == "joke":
        return f"{source.id}/{segment['ordinal']}"  # jokes of one collection have nothing in common
    return f"{source.id}/{segment['section']}"


def quality(text: str) -> float:
    """A score between 0 and 1 by which duplicates are ranked, not a filter.

    The share of letters, spaces and common punctuation, times the share of words that are not shouted,
    lowered for a text that does not end a sentence.
    """
    tokens = text.split()
    if not tokens:
        return 0.0
    plain = sum(char.isalpha() or char in " \n.,;:!?'\"-()" for char in text) / len(text)
    calm = 1 - sum(len(token) > 3 and token.isupper() for token in tokens) / len(tokens)
    finished = 1.0 if text.rstrip("\"') ")[-1:] in ".!?" else 0.9
    return round(plain * calm * finished, 4)


def _cues(segments: Sequence[Segment]) -> dict[str, str]:
    """Segment id of a speech -> id of the speech right before it, by someone else in the same scene."""
    return {
        speech["id"]: cue["id"]
        for cue, speech in pairwise(segments)
        if speech["kind"] == cue["kind"] == "play"
        and (speech["doc_id"], speech["section"]) == (cue["doc_id"], cue["section"])
        and cue["speaker"] not in (None, speech["speaker"])
    }


def clean(
    documents: Iterable[Document],
    segments: Sequence[Segment],
    sources: Mapping[str, Source],
    n_tokens: Callable[[str], int],
    rules: CleanRules,
) -> Cleaned:
    """Turn parsed segments into passages.

    Filters look at each segment before windowing, so one foreign paragraph does not take its English
    neighbours with it; length is judged on the finished window. A book's window that is still too long
    is cut at sentence ends into passages that share their parent. A speech whose cue was dropped has no
    ``previous``: it does not answer the speech before that.

    Args:
        sources: by id, those of all documents.
        n_tokens: the base tokenizer's count, without special tokens.
    """
    by_id = {document["doc_id"]: document for document in documents}
    rejects: list[Reject] = []
    kept: list[Segment] = []
    texts: list[str] = []
    masked: set[str] = set()
    for segment in segments:
        text, found = clean_text(segment, segment["kind"] in rules.mask_pii_kinds)
        if found:
            masked.add(segment["id"])
        if problem := content_problem(text, rules):
            rejects.append(reject(segment, *problem))
            continue
        kept.append(segment)
        texts.append(text)

    passages: list[Passage] = []
    cues = _cues(segments)
    speeches: dict[str, str] = {}  # segment id -> passage id
    for window in windows(kept, texts, n_tokens, rules.window_tokens):
        parts = [kept[index] for index in window]
        joined = "\n\n".join(texts[index] for index in window)
        document = by_id[parts[0]["doc_id"]]
        source = sources[document["source_id"]]
        kind = parts[0]["kind"]
        pieces = _cut(joined, n_tokens, rules.window_tokens) if kind in PROSE else [joined]
        for piece in pieces:
            size = n_tokens(piece)
            if problem := length_problem(piece, kind, size, rules):
                text = piece if len(pieces) > 1 else None
                rejects.extend(reject(part, *problem, text=text) for part in parts)
                continue
            passage = Passage(
                id=content_id(
                    "pas", parts[0]["doc_id"], str(parts[0]["start"]), str(parts[-1]["end"]), piece
                ),
                doc_id=parts[0]["doc_id"],
                source_id=parts[0]["source_id"],
                segments=[part["id"] for part in parts],
                start=parts[0]["start"],
                end=parts[-1]["end"],
                text=piece,
                n_tokens=size,
                kind=kind,
                persona=source.persona_of(parts[0]["speaker"]),
                section=parts[0]["section"],
                family=_family(parts[0], source, rules.book_family),
                speaker=parts[0]["speaker"],
                previous=speeches.get(cues.get(parts[0]["id"], "")),
                tone=None,
                domain=None,
                device=None,
                quality=quality(piece),
                cluster_id=None,
                holdout=document["holdout"],
            )
            if kind == "play":
                speeches[parts[0]["id"]] = passage["id"]
            passages.append(passage)
    accounted = {dropped["id"] for dropped in rejects}.union(*(passage["segments"] for passage in passages))
    assert accounted == {segment["id"] for segment in segments}, "a segment is in no passage and no reject"
    masked_passages = sum(any(part in masked for part in passage["segments"]) for passage in passages)
    return Cleaned(passages, rejects, masked_passages)


def _cut(text: str, n_tokens: Callable[[str], int], budget: int) -> list[str]:
    """``text`` in pieces of at most ``budget`` tokens, cut at sentence ends only.

    A third more is allowed rather than leaving a scrap, as in :func:`windows`; a longer sentence is a
    piece of its own.
    """
    if n_tokens(text) <= budget * 4 / 3:
        return [text]
    cuts, last = [0], 0
    for end in sentence_ends(text):
        if last > cuts[-1] and n_tokens(text[cuts[-1] : end].strip()) > budget:
            cuts.append(last)
        last = end
    if (
        len(cuts) > 1
        and n_tokens(text[cuts[-1] :]) < budget / 3
        and n_tokens(text[cuts[-2] :]) <= budget * 4 / 3
    ):
        cuts.pop()
    return [text[start:end].strip() for start, end in pairwise([*cuts, len(text)])]


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
