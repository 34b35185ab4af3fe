from twainbot.report.counts import count_rows, reject_rows, split_rows


def test_counts_are_flat_lines_and_rejects_stand_elsewhere():
    counts = {
        "parse": {"documents": 1200, "segments": {"book": 3, "post": 1}, "rejects": {"x": 1}, "name": "text"},
        "toolcalls": {"split": {"train": 5, "val": 1, "test": 1}},
        "split": {"style": {"train": 5, "val": 1, "test": 1}, "other": {"a": {"b": 0.25}}},
    }
    assert count_rows(counts) == [
        ("parse", "documents", "1,200"),
        ("parse", "segments", "book 3, post 1"),
        ("toolcalls", "split", "train 5, val 1, test 1"),
        ("split", "other", "a b 0.25"),
    ]
    assert split_rows(counts["split"]) == [("style", "5", "1", "1")]


def test_rejects_are_by_stage_then_by_number_then_by_name():
    counts = {
        "clean": {"rejects": {"b": 2, "a": 2, "c": 9, "none": 0}},
        "tag": {},
        "dedupe": {"rejects": {"s": 1}},
    }
    assert reject_rows(counts) == [
        ("clean", "c", 9),
        ("clean", "a", 2),
        ("clean", "b", 2),
        ("dedupe", "s", 1),
    ]
