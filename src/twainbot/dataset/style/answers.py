"""What of a passage may stand as an answer: whole sentences that need nothing before them."""

from __future__ import annotations

import re
from collections.abc import Callable

from twainbot.text.normalize import sentence_ends, sentences

# Who begins so goes on from something that the reader has not seen.
_CONTINUES = re.compile(
    r"^[\"'(\[]*(?:And|But|Or|Nor|For|So|Yet|Then|Thus|Therefore|However|Hence|Moreover|Whereupon|Which|Besides|"
    r"Accordingly|Nevertheless|Whereas|Also|Again|Such|Because|These|Those|This)\b"
)
_MID_SENTENCE = re.compile(r"^[\"'(\[]*[a-z,.;:!?)\]-]")
_ENDED = re.compile(r"[.!?][\"')\]]*$")
# The first quotation mark ends what somebody said before.
_CLOSES = re.compile(r"[^\"]*[\w.,;:!?]\"(?:\W|$)")
_PLACEHOLDER = re.compile(r"\[[^\]\n]{1,40}\]|<[a-z]+>|\{[^}\n]*\}|\b(?:Mr|Mrs|Dr|Rev)\. ?--")
_HEADER = re.compile(
    r"(?:^|\n)(?:(?:MY )?DEAR|TO|LETTER|CHAPTER|BOOK|PART|VOL|NOTE|FIG)\b[^a-z\n]*(?:\n|[.,:]|$)"
    r"|(?:^|\n)(?:(?:MY|My) dear \w+,|Dear|Sir),?\s*(?:Sir|Friend|Madam|$|\n|--)"
    r"|^[\"']?[A-Z][A-Z '.,&-]{9,}"
)
_FOOTNOTE = re.compile(
    r"^\s*(?:\*|\[?\d+\]|\(\d+\)|Footnote|See |Vide |Ibid)|\[\*|\[Footnote|\(See |\[\d+\]"
    r"|\bfig\.(?:\W|$)|\bpp?\.(?!\w)|\w \([a-z]\)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:^|\n)\s*(?:\d+(?:[.)]|(?:th|d)ly,?)|[ivx]+\.|\([a-z]\))\s|\s\d+\.$", re.IGNORECASE
)
# "She said:" and nobody speaks: a paragraph was left out.
_GAP = re.compile(r"(?::|--)\n\n(?!\W?[\"'])")
_SIGNED = re.compile(
    r"[.!?]\s*--\s*[A-Z][^.!?]*\.?$|[.!?\"]--\s?[A-Z][\w' ]{3,40}(?:Calendar|Almana\w+|Maxims)\b"
)
_EDITOR = re.compile(
    r"\b(?:[Tt]he [Ee]ditors?|[Ee]ditor's [Nn]ote|[Oo]ur author|the present (?:edition|translation))\b"
)
# A line that ends in a comma stands alone at the head or the foot of a letter.
_LETTER = re.compile(
    r"(?:^|\n\n)[^\n]{1,50},\n\n"
    r"|\b(?:(?:humble|obedient|obliged) servant|[Aa]dieu|believe me(?: ever)?,? |"
    r"[Yy]ours? (?:very )?(?:truly|sincerely|affectionately|etc)|affectionate (?:brother|friend|father))"
)
# "The wire at B touches C": of a drawing that is not there.
_DRAWN = re.compile(r"(?<=[a-z] )[B-HJ-NP-Z](?=[\s,;:)])")
# "The third experiment", "as above", "the inclosed draft": of pages that are not there.
_PARTS_OF_A_PAGE = (
    "experiments?|letters?|papers?|figures?|tables?|pages?|chapters?|accounts?|paragraphs?|extracts?|lines|verses|"
    "observations?|remarks?|facts?|queries|questions|articles?|draughts?|drafts?|instances?|words|reasons?"
)
_ELSEWHERE = re.compile(
    r"\b(?:above|afore|before|last|already)[- ]?"
    r"(?:mention(?:ed|'d)|said|described|named|cited|quoted|stated)\b"
    r"|\b(?:the|this|these) (?:above|preceding|foregoing|following|annexed|subjoined) "
    rf"(?:\w+ )?(?:{_PARTS_OF_A_PAGE})\b|\bas above\b|\b(?:above|dotted|black) (?:lines?|fact|account)\b"
    r"|\b(?:inclosed|enclosed) (?:you|is|paper|letter|draft)\b"
    r"|\b(?:first|second|third|fourth|fifth|sixth|last|former|latter|preceding|present) "
    r"(?:experiments?|letters?)\b"
    r"|\b(?:experiment|letter|chapter|plate|sect?|no)\.? (?:[IVXL]+|\d+)\b"
    r"|\b(?:the|this) (?:next|last|previous|preceding|present) (?:chapter|volume|page|section|book)\b|\* \*"
    r"|\b(?:in|by|of|for) your (?:favou?r|last|letter|kind letter|account|paper)\b|\byours? of the \d",
    re.IGNORECASE,
)
# The years of a life, one after the other: "1701 Is born. 1709 Goes to sea."
_YEARS = re.compile(r"(?:^|(?<=[.!?;] )|\n)1\d{3}\.? [A-Z]")
# "ALL.--Agreed!", "A VOICE: No!": parts of a scene.
_PARTS = re.compile(r"(?:^|\n)\W?[A-Z][A-Za-z' ]{1,25}(?:\.\W?--|:(?= [\"A-Z]))")
# Verse that was set as prose keeps the capitals of its lines.
_LINE_HEAD = re.compile(
    r"(?<=[a-z][,;] )(?:And|The|Of|To|In|With|For|That|Their|His|Her|Yet|But|A|An|Or|When|While|As|By|From|"
    r"On|Nor|Whose|Which|Is|Are|Was|Were|If|So|Then|My|Our|We|He|She|They|It|You|Who|What|Where|Till|At|"
    r"Let|Make|Like|Not)\b"
    r"|(?<=[a-z] )(?:And|The|Of|To|With|That|Their|Yet|But|When|While|As|From|Nor|Whose|Which|Then|Who|Where)"
    r"(?= [a-z])"
)
_VERB = re.compile(
    r"\b(?:I|you|he|she|it|we|they|who|there|is|are|was|were|be|been|has|have|had|do|does|did|will|would|can|could|"
    r"shall|should|may|might|must|said|says|let|thou|art|ye)\b|'s\b|n't\b",
    re.IGNORECASE,
)
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


