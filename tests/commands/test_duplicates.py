"""``twainbot duplicates``: a cluster, from any of its members."""

from __future__ import annotations

import pytest
from builders import passage
from near_copies import RULES

from twainbot.commands.duplicates import word_diff
from twainbot.files import write_parquet
from twainbot.records import DUPLICATE, PASSAGE
from twainbot.text.dedupe import dedupe

TEXT = "The ferry was late again today, so the mayor gave a speech to the river."
KEPT, COPY, NEAR, OTHER = (f"pas-{number:016x}" for number in (1, 2, 3, 0xFFFF))


@pytest.fixture
def clusters(tmp_path, monkeypatch):
    near = TEXT.replace("mayor", "Mayor").replace("speech", "sermon")
    passages = [
        passage(TEXT, 1, segments=["seg-1"]),
        passage(TEXT, 2, quality=0.8, segments=["seg-2"], source_id="other", section="CHAPTER IX"),
        passage(near, 3, quality=0.7, segments=["seg-3", "seg-4"]),
        passage("Nothing like it was ever said by anyone.", 0xFFFF, segments=["seg-4"], holdout=True),
    ]
    result = dedupe(passages, RULES)
    write_parquet(tmp_path / "data/clean/passages.parquet", passages, PASSAGE)
    write_parquet(tmp_path / "data/dedupe/clusters.parquet", result.duplicates, DUPLICATE)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("record", [KEPT, COPY, NEAR, "seg-1", "seg-2", "seg-3"])
def test_every_member_shows_the_whole_cluster(twainbot, clusters, capsys, record):
    assert twainbot("duplicates", record) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("clu-")
    # 14 bigrams, two of them changed: 12 / 16.
    assert lines[0].endswith(": 3 copies, 1 kept")
    assert lines[1:] == [
        f"kept     {KEPT}  book, CHAPTER I, quality 0.900",
        f"    | {TEXT}",
        f"removed  {NEAR}  book, CHAPTER I, quality 0.700",
        "    similarity 0.750 of word 2-grams",
        "    | … was late again today, so the [-mayor-] {+Mayor+} gave a [-speech-] {+sermon+} to the river.",
        f"removed  {COPY}  other, CHAPTER IX, quality 0.800",
        "    similarity 1.000 of word 2-grams",
        "    | the same text",
    ]


def test_a_passage_without_copies_says_so(twainbot, clusters, capsys):
    assert twainbot("duplicates", OTHER) == 0
    assert capsys.readouterr().out == (
        f"{OTHER}  book, CHAPTER I, quality 0.900, held out: no near-duplicate, nothing was removed for it\n"
    )


def test_a_segment_of_several_passages_shows_each(twainbot, clusters, capsys):
    assert twainbot("duplicates", "seg-4") == 0
    out = capsys.readouterr().out
    assert "3 copies, 1 kept" in out
    assert f"{OTHER}  book" in out


@pytest.mark.parametrize(
    ("record", "hint"),
    [
        (KEPT[:-1], f"Near it: {KEPT}, {COPY}, {NEAR}."),  # cut when it was copied
        (OTHER.replace("f", "e", 1), f"Near it: {OTHER}"),
        ("nonsense", "Ids begin with pas- or seg-"),
    ],
)
def test_an_unknown_id_names_near_ones(twainbot, clusters, capsys, record, hint):
    assert twainbot("duplicates", record) == 1
    error = capsys.readouterr().err
    assert f"has the id {record!r}" in error
    assert hint in error


def test_before_the_stages_ran(twainbot, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert twainbot("duplicates", KEPT) == 1
    assert (
        "data/clean/passages.parquet does not exist. Run `dvc repro dedupe` first" in capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a b c", "a b c", "a b c"),
        ("a b c", "a x c", "a [-b-] {+x+} c"),
        ("a b", "a b c", "a b {+c+}"),
        ("a b", "b", "[-a-] b"),
        ("1 2 3 4 5 6 7", "1 2 3 4 5 6 7 b", "… 2 3 4 5 6 7 {+b+}"),
        ("1 2 3 4 5 6 7 a", "1 2 3 4 5 6 7 b", "… 2 3 4 5 6 7 [-a-] {+b+}"),
        ("a 1 2 3 4 5 6 7 8 9 10 11 12 13 b", "x 1 2 3 4 5 6 7 8 9 10 11 12 13 y",
         "[-a-] {+x+} 1 2 3 4 5 6 … 8 9 10 11 12 13 [-b-] {+y+}"),
    ],
)  # fmt: skip
def test_word_diff(old, new, expected):
    assert word_diff(old, new) == expected
