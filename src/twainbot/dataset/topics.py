"""What a passage is about, in one or two of its own words."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from twainbot.text.normalize import words

_STOP_WORDS = frozenset(
    """about above after again against all almost along also although always among and another any anybody
    anyone anything are around away back because been before began behind being below better between
    beyond both brought but came can cannot come could day days dear did does done down during each either
    else enough ever every everybody everything far few first for found four from gave get give given goes
    going gone good got great had half has have having heard her here hers herself him himself his how
    however hundred into its itself just keep kept knew know known last least left less let like little
    long look looked made make making man many may men might mind more most much must myself near need
    neither never next nine nobody none nor nothing now off often old once one only other others ought our
    ours out over own part people perhaps place put quite rather really right round said same saw say says
    see seem seemed seen sent set several shall she should since six small some somebody something
    sometimes soon still such take taken tell ten than that the their theirs them themselves then there
    therefore these they thing things think this those though thought thousand three through thus till
    time times together told too took toward towards true turn turned twenty two under until upon use used
    usual usually very want was way week well went were what whatever when where whether which while who
    whole whom whose why will with within without word words work would year years yes yet you young your
    yours dont didnt isnt wasnt thou thee thy thine hath doth art wilt shalt ere tis twas""".split()  # noqa: SIM905
)
_PROPER = re.compile(r"(?<![.!?\"'] )(?<!^)\b[A-Z][a-z]+\b")


def document_frequencies(texts: Sequence[str]) -> Counter[str]:
    """In how many texts each word occurs."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(words(text)))
    return counts


def topic(text: str, frequencies: Counter[str], total: int, *, headline: bool = False) -> str | None:
    """The two words of ``text`` with the highest tf-idf, in their order in the text; None if there are none.

    Words that occur nowhere else are passed over: a topic should be something one can ask about. Names
    are too, for a question about a stranger's name teaches invention. In a headline capitals name nothing,
    and one asks for a headline about the very word that is new.
    """
    names = set() if headline else {match.lower() for match in _PROPER.findall(text)}
    found = words(text)
    counts = Counter(
        word
        for word in found
        if len(word) > 3
        and word not in _STOP_WORDS
        and word not in names
        and word.isalpha()
        and (headline or frequencies[word] > 1)
    )
    if not counts:
        return None
    score = {word: count * math.log(total / frequencies[word]) for word, count in counts.items()}
    best = sorted(sorted(score, key=lambda word: (-score[word], word))[:2], key=found.index)
    return " and ".join(best)
