"""Words and phrases looked up in texts: the lexicons of data/lexicons, matched on whole words.

A text is split into words once and each word looked up in a table, so the cost does not grow with the
length of the lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from twainbot.files import InputError
from twainbot.records import Kind
from twainbot.text.normalize import Word, word_spans

KINDS: tuple[Kind, ...] = get_args(Kind)
_PHRASE = re.compile(r"[!=]?[^\W_]+(?:'[^\W_]+)*\*?(?:[ -][^\W_]+(?:'[^\W_]+)*\*?)*")
# Words with a * are found by their first letters.
_HEAD = 3


@dataclass(frozen=True)
class Phrase:
    """One entry of a lexicon. A word of ``words`` that ends in ``*`` stands for any ending."""

    label: str
    words: tuple[str, ...]
    kinds: frozenset[str]
    lower_case_only: bool = False
    exception: bool = False

    def __str__(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True)
class Match:
    """``text[start:end]`` is words ``first`` to ``last`` (inclusive) of the text and fits the phrase."""

    label: str
    phrase: str
    start: int
    end: int
    first: int
    last: int


def parse_phrase(text: str, label: str, kinds: Iterable[str]) -> Phrase:
    """Read ``word``, ``wo*``, ``two words``, ``=lower case only`` or ``!not meant``.

    Raises:
        ValueError: it is none of these, or the part before a ``*`` is shorter than three letters.
    """
    if not _PHRASE.fullmatch(text) or text != text.lower():
        raise ValueError(f"{text!r} is not a phrase of lower-case words, with * as an ending")
    found = tuple(re.split(r"[ -]", text.lstrip("!=")))
    if any(word.endswith("*") and len(word) <= _HEAD for word in found):
        raise ValueError(f"{text!r} needs at least {_HEAD} letters before the *")
    return Phrase(label, found, frozenset(kinds), text.startswith("="), text.startswith("!"))


def read_entries(path: Path) -> list[tuple[int, str]]:
    """The lines of a word list that say anything, with their numbers from 1; ``#`` starts a comment.

    Raises:
        InputError: the file is missing or not UTF-8.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: cannot be read as a word list ({error}). Take the version in git, save it as UTF-8, or "
            f"name another file in params.yaml; an empty file is a list of nothing."
        ) from error
    entries = ((number, line.split("#")[0].strip()) for number, line in enumerate(lines, start=1))
    return [(number, entry) for number, entry in entries if entry]


def read_phrases(path: Path, label: str) -> list[Phrase]:
    """The entries of a word list; its first lines say how it is written.

    Raises:
        InputError: the file, or lines of it, cannot be read; all of them are named.
    """
    phrases: list[Phrase] = []
    problems: list[str] = []
    kinds: Sequence[str] = KINDS
    for number, entry in read_entries(path):
        if entry.startswith("[") and entry.endswith("]"):
            names = [name.strip() for name in entry[1:-1].split(",")]
            if unknown := [name for name in names if name not in (*KINDS, "all")]:
                problems.append(
                    f"{path}:{number}: unknown kind {', '.join(unknown)}; known: all, {', '.join(KINDS)}"
                )
            kinds = KINDS if "all" in names else names
        else:
            try:
                phrases.append(parse_phrase(entry, label, kinds))
            except ValueError as error:
                problems.append(f"{path}:{number}: {error}; mend or remove the line")
    if problems:
        raise InputError("\n".join(problems))
    return phrases


@dataclass(frozen=True)
class PhraseIndex:
    """Phrases by their first word."""

    whole: dict[str, list[Phrase]] = field(default_factory=dict)
    heads: dict[str, list[Phrase]] = field(default_factory=dict)

    @classmethod
    def of(cls, phrases: Iterable[Phrase]) -> PhraseIndex:
        index = cls()
        for phrase in phrases:
            first = phrase.words[0]
            table, key = (index.heads, first[:_HEAD]) if first.endswith("*") else (index.whole, first)
            table.setdefault(key, []).append(phrase)
        return index

    def find(self, text: str, kind: str, spans: Sequence[Word] | None = None) -> list[Match]:
        """All matches in order of their position, those within an exception of their label left out.

        ``spans`` are the words of ``text`` if they are known already.
        """
        spans = word_spans(text) if spans is None else spans
        found: list[Match] = []
        exceptions: list[Match] = []
        whole, heads = self.whole, self.heads
        for number, (_, _, word) in enumerate(spans):
            # The genitive of a listed word is that word.
            word = word.removesuffix("'s")
            if word not in whole and word[:_HEAD] not in heads:
                continue
            for phrase in [*whole.get(word, ()), *heads.get(word[:_HEAD], ())]:
                if kind in phrase.kinds and _fits(phrase, text, spans, number):
                    last = number + len(phrase.words) - 1
                    match = Match(phrase.label, str(phrase), spans[number][0], spans[last][1], number, last)
                    (exceptions if phrase.exception else found).append(match)
        return [
            match
            for match in found
            if not any(
                other.label == match.label and other.first <= match.last and match.first <= other.last
                for other in exceptions
            )
        ]


def _fits(phrase: Phrase, text: str, spans: Sequence[Word], number: int) -> bool:
    if number + len(phrase.words) > len(spans):
        return False
    for offset, wanted in enumerate(phrase.words):
        word = spans[number + offset][2].removesuffix("'s")
        if not (word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted):
            return False
    if not phrase.lower_case_only:
        return True
    return text[spans[number][0] : spans[number + len(phrase.words) - 1][1]].islower()
