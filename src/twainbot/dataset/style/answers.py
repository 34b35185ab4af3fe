"""What of a passage may stand as an answer: whole sentences that need nothing before them."""

from __future__ import annotations

import re
from collections.abc import Callable

from twainbot.text.normalize import sentence_ends

# Who begins so goes on from something that the reader has not seen.
_CONTINUES = re.compile(
    r"^[\"'(\[]*(?:And|But|Or|Nor|For|So|Yet|Then|Thus|Therefore|However|Hence|Moreover|Whereupon|Which|Besides|"
    r"Accordingly|Nevertheless|Whereas|Also|Again|Such|Because|These|Those|This)\b"
)
_MID_SENTENCE = re.compile(r"^[\"'(\[]*[a-z,.;:!?)\]-]")
_ENDED = re.compile(r"[.!?][\"')\]]*$")
_PLACEHOLDER = re.compile(r"\[[^\]\n]{1,40}\]|<[a-z]+>|\{[^}\n]*\}")
_HEADER = re.compile(
    r"(?:^|\n)(?:(?:MY )?DEAR|TO|LETTER|CHAPTER|BOOK|PART|VOL|NOTE|FIG)\b[^a-z\n]*(?:\n|[.,:]|$)"
    r"|(?:^|\n)(?:Dear|Sir),?\s*(?:Sir|Friend|Madam|$|\n|--)"
    r"|^[\"']?[A-Z][A-Z '.,&-]{9,}"
)
_FOOTNOTE = re.compile(
    r"^\s*(?:\*|\[?\d+\]|\(\d+\)|Footnote|See |Vide |Ibid)|\[\*|\[Footnote|\(See |\[\d+\]"
    r"|\bfig\. ?\d|\bpp?\.(?!\w)|\w \([a-z]\)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:^|\n)\s*(?:\d+(?:[.)]|thly|dly)|[ivx]+\.|\([a-z]\))\s", re.IGNORECASE)
# A line that ends in a comma stands alone at the head or the foot of a letter.
_LETTER = re.compile(
    r"(?:^|\n\n)[^\n]{1,50},\n\n"
    r"|\b(?:(?:humble|obedient|obliged) servant|[Aa]dieu|believe me(?: ever)?,? |"
    r"[Yy]ours? (?:very )?(?:truly|sincerely|affectionately|etc)|affectionate (?:brother|friend|father))"
)
# "The wire at B touches C": of a drawing that is not there.
_DRAWN = re.compile(r"(?<=[a-z] )[B-HJ-NP-Z](?=[\s,;:)])")
_MAX_FIGURES = 0.12
_LIST_ITEMS = 3
_LIST_WORDS = 30


def cut_answer(text: str, n_tokens: Callable[[str], int], budget: int) -> str | None:
    """As many whole sentences of ``text``, line breaks kept, as fit the budget; None if not one does."""
    if n_tokens(text) <= budget:
        return text
    kept = None
    for end in sentence_ends(text):
        if n_tokens(text[:end]) > budget:
            break
        kept = text[:end]
    return kept


def whole_sentences(text: str) -> str | None:
    """``text`` from the first sentence that needs nothing before it to the last that is finished.

    None if no sentence is left.
    """
    ends = sentence_ends(text)
    starts = [0, *ends[:-1]]
    first = next(
        (
            start
            for start in starts
            if not _MID_SENTENCE.match(piece := text[start:].lstrip()) and not _CONTINUES.match(piece)
        ),
        None,
    )
    last = next((end for end in reversed(ends) if _ENDED.search(text[:end])), None)
    if first is None or last is None or first >= last:
        return None
    return text[first:last].strip()


def items(text: str) -> list[str]:
    """The paragraphs of a list of short sayings; empty if the text is none."""
    parts = [part.strip() for part in text.split("\n\n")]
    listed = len(parts) >= _LIST_ITEMS and all(
        len(part.split()) <= _LIST_WORDS and '"' not in part and len(sentence_ends(part)) == 1
        for part in parts
    )
    return [part for part in parts if _ENDED.search(part) and not _MID_SENTENCE.match(part)] if listed else []


def not_prose(text: str) -> str | None:
    """Why nobody says a text: a placeholder, heading, note or table; None if it is."""
    if _PLACEHOLDER.search(text):
        return "placeholder"
    if _HEADER.search(text):
        return "header"
    if _FOOTNOTE.search(text):
        return "footnote"
    if _NUMBERED.search(text):
        return "numbered"
    if _LETTER.search(text):
        return "letter"
    if sum(map(str.isdigit, text)) > _MAX_FIGURES * len(text):
        return "table"
    if len(_DRAWN.findall(text)) > 1:
        return "diagram"
    if text.count('"') % 2:
        return "open_quote"
    if any(text.count(opened) != text.count(closed) for opened, closed in ("()", "[]")):
        return "open_bracket"
    return None
