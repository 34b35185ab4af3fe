import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.report.corpus.rejects import CONTEXT, example, languages, matched_span, rules, without_slurs
from twainbot.text.safety import word_hash

SLURS = frozenset({word_hash("grubword")})


def reject(text, detail="", start=0, reason="slur"):
    return {
        "id": "seg-1", "doc_id": "doc-1", "source_id": "book", "stage": "clean", "reason": reason,
        "detail": detail, "start": start, "end": start + len(text), "text": text,
    }  # fmt: skip


def test_rules_are_counted_by_stage_with_the_busiest_first(corpus):
    found = [(rule.stage, rule.reason, rule.records) for rule in rules(corpus, seed=1)]
    assert found == [
        ("parse", "boilerplate", 2),
        ("parse", "heading", 1),
        ("clean", "language", 2),
        ("clean", "slur", 1),
        ("dedupe", "duplicate", 2),
    ]
    assert rules(corpus, seed=1)[-1].sources == [("almanac", 1), ("news", 1)]


def test_examples_depend_on_the_seed_only(corpus):
    assert rules(corpus, seed=1) == rules(corpus, seed=1)
    corpus.rejects.reverse()
    again = {rule.reason: rule.examples for rule in rules(corpus, seed=1)}
    corpus.rejects.reverse()
    assert {rule.reason: rule.examples for rule in rules(corpus, seed=1)} == again


@pytest.mark.parametrize(
    ("text", "detail", "start", "matched"),
    [
        ("It was a Bad day", "bad", 0, "Bad"),
        ("A badge is not bad", "bad", 0, "bad"),
        ("It was a bad day", "bad @ 9:12", 0, "bad"),
        ("It was a bad day", "profanity: bad @9:12; more @ 0:2", 0, "bad"),
        ("It was a bad day", "bad @ 509:512", 500, "bad"),  # counted in the raw file
        ("It was a bad day", "bad @ 70:80", 0, "bad"),  # of another text: the words decide
        ("It was a bad day", "de", 0, None),
        ("It was a bad day", "de @ 0:16", 0, None),  # a verdict on the whole text
        ("Bad day", "bad @ 0:3", 0, "Bad"),
        ("It was a bad day", "", 0, None),
        ("It was a bad day", "12 words", 0, None),
        ("It was a bad day", "@ 5:5", 0, None),
    ],
)
def test_the_matched_span_is_read_from_the_detail(text, detail, start, matched):
    span = matched_span(reject(text, detail, start))
    assert (text[span[0] : span[1]] if span else None) == matched


@given(st.text(max_size=80), st.text(alphabet="ab @:0123456789", max_size=20), st.integers(0, 50))
def test_a_span_lies_within_the_text_and_the_excerpt_holds_it(text, detail, start):
    row = reject(text, detail, start)
    span = matched_span(row)
    assert span is None or 0 <= span[0] < span[1] <= len(text)
    shown = example(row, frozenset())
    assert bool(shown.match) == (span is not None)


def test_slurs_and_personal_data_are_covered_in_an_example():
    shown = example(
        reject("Such a Grubword's tale, write to nobody@example.org.", "grubword's"), frozenset(SLURS)
    )
    assert (shown.before, shown.match) == ("Such a ", "G•••••••••")
    assert shown.after == " tale, write to <EMAIL>."
    assert "rubword" not in shown.detail


def test_covering_keeps_the_length_and_every_other_word():
    text = "Grubwords, grubword and GRUBWORD; grubwordless"
    covered = without_slurs(text, SLURS)
    assert covered == "G••••••••, g••••••• and G•••••••; grubwordless"


def test_long_texts_are_cut_around_the_match():
    shown = example(reject("a" * 500 + " bad " + "b" * 500, "bad"), frozenset())
    assert shown.before == "…" + "a" * (CONTEXT - 1) + " "
    assert shown.after == " " + "b" * (CONTEXT - 1) + "…"


def test_languages_are_counted_from_the_details(corpus):
    total, by_source = languages(corpus)
    assert total == [("de", 1), ("fr", 1)]
    assert [(row.source, row.dropped, row.segments) for row in by_source] == [("almanac", 2, 6)]
