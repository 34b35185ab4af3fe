"""Personal data is replaced by fixed placeholders; slurs are found by their hashes.

Personal data is looked for by kind of text: in old books nearly every number that a telephone library
accepts is a page, a verse or a sum. The list of slurs is kept as hashes: nobody has to read it to use it.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path

from twainbot.files import InputError
from twainbot.text.normalize import Word, word_spans
from twainbot.text.phrases import read_entries

Span = tuple[int, int]

PLACEHOLDERS = {"email": "<EMAIL>", "address": "<ADDRESS>", "phone": "<PHONE>", "account": "<USER>"}

_EMAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+\b")
# Ten digits in the shape of a telephone number. Years, verse numbers and footnotes never have it.
_PHONE = re.compile(r"(?<![\w(])(?:\+\d{1,3}[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}\b")
# Seven digits or more with nothing but the punctuation of telephone numbers between them: only then is the
# library asked, which takes fifty times as long.
_MANY_DIGITS = re.compile(r"(?:\d[ ().+/-]{0,3}){6}\d")
_ACCOUNT = re.compile(r"(?<![\w/])/?u/[\w-]{3,20}\b|(?<![\w.@/])@[A-Za-z_]\w{2,29}\b")
_HASH = re.compile("[0-9a-f]{16}")
_STREET = (
    r"\b\d{1,5}[A-Za-z]? (?:[NSEW]\.? |North |South |East |West )?(?:[A-Z][\w'.-]{1,20} ){1,3}"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Terrace|Way|Square|Sq|Parkway"
    r"|Pkwy|Highway|Hwy)\b\.?"
)
_UNIT = r",? (?:Apt|Apartment|Unit|Suite|Ste|Flat)\b\.? ?#?\w{1,5}\b|,? #\d{1,5}\b"
_TOWN = (
    r",? [A-Z][\w'.-]{1,20}(?: [A-Z][\w'.-]{1,20}){0,2},? (?:[A-Z]{2}(?: \d{5}(?:-\d{4})?)?"
    r"|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})\b"
)
# "12 Die In Court" and "10 Men Cross Street" are headlines: a number and a street are an address only with
# a unit, with a town and its state or postcode, or after words that say that somebody lives there.
_ADDRESS = re.compile(
    rf"{_STREET}(?:(?:{_UNIT})(?:{_TOWN})?|{_TOWN})"
    rf"|(?:(?<=live at )|(?<=lives at )|(?<=lived at )|(?<=living at )|(?<=resides at ))(?:{_STREET})"
    rf"|(?:(?<=ddress is )|(?<=ddress: ))(?:{_STREET})"
)


def _by_pattern(pattern: re.Pattern[str]) -> Callable[[str], Iterator[Span]]:
    return lambda text: (match.span() for match in pattern.finditer(text))


def _phones(text: str, regions: Sequence[str]) -> Iterator[Span]:
    yield from (match.span() for match in _PHONE.finditer(text))
    if not regions or not _MANY_DIGITS.search(text):
        return
    import phonenumbers

    for region in regions:
        for match in phonenumbers.PhoneNumberMatcher(text, region):
            # The tail of an address on the web, or a sum that happens to be somebody's number.
            if not re.search(r"[\w$£€#,=/_-]$", text[max(0, match.start - 1) : match.start]):
                yield match.start, match.end


def check_regions(regions: Iterable[str]) -> None:
    """Raise an InputError that names the regions whose telephone numbers the library does not know."""
    import phonenumbers

    if unknown := sorted(set(regions) - phonenumbers.SUPPORTED_REGIONS):
        raise InputError(
            f"params.yaml: clean.phone_regions: unknown {', '.join(unknown)}; give ISO 3166 codes of "
            f"countries, such as US or GB (not UK)."
        )


def mask_personal_data(
    text: str, types: Collection[str] = ("email", "phone", "account"), regions: Sequence[str] = ()
) -> tuple[str, list[str]]:
    """The text with :data:`PLACEHOLDERS` in place of personal data of these ``types``, and what was found.

    Telephone numbers are found by the North American shape, which includes the made-up ones of stories,
    and by the ``phonenumbers`` library for each of ``regions`` (ISO codes such as US, GB).

    Idempotent, and the placeholders do not depend on what came before (numbered or random ones would
    make the output depend on how the data is sharded).
    """
    finders: dict[str, tuple[str, Callable[[str], Iterable[Span]]]] = {
        "email": ("@", _by_pattern(_EMAIL)),
        "address": (" ", _by_pattern(_ADDRESS)),
        "phone": ("", lambda text: _phones(text, regions)),
        "account": ("", _by_pattern(_ACCOUNT)),
    }
    found: list[str] = []
    seen = -1
    # Again until nothing is found: a match may hide another that touches it ("u/one/u/two").
    while len(found) > seen:
        seen = len(found)
        for name, (sign, finder) in finders.items():
            if name in types and sign in text:
                text = _replaced(text, sorted(set(finder(text))), PLACEHOLDERS[name], found)
    return text, found


def _replaced(text: str, spans: Sequence[Span], placeholder: str, found: list[str]) -> str:
    parts: list[str] = []
    position = 0
    for start, end in spans:
        if start >= position:
            parts += [text[position:start], placeholder]
            found.append(text[start:end])
            position = end
    return "".join([*parts, text[position:]])


def without_placeholders(text: str) -> str:
    """``text`` with nothing in place of masked data, nor of a genitive that hangs on it."""
    return re.sub(rf"(?:{'|'.join(PLACEHOLDERS.values())})(?:'\w+)?", " ", text)


def word_hash(word: str) -> str:
    """The form in which a slur is listed: the first 16 hex digits of the sha256 of the lower-case word."""
    return hashlib.sha256(word.lower().encode("utf-8")).hexdigest()[:16]


def read_slurs(path: Path) -> frozenset[str]:
    """Hashes from a file with one a line; ``#`` starts a comment.

    Raises:
        InputError: the file, or lines of it, cannot be read; all of them are named.
    """
    entries = read_entries(path)
    if wrong := [number for number, entry in entries if not _HASH.fullmatch(entry)]:
        # The line itself is not repeated: it may be a slur in plain letters.
        raise InputError(
            "\n".join(
                f"{path}:{number}: not 16 hex digits; the file's first lines say how to make them"
                for number in wrong
            )
        )
    return frozenset(entry for _, entry in entries)


def find_slur(text: str, hashes: Iterable[str]) -> str | None:
    """The first listed word in ``text``, also as a plural or genitive in -s, else None."""
    listed = hashes if isinstance(hashes, frozenset) else frozenset(hashes)
    span = slur_span(word_spans(text), listed)
    return text[span[0] : span[1]].lower() if span else None


def slur_span(spans: Sequence[Word], listed: frozenset[str]) -> Span | None:
    """Where the first listed word of a text stands, whose words are ``spans``."""
    for start, end, word in spans:
        if _is_listed(word, listed):
            return start, end
    return None


@functools.lru_cache(maxsize=1 << 17)
def _is_listed(word: str, listed: frozenset[str]) -> bool:
    return any(word_hash(form) in listed for form in (word, word.removesuffix("'s"), word.removesuffix("s")))
