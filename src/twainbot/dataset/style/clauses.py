"""Long sentences as short ones: at semicolons and before "and he", where both parts can stand alone."""

from __future__ import annotations

import re

from twainbot.text.normalize import sentences

# Set where a new sentence begins; an abbreviation's full stop begins none.
CAPITAL = "\x00"
_PART_WORDS = 4  # of a part of a sentence that becomes a sentence of its own
_LONG_SENTENCE_WORDS = 24  # with more, a sentence is split before "and he", "but they", too
_SEMICOLON = re.compile(r"([^.!?;\n\"]+);([\"']?\s+)(?=([^.!?;\n\"]+))")
_EXCLAMATION = re.compile(r"!+(?=[\"')\]]*(?:\s+[A-Z\"'(]|$))")
_LATER_EXCLAMATION = re.compile(r"!+(?=\s+[a-z])")
# "What a night it was!", "How it rained!" are no statements.
_EXCLAIMS = re.compile(r"\b(?:what an?|how)\b[^.!?\n]*$", re.IGNORECASE)
_CLAUSE = re.compile(
    r", (and|but) (?=(?:I|you|he|she|it|we|they|there)\b"
    r"(?!,| \w+(?:'\w+)? (?:might|may|would|could|should|will)\b))"
)
# "...; which was too small", "...; took in a breath": no sentences of their own.
_STANDS = re.compile(
    r"[\s\"']*(?:(?:and|but|for|so|then|now|yet) ){0,2}(?:(?:I|[Yy]ou|[Hh]e|[Ss]he|[Ii]t|[Ww]e|[Tt]hey|"
    r"[Tt]here|one|[Tt]he|[Aa]n?|[Tt]h(?:is|ese|ose)|[Mm]y|[Yy]our|[Hh]is|[Hh]er|[Ii]ts|[Oo]ur|[Tt]heir|[Ss]ome|[Aa]ll|[Nn]o|"
    r"nobody|everybody|nothing)\b(?!,)|[A-Z][a-z]+\b(?!,))"
)
# "The rope being cut", "all hands ordered aloft": without a verb of its own a noun makes no sentence.
_PRONOUN = re.compile(
    r"[\s\"']*(?:(?:and|but|for|so|then|now|yet) ){0,2}"
    r"(?:I|[Yy]ou|[Hh]e|[Ss]he|[Ii]t|[Ww]e|[Tt]hey|[Tt]here)\b"
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|do|does|did|can|could|will|would|may|might|must|should|came|went|"
    r"made|took|said|gave|saw|knew|found|left|stood|began)\b|n't\b"
)
_NO_VERB = re.compile(r"\b(?:being|having)\b|\b(?:which|that|who|whom|whose|where|when|if|as|what)\b")
# "As you put us on it; and as he paid for it; it is fit ...": the sentence comes last.
_WAITS = re.compile(
    r"[\s\"']*(?:(?:and|but|or) )?(?:as|if|when|though|although|while|since|because|whether|"
    r"lest|unless|that|not only)\b",
    re.IGNORECASE,
)

# "It was late, but, as the ferry was gone, and it rained, we stayed": it still waits.
_WAITING = re.compile(
    r"(?:,|\b(?:and|but|or|that)) (?:as|if|when|though|although|while|since|because|whether|lest|unless|"
    r"after|till|until|before)\b|\b(?:being|having)\b",
    re.IGNORECASE,
)
# What follows is no sentence, so a comma parts it well enough.
_LOOSE = re.compile(
    r";(?=[\"']?\s+(?:and|but|or|nor|for|so|yet|then|not|which|who|whose|whom|while|as|because|although|though|if|when|"
    r"where|that|[a-z]+(?:ing|ed))\b)"
)


def split(text: str) -> str:
    """``text`` without exclamations and semicolons that it can spare, its long sentences parted.

    A letter that is to become a capital has ``CAPITAL`` before it.
    """

    def stop(match: re.Match[str]) -> str:
        before, space, after = match.groups()
        if _WAITS.match(before):
            return f"{before},{space}"
        if min(len(before.split()), len(after.split())) < _PART_WORDS or not _is_sentence(after):
            return match.group()
        return f"{before}.{space}{CAPITAL}"

    text = _LATER_EXCLAMATION.sub(",", _LOOSE.sub(",", _SEMICOLON.sub(stop, text)))
    before = text
    text = _EXCLAMATION.sub(lambda mark: mark[0] if _EXCLAIMS.search(before[: mark.start()]) else ".", text)
    return "\n\n".join(
        " ".join(_halved(sentence) for sentence in sentences(paragraph)) for paragraph in text.split("\n\n")
    )


def _is_sentence(part: str) -> bool:
    return bool(
        _STANDS.match(part) and (_PRONOUN.match(part) or (_VERB.search(part) and not _NO_VERB.search(part)))
    )


def _halved(sentence: str) -> str:
    """A long sentence as two, parted at the clause nearest its middle."""
    if len(sentence.split()) <= _LONG_SENTENCE_WORDS or '"' in sentence or _WAITS.match(sentence):
        return sentence
    parts = [
        match
        for match in _CLAUSE.finditer(sentence)
        if len(sentence[: match.start()].split()) >= 2 * _PART_WORDS
        and not _WAITING.search(sentence[: match.start()])
        and len(sentence[match.end() :].split()) >= 2 * _PART_WORDS
    ]
    if not parts:
        return sentence
    middle = len(sentence) / 2
    match = min(parts, key=lambda part: (abs(part.start() - middle), part.start()))
    opener = "But " if match.group(1) == "but" else CAPITAL
    return f"{sentence[: match.start()]}. {opener}{_halved(sentence[match.end() :])}"
