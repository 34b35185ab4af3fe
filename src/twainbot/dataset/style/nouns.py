"""Which words of a corpus are nouns, names or places, told from the company they keep.

A part-of-speech tagger would be a download. A noun is a word that often stands after an article or "of" and
before something that is no noun: punctuation or a function word. A verb is a word that often stands after
"to", "will" or "they". A name is hardly ever seen in small letters, and stands where a noun does. A place is
a name that often follows "in", "at" or "from".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

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
    centre row afternoon afternoons hour eyes size kinds ones depth length breadth january february march
    april may june july august september october november december monday tuesday wednesday thursday friday
    saturday sunday source sources congratulations thanks face faces arm arms
    leg legs limb limbs lip lips shoulder shoulders cheek cheeks reader readers woman women""".split()  # noqa: SIM905
)
_ADVERB_OR_VERB = re.compile(r"(?:ly|ized|ised|ating|n't|'ll|'ve|'re|'d|[fhtnx]th)$")
_PAIR = re.compile(
    rf"\b((?i:{'|'.join(_BEFORE_NOUNS)}))\s+([a-z]{{3,}})(?=\s*[.,;:!?)\"]|\s*--|\s+(?:{'|'.join(_AFTER_NOUNS)})\b)"
)
_LOWER = re.compile(r"\b[a-z][a-z'-]+\b")
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z](?:[a-z]+|[A-Z]{2,4})\b")
_VERB = re.compile(
    r"\b(?:to|will|would|could|can|may|might|must|shall|should|not|don't|didn't|I|he|she|they|we|you|who|it|"
    r"never|always) ([a-z]{3,})\b"
)
# "In Tidewick, where": a name that needs no noun after it, as "the Dutch captain" does.
_NAME_ALONE = re.compile(
    r"(?<=[a-z,;] )[A-Z](?:[a-z]+|[A-Z]{2,4})"
    rf"(?='s\b|[.,:;!?)\"]|\s*--|\s*$|\s+(?:{'|'.join(_AFTER_NOUNS)})\b)"
)
_PLACE = re.compile(r"\b(?:in|at|from|near) ([A-Z][a-z]+)\b(?!')")
_FULL_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+(?: [A-Z][a-z]+){1,3}\b(?!')")
_COMPOUND = re.compile(
    rf"\b(?i:{'|'.join(_BEFORE_NOUNS)}) ([a-z]{{3,}} [a-z]{{3,}})"
    rf"(?=[.,;:!?)\"]|\s*--| (?:{'|'.join(_AFTER_NOUNS)})\b)"
)
_MIN_SEEN = 2
_NOUN_SHARE = 0.25
# "They work", "to work": of such a word one cannot tell what it is where it has no article.
_VERB_SHARE = 0.1
_PLACE_SHARE = 0.2
_NAME_RATIO = 2
_ALONE_SHARE = 0.4
# Of "the sun" there is one, though somebody says "a sun"; "courage" is not counted, "a room" is, since there
# are rooms.
_COUNTED_SHARE = 0.08
_SELDOM_SHARE = 0.03
_PLURAL_SHARE = 0.05
_UNIQUE_SHARE = 0.7
# Headline style, where capitals say nothing.
_TITLE_CASE_SHARE = 0.7
_TITLE_CASE_WORDS = 3


@dataclass(frozen=True)
class Company:
    """How often each word was seen at all, as a noun, as a verb, as a name and after "in".

    ``counted`` and ``definite`` are nouns after "a" and "the", ``alone`` names that stand where a noun does;
    ``full_names`` counts runs of capitalised words, ``compounds`` two words that stand where one noun does.
    """

    lower: Counter[str] = field(default_factory=Counter)
    as_noun: Counter[str] = field(default_factory=Counter)
    as_verb: Counter[str] = field(default_factory=Counter)
    counted: Counter[str] = field(default_factory=Counter)
    definite: Counter[str] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    alone: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    full_names: Counter[str] = field(default_factory=Counter)
    compounds: Counter[str] = field(default_factory=Counter)

    def is_noun(self, word: str) -> bool:
        """Whether a lower-case word names a thing that one can ask about, and is no verb as well."""
        single = singular(word)
        if {word, single} & _NO_TOPICS or len(word) < 3 or _ADVERB_OR_VERB.search(word):
            return False
        # "The clearest", of clear.
        if word.endswith("est") and len(word) > 6 and self.lower[word[:-3]]:
            return False
        if self.is_verb(word):
            return False
        seen = self.as_noun[word]
        if not seen and single != word:
            return self.is_noun(single)
        return seen >= _MIN_SEEN and seen >= _NOUN_SHARE * self.lower[word]

    def ends_phrase(self, word: str) -> bool:
        """Whether a word is a noun often enough for the noun before it to be a part of its name."""
        return self.as_noun[word] >= max(_MIN_SEEN, _NOUN_SHARE * self.lower[word])

    def is_verb(self, word: str, share: float = _VERB_SHARE) -> bool:
        """Whether a lower-case word, or what it is a form of by an s, is said as a verb now and then."""
        return any(self.as_verb[form] >= share * self.lower[form] > 0 for form in (word, singular(word)))

    def article(self, word: str) -> str:
        """What stands before a noun of which nothing is known yet: "a", "the" or nothing."""
        if is_plural(word):
            return ""
        unique = self.definite[word] >= _UNIQUE_SHARE * self.as_noun[word]
        several = self.lower[f"{word}s"] >= _PLURAL_SHARE * self.lower[word]
        share = _SELDOM_SHARE if several and not unique else _COUNTED_SHARE
        return "a" if self.counted[word] >= share * self.as_noun[word] > 0 else "the" if unique else ""

    def is_name(self, word: str) -> bool:
        """Whether a capitalised word is a name wherever it stands: small letters are the exception."""
        return word[:1].isupper() and self.names[word] > _NAME_RATIO * self.lower[word.lower()]

    def is_subject(self, word: str) -> bool:
        """Whether a name is one that texts are about: no "Dutch", which wants a noun after it."""
        return (
            self.is_name(word)
            and word.lower() not in _NO_TOPICS
            and self.alone[word] >= _MIN_SEEN
            and self.alone[word] >= _ALONE_SHARE * self.names[word]
        )

    def is_place(self, word: str) -> bool:
        """Whether a capitalised word is the name of a place."""
        return (
            self.is_name(word)
            and self.places[word] >= _MIN_SEEN
            and self.places[word] >= _PLACE_SHARE * self.names[word]
        )


def is_plural(word: str) -> bool:
    """Whether a noun looks like more than one: "boats", not "glass" or "thermos"."""
    return word.endswith("s") and not word.endswith(("ss", "us", "is", "os"))


@cache
def singular(word: str) -> str:
    """A plural's singular, as far as spelling tells; any other word as it is."""
    if not is_plural(word) or len(word) < 4:
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("shes", "ches", "xes", "sses")) else word[:-1]


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
        for article, word in _PAIR.findall(text):
            company.as_noun[word] += 1
            if article.lower() in ("a", "an"):
                company.counted[word] += 1
            elif article.lower() == "the":
                company.definite[word] += 1
        company.as_verb.update(_VERB.findall(text))
        company.names.update(_NAME.findall(text))
        company.alone.update(_NAME_ALONE.findall(text))
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
