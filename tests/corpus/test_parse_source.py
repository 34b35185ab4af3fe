"""One raw file to records: stable ids, accounting, and the sample corpus as a whole."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from twainbot.corpus.parse import Parsed, parse_source
from twainbot.corpus.sources import Source, load_sources
from twainbot.files import InputError, content_id
from twainbot.records import DOCUMENT, REJECT, SEGMENT

PLAY = b"ACT I\n\nORLO. Come in out of the rain.\n\nMARN. It is raining in here.\n"


def _source(**changes: object) -> Source:
    values = {
        "id": "p", "corpus": "sample", "kind": "play", "persona": "player", "title": "T", "author": "A",
        "licence": "CC0-1.0", "path": "plays/p.txt", "characters": {"ORLO": "hamlet"},
    }  # fmt: skip
    return Source.model_validate({**values, **changes})


def test_ids_come_from_content_and_origin() -> None:
    parsed = parse_source(_source(), PLAY)
    (document,) = parsed.documents
    assert document["raw_sha256"] == hashlib.sha256(PLAY).hexdigest()
    assert document["doc_id"] == content_id("doc", "p", document["raw_sha256"])
    segment = parsed.segments[0]
    span = str(segment["start"]), str(segment["end"])
    assert segment["id"] == content_id("seg", document["doc_id"], *span, segment["text"])
    assert parse_source(_source(), PLAY) == parsed
    assert parse_source(_source(id="q"), PLAY).segments[0]["id"] != segment["id"]


def test_header_and_licence_are_rejects() -> None:
    raw = b"The Project Gutenberg eBook\n\n*** START OF THE PROJECT GUTENBERG EBOOK P ***\n" + PLAY
    parsed = parse_source(_source(), raw + b"*** END OF THE PROJECT GUTENBERG EBOOK P ***\n")
    assert parsed.counts() == {"kept": 2, "boilerplate": 2, "heading": 1}
    assert parsed.documents[0]["flags"] == ["low_kept_ratio"]


def test_a_character_that_never_speaks_is_an_error() -> None:
    with pytest.raises(
        InputError, match=r"characters ORLOW never speak in plays/p\.txt\. The speakers are: MARN, ORLO"
    ):
        parse_source(_source(characters={"ORLOW": "hamlet"}), PLAY)


def test_the_content_tells_the_format_of_a_play() -> None:
    speech = b"<SPEECH><SPEAKER>Orlo</SPEAKER><LINE>Rain \xe2\x80\x94 caf&#233;.</LINE></SPEECH>"
    data = (
        b'<?xml version="1.0" encoding="UTF-8"?><PLAY><ACT><TITLE>ACT I</TITLE>' + speech + b"</ACT></PLAY>"
    )
    parsed = parse_source(_source(), data)
    (segment,) = parsed.segments
    assert (segment["speaker"], segment["section"], segment["text"]) == ("ORLO", "ACT I", "Rain — café.")
    assert data.decode()[segment["start"] : segment["end"]].encode() == speech
    assert parsed.documents[0]["flags"] == []


def test_aliases_of_a_source_name_its_characters() -> None:
    source = _source(aliases={"MARN": "LADY MARN"}, characters={"LADY MARN": "hamlet"})
    assert [s["speaker"] for s in parse_source(source, PLAY).segments] == ["ORLO", "LADY MARN"]
    assert source.persona_of("LADY MARN") == "hamlet"


def test_a_file_without_text_is_an_error() -> None:
    with pytest.raises(InputError, match=r"plays/p\.txt: no text was found"):
        parse_source(_source(kind="gutenberg", characters={}), b"CHAPTER I.\n\n\nCHAPTER II.\n")


@pytest.fixture(scope="module")
def sample() -> dict[str, tuple[Source, str, Parsed]]:
    root = Path(__file__).resolve().parents[2] / "data"
    result = {}
    for source in load_sources(root / "sources.yaml", "sample"):
        data = (root / "sample" / source.path).read_bytes()
        parsed = parse_source(source, data)
        result[source.id] = (source, data.decode(parsed.documents[0]["encoding"]), parsed)
    return result


def test_sample_records_fit_the_schemas(sample: dict[str, tuple[Source, str, Parsed]]) -> None:
    for _, _, parsed in sample.values():
        for rows, schema in (
            (parsed.documents, DOCUMENT),
            (parsed.segments, SEGMENT),
            (parsed.rejects, REJECT),
        ):
            assert all(row.keys() == set(schema.names) for row in rows)


def test_sample_spans_and_ids(sample: dict[str, tuple[Source, str, Parsed]]) -> None:
    ids: list[str] = []
    for source, raw, parsed in sample.values():
        ids += [piece["id"] for piece in [*parsed.segments, *parsed.rejects]]
        starts = [segment["start"] for segment in parsed.segments]
        assert starts == sorted(starts), source.id
        assert all(raw[s["start"] : s["end"]].strip() and s["text"].strip() for s in parsed.segments), (
            source.id
        )
        assert all(raw[r["start"] : r["end"]] == r["text"] for r in parsed.rejects), source.id
    assert len(ids) == len(set(ids))


def test_sample_books_lose_nothing(sample: dict[str, tuple[Source, str, Parsed]]) -> None:
    for source, raw, parsed in sample.values():
        if source.kind != "gutenberg":
            continue
        pieces = sorted((p["start"], p["end"]) for p in [*parsed.segments, *parsed.rejects])
        assert "".join("".join(raw[a:b].split()) for a, b in pieces) == "".join(raw.split()), source.id
        kept = sum(s["end"] - s["start"] for s in parsed.segments)
        assert kept > 0.8 * len(raw), source.id


def test_sample_plays_have_the_speeches_that_were_written(
    sample: dict[str, tuple[Source, str, Parsed]],
) -> None:
    truth = json.loads((Path(__file__).resolve().parents[2] / "data/sample/plays/truth.json").read_text())
    for name, expected in truth.items():
        _, _, parsed = sample[name]
        speakers = [segment["speaker"] for segment in parsed.segments]
        assert {speaker: speakers.count(speaker) for speaker in set(speakers)} == expected["speakers"]
        assert len(parsed.segments) == expected["speeches"]
