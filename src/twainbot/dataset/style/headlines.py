"""Whom or what a headline is about: a name that other texts know, or things in the plural."""

from __future__ import annotations

import re
from collections.abc import Iterator

from twainbot.dataset.style.agreement import agreed
from twainbot.dataset.style.nouns import FUNCTION_WORDS, Company, is_plural, title_case
from twainbot.dataset.style.topics import Frequencies, Topic
from twainbot.text.normalize import words

_WORD = re.compile(r"[A-Za-z](?:[A-Za-z-]*[A-Za-z])?")
_MAX_NAME_WORDS = 3
_KNOWN = 2
_JOINS = ("-", "&", "& ", " &", "/")
# A word that hardly anybody writes small may be part of a name.
_RARELY = 3
# What a headline is about stands in its first half.
_ABOUT = 0.5
# A noun that is its subject is among the first words.
_SUBJECT_WORDS = 3
_SURE_WORDS = 2
_HEADLINE_VERB_SHARE = 0.02


def headline_topic(title: str, frequencies: Frequencies, company: Company) -> Topic | None:
    """The name in the first half of ``title`` that tells most, or else the noun that it begins with, or None.

    Sure are names and plurals: headlines leave articles out, and a bare "review" may be a verb or belong to
    what follows.
    """
    found = list(_WORD.finditer(title))
    names = [name for place, name in _names(title, found, company) if place < _ABOUT * len(title)]
    if names:
        best = max(names, key=lambda name: max(frequencies.weight(word) for word in words(name)))
        return Topic(best, best)
    return next(_subjects(title, found, frequencies, company), None)


def _names(title: str, found: list[re.Match[str]], company: Company) -> Iterator[tuple[int, str]]:
    """Whole names: New Quill City and not Quill; those of one word must not stand beside an unknown one."""
    titled = title_case(title)
    number = 0
    while number < len(found):
        for length in range(min(_MAX_NAME_WORDS, len(found) - number), 0, -1):
            start, end = found[number].start(), found[number + length - 1].end()
            name = title[start:end]
            parts = [match.group() for match in found[number : number + length]]
            whole = name.split(" ") == parts and not title[end:].startswith(("'", "\u2019"))
            if length > 1:
                # "High School", which is capitalised by habit, has no part that is a name by itself.
                known = (
                    company.full_names[name] >= _KNOWN
                    and any(company.is_name(part) for part in parts)
                    and not FUNCTION_WORDS & {part.lower() for part in parts}
                )
            else:
                known = company.is_subject(name)
            if whole and known and not _goes_on(title, start, end, company, titled=titled):
                yield start, name
                number += length - 1
                break
        number += 1


def _goes_on(title: str, start: int, end: int, company: Company, *, titled: bool) -> bool:
    """Whether the words beside a name may belong to it; in title case it is a verb that cannot."""
    if title[:start].endswith(_JOINS) or title[end:].startswith(_JOINS):
        return True
    if title[end:].startswith(".") and title[end:].strip("."):
        return True
    before = re.search(r"([A-Z][\w-]*)\.? (?:of )?$", title[:start])
    after = re.match(r"(?: of)? ([A-Z][\w-]*)", title[end:])
    name = title[start:end]
    if before and before.group(1).lower() not in FUNCTION_WORDS:
        known = company.full_names[f"{before.group(1)} {name}"]
        if known or not titled or company.lower[before.group(1).lower()] <= _RARELY:
            return True
    if after and after.group(1).lower() not in FUNCTION_WORDS:
        known = company.full_names[f"{name} {after.group(1)}"]
        return bool(known) or not titled or not company.is_verb(after.group(1).lower())
    return False


def _subjects(
    title: str, found: list[re.Match[str]], frequencies: Frequencies, company: Company
) -> Iterator[Topic]:
    """The last of the nouns with which the headline begins, with the article that it leaves out."""
    for number, match in enumerate(found[:_SUBJECT_WORDS]):
        noun, before, after = match.group().lower(), title[: match.start()], title[match.end() :]
        if (
            not company.is_noun(noun)
            or not frequencies.tells(noun)
            or not re.match(" (?!of )[A-Za-z]", after)
        ):
            continue
        # "Hospital faces": what is a verb anywhere is one in a headline.
        if company.is_verb(noun, _HEADLINE_VERB_SHARE) or company.is_name(noun.capitalize()):
            continue
        beside = [re.search(r"([A-Za-z-]+) $", before), re.match(r" ([A-Za-z-]+)", after)]
        named = [word is not None and _names_something(word.group(1), company) for word in beside]
        # A noun after a noun may be the verb if it ends in an s, after a name a part of that.
        if named[1] or (named[0] and is_plural(noun)) or (beside[0] and company.is_name(beside[0].group(1))):
            continue
        article = company.article(noun)
        if is_plural(noun) or article == "a" or (not article and not company.lower[f"{noun}s"]):
            asked = agreed(f"{article} {noun}".strip())
            yield Topic(asked, asked, sure=is_plural(noun) and number < _SURE_WORDS)


def _names_something(word: str, company: Company) -> bool:
    return company.as_noun[word.lower()] >= _KNOWN or company.is_name(word)
