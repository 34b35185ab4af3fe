"""What a passage can answer: each template that fits it, with the slots of the question and the answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from twainbot.dataset.sampling import draw
from twainbot.dataset.style.answers import cut_answer, finished, items, not_prose, whole_sentences
from twainbot.dataset.style.authorship import by_others
from twainbot.dataset.style.extracts import opening, own_question, sayings, signed_sayings
from twainbot.dataset.style.moments import Moments, moment
from twainbot.dataset.style.nouns import Company, word_company
from twainbot.dataset.style.plain_english import PlainEnglish, changed_share, is_dialect, plain_english
from twainbot.dataset.style.topics import document_frequencies, topic
from twainbot.records import PROSE, Passage
from twainbot.text.normalize import sentences, words

# Below these an answer is too short to carry a voice.
_MIN_ANSWER_WORDS = 12
_MIN_IMITATED_WORDS = 20
_MAX_QUOTED = 0.3
_FUNNY = ("humorous", "wry", "satirical")
_MAXIM_TONES = ("aphoristic", "didactic")
_DATED = re.compile(
    r"The weather for (?P<place>.+?) on (?P<day>\d{1,2} \w+ \d{4}): (?P<record>.+)", re.DOTALL
)
_CUT_HEADLINE = re.compile(r"(?:\.\.\.|[,:;-])[\"')]*$|^\W*[a-z]{1,2}\W|https?:", re.IGNORECASE)


@dataclass(frozen=True)
class Turn:
    """A question's slots and its answer. ``generator`` made the question's side, if a program did."""

    template: str
    slots: Mapping[str, str]
    answer: str
    parents: tuple[str, ...] = ()
    generator: str = ""


@dataclass(frozen=True)
class NoTurn:
    """Why a template does not fit a passage; ``*`` if none does."""

    template: str
    reason: str


@dataclass(frozen=True)
class Shelf:
    """What is known of all passages together, and the tables and limits that turns are made with."""

    passages: Mapping[str, Passage]
    frequencies: Counter[str]
    company: Company
    moments: Moments
    plain: PlainEnglish
    n_tokens: Callable[[str], int]
    seed: int
    max_answer_tokens: int
    max_rows_per_passage: int
    min_imitation_change: float
    by_others: frozenset[str] = frozenset()
    # Passage id -> its text in plain English, by a teacher; the rules do the others.
    neutral: Mapping[str, str] = field(default_factory=dict)

    def topic(self, text: str, *, headline: bool = False) -> str | None:
        return topic(text, self.frequencies, len(self.passages), self.company, headline=headline)


def shelf(
    passages: Sequence[Passage], moments: Moments, plain: PlainEnglish, n_tokens: Callable[[str], int],
    **limits: float | Mapping[str, str],
) -> Shelf:  # fmt: skip
    """A shelf of the passages, their words counted."""
    texts = [passage["text"] for passage in passages]
    return Shelf(
        passages={passage["id"]: passage for passage in passages},
        frequencies=document_frequencies(texts),
        company=word_company(texts),
        moments=moments,
        plain=plain,
        n_tokens=n_tokens,
        by_others=by_others(passages),
        **limits,  # type: ignore[arg-type]
    )


def _imitation(passage: Passage, answer: str, shelf: Shelf) -> Turn | NoTurn:
    taught = shelf.neutral.get(passage["id"])
    neutral = taught or plain_english(answer, shelf.plain)
    if len(words(answer)) < _MIN_IMITATED_WORDS:
        return NoTurn("imitate", "too_short")
    # What somebody else says in a scene is not the persona's own manner.
    quoted = sum(len(part) for part in answer.split('"')[1::2])
    if answer.startswith("'") or quoted > _MAX_QUOTED * len(answer):
        return NoTurn("imitate", "dialogue")
    if not taught and (is_dialect(answer) or is_dialect(neutral)):
        return NoTurn("imitate", "dialect")
    if changed_share(neutral, answer) < shelf.min_imitation_change:
        return NoTurn("imitate", "too_similar")
    # Whose text a teacher's is, its own rows say (dataset/teacher/rows.py).
    return Turn("imitate", {"text": neutral}, answer, generator="" if taught else "plain_english")


def _maxim(passage: Passage, listed: Sequence[str], shelf: Shelf) -> Turn | NoTurn:
    """One of the sayings that one can ask for, by draw."""
    turns = [Turn("maxim", {"topic": about}, saying) for saying in listed if (about := shelf.topic(saying))]
    if not turns:
        return NoTurn("maxim", "no_maxim")
    return turns[int(draw(shelf.seed, "maxim", passage["id"]) * len(turns))]


def _spoken(passage: Passage, shelf: Shelf) -> str | NoTurn:
    """What of the passage can be said in answer to something."""
    text = whole_sentences(passage["text"])
    if text is None:
        return NoTurn("*", "no_whole_sentence")
    if passage["id"] in shelf.by_others:
        return NoTurn("*", "by_others")
    if reason := not_prose(text):
        return NoTurn("*", reason)
    cut = cut_answer(text, shelf.n_tokens, shelf.max_answer_tokens)
    answer = whole_sentences(cut) if cut else None
    if answer is None:
        return NoTurn("*", "first_sentence_too_long")
    reason = not_prose(answer)
    return NoTurn("*", reason) if reason else answer


def _prose(passage: Passage, shelf: Shelf) -> Iterator[Turn | NoTurn]:
    """Turns of a passage of a book or page: the rare templates first, the common ones by draw."""
    if listed := items(passage["text"]):
        yield _maxim(passage, sayings(listed, shelf.company, listed=True), shelf)
        # The list itself is nothing that anybody says.
        yield NoTurn("*", "list")
        return
    if signed := signed_sayings(passage["text"]):
        yield _maxim(passage, signed, shelf)
    answer = _spoken(passage, shelf)
    if isinstance(answer, NoTurn):
        yield answer
        return
    about, length = shelf.topic(answer), len(words(answer))
    if passage["tone"] in _MAXIM_TONES and not signed:
        parts = [part for paragraph in answer.split("\n\n") for part in sentences(paragraph)]
        yield _maxim(passage, sayings(parts, shelf.company), shelf)
    if length < _MIN_ANSWER_WORDS:
        yield NoTurn("*", "too_short")
        return
    # Somebody else's words are no answer to a question, but they are part of a tale.
    dialogue = answer.startswith('"')
    if not dialogue:
        yield from _rare(passage, answer, shelf)
    yield _imitation(passage, answer, shelf)
    # Fewer passages can be continued than be asked for, so that comes first.
    asked = sorted(("question", "talk"), key=lambda name: draw(shelf.seed, "template", passage["id"], name))
    for template in ("continue", *asked):
        if template == "continue":
            parts = opening(answer)
            yield Turn(template, {"opening": parts[0]}, parts[1]) if parts else NoTurn(template, "no_opening")
        elif dialogue:
            yield NoTurn(template, "dialogue")
        else:
            yield Turn(template, {"topic": about}, answer) if about else NoTurn(template, "no_topic")


def _rare(passage: Passage, answer: str, shelf: Shelf) -> Iterator[Turn | NoTurn]:
    if passage["tone"] in _FUNNY:
        # Most tales are wry: a joke about the rain is one that begins with it.
        wry = passage["tone"] == "wry"
        slots = moment(sentences(answer)[0] if wry else answer, shelf.moments, shelf.company)
        # "The cold steel", "a flood of tears": outside the weather, conditions are mostly figures of speech.
        if passage["domain"] != "weather":
            slots.pop("condition", None)
        # That a funny writer names a place does not make the place funny.
        yield Turn("humour", slots, answer) if set(slots) - {"place"} else NoTurn("humour", "no_moment")
    if asked := own_question(answer):
        yield Turn("answer", {"question": asked[0]}, asked[1])
    if passage["domain"] == "weather":
        slots = moment(answer, shelf.moments, shelf.company)
        condition, where = slots.get("condition"), slots.get("place") or slots.get("season")
        named = f"{condition} in {where}" if where else condition
        yield (
            Turn("weather", {"topic": named}, answer)
            if condition and named
            else NoTurn("weather", "no_topic")
        )


def _post(passage: Passage, shelf: Shelf) -> Iterator[Turn | NoTurn]:
    """A headline for its subject; humour too if it names a season, a condition or a place of weather."""
    answer = cut_answer(passage["text"], shelf.n_tokens, shelf.max_answer_tokens)
    title = passage["text"].split("\n")[0]
    if answer is None or not answer.startswith(title):
        yield NoTurn("*", "first_sentence_too_long")
        return
    if "\n" in answer and not re.search(r"[.!?][\"')\]]*$", answer):
        answer = title
    if _CUT_HEADLINE.search(title):
        yield NoTurn("*", "cut_headline")
        return
    if reason := not_prose(answer):
        yield NoTurn("*", reason)
        return
    if passage["domain"] == "weather" and passage["tone"] in _FUNNY:
        slots = moment(answer.lower() + "\n" + answer, shelf.moments, shelf.company)
        yield Turn("humour", slots, answer) if slots else NoTurn("humour", "no_moment")
    about = shelf.topic(title, headline=True)
    # "A headline about figure and minimum?" Of names, plurals and compounds one can ask for news.
    if about and not re.search(r"[A-Z]|s\b", about) and all(" " not in part for part in about.split(" and ")):
        about = None
    yield Turn("headline", {"topic": about}, answer) if about else NoTurn("headline", "no_topic")


def _joke(passage: Passage, shelf: Shelf) -> Iterator[Turn | NoTurn]:
    """A joke, told whole; who asks for it does not know how it ends."""
    text = passage["text"]
    if shelf.n_tokens(text) > shelf.max_answer_tokens:
        yield NoTurn("joke", "too_long")
        return
    if passage["domain"] == "weather":
        slots = moment(text, shelf.moments, shelf.company)
        yield Turn("humour", slots, text) if slots else NoTurn("humour", "no_moment")
    about = shelf.topic(text.split("\n")[0], headline=True)
    yield Turn("joke", {"topic": about}, text) if about else NoTurn("joke", "no_topic")


def _speech(passage: Passage, shelf: Shelf) -> Iterator[Turn | NoTurn]:
    """A speech as the reply to the one before, which may be shown with its own cue."""
    previous = shelf.passages.get(passage["previous"] or "")
    if previous is None:
        yield NoTurn("character", "no_cue")
        return
    cue = cut_answer(previous["text"], shelf.n_tokens, shelf.max_answer_tokens)
    answer = cut_answer(passage["text"], shelf.n_tokens, shelf.max_answer_tokens)
    if not cue or not answer:
        yield NoTurn("character", "first_sentence_too_long")
        return
    if not finished(answer):
        yield NoTurn("character", "no_whole_sentence")
        return
    slots = {"cue": cue, "scene": passage["section"]}
    parents = [previous["id"]]
    for slot, speech in (("speaker", previous), ("name", passage)):
        if speech["speaker"]:
            slots[slot] = speech["speaker"]
    earlier = shelf.passages.get(previous["previous"] or "")
    if earlier and earlier["speaker"] and shelf.n_tokens(earlier["text"]) <= shelf.max_answer_tokens:
        slots["earlier"] = f"{earlier['speaker']}: {earlier['text']}"
        parents.append(earlier["id"])
    yield Turn("character", slots, answer, tuple(parents))


def _fact(passage: Passage) -> Iterator[Turn | NoTurn]:
    """A day's record, read out. What is no record of a day is a forecast, and those come from a tool."""
    match = _DATED.fullmatch(passage["text"])
    slots = match.groupdict() if match else {}
    yield Turn("fact", slots, passage["text"]) if match else NoTurn("fact", "no_record")


