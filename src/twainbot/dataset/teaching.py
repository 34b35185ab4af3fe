"""What a teacher is to be asked: planned from passages, rows and places, the same on every run.

Nothing that is held out is ever asked about, so that no test text reaches a row through the teacher.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twainbot.dataset.answers import Request, request_key
from twainbot.dataset.places import Place
from twainbot.dataset.sampling import draw, pick
from twainbot.dataset.teacher_prompts import CARD, KINDS, Kind, Prompts
from twainbot.records import Example, Message, Passage, Tags
from twainbot.text.normalize import sentences, words

_NEUTRAL = "neutral"
# A sentence that says something, and no more than an answer can hold.
_SENTENCE_WORDS = range(8, 31)
# A passage shorter than this is no answer to a question.
_PASSAGE_WORDS = 12
# A longer user turn carries a text to work on, and a rephrased text is another text.
_TURN_WORDS = 25
# A user turn that shares a run of so many words with its passage quotes it.
_QUOTED_WORDS = 5


@dataclass(frozen=True)
class TeachingRules:
    """See ``teacher.asked`` in params.yaml; ``max_answer_tokens`` and ``seed`` are those of the rows."""

    model: str
    temperature: float
    max_tokens: int
    personas: tuple[str, ...]
    requests: Mapping[str, int]
    max_answer_tokens: int
    seed: int


@dataclass(frozen=True)
class Lesson:
    """One planned request, and what a row needs that is made of its answer."""

    kind: Kind
    key: str
    request: Request
    slots: Mapping[str, str]
    tags: Tags
    parents: tuple[str, ...]  # passages
    family: str
    row: Example | None = None  # paraphrase: the row whose user turn it is


def plan(
    passages: Sequence[Passage],
    rows: Sequence[Example],
    places: Iterable[Place],
    personas: Mapping[str, Mapping[str, Any]],
    prompts: Prompts,
    rules: TeachingRules,
) -> list[Lesson]:
    """Every request, by kind and persona, at most ``rules.requests[kind]`` each; none is there twice.

    Which passages are asked about depends on their ids and the seed, so that another book takes the place
    of few others. ``rows`` are those made without the teacher; paraphrases are of their user turns.
    """
    held_out = {passage["family"] for passage in passages if passage["holdout"]}
    free = [
        passage
        for passage in passages
        if passage["family"] not in held_out
        and passage["kind"] in ("book", "page")
        and passage["n_tokens"] <= rules.max_answer_tokens
        and len(words(passage["text"])) >= _PASSAGE_WORDS
    ]
    texts = {passage["id"]: passage["text"] for passage in passages}
    towns = sorted(
        (place for place in places if place.split == "train" and place.climate in prompts.climates),
        key=lambda place: place.id,
    )
    lessons: dict[str, Lesson] = {}
    for persona in sorted(rules.personas):
        card = personas[persona]
        own = [passage for passage in free if passage["persona"] == persona]
        plain = [passage for passage in free if passage["persona"] == _NEUTRAL]
        open_rows = [
            row for row in rows if row["tags"]["persona"] == persona and row["family"] not in held_out
        ]
        drafts: dict[Kind, Iterable[_Draft]] = {
            "style": (_of_sentence(passage, persona, card, rules.seed) for passage in plain),
            "neutralise": map(_of_passage, own),
            "joke": _jokes(towns, persona, prompts, rules),
            "paraphrase": (_of_row(row) for row in open_rows if _may_be_said_otherwise(row, texts)),
            "backtranslate": map(_of_passage, own),
        }
        for kind in KINDS:
            ranked = sorted(
                (draw(rules.seed, "teacher", kind, persona, draft.name), number, draft)
                for number, draft in enumerate(drafts[kind])
                if draft.slots
            )
            for _, _, draft in ranked[: rules.requests[kind]]:
                lesson = _lesson(kind, draft, card, prompts, rules)
                lessons.setdefault(lesson.key, lesson)
    return sorted(lessons.values(), key=lambda lesson: KINDS.index(lesson.kind))


@dataclass(frozen=True)
class _Draft:
    """A lesson before its request. Without slots there is nothing to ask."""

    name: str
    slots: Mapping[str, str]
    tags: Tags
    parents: tuple[str, ...]
    family: str
    row: Example | None = None


def _lesson(
    kind: Kind, draft: _Draft, card: Mapping[str, Any], prompts: Prompts, rules: TeachingRules
) -> Lesson:
    slots = {name: str(card.get(name, "")) for name in CARD} | dict(draft.slots)
    request = Request(
        model=rules.model,
        messages=[
            Message(role="system", content=prompts.system[kind].format(**slots)),
            Message(role="user", content=prompts.user[kind].format(**slots)),
        ],
        temperature=rules.temperature,
        max_tokens=rules.max_tokens,
        seed=rules.seed,
    )
    return Lesson(
        kind, request_key(request), request, draft.slots, draft.tags, draft.parents, draft.family, draft.row
    )


def _tags(passage: Passage, persona: str, tone: str) -> Tags:
    return Tags(
        persona=persona,
        tone=tone,
        domain=passage["domain"] or "general",
        source=passage["kind"],
        device=passage["device"] or "none",
    )


def _of_sentence(passage: Passage, persona: str, card: Mapping[str, Any], seed: int) -> _Draft:
    found = [text for text in sentences(passage["text"]) if len(words(text)) in _SENTENCE_WORDS]
    slots = {"text": pick(found, seed, "sentence", persona, passage["id"])} if found else {}
    # A device of the plain sentence is none of the answer's.
    tags: Tags = {**_tags(passage, persona, str((card.get("tones") or ["plain"])[0])), "device": "none"}
    return _Draft(passage["id"], slots, tags, (passage["id"],), passage["family"])


def _of_passage(passage: Passage) -> _Draft:
    tags = _tags(passage, passage["persona"], passage["tone"] or "plain")
    return _Draft(passage["id"], {"text": passage["text"]}, tags, (passage["id"],), passage["family"])


def _jokes(towns: Sequence[Place], persona: str, prompts: Prompts, rules: TeachingRules) -> Iterable[_Draft]:
    tags = Tags(persona=persona, tone="humorous", domain="weather", source="teacher", device="none")
    for place in towns:
        season = pick(sorted(prompts.seasons), rules.seed, "season", persona, place.id)
        condition = pick(prompts.seasons[season], rules.seed, "condition", persona, place.id)
        slots = {"place": place.name, "season": season, "condition": condition}
        yield _Draft(place.id, slots, tags, (), f"teacher/joke/{place.id}")


def _of_row(row: Example) -> _Draft:
    slots = {"text": str(row["messages"][-2]["content"])}
    return _Draft(row["id"], slots, row["tags"], tuple(row["parents"]), row["family"], row)


def _may_be_said_otherwise(row: Example, texts: Mapping[str, str]) -> bool:
    """Whether the row is one short question of ours and one answer: a quoted text must stay as it is."""
    roles = [message["role"] for message in row["messages"]]
    if roles != ["system", "user", "assistant"] or row["origin"] != "human" or row["generator"]:
        return False
    if row["split"] == "test" or row["template_id"].startswith("teacher_") or not row["parents"]:
        return False
    turn = words(str(row["messages"][1]["content"]))
    if len(turn) > _TURN_WORDS:
        return False
    quoted = f" {' '.join(word for parent in row['parents'] for word in words(texts.get(parent, '')))} "
    if len(turn) < _QUOTED_WORDS:
        return f" {' '.join(turn)} " not in quoted
    runs = (turn[at : at + _QUOTED_WORDS] for at in range(len(turn) - _QUOTED_WORDS + 1))
    return not any(f" {' '.join(run)} " in quoted for run in runs)
