"""What a paragraph of a book is, judged by its layout: a heading, a list of contents, a table, a break."""

from __future__ import annotations

import re

from twainbot.corpus.paragraphs import Paragraph, chosen_breaks

_NUMERAL = (
    r"(?:[IVXLC]+|\d+|(?:the\s+)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last))"
)
_DIVISION = (
    r"(?:CHAPTER|BOOK|PART|LETTER|VOLUME|SECTION|CANTO|ADVENTURE|STAVE|LECTURE|SKETCH|ESSAY|NUMBER|No\.)"
)
_CHAPTER = re.compile(rf"^({_DIVISION})\s+({_NUMERAL})\b[\s.:,;\-—]*(.*)$", re.IGNORECASE)
_PART = re.compile(r"^(?:BOOK|PART|VOLUME)\b", re.IGNORECASE)
# A title after a roman number needs the full stop: "I Want to be a Cub-pilot" is no chapter one.
_NUMBERED = re.compile(r"^([IVXLC]+)(?:\.\s*(\S.*)?)?$")
_NAMED = re.compile(
    r"^(?:AUTHOR['’]?S\s+)?(?:PREFACE|PREFATORY|INTRODUCTION|INTRODUCTORY(?:\s+NOTE)?|FOREWORD|PROLOGUE|EPILOGUE"
    r"|CONCLUSION|AFTERWORD|POSTSCRIPT|APPENDIX(?:\s+\w+)?|ADVERTISEMENT|DEDICATION|TO\s+THE\s+READER|THE\s+PREFACE)[.:]?$",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"^(?:(?:A\s+)?TABLE\s+OF\s+)?CONTENTS[.:]?$|^(?:LIST\s+OF\s+(?:THE\s+)?)?(?:ILLUSTRATIONS|PLATES|FIGURES)[.:]?$"
    r"|^ERRATA[.:]?$|^NAVIGATION$|^BIBLIOGRAPHY[.:]?$",
    re.IGNORECASE,
)
_INDEX = re.compile(r"^(?:THE\s+)?(?:GENERAL\s+)?INDEX[.:]?$", re.IGNORECASE)
_LAST_WORD = re.compile(r"^(?:THE\s+)?END\b|^F\s*I\s*N\s*I\s*S\b", re.IGNORECASE)
_BREAK = re.compile(r"^[\W_]+$")
_PAGE = re.compile(
    r"^(?:[\[{<(|]?\s*(?:Pg|Page|p\.?)\s*(?:\d+|[ivxlc]+)\s*[\]}>)|]?|\{\d+\}|[-–—|\s]*\d{1,4}[-–—|\s]*)$",
    re.IGNORECASE,
)
_OPENING_QUOTE = tuple("\"'“‘«[(")
_MINOR_WORDS = frozenset(
    {
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "de",
        "for",
        "from",
        "in",
        "into",
        "is",
        "its",
        "la",
        "le",
        "no",
        "of",
    }
    | {"on", "or", "the", "to", "upon", "vs", "with"}
)
_BRACE = re.compile(r"\{\s*\d{0,2}\s*\}|\b\d{1,2}\s*\}")
# A wide gap within a line. After a stop it takes more, since typists set two or three blanks there; dots lead
# to a number, elsewhere they are a pause.
_GAP = re.compile(r"[^\s.,;:!?\"”'’]\s{3,}\S|\S\s{6,}\S|\S\t\S|\S\s*\.{4,}\s*[\d$£]|\S\s*\|\s*\S")
_PUBLISHER = re.compile(
    r"\bcopyright\b|\ball rights reserved\b|\bprinted\s+(?:for|by|and|in)\b|\bpublished\s+by\b"
    r"|^By\s+(?:[A-Z][\w.]+\s*){1,4}$|\bfirst\s+published\b|\bedition\b.{0,30}$",
    re.IGNORECASE,
)
PART_RANK, NUMBER_RANK = 1000, 50
_BLANKS_RANKED = 4  # titles of one rank have four, five or six blank lines before them as it happens
_IMPRINT_CHARS = 200
_HEADING_CHARS, _HEADING_LINES = 75, 4
_PROSE_LINES, _PROSE_CHARS = 3, 150
# A line longer than this was never wrapped: in such a file a paragraph is one line.
_UNWRAPPED = 120


def is_break(paragraph: Paragraph) -> bool:
    """``* * *``, ``-----`` or a page number alone."""
    return bool(_BREAK.match(paragraph.text) or _PAGE.match(paragraph.text))


def opens_list(paragraph: Paragraph) -> bool:
    """Whether a list of contents, of illustrations or errata begins here."""
    return len(paragraph.lines) == 1 and bool(_LIST.match(paragraph.text.strip("_ ")))


def opens_index(paragraph: Paragraph) -> bool:
    return len(paragraph.lines) == 1 and bool(_INDEX.match(paragraph.text.strip("_ ")))


def is_last_word(text: str) -> bool:
    """``THE END`` and ``FINIS`` are titles of nothing."""
    return bool(_LAST_WORD.match(text))


def is_imprint(paragraph: Paragraph) -> bool:
    """Who printed, published or owns the book."""
    text = paragraph.text
    return len(text) <= _IMPRINT_CHARS and bool(_PUBLISHER.search(text))


def chapter_key(paragraph: Paragraph) -> str | None:
    """``chapter ii`` for a paragraph that begins a numbered division, bare or with its title; else None."""
    first = paragraph.lines[0].strip().strip("_=")
    if match := _CHAPTER.match(first):
        return f"{match.group(1)} {match.group(2)}".casefold()
    if (match := _NUMBERED.match(first)) and len(paragraph.lines) <= 2:
        return match.group(1).casefold()
    return None


