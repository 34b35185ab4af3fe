"""Parts of a passage that ask or say something by themselves: a question of its own, an opening, a saying."""

from __future__ import annotations

import re
from collections.abc import Iterable

from twainbot.dataset.style.answers import not_prose, whole_sentences
from twainbot.dataset.style.nouns import Company
from twainbot.text.normalize import sentences, words

_MIN_ANSWER_WORDS = 12
# A continuation that is shorter carries no voice.
_MIN_REST_WORDS = 15
_SAYING_WORDS = range(5, 30)
_QUESTION_WORDS = range(4, 31)
# A maxim is about everybody and always; a sentence about somebody once is none.
_PARTICULAR = re.compile(
    r"\b(?:I|we|my|our|us|me|she|her|was|were|had|did|came|went|said|says|this|these|now|Mr|Mrs|"
    r"[a-z]{3,}ed\s+(?:the|a|to|him|it))\b"
)
# "--Somebody's Almanack." after a saying.
_ATTRIBUTION = re.compile(r"(?<=[.!?])\s*--\s*[A-Z][^.!?]*\.?$")
# Who is meant is not in the question.
_ABOUT_SOMEBODY = re.compile(r"\b(?:he|she|him|his|her|hers|they|them|their)\b", re.IGNORECASE)


def own_question(text: str) -> tuple[str, str] | None:
    """A question that the text asks and what it says then; None if it asks none in its own voice."""
    for paragraph in text.split("\n\n"):
        split = sentences(paragraph)
        for number, sentence in enumerate(split[:-1]):
            rest = " ".join(split[number + 1 :])
            if (
                sentence.endswith("?")
                and '"' not in sentence
                and len(words(sentence)) in _QUESTION_WORDS
                and whole_sentences(sentence) == sentence
                and not split[number + 1].endswith("?")
                and len(words(rest)) >= _MIN_ANSWER_WORDS
                and not _ABOUT_SOMEBODY.search(sentence)
                and rest.count('"') % 2 == 0
                and not rest.endswith(("'", "'\""))
                and rest in text
            ):
                return sentence, rest
    return None


def opening(text: str) -> tuple[str, str] | None:
    """The first sentence and the rest; None if the rest is too short."""
    split = sentences(text.split("\n\n")[0])
    rest = text[len(split[0]) :].strip() if split and text.startswith(split[0]) else ""
    return (split[0], rest) if len(words(rest)) >= _MIN_REST_WORDS and rest.count('"') % 2 == 0 else None


def sayings(texts: Iterable[str], company: Company) -> list[str]:
    """Those of the sentences that are about everybody and always, without the book that they are from."""
    found: list[str] = []
    for text in texts:
        saying = _ATTRIBUTION.sub("", text)
        particular = _PARTICULAR.search(saying) or any(company.is_name(word) for word in saying.split()[1:])
        said = not (
            particular or '"' in saying or saying.isupper() or saying.endswith("?") or not_prose(saying)
        )
        if said and len(words(saying)) in _SAYING_WORDS and whole_sentences(saying) == saying:
            found.append(saying)
    return found
