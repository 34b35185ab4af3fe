"""What a passage or a saying is about, in one of its own nouns."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from twainbot.dataset.style.agreement import agreed
from twainbot.dataset.style.nouns import Company, singular
from twainbot.text.normalize import sentences, words

_WORD = re.compile(r"[A-Za-z](?:[A-Za-z-]*[A-Za-z])?")
_ARTICLE = re.compile(
    r"\b(?:an?|the|this|that|these|those|his|her|my|our|their|your|its|every|each|one)\s+(?:[a-z-]+\s+){0,2}$",
    re.IGNORECASE,
)
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n][\"')\]]*)\s*[\"'(]*$")
# A word of so few texts says no more about this one than a word of fewer; a rare detail is no subject.
_TELLING = 6
# What more texts than this share have is too common to ask about.
_COMMON_SHARE = 0.03
_COMMON_LEAST = 12
# Texts are about things that they come back to: of "wire" four in ten do, of "portion" one in twenty.
_AGAIN_SHARE = 0.07
# A text mostly begins with what it is about.
_LATER = 0.5
# Times that a text names what it is about; more often if not in its first half.
_AGAIN = 2
_OFTEN = 3
_KNOWN = 2
_HE = re.compile(r"\b(?:he|she|they|him|her|them|his|hers|their|theirs)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Topic:
    """A subject as one asks for it ("a raft", "lightning"), and as one asks on about it ("the raft").

    ``sure`` if the text comes back to it.
    """

    general: str
    definite: str
    sure: bool = True


@dataclass(frozen=True)
class Frequencies:
    """In how many of ``total`` texts each word occurs, and in how many again; plurals count as singulars."""

    total: int = 0
    once: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)

    def tells(self, word: str) -> bool:
        """Whether a word is known to other texts, and not to all of them."""
        return _KNOWN <= self.once[singular(word)] <= max(_COMMON_SHARE * self.total, _COMMON_LEAST)

    def weight(self, word: str) -> float:
        """How much a word says about a text: ln((N + 1) / df), df at least ``_TELLING``."""
        return math.log((self.total + 1) / max(self.once[singular(word)], _TELLING))

    def is_subject(self, word: str) -> bool:
        """Whether texts that have the word come back to it often enough for one to be about it.

        Of a word that few texts have nobody can tell.
        """
        return self.tells(word) and self.again[word] >= int(_AGAIN_SHARE * self.once[word])


def count_words(texts: Sequence[str]) -> Frequencies:
    """The frequencies of all words of the texts."""
    once, again = Counter[str](), Counter[str]()
    for text in texts:
        counts = _counted(text)
        once.update(counts.keys())
        again.update(word for word, count in counts.items() if count > 1)
    return Frequencies(len(texts), once, again)


def _counted(text: str) -> Counter[str]:
    return Counter(singular(word) for word in words(text))


def refers_back(text: str, company: Company) -> bool:
    """Whether the first sentence says "he" or "their" before it names anybody or anything."""
    first = sentences(text)[0]
    pronoun = _HE.search(first)
    if not pronoun:
        return False
    before = [match.group() for match in _WORD.finditer(first[: pronoun.start()])]
    return not any(company.is_noun(word.lower()) for word in before) and not any(
        word[0].isupper() and word != "I" for word in before[1:]
    )


def _nouns(text: str, company: Company) -> Iterator[tuple[int, str]]:
    """Nouns with their places, two that others join as one; no names, and no "mule" of "mule meat"."""
    runs: list[list[re.Match[str]]] = []
    for match in _WORD.finditer(text):
        before = text[: match.start()]
        named = match.group()[0].isupper() and (
            not _SENTENCE_START.search(before) or company.is_name(match.group())
        )
        if named or not company.is_noun(match.group().lower()):
            continue
        if runs and before.endswith(" ") and runs[-1][-1].end() == match.start() - 1:
            runs[-1].append(match)
        else:
            runs.append([match])
    for run in runs:
        after = re.match(r" ([a-z]+)|['\u2019]", text[run[-1].end() :])
        if after and (not after.group(1) or company.ends_phrase(after.group(1))):
            continue
        pair = " ".join(match.group().lower() for match in run[-2:])
        joined = len(run) > 1 and company.compounds[pair] >= _KNOWN
        noun, place = (pair, run[-2].start()) if joined else (pair.split()[-1], run[-1].start())
        # "The stairs wound and wound": one of what is counted has an article somewhere.
        if company.article(noun.split()[-1]) != "a" or _has_article(noun, text):
            yield place, noun


def topic(text: str, frequencies: Frequencies, company: Company) -> Topic | None:
    """The first noun of a short text, as a saying or the first line of a joke; None if there is none.

    Names, and words that occur nowhere else, are passed over: a topic should be something one can ask about
    without knowing the text.
    """
    nouns = sorted(_nouns(text, company))
    first = next((noun for _, noun in nouns if frequencies.tells(noun.split()[-1])), None)
    return _asked(first, text, company) if first else None


def subject(text: str, frequencies: Frequencies, company: Company) -> Topic | None:
    """The noun that a passage comes back to, or, as a doubtful one, has early; None if there is neither.

    Of several the one that tells most, by (1 + ln tf) * ln((N + 1) / df), less towards the end of the text;
    tf counts the plural with the singular.
    """
    counts = _counted(text)
    subjects = {word for word in counts if frequencies.is_subject(word)}
    if not subjects:
        return None
    early = max(len(sentences(text)[0]), len(text) / 2)
    again, once = dict[str, int](), dict[str, int]()
    for place, noun in sorted(_nouns(text, company), reverse=True):
        head = singular(noun.split()[-1])
        if head not in subjects:
            continue
        if counts[head] >= (_AGAIN if place < early else _OFTEN):
            again[noun] = place
        elif place < early:
            once[noun] = place
    sure = _best(again, counts, text, frequencies, company)
    doubtful = _best(once, counts, text, frequencies, company)
    return sure or (replace(doubtful, sure=False) if doubtful else None)


def _best(
    places: Mapping[str, int], counts: Counter[str], text: str, frequencies: Frequencies, company: Company
) -> Topic | None:
    def score(noun: str) -> float:
        head = noun.split()[-1]
        told = (1 + math.log(max(counts[singular(head)], 1))) * frequencies.weight(head)
        return told * (1 - _LATER * places[noun] / len(text))

    if not places:
        return None
    return _asked(max(places, key=lambda noun: (score(noun), -places[noun])), text, company)


def _has_article(noun: str, text: str) -> bool:
    found = re.finditer(rf"\b{re.escape(noun)}\b", text, re.IGNORECASE)
    return any(_ARTICLE.search(text[: match.start()]) for match in found)


def _asked(noun: str, text: str, company: Company) -> Topic:
    """The noun as its text has it: where "industry need not wish", one asks for industry."""
    if not _has_article(noun, text):
        return Topic(noun, noun)
    return Topic(agreed(f"{company.article(noun.split()[-1])} {noun}".strip()), f"the {noun}")
