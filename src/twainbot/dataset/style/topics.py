"""What a passage is about, in one or two of its own nouns."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from twainbot.dataset.style.agreement import agreed
from twainbot.dataset.style.nouns import FUNCTION_WORDS, Company, title_case
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
# A word of so few texts says no more about this one than a word of fewer; a rare detail is no subject.
_TELLING = 6
# A text mostly begins with what it is about.
_LATER = 0.5
_MAX_NAME_WORDS = 4
_RARELY = 3
# Of two subjects the second is named if it tells nearly as much.
_NEAR = 0.75
# "An eternal circus": the article before an adjective.
_ADJECTIVES = re.compile(
    r"\b(a|an|the|this|that|his|her|my|our|their|your|its)\s+([a-z-]+(?:\s+[a-z-]+)?)\s+$"
)
# "Man Sues City": a headline's man is not what it is about.
_COMMON_SHARE = 0.008


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


def _full_names(text: str, company: Company) -> list[tuple[int, int]]:
    """Where names of several words stand that other texts write so too: New York City, Super Bowl."""
    found = [match for match in _WORD.finditer(text) if match.group()[0].isupper()]
    spans: list[tuple[int, int]] = []
    number = 0
    while number < len(found):
        for length in range(min(_MAX_NAME_WORDS, len(found) - number), 1, -1):
            start, end = found[number].start(), found[number + length - 1].end()
            first, *others = (match.group() for match in found[number : number + length])
            unknown = company.lower[first.lower()] == 0 and all(
                company.lower[word.lower()] <= _RARELY for word in others
            )
            known = company.full_names[text[start:end]]
            words_only = text[start:end].split(" ") == [first, *others] and not FUNCTION_WORDS & {
                word.lower() for word in (first, *others)
            }
            if words_only and (known or unknown) and not text[end:].startswith("'"):
                spans.append((start, end))
                number += length - 1
                break
        number += 1
    return spans


def _article(before: str, company: Company) -> str | None:
    """The article that a noun after ``before`` has, if need be before adjectives; "the" for "his"."""
    match = _ARTICLE.search(before) or _ADJECTIVES.search(before)
    if not match:
        return None
    between = match.group(2).split() if match.re is _ADJECTIVES else []
    if any(word in FUNCTION_WORDS or company.is_noun(word) for word in between):
        return None
    article = match.group(1).lower()
    return article if article in ("a", "an") else "the"


def _is_compound(run: list[re.Match[str]], text: str, company: Company, *, titled: bool) -> bool:
    first, second = run[0].group(), run[1].group()
    named = _is_named(run[0], text, company, titled=titled)
    return named or company.compounds[f"{first} {second}".lower()] > 0


def _phrases(text: str, company: Company, *, headline: bool) -> list[tuple[int, str, list[str]]]:
    """Runs of adjacent nouns, at most three words, with the article that a singular one needs.

    Each with its place in the text and its words in small letters.
    """
    titled = title_case(text)
    runs: list[list[re.Match[str]]] = []
    names = _full_names(text, company) if headline else []
    for match in _WORD.finditer(text):
        if any(start <= match.start() < end for start, end in names):
            continue
        if not _fits(match, text, company, titled=titled, headline=headline):
            continue
        last = runs[-1][-1] if runs else None
        if last and text[last.end() : match.start()] == " " and len(runs[-1]) < _MAX_PHRASE_WORDS:
            runs[-1].append(match)
        else:
            runs.append([match])
    found: list[tuple[int, str, list[str]]] = []
    for run in runs:
        # "Rapper faces charge": in a headline a plural before another noun is mostly the verb.
        while headline and len(run) > 1 and run[0].group().islower() and run[0].group().endswith("s"):
            run = run[1:]
        while headline and run and _OF_A_COUNTRY.search(run[-1].group()):
            run = run[:-1]
        # "Ties baby" may be a verb and a noun: only what others call so is one thing.
        while len(run) > 1 and not _is_compound(run, text, company, titled=titled):
            run = run[1:]
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
        if not headline and (article := _article(text[: run[0].start()], company)):
            phrase = agreed(f"{article} {phrase}")
        found.append((run[0].start(), phrase, [word.lower() for word in shown]))
    found += [(start, text[start:end], text[start:end].lower().split()) for start, end in names]
    return sorted(found)


def topic(
    text: str, frequencies: Counter[str], total: int, company: Company, *, headline: bool = False
) -> str | None:
    """The two nouns of ``text`` that tell most, in their order in the text; None if there are none.

    Score: (1 + ln tf) * ln((N + 1) / df), df at least ``_TELLING``; less towards the end of the text.

    Adjacent nouns are one phrase, and a singular noun keeps its article. Words that occur nowhere else and
    names are passed over: a topic should be something one can ask about without knowing the text. In a
    headline the name is the event, so names count there, and so do new words.
    """
    counts = Counter(words(text))
    best: dict[str, tuple[float, int]] = {}
    for place, phrase, parts in _phrases(text, company, headline=headline):
        if not headline and any(frequencies[part] < 2 for part in parts):
            continue
        if (
            headline
            and len(parts) == 1
            and phrase.islower()
            and frequencies[phrase] > _COMMON_SHARE * total > 1
        ):
            continue
        scores = [
            (1 + math.log(counts[part])) * math.log((total + 1) / max(frequencies[part], _TELLING))
            for part in parts
            if part in counts
        ]
        if not scores or any(parts[-1] == other.split()[-1].lower() for other in best):
            continue
        # "door" asks less well than "the door" or "doors".
        bare = not headline and " " not in phrase and not phrase.endswith("s")
        later = 1 - _LATER * place / len(text)
        best[phrase] = (max(scores) * later * (_BARE if bare else 1), place)
    if not best:
        return None
    chosen = sorted(best, key=lambda phrase: (-best[phrase][0], best[phrase][1]))[:2]
    if len(chosen) > 1 and not headline and best[chosen[1]][0] < _NEAR * best[chosen[0]][0]:
        chosen = chosen[:1]
    return " and ".join(sorted(chosen, key=lambda phrase: best[phrase][1]))
