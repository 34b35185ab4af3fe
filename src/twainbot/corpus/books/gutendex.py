"""A Project Gutenberg book's entry for data/sources.yaml: metadata from gutendex, or from the file's header.

gutendex (https://gutendex.com) answers ``/books/ID`` with the catalogue's record of a book as JSON. It is
asked once and may be out of reach: the header of the book's own file states title, author and language too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import httpx

from twainbot.corpus.books.header import COPYRIGHTED, PUBLIC_DOMAIN, Header
from twainbot.corpus.download import USER_AGENT
from twainbot.files import InputError

API = "https://gutendex.com"
# Tried in this order: the file as it was made, its newest edition, the redirect that finds either.
HOSTS = ("https://www.gutenberg.org", "https://gutenberg.pglaf.org", "https://aleph.pglaf.org")
LANGUAGES = {
    "english": "en", "french": "fr", "german": "de", "spanish": "es", "italian": "it", "dutch": "nl",
    "portuguese": "pt", "latin": "la", "greek": "el", "finnish": "fi", "swedish": "sv", "danish": "da",
    "chinese": "zh", "esperanto": "eo",
}  # fmt: skip


@dataclass(frozen=True)
class Metadata:
    """What is known of a book; None where nobody said. ``copyrighted`` None means the same."""

    title: str | None = None
    author: str | None = None
    language: str | None = None
    copyrighted: bool | None = None
    born: int | None = None  # the first author's year of birth
    is_text: bool = True


class Unreachable(Exception):
    """gutendex did not answer; the header must do."""


def ask(number: int, api: str = API, timeout: float = 10.0) -> Metadata:
    """The catalogue's record of a book.

    Raises:
        Unreachable: no connection, or an answer that is none.
        InputError: the catalogue has no such book.
    """
    url = f"{api.rstrip('/')}/books/{number}"
    try:
        answer = httpx.get(url, headers={"User-Agent": USER_AGENT}, timeout=timeout, follow_redirects=True)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreachable(f"{url}: {error or type(error).__name__}") from error
    if answer.status_code == 404:
        raise InputError(
            f"Project Gutenberg's catalogue has no book {number} ({url} says 404). Check the number."
        )
    if answer.status_code != 200:
        raise Unreachable(f"{url}: HTTP {answer.status_code}")
    try:
        return _metadata(answer.json())
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise Unreachable(f"{url}: not a gutendex answer ({error})") from error


def _metadata(book: dict[str, Any]) -> Metadata:
    people = book.get("authors") or book.get("editors") or []
    languages = book.get("languages") or []
    return Metadata(
        title=" ".join(str(book["title"]).split()),
        author=" and ".join(plain_name(str(person["name"])) for person in people) or None,
        language=str(languages[0]) if languages else None,
        copyrighted=book.get("copyright"),
        born=people[0].get("birth_year") if people else None,
        is_text=book.get("media_type", "Text") == "Text",
    )


def plain_name(name: str) -> str:
    """``Twain, Mark`` as ``Mark Twain``; what stands in brackets goes."""
    family, _, given = re.sub(r"\s*\([^)]*\)", "", name).partition(", ")
    return f"{given.split(', ')[0]} {family}".strip()


def from_header(header: Header) -> Metadata:
    """The same from the header of the book's file."""
    language = (header.language or "").split(",")[0].strip()
    return Metadata(
        title=header.title,
        author=header.author,
        language=LANGUAGES.get(language.casefold(), language or None),
        copyrighted={COPYRIGHTED: True, PUBLIC_DOMAIN: False}.get(header.licence or ""),
    )


def merged(first: Metadata, second: Metadata) -> Metadata:
    """``first``, with what it lacks from ``second``; copyrighted if either says so."""
    says = {first.copyrighted, second.copyrighted}
    return replace(
        first,
        title=first.title or second.title,
        author=first.author or second.author,
        language=first.language or second.language,
        copyrighted=True if True in says else False if False in says else None,
        born=first.born or second.born,
        is_text=first.is_text and second.is_text,
    )


def urls(number: int, hosts: tuple[str, ...] = HOSTS) -> list[str]:
    """Where Project Gutenberg and its mirrors keep the plain text of a book."""
    main, *mirrors = hosts
    digits = str(number)
    folder = "/".join([*digits[:-1], digits]) if len(digits) > 1 else f"0/{digits}"
    return [
        f"{main}/cache/epub/{number}/pg{number}.txt",
        f"{main}/ebooks/{number}.txt.utf-8",
        f"{main}/files/{number}/{number}-0.txt",
        *[f"{mirror}/{folder}/{number}-0.txt" for mirror in mirrors],
        *[f"{mirror}/{folder}/{number}.txt" for mirror in mirrors],
    ]


def check(metadata: Metadata, number: int, wanted_language: str, early: bool = False) -> None:
    """Refuse what may not be used, or is not what was meant; ``early``, before the file was read, only that.

    Raises:
        InputError: it is no text, under copyright, in another language, or nobody knows its title or licence.
    """
    if not metadata.is_text:
        raise InputError(f"Book {number} ({metadata.title}) is a recording or a data set, not a text.")
    if metadata.copyrighted:
        raise InputError(
            f"Book {number} ({metadata.title}) is under copyright; Project Gutenberg has it by permission, "
            "which does not cover training. Choose another one."
        )
    if not early and (metadata.title is None or metadata.copyrighted is None):
        lacking = (
            "what book it is (--title, --author)" if metadata.title is None else "its licence (--licence)"
        )
        raise InputError(
            f"Book {number}: the file's header does not say {lacking}, nor does gutendex. Is it the right "
            "file? If so, give that yourself."
        )
    if metadata.language and metadata.language != wanted_language:
        raise InputError(
            f"Book {number} ({metadata.title}) is in {metadata.language!r}, not {wanted_language!r}. "
            f"If you want it all the same, add --language {metadata.language}."
        )


def entry(
    number: int,
    metadata: Metadata,
    *,
    persona: str,
    work: str | None,
    year: int | None,
    sha256: str,
    places: list[str],
    licence: str = PUBLIC_DOMAIN,
) -> dict[str, Any]:
    """A complete entry of data/sources.yaml, in the order of its keys."""
    values: dict[str, Any] = {
        "id": f"pg{number}",
        "corpus": "full",
        "kind": "gutenberg",
        "persona": persona,
        "title": metadata.title,
        "author": metadata.author or "Anonymous",
        "year": year,
        "language": metadata.language or "en",
        "licence": licence,
        "work": work,
        "path": f"gutenberg/pg{number}.txt",
        "urls": places,
        "sha256": sha256,
    }
    return {key: value for key, value in values.items() if value is not None}
