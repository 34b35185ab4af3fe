"""What a passage is about, in one or two of its own nouns."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from twainbot.dataset.style.nouns import Company, title_case
from twainbot.text.normalize import words

_WORD = re.compile(r"[A-Za-z](?:[A-Za-z-]*[A-Za-z])?")
_ARTICLE = re.compile(
    r"\b(a|an|the|this|that|his|her|my|our|their|your|its|every|each|one)\s+$", re.IGNORECASE
)
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n][\"')\]]*)\s*[\"'(]*$")
_NOUN_ENDING = re.compile(r"(?:tion|ment|ness|ity|ship|ist|ism|ance|ence|graph|eer|tor)s?$")
_VERB_LIKE = re.compile(r"(?:ing|ed)$")
# "Mexican" without what is Mexican.
_OF_A_COUNTRY = re.compile(r"[A-Z][a-z]*(?:ican|sian|rian|lian|nian|dian|ese|ish|erman|rench)$")
_MAX_PHRASE_WORDS = 3
_BARE = 0.6


def document_frequencies(texts: Sequence[str]) -> Counter[str]:
    """In how many texts each word occurs."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(words(text)))
    return counts


def _fits(match: re.Match[str], text: str, company: Company, *, titled: bool, headline: bool) -> bool:
    word = match.group()
    before = text[: match.start()]
    if len(word) < 3 or text[match.end() :].startswith(("'", "\u2019")):
        return False
    if headline and _VERB_LIKE.search(word):
        return False
    # A capital inside a sentence is a name, and a question about a stranger's name teaches invention.
    if word[0].isupper() and not titled and not _SENTENCE_START.search(before):
        return headline
    if headline and company.is_name(word):
        return True
    unknown = titled and not company.lower[word.lower()] and bool(_NOUN_ENDING.search(word))
    return unknown or company.is_noun(word.lower())


def _is_named(match: re.Match[str], text: str, company: Company, *, titled: bool) -> bool:
    inside = not titled and not _SENTENCE_START.search(text[: match.start()])
    return inside or company.is_name(match.group())


def _phrases(text: str, company: Company, *, headline: bool) -> list[tuple[str, list[str]]]:
    """Runs of adjacent nouns, at most three words, with the article that a singular one needs."""
    titled = title_case(text)
    runs: list[list[re.Match[str]]] = []
    for match in _WORD.finditer(text):
        if not _fits(match, text, company, titled=titled, headline=headline):
            continue
        last = runs[-1][-1] if runs else None
        if last and text[last.end() : match.start()] == " " and len(runs[-1]) < _MAX_PHRASE_WORDS:
            runs[-1].append(match)
        else:
            runs.append([match])
    found: list[tuple[str, list[str]]] = []
    for run in runs:
        # "Rapper faces charge": in a headline a plural before another noun is mostly the verb.
        while headline and len(run) > 1 and run[0].group().islower() and run[0].group().endswith("s"):
            run = run[1:]
        while headline and run and _OF_A_COUNTRY.search(run[-1].group()):
            run = run[:-1]
        if not run:
            continue
        shown = [
            match.group()
            if headline and _is_named(match, text, company, titled=titled)
            else match.group().lower()
            for match in run
        ]
        # "Boy Scout troop": the first word of a headline is part of the name that follows it.
        if headline and len(run) > 1 and shown[1][0].isupper():
            shown[0] = run[0].group()
        phrase = " ".join(shown)
        if not headline and (article := _ARTICLE.search(text[: run[0].start()])):
            indefinite = article.group(1).lower()
            phrase = f"{indefinite if indefinite in ('a', 'an') else 'the'} {phrase}"
        found.append((phrase, [word.lower() for word in shown]))
    return found


def topic(
    text: str, frequencies: Counter[str], total: int, company: Company, *, headline: bool = False
) -> str | None:
    """The two nouns of ``text`` with the highest tf-idf, in their order in the text; None if there are none.

    Adjacent nouns are one phrase, and a singular noun keeps its article. Words that occur nowhere else and
    names are passed over: a topic should be something one can ask about without knowing the text. In a
    headline the name is the event, so names count there, and so do new words.
    """
    counts = Counter(words(text))
    best: dict[str, tuple[float, int]] = {}
    for place, (phrase, parts) in enumerate(_phrases(text, company, headline=headline)):
        if not headline and any(frequencies[part] < 2 for part in parts):
            continue
        scores = [
            counts[part] * math.log((total + 1) / max(frequencies[part], 1))
            for part in parts
            if part in counts
        ]
        if not scores or any(parts[-1] == other.split()[-1].lower() for other in best):
            continue
        # "door" asks less well than "the door" or "doors".
        bare = not headline and " " not in phrase and not phrase.endswith("s")
        best[phrase] = (max(scores) * (_BARE if bare else 1), place)
    if not best:
        return None
    chosen = sorted(best, key=lambda phrase: (-best[phrase][0], phrase))[:2]
    return " and ".join(sorted(chosen, key=lambda phrase: best[phrase][1]))
