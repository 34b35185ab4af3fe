"""What a word's replacement asks of its neighbours: a or an, "had seen" and not "had saw"."""

from __future__ import annotations

import re

_PARTICIPLES = {
    "ate": "eaten", "began": "begun", "bore": "borne", "broke": "broken", "came": "come",
    "chose": "chosen", "did": "done",
    "drove": "driven", "forgot": "forgotten", "gave": "given", "grew": "grown", "knew": "known",
    "saw": "seen", "showed": "shown", "spoke": "spoken", "took": "taken", "went": "gone", "wore": "worn",
    "wrote": "written",
}  # fmt: skip
_AFTER_AUXILIARY = re.compile(
    rf"\b((?:have|has|had|having|been|being|was|were)(?: (?:not|never|also|ever|just|now|once|[a-z]+ly))?) "
    rf"({'|'.join(_PARTICIPLES)})\b"
)
# An h may be silent, a u may sound as in "use": such words are left as they are.
_AN = re.compile(r"\b([Aa])n (?=[bcdfgj-np-tv-z][a-z])")
# "Applied to A and B" is no article.
_A = re.compile(
    r"\b([Aa]) (?!(?:and|as|are|at|is|in|it|or|on|of|if)\b)"
    r"(?=(?:[ai]|e(?!u)|u(?!ni(?![mn])|s[eu]|t[eio]|bi)|o(?!n[ce]\b|ne-))[a-z])"
)


def agreed(text: str) -> str:
    """``text`` with the article and the participle that the next and the last word ask for."""
    text = _AFTER_AUXILIARY.sub(lambda match: f"{match[1]} {_PARTICIPLES[match[2]]}", text)
    return _A.sub(r"\1n ", _AN.sub(r"\1 ", text))
