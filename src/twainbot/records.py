"""The records that stages hand to each other, and their Arrow schemas.

A stage may only rely on what is written here. Every record has an ``id`` (or ``doc_id``) that is a
hash of its content and origin, so it is stable across runs and machines, and every derived record
names its parents. :mod:`twainbot.lineage` walks those names back to the bytes of the raw file.

Raw-file coordinates: ``start`` and ``end`` are character offsets into the *decoded* raw file
(``raw_bytes.decode(encoding)`` with no newline translation), so ``raw[start:end]`` reproduces the text
before any normalisation.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

import pyarrow as pa

Kind = Literal["book", "play", "post", "fact", "joke", "page"]
# Running text, which is joined into windows and cut at sentence ends; the other kinds stay in one piece.
PROSE: frozenset[Kind] = frozenset({"book", "page"})
Origin = Literal["human", "synthetic"]
Split = Literal["train", "val", "test"]
# Kinds of conversation (dataset/tools/dialogues.py): those that want the weather tool, and those that do not.
CallScenario = Literal[
    "plain", "unit", "relative_date", "follow_up", "correction", "compare", "missing_place", "missing_day",
    "tool_error", "timeout", "empty_result", "wrong_place", "stale_date", "malformed",
]  # fmt: skip
NoCallScenario = Literal["no_call_smalltalk", "no_call_weather_words", "no_call_other_tool_only"]


class Document(TypedDict):
    """One source file (book, play, dump, pages or set of facts) after decoding and boilerplate removal."""

    doc_id: str
    source_id: str
    kind: Kind
    persona: str
    title: str
    author: str
    year: int | None
    url: str
    licence: str
    path: str  # of the raw file, relative to data/raw
    encoding: str  # decodes the raw bytes
    raw_sha256: str
    body_start: int  # the body (without boilerplate) is raw[body_start:body_end]
    body_end: int
    holdout: bool  # whole document belongs to the test split and is never trained on
    flags: list[str]  # e.g. "no_start_marker"


class Segment(TypedDict):
    """The smallest piece a parser finds: a paragraph, a speech, a post, a joke or a weather fact."""

    id: str
    doc_id: str
    source_id: str
    kind: Kind
    section: str  # chapter, "ACT I SCENE II", subreddit, place, or a page's address
    ordinal: int  # position within the document, from 0
    start: int
    end: int
    text: str  # as parsed: markup gone, not yet normalised
    verse: bool  # line breaks carry meaning
    speaker: str | None  # plays: canonical name, joined by " AND " if several
    score: int | None  # posts
    created_utc: str | None  # posts: ISO 8601
    url: str | None  # posts: the permalink; pages: the address


class TagScores(TypedDict):
    """Calibrated probabilities: how likely a reader gives a passage the tag (tones, domain, devices)."""

    humorous: float
    wry: float
    satirical: float
    didactic: float
    aphoristic: float
    weather: float
    pun: float
    hyperbole: float
    analogy: float
    sarcasm: float


class Passage(TypedDict):
    """A cleaned piece of text, a candidate for training. Made of one or more consecutive segments."""

    id: str
    doc_id: str
    source_id: str
    segments: list[str]  # parents: segment ids in order
    start: int
    end: int
    text: str
    n_tokens: int
    kind: Kind
    persona: str
    section: str
    family: str  # unit of splitting and of the bootstrap: a book, chapter, scene or month of posts
    speaker: str | None
    previous: str | None  # plays: the passage id of the speech that this one answers
    tone: str | None
    domain: str | None
    device: str | None
    tag_scores: TagScores | None
    quality: float
    cluster_id: str | None
    holdout: bool
    # What cleaning noticed, sorted: "pii:email", "profanity:WORD", "topic:NAME", …; "overlap:N" says that the
    # first N characters repeat the end of the passage before.
    flags: list[str]


class ReviewItem(TypedDict):
    """A kept passage that a person should look at, and why: its words ``text[start:end]``."""

    id: str  # of the decision: a hash of the text
    passage_id: str
    source_id: str
    kind: Kind
    topic: str
    phrase: str  # the entry of data/lexicons/topics.yaml
    start: int
    end: int
    text: str


class Reject(TypedDict):
    """What a stage dropped, and why. ``detail`` carries the matched span or the kept neighbour."""

    id: str
    doc_id: str
    source_id: str
    stage: str
    reason: str
    detail: str
    start: int
    end: int
    text: str


class Duplicate(TypedDict):
    """A removed passage and the copy of it that was kept. A cluster is the rows of one ``cluster_id``."""

    cluster_id: str
    kept_id: str
    kept_source_id: str
    member_id: str  # the removed passage
    member_source_id: str
    similarity: float  # Jaccard, of the two texts' sets of shingles
    shingle_words: int


class ToolFunction(TypedDict):
    name: str
    arguments: str  # JSON text: the OpenAI wire form


class ToolCall(TypedDict):
    id: str
    type: Literal["function"]
    function: ToolFunction


class Message(TypedDict):
    """One chat message in the OpenAI wire form."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str | None
    tool_calls: NotRequired[list[ToolCall]]
    tool_call_id: NotRequired[str]
    name: NotRequired[str]


