"""Windows: every segment once, in order, within one section."""

from __future__ import annotations

from builders import n_words, segment
from hypothesis import given
from hypothesis import strategies as st

from twainbot.text.chunk import windows

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


def test_nothing_gives_nothing() -> None:
    assert windows([], [], n_words, BUDGET) == []