def turns_of(passage: Passage, shelf: Shelf) -> Iterator[Turn | NoTurn]:
    """All that a passage can answer, most wanted first, and why it cannot answer the rest."""
    kind = passage["kind"]
    if kind == "fact":
        yield from _fact(passage)
    elif kind == "play":
        yield from _speech(passage, shelf)
    elif kind == "post":
        yield from _post(passage, shelf)
    elif kind == "joke":
        yield from _joke(passage, shelf)
    elif kind in PROSE:
        yield from _prose(passage, shelf)


def is_rare(passage: Passage) -> bool:
    """Whether a passage may give one of the templates that few passages give; those are looked at first."""
    return (
        passage["domain"] == "weather"
        or passage["tone"] in (*_MAXIM_TONES, "humorous")
        or (passage["kind"] in PROSE and _has_saying_or_question(passage["text"]))
    )


def _has_saying_or_question(text: str) -> bool:
    return bool(signed_sayings(text)) or ("?" in text and own_question(text) is not None)


def chosen_turns(passage: Passage, shelf: Shelf) -> tuple[list[Turn], list[NoTurn]]:
    """The first ``max_rows_per_passage`` turns, and the templates before them that did not fit."""
    turns: list[Turn] = []
    none: list[NoTurn] = []
    for turn in turns_of(passage, shelf):
        if isinstance(turn, NoTurn):
            none.append(turn)
        else:
            turns.append(turn)
            if len(turns) == shelf.max_rows_per_passage:
                break
    return turns, none
