"""What the header of a Project Gutenberg file states about the book, of every generation of headers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from twainbot.corpus.books.gutenberg import header_end

PUBLIC_DOMAIN = "Public domain in the USA"
COPYRIGHTED = "Copyrighted"
_SILENT_HEAD = 4000  # characters looked at where no marker ends the header
_FIELD = re.compile(
    r"^\W{0,3}(Title|Author|Editor|Language|Release Date|Official Release Date|Posting Date|First Posted"
    r"|Date first posted)[ \t]*:[ \t]*(.*)$",
    re.IGNORECASE,
)
# "***The Project Gutenberg Etext of A Title, by Somebody***", wrapped where the author begins.
_BANNER = re.compile(
    r"^[ \t*]*(?:The\s+)?Project\s+Gutenberg(?:'s|’s)?\s*(?:E-?text|E-?book)(?:\s*,|\s+of:?)\s*"
    r"([^\n]+(?:\n[ \t*]*by\b[^\n]*)?)",
    re.IGNORECASE | re.MULTILINE,
)
_POSSESSIVE = re.compile(
    r"^[ \t*]*(?:The\s+)?Project\s+Gutenberg(?:'s|’s)\s+(?!E-?text|E-?book)([^\n]+)",
    re.IGNORECASE | re.MULTILINE,
)
_BY = re.compile(r"\s*,?\s+by\s+", re.IGNORECASE)
_NUMBER = re.compile(
    r"\[\s*(?:e-?book|e-?text)\s*:?\s*#?\s*(\w+)\s*\]|\be-?book\s+(?:No\.:?\s*|#)(\w+)", re.IGNORECASE
)
_YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")
_IMPRINT = re.compile(
    r"\bcopyright|\bpublished\b|\bpublication\b|\bprinted\b|\bedition\b|\b(?:press|co\.|sons|company|publishers?)\b"
    r"|\b(?:new york|london|boston|philadelphia|chicago)\b",
    re.IGNORECASE,
)
_YEAR_ALONE = re.compile(r"^[\s\[(]*1[5-9]\d\d[\s.\])]*$")
_IMPRINT_LINE = 90  # characters
_LAST_FREE_YEAR = 1930  # later imprints are reprints, or the book is not free in the USA
_COPYRIGHTED = re.compile(r"copyrighted\s+project\s+gutenberg|is\s+(?:a\s+)?copyrighted\b", re.IGNORECASE)
_MINOR = frozenset(
    {"a", "an", "and", "by", "complete", "edited", "edition", "from", "in", "of", "on", "or", "the", "to"}
    | {"vol", "volume", "with"}
)  # fmt: skip


@dataclass(frozen=True)
class Header:
    """What the header states; None where it is silent. ``released`` is the file's year, not the book's."""

    title: str | None
    author: str | None
    released: int | None
    language: str | None
    ebook: str | None
    licence: str | None


def read_header(raw: str) -> Header:
    """The fields of a file's header, or else what its banner line says."""
    lines = raw.replace("\r\n", "\n").replace("\r", "\n")
    head = lines[: header_end(lines) or _SILENT_HEAD]
    fields = _fields(head.split("\n"))
    banner_title, banner_author = _banner(head)
    number = _NUMBER.search(head)
    dates = (fields.get(name) for name in ("release date", "official release date", "posting date"))
    year = next((found for date in dates if date and (found := _YEAR.search(date))), None)
    licence = None
    if "gutenberg" in head.casefold():
        licence = COPYRIGHTED if _COPYRIGHTED.search(head) else PUBLIC_DOMAIN
    return Header(
        title=fields.get("title") or banner_title,
        author=fields.get("author") or fields.get("editor") or banner_author,
        released=int(year.group()) if year else None,
        language=fields.get("language"),
        ebook=(number.group(1) or number.group(2)) if number else None,
        licence=licence,
    )


def _fields(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, line in enumerate(lines):
        match = _FIELD.match(line.strip())
        if not match or match.group(1).lower() in found:
            continue
        value = [match.group(2).strip()]
        # A long title goes on in lines that are set in.
        for following in lines[number + 1 :]:
            if not (following[:1].isspace() and following.strip()) or _FIELD.match(following.strip()):
                break
            value.append(following.strip())
        if text := " ".join(part for part in value if part):
            found[match.group(1).lower()] = text
    return found


def _banner(head: str) -> tuple[str | None, str | None]:
    match = _BANNER.search(head) or _POSSESSIVE.search(head)
    if not match:
        return None, None
    text = " ".join(match.group(1).replace("*", " ").split()).strip(" .,")
    title, *author = _BY.split(text, maxsplit=1)
    return title.strip(' .,*"“”') or None, author[0].strip(" .,*") if author else None


def first_published(text: str, after: int = 1450) -> int | None:
    """The earliest year on the title page ``text``: of a copyright, an edition or a printer's line.

    Years up to ``after`` are somebody's birth or a story's time. None if there is no such line.
    """
    years = [
        int(year)
        for line in text.splitlines()
        if len(line) <= _IMPRINT_LINE and (_IMPRINT.search(line) or _YEAR_ALONE.match(line))
        for year in _YEAR.findall(line)
    ]
    return min((year for year in years if after < year <= _LAST_FREE_YEAR), default=None)


def mismatch(header: Header, title: str, author: str) -> str | None:
    """How the header clearly contradicts a source's title or author; None if it does not.

    Titles agree if half of the shorter one's telling words stand in the other, authors if they share a
    name: editions shorten titles and spell authors differently.
    """
    if header.title and not _agree(header.title, title, share=0.5):
        return f"the file's title is {header.title!r}, the source's {title!r}"
    if header.author and author and not _agree(header.author, author, share=0.0):
        return f"the file's author is {header.author!r}, the source's {author!r}"
    return None


def _agree(left: str, right: str, share: float) -> bool:
    one, two = _words(left), _words(right)
    if not one or not two:
        return True
    common = len(one & two)
    return common > 0 and common >= share * min(len(one), len(two))


def _words(text: str) -> set[str]:
    words = re.findall(r"\w+", re.sub(r"['’]", "", text.casefold()))
    return {word for word in words if word not in _MINOR and (len(word) > 1 or word.isdigit())}
