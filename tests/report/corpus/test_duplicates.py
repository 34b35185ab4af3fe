from dataclasses import replace

from twainbot.report.corpus.duplicates import duplicates


def test_clusters_pairs_and_similarities(corpus):
    found = duplicates(corpus)
    assert (found.passages, found.removed) == (7, 2)
    assert found.sizes == [(3, 1)]
    assert found.similarities == [0.812, 1.0]
    assert found.pairs == [("almanac", "news", 1), ("news", "news", 1)]
    (cluster,) = found.largest
    assert (cluster.kept_id, cluster.kept_source, cluster.size) == ("pas-0000000000000003", "news", 3)
    assert [copy.id for copy in cluster.removed] == ["pas-copy", "pas-same"]


def test_what_differs_from_the_kept_copy_is_marked_word_by_word(corpus):
    (call,) = duplicates(corpus).closest
    assert [copy.pieces for copy in call.removed] == [
        [("same", "Fog reports itself "), ("kept", "missing"), ("removed", "lost")]
    ]


def test_no_duplicates(empty):
    found = duplicates(empty)
    assert (found.removed, found.sizes, found.pairs, found.largest, found.closest) == (0, [], [], [], [])


def test_a_copy_whose_detail_names_nobody_is_still_counted(corpus):
    odd = [{**row, "detail": "same as another"} for row in corpus.rejects]
    found = duplicates(replace(corpus, rejects=odd))
    assert (found.removed, found.sizes) == (2, [])


def test_a_kept_passage_that_a_later_stage_dropped(corpus):
    (cluster,) = duplicates(replace(corpus, passages=[])).largest
    assert (cluster.kept_source, cluster.kept_text) == ("dropped later", "")
