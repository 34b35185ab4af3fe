"""A play in any of its formats to segments with one list of speakers; the format is told by the content."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from twainbot.corpus.books.gutenberg import Body
from twainbot.corpus.pieces import Pieces
from twainbot.corpus.plays.names import speaker_names
from twainbot.corpus.plays.read_csv import has_header, read_csv
from twainbot.corpus.plays.read_html import read_html
from twainbot.corpus.plays.read_text import read_text
from twainbot.corpus.plays.read_xml import read_xml
from twainbot.corpus.plays.script import JOINED, Script, label
from twainbot.files import InputError
from twainbot.records import Reject, Segment

Format = Literal["text", "xml", "html", "csv"]
_HEAD_CHARS = 4000
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|meta|link|h[1-6]|blockquote|a\s+(?:name|id|href)\s*=|p|table|center|font|hr|br"
    r"|[bi]|strong|ul|span|script|style)\b",
    re.IGNORECASE,
)
_XML = re.compile(r"^\s*(?:<\?xml\b|<!--|<!DOCTYPE\s+(?!html\b)\w|<[\w:.-]+[\s>/])", re.IGNORECASE)
_GAP = re.compile(r"\S(?:.*\S)?", re.DOTALL)


def play_format(raw: str) -> Format:
    """The format of a play by its content: a first tag, a row of column names, or plain text."""
    head = raw[:_HEAD_CHARS].lstrip("\ufeff \t\r\n")
    if head.startswith("<"):
        opening = re.sub(r"<!--.*?-->|<\?.*?\?>", "", head, flags=re.DOTALL).lstrip()
        if _HTML.match(opening):
            return "html"
        if _XML.match(head):
            return "xml"
    if len(re.findall(r"<a\s+name\s*=\s*[\"']?speech\d", raw, re.I)) > 1:
        return "html"
    return "csv" if has_header(raw) else "text"


def parse_play(
    raw: str,
    body: Body,
    *,
    doc_id: str,
    source_id: str,
    aliases: Mapping[str, str] | None = None,
    where: str = "",
) -> tuple[list[Segment], list[Reject]]:
    """The speeches of a play in order, with canonical speakers in capitals.

    A speech's span begins at the speaker's name (in markup: at the element that holds it) and goes on
    over stage directions within it; its ``text`` has neither. ``section`` is ``ACT I SCENE II``.
    Speakers of one speech are joined by " AND ". Short forms of a name become that name, see
    :func:`~twainbot.corpus.plays.names.speaker_names`; ``aliases`` says what cannot be told from the
    text. Everything else becomes a reject, so that segments and rejects cover the body but for white
    space; directions inside a speech's span are rejects too.

    Reasons of rejects: :data:`~twainbot.corpus.plays.script.PLAY_REASONS`.

    Raises:
        InputError: the file is damaged, is of no known layout, or has no speeches; or an alias names a
            label that no speech has.
    """
    script = _read(raw, body, where or source_id)
    labels = {written for speech in script.speeches for written in speech.speakers}
    if unknown := sorted(short for short in aliases or {} if label(short) not in labels):
        raise InputError(
            f"data/sources.yaml: source {source_id!r}: aliases {', '.join(unknown)} begin no speech. "
            f"The names in the file are: {', '.join(sorted(labels))}."
        )
    pieces = Pieces(raw, doc_id, source_id, "play")
    for speech, names in zip(script.speeches, speaker_names(script, aliases or {}), strict=True):
        pieces.keep(
            speech.start, speech.end, speech.text, section=speech.section, verse=speech.verse,
            speaker=JOINED.join(names),
        )  # fmt: skip
    for drop in script.drops:
        pieces.drop(drop.start, drop.end, drop.reason)
    covered = sorted((piece["start"], piece["end"]) for piece in [*pieces.segments, *pieces.rejects])
    position = body.start
    for start, end in [*covered, (body.end, body.end)]:
        if start > position and (gap := _GAP.search(raw, position, start)):
            pieces.drop(gap.start(), gap.end(), "markup")
        position = max(position, end)
    return pieces.result()


def _read(raw: str, body: Body, where: str) -> Script:
    kind = play_format(raw)
    if kind == "xml":
        return read_xml(raw, where)
    if kind == "html":
        return read_html(raw, where)
    if kind == "csv":
        return read_csv(raw, where)
    return read_text(raw, body, where)
