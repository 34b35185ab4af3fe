"""The filters: why a text must go, what it is flagged with, and what a person should look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from twainbot.records import Passage, ReviewItem
from twainbot.text.language import foreign_language
from twainbot.text.markup import without_markup
from twainbot.text.normalize import Word, normalize, word_spans, words
from twainbot.text.phrases import Match, Phrase, PhraseIndex
from twainbot.text.review import Decisions, review_id
from twainbot.text.safety import PLACEHOLDERS, mask_personal_data, slur_span
from twainbot.text.topics import Topic, find_topics, topic_phrases
from twainbot.text.toxicity import Scorer

# A reason of a reject and its detail: the rule, and for a match ``words @ start:end`` in the reject's text.
Problem = tuple[str, str]
# Markup may hide what normalising mends, and the other way round; each round makes the text shorter.
_ROUNDS = 10


@dataclass(frozen=True)
class Lexicons:
    """What is looked for in texts, and what then becomes of them: ``drop``, ``tag`` or ``keep`` by label."""

    index: PhraseIndex
    actions: Mapping[str, str]
    topics: Mapping[str, Topic]

    @classmethod
    def of(
        cls,
        phrases: Iterable[Phrase] = (),
        actions: Mapping[str, str] | None = None,
        topics: Mapping[str, Topic] | None = None,
    ) -> Lexicons:
        topics = topics or {}
        return cls(PhraseIndex.of([*phrases, *topic_phrases(topics)]), actions or {}, topics)


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
    book_family: str
    language_characters: int = 300
    overlap_tokens: int = 0
    html_kinds: frozenset[str] = frozenset()
    slur_action: str = "drop"
    personal_data: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by kind
    phone_regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by kind
    lexicons: Lexicons = field(default_factory=Lexicons.of)
    toxicity: Scorer | None = None
    toxicity_action: str = "off"
    toxicity_threshold: float = 1.0
    decisions: Decisions = field(default_factory=Decisions)


def clean_text(text: str, kind: str, rules: CleanRules) -> tuple[str, list[str]]:
    """A segment's normalised text, and the personal data that was replaced in it. Idempotent."""
    text = normalize(text)
    if kind in rules.html_kinds:
        for _ in range(_ROUNDS):
            before, text = text, normalize(without_markup(text))
            if text == before:
                break
    types = rules.personal_data.get(kind, ())
    return mask_personal_data(text, types, rules.phone_regions.get(kind, ())) if types else (text, [])


def content_problem(text: str, kind: str, toxicity: float | None, rules: CleanRules) -> Problem | None:
    """Why ``text`` must go for what it says, or None. ``toxicity`` is its score, if one was made."""
    spans = word_spans(text)
    if not spans:
        return "too_short", "no words"
    if rules.slur_action == "drop" and (slur := slur_span(spans, rules.slurs)):
        return "slur", located(text, *slur)
    if problem := _lexicon_problem(text, kind, spans, rules.lexicons):
        return problem
    language = foreign_language(
        text,
        rules.language,
        rules.language_profiles,
        rules.language_seed,
        rules.language_min_words,
        rules.language_characters,
    )
    if language:
        return "language", f"{language} @ 0:{min(len(text), rules.language_characters)}"
    if rules.toxicity_action == "drop" and toxicity is not None and toxicity >= rules.toxicity_threshold:
        return "toxicity", f"{toxicity:.2f} @ 0:{len(text)}"
    return None


def _lexicon_problem(text: str, kind: str, spans: list[Word], lexicons: Lexicons) -> Problem | None:
    matches = lexicons.index.find(text, kind, spans)
    for match in matches:
        if lexicons.actions.get(match.label) == "drop":
            return match.label, located(text, match.start, match.end)
    for name, match in find_topics(matches, lexicons.topics).items():
        if lexicons.topics[name].action == "drop":
            return "topic", f"{name}: {located(text, match.start, match.end)}"
    return None


def located(text: str, start: int, end: int) -> str:
    """What was matched and where, as in ``words @ 12:17``."""
    return f"{text[start:end].lower()} @ {start}:{end}"


def length_problem(text: str, kind: str, n_tokens: int, rules: CleanRules) -> Problem | None:
    """Why ``text`` must go for its length, as (reason, detail), or None."""
    count = len(words(text))
    if count < rules.min_words[kind]:
        return "too_short", f"{count} words"
    return ("too_long", f"{n_tokens} tokens") if n_tokens > rules.max_tokens else None


@dataclass(frozen=True)
class Marks:
    """What was noticed in a text that is kept."""

    flags: list[str]  # sorted: profanity:WORD, sexual:WORD, slur, topic:NAME, pii:TYPE, toxicity
    topics: dict[str, Match]  # of these a person should look at the text


def marks(text: str, kind: str, toxicity: float | None, rules: CleanRules) -> Marks:
    """The flags of a text and the topics for which it goes to review."""
    spans = word_spans(text)
    matches = rules.lexicons.index.find(text, kind, spans)
    flags = {
        f"{match.label}:{text[match.start : match.end].lower()}"
        for match in matches
        if rules.lexicons.actions.get(match.label) == "tag"
    }
    found = find_topics(matches, rules.lexicons.topics)
    flags.update(f"topic:{name}" for name in found)
    if rules.personal_data.get(kind):
        flags.update(f"pii:{name}" for name, placeholder in PLACEHOLDERS.items() if placeholder in text)
    if rules.slur_action == "tag" and slur_span(spans, rules.slurs):
        flags.add("slur")
    if rules.toxicity_action == "tag" and toxicity is not None and toxicity >= rules.toxicity_threshold:
        flags.add("toxicity")
    return Marks(sorted(flags), {n: m for n, m in found.items() if rules.lexicons.topics[n].action == "flag"})


def flag_names(passages: Iterable[Passage]) -> Iterator[str]:
    """The kinds of flag that each passage has; of those that name a word, without the word."""
    for passage in passages:
        yield from {
            flag if flag.startswith(("pii:", "topic:")) else flag.split(":")[0] for flag in passage["flags"]
        }


def review_items(passage: Passage, topics: Mapping[str, Match]) -> list[ReviewItem]:
    """A line of the review list for each topic of a passage."""
    return [
        ReviewItem(
            id=review_id(passage["text"]),
            passage_id=passage["id"],
            source_id=passage["source_id"],
            kind=passage["kind"],
            topic=name,
            phrase=match.phrase,
            start=match.start,
            end=match.end,
            text=passage["text"],
        )
        for name, match in topics.items()
    ]
