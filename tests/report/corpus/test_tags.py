import pytest
from builders import passage

from twainbot.report.corpus.sample import choices, sample
from twainbot.report.corpus.tags import balance, cross_table, flag_counts, mission, selection, weather_shares
from twainbot.text import selection as text_selection


def test_balance_counts_every_passage_in_every_tag(corpus):
    found = balance(corpus.passages)
    assert found["persona"] == [("deadpan", 2), ("twain", 2), ("weather", 1)]
    assert found["device"] == [("headline", 2), ("none", 2), ("pun", 1)]
    assert all(sum(n for _, n in counts) == 5 for counts in found.values())


def test_cross_table_puts_the_largest_rows_and_columns_first(corpus):
    table = cross_table(corpus.passages, "tone", "domain")
    assert (table.rows, table.columns) == (["humorous", "wry", "plain"], ["weather", "general"])
    assert table.cells == [[1, 1], [1, 1], [1, 0]]


def test_weather_shares_have_wilsons_interval_and_leave_facts_out(corpus):
    almanac, news = weather_shares(corpus)
    assert (almanac.source, almanac.weather, almanac.n) == ("almanac", 1, 2)
    # Wilson for 1 of 2, z = 1.96: centre 0.5, half-width z/(1 + z²/2) * sqrt(0.25/2 + z²/16) = 0.4055
    assert (almanac.low, almanac.high) == pytest.approx((0.0945, 0.9055), abs=1e-3)
    assert news.source == "news"


def test_selection_counts_weather_humour_and_rows(corpus, thresholds):
    rows = selection(corpus, thresholds)
    assert [(r.persona, r.kinds, r.passages, r.weather, r.humour, r.both, r.either) for r in rows] == [
        ("deadpan", "post", 2, 1, 2, 1, 2),
        ("twain", "book", 2, 1, 2, 1, 2),
    ]
    assert [(row.rows, row.weather_rows) for row in rows] == [(1, 1), (2, 2)]
    assert [(row.persona, row.passages) for row in mission(rows)] == [
        ("Twain and Franklin", 2),
        ("Posts and jokes", 2),
    ]
    assert mission([]) == []


def test_selection_agrees_with_the_metrics_of_the_tag_stage(corpus, thresholds):
    # Foremost is another tone, and humour counts all the same.
    corpus.passages[1] |= {"tone": "didactic"}
    row = next(row for row in selection(corpus, thresholds) if row.persona == "twain")
    counted = text_selection.selection(corpus.passages, thresholds)["twain"]
    assert list(counted.values()) == [row.passages, row.weather, row.humour, row.both, row.either]
    assert (row.weather, row.humour) == (1, 2)


def test_the_sample_takes_the_sources_in_turn_and_facts_as_one(corpus):
    assert {card.source for card in sample(corpus, seed=1, size=3)} == {"almanac", "facts", "news"}
    assert len(sample(corpus, seed=1)) == 5
    assert sample(corpus, seed=1) == sample(corpus, seed=1)
    assert choices(sample(corpus, seed=1))["kind"] == ["book", "fact", "post"]


def test_one_more_passage_moves_no_other(corpus):
    before = [card.id for card in sample(corpus, seed=1)]
    corpus.passages.append({**corpus.passages[0], "id": "pas-more"})
    assert [
        card.id for card in sample(corpus, seed=1) if card.id != "pas-more" and card.source == "almanac"
    ] == [id for id in before if id in ("pas-0000000000000001", "pas-0000000000000002")]


def test_flags_are_counted_by_rule_but_topics_by_name():
    flags = [["overlap:12", "profanity:x"], ["profanity:y", "profanity:z", "topic:war"], [], ["pii:email"]]
    assert flag_counts([passage("x", flags=of) for of in flags]) == [
        ("profanity", 2),
        ("pii:email", 1),
        ("topic:war", 1),
    ]


def test_flags_of_a_passage_are_shown_where_there_are_any(corpus):
    corpus.passages[0] = {**corpus.passages[0], "flags": ["politics"]}
    assert sorted(card.flags for card in sample(corpus, seed=1))[-1] == ["politics"]
