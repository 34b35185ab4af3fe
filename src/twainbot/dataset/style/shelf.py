"""What is known of all passages together, and the questions and answers that are made of one with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from twainbot.dataset.style.authorship import by_others
from twainbot.dataset.style.headlines import headline_topic
from twainbot.dataset.style.moments import Moments
from twainbot.dataset.style.nouns import Company, word_company
from twainbot.dataset.style.plain_english import PlainEnglish
from twainbot.dataset.style.topics import Frequencies, Topic, count_words, refers_back, subject, topic
from twainbot.records import Passage


@dataclass(frozen=True)
class Turn:
    """A question's slots and its answer. ``generator`` made the question's side, if a program did.

    ``sure`` if the answer is about what the question asks.
    """

    template: str
    slots: Mapping[str, str]
    answer: str
    parents: tuple[str, ...] = ()
    generator: str = ""
    sure: bool = True


@dataclass(frozen=True)
class NoTurn:
    """Why a template does not fit a passage; ``*`` if none does."""

    template: str
    reason: str


@dataclass(frozen=True)
class Shelf:
    """What is known of all passages together, and the tables and limits that turns are made with."""

    passages: Mapping[str, Passage]
    frequencies: Frequencies
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

    def topic(self, text: str) -> Topic | None:
        return topic(text, self.frequencies, self.company)

    def subject(self, text: str) -> Topic | None:
        """What a passage is about, if one can tell whom it speaks of without the one before."""
        return None if refers_back(text, self.company) else subject(text, self.frequencies, self.company)

    def headline_topic(self, title: str) -> Topic | None:
        return headline_topic(title, self.frequencies, self.company)


def shelf(
    passages: Sequence[Passage], moments: Moments, plain: PlainEnglish, n_tokens: Callable[[str], int],
    **limits: float | Mapping[str, str],
) -> Shelf:  # fmt: skip
    """A shelf of the passages, their words counted."""
    texts = [passage["text"] for passage in passages]
    return Shelf(
        passages={passage["id"]: passage for passage in passages},
        frequencies=count_words(texts),
        company=word_company(texts),
        moments=moments,
        plain=plain,
        n_tokens=n_tokens,
        by_others=by_others(passages),
        **limits,  # type: ignore[arg-type]
    )
