"""Plays made up for tests: a structure, and how each format would print it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from hypothesis import strategies as st

from twainbot.corpus.books.gutenberg import Body
from twainbot.corpus.plays.headings import to_roman
from twainbot.corpus.plays.parse import parse_play
from twainbot.records import Reject, Segment

NAMES = ("ORLO", "MARN", "FIRST CLERK", "SECOND CLERK", "LADY PLIM", "MR. QUILL", "O'HARE", "DAME AGNES-ROSE")
_WORDS = ("river", "rain", "ferry", "boat", "lantern", "cold", "&", "<", "wet", '"so"', "'tis", "naïve,")
DIRECTIONS = ("Enter ORLO and MARN.", "Exit MARN.", "Thunder.")


@dataclass(frozen=True)
class Line:
    """A speech: who says it, in lines, or a direction if nobody does."""

    speakers: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Play:
    """Acts of scenes of lines."""

    acts: tuple[tuple[tuple[Line, ...], ...], ...]

    def expected(self) -> list[tuple[str, str, list[str]]]:
        """(speaker, section, words) of every speech."""
        return [
            (
                " AND ".join(line.speakers),
                f"ACT {to_roman(a)} SCENE {to_roman(s)}",
                " ".join(line.lines).split(),
            )
            for a, act in enumerate(self.acts, start=1)
            for s, scene in enumerate(act, start=1)
            for line in scene
            if line.speakers
        ]


@st.composite
def _sentence(draw: st.DrawFn) -> str:
    words = draw(st.lists(st.sampled_from(_WORDS), min_size=2, max_size=6))
    return f"Now {' '.join(words)} here{draw(st.sampled_from('.!?;'))}"


@st.composite
def plays(draw: st.DrawFn) -> Play:
    """Plays in which nobody answers himself, and every scene has two speeches at least."""
    acts = []
    for _ in range(draw(st.integers(1, 3))):
        scenes = []
        for _ in range(draw(st.integers(1, 2))):
            scene: list[Line] = []
            last: tuple[str, ...] = ()
            for _ in range(draw(st.integers(2, 5))):
                if draw(st.booleans()):
                    scene.append(Line((), (draw(st.sampled_from(DIRECTIONS)),)))
                names = draw(st.permutations(NAMES))
                several = draw(st.integers(0, 5)) == 0
                speakers = tuple(name for name in names if name not in last)[: 2 if several else 1]
                last = speakers
                scene.append(Line(speakers, tuple(draw(st.lists(_sentence(), min_size=1, max_size=4)))))
            scenes.append(tuple(scene))
        acts.append(tuple(scenes))
    return Play(tuple(acts))


def _printed(
    play: Play,
    act: Callable[[str], str],
    scene: Callable[[str], str],
    speech: Callable[[Line], str],
    direction: Callable[[str], str],
    act_end: str = "",
    scene_end: str = "",
) -> str:
    parts = []
    for a, scenes in enumerate(play.acts, start=1):
        parts.append(act(to_roman(a)))
        for s, lines in enumerate(scenes, start=1):
            parts.append(scene(to_roman(s)))
            parts += [speech(line) if line.speakers else direction(line.lines[0]) for line in lines]
            parts.append(scene_end)
        parts.append(act_end)
    return "".join(parts)


def inline_text(play: Play) -> str:
    return _printed(
        play, "ACT {}.\n\n".format, "SCENE {}. A place.\n\n".format,
        lambda line: f"{' and '.join(line.speakers)}. {chr(10).join(line.lines)}\n\n", "[{}]\n\n".format,
    )  # fmt: skip


def block_text(play: Play) -> str:
    return _printed(
        play, "ACT {}\n\n".format, "SCENE {}.--A place.\n\n".format,
        lambda line: f"{' and '.join(line.speakers)}.\n{chr(10).join(line.lines)}\n\n", " {}\n\n".format,
    )  # fmt: skip


def dense_text(play: Play) -> str:
    return _printed(
        play, "\nAct {}\n\n".format, "\nScene {}\n\n".format,
        lambda line: f"{' and '.join(line.speakers)}: {chr(10).join(line.lines)}\n", "[{}]\n".format,
    )  # fmt: skip


def bosak(play: Play) -> str:
    def speech(line: Line) -> str:
        names = "".join(f"<SPEAKER>{escape(name, quote=False)}</SPEAKER>\n" for name in line.speakers)
        lines = "".join(f"<LINE>{escape(text, quote=False)}</LINE>\n" for text in line.lines)
        return f"<SPEECH>\n{names}{lines}</SPEECH>\n"

    inner = _printed(
        play, "<ACT><TITLE>ACT {}</TITLE>\n".format, "<SCENE><TITLE>SCENE {}.  A place.</TITLE>\n".format,
        speech, "<STAGEDIR>{}</STAGEDIR>\n".format, "</ACT>\n", "</SCENE>\n",
    )  # fmt: skip
    return f'<?xml version="1.0"?>\n<PLAY>\n<TITLE>The Ferry</TITLE>\n{inner}</PLAY>\n'


def tei(play: Play) -> str:
    ids = {name: f"p{number}" for number, name in enumerate(NAMES)}

    def speech(line: Line) -> str:
        who = " ".join(f"#{ids[name]}" for name in line.speakers)
        lines = "".join(f"<l>{escape(text)}</l>" for text in line.lines)
        return f'<sp who="{who}"><speaker>{line.speakers[0][:3]}.</speaker>{lines}</sp>\n'

    persons = "".join(
        f'<castItem><role xml:id="{ids[name]}">{escape(name)}</role>, <roleDesc>one</roleDesc></castItem>'
        for name in NAMES
    )
    inner = _printed(
        play, '<div type="act"><head>Act {}</head>'.format, '<div type="scene"><head>Scene {}</head>'.format,
        speech, "<stage>{}</stage>".format, "</div>", "</div>",
    )  # fmt: skip
    return (
        '<?xml version="1.0"?>\n<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><title>T</title></teiHeader>'
        f"<text><front><castList>{persons}</castList></front><body>{inner}</body></text></TEI>"
    )


def ocws(play: Play) -> str:
    def speech(line: Line) -> str:
        names = "".join(f'<speaker long="{escape(name)}">{name[:2]}.</speaker>' for name in line.speakers)
        lines = "".join(f'<line number="1">{escape(text)}</line>' for text in line.lines)
        return f"<speech>{names}{lines}</speech>\n"

    inner = _printed(
        play, "<act><acttitle>Act {}</acttitle>".format, "<scene><scenetitle>Scene {}</scenetitle>".format,
        speech, "<stagedir><dir>{}</dir><action>x</action></stagedir>".format, "</act>", "</scene>",
    )  # fmt: skip
    return f"<play><title>The Ferry</title>{inner}</play>"


def mit(play: Play) -> str:
    def speech(line: Line) -> str:
        names = "".join(f"<A NAME=speech1><b>{escape(name)}</b></a>\n" for name in line.speakers)
        lines = "".join(f"<A NAME=1.1.{n}>{escape(text)}</A><br>\n" for n, text in enumerate(line.lines))
        return f"{names}<blockquote>\n{lines}</blockquote>\n\n"

    inner = _printed(
        play, "<H3>ACT {}</h3>\n".format, "<h3>SCENE {}. A place.</h3>\n".format,
        speech, "<p><blockquote>\n<i>{}</i>\n</blockquote>\n".format,
    )  # fmt: skip
    head = "<!DOCTYPE HTML>\n<html>\n<head>\n<title>The Ferry</title>\n</head>\n"
    return f"{head}<body>\n{inner}</body>\n</html>\n"


def _field(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def line_table(play: Play) -> str:
    rows = ["act,scene,character,dialogue,line_number"]
    for a, act in enumerate(play.acts, start=1):
        for s, scene in enumerate(act, start=1):
            place = f"Act {to_roman(a)},Scene {to_roman(s)}"
            for line in scene:
                who = " and ".join(line.speakers) or "[stage direction]"
                rows += [f"{place},{_field(who)},{_field(text)},1" for text in line.lines]
    return "\n".join(rows) + "\n"


def kaggle_table(play: Play) -> str:
    rows = ["Dataline,Play,PlayerLinenumber,ActSceneLine,Player,PlayerLine"]
    number = 0
    for a, act in enumerate(play.acts, start=1):
        rows.append(f"1,The Ferry,,,,ACT {to_roman(a)}")
        for s, scene in enumerate(act, start=1):
            rows.append(f"1,The Ferry,,,,SCENE {to_roman(s)}. A place.")
            for line in scene:
                number += bool(line.speakers)
                place = f"{a}.{s}.1" if line.speakers else ""
                who = _field(" and ".join(line.speakers) or "ORLO")
                rows += [f"1,The Ferry,{number},{place},{who},{_field(text)}" for text in line.lines]
    return "\r\n".join(rows) + "\r\n"


def speech_table(play: Play) -> str:
    rows = ["act;scene;speaker;text"]
    for a, act in enumerate(play.acts, start=1):
        for s, scene in enumerate(act, start=1):
            rows += [
                f"{a};{s};{' & '.join(line.speakers)};{_field(chr(10).join(line.lines))}"
                for line in scene
                if line.speakers
            ]
    return "\n".join(rows) + "\n"


FORMATS: dict[str, Callable[[Play], str]] = {
    "inline_text": inline_text,
    "block_text": block_text,
    "dense_text": dense_text,
    "bosak": bosak,
    "tei": tei,
    "ocws": ocws,
    "mit": mit,
    "line_table": line_table,
    "kaggle_table": kaggle_table,
    "speech_table": speech_table,
}


def parse(raw: str, aliases: dict[str, str] | None = None) -> tuple[list[Segment], list[Reject]]:
    body = Body(0, len(raw), (), 1.0)
    return parse_play(raw, body, doc_id="doc-1", source_id="play", aliases=aliases, where="plays/p")


def said(raw: str) -> list[tuple[str | None, str, str]]:
    """(speaker, section, text) of every segment."""
    return [(s["speaker"], s["section"], s["text"]) for s in parse(raw)[0]]


def check_spans(raw: str, segments: list[Segment], rejects: list[Reject]) -> None:
    """Segments in order and apart, rejects as in the file, and no character but white space in neither."""
    end = 0
    for segment in segments:
        assert end <= segment["start"] < segment["end"] <= len(raw)
        assert segment["text"].strip()
        assert segment["speaker"]
        end = segment["end"]
    assert all(raw[reject["start"] : reject["end"]] == reject["text"] for reject in rejects)
    covered = bytearray(len(raw))
    for piece in [*segments, *rejects]:
        covered[piece["start"] : piece["end"]] = b"\1" * (piece["end"] - piece["start"])
    assert [char for char, seen in zip(raw, covered, strict=True) if not seen and not char.isspace()] == []
