"""The marks by which the makers of a file set off pictures and footnotes."""

from __future__ import annotations

import re

from twainbot.corpus.books.gutenberg import BOILERPLATE, TRANSCRIBER_NOTE
from twainbot.corpus.paragraphs import Paragraph

ILLUSTRATION = re.compile(
    r"^\W*\[?\s*(?:(?:Illustrations?|Music|Decoration|Headpiece|Tailpiece|Blank\s+Page)\b"
    r"|(?:Frontispiece|Cover|Title-?\s?page|Map|Portrait|Plate)\b[^\]]{0,40}[:\]])",
    re.IGNORECASE,
)
FOOTNOTE_WORD = re.compile(
    r"^\W*\[\s*(?:Footnotes?|Side-?notes?|Notes?)\b\s*(?:\d+|[A-Z]|\*)?\s*[:.\]]|^\{\s*footnote\b",
    re.IGNORECASE,
)
FOOTNOTE_NUMBER = re.compile(r"^\(?(?:\[(?:\d{1,4}|\*+|†|‡)\]\s*|\[[A-Z]\]\s+|\*\d+\)\s*)\S")
FOOTNOTE_TITLE = re.compile(r"^FOOTNOTES?[.:]?$", re.IGNORECASE)


def is_apparatus(paragraph: Paragraph) -> bool:
    """Whether a paragraph was put there by the makers of the file, or is a picture."""
    text = paragraph.text
    return bool(
        BOILERPLATE.search(text)
        or TRANSCRIBER_NOTE.match(text)
        or ILLUSTRATION.match(text)
        or "[Illustration" in text
    )
