"""A play in XML to speeches: Bosak's markup, TEI (P4, P5, Folger's) and OCWS are one shape with other names.

In each, divisions hold speeches, a speech holds speakers, lines and directions. What an element is, its
local name says, so namespaces and small or large letters make no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from twainbot.corpus.plays.headings import enter, heading, to_roman
from twainbot.corpus.plays.markup import Element, Text, parse_xml
from twainbot.corpus.plays.script import Drop, Script, Speech, join_lines, label, labels
from twainbot.files import InputError

_SPEECHES = frozenset(["speech", "sp", "spgrp"])
_SPEAKERS = frozenset(["speaker", "speakers"])
_LINES = frozenset(["line", "l", "verse"])
_PROSE = frozenset(["p", "ab", "prose", "para", "text"])
_DIRECTIONS = frozenset(
    ["stagedir", "stage", "stagedirection", "stage-direction", "stage_direction", "direction", "sd", "dir",
     "action"]
)  # fmt: skip
_DIVISIONS = frozenset(
    ["act", "scene", "div", "div1", "div2", "div3", "div4", "prologue", "epilogue", "induct", "induction",
     "chorus", "interlude", "prelude"]
)  # fmt: skip
_HEADS = frozenset(
    ["title", "head", "acttitle", "scenetitle", "scenelocation", "scenelanguage", "scndescr", "subtitle",
     "subhead", "playsubt", "titleshort", "prologuetitle", "epiloguetitle"]
)  # fmt: skip
_FRONT = frozenset(
    ["fm", "personae", "castlist", "front", "teiheader", "titlestmt", "persona", "personlist", "listperson",
     "titlepage", "playwright", "author", "authors", "edition", "editions", "filedesc", "back", "end",
     "personlist", "scenepersonae", "performances", "synopsis", "statistics", "locations", "listrelation",
     "listbibl", "endpersonae", "metadata", "meta", "header"]
)  # fmt: skip
_NOTES = frozenset(
    ["note", "notes", "ref", "bibl", "fw", "pb", "cb", "milestone", "figure", "figdesc", "ptr", "gloss"]
)
_PERSONS = frozenset(["persona", "castitem", "role", "person", "persname"])
_UNSAID = _DIRECTIONS | _SPEAKERS | _NOTES
_OTHER_PARTS = {"induct": "INDUCTION", **{name: name.upper() for name in
                ("prologue", "epilogue", "induction", "chorus", "interlude", "prelude")}}  # fmt: skip
_TOKENS = frozenset(["w", "pc", "c"])
_BREAK = "\u2028"  # a line's end that the file marks; those that it merely has are its transcriber's
_ROLE_END = re.compile(r"[,;:(\[]|\s[-–—]\s|\.\s*$")


def read_xml(raw: str, where: str) -> Script:
    """The speeches of an XML play in document order; a speech's span is its whole element.

    A speaker is who the ``who`` of a TEI speech points at in the list of persons, else what stands in
    the speaker element (in OCWS its ``long`` name), else the speech's ``speaker`` or ``who`` itself.

    Raises:
        InputError: not well-formed, unsafe entities, or no element that is a speech.
    """
    root = parse_xml(raw, where)
    reader = _Reader(raw, where, root)
    if not any(element.name in _SPEECHES for element in root.walk()):
        raise InputError(
            f"{where}: the root element <{root.name}> holds no speeches (<SPEECH> of Bosak and OCWS, or <sp> "
            "of TEI). Is it a play? If so, convert it to one of these or to plain text."
        )
    reader.division(root, "", "")
    if not reader.script.speeches:
        raise InputError(f"{where}: every speech is empty: no <LINE>, <l> or <p> in it has text.")
    return reader.script


@dataclass
class _Reader:
    raw: str
    where: str
    root: Element

    def __post_init__(self) -> None:
        self.script = Script()
        self.names = _identified(self.root)
        self.script.persons = set(_persons(self.root))
        for element in self.root.walk():
            if element.name in _PERSONS and (short := element.attributes.get("short")) and element.text():
                self.script.aliases[label(short)] = label(_ROLE_END.split(element.text(), maxsplit=1)[0])
        self.tokens = any(element.name == "c" for element in self.root.walk())

    def drop(self, element: Element | Text, reason: str) -> None:
        if self.raw[element.start : element.end].strip():
            self.script.drops.append(Drop(element.start, element.end, reason))

    def division(self, element: Element, act: str, scene: str) -> tuple[str, str]:
        """Read what is in an element; returns the act and scene that hold at its end."""
        for child in element.children:
            if isinstance(child, Text):
                if child.text.strip():
                    self.drop(child, "front_matter")
            elif child.name in _FRONT and not _has_speeches(child):
                self.drop(child, "front_matter")
            elif child.name in _SPEECHES and not _nested(child):
                self.speech(child, act, scene)
            elif child.name in _DIRECTIONS:
                self.direction(child, act, scene)
            elif child.name in _HEADS:
                if title := heading(child.text(_NOTES), marked=True):
                    act, scene = enter(act, scene, title)
                self.drop(child, "heading")
            elif child.name in _NOTES:
                self.drop(child, "note")
            elif child.name in _DIVISIONS:
                inside = self.division(child, *self._entered(child, act, scene))
                # A <div> without a type may hold a heading that is meant for those after it.
                if child.name == "div" and not child.attributes.get("type") and not _has_speeches(child):
                    act, scene = inside
            elif _has_speeches(child) or any(one.name in _DIRECTIONS for one in child.walk()):
                act, scene = self.division(child, act, scene)
            else:
                self.drop(child, "front_matter")
        return act, scene

    def _entered(self, element: Element, act: str, scene: str) -> tuple[str, str]:
        kind = (
            element.name if not element.name.startswith("div") else element.attributes.get("type", "").lower()
        )
        number = next(
            (
                element.attributes[key]
                for key in ("n", "num", "number", "actnum")
                if key in element.attributes
            ),
            "",
        )
        if kind == "scene" and "num" in element.attributes:
            number = element.attributes["num"]
        number = to_roman(int(number)) if number.isdigit() and 0 < int(number) < 90 else number.upper()
        head = next((one for one in element.elements() if one.name in _HEADS), None)
        title = heading(head.text(_NOTES), marked=True) if head else None
        if title:
            return enter(act, scene, title)
        if kind in _OTHER_PARTS:
            return enter(act, scene, (_OTHER_PARTS[kind], ""))
        if kind == "act" and number:
            return f"ACT {number}", ""
        if kind == "scene" and number:
            return act, f"SCENE {number}"
        return act, scene if kind not in ("act", "scene") else ""

    def direction(self, element: Element, act: str, scene: str) -> None:
        self.drop(element, "stage_direction")
        section = " ".join(part for part in (act, scene) if part)
        self.script.directions.append((section, element.text()))

    def speech(self, element: Element, act: str, scene: str) -> None:
        inner = [one for one in element.walk() if one is not element]
        before = len(self.script.drops)
        covered = -1
        for one in inner:
            if one.start < covered:
                continue
            if one.name in _DIRECTIONS:
                self.direction(one, act, scene)
                covered = one.end
            elif one.name in _NOTES and one.text():
                self.drop(one, "note")
                covered = one.end
        marked = [one for one in inner if one.name in _LINES or one.name in _PROSE]
        lines = [line for whole in self._lines(element) for line in whole.split(_BREAK)]
        broken = any(one.name == "lb" for one in inner) and any(one.name == "ab" for one in inner)
        verse: bool | None = None
        if any(one.name == "l" for one in marked):
            verse = True
        elif any(one.name in _PROSE for one in marked) and not broken:
            verse = False
        forms = {
            one.attributes.get("form") or one.attributes.get("type") for one in marked if one.name in _LINES
        }
        if len(forms) == 1 and forms & {"prose", "verse"}:
            verse = forms == {"verse"}
        text, verse = join_lines(lines, verse)
        if not text:
            del self.script.drops[before:]
            self.drop(element, "stage_direction")
            return
        self.script.speeches.append(
            Speech(self._speakers(element), act, scene, element.start, element.end, text, verse)
        )

    def _lines(self, element: Element) -> Iterator[str]:
        """What is said, a string a line; text outside of line elements is a line of its own."""
        loose: list[str] = []
        for child in element.children:
            if isinstance(child, Text):
                if not self.tokens or element.name in _TOKENS or child.text.strip():
                    loose.append(child.text)
            elif child.name in _UNSAID:
                continue
            elif child.name in ("lb", "br"):
                loose.append(_BREAK)
            elif child.name in _LINES or child.name in _PROSE or child.name in ("lg", "sp", "speech"):
                yield "".join(loose)
                loose = []
                yield from self._lines(child)
            else:
                loose.append(_BREAK.join(self._lines(child)))
        yield "".join(loose)

    def _speakers(self, element: Element) -> tuple[str, ...]:
        own = [one for one in element.walk() if one.name in _SPEAKERS and one.text(_NOTES)]
        written = [labels(one.attributes.get("long") or one.text(_NOTES | _DIRECTIONS)) for one in own]
        for one in own:
            if one.attributes.get("long"):
                self.script.aliases[label(one.text(_NOTES))] = label(one.attributes["long"])
        found = tuple(dict.fromkeys(name for names in written for name in names))
        who = [part.lstrip("#") for part in re.split(r"[\s,]+", element.attributes.get("who", "")) if part]
        pointed = tuple(dict.fromkeys(label(self.names[part]) for part in who if part in self.names))
        if pointed and len(pointed) == len(set(who)):
            # ALL says more than the thirty persons that it stands for.
            return found if len(pointed) > 3 and found else pointed
        if found:
            return found
        named = element.attributes.get("speaker") or element.attributes.get("name")
        if named:
            return labels(named)
        return tuple(label(part.replace("_", " ")) for part in who) or ("UNKNOWN",)


def _has_speeches(element: Element) -> bool:
    return any(one.name in _SPEECHES for one in element.walk())


def _nested(element: Element) -> bool:
    """A group of speeches (TEI ``spGrp``) is a division."""
    return element.name == "spgrp"


def _identified(root: Element) -> dict[str, str]:
    """xml:id -> name, from the list of persons: its role, else its person's name."""
    found: dict[str, str] = {}
    for element in root.walk():
        identity = element.attributes.get("id")
        if identity and element.name in ("role", "castitem", "person", "persongrp", "persname", "persona"):
            inner = next(
                (one for one in element.walk() if one.name in ("role", "persname", "name") and one.text()),
                None,
            )
            name = (inner or element).text(_NOTES | frozenset(["roledesc"])) or element.attributes.get(
                "n", ""
            )
            name = _ROLE_END.split(name, maxsplit=1)[0].strip()
            if name:
                found.setdefault(identity, name)
    return found


def _persons(root: Element) -> Iterator[str]:
    """Whole names of the list of persons that are written in capitals, as speakers are."""
    for element in root.walk():
        if element.name in _PERSONS:
            name = _ROLE_END.split(element.text(_NOTES | frozenset(["roledesc"])), maxsplit=1)[0].strip()
            if name.isupper():
                yield name
