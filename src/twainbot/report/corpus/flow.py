"""Where the characters of the raw files went: what each step kept of each source, and why the rest went.

Raw files and bodies are counted in characters of the decoded file, from the segments on in characters of
the records' texts. A post's text is shorter than its line of the dump by the other columns, so what lies
between body and segments and is no reject is markup, white space and other columns, and is called that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from twainbot.records import Document, Passage, Reject
from twainbot.report.corpus.inputs import Corpus

STEPS = ("raw", "body", "segments", "passages", "unique", "used")
_STEP_OF_STAGE = {"clean": "passages", "dedupe": "unique", "tag": "unique"}
_TABLES = ("post", "joke")  # kinds whose raw files are tables
FACT = "fact"
_PLURALS = {"page": "web pages"}


@dataclass(frozen=True)
class Loss:
    """What was dropped for one reason; ``records`` is 0 where characters were lost but no record."""

    records: int
    characters: int


Losses = dict[str, dict[str, Loss]]  # step -> reason -> what was lost on the way to the step


@dataclass(frozen=True)
class Flow:
    """One source, or several together."""

    name: str
    title: str
    kind: str
    persona: str
    characters: dict[str, int]  # by step
    segments: int
    passages: int  # before duplicates were removed
    unique: int
    rows: int  # chat rows
    lost: Losses

    @property
    def kept_share(self) -> float | None:
        """Characters of unique passages over those of the body; None for facts, rendered from data."""
        body = self.characters["body"]
        return None if self.kind == FACT or not body else min(1.0, self.characters["unique"] / body)


def source_flows(corpus: Corpus) -> list[Flow]:
    """One flow a source, in the order of the documents; every reject is in exactly one loss."""
    documents: dict[str, list[Document]] = {}
    for document in corpus.documents:
        documents.setdefault(document["source_id"], []).append(document)
    rejects: dict[str, list[Reject]] = {}
    for reject in corpus.rejects:
        rejects.setdefault(reject["source_id"], []).append(reject)
    used = {passage for passage, _, _ in corpus.rows}
    source_of = {passage["id"]: passage["source_id"] for passage in corpus.passages}
    n_unique = Counter(source_of.values())
    n_rows = Counter(source_of[passage] for passage, _, _ in corpus.rows if passage in source_of)
    unique, chosen = Counter[str](), Counter[str]()
    for passage in corpus.passages:
        unique[passage["source_id"]] += _own_length(passage)
        chosen[passage["source_id"]] += _own_length(passage) if passage["id"] in used else 0

    flows = []
    for source, found in documents.items():
        lost = _losses(found, rejects.get(source, []))
        duplicates = lost["unique"].values()
        n_segments, segment_characters = corpus.segments.get(source, (0, 0))
        sizes = (
            _raw_characters(found, rejects.get(source, [])),
            sum(document["body_end"] - document["body_start"] for document in found),
            segment_characters,
            unique[source] + sum(loss.characters for loss in duplicates),
            unique[source],
            chosen[source],
        )
        characters = dict(zip(STEPS, sizes, strict=True))
        flows.append(
            Flow(
                name=source,
                title=found[0]["title"],
                kind=found[0]["kind"],
                persona=found[0]["persona"],
                characters=characters,
                segments=n_segments,
                passages=n_unique[source] + sum(loss.records for loss in duplicates),
                unique=n_unique[source],
                rows=n_rows[source],
                lost=_with_remainders(characters, lost, found[0]["kind"]),
            )
        )
    return flows


def _own_length(passage: Passage) -> int:
    """Without what repeats the end of the passage before, which a flag ``overlap:N`` counts."""
    repeated = (flag.partition(":") for flag in passage["flags"])
    return len(passage["text"]) - sum(int(n) for name, _, n in repeated if name == "overlap" and n.isdigit())


def _raw_characters(documents: Sequence[Document], rejects: Sequence[Reject]) -> int:
    """The last character of each file that a document or a reject holds, which is the file's last."""
    path_of = {document["doc_id"]: document["path"] for document in documents}
    ends: dict[str, int] = {}
    for document in documents:
        ends[document["path"]] = max(ends.get(document["path"], 0), document["body_end"])
    for reject in rejects:
        if path := path_of.get(reject["doc_id"]):
            ends[path] = max(ends[path], reject["end"])
    return sum(ends.values())


