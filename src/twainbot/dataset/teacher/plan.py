"""What a teacher is to be asked: planned from passages, rows and places, the same on every run.

Nothing that is held out is ever asked about, so that no test text reaches a row through the teacher.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from twainbot.dataset.sampling import draw, pick
from twainbot.dataset.teacher.answers import Request, request_key
from twainbot.dataset.teacher.prompts import CARD, KINDS, Kind, Prompts
from twainbot.dataset.tools.places import Place
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
_QUOTED_WORDS = 4
# Words that point outside their sentence, or to people of a story.
_LEANING = frozenset(
    "he him his she her hers they them their it its i me my we us our you your this these those such".split()  # noqa: SIM905
)

Item = TypeVar("Item")


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
    towns = {
        place.id: place for place in places if place.split == "train" and place.climate in prompts.climates
    }
    lessons: dict[str, Lesson] = {}
    for persona in sorted(rules.personas):
        card = personas[persona]
        own = {passage["id"]: passage for passage in free if passage["persona"] == persona}
        plain = {passage["id"]: passage for passage in free if passage["persona"] == _NEUTRAL}
        turns = {
            row["id"]: row
            for row in rows
            if row["tags"]["persona"] == persona
            and row["family"] not in held_out
            and _may_be_said_otherwise(row, texts)
        }
        order = partial(_ranked, rules.seed, persona)
        drafts: dict[Kind, Iterable[_Draft | None]] = {
            "style": (_of_sentence(p, persona, card, rules.seed) for p in order("style", plain)),
            "neutralise": map(_of_passage, order("neutralise", own)),
            "joke": (_joke(place, persona, prompts, rules.seed) for place in order("joke", towns)),
            "paraphrase": map(_of_row, order("paraphrase", turns)),
            "backtranslate": map(_of_passage, order("backtranslate", own)),
        }
        for kind in KINDS:
            for draft in islice(filter(None, drafts[kind]), rules.requests[kind]):
                lesson = _lesson(kind, draft, card, prompts, rules)
                lessons.setdefault(lesson.key, lesson)
    return sorted(lessons.values(), key=lambda lesson: KINDS.index(lesson.kind))


def _ranked(seed: int, persona: str, kind: Kind, items: Mapping[str, Item]) -> list[Item]:
    """Items, by id, in an order that depends on their ids and the seed only."""
    order = sorted(items, key=lambda name: (draw(seed, "teacher", kind, persona, name), name))
    return [items[name] for name in order]


@dataclass(frozen=True)
class _Draft:
    """A lesson before its request."""

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


def _of_sentence(passage: Passage, persona: str, card: Mapping[str, Any], seed: int) -> _Draft | None:
    found = [text for text in sentences(passage["text"]) if _stands_alone(text)]
    if not found:
        return None
    slots = {"text": pick(found, seed, "sentence", persona, passage["id"])}
    # A device of the plain sentence is none of the answer's.
    tags: Tags = {**_tags(passage, persona, str((card.get("tones") or ["plain"])[0])), "device": "none"}
    return _Draft(slots, tags, (passage["id"],), passage["family"])


def _stands_alone(sentence: str) -> bool:
    """Whether a sentence says something without those around it."""
    found = words(sentence)
    return (
        len(found) in _SENTENCE_WORDS
        and sentence.endswith(".")
        and not sentence.endswith("..")
        and not re.search('["“”‘_*\\[\\]\n]', sentence)
        and _LEANING.isdisjoint(found)
    )


def _of_passage(passage: Passage) -> _Draft:
    tags = _tags(passage, passage["persona"], passage["tone"] or "plain")
    return _Draft({"text": passage["text"]}, tags, (passage["id"],), passage["family"])


def _joke(place: Place, persona: str, prompts: Prompts, seed: int) -> _Draft:
    tags = Tags(persona=persona, tone="humorous", domain="weather", source="teacher", device="none")
    season = pick(sorted(prompts.seasons), seed, "season", persona, place.id)
    condition = pick(prompts.seasons[season], seed, "condition", persona, place.id)
    slots = {"place": place.name, "season": season, "condition": condition}
    return _Draft(slots, tags, (), f"teacher/joke/{place.id}")


def _of_row(row: Example) -> _Draft:
    slots = {"text": str(row["messages"][-2]["content"])}
    return _Draft(slots, row["tags"], tuple(row["parents"]), row["family"], row)


def _may_be_said_otherwise(row: Example, texts: Mapping[str, str]) -> bool:
    """Whether the row is a short question of ours and its answer: a quoted text must stay as it is."""
    roles = [message["role"] for message in row["messages"]]
    if roles != ["system", "user", "assistant"] or row["origin"] != "human" or row["generator"]:
        return False
    if row["split"] == "test" or len(row["parents"]) != 1:
        return False
    source = texts.get(row["parents"][0], "")
    # A row that goes on from a sentence of its passage quotes it, however short that is.
    if not source.startswith(str(row["messages"][2]["content"])):
        return False
    turn = words(str(row["messages"][1]["content"]))
    quoted = f" {' '.join(words(source))} "
    runs = (turn[at : at + _QUOTED_WORDS] for at in range(max(1, len(turn) - _QUOTED_WORDS + 1)))
    return len(turn) <= _TURN_WORDS and not any(f" {' '.join(run)} " in quoted for run in runs)
