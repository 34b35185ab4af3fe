"""Reddit dumps: any known layout, spans that read back, and a reason for each dropped row."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.corpus.posts.reddit import parse_reddit
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


def test_a_pushshift_dump_of_json_lines() -> None:
    posts = [
        {
            "author": "someone", "title": "Fog &amp; ferry",
            "selftext": "It &gt; nothing.\n\n**Late** again.",
            "subreddit": "TheOnion", "score": 1204, "created_utc": 1554658622, "over_18": False,
            "permalink": "/r/TheOnion/comments/x1/fog/", "crosspost_parent_list": [],
            "removed_by_category": None,
        },
        {"author": "someone", "title": "Copied", "crosspost_parent_list": [{"id": "a"}]},
        {"author": "someone", "title": "Taken away", "removed_by_category": "moderator"},
        {"author": None, "title": "No author is known", "selftext": None, "score": None},
        {"author": "[deleted]", "title": "The author left"},
        {"kind": "t3", "data": {"title": "As the interface wraps it", "score": 2.0}},
        {"title": "Half a pair \ud83d here"},
    ]  # fmt: skip
    raw = "\n".join([*(json.dumps(post) for post in posts), '{"title": "Cut of', "[1]"])
    segments, rejects = _parse(raw)
    assert [(s["text"], s["score"], s["url"]) for s in segments] == [
        (
            "Fog & ferry\n\nIt > nothing.\n\nLate again.",
            1204,
            "https://www.reddit.com/r/TheOnion/comments/x1/fog/",
        ),
        ("No author is known", None, None),
        ("As the interface wraps it", 2, None),
        ("Half a pair � here", None, None),
    ]
    assert [(r["reason"], r["detail"]) for r in rejects] == [
        ("crosspost", ""),
        ("removed", "by moderator"),
        ("removed", "author deleted"),
        ("malformed", "not JSON (Invalid control character at)"),
        ("malformed", "expected an object, found list"),
    ]
    assert json.loads(raw[segments[0]["start"] : segments[0]["end"]]) == posts[0]


@pytest.mark.parametrize(
    ("raw", "text", "section", "score", "created"),
    [
        (
            "type,id,subreddit.id,subreddit.name,subreddit.nsfw,created_utc,permalink,domain,url,selftext,title,"
            "score\npost,x,y,jokes,false,1554658622,https://r/x,,,,Fog lifts,3\n",
            "Fog lifts", "jokes", 3, "2019-04-07T17:37:02Z",
        ),
        ("text,label\n\"Fog, lifted\",1\n", "Fog, lifted", "fallback", None, None),
        (
            'title,score,id,url,comms,created,body,timestamp\nFog,1.2k,a,u,0,,"Low, still","Oct 3, 2017"\n',
            "Fog\n\nLow, still", "fallback", 1200, "2017-10-03T00:00:00Z",
        ),
        (
            "Post Title|Date Posted|Ups\nFog lifts|3 October 2017 14:05 UTC|1,234\n",
            "Fog lifts", "fallback", 1234, "2017-10-03T14:05:00Z",
        ),
        ("title,title,score\n,Fog lifts,2\n", "Fog lifts", "fallback", 2, None),
        ("title\nFog, rain, and more fog\n", "Fog, rain, and more fog", "fallback", None, None),
        ('{"link": "u", "headline": "fog lifts", "is_sarcastic": 1}\n', "fog lifts", "fallback", None, None),
        ('[{"title": "Fog lifts", "created": "Tue Oct 3 14:05:00 2017"}]', "Fog lifts", "fallback", None,
         "2017-10-03T14:05:00Z"),
        ("title,selftext,subreddit_name_prefixed\nFog,nan,r/weather\n", "Fog", "weather", None, None),
    ],
)  # fmt: skip
def test_layouts(raw: str, text: str, section: str, score: int | None, created: str | None) -> None:
    (segment,), rejects = _parse(raw)
    assert rejects == []
    found = (segment["text"], segment["section"], segment["score"], segment["created_utc"])
    assert found == (text, section, score, created)


LOOKED = "Looked for (title: title | headline"
FIX = "Rename the column with the titles to `title`; the others are optional."


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ("\n\n", ["dump.csv: the file is empty. Export the rows again, or remove the source."]),
        ("a,b\n1,2\n", ["dump.csv: no title column. Found the columns a, b. " + LOOKED, FIX]),
        (
            "Fog lifts over the harbour, say experts\nRain falls on town\n",
            [
                "dump.csv: no title column. Found the columns fog_lifts_over_the_harbour, say_experts. ",
                "The first line looks like a post: if the file has no header, put the line `title` first.",
            ],
        ),
        (
            "title,score\n",
            ["dump.csv: has a header but no rows. Export the posts again, or remove the source."],
        ),
        (
            '[{"title": "a"',
            ["dump.csv:1:15: not JSON (Expecting ',' delimiter). Fetch or export the file again."],
        ),
        ("[]", ["dump.csv: the file has no rows. Export the rows again, or remove the source."]),
        ("{}", ["dump.csv: no title column. Found the columns none. " + LOOKED]),
        ('{"a": 1}\n{"b": 2}', ["dump.csv: no title column. Found the columns a, b. " + LOOKED]),
        ("[1, 2]", ["dump.csv: no title column. Found the columns none. " + LOOKED]),
        ("{" * 10, ["dump.csv:1:2: not JSON (Expecting property name enclosed in double quotes)."]),
        ("\x00\x01,\x02\n1,2", ["dump.csv: no title column. Found the columns \x00\x01, \x02. " + LOOKED]),
    ],
)
def test_malformed_dumps_are_refused_with_advice(raw: str, parts: list[str]) -> None:
    with pytest.raises(InputError) as error:
        _parse(raw)
    assert str(error.value).startswith(parts[0])
    assert all(part in str(error.value) for part in parts)


@pytest.mark.parametrize(
    ("row", "detail"),
    [
        ("only one", "1 fields, the header has 2"),
        ("a,b,c", "3 fields, the header has 2"),
        ('"never closed', "1 fields, the header has 2"),
        (",,,,,", "6 fields, the header has 2"),
    ],
)
def test_malformed_rows_cost_themselves_only(row: str, detail: str) -> None:
    segments, rejects = _parse(f"title,score\nFog lifts,1\n{row}\nRain falls,2\n")
    assert [s["text"] for s in segments] == ["Fog lifts", "Rain falls"]
    assert [(r["reason"], r["detail"], r["text"]) for r in rejects] == [("malformed", detail, row)]


CELL = st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.lists(st.integers(), max_size=2)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["title", "selftext", "score", "created_utc", "author", "data"]), CELL
        ),
        min_size=1,
        max_size=5,
    )
)
def test_every_json_line_is_kept_or_dropped(posts: list[dict[str, object]]) -> None:
    lines = [json.dumps(post) for post in posts]
    raw = "\n".join(lines)
    try:
        segments, rejects = _parse(raw)
    except InputError:
        assert not any("title" in post for post in posts)
        return
    pieces = sorted([*segments, *rejects], key=lambda piece: piece["start"])
    assert [raw[piece["start"] : piece["end"]] for piece in pieces] == lines


@given(st.text(alphabet='title,"\n\r{}[]:;| a1', max_size=80))
def test_any_text_is_read_or_refused(raw: str) -> None:
    try:
        segments, rejects = _parse(raw)
    except InputError:
        return
    assert all(0 <= piece["start"] < piece["end"] <= len(raw) for piece in [*segments, *rejects])
