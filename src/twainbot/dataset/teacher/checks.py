"""Whether a teacher's answer may become part of a row, and if not, why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from twainbot.dataset.contamination import Said, shared_ngrams
from twainbot.dataset.teacher.answers import Answer, answer_id, said
from twainbot.dataset.teacher.plan import Lesson
from twainbot.dataset.teacher.prompts import Prompts
from twainbot.sections.texts import Clean
from twainbot.text.language import foreign_language
from twainbot.text.normalize import word_spans, words
from twainbot.text.phrases import PhraseIndex, read_phrases
from twainbot.text.safety import mask_personal_data, read_slurs, slur_span
from twainbot.text.similar import DedupeRules, SimilarityIndex, jaccard

Problem = tuple[str, str]  # reason, detail
# A question that shares a run of so many words with the passage gives the answer away.
_GIVEN_AWAY = 8


@dataclass(frozen=True)
class Checks:
    """What an answer must not hold, how long it may be, and from when on two texts are one."""

    slurs: frozenset[str]
    lexicon: PhraseIndex
    foreign: Callable[[str], str | None]
    unwanted: tuple[str, ...]
    openings: tuple[str, ...]
    n_tokens: Callable[[str], int]
    max_answer_tokens: int
    similar: DedupeRules


def read_checks(
    clean: Clean,
    prompts: Prompts,
    n_tokens: Callable[[str], int],
    max_answer_tokens: int,
    similar: DedupeRules,
) -> Checks:
    """The checks, with the word lists and the language that the corpus is cleaned by.

    Raises:
        InputError: a word list cannot be read.
    """
    phrases = [
        *read_phrases(Path(clean.profanity), "profanity"),
        *read_phrases(Path(clean.sexual), "sexual"),
    ]

    def foreign(text: str) -> str | None:
        return foreign_language(
            text, clean.language, tuple(clean.language_profiles), clean.language_seed,
            clean.language_min_words, clean.language_characters,
        )  # fmt: skip

    return Checks(
        slurs=read_slurs(Path(clean.slurs)),
        lexicon=PhraseIndex.of(phrases),
        foreign=foreign,
        unwanted=tuple(" ".join(words(phrase)) for phrase in prompts.unwanted),
        openings=tuple(" ".join(words(phrase)) for phrase in prompts.openings),
        n_tokens=n_tokens,
        max_answer_tokens=max_answer_tokens,
        similar=similar,
    )


def answer_problem(lesson: Lesson, answer: Answer, checks: Checks) -> Problem | None:
    """Why the answer is of no use by itself, or None."""
    text = said(answer)
    spoken = f" {' '.join(words(text))} "
    if not spoken.strip():
        return "empty", answer["finish_reason"]
    if answer["finish_reason"] != "stop":
        return "incomplete", f"finish_reason {answer['finish_reason'] or 'missing'}"
    if (n_tokens := checks.n_tokens(text)) > checks.max_answer_tokens:
        return "too_long", f"{n_tokens} tokens"
    if held := next((phrase for phrase in checks.unwanted if f" {phrase} " in spoken), None):
        return "about_the_asking", held
    if begun := next((phrase for phrase in checks.openings if spoken.startswith(f" {phrase} ")), None):
        return "about_the_asking", begun
    spans = word_spans(text)
    if slur_span(spans, checks.slurs):
        return "unsafe", "slur"
    # A teacher writes today's English, for which the lists are those of posts.
    if matches := checks.lexicon.find(text, "post", spans):
        return "unsafe", f"{matches[0].label}: {matches[0].phrase}"
    if found := mask_personal_data(text)[1]:
        return "personal_data", f"{len(found)} found"
    if language := checks.foreign(text):
        return "language", language
    if lesson.kind == "backtranslate" and (run := _shared_run(text, lesson.slots["text"])):
        return "quotes_source", run
    return None


def _shared_run(text: str, source: str) -> str | None:
    found = shared_ngrams([Said("turn", (text,))], [Said("source", (source,))], _GIVEN_AWAY)
    return found[0].text if found else None


def copies(
    lessons: Sequence[Lesson], answers: Mapping[str, Answer], rules: DedupeRules
) -> dict[str, Problem]:
    """The lessons, by key, whose answer is a near copy of its source or of an earlier one's of its kind."""
    problems: dict[str, Problem] = {}
    groups: dict[tuple[str, str], list[Lesson]] = {}
    for lesson in lessons:
        groups.setdefault((lesson.kind, lesson.tags["persona"]), []).append(lesson)
    for group in groups.values():
        texts = [said(answers[lesson.key]) for lesson in group]
        index = SimilarityIndex(texts, rules)
        for number, lesson in enumerate(group):
            source = lesson.slots.get("text", "")
            if (similarity := _likeness(texts[number], source, rules)) is not None:
                problems[lesson.key] = "copies_source", f"similarity {similarity:.2f}"
            elif near := index.near(number):
                closest = min(near, key=lambda other: (-near[other], other))
                copied = answer_id(group[closest].key)
                problems[lesson.key] = "copies_another", f"{copied}, similarity {near[closest]:.2f}"
            else:
                index.add(number)
    return problems


def _likeness(text: str, source: str, rules: DedupeRules) -> float | None:
    """The similarity of two texts as duplicates are measured, if it makes them duplicates, else None."""
    both = words(text), words(source)
    if both[0] == both[1]:
        return 1.0
    short = min(map(len, both)) <= rules.short_text_words
    size = rules.short_shingle_words if short else rules.shingle_words
    left, right = (
        frozenset(" ".join(side[at : at + size]).encode() for at in range(len(side) - size + 1))
        for side in both
    )
    similarity = jaccard(left, right)
    return similarity if similarity >= (rules.short_threshold if short else rules.threshold) else None
