"""``twainbot add``: write an entry into data/sources.yaml, with what the publisher says of the book."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from twainbot.commands.profiles import round_trip
from twainbot.corpus.books import gutendex
from twainbot.corpus.books.gutenberg import find_body
from twainbot.corpus.books.header import PUBLIC_DOMAIN, Header, first_published, mismatch, read_header
from twainbot.corpus.decode import decode
from twainbot.corpus.download import fetch
from twainbot.corpus.sources import Source, all_sources
from twainbot.dataset.personas import read_personas
from twainbot.files import InputError, atomic_file, sha256_file

SOURCES, PERSONAS, INBOX = Path("data/sources.yaml"), Path("data/personas.yaml"), Path("data/inbox")
# Somebody waits: a place that does not answer is left sooner than by the fetch stage.
_DELAY, _RETRIES = 0.5, 1
_PRINTING, _YOUNGEST = 1440, 10  # no book before the press, none by a child
_TITLE_PAGE = 6000  # characters of the body in which a year of publication is looked for


def add_gutenberg(
    number: int,
    persona: str,
    *,
    work: str | None = None,
    year: int | None = None,
    language: str = "en",
    given: gutendex.Metadata | None = None,
    licence: str | None = None,
    file: Path | None = None,
    mirror: str | None = None,
    api: str = gutendex.API,
    hosts: tuple[str, ...] = gutendex.HOSTS,
) -> None:
    """Fetch a Project Gutenberg book, find out what it is, and write its entry.

    What the user gives (``given``, ``licence``, ``year``) goes before gutendex, and gutendex before the
    file's header. The file is kept in data/inbox, from where the fetch stage takes it.

    Raises:
        InputError: the id or the persona does not fit, the book cannot be had or may not be used; nothing is
            written then.
    """
    _check_new(number, persona)
    catalogue = _ask(number, api)
    places = gutendex.urls(number, hosts)
    known = gutendex.merged(given or gutendex.Metadata(), catalogue)
    with TemporaryDirectory() as folder:
        if file is None:
            gutendex.check(known, number, language, early=True)
            source = _provisional(number, persona, places)
            got = _fetch(source, Path(folder), mirror or os.environ.get("TWAINBOT_MIRROR"))
        elif not file.is_file():
            raise InputError(f"{file} is no file. Give the path of the book's plain text with --file.")
        else:
            got = file
        raw, _ = decode(got.read_bytes(), str(file or f"book {number}"))
        header = read_header(raw)
        known = gutendex.merged(known, gutendex.from_header(header))
        if licence:
            known = replace(known, copyrighted=False)
        gutendex.check(known, number, language)
        _warn(number, header, known)
        year = year or first_published(_title_page(raw), after=(known.born or _PRINTING) + _YOUNGEST)
        path = INBOX / f"gutenberg/pg{number}.txt"
        if got.resolve() != path.resolve():
            with atomic_file(path) as temporary:
                shutil.copyfile(got, temporary)
    entry = gutendex.entry(
        number, known, persona=persona, work=work, year=year, sha256=sha256_file(path), places=places,
        licence=licence or PUBLIC_DOMAIN,
    )  # fmt: skip
    _append(entry)
    print(_yaml(entry), end="")
    print(f"\nadded to {SOURCES}; the file is {path}. `twainbot use corpus=full` and `dvc repro` use it.")
    if year is None:
        print("The year of the first edition is not known: add `year:` to the entry, or leave it out.")


def _check_new(number: int, persona: str) -> None:
    """Before anything is asked or fetched: the id is free and the persona known."""
    name = f"pg{number}"
    if any(source.id == name or source.path == f"gutenberg/{name}.txt" for source in all_sources(SOURCES)):
        raise InputError(f"{SOURCES} has an entry for {name} already. Edit that one, or delete it first.")
    personas = read_personas(PERSONAS)
    if persona not in personas:
        raise InputError(
            f"{PERSONAS} has no persona {persona!r}. It has: {', '.join(sorted(personas))}. "
            "Choose one, or add a card."
        )


def _ask(number: int, api: str) -> gutendex.Metadata:
    try:
        return gutendex.ask(number, api)
    except gutendex.Unreachable as error:
        print(f"gutendex did not answer ({error}); the file's header must do.", file=sys.stderr)
        return gutendex.Metadata()


def _title_page(raw: str) -> str:
    body = find_body(raw)
    return raw[body.start : min(body.end, body.start + _TITLE_PAGE)]


def _fetch(source: Source, folder: Path, mirror: str | None) -> Path:
    try:
        return fetch(source, folder, mirror=mirror, delay=_DELAY, retries=_RETRIES).path
    except InputError as error:
        raise InputError(f"{error}\nWithout a network, give the book's plain text with --file.") from error


def _provisional(number: int, persona: str, places: list[str]) -> Source:
    return Source(
        id=f"pg{number}", corpus="full", kind="gutenberg", persona=persona, title="?", author="?",
        licence="?", path=f"gutenberg/pg{number}.txt", urls=places,
    )  # fmt: skip


def _warn(number: int, header: Header, known: gutendex.Metadata) -> None:
    """What does not fit is said but hinders nothing: catalogue and file now and then spell otherwise."""
    if header.ebook and header.ebook.isdigit() and int(header.ebook) != number:
        print(f"warning: the file's header calls it number {header.ebook}, not {number}.", file=sys.stderr)
    if problem := mismatch(header, known.title or "", known.author or ""):
        print(f"warning: {problem}.", file=sys.stderr)


def _yaml(entry: dict[str, Any]) -> str:
    """The entry as it stands in the list of sources."""
    yaml = round_trip()
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = StringIO()
    yaml.dump({"sources": [entry]}, stream)
    return stream.getvalue().partition("\n")[2]


def _append(entry: dict[str, Any]) -> None:
    """Add the entry at the end, where every comment and quote of the file stays as it is.

    The new file is validated before it takes the old one's place.
    """
    text = SOURCES.read_text(encoding="utf-8")
    with atomic_file(SOURCES) as temporary:
        temporary.write_text(f"{text.rstrip()}\n\n{_yaml(entry)}", encoding="utf-8")
        try:
            all_sources(temporary)
        except InputError as error:
            message = str(error).replace(str(temporary), str(SOURCES))
            raise InputError(f"{message}\n{SOURCES} was left as it was.") from error
