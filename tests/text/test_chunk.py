"""Windows: every segment once, in order, within one section."""

from __future__ import annotations

import pytest
from builders import n_words, segment
from hypothesis import given
from hypothesis import strategies as st

from twainbot.text.chunk import cut, cut_cost, overlap, windows

BUDGET = 12
sections = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["book", "play", "post"]),
        st.lists(st.integers(1, 20), min_size=1, max_size=8),
    ),
    max_size=5,
)


def book(*sizes: int) -> list[list[int]]:
    texts = [" ".join(["word"] * size) for size in sizes]
    return windows([segment(text, i) for i, text in enumerate(texts)], texts, n_words, BUDGET)


@given(sections)
def test_every_index_once_in_order_and_no_section_crossed(layout: list[tuple[int, str, list[int]]]) -> None:
    segments = [
        segment(" ".join(["word"] * size), doc_id=f"doc-{number}-{doc}", section=f"S{number}", kind=kind)
        for number, (doc, kind, sizes) in enumerate(layout)
        for size in sizes
    ]
    texts = [s["text"] for s in segments]
    found = windows(segments, texts, n_words, BUDGET)
    assert [index for window in found for index in window] == list(range(len(segments)))
    for window in found:
        assert len({(segments[i]["doc_id"], segments[i]["section"]) for i in window}) == 1
        if segments[window[0]]["kind"] != "book":
            assert len(window) == 1
        if len(window) > 1:
            assert sum(n_words(texts[i]) for i in window) <= BUDGET * 4 / 3


def test_paragraphs_are_joined_up_to_the_budget() -> None:
    assert book(6, 6, 6, 5) == [[0, 1], [2, 3]]


def test_a_scrap_joins_the_window_before_it() -> None:
    # 3 words are under a third of 12, and 12 + 3 is within 16.
    assert book(6, 6, 3) == [[0, 1, 2]]


def test_what_is_no_scrap_stands_alone() -> None:
    assert book(6, 6, 4) == [[0, 1], [2]]


def test_a_scrap_does_not_join_a_window_that_is_too_long_already() -> None:
    assert book(20, 3) == [[0], [1]]


def test_a_long_paragraph_is_alone() -> None:
    assert book(5, 20, 5) == [[0], [1], [2]]


def test_windows_do_not_depend_on_the_section_before() -> None:
    texts = [" ".join(["word"] * size) for size in (5, 4, 6, 7)]
    with_header = [segment(t, i, section="HEAD" if i < 2 else "I") for i, t in enumerate(texts)]
    without = with_header[2:]
    assert [[i - 2 for i in w] for w in windows(with_header, texts, n_words, BUDGET)[1:]] == windows(
        without, texts[2:], n_words, BUDGET
    )


def paragraphs(*texts: str) -> list[list[int]]:
    return windows([segment(text, i) for i, text in enumerate(texts)], texts, n_words, BUDGET)


@given(st.lists(st.integers(1, 20), max_size=8), st.lists(st.integers(1, 20), min_size=1, max_size=8))
def test_windows_are_the_same_after_any_header(header: list[int], chapter: list[int]) -> None:
    texts = [" ".join(["word"] * size) for size in [*header, *chapter]]
    segments = [segment(t, i, section="HEAD" if i < len(header) else "I") for i, t in enumerate(texts)]
    alone = windows(segments[len(header) :], texts[len(header) :], n_words, BUDGET)
    after = [window for window in windows(segments, texts, n_words, BUDGET) if window[0] >= len(header)]
    assert [[index - len(header) for index in window] for window in after] == alone


def test_a_question_stays_with_its_reply() -> None:
    # Six and four words would fit; the question goes with its reply.
    assert paragraphs('"The rain came on a little."', '"Is it wet, sir?"', '"It is wet."') == [[0], [1, 2]]


def test_a_question_is_parted_from_its_reply_when_the_window_does_not_allow() -> None:
    long_question = '"' + "Is it wet " * 2 + 'today?"'
    assert paragraphs(long_question, '"It is wet, I think, in all of the county."') == [[0], [1]]


def test_a_cut_is_before_narration_rather_than_between_turns() -> None:
    turns = ('"So it did, sir."', '"It will again."')
    assert paragraphs('"It rained all day long here."', "He went home.", *turns) == [[0], [1, 2, 3]]


def test_narration_is_filled_to_the_budget() -> None:
    four, three, five = "One two three four.", "One two three.", "One two three four five."
    assert paragraphs(four, four, three, five) == [[0, 1, 2], [3]]


@pytest.mark.parametrize(
    ("before", "after", "cost"),
    [
        ("It rained.", "He left.", 0),
        ("It rained.", '"So it did."', 1),
        ('"It rained."', '"So it did."', 1),
        ('"Did it rain?"', '"So it did."', 2),
        ('"Did it rain?" he asked.', '"So it did."', 1),
        ('"Did it rain?"', "He left.", 0),
        ("He said:", '"It rained."', 2),
        ("He went to the", "River.", 2),
        ("O'er the hill;", "And down again.", 2),
    ],
)
def test_cut_cost(before: str, after: str, cost: int) -> None:
    assert cut_cost(before, after) == cost


def test_a_verse_without_sentence_ends_is_cut_at_line_ends() -> None:
    lines = [f"and on line number {word} of it" for word in ("one", "two", "three", "four")]
    verse = "\n".join(lines)
    assert cut(verse, n_words, BUDGET) == [verse]
    assert cut(verse, n_words, BUDGET, verse=True) == lines
    assert cut(verse, n_words, 14, verse=True) == ["\n".join(lines[:2]), "\n".join(lines[2:])]


@given(st.lists(st.integers(1, 20), min_size=1, max_size=12), st.booleans())
def test_cutting_loses_and_repeats_nothing(sizes: list[int], verse: bool) -> None:
    numbers = iter(range(1000))
    text = " ".join(" ".join(f"w{next(numbers)}" for _ in range(size)) + "." for size in sizes)
    assert " ".join(cut(text, n_words, BUDGET, verse=verse)) == text


@pytest.mark.parametrize(
    ("text", "budget", "tail"),
    [
        ("One two three. Four five. Six.", 3, "Four five. Six."),
        ("One two three. Four five. Six.", 2, "Six."),
        ("One two three. Four five. Six.", 0, ""),
        # At most half of the text.
        ("One. Two three four five.", 9, ""),
        ("One two three.\n\nFour five. Six.", 9, "Four five. Six."),
        ("No end", 9, ""),
    ],
)
def test_overlap_is_whole_sentences(text: str, budget: int, tail: str) -> None:
    assert overlap(text, n_words, budget) == tail


def test_nothing_gives_nothing() -> None:
    assert windows([], [], n_words, BUDGET) == []
