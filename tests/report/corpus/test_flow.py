from dataclasses import replace

import pytest

from twainbot.report.corpus.flow import Loss, by_kind, combined, grouped, largest, source_flows


@pytest.fixture
def flows(corpus):
    return {flow.name: flow for flow in source_flows(corpus)}


def test_characters_after_each_step(flows):
    # 526: two passages of 300 and 200, and a copy of 26 that was removed.
    assert flows["almanac"].characters == {
        "raw": 1000, "body": 800, "segments": 700, "passages": 526, "unique": 500, "used": 300,
    }  # fmt: skip
    # The rows of a dump: 200 characters, of which the titles are 65.
    assert flows["news"].characters == {
        "raw": 200, "body": 200, "segments": 65, "passages": 65, "unique": 42, "used": 26,
    }  # fmt: skip


def test_every_lost_character_has_a_reason(flows):
    assert flows["almanac"].lost == {
        "body": {"boilerplate": Loss(2, 200)},
        "segments": {"heading": Loss(1, 20), "markup, spaces": Loss(0, 80)},
        "passages": {"language": Loss(2, 35), "slur": Loss(1, 51), "normalised": Loss(0, 88)},
        "unique": {"duplicate": Loss(1, 26)},
        "used": {"in no chat row": Loss(0, 200)},
    }
    assert flows["news"].lost["segments"] == {"other columns": Loss(0, 135)}


def test_counts_of_records(flows):
    almanac, news = flows["almanac"], flows["news"]
    assert (almanac.segments, almanac.passages, almanac.unique, almanac.rows) == (6, 3, 2, 2)
    assert (news.segments, news.passages, news.unique, news.rows) == (3, 3, 2, 1)


def test_the_kept_share_is_of_the_body_and_facts_have_none(flows):
    assert flows["almanac"].kept_share == 500 / 800
    assert flows["facts"].kept_share is None
    assert flows["facts"].lost == {step: {} for step in ("body", "segments", "passages", "unique", "used")}


def test_what_a_passage_repeats_is_not_counted_twice(corpus):
    corpus.passages[0] = {**corpus.passages[0], "flags": ["overlap:40", "topic:war"]}
    first, *_ = source_flows(corpus)
    assert (first.characters["unique"], first.characters["used"]) == (460, 260)


def test_several_documents_of_one_file_count_its_characters_once(corpus):
    second = {**corpus.documents[0], "doc_id": "doc-9", "body_start": 900, "body_end": 950}
    first, *_ = source_flows(replace(corpus, documents=[*corpus.documents, second]))
    assert first.characters["raw"] == 1000
    assert first.characters["body"] == 850


def test_kinds_and_facts_are_summed(flows):
    books = {**flows, "second": replace(flows["almanac"], name="second", persona="franklin")}
    book, post, fact = by_kind(list(books.values()))
    assert (book.kind, book.persona, book.characters["raw"]) == ("book", "franklin, twain", 2000)
    assert book.lost["body"] == {"boilerplate": Loss(4, 400)}
    assert (post.kind, fact.kind) == ("post", "fact")
    assert [flow.name for flow in grouped([*flows.values(), flows["facts"]])] == [
        "almanac", "news", "2 sets of facts",
    ]  # fmt: skip
    assert grouped(list(flows.values())) == list(flows.values())
    with pytest.raises(ValueError, match="no flow to sum"):
        combined([], "none")


def test_the_largest_losses_come_first_and_equal_ones_by_name():
    lost = {"c": Loss(1, 5), "b": Loss(9, 5), "a": Loss(1, 1), "d": Loss(0, 7)}
    assert [reason for reason, _ in largest(lost, 3)] == ["d", "b", "c"]