def is_bare_chapter(paragraph: Paragraph) -> bool:
    """A numbered division without a title on the same line, as in a text and seldom in a list of contents."""
    text = paragraph.text.strip("_= ")
    match = _CHAPTER.match(text) or _NUMBERED.match(text)
    return bool(match and not (match.group(match.lastindex or 1) if match.re is _CHAPTER else match.group(2)))


def rank(paragraph: Paragraph, roman: bool = True) -> int:
    """How high a title stands: a part above a chapter, a chapter above what is merely set off.

    Titles without a number rank by the blank lines before them; 0 for one that is hardly set off.
    ``roman`` says that the book counts with bare roman numbers; else a lone ``I`` is a letter.
    """
    text = paragraph.text.strip("_= ")
    if _PART.match(text) and _CHAPTER.match(text):
        return PART_RANK
    if _CHAPTER.match(text) or is_named_heading(paragraph):
        return 100
    if (match := _NUMBERED.match(text)) and (match.group(2) or roman or len(match.group(1)) > 1):
        return 100 if match.group(2) else NUMBER_RANK
    return min(paragraph.blanks_before, _BLANKS_RANKED) if paragraph.blanks_before >= 2 else 0


def is_named_heading(paragraph: Paragraph) -> bool:
    return len(paragraph.lines) <= 2 and bool(_NAMED.match(paragraph.text.strip("_= ")))


def is_heading(paragraph: Paragraph, after_heading: bool) -> bool:
    """Whether a paragraph is a title of any rank.

    A title is short; it says "chapter", is a roman number or a known name, stands in capitals, or is
    set off by at least two blank lines (or follows another title) and has capitals like a title.
    """
    text = paragraph.text.strip("_= ")
    if len(paragraph.lines) > _HEADING_LINES or len(text) > _HEADING_CHARS * len(paragraph.lines):
        return False
    if is_named_heading(paragraph):
        return True
    if match := _CHAPTER.match(text):
        title = match.group(3)
        return (
            not title
            or (paragraph.blanks_before >= 2 and (_title_case(title) or title.isupper()))
            or title.isupper()
        )
    if (
        (match := _NUMBERED.match(text))
        and len(paragraph.lines) == 1
        and (len(match.group(1)) > 1 or "." in text)
    ):
        title = match.group(2)
        return not title or (paragraph.blanks_before >= 2 and _title_case(title))
    if text.startswith("[") and text.endswith("]") and len(paragraph.lines) <= 2 and after_heading:
        return True
    if text.startswith(_OPENING_QUOTE):
        return False
    letters = [char for char in text if char.isalpha()]
    if len(letters) >= 3 and text.isupper() and len(paragraph.lines) <= 3:
        return not text.endswith(("!", "?", ",", ";")) or (
            paragraph.blanks_before >= 2 and not text.endswith(",")
        )
    set_off = paragraph.blanks_before >= 2 or after_heading
    return set_off and len(paragraph.lines) <= 2 and len(text) <= _HEADING_CHARS and _title_case(text)


def _title_case(text: str) -> bool:
    """Most words that can have a capital have one, and it does not end as a clause does."""
    if text.rstrip("_").endswith((",", ";", "!", "?", "”", '"', ":--")):
        return False
    words = [word.strip("_\"'“”‘’().,;:") for word in re.split(r"[\s—]+|--", text)]
    telling = [
        word for word in words if word and word.casefold() not in _MINOR_WORDS and not word[0].isdigit()
    ]
    capitals = sum(word[0].isupper() for word in telling)
    return bool(telling) and capitals >= 0.7 * len(telling)


def is_table(paragraph: Paragraph) -> bool:
    """Columns: most lines have a wide gap, dots or a bar between words, or consist of numbers."""
    lines = paragraph.lines
    if len(lines) == 1:
        return len(_GAP.findall(lines[0].strip())) >= 2
    columns = sum(bool(_GAP.search(line.strip())) for line in lines)
    if columns >= 0.6 * len(lines):
        return True
    # Braces that span the rows of a schedule.
    if sum(bool(_BRACE.search(line)) for line in lines) >= 2:
        return True
    text = paragraph.text
    digits = sum(char.isdigit() for char in text)
    return digits >= 0.4 * len(text.replace(" ", ""))


def is_prose(paragraph: Paragraph, width: int, set_in: bool = False) -> bool:
    """Running text beyond doubt: several full lines, ended like a sentence, no list entry.

    Lines that are indented count only if they may be ``set_in``: a list of contents often is.
    """
    text = paragraph.text
    unwrapped = max(len(line) for line in paragraph.lines) > _UNWRAPPED
    if (
        (len(paragraph.lines) < _PROSE_LINES and not unwrapped)
        or len(text) < _PROSE_CHARS
        or is_table(paragraph)
        or is_imprint(paragraph)
    ):
        return False
    if (paragraph.indent >= 2 and not set_in) or is_synopsis(paragraph) or _CHAPTER.match(text):
        return False
    if chosen_breaks(paragraph.lines, width) > 0.34 * (len(paragraph.lines) - 1):
        return False
    return text.rstrip("_)]'\"”’ ")[-1:] in tuple(".!?:;-—,")


def is_synopsis(paragraph: Paragraph) -> bool:
    """The run of headlines below a chapter's number: dashes in place of sentences."""
    text = paragraph.text
    dashes = len(re.findall(r"--|—|–", text))
    words = re.findall(r"[A-Za-z’']{4,}", text)
    capitals = sum(word[0].isupper() for word in words)
    return dashes >= 2 and dashes * 14 >= len(text.split()) and capitals >= 0.5 * max(1, len(words))
