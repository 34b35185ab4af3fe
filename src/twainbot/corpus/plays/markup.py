"""XML as a tree in which every element and piece of text knows its place in the file.

Read by expat, without fetching anything: an external entity or DTD is left alone, and an entity that
the file declares may stand for a few characters only, so that none can grow.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from xml.parsers import expat

from twainbot.files import InputError

_TAG_END = re.compile(r"(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")
_ENTITY_CHARS = 32
_MOST_DEPTH = 200


@dataclass(frozen=True)
class Text:
    """``text`` is read from ``raw[start:end]``; the two differ where the file writes an entity."""

    start: int
    end: int
    text: str


@dataclass
class Element:
    """``raw[start:end]`` is the element with its tags. ``name`` is the local name in small letters."""

    name: str
    attributes: dict[str, str]
    start: int
    end: int
    children: list[Element | Text] = field(default_factory=list)

    def elements(self) -> Iterator[Element]:
        """The element's own children, without text."""
        return (child for child in self.children if isinstance(child, Element))

    def walk(self) -> Iterator[Element]:
        """The element and all below it in document order."""
        stack: list[Element] = [self]
        while stack:
            element = stack.pop()
            yield element
            stack += list(element.elements())[::-1]

    def text(self, without: frozenset[str] = frozenset()) -> str:
        """All text below on one line, but that of elements named in ``without``."""
        return " ".join("".join(self._texts(without)).split())

    def _texts(self, without: frozenset[str]) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, Text):
                yield child.text
            elif child.name in ("lb", "br"):
                yield "\n"
            elif child.name not in without:
                yield from child._texts(without)


class _Builder:
    """Collects expat's events; byte offsets are turned into characters at the end."""

    def __init__(self, raw: str, where: str) -> None:
        self.raw, self.where = raw, where
        # expat counts bytes of UTF-8; for ASCII they are characters.
        self.offsets = (
            None if raw.isascii() else list(accumulate((len(char.encode()) for char in raw), initial=0))
        )
        self.root: Element | None = None
        self.stack: list[Element] = []
        self.parser = expat.ParserCreate(encoding="utf-8")
        self.parser.buffer_text = False
        self.parser.StartElementHandler = self.open
        self.parser.EndElementHandler = self.close
        self.parser.CharacterDataHandler = self.data
        self.parser.EntityDeclHandler = self.entity
        self.parser.SkippedEntityHandler = self.skipped

    def here(self) -> int:
        index = self.parser.CurrentByteIndex
        return index if self.offsets is None else bisect_left(self.offsets, index)

    def open(self, name: str, attributes: dict[str, str]) -> None:
        start = self.here()
        match = _TAG_END.match(self.raw, start)
        element = Element(_local(name), {_local(key): value for key, value in attributes.items()}, start,
                          match.end() if match else start)  # fmt: skip
        if len(self.stack) > _MOST_DEPTH:
            raise InputError(f"{self.where}: elements lie more than {_MOST_DEPTH} deep; this is no play.")
        if self.stack:
            self.stack[-1].children.append(element)
        else:
            self.root = element
        self.stack.append(element)

    def close(self, _name: str) -> None:
        element = self.stack.pop()
        start = self.here()
        if self.raw.startswith("</", start):
            match = _TAG_END.match(self.raw, start)
            element.end = match.end() if match else start

    def data(self, text: str) -> None:
        start = self.here()
        if not self.stack:
            return
        # A reference gives other characters than the file has.
        end = self.raw.find(";", start) + 1 if self.raw.startswith("&", start) else start + len(text)
        self.stack[-1].children.append(Text(start, end, text))

    def skipped(self, name: str, _is_parameter: bool) -> None:
        start = self.here()
        if self.stack:
            self.stack[-1].children.append(Text(start, start + len(name) + 2, html.unescape(f"&{name};")))

    def entity(
        self, name: str, _parameter: bool, value: str | None, _base: str | None, system: str | None,
        _public: str | None, _notation: str | None,
    ) -> None:  # fmt: skip
        if value is not None and (len(value) > _ENTITY_CHARS or "&" in value):
            raise InputError(
                f"{self.where}: declares the entity {name!r} with {len(value)} characters. Only short "
                "entities without others in them are read, since they can be made to grow without end."
            )
        if system is not None:
            raise InputError(
                f"{self.where}: the entity {name!r} is another file ({system}), which is not read. "
                "Replace it by its text."
            )


def parse_xml(raw: str, where: str) -> Element:
    """The root element of ``raw``.

    Raises:
        InputError: not well-formed (with line and column), or it declares entities that are not safe.
    """
    builder = _Builder(raw, where)
    try:
        builder.parser.Parse(raw.encode(), True)
    except expat.ExpatError as error:
        raise InputError(
            f"{where}: line {error.lineno}, column {error.offset + 1}: not well-formed XML "
            f"({expat.errors.messages[error.code]}). If the file is cut short, fetch it again."
        ) from error
    except UnicodeEncodeError as error:
        raise InputError(f"{where}: holds characters that are no Unicode text ({error.reason}).") from error
    if builder.root is None:
        raise InputError(f"{where}: the XML has no element. Fetch it again.")
    return builder.root


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()
