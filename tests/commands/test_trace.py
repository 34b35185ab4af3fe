from __future__ import annotations

import pytest

from twainbot.files import read_jsonl, write_jsonl


def test_every_link_is_shown_with_what_a_reader_wants(twainbot, built, capsys):
    _, row, _ = built
    assert twainbot("trace", row) == 0
    out = capsys.readouterr().out
    lines = [line for line in out.splitlines() if "|" not in line]
    headings = [line.split()[0] for line in lines if line.endswith("  ok")]
    # Two segments of one document: the document is printed once.
    assert headings == ["row", "passage", "segment", "document", "raw", "segment"]
    assert [len(line) - len(line.lstrip()) for line in lines if line.endswith("  ok")] == [0, 2, 4, 6, 8, 4]
    assert "A Book, An Author; licence CC0" in out
    assert "https://example.org/book" in out
    assert "| It rose in the night, and he said nothing." in out
    assert out.endswith("6 links, all ok\n")


@pytest.mark.parametrize("change", ["The pilot said the river was high.", "\ufffd"])
def test_a_changed_raw_file_breaks_its_links(twainbot, built, capsys, change):
    root, row, _ = built
    raw = root / "data/raw/book.txt"
    raw.write_text(raw.read_text(encoding="utf-8").replace("The pilot said the river was low.", change))
    assert twainbot("trace", row) == 1
    out = capsys.readouterr().out
    assert "BROKEN: its words do not occur in characters 39 to 72 of book.txt" in out
    assert "BROKEN: the file's sha256 is now" in out
    assert "broken" in out.splitlines()[-1]


def test_long_text_is_cut(twainbot, built, capsys):
    root, row, _ = built
    split = root / "data/split/style/train.jsonl"
    split.write_text(split.read_text(encoding="utf-8").replace("river was low", "river " + "x" * 400))
    assert twainbot("trace", row) == 1
    shown = next(line for line in capsys.readouterr().out.splitlines() if "xxx" in line)
    assert "… (" in shown
    assert len(shown) < 350


def test_random_rows_in_one_line(twainbot, built, capsys):
    assert twainbot("trace", "--random", "50", "--seed", "3") == 0
    assert capsys.readouterr().out == (
        "4 of 4 training rows walked (seed 3): 4 ok, 0 broken; 1 generated, without a source\n"
    )


def test_random_rows_name_the_broken_ones(twainbot, built, capsys):
    root, row, _ = built
    (root / "data/raw/book.txt").unlink()
    assert twainbot("trace", "--random", "50") == 1
    out = capsys.readouterr().out
    assert "1 ok, 3 broken" in out
    assert f"{row}  BROKEN: " in out


@pytest.mark.parametrize("record", ["row-0", "nonsense", "pack:style", "pack:style:0"])
def test_an_unknown_record_is_a_sentence(twainbot, built, capsys, record):
    assert twainbot("trace", record) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("twainbot: ")
    assert "Traceback" not in captured.err


@pytest.mark.parametrize("arguments", [[], ["row-1", "--random", "2"]])
def test_one_way_of_choosing_records(twainbot, capsys, arguments):
    assert twainbot("trace", *arguments) == 2
    assert "give an ID or --random N" in capsys.readouterr().err


def test_a_pair_leads_to_the_row_it_is_made_of(twainbot, built, capsys):
    root, row, _ = built
    path = root / "data/split/prefs/train.jsonl"
    pair = read_jsonl(path)[0]
    assert twainbot("trace", pair["id"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"pair {pair['id']}  ok\n    train, rejected as bland\n    | It is a river.")
    assert f"  row {row}  ok" in out
    write_jsonl(path, [pair | {"chosen": [{"role": "assistant", "content": "Something else."}]}])
    assert twainbot("trace", pair["id"]) == 1
    assert f"what is chosen is not the answer of {row}" in capsys.readouterr().out
