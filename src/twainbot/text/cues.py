"""What a passage shows that bears on its tags: counts of listed words and phrases, and its form."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from twainbot.files import InputError
from twainbot.params import read_yaml
from twainbot.records import Passage
from twainbot.text.normalize import words

KINDS = ("book", "play", "post")
# Kinds that were not labelled count as the nearest one that was.
_NEAREST = {"joke": "post", "page": "book"}
VOICES = ("twain", "franklin", "satire", "deadpan", "neutral")
_PREFIX = 3  # letters before a `*`, at least
_FIRST_PERSON = frozenset({"i", "me", "my", "mine", "myself"})
_SECOND_PERSON = frozenset({"you", "your", "yours", "thou", "thy", "thee"})
# A text of at most so many words is short: one word of weather tells more about it.
_SHORT_WORDS = 30
# The head of a dictionary's entry: outside dictionaries, a mock definition.
_DEFINITION = re.compile(r"[A-Z][A-Z' -]+, (?:n|adj|adv|v|v\.[ti]|pp|p\.p|conj|prep|interj|x)\.")


@dataclass(frozen=True)
class Entry:
    """A listed word or phrase; with ``open_end`` its last word may go on (``rain*``)."""

    words: tuple[str, ...]
    open_end: bool
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """data/lexicons/tags.yaml, arranged for looking words up."""

    groups: tuple[str, ...]
    by_first_word: Mapping[str, tuple[Entry, ...]]  # longest first
    prefixes: Mapping[str, Entry]
    acronyms: re.Pattern[str] | None


def read_lexicon(path: Path) -> Lexicon:
    """Read the word lists.

    Raises:
        InputError: the file is not of the form of the one in git; all wrong entries at once.
    """
    content = read_yaml(path)
    hint = "compare with the file's version in git."
    cues = content.get("cues") if isinstance(content, dict) else None
    if not isinstance(cues, dict) or not all(isinstance(entries, list) for entries in cues.values()):
        raise InputError(f"{path}: `cues` must map each group to a list of words and phrases; {hint}")
    groups: dict[tuple[tuple[str, ...], bool], list[str]] = {}
    problems: list[str] = []
    for group, entries in cues.items():
        for entry in entries:
            found = tuple(words(str(entry).removesuffix("*")))
            if not isinstance(entry, str) or not found or "*" in entry[:-1]:
                problems.append(f"{path}: {group}: {entry!r} is no word or phrase (`*` only at its end)")
                continue
            if entry.endswith("*") and len(found) == 1 and len(found[0]) < _PREFIX:
                problems.append(f"{path}: {group}: {entry!r} needs at least {_PREFIX} letters before the *")
            groups.setdefault((found, entry.endswith("*")), []).append(group)
    acronyms = content.get("acronyms", [])
    if not isinstance(acronyms, list) or not all(isinstance(word, str) for word in acronyms):
        problems.append(f"{path}: `acronyms` must be a list of words; {hint}")
    if problems:
        raise InputError("\n".join(problems))
    by_first_word: dict[str, list[Entry]] = {}
    prefixes: dict[str, Entry] = {}
    for (found, open_end), names in groups.items():
        entry = Entry(found, open_end, tuple(dict.fromkeys(names)))
        if open_end and len(found) == 1:
            prefixes[found[0]] = entry
        else:
            by_first_word.setdefault(found[0], []).append(entry)
    return Lexicon(
        groups=tuple(cues),
        by_first_word={
            word: tuple(sorted(entries, key=lambda entry: (-len(entry.words), entry.open_end, entry.words)))
            for word, entries in by_first_word.items()
        },
        prefixes=prefixes,
        acronyms=re.compile(rf"\b(?:{'|'.join(map(re.escape, acronyms))})\b") if acronyms else None,
    )


def _match(found: Sequence[str], position: int, lexicon: Lexicon) -> Entry | None:
    """The longest entry that stands at ``position``; an exact word before an open-ended one."""
    for entry in lexicon.by_first_word.get(found[position], ()):
        end = position + len(entry.words)
        stretch = tuple(found[position:end])
        if stretch == entry.words or (
            entry.open_end
            and len(stretch) == len(entry.words)
            and stretch[:-1] == entry.words[:-1]
            and stretch[-1].startswith(entry.words[-1])
        ):
            return entry
    word = found[position]
    for length in range(len(word), _PREFIX - 1, -1):
        if word[:length] in lexicon.prefixes:
            return lexicon.prefixes[word[:length]]
    return None


def count_cues(text: str, lexicon: Lexicon) -> tuple[dict[str, int], dict[str, int]]:
    """How often each group occurs in ``text``, and how many different entries of it do.

    At each place the longest entry wins and its words are used up: ``storm of applause`` is one figure
    of speech and no storm.
    """
    if lexicon.acronyms:
        text = lexicon.acronyms.sub(" ", text)
    found = words(text)
    counts = dict.fromkeys(lexicon.groups, 0)
    distinct: dict[str, set[tuple[str, ...]]] = {group: set() for group in lexicon.groups}
    position = 0
    while position < len(found):
        entry = _match(found, position, lexicon)
        if entry is None:
            position += 1
            continue
        for group in entry.groups:
            counts[group] += 1
            distinct[group].add(entry.words)
        position += len(entry.words)
    return counts, {group: len(entries) for group, entries in distinct.items()}


@lru_cache(maxsize=8)
def feature_names(groups: tuple[str, ...]) -> tuple[str, ...]:
    """The names of what :func:`features` returns, in order."""
    return (
        *(f"kind={kind}" for kind in KINDS),
        *(f"persona={voice}" for voice in VOICES),
        *(f"cue={group}" for group in groups),
        "weather, different words",
        "weather in a short text",
        "weather words a hundred",
        "words, logarithm",
        "first person",
        "second person",
        "capitalised",
        "exclamation marks",
        "question marks",
        "quotation",
        "dashes",
        "semicolons",
        "figures",
        "word length",
        "definition",
    )


def features(passage: Passage, lexicon: Lexicon) -> list[float]:
    """The classifier's input for one passage: who speaks, what kind of text, cues, and form.

    Counts enter as log(1 + count), so that a long passage does not outweigh by length alone. Line breaks
    are not looked at.
    """
    text, tokens = passage["text"], words(passage["text"])
    counts, distinct = count_cues(text, lexicon)
    weather = distinct.get("weather", 0) + 0.5 * distinct.get("weather_weak", 0)
    size = max(1, len(tokens))
    raw_words = text.split() or [""]
    return [
        *(float(_NEAREST.get(passage["kind"], passage["kind"]) == kind) for kind in KINDS),
        *(float(passage["persona"] == voice) for voice in VOICES),
        *(math.log1p(counts[group]) for group in lexicon.groups),
        math.log1p(weather),
        math.log1p(weather) if size <= _SHORT_WORDS else 0.0,
        min(5.0, 100 * weather / size / 2),
        math.log(size),
        10 * sum(token in _FIRST_PERSON for token in tokens) / size,
        10 * sum(token in _SECOND_PERSON for token in tokens) / size,
        sum(word[:1].isupper() for word in raw_words) / len(raw_words),
        math.log1p(text.count("!")),
        math.log1p(text.count("?")),
        float('"' in text or " '" in text),
        math.log1p(text.count("--")),
        math.log1p(text.count(";")),
        math.log1p(sum(token.isdigit() for token in tokens)),
        sum(map(len, tokens)) / size,
        float(_DEFINITION.match(text) is not None),
    ]
