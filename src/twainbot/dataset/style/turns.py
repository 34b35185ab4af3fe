"""What a passage can answer: each template that fits it, with the slots of the question and the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from twainbot.dataset.sampling import draw
from twainbot.dataset.style.answers import cut_answer, finished, items, not_prose, whole_sentences
from twainbot.dataset.style.extracts import opening, own_question, sayings, signed_sayings
from twainbot.dataset.style.moments import ANY_WEATHER, comes_back, moment
from twainbot.dataset.style.plain_english import changed_share, is_dialect, listed_share, plain_english
from twainbot.dataset.style.shelf import NoTurn, Shelf, Turn
from twainbot.dataset.style.topics import refers_back
from twainbot.records import PROSE, Passage
from twainbot.text.normalize import sentences, words

# Below these an answer is too short to carry a voice.
_MIN_ANSWER_WORDS = 12
_MIN_IMITATED_WORDS = 20
_MAX_QUOTED = 0.3
_MAXIM_TONE = "aphoristic"
# Of a list of sayings: how many, and how sure the tagger is that it sounds like them.
_MIN_LISTED = 2
_MIN_APHORISTIC = 0.1
# How sure the tagger is that a post is about the weather: "swiping through the snow" is not.
_MIN_WEATHER = 0.7
_DATED = re.compile(
    r"The weather for (?P<place>.+?) on (?P<day>\d{1,2} \w+ \d{4}): (?P<record>.+)", re.DOTALL
)
_CUT_HEADLINE = re.compile(r"(?:\.\.\.|[,:;-])[\"')]*$|^\W*[a-z]{1,2}\W|https?:", re.IGNORECASE)


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


def _maxims(passage: Passage, listed: Sequence[str], shelf: Shelf) -> Iterator[Turn | NoTurn]:
    """The sayings that one can ask for, in the order of a draw."""
    turns = [
        Turn("maxim", {"topic": about.general}, saying) for saying in listed if (about := shelf.topic(saying))
    ]
    if not turns:
        yield NoTurn("maxim", "no_maxim")
    yield from sorted(turns, key=lambda turn: draw(shelf.seed, "maxim", passage["id"], turn.answer))


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
    """Turns of a passage of a book or page: the rare templates first, then by draw those that it can give."""
    if listed := items(passage["text"]):
        maxims = sayings(listed, shelf.company, listed=True)
        scores = passage["tag_scores"]
        # Lists of other things, as of an experiment's parts, are more.
        likely = scores is not None and scores["aphoristic"] >= _MIN_APHORISTIC
        yield from _maxims(passage, maxims if likely and len(maxims) >= _MIN_LISTED else (), shelf)
        # The list itself is nothing that anybody says.
        yield NoTurn("*", "list")
        return
    if signed := signed_sayings(passage["text"]):
        yield from _maxims(passage, signed, shelf)
    answer = _spoken(passage, shelf)
    if isinstance(answer, NoTurn):
        yield answer
        return
    about, length = shelf.subject(answer), len(words(answer))
    if passage["tone"] == _MAXIM_TONE and not signed:
        parts = [part for paragraph in answer.split("\n\n") for part in sentences(paragraph)]
        yield from _maxims(passage, sayings(parts, shelf.company), shelf)
    if length < _MIN_ANSWER_WORDS:
        yield NoTurn("*", "too_short")
        return
    # Somebody else's words are no answer to a question, but they are part of a tale.
    dialogue = answer.startswith('"')
    if not dialogue:
        yield from _rare(passage, answer, shelf)
    asked: list[Turn] = []
    if about and not dialogue:
        asked = [
            Turn("talk", {"topic": about.general}, answer, sure=about.sure),
            Turn("question", {"topic": about.definite}, answer, sure=about.sure),
        ]
    if not asked:
        yield NoTurn("talk", "dialogue" if dialogue else "no_topic")
    parts = opening(answer)
    goes_on = Turn("continue", {"opening": parts[0]}, parts[1]) if parts else NoTurn("continue", "no_opening")
    asked.sort(key=lambda turn: (not turn.sure, draw(shelf.seed, "template", passage["id"], turn.template)))
    # Few passages differ enough from plain English; a sure subject is scarcer than an opening.
    yield _imitation(passage, answer, shelf)
    yield from (turn for turn in asked if turn.sure)
    yield goes_on
    yield from (turn for turn in asked if not turn.sure)


def _rare(passage: Passage, answer: str, shelf: Shelf) -> Iterator[Turn | NoTurn]:
    if asked := own_question(answer):
        yield Turn("answer", {"question": asked[0]}, asked[1])
    if passage["domain"] == "weather":
        slots = moment(answer, shelf.moments, shelf.company)
        condition, where = slots.get("condition"), slots.get("place") or slots.get("season")
        # "Describe the weather" asks for a report, which comes from a tool.
        if (
            condition
            and condition != ANY_WEATHER
            and comes_back(answer, condition, shelf.moments)
            and not refers_back(answer, shelf.company)
        ):
            yield Turn("weather", {"topic": f"{condition} in {where}" if where else condition}, answer)
        else:
            yield NoTurn("weather", "no_topic")


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
    # That a book is funny where it names the rain, no tag says surely; this news is, whatever it is about.
    scores = passage["tag_scores"]
    if passage["domain"] == "weather" and (not scores or scores["weather"] >= _MIN_WEATHER):
        slots = moment(answer.lower() + "\n" + answer, shelf.moments, shelf.company)
        yield Turn("humour", slots, answer) if slots else NoTurn("humour", "no_moment")
    about = shelf.headline_topic(title)
    yield (
        Turn("headline", {"topic": about.general}, answer, sure=about.sure)
        if about
        else NoTurn("headline", "no_topic")
    )


def _joke(passage: Passage, shelf: Shelf) -> Iterator[Turn | NoTurn]:
    """A joke, told whole; who asks for it does not know how it ends."""
    text = passage["text"]
    if shelf.n_tokens(text) > shelf.max_answer_tokens:
        yield NoTurn("joke", "too_long")
        return
    if passage["domain"] == "weather":
        slots = moment(text, shelf.moments, shelf.company)
        yield Turn("humour", slots, text) if slots else NoTurn("humour", "no_moment")
    about = shelf.topic(text.split("\n")[0])
    yield Turn("joke", {"topic": about.general}, text) if about else NoTurn("joke", "no_topic")


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
    # A long speech can be taken up in the middle, as by an actor who is given the first words.
    parts = opening(answer)
    yield Turn("continue", {"opening": parts[0]}, parts[1]) if parts else NoTurn("continue", "no_opening")


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


def scarcity(passage: Passage, shelf: Shelf) -> int:
    """0 for a passage that may give one of the templates that few passages give, 1 if it surely has a topic.

    Those are looked at first; any other is 2.
    """
    if (
        passage["domain"] == "weather"
        or passage["tone"] == _MAXIM_TONE
        or (passage["kind"] in PROSE and _may_be_rare(passage["text"], shelf))
    ):
        return 0
    about = None
    if passage["kind"] in PROSE:
        about = shelf.subject(passage["text"])
    elif passage["kind"] == "post":
        about = shelf.headline_topic(passage["text"].split("\n")[0])
    return 1 if about and about.sure else 2


def _may_be_rare(text: str, shelf: Shelf) -> bool:
    if listed_share(text, shelf.plain) >= shelf.min_imitation_change and not is_dialect(text):
        return True
    return bool(signed_sayings(text)) or ("?" in text and own_question(text) is not None)


def chosen_turns(passage: Passage, shelf: Shelf) -> tuple[list[Turn], list[NoTurn]]:
    """The first ``max_rows_per_passage`` turns, and the templates before them that did not fit.

    A held-out passage gives all its turns, for what is only tested on is not repeated by anybody.
    """
    turns: list[Turn] = []
    none: list[NoTurn] = []
    for turn in turns_of(passage, shelf):
        if isinstance(turn, NoTurn):
            none.append(turn)
        else:
            turns.append(turn)
            if len(turns) == shelf.max_rows_per_passage and not passage["holdout"]:
                break
    return turns, none
