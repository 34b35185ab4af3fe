"""The parsers on the real books, plays and dumps, where there is a mirror of them."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

from twainbot.corpus.parse import Parsed, parse_source
from twainbot.corpus.sources import Source, load_sources

BOILERPLATE = re.compile(
    r"Project Gutenberg|gutenberg\.(?:org|net)|\b[Ee]-?text\b|\beBook|\bEBOOK|^Produced by|Small Print"
    r"|SMALL PRINT|Transcriber['’]|Distributed Proofread|www\.|\[Illustration|\[Footnote"
)
# Share of the file's characters that are kept as text. What is below: pg147 has a long licence for its
# size, pg48136 an index of 65,000 characters, pg20203 its editor's introduction and notes.
KEPT = {"pg147": 0.83, "pg48136": 0.84, "pg844": 0.82, "pg20203": 0.84, "pg102": 0.88}


@pytest.fixture(scope="module")
def corpus(request: pytest.FixtureRequest) -> dict[str, tuple[Source, str, Parsed]]:
    mirror: Path = request.getfixturevalue("mirror")
    root = Path(__file__).resolve().parents[2]
    result = {}
    for source in load_sources(root / "data/sources.yaml", "full"):
        data = (mirror / source.path).read_bytes()
        parsed = parse_source(source, data)
        result[source.id] = (source, data.decode(parsed.documents[0]["encoding"]), parsed)
    return result


def test_no_boilerplate_in_any_segment(corpus: dict[str, tuple[Source, str, Parsed]]) -> None:
    found = [
        (source.id, match.group(), segment["text"][:80])
        for source, _, parsed in corpus.values()
        if source.kind in ("gutenberg", "play")
        for segment in parsed.segments
        if (match := BOILERPLATE.search(segment["text"]))
    ]
    assert found == []


def test_spans_are_ordered_and_within_the_file(corpus: dict[str, tuple[Source, str, Parsed]]) -> None:
    for source, raw, parsed in corpus.values():
        if source.kind == "weather":
            continue
        end = 0
        for segment in parsed.segments:
            assert end <= segment["start"] < segment["end"] <= len(raw), source.id
            assert raw[segment["start"] : segment["end"]].strip()
            end = segment["end"]


def test_books_keep_their_text_and_lose_nothing(corpus: dict[str, tuple[Source, str, Parsed]]) -> None:
    for source, raw, parsed in corpus.values():
        if source.kind != "gutenberg":
            continue
        pieces = sorted((p["start"], p["end"]) for p in [*parsed.segments, *parsed.rejects])
        assert "".join("".join(raw[a:b].split()) for a, b in pieces) == "".join(raw.split()), source.id
        kept = sum(segment["end"] - segment["start"] for segment in parsed.segments) / len(raw)
        assert kept > KEPT.get(source.id, 0.9), (source.id, kept)


@pytest.mark.parametrize(
    ("play", "reference"), [("pg1524", "bosak_hamlet.xml"), ("pg1533", "bosak_macbeth.xml")]
)
def test_as_many_speeches_as_in_the_marked_up_edition(
    corpus: dict[str, tuple[Source, str, Parsed]], mirror: Path, play: str, reference: str
) -> None:
    expected = len(list(ET.parse(mirror / "plays" / reference).iter("SPEECH")))
    assert len(corpus[play][2].segments) == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize(
    ("name", "play", "person"),
    [
        ("nrennie_hamlet.csv", "bosak_hamlet.xml", "HAMLET"),
        ("pg2264_folio.txt", "bosak_macbeth.xml", "MACBETH"),
    ],
)
def test_other_formats_of_a_play_have_its_speeches(mirror: Path, name: str, play: str, person: str) -> None:
    source = Source(
        id="p", corpus="full", kind="play", persona="player", title="T", author="A", licence="L", path=name
    )
    found, marked = (
        Counter(s["speaker"] for s in parse_source(source, (mirror / "plays" / file).read_bytes()).segments)
        for file in (name, play)
    )
    assert found.total() == pytest.approx(marked.total(), rel=0.01)
    assert found[person] == pytest.approx(marked[person], rel=0.02)


def test_plays_have_all_scenes_and_their_heroes(corpus: dict[str, tuple[Source, str, Parsed]]) -> None:
    hamlet, macbeth = corpus["pg1524"][2].segments, corpus["pg1533"][2].segments
    assert len({s["section"] for s in hamlet}) == 20
    assert {s["section"].split(" SCENE")[0] for s in macbeth} == {
        f"ACT {n}" for n in ("I", "II", "III", "IV", "V")
    }
    assert Counter(s["speaker"] for s in hamlet)["HAMLET"] == pytest.approx(358, rel=0.02)
    assert Counter(s["speaker"] for s in macbeth)["MACBETH"] == pytest.approx(145, rel=0.02)
    assert not [
        s["text"] for s in hamlet + macbeth if re.search(r"[\[\]]|\bExeunt\b|\bRe-enter\b", s["text"])
    ]


def test_every_row_of_a_dump_is_kept_or_dropped(corpus: dict[str, tuple[Source, str, Parsed]]) -> None:
    for source, raw, parsed in corpus.values():
        if source.kind != "reddit":
            continue
        rows = list(csv.reader(io.StringIO(raw, newline="")))
        pieces = sorted([*parsed.segments, *parsed.rejects], key=lambda piece: piece["start"])
        assert len(pieces) == len(rows) - 1, source.id
        for piece, row in list(zip(pieces, rows[1:], strict=True))[::37]:
            assert next(csv.reader(io.StringIO(raw[piece["start"] : piece["end"]], newline=""))) == row
