"""Input that nobody wants: each is cleaned without a crash, kept or dropped with its reason, and soon."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from builders import document, n_words, segment, source
from hypothesis import given
from hypothesis import strategies as st

from twainbot.records import PASSAGE, REJECT
from twainbot.text.clean import Cleaned, clean_document
from twainbot.text.filters import CleanRules, clean_text

RULES = CleanRules(
    window_tokens=128,
    max_tokens=256,
    min_words={"book": 3, "play": 1, "post": 2, "fact": 1},
    language="en",
    language_profiles=("en", "de", "fr"),
    language_min_words=10,
    language_seed=0,
    html_kinds=frozenset({"post"}),
    slurs=frozenset(),
    personal_data={"post": ("email", "phone", "address", "account")},
    phone_regions={"post": ("US", "GB")},
    book_family="chapter",
)


def post(text: str) -> Cleaned:
    found = segment(text, id="seg-1", kind="post", section="news")
    return clean_document(document(kind="post"), [found], source(), n_words, RULES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Rain\x00 sues\x00 town", "Rain sues town", id="null bytes"),
        pytest.param("Rain \ud83d sues \udc00 town", "Rain \ufffd sues \ufffd town", id="lone surrogates"),
        pytest.param("\u202eRain\u202c sues \u200ftown\u200e", "Rain sues town", id="marks of direction"),
        pytest.param("Ra\u200bin s\u00adues\u2060 town\ufeff", "Rain sues town", id="zero width"),
        pytest.param("Rain\x07 sues\x1b[0m town\x7f\x85", "Rain sues town...", id="control characters"),
        pytest.param("Itâ€™s raining in the cafÃ©", "It's raining in the café", id="mojibake"),
        pytest.param(
            "<div><p>Rain &amp;amp; <b>hail</b><script>x()</script></p><!-- y --><br>sue town</div>",
            "Rain & hail\n\nsue town",
            id="HTML soup",
        ),
        pytest.param("&lt;p&gt;Rain &#x200B;sues town&lt;/p", "Rain sues town</p", id="broken escapes"),
    ],
)
def test_mended(text: str, expected: str) -> None:
    (passage,) = post(text).passages
    assert passage["text"] == expected


@pytest.mark.parametrize(
    ("text", "reason", "detail"),
    [
        pytest.param("😀😀 🎉👨‍👩‍👧", "too_short", "no words", id="only emoji"),
        pytest.param("\x00\u200b\u202e \n", "too_short", "no words", id="nothing visible"),
        pytest.param("Дождь идёт весь день. It rained.", "language", "cyrillic script @ 0:32", id="scripts"),
        pytest.param(
            "It rained. Wir hatten den ganzen Nachmittag vor uns und nichts darin als die Sonne.",
            "language",
            "de @ 0:83",
            id="mixed languages",
        ),
        pytest.param("na " * 300, "too_long", "300 tokens", id="no sentence ends"),
    ],
)
def test_dropped(text: str, reason: str, detail: str) -> None:
    result = post(text)
    assert result.passages == []
    (reject,) = result.rejects
    assert (reject["reason"], reject["detail"]) == (reason, detail)


FAST = ("a", "a.b.", "Rain. ")
SLOW = ("1 ", "555-", "@a", "u/a", "<b", "&amp;", "14 Larch ", "é’", "!'", "<script>", "<!--")


@pytest.mark.parametrize("unit", [*FAST, *(pytest.param(unit, marks=pytest.mark.slow) for unit in SLOW)])
@pytest.mark.parametrize("kind", ["book", "post"])
def test_a_line_of_a_megabyte_is_cleaned_soon(unit: str, kind: str) -> None:
    text = unit * (1_000_000 // len(unit))
    rules = replace(RULES, personal_data={kind: ("email", "phone", "address", "account")})
    started = time.process_time()
    found = segment(text, id="seg-1", kind=kind)
    result = clean_document(document(kind=kind), [found], source(), n_words, rules)
    assert result.passages or result.rejects
    # Linear: a second or two on a slow machine. What is quadratic takes minutes.
    assert time.process_time() - started < 20


PIECES = st.sampled_from(
    [
        "&amp;",
        "&lt;",
        "b&gt;",
        "<b>",
        "＜i＞",
        "â€™",
        "Ã",
        "©",
        "é",
        "a@b.org",
        "u/abc",
        "+44 20 7946 0958",
        "\u200b",
        " ",
        "x",
        "\n",
    ]
)


@given(st.lists(PIECES, max_size=10).map("".join))
def test_cleaning_its_own_output_changes_nothing(text: str) -> None:
    once, _ = clean_text(text, "post", RULES)
    assert clean_text(once, "post", RULES) == (once, [])


@given(st.text(max_size=200))
def test_any_text_gives_records_that_can_be_written(text: str) -> None:
    import pyarrow as pa

    result = post(text)
    assert len(result.passages) + len(result.rejects) == 1
    pa.Table.from_pylist(list(result.passages), schema=PASSAGE)
    pa.Table.from_pylist(
        [{**r, "text": r["text"].encode(errors="replace")} for r in result.rejects], schema=REJECT
    )
