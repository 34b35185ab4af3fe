"""Parts of a passage that ask or say something by themselves: a question of its own, an opening, a saying."""

from __future__ import annotations

import re
from collections.abc import Iterable

from twainbot.dataset.style.answers import not_prose, whole_sentences
from twainbot.dataset.style.nouns import Company
from twainbot.text.normalize import sentences, words

_MIN_ANSWER_WORDS = 12
# Who goes on so has not answered.
_GOES_ON = re.compile(r"(?:And|But|Nevertheless|Let|Yet|Then|Still|However|Yes|No)\b")
_ASKS = re.compile(
    r"(?:who|whose|what|which|why|where|when|how|is|are|do|does|can|could|shall|should|will|would|may|"
    r"might|must|has|have)\b(?!, then| had\b)",
    re.IGNORECASE,
)
# A continuation that is shorter carries no voice.
_MIN_REST_WORDS = 15
_MIN_OPENING_WORDS = 4
# A beginning that points back is none.
_POINTS_BACK = re.compile(
    r"\b(?:this|these|those|such|same|former|latter|therefore|thus|hence|likewise|also)\b", re.IGNORECASE
)
# What goes on in quotation marks only is a talk between others.
_MAX_TALK = 0.6
_SAYING_WORDS = range(5, 30)
_QUESTION_WORDS = range(4, 31)
# A maxim is about everybody and always; a sentence about somebody once is none.
_PARTICULAR = re.compile(
    r"\b(?:I|we|my|our|us|me|she|her|was|were|had|did|came|went|said|says|this|these|those|now|Mr|Mrs|"
    r"here|hence|there(?! (?:is|are)\b)|[a-z]{3,}ed\s+(?:the|a|to|him|it))\b"
    r"|^(?:it|they|he(?! that\b| who\b)|their|his|its|if (?:it|they|he))\b"
    r"(?! is (?:better|best|easy|easier|hard|ill|good)\b)",
    re.IGNORECASE,
)
# Who speaks of all says so, first of all.
_GENERAL = re.compile(
    r"^(?:he (?:that|who)|who(?:so)?ever|they (?:that|who)|those (?:that|who)|if (?:you|a man|thou)|what you|"
    r"(?:every|no|a|each|any) (?:\w+ )?man|men|mankind|people|every(?:body|one)|nobody|nothing|none|never|"
    r"always|(?:few|many) (?:\w+ )?(?:men|things|people)|all (?:men|things)|better|"
    r"when (?:you|a man|thou)|"
    r"it is (?:better|best|easy|easier|hard|ill|good)|let (?:all|us|thy|no)|"
    r"an? \w+ (?:is|are|makes?|has|will|can)|"
    r"\w{5,}(?:ty|ry|ness|ship|tion|ment|nce|dom|th|ing|stinct)(?: (?:often|never|always))? "
    r"(?:is|makes|needs?|has|brings|will|begets|deprives|may))\b"
    r"|\b(?:is better|better than|worth more than)\b",
    re.IGNORECASE,
)
# "--Somebody's Almanack." after a saying.
_ATTRIBUTION = re.compile(r"(?<=[.!?])\s*--\s*[A-Z][^.!?]*\.?$")
_BOOK_OF_SAYINGS = re.compile(r"\b(?:Almana[ck]+|Calendar|Maxims|Proverbs|Sayings)\b")
_SIGNED_WORDS = range(5, 90)
# Who is meant, or what, is not in the question; "who the man was" asks nothing by itself.
_ABOUT_SOMEBODY = re.compile(
    r"\b(?:i|me|my|we|us|our|he|she|him|his|her|hers|they|them|their|you|your|thou|now|then|here|there|this|these|"
    r"those|that|it|its|such|so|same|else|others?|again|another)\b|'|^\w+ (?:the|an?)\b",
    re.IGNORECASE,
)


def own_question(text: str) -> tuple[str, str] | None:
    """A question that the text asks and what it says then; None if it asks none in its own voice."""
    for paragraph in text.split("\n\n"):
        split = sentences(paragraph)
        for number, sentence in enumerate(split[:-1]):
            rest = _ATTRIBUTION.sub("", " ".join(split[number + 1 :]))
            if (
                sentence.endswith("?")
                and _ASKS.match(sentence)
                and '"' not in sentence
                and len(words(sentence)) in _QUESTION_WORDS
                and whole_sentences(sentence) == sentence
                and not split[number + 1].endswith("?")
                and len(words(rest)) >= _MIN_ANSWER_WORDS
                and not _ABOUT_SOMEBODY.search(sentence)
                and "?" not in rest
                and rest.endswith((".", "!", '"'))
                and not _GOES_ON.match(rest)
                and not not_prose(rest)
                and not rest.endswith(("'", "'\""))
                and rest in text
            ):
                return sentence, rest
    return None


def opening(text: str) -> tuple[str, str] | None:
    """The first sentence that can begin something, and all that follows; None if there is none."""
    for sentence in sentences(text.split("\n\n")[0]):
        start = text.find(sentence)
        rest = text[start + len(sentence) :].strip()
        if start < 0 or len(words(rest)) < _MIN_REST_WORDS:
            return None
        talk = sum(len(part) for part in rest.split('"')[1::2])
        if (
            len(words(sentence)) >= _MIN_OPENING_WORDS
            and whole_sentences(sentence) == sentence
            and not _POINTS_BACK.search(sentence)
            and (rest.startswith('"') or not sentence.startswith('"'))
            # Half of what somebody says in single quotation marks.
            and sentence.startswith("'") == sentence.endswith("'")
            and (not rest.endswith("'") or rest.startswith("'"))
            and not not_prose(sentence)
            and not not_prose(rest)
            and talk <= _MAX_TALK * len(rest)
        ):
            return sentence, rest
    return None


def sayings(texts: Iterable[str], company: Company, *, listed: bool = False) -> list[str]:
    """Those of the sentences that are about everybody and always, without the book that they are from.

    Args:
        listed: whether they stand in a list of sayings, where none needs a word for everybody.
    """
    found: list[str] = []
    for text in texts:
        saying = _ATTRIBUTION.sub("", text)
        particular = _PARTICULAR.search(saying) or any(
            company.is_name(word) for word in re.findall(r"[A-Za-z]+", saying)[not listed :]
        )
        said = not (
            particular
            or not (listed or _GENERAL.search(saying))
            or '"' in saying
            or saying.isupper()
            or saying.endswith("?")
            or not_prose(saying)
        )
        if said and len(words(saying)) in _SAYING_WORDS and whole_sentences(saying) == saying:
            found.append(saying)
    return found


def signed_sayings(text: str) -> list[str]:
    """The paragraphs that are signed with a book of sayings, without its name; each of a sentence or more."""
    found = [
        _ATTRIBUTION.sub("", part).strip()
        for part in text.split("\n\n")
        if (signed := _ATTRIBUTION.search(part)) and _BOOK_OF_SAYINGS.search(signed.group())
    ]
    return [
        saying
        for saying in found
        if len(words(saying)) in _SIGNED_WORDS and whole_sentences(saying) == saying and not not_prose(saying)
    ]
