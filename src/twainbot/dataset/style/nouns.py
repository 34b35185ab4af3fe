"""Which words of a corpus are nouns, names or places, told from the company they keep.

A part-of-speech tagger would be a download. A noun is a word that often stands after an article or "of" and
before something that is no noun: punctuation or a function word. A name is hardly ever seen in small
letters. A place is a name that often follows "in", "at" or "from".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

_BEFORE_NOUNS = [
    "a",
    "an",
    "the",
    "my",
    "his",
    "her",
    "our",
    "their",
    "your",
    "its",
    "this",
    "that",
    "these",
    "those",
    "no",
    "every",
    "each",
    "some",
    "any",
    "of",
]
_AFTER_NOUNS = [
    "of",
    "and",
    "or",
    "but",
    "is",
    "are",
    "was",
    "were",
    "be",
    "has",
    "had",
    "have",
    "in",
    "on",
    "at",
    "to",
    "for",
    "from",
    "with",
    "by",
    "as",
    "that",
    "which",
    "who",
    "whom",
    "when",
    "where",
    "than",
    "then",
    "there",
    "if",
    "because",
    "will",
    "would",
    "could",
    "should",
    "may",
    "might",
    "must",
    "can",
    "did",
    "does",
    "do",
    "so",
    "not",
    "it",
    "he",
    "she",
    "they",
    "we",
    "i",
]
FUNCTION_WORDS = frozenset([*_BEFORE_NOUNS, *_AFTER_NOUNS])
# "the good of the town", "of late": words that stand where nouns do and name nothing.
_NO_TOPICS = frozenset(
    """account accident advantage amount another answer beginning best better bottom bulk business case cause
    chance choice circumstance circumstances condition consequence contrary course deal degree difference
    doubt earlier easy edge effect end evening event evil extent fact favor favour fellow former front future
    general good grace great half hand hands happy head heart hour hours idea instance interest kind latter
    lead left length life like line list long lot main mark matter matters means middle moment moments month
    months morning mouth name names necessary need new night notice number numbers object occasion old one
    open opinion opportunity order original other others pair particular parties parts passage past pieces
    point points poor possible power presence present public purpose quality quarter quantity question
    reason reasons regard respect rest result return right risk sake same scene second sense separate set
    several share side sides sight single size sort sorts spot stand start state step strong style subject
    success such sufficient third thousand thousands top total touch trouble true truth turn usual value
    variety view wall week weeks while whole wide will wish work world worst worth yesterday today tomorrow
    minute minutes second seconds hundreds dozen dozens bit couple plenty something anything nothing person
    persons people gentleman gentlemen fellow fellows anybody everybody somebody nobody deg min sec inst ult
    area report reports video study watch photos update yours mine ours theirs times places thing things part
    adieu mile miles inch inches foot feet succession capacity remains absence particulars intervals
    distance center
    centre row afternoon afternoons hour eyes size kinds ones depth length breadth""".split()  # noqa: SIM905
)
_ADVERB_OR_VERB = re.compile(r"(?:ly|ized|ised|ating|n't|'ll|'ve|'re|'d|[fhtnx]th)$")
_PAIR = re.compile(
    rf"\b((?i:{'|'.join(_BEFORE_NOUNS)}))\s+([a-z]{{3,}})(?=\s*[.,;:!?)\"]|\s*--|\s+(?:{'|'.join(_AFTER_NOUNS)})\b)"
)
_LOWER = re.compile(r"\b[a-z][a-z'-]+\b")
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+\b")
_PLACE = re.compile(r"\b(?:in|at|from|near) ([A-Z][a-z]+)\b(?!')")
_FULL_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+(?: [A-Z][a-z]+){1,3}\b(?!')")
_COMPOUND = re.compile(
    rf"\b(?i:{'|'.join(_BEFORE_NOUNS)}) ([a-z]{{3,}} [a-z]{{3,}})"
    rf"(?=[.,;:!?)\"]|\s*--| (?:{'|'.join(_AFTER_NOUNS)})\b)"
)
_MIN_SEEN = 2
_NOUN_SHARE = 0.2
_PLACE_SHARE = 0.2
_NAME_RATIO = 2
# Headline style, where capitals say nothing.
_TITLE_CASE_SHARE = 0.7
_TITLE_CASE_WORDS = 3


@dataclass(frozen=True)
class Company:
    """How often each word was seen at all, as a noun, as a name and after "in".

    ``full_names`` counts runs of capitalised words, ``compounds`` two words that stand where one noun does.
    """

    lower: Counter[str] = field(default_factory=Counter)
    as_noun: Counter[str] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    full_names: Counter[str] = field(default_factory=Counter)
    compounds: Counter[str] = field(default_factory=Counter)

    def is_noun(self, word: str) -> bool:
        """Whether a lower-case word names a thing that one can ask about."""
        if word in _NO_TOPICS or len(word) < 3 or _ADVERB_OR_VERB.search(word):
            return False
        # "The clearest", of clear.
        if word.endswith("est") and len(word) > 6 and self.lower[word[:-3]]:
            return False
        seen = self.as_noun[word]
        if not seen and word.endswith("s") and not word.endswith("ss"):
            return self.is_noun(word[:-1]) if len(word) > 3 else False
        return seen >= _MIN_SEEN and seen >= _NOUN_SHARE * self.lower[word]

    def is_name(self, word: str) -> bool:
        """Whether a capitalised word is a name wherever it stands: small letters are the exception."""
        return word[:1].isupper() and self.names[word] > _NAME_RATIO * self.lower[word.lower()]

    def is_place(self, word: str) -> bool:
        """Whether a capitalised word is the name of a place."""
        return (
            self.is_name(word)
            and self.places[word] >= _MIN_SEEN
            and self.places[word] >= _PLACE_SHARE * self.names[word]
        )


def title_case(text: str) -> bool:
    """Whether most of the longer words have a capital, as in headlines."""
    found = [word for word in re.findall(r"[A-Za-z][\w']*", text) if len(word) > 3]
    capitals = sum(word[0].isupper() for word in found)
    return len(found) >= _TITLE_CASE_WORDS and capitals > _TITLE_CASE_SHARE * len(found)


def word_company(texts: Iterable[str]) -> Company:
    """Counts over all texts that are not in title case."""
    company = Company()
    for text in texts:
        if title_case(text):
            continue
        company.lower.update(_LOWER.findall(text))
        company.as_noun.update(match[1] for match in _PAIR.findall(text))
        company.names.update(_NAME.findall(text))
        company.places.update(_PLACE.findall(text))
        for name in _FULL_NAME.findall(text):
            parts = name.split()
            company.full_names.update(
                " ".join(parts[start:end])
                for start in range(len(parts))
                for end in range(start + 2, len(parts) + 1)
            )
        company.compounds.update(_COMPOUND.findall(text))
    return company