def finished(text: str) -> bool:
    """Whether a speech ends, or breaks off with a dash as speeches do."""
    return _ENDED.search(text) is not None or text.endswith("--")


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
    if _GAP.search(text):
        return "gap"
    if _SIGNED.search(text):
        return "signed"
    if _EDITOR.search(text):
        return "editor"
    if _LETTER.search(text):
        return "letter"
    if sum(map(str.isdigit, text)) > _MAX_FIGURES * len(text):
        return "table"
    if len(_DRAWN.findall(text)) > 1:
        return "diagram"
    if _ELSEWHERE.search(text):
        return "elsewhere"
    if _YEARS.search(text):
        return "chronology"
    if len(_PARTS.findall(text)) > 1:
        return "script"
    if len(_LINE_HEAD.findall(text)) > 1:
        return "verse"
    if _names_only(text):
        return "list"
    if text.count('"') % 2 or _CLOSES.match(text):
        return "open_quote"
    if any(text.count(opened) != text.count(closed) for opened, closed in ("()", "[]")):
        return "open_bracket"
    return None


def _names_only(text: str) -> bool:
    """Whether most of several sentences say nothing of what they name: wares, heads of a table."""
    said = [part for part in sentences(text.replace("\n", " ")) if not re.search(r"[\"?!]", part)]
    named = [part for part in said if not _VERB.search(part) and re.search(r"\s[A-Z]|\d", part)]
    return len(said) >= _LIST_ITEMS and 2 * len(named) > len(said)
