"""Rejects by rule: how many, of which sources, and a few seeded examples with the matched span."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from twainbot.records import Reject
from twainbot.report.conversations import printable
from twainbot.report.corpus.inputs import Corpus, round_robin, seeded
from twainbot.text.normalize import words
from twainbot.text.safety import find_slur, mask_personal_data

EXAMPLES = 4  # a rule
CONTEXT = 110  # characters before and after the span
SOURCES = 3  # named a rule
_SPAN = re.compile(r"@\s*(\d+):(\d+)")
DEDUPE = "dedupe"


@dataclass(frozen=True)
class Example:
    """A dropped text around the span that its rule matched; ``match`` is empty if the whole text counted."""

    id: str
    source: str
    start: int
    end: int
    detail: str
    before: str
    match: str
    after: str


@dataclass(frozen=True)
class Rule:
    """One reason of one stage."""

    stage: str
    reason: str
    records: int
    characters: int
    sources: list[tuple[str, int]]
    more_sources: int
    examples: list[Example]


def rules(corpus: Corpus, seed: int) -> list[Rule]:
    """The rules that dropped anything, by stage, the busiest first; equal ones by name."""
    found: dict[tuple[str, str], list[Reject]] = {}
    for reject in corpus.rejects:
        found.setdefault((reject["stage"], reject["reason"]), []).append(reject)
    stages = list(dict.fromkeys(stage for stage, _ in found))
    ordered = sorted(found.items(), key=lambda pair: (stages.index(pair[0][0]), -len(pair[1]), pair[0]))
    result = []
    for (stage, reason), rejects in ordered:
        sources = Counter(reject["source_id"] for reject in rejects)
        busiest = sorted(sources.items(), key=lambda pair: (-pair[1], pair[0]))
        result.append(
            Rule(
                stage=stage,
                reason=reason,
                records=len(rejects),
                characters=sum(len(reject["text"]) for reject in rejects),
                sources=busiest[:SOURCES],
                more_sources=max(0, len(busiest) - SOURCES),
                # Duplicates are shown beside the copy that was kept.
                examples=[] if stage == DEDUPE else _examples(rejects, seed, corpus.slurs),
            )
        )
    return result


def _examples(rejects: list[Reject], seed: int, slurs: frozenset[str]) -> list[Example]:
    """From as many sources as there are."""
    by_key = {f"{reject['id']}\x1f{number}": reject for number, reject in enumerate(rejects)}
    groups: dict[str, list[str]] = {}
    for key in seeded(by_key, seed):
        groups.setdefault(by_key[key]["source_id"], []).append(key)
    chosen = round_robin((groups[source] for source in sorted(groups)), EXAMPLES)
    return [example(by_key[key], slurs) for key in chosen]


def example(reject: Reject, slurs: frozenset[str]) -> Example:
    """The excerpt of one reject. Slurs become dots, personal data its placeholders."""
    text = without_slurs(reject["text"], slurs)
    start, end = matched_span(reject) or (0, 0)
    before, match, after = text[:start], text[start:end], text[end:]
    if len(before) > CONTEXT:
        before = "…" + before[-CONTEXT:]
    room = CONTEXT if match else 2 * CONTEXT
    if len(after) > room:
        after = after[:room] + "…"
    if len(match) > 2 * CONTEXT:
        match = match[: 2 * CONTEXT] + "…"
    return Example(
        id=reject["id"],
        source=reject["source_id"],
        start=reject["start"],
        end=reject["end"],
        detail=shown(reject["detail"], slurs),
        before=shown(before, frozenset()),
        match=shown(match, frozenset()),
        after=shown(after, frozenset()),
    )


def matched_span(reject: Mapping[str, object]) -> tuple[int, int] | None:
    """Where in the reject's text its rule matched, or None if the detail does not say.

    ``detail`` may hold ``@ start:end``, counted in the text or in the raw file, or is the matched words
    themselves.
    """
    text, detail, offset = str(reject["text"]), str(reject["detail"]), int(str(reject["start"]))
    literal = _SPAN.sub("", detail).strip(" ,;:\"'")
    if found := _SPAN.search(detail):
        start, end = int(found[1]), int(found[2])
        for first, last in ((start, end), (start - offset, end - offset)):
            if 0 <= first < last <= len(text):
                words_of_it = literal.lower() == text[first:last].lower()
                # A language or a score of the whole text: there is nothing in it to point at.
                return (first, last) if words_of_it or first > 0 or 2 * last < len(text) else None
    if len(literal) < 3:  # a language's code
        return None
    place = re.search(rf"(?<!\w){re.escape(literal)}(?!\w)", text, re.IGNORECASE)
    return (place.start(), place.end()) if place else None


def without_slurs(text: str, slurs: frozenset[str]) -> str:
    """``text``, as long as before, with a dot for every letter of a listed word but the first."""
    if not find_slur(text, slurs):
        return text
    for word in sorted(set(words(text)), key=len, reverse=True):
        if find_slur(word, slurs):
            pattern = rf"(?<![^\W_]){re.escape(word)}(?![^\W_])"
            text = re.sub(
                pattern, lambda found: found[0][0] + "•" * (len(found[0]) - 1), text, flags=re.IGNORECASE
            )
    return text


def shown(text: str, slurs: frozenset[str]) -> str:
    """Text as the page may show it: no slurs, no personal data, nothing that HTML cannot carry."""
    return printable(mask_personal_data(without_slurs(text, slurs))[0])


@dataclass(frozen=True)
class Foreign:
    """What the language filter dropped of one source."""

    source: str
    languages: list[tuple[str, int]]
    dropped: int
    segments: int


def languages(corpus: Corpus) -> tuple[list[tuple[str, int]], list[Foreign]]:
    """Languages of the dropped segments with their numbers, and the same by source."""
    total: Counter[str] = Counter()
    by_source: dict[str, Counter[str]] = {}
    for reject in corpus.rejects:
        if reject["reason"] == "language":
            name = re.match(r"[A-Za-z][A-Za-z-]+", reject["detail"])
            language = name[0].lower() if name else "unknown"
            total[language] += 1
            by_source.setdefault(reject["source_id"], Counter())[language] += 1

    def ordered(counts: Counter[str]) -> list[tuple[str, int]]:
        return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))

    rows = [
        Foreign(source, ordered(counts), counts.total(), corpus.segments.get(source, (0, 0))[0])
        for source, counts in by_source.items()
    ]
    return ordered(total), sorted(rows, key=lambda row: (-row.dropped, row.source))
