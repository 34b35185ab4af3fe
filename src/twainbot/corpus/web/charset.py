"""The text of an HTML page: which of the places that name an encoding is to be believed."""

from __future__ import annotations

import codecs
import re

_IN_TYPE = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_IN_PAGE = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_HEAD_BYTES = 1024  # browsers look no further
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# What browsers read under these names (https://encoding.spec.whatwg.org/#names-and-labels).
_CALLED_LATIN = frozenset({"iso8859-1", "ascii", "cp1252"})
_NO_CHARSETS = frozenset({"unicode-escape", "raw-unicode-escape", "utf-7"})  # and no browser reads them


def page_text(data: bytes, content_type: str) -> str:
    """A page's text by its byte-order mark, its Content-Type, its ``<meta>``, else UTF-8 or Windows-1252.

    Bytes that the encoding lacks become U+FFFD: a page with one wrong byte is still a page.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    named = _IN_TYPE.search(content_type)
    in_page = _IN_PAGE.search(data[:_HEAD_BYTES])
    for label in (named and named.group(1), in_page and in_page.group(1).decode("ascii", "replace")):
        if label and (text := _decoded(data, label)) is not None:
            return text
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _decoded(data: bytes, label: str) -> str | None:
    """The text, or None if the label is of no encoding of text."""
    try:
        name = codecs.lookup(label).name
        if name.replace("_", "-") in _NO_CHARSETS:
            return None
        return data.decode("cp1252" if name in _CALLED_LATIN else name, "replace")
    except (LookupError, UnicodeError):  # "base64" is a codec, but of no text
        return None
