"""How well a text is preserved: which of several copies stays. A ranking, not a filter."""

from __future__ import annotations

import re

# What ordinary English prose is set in. Marks of italics, table rules, placeholders of masked data and
# what a wrong decoding leaves behind are not.
_PLAIN = re.compile(r"[^\W_]|[\s.,;:!?'\"()&$%-]")
_CLOSING = "\"')] "
_OPENING = "\"'([ "
_CUT = 0.9  # of a text that begins or ends inside a sentence


def quality(text: str) -> float:
    """A score between 0 (no words) and 1, to four digits: the product of four shares.

    - plain: characters that are letters, digits, white space or common punctuation;
    - calm: words that are not shouted, that is, in capitals and longer than three letters;
    - begun: 0.9 if it begins with a small letter, quotes and brackets aside, else 1;
    - finished: 0.9 if the last character before closing quotes and brackets ends no sentence, else 1.

    It does not read: a fluent lie scores as a fluent truth. It tells a clean edition from a scanned one,
    a sentence-case headline from a shouted one, and a whole text from its cut copy.
    """
    tokens = text.split()
    if not tokens:
        return 0.0
    plain = len(_PLAIN.findall(text)) / len(text)
    calm = 1 - sum(len(token) > 3 and token.isupper() for token in tokens) / len(tokens)
    begun = _CUT if text.lstrip().lstrip(_OPENING)[:1].islower() else 1.0
    finished = 1.0 if text.rstrip().rstrip(_CLOSING)[-1:] in (".", "!", "?") else _CUT
    return round(plain * calm * begun * finished, 4)
