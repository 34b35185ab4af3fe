"""Reddit dumps: any known layout, spans that read back, and a reason for each dropped row."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.corpus.reddit import parse_reddit
from twainbot.files import InputError
from twainbot.records import Reject, Segment

NARROW = ",author,domain,num_comments,score,subreddit,timestamp,title"
WIDE = "created_utc,score,id,title,selftext,author,crosspost_parent"


def _parse(raw: str) -> tuple[list[Segment], list[Reject]]:
    return parse_reddit(raw, doc_id="doc-1", source_id="dump", subreddit="fallback", where="dump.csv")


def test_narrow_layout() -> None:
    raw = f'{NARROW}\n0,someone,example.com,1,12,TheOnion,1554658622,"Fog Admits ""It"" &amp; Lifts"\n'
    segments, rejects = _parse(raw)
    assert rejects == []
    (segment,) = segments
    assert segment["text"] == 'Fog Admits "It" & Lifts'
    assert (segment["section"], segment["score"], segment["created_utc"]) == (
        "TheOnion",
        12,
        "2019-04-07T17:37:02Z",
    )
    assert raw[segment["start"] : segment["end"]].startswith("0,someone") and raw[segment["end"] :] == "\n"


def test_wide_layout_with_body_crlf_and_line_breaks() -> None:
    raw = f'{WIDE}\r\n1361360712.0,5.0,x1,Why did it rain?,"To get\n\nto the **other** side.",who,\r\n'
    (segment,) = _parse(raw)[0]
    assert segment["text"] == "Why did it rain?\n\nTo get\n\nto the other side."
    assert (segment["section"], segment["score"], segment["created_utc"]) == (
        "fallback",
        5,
        "2013-02-20T11:45:12Z",
    )


def test_reasons() -> None:
    rows = [
        "1,1,a,A good title,,who,",
        "1,1,b,[deleted],,who,",
        "1,1,c,A title,[removed],who,",
        "1,1,d,A notice,,AutoModerator,",
        "1,1,e,A notice,,weather-bot,",
        "1,1,f,A notice,I am a bot and proud,who,",
        "1,1,g,A title,,who,t3_abc",
        "1,1,h,,,who,",
        "1,1,i,1520990967.0,,who,",
        "1,1,j,too,many,fields,here,now",
        "1,1,k,About a robot,,Robotics_fan,",
    ]
    segments, rejects = _parse("\n".join([WIDE, *rows]))
    assert [s["text"] for s in segments] == ["A good title", "About a robot"]
    assert [r["reason"] for r in rejects] == [
        "removed", "removed", "bot", "bot", "bot", "crosspost", "empty", "empty", "malformed",
    ]  # fmt: skip
    assert rejects[-1]["detail"] == "8 fields, the header has 7"
    assert len(segments) + len(rejects) == len(rows)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2021-01-29 03:38:34", "2021-01-29T03:38:34Z"),
        ("2021-01-29T03:38:34+02:00", "2021-01-29T01:38:34Z"),
        ("1554658622000", "2019-04-07T17:37:02Z"),
        ("2/9/2022 6:54", "2022-02-09T06:54:00Z"),
        ("yesterday", None),
        ("", None),
        ("nan", None),
    ],
)
def test_times(value: str, expected: str | None) -> None:
    (segment,) = _parse(f"title,date\nA title,{value}\n")[0]
    assert segment["created_utc"] == expected


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_other_delimiters(delimiter: str) -> None:
    raw = "title,score\nIt rains, again,3\n".replace(",score", f"{delimiter}score").replace(
        ",3", f"{delimiter}3"
    )
    (segment,) = _parse(raw)[0]
    assert (segment["text"], segment["score"]) == ("It rains, again", 3)


def test_unknown_layout_names_found_and_wanted() -> None:
    with pytest.raises(
        InputError,
        match=r"dump\.csv: no title column\. Found the columns kind, words\. Looked for .*title: title",
    ):
        _parse("kind,words\na,b\n")


@pytest.mark.parametrize("raw", ["title,score\n", "title,score\n\n\n"])
def test_no_rows(raw: str) -> None:
    with pytest.raises(InputError, match="no rows"):
        _parse(raw)


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), min_size=1, max_size=6))
def test_every_row_is_kept_or_dropped_and_its_slice_reads_back(rows: list[tuple[str, str]]) -> None:
    rows = [(title.replace("\0", ""), body.replace("\0", "")) for title, body in rows]
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([("title", "selftext"), *rows])
    raw = stream.getvalue()
    segments, rejects = _parse(raw)
    pieces = sorted([*segments, *rejects], key=lambda piece: piece["start"])
    assert len(pieces) == len(rows)
    for piece, row in zip(pieces, rows, strict=True):
        text = f"title,selftext\r\n{raw[piece['start'] : piece['end']]}"
        assert tuple(list(csv.reader(io.StringIO(text, newline="")))[1]) == row