class Tags(TypedDict):
    persona: str
    tone: str
    domain: str
    source: str
    device: str


class Example(TypedDict):
    """A training row. JSONL on disk, in the OpenAI chat format."""

    id: str
    messages: list[Message]
    tools: list[dict[str, Any]] | None
    tags: Tags
    origin: Origin
    generator: str  # "teacher:MODEL" if a teacher wrote the answer (synthetic) or the user turn (human)
    template_id: str
    parents: list[str]  # passage ids, then the id (ask-) of a teacher's answer; empty for generated rows
    family: str
    split: Split | None


Flaw = Literal["bland", "ungrounded", "over_calling", "under_calling", "out_of_voice"]


class Pair(TypedDict):
    """A preference row: one prompt, a good and a worse continuation, and what is wrong with the worse one.

    JSONL on disk, in TRL's conversational preference format.
    """

    id: str
    prompt: list[Message]
    chosen: list[Message]
    rejected: list[Message]
    tools: list[dict[str, Any]] | None
    flaw: Flaw  # of the rejected continuation
    tags: Tags
    parents: list[str]  # ids of the chat rows that it is made of
    family: str
    split: Split


class Contaminated(TypedDict):
    """A row that the split stage dropped, as it shares text with a side that measures. JSONL on disk."""

    id: str
    mix: str
    split: Split  # the side that it was dropped from
    reason: Literal["shared_ngram", "near_copy"]
    other: str  # id of the row or evaluation prompt that it shares text with
    shared: str  # the words in common, or the similarity of a near copy


class Generation(TypedDict):
    """One answer of one model to one prompt."""

    id: str
    prompt_id: str
    adapter: str
    messages: list[Message]
    tools: list[dict[str, Any]] | None
    text: str
    n_tokens: int
    token_ids_sha: str
    decode: str
    seed: int


def _schema(**fields: pa.DataType) -> pa.Schema:
    return pa.schema([pa.field(name, dtype) for name, dtype in fields.items()])


_S, _I, _B, _F = pa.string(), pa.int64(), pa.bool_(), pa.float64()
_LS = pa.list_(_S)

DOCUMENT = _schema(
    doc_id=_S, source_id=_S, kind=_S, persona=_S, title=_S, author=_S, year=_I, url=_S, licence=_S,
    path=_S, encoding=_S, raw_sha256=_S, body_start=_I, body_end=_I, holdout=_B, flags=_LS,
)  # fmt: skip
SEGMENT = _schema(
    id=_S, doc_id=_S, source_id=_S, kind=_S, section=_S, ordinal=_I, start=_I, end=_I, text=_S,
    verse=_B, speaker=_S, score=_I, created_utc=_S, url=_S,
)  # fmt: skip
PASSAGE = _schema(
    id=_S, doc_id=_S, source_id=_S, segments=_LS, start=_I, end=_I, text=_S, n_tokens=_I, kind=_S,
    persona=_S, section=_S, family=_S, speaker=_S, previous=_S, tone=_S, domain=_S, device=_S,
    tag_scores=pa.struct([pa.field(tag, _F) for tag in TagScores.__annotations__]),
    quality=_F, cluster_id=_S, holdout=_B, flags=_LS,
)  # fmt: skip
REVIEW = _schema(
    id=_S, passage_id=_S, source_id=_S, kind=_S, topic=_S, phrase=_S, start=_I, end=_I, text=_S,
)  # fmt: skip
REJECT = _schema(
    id=_S, doc_id=_S, source_id=_S, stage=_S, reason=_S, detail=_S, start=_I, end=_I, text=_S,
)  # fmt: skip
DUPLICATE = _schema(
    cluster_id=_S, kept_id=_S, kept_source_id=_S, member_id=_S, member_source_id=_S, similarity=_F,
    shingle_words=_I,
)  # fmt: skip
