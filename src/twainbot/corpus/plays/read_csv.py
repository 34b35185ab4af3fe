"""A play as a table to speeches: one line a row or one speech a row, columns told by their names.

Known are the layouts of the R and Kaggle collections: act, scene, character, dialogue and line number;
``Play, PlayerLinenumber, ActSceneLine, Player, PlayerLine``; directions as rows or in a column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from twainbot.corpus.csvspans import Record, records
from twainbot.corpus.plays.headings import enter, heading, to_roman
from twainbot.corpus.plays.script import Drop, Script, Speech, join_lines, labels
from twainbot.files import InputError

# The first name that a table has is taken, in this order; written without spaces and marks.
_COLUMNS = {
    key: tuple(names.split())
    for key, names in {
        "speaker": "character charactername speaker speakername player role persona person who actor name",
        "text": "dialogue dialog playerline speech spokentext text textentry plaintext content utterance"
        " quote linetext spoken words verse lines line",
        "act": "act actnumber actno actnum actname",
        "scene": "scene scenenumber sceneno scenenum scenename",
        "place": "actsceneline actscene location linenumber lineid line",
        "speech": "playerlinenumber speechnumber speechno speechnum speechid speechindex",
        "number": "linenumber lineno linenum linein playline number line",
        "direction": "stagedirection stagedirections direction directions stage",
        "kind": "type kind linetype rowtype texttype isstagedirection",
        "work": "play playname playtitle work title",
    }.items()
}
_DIRECTION = re.compile(
    r"^[\[(<_\s]*(?:stage[\s_-]*directions?|directions?|s\.?d\.?|stage)[\])>_\s.]*$", re.I
)
_NOBODY = frozenset(["", "na", "nan", "none", "null", "n/a", "-"])
_PLACE = re.compile(r"^(\d{1,2}|[IVXL]+)\.(\d{1,2}|[IVXL]+)(?:\.|$)", re.IGNORECASE)
_BRACKETS = re.compile(r"\[[^\[\]]*\]|\(_[^()]*_\)")
_WHOLLY = re.compile(r"^\s*[\[(][^\[\]()]*[\])]\s*$")
_LINE_ROWS = 0.2  # from this share of rows with the speaker of the row before, rows are lines
_DELIMITERS = (",", "\t", ";", "|")
_MOST_BAD_ROWS = 5


@dataclass(frozen=True)
class Header:
    """Where the columns of a table are; -1 for those that it lacks."""

    delimiter: str
    record: Record
    columns: dict[str, int]

    def value(self, row: Record, column: str) -> str:
        """The field of a row, stripped; empty if it lacks the column or says that there is nothing."""
        place = self.columns[column]
        text = row.fields[place].strip() if 0 <= place < len(row.fields) else ""
        if place == len(self.record.fields) - 1 and len(row.fields) > place + 1:
            # Somebody wrote a delimiter into the last column without quotes.
            text = self.delimiter.join(row.fields[place:]).strip()
        return "" if text.lower() in _NOBODY else text


def has_header(raw: str) -> bool:
    """Whether a file is a table of a play by its first row: several known column names and no sentence."""
    found = _header(raw)
    if found is None:
        return False
    known = sum(place >= 0 for place in found.columns.values())
    names = [_plain(name) for name in found.record.fields]
    # A table that lacks one of the two columns is a table all the same, with an error that says so.
    return (found.columns["text"] >= 0 or found.columns["speaker"] >= 0) and known >= 2 and len(names) >= 2


def _header(raw: str) -> Header | None:
    for delimiter in _DELIMITERS:
        first = next(records(raw, delimiter), None)
        if first is None or len(first.fields) < 2 or any(len(name) > 40 for name in first.fields):
            continue
        names = [_plain(name) for name in first.fields]
        columns = {key: next((names.index(name) for name in known if name in names), -1)
                   for key, known in _COLUMNS.items()}  # fmt: skip
        if any(place >= 0 for place in columns.values()):
            return Header(delimiter, first, columns)
    return None


def read_csv(raw: str, where: str) -> Script:
    """The speeches of a table in order; a span runs from the first row of a speech to its last.

    Rows are lines if there is a number for each speech or the same speaker often has several rows in a
    row, and then form one speech up to the next speaker, scene or speech number; else each is a speech.
    A direction (its own row, or a column) does not end a speech.

    Raises:
        InputError: a column that is needed is missing, rows have too few fields, or nobody speaks; all
            problems at once.
    """
    header = _header(raw)
    assert header is not None  # has_header was asked before
    names = ", ".join(header.record.fields)
    columns = header.columns
    missing = [
        f"{where}: row 1: no column says {what} (known names: {', '.join(_COLUMNS[key][:6])}, …). "
        f"The columns are: {names}. Rename one in the file."
        for key, what in (("speaker", "who speaks"), ("text", "what is said"))
        if columns[key] < 0
    ]
    if missing:
        raise InputError("\n".join(missing))
    rows = list(records(raw, header.delimiter, header.record.end, len(header.record.fields)))
    if columns["text"] == columns["number"]:
        columns["number"] = -1
    if columns["text"] == columns["place"]:
        columns["place"] = -1
    least = max(columns["speaker"], columns["text"]) + 1
    numbered = [(number, row) for number, row in enumerate(rows, start=2) if len(row.fields) < least]
    if len(numbered) > len(rows) / 2 or (
        rows and not numbered and not any(header.value(r, "text") for r in rows)
    ):
        said = "; ".join(
            f"row {number} has {len(row.fields)} of {least}" for number, row in numbered[:_MOST_BAD_ROWS]
        )
        raise InputError(
            f"{where}: most rows lack a field for {header.record.fields[columns['text']]!r}"
            f"{f' ({said})' if said else ', or it is empty'}. "
            f"Is {header.delimiter!r} the delimiter of the whole file?"
        )
    reader = _Reader(raw, header, rows)
    reader.read()
    if not reader.script.speeches:
        raise InputError(
            f"{where}: {len(rows)} rows below the header, but nobody speaks in them. "
            f"Speakers are read from {header.record.fields[columns['speaker']]!r}."
        )
    reader.script.drops.append(Drop(header.record.start, header.record.end, "heading"))
    return reader.script


class _Reader:
    def __init__(self, raw: str, header: Header, rows: Sequence[Record]) -> None:
        self.raw, self.header, self.rows = raw, header, rows
        self.script = Script()
        self.act = self.scene = ""
        self.works = len({header.value(row, "work") for row in rows} - {""}) > 1
        self.lines = self._rows_are_lines()
        place = header.columns["place"]
        # In these tables a row without act, scene and line is a heading or a direction, whoever it names.
        self.placed = place >= 0 and any(_PLACE.match(header.value(row, "place")) for row in rows)
        self.open: list[Record] = []
        self.key: tuple[str, ...] = ()

    def _rows_are_lines(self) -> bool:
        speakers = [
            name
            for row in self.rows
            if (name := self.header.value(row, "speaker")) and not _DIRECTION.match(name)
        ]
        repeated = sum(a == b for a, b in pairwise(speakers))
        numbered = self.header.columns["speech"] >= 0
        return numbered or repeated >= _LINE_ROWS * max(1, len(speakers) - 1)

    def read(self) -> None:
        for row in self.rows:
            self._row(row)
        self._close()

    def _row(self, row: Record) -> None:
        header = self.header
        text, speaker = header.value(row, "text"), header.value(row, "speaker")
        direction = header.value(row, "direction")
        self._place(row)
        said = text and not _WHOLLY.match(text)
        kind = header.value(row, "kind").lower()
        directed = (
            bool(_DIRECTION.match(speaker))
            or "direction" in kind
            or kind in ("stage", "sd", "true", "heading")
        )
        unplaced = self.placed and not _PLACE.match(header.value(row, "place"))
        if not said or not speaker or directed or unplaced:
            if title := heading(text) if text else None:
                self._close()
                self.act, self.scene = enter(self.act, self.scene, title)
                self.script.drops.append(Drop(row.start, row.end, "heading"))
                return
            self.script.drops.append(
                Drop(row.start, row.end, "stage_direction" if (text or direction) else "break")
            )
            self.script.directions.append((self._section(), text or direction))
            return
        for one in [direction, *_BRACKETS.findall(text)]:
            place = self.raw.find(one, row.start, row.end)
            if one and place >= 0:
                self.script.drops.append(Drop(place, place + len(one), "stage_direction"))
            if one:
                self.script.directions.append((self._section(), one))
        key = (header.value(row, "work"), self.act, self.scene, speaker, header.value(row, "speech"))
        if not self.lines or key != self.key:
            self._close()
            self.key = key
        self.open.append(row)

    def _place(self, row: Record) -> None:
        act, scene = self.header.value(row, "act"), self.header.value(row, "scene")
        if act or scene:
            act_part = heading(act, marked=True) if act else None
            scene_part = heading(scene, marked=True) if scene else None
            self.act = (act_part or ("", ""))[0] or (f"ACT {_numeral(act)}" if act else "")
            given = (scene_part or ("", ""))[1] or (scene_part or ("", ""))[0] or (act_part or ("", ""))[1]
            self.scene = given or (f"SCENE {_numeral(scene)}" if scene else "")
        elif match := _PLACE.match(self.header.value(row, "place")):
            self.act, self.scene = f"ACT {_numeral(match.group(1))}", f"SCENE {_numeral(match.group(2))}"

    def _section(self) -> str:
        return " ".join(part for part in (self.act, self.scene) if part)

    def _close(self) -> None:
        rows = self.open
        self.open = []
        if not rows:
            return
        work, act, scene, speaker, _ = self.key
        self.key = ()
        texts = [
            _BRACKETS.sub("", line) for row in rows for line in self.header.value(row, "text").split("\n")
        ]
        text, verse = join_lines(texts)
        if not text:
            self.script.drops += [Drop(row.start, row.end, "stage_direction") for row in rows]
            return
        self.script.speeches.append(
            Speech(labels(speaker) or (speaker.upper(),), act, scene, rows[0].start, rows[-1].end, text,
                   verse, work.upper() if self.works else "")
        )  # fmt: skip


def _numeral(written: str) -> str:
    plain = re.sub(r"\.0$", "", written.strip())
    return to_roman(int(plain)) if plain.isdigit() and 0 < int(plain) < 90 else plain.upper()


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())
