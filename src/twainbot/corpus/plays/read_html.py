"""A play in HTML as shakespeare.mit.edu publishes it to speeches.

A speaker is a named anchor ``speech1`` around the name in bold; lines are anchors named by act, scene and
line (``1.2.3``) or by line alone, within a ``blockquote``; directions stand in italics between them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

from twainbot.corpus.plays.headings import UNLABELLED, enter, heading
from twainbot.corpus.plays.script import Drop, Script, Speech, join_lines, labels, without_inner
from twainbot.files import InputError

_SPEECH_ANCHOR = re.compile(r"^speech\d*$", re.IGNORECASE)
_LINE_ANCHOR = re.compile(r"^(?:\d+(?:\.\d+){0,2}|(?:[A-Za-z]+|\d+)\.\d+(?:\.\d+)?)$")
_INLINE = re.compile(r"\[[^\[\]]*\]")
_TITLES = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_SKIPPED = frozenset(["head", "script", "style", "table", "title", "nav", "header", "footer"])


@dataclass
class _Open:
    speakers: list[str]
    act: str
    scene: str
    start: int
    end: int
    lines: list[str] = field(default_factory=list)


def read_html(raw: str, where: str) -> Script:
    """The speeches of the page in order; a span begins at the speaker's anchor and ends with its last line.

    Raises:
        InputError: no anchors that mark speeches (an error page, or another site's layout), or none with
            a line in it.
    """
    reader = _Reader(raw)
    reader.feed(raw)
    reader.close()
    reader.finish()
    if not reader.anchors:
        raise InputError(
            f"{where}: an HTML page without speeches (anchors NAME=speech1 as at shakespeare.mit.edu)"
            f"{_titled(raw)}. It may be an error page: look at it; else take the play as plain text or XML."
        )
    if not reader.script.speeches:
        raise InputError(
            f"{where}: {reader.anchors} speakers, but no lines (anchors NAME=1.1.1) below them. "
            "Fetch the page again."
        )
    return reader.script


def _titled(raw: str) -> str:
    match = re.search(r"<title[^>]*>([^<]{1,80})", raw, re.IGNORECASE)
    return f", titled {' '.join(unescape(match.group(1)).split())!r}" if match else ""


class _Reader(HTMLParser):
    def __init__(self, raw: str) -> None:
        super().__init__(convert_charrefs=False)
        self.raw = raw
        self.line_starts = [0, *(match.end() for match in re.finditer("\n", raw))]
        self.script = Script()
        self.anchors = 0
        self.act = self.scene = ""
        self.current: _Open | None = None
        self.context: str = ""  # what the text that comes is: speaker, line, title, direction or nothing
        self.buffer: list[str] = []
        self.started = 0
        self.anchor = ""
        self.skipping = ""
        self.loose: list[tuple[int, int]] = []
        self.silent: list[tuple[int, int]] = []  # speeches of which nothing is left

    def here(self) -> int:
        line, column = self.getpos()
        return self.line_starts[line - 1] + column

    def begin(self, context: str) -> None:
        self.finish_context(self.here())
        self.context, self.started = context, self.here()
        self.buffer = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.skipping:
            return
        if tag in _SKIPPED:
            self.finish_context(self.here())
            self.skipping = tag
            self.started = self.here()
            return
        if tag == "a":
            values = dict(attrs)
            name = values.get("name") or values.get("id") or ""
            if _SPEECH_ANCHOR.match(name):
                self.begin("speaker")
            elif _LINE_ANCHOR.match(name) and (self.current or self.unlabelled()):
                self.begin("line")
        elif tag in _TITLES:
            self.begin("title")
        elif tag in ("i", "em") and self.context != "line":
            self.begin("direction")
        elif tag == "br" and self.context == "line":
            # An anchor that is never closed ends with its line.
            self.finish_context(self.here())

    def handle_endtag(self, tag: str) -> None:
        if self.skipping:
            if tag == self.skipping:
                end = self._after_tag()
                self.script.drops.append(Drop(self.started, end, "front_matter"))
                self.skipping = ""
            return
        if (
            (tag == "a" and self.context in ("speaker", "line"))
            or (tag in ("i", "em") and self.context == "direction")
            or (tag in _TITLES and self.context == "title")
        ):
            self.finish_context(self._after_tag())
        elif tag == "blockquote":
            if self.context == "line":
                self.finish_context(self.here())
            if self.current and self.current.lines:
                self.current.end = self._after_tag()

    def handle_data(self, data: str) -> None:
        if self.skipping:
            return
        if self.context:
            self.buffer.append(data)
        elif data.strip():
            first = len(data) - len(data.lstrip())
            self.loose.append((self.here() + first, self.here() + len(data.rstrip())))

    def handle_entityref(self, name: str) -> None:
        if self.context and not self.skipping:
            self.buffer.append(unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        if self.context and not self.skipping:
            self.buffer.append(unescape(f"&#{name};"))

    def unlabelled(self) -> bool:
        """Begin the speech of a prologue, which has no name above it."""
        part = self.scene or self.act
        if part in UNLABELLED:
            self.current = _Open([part], self.act, self.scene, self.here(), self.here())
        return part in UNLABELLED

    def _after_tag(self) -> int:
        end = self.raw.find(">", self.here())
        return end + 1 if end >= 0 else len(self.raw)

    def finish_context(self, end: int) -> None:
        """Take what was collected for what it is."""
        context, text = self.context, " ".join("".join(self.buffer).split())
        self.context = ""
        if context == "speaker":
            self.anchors += 1
            # Several names in a row, with nothing said between them, speak together.
            if self.current and not self.current.lines and self.current.end <= self.started:
                self.current.speakers += labels(text)
                self.current.end = end
            else:
                self.close_speech()
                self.current = _Open(list(labels(text)), self.act, self.scene, self.started, end)
        elif context == "line" and self.current:
            for match in _INLINE.finditer(self.raw, self.started, end):
                self.script.drops.append(Drop(match.start(), match.end(), "stage_direction"))
            self.current.lines.append(_INLINE.sub("", text))
            self.current.end = end
        elif context == "direction" and text:
            self.script.drops.append(Drop(self.started, end, "stage_direction"))
            section = " ".join(part for part in (self.act, self.scene) if part)
            self.script.directions.append((section, text))
            if self.current and not self.current.lines:
                self.current.end = end
        elif context == "title":
            self.close_speech()
            if title := heading(text, marked=True):
                self.act, self.scene = enter(self.act, self.scene, title)
            self.script.drops.append(Drop(self.started, end, "heading"))

    def close_speech(self) -> None:
        speech, self.current = self.current, None
        if speech is None:
            return
        text, verse = join_lines(speech.lines)
        if text:
            self.script.speeches.append(
                Speech(tuple(dict.fromkeys(speech.speakers)) or ("UNKNOWN",), speech.act, speech.scene,
                       speech.start, speech.end, text, verse)
            )  # fmt: skip
        else:
            self.silent.append((speech.start, speech.end))

    def finish(self) -> None:
        """Close what is open at the end of the file, and drop the loose text outside of speeches."""
        self.finish_context(len(self.raw))
        self.close_speech()
        self.script.drops = without_inner(self.script.drops, self.silent)
        self.script.drops += [Drop(start, end, "stage_direction") for start, end in self.silent]
        spans = [(speech.start, speech.end) for speech in self.script.speeches]
        loose = [Drop(start, end, "front_matter") for start, end in self.loose]
        self.script.drops += without_inner(loose, spans)