def _losses(documents: Sequence[Document], rejects: Sequence[Reject]) -> Losses:
    bodies = {document["doc_id"]: (document["body_start"], document["body_end"]) for document in documents}
    sums: dict[str, dict[str, list[int]]] = {step: {} for step in STEPS[1:]}
    for reject in rejects:
        size = len(reject["text"])
        step = _STEP_OF_STAGE.get(reject["stage"], "unique")
        if reject["stage"] == "parse":
            start, end = bodies.get(reject["doc_id"], (0, reject["end"]))
            step = "segments" if start <= reject["start"] < end else "body"
            size = reject["end"] - reject["start"]
        tally = sums[step].setdefault(reject["reason"], [0, 0])
        tally[0] += 1
        tally[1] += size
    return {
        step: {reason: Loss(*tally) for reason, tally in sorted(found.items())}
        for step, found in sums.items()
    }


def _with_remainders(characters: Mapping[str, int], lost: Losses, kind: str) -> Losses:
    """Plus what no reject explains. Windows that overlap repeat text: then nothing is missing."""
    result = {step: dict(found) for step, found in lost.items()}
    if kind == FACT:  # rendered from data: there is no text to lose
        return result
    reasons = {
        "body": "in no record",
        "segments": "other columns" if kind in _TABLES else "markup, spaces",
        "passages": "normalised",
        "used": "in no chat row",
    }
    for before, step in pairwise(STEPS):
        explained = sum(loss.characters for loss in lost[step].values())
        rest = characters[before] - characters[step] - explained
        if rest > 0 and step in reasons:
            result[step][reasons[step]] = Loss(0, rest)
    return result


def combined(flows: Sequence[Flow], name: str) -> Flow:
    """The sum of flows of one kind.

    Raises:
        ValueError: there is none.
    """
    if not flows:
        raise ValueError(f"{name}: no flow to sum")
    lost: Losses = {step: {} for step in STEPS[1:]}
    for flow in flows:
        for step, found in flow.lost.items():
            for reason, loss in found.items():
                held = lost[step].get(reason, Loss(0, 0))
                lost[step][reason] = Loss(held.records + loss.records, held.characters + loss.characters)
    return Flow(
        name=name,
        title=name,
        kind=flows[0].kind,
        persona=", ".join(sorted({flow.persona for flow in flows})),
        characters={step: sum(flow.characters[step] for flow in flows) for step in STEPS},
        segments=sum(flow.segments for flow in flows),
        passages=sum(flow.passages for flow in flows),
        unique=sum(flow.unique for flow in flows),
        rows=sum(flow.rows for flow in flows),
        lost=lost,
    )


def plural(kind: str) -> str:
    """A kind's name for many of it."""
    return _PLURALS.get(kind, f"{kind}s")


def by_kind(flows: Sequence[Flow]) -> list[Flow]:
    """One flow a kind, in the order of their first sources."""
    kinds: dict[str, list[Flow]] = {}
    for flow in flows:
        kinds.setdefault(flow.kind, []).append(flow)
    return [combined(found, kind) for kind, found in kinds.items()]


def grouped(flows: Sequence[Flow]) -> list[Flow]:
    """The sources with the facts as one: there is one of them a place, and nothing is dropped from them."""
    facts = [flow for flow in flows if flow.kind == FACT]
    others = [flow for flow in flows if flow.kind != FACT]
    if len(facts) < 2:
        return list(flows)
    return [*others, combined(facts, f"{len(facts)} sets of facts")]


def largest(lost: Mapping[str, Loss], shown: int) -> list[tuple[str, Loss]]:
    """The ``shown`` reasons that cost most characters; equal ones by name."""
    return sorted(lost.items(), key=lambda pair: (-pair[1].characters, pair[0]))[:shown]
