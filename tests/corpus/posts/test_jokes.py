"""Collections of jokes: whatever the columns, a set-up keeps its punchline."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.corpus.posts.jokes import parse_jokes
from twainbot.files import InputError
from twainbot.records import Reject, Segment

FOG = ("Why did the fog stay home?", "It could not see itself out.")


def _parse(raw: str) -> tuple[list[Segment], list[Reject]]:
    return parse_jokes(raw, doc_id="doc-1", source_id="jokes", where="jokes.csv")


@pytest.mark.parametrize(
    "raw",
    [
        "ID,Question,Answer\n1,{0},{1}\n",
        "setup;punchline\n{0};{1}\n",
        "Set-up\tPunch line\n{0}\t{1}\n",
        "id,title,selftext,score\nx,{0},{1},3\n",
        "punchline,setup\n{1},{0}\n",
        '{{"type": "general", "setup": "{0}", "punchline": "{1}", "id": 3}}',
        '[{{"title": "{0}", "body": "{1}", "score": 5}}]',
        '{{"type": "twopart", "setup": "{0}", "delivery": "{1}"}}\n',
        'Joke\n"{0}\n{1}"\n',
        '{{"joke": "{0}\\n{1}"}}',
        "title,body\nA,{0} {1}\n",
    ],
)
def test_layouts(raw: str) -> None:
    filled = raw.format(*FOG)
    (segment,), rejects = _parse(filled)
    assert rejects == []
    assert segment["kind"] == "joke"
    expected = f"A\n{FOG[0]} {FOG[1]}" if raw.endswith("A,{0} {1}\n") else "\n".join(FOG)
    assert segment["text"] == expected
    assert FOG[1] in filled[segment["start"] : segment["end"]]


def test_reasons() -> None:
    raw = "\n".join(
        [
            "title,body,author,score,category",
            f'{FOG[0]},{FOG[1]},talbot,"1,204",weather',
            f"{FOG[0]},,who,1,",
            ",A joke without a title,who,1,",
            "[deleted],x,who,1,",
            "A,[removed],who,1,",
            "A,B,WeatherBot,1,",
            "A,I am a bot,who,1,",
            ",,who,1,",
            "A,B",
            f"{FOG[0]},{FOG[0]} {FOG[1]},who,1,",
            "Salt &amp; rain,**Both** fall &amp;quot;down&amp;quot;.,who,1,",
        ]
    )
    segments, rejects = _parse(raw)
    assert [(s["text"], s["score"], s["section"]) for s in segments] == [
        ("\n".join(FOG), 1204, "weather"),
        ("A joke without a title", 1, ""),
        (" ".join(FOG), 1, ""),
        ('Salt & rain\nBoth fall "down".', 1, ""),
    ]
    assert [r["reason"] for r in rejects] == [
        "no_punchline", "removed", "removed", "bot", "bot", "empty", "malformed",
    ]  # fmt: skip


WANTED = "Looked for a set-up and a punchline (setup + punchline, "


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("\n", "jokes.csv: the file is empty. Export the rows again, or remove the source."),
        ("a,b\n1,2", f"jokes.csv: no column with jokes. Found the columns a, b. {WANTED}"),
        ("setup\nWhy?\n", f"jokes.csv: no column with jokes. Found the columns setup. {WANTED}"),
        ("question,id\n?,a\n", f"jokes.csv: no column with jokes. Found the columns question, id. {WANTED}"),
        ("setup,punchline\n", "jokes.csv: has a header but no rows. Export the jokes again, or remove the"),
        ("[]", "jokes.csv: the file has no rows. Export the rows again, or remove the source."),
        ("{}", f"jokes.csv: no column with jokes. Found the columns none. {WANTED}"),
        ('["a joke"]', f"jokes.csv: no column with jokes. Found the columns none. {WANTED}"),
        ('{"joke": "a', "jokes.csv:1:10: not JSON (Unterminated string starting at). Fetch or export the"),
        ('[{"joke": "a"}', "jokes.csv:1:15: not JSON (Expecting ',' delimiter). Fetch or export the file"),
        ('{"jokes_of": {"joke": "a"}}', "jokes.csv: no column with jokes. Found the columns jokes_of. "),
    ],
)  # fmt: skip
def test_malformed_collections_are_refused_with_advice(raw: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        _parse(raw)
    assert str(error.value).startswith(message)


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), min_size=1, max_size=6))
def test_every_joke_is_kept_or_dropped_in_csv_and_in_json(jokes: list[tuple[str, str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([("setup", "punchline"), *jokes])
    lines = "\n".join(json.dumps({"setup": setup, "punchline": punchline}) for setup, punchline in jokes)
    texts = []
    for raw in (stream.getvalue(), lines):
        segments, rejects = _parse(raw)
        assert len(segments) + len(rejects) == len(jokes)
        assert all(0 <= piece["start"] < piece["end"] <= len(raw) for piece in [*segments, *rejects])
        texts.append([segment["text"] for segment in segments])
    assert texts[0] == texts[1]


@given(st.text(alphabet='joke,"\n\r{}[]:;|a1', max_size=80))
def test_any_text_is_read_or_refused(raw: str) -> None:
    try:
        segments, rejects = _parse(raw)
    except InputError:
        return
    assert all(0 <= piece["start"] < piece["end"] <= len(raw) for piece in [*segments, *rejects])
