"""From a row to the raw bytes and back: an untouched chain holds, and each tampered link is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from builders import document, n_words, segment, source
from hypothesis import given
from hypothesis import strategies as st

from twainbot.corpus.shown import as_read, occurs_in_order, shows
from twainbot.dataset.split import text_rows
from twainbot.dataset.style.instruct import InstructRules, Material, instruct
from twainbot.dataset.style.moments import read_moments
from twainbot.dataset.style.plain_english import read_plain_english
from twainbot.dataset.style.written import Written
from twainbot.files import InputError, read_jsonl, read_parquet, sha256_file, write_jsonl, write_parquet
from twainbot.lineage import MIXES, Lineage, Link
from twainbot.records import DOCUMENT, PASSAGE, SEGMENT
from twainbot.text.clean import clean_document
from twainbot.text.filters import CleanRules

FIRST = (
    "The ferry’s captain wrote to old.captain@river.example that the ferry would be late, and u/bob’s too."
)
SECOND = (
    "“We shall wait,” said the miller; and the captain of the ferry waited with him—an hour,\r\nthen two. "
    "He looked at the ferry and at the river until the ferry came over, and then he said that it was late."
)
RAW = f"HEADER\r\n\r\n{FIRST}\r\n\r\n{SECOND}\r\n"
LEXICONS = Path(__file__).resolve().parents[1] / "data/lexicons"
INSTRUCT = InstructRules(
    max_rows_per_persona=9,
    max_rows_per_passage=3,
    max_source_share=1.0,
    max_template_share=1.0,
    template_shares={},
    control_tag_share=0.0,
    control_tag_dropout=0.0,
    max_answer_tokens=100,
    min_imitation_change=0.01,
    seed=1,
)
RULES = CleanRules(
    window_tokens=200,
    max_tokens=400,
    min_words={"book": 1, "play": 1, "post": 1, "fact": 1},
    language="en",
    language_profiles=("en", "de"),
    language_min_words=10,
    language_seed=0,
    slurs=frozenset(),
    personal_data={"book": ("email", "account")},
    book_family="chapter",
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The outputs of the stages over one small raw file."""
    raw = tmp_path / "data/raw/book.txt"
    raw.parent.mkdir(parents=True)
    raw.write_bytes(RAW.encode("utf-8"))
    documents = [document(doc_id="doc-1", path="book.txt", raw_sha256=sha256_file(raw))]
    segments = []
    for number, text in enumerate((FIRST, SECOND)):
        start = RAW.index(text)
        parsed = text.replace("\r\n", " ")
        segments.append(
            segment(parsed, number, section=f"CHAPTER {number}", start=start, end=start + len(text))
        )
    passages = clean_document(documents[0], segments, source(), n_words, RULES).passages
    material = Material(
        personas={"twain": {"system_prompt": "You are a pilot."}},
        prompts={"continue": ["{opening}"], "imitate": ["{text}"]}
        | {name: ["{topic}"] for name in ("talk", "question", "weather", "maxim")},
        moments=read_moments(LEXICONS / "moments.yaml", []),
        plain=read_plain_english(LEXICONS / "plain_english.yaml"),
        n_tokens=n_words,
        written=[Written("refuse", "refuse/door", "May I?", "twain", "No.", "general")],
    )
    rows = instruct(passages, material, INSTRUCT).kept
    assert {row["origin"] for row in rows} == {"human", "synthetic"}
    write_parquet(tmp_path / "data/parsed/documents.parquet", documents, DOCUMENT)
    write_parquet(tmp_path / "data/parsed/segments.parquet", segments, SEGMENT)
    write_parquet(tmp_path / "data/tag/passages.parquet", passages, PASSAGE)
    for mix in MIXES:
        for split in ("train", "val", "test"):
            write_jsonl(tmp_path / f"data/split/{mix}/{split}.jsonl", [])
    write_jsonl(tmp_path / "data/split/style/train.jsonl", [{**row, "split": "train"} for row in rows])
    texts = text_rows(passages, dict.fromkeys([p["family"] for p in passages], "train"))
    write_jsonl(tmp_path / "data/split/dapt/train.jsonl", texts)
    names = [rows[0]["id"], str(texts[1]["id"])]
    write_jsonl(tmp_path / "models/adapters/style/packs.jsonl", [{"pack": 0, "rows": names}])
    return tmp_path


def ids(repository: Path, table: str) -> list[str]:
    path = repository / table
    return [row["id"] for row in (read_jsonl(path) if path.suffix == ".jsonl" else read_parquet(path))]


def problems(links: list[Link]) -> dict[str, str]:
    return {link.level: " ".join(link.problems) for link in links if link.problems}


def edit(path: Path, schema: Any, change: Any) -> None:
    rows = read_parquet(path)
    for row in rows:
        change(row)
    write_parquet(path, rows, schema)


def test_an_untouched_chain_holds_from_every_row(repository: Path) -> None:
    rows = ids(repository, "data/split/style/train.jsonl") + ids(repository, "data/split/dapt/train.jsonl")
    rows = [row for row in rows if Lineage(repository).rows[row]["parents"]]
    assert len(rows) >= 4
    for row in rows:
        links = list(Lineage(repository).trace(row))
        assert [link.level for link in links] == ["row", "passage", "segment", "document", "raw"]
        assert problems(links) == {}
        # The segment's text is the characters of the raw file, as they stand there.
        assert links[2].text in (FIRST, SECOND)
        assert links[2].text in RAW


def test_a_pack_leads_to_all_its_rows(repository: Path) -> None:
    links = list(Lineage(repository).trace("pack:style:0"))
    assert [link.level for link in links].count("raw") == 2
    with pytest.raises(InputError, match="packs 0 to 0; there is no 7"):
        list(Lineage(repository).trace("pack:style:7"))


@pytest.mark.parametrize("start", ["passage", "segment", "document"])
def test_a_trace_may_start_anywhere(repository: Path, start: str) -> None:
    first = {
        "passage": ids(repository, "data/tag/passages.parquet")[0],
        "segment": ids(repository, "data/parsed/segments.parquet")[0],
        "document": "doc-1",
    }[start]
    assert next(Lineage(repository).trace(first)).level == start


def test_a_changed_raw_file_is_noticed(repository: Path) -> None:
    (repository / "data/raw/book.txt").write_bytes(b"\xff" + RAW.replace("miller", "baker").encode("utf-8"))
    links = list(Lineage(repository).trace(ids(repository, "data/tag/passages.parquet")[1]))
    assert problems(links).keys() == {"segment", "raw"}
    assert "sha256 is now" in problems(links)["raw"]


def test_a_shifted_span_is_noticed(repository: Path) -> None:
    def shift(row: dict[str, Any]) -> None:
        row["start"] += 40

    edit(repository / "data/parsed/segments.parquet", SEGMENT, shift)
    links = list(Lineage(repository).trace(ids(repository, "data/parsed/segments.parquet")[0]))
    assert "content gives the id seg-" in problems(links)["segment"]
    assert "do not occur" in problems(links)["segment"]


def test_invented_words_in_a_passage_are_noticed(repository: Path) -> None:
    def invent(row: dict[str, Any]) -> None:
        row["text"] += " And a zeppelin."

    edit(repository / "data/tag/passages.parquet", PASSAGE, invent)
    found = problems(list(Lineage(repository).trace(ids(repository, "data/tag/passages.parquet")[0])))
    assert "content gives the id pas-" in found["passage"]
    assert "not those of its segments" in found["passage"]


@pytest.mark.parametrize("mix", ["style", "dapt"])
def test_invented_words_in_a_row_are_noticed(repository: Path, mix: str) -> None:
    path = repository / f"data/split/{mix}/train.jsonl"
    rows = read_jsonl(path)
    for row in rows:
        if mix == "style":
            row["messages"][-1]["content"] += " And a zeppelin."
        else:
            row["text"] += " And a zeppelin."
    write_jsonl(path, rows)
    found = problems(list(Lineage(repository).trace(rows[0]["id"])))
    assert "not those of its passage" in found["row"]
    assert ("content gives the id row-" in found["row"]) == (mix == "style")


def test_a_written_row_names_its_file_and_its_entry(repository: Path) -> None:
    path = repository / "data/split/style/train.jsonl"
    (written,) = [row for row in read_jsonl(path) if not row["parents"]]
    (link,) = Lineage(repository).trace(written["id"])
    assert link.summary == (
        "train, refuse, synthetic: generated by data/prompts/refusals.yaml, entry refuse/door, has no source"
    )
    assert link.problems == ()
    written["messages"][-1]["content"] = "Yes."
    write_jsonl(path, [written])
    (link,) = Lineage(repository).trace(written["id"])
    assert "content gives the id row-" in link.problems[0]


def test_a_synthetic_row_says_that_it_has_no_source(repository: Path) -> None:
    row = {
        "id": "ep-1", "messages": [{"role": "assistant", "content": "Dry."}], "parents": [], "split": "train",
        "template_id": "call", "origin": "synthetic",
    }  # fmt: skip
    write_jsonl(repository / "data/split/tools/train.jsonl", [row])
    (link,) = Lineage(repository).trace("ep-1")
    assert link.summary.endswith("generated, has no source")


@pytest.mark.parametrize(
    ("record_id", "message"),
    [
        ("row-0000", "not in data/split"),
        ("seg-0000", "not in data/parsed"),
        ("nonsense", "not an id of this repository"),
    ],
)
def test_unknown_ids(repository: Path, record_id: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(Lineage(repository).trace(record_id))


def test_before_the_stages_have_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="dvc repro"):
        list(Lineage(tmp_path).trace("pas-1"))


def test_a_missing_raw_file_says_how_to_get_it(repository: Path) -> None:
    (repository / "data/raw/book.txt").unlink()
    with pytest.raises(InputError, match="dvc repro fetch"):
        list(Lineage(repository).trace("doc-1"))


@given(st.lists(st.integers(0, 3), max_size=8), st.data())
def test_parts_in_order_occur_and_others_do_not(haystack: list[int], data: st.DataObject) -> None:
    keep = data.draw(st.lists(st.booleans(), min_size=len(haystack), max_size=len(haystack)))
    needle = [str(n) for n, kept in zip(haystack, keep, strict=True) if kept]
    assert occurs_in_order(needle, map(str, haystack))
    assert not occurs_in_order([*needle, "9"], map(str, haystack))
    assert not occurs_in_order([*map(str, haystack), "0"], map(str, haystack))


@pytest.mark.parametrize(
    ("span", "path", "text"),
    [
        ('7,"It said ""no"".",Why did it rain?', "a.csv", 'Why did it rain?\n\nIt said "no".'),
        (
            '{"body": "To\\n\\nget &amp;amp; give", "title": "Why?", "n": 3}',
            "a.jsonl",
            "Why?\n\nTo\n\nget & give",
        ),
        ('{"kind": "t3", "data": {"title": "Why?"}}', "a.json", "Why?"),
        ('find the <b>fer</b>ry,\\nhe &quot;said\\"', "a.jsonl", 'find the ferry, he "said"'),
        ("E = mc^2 and ^(small) caf\u0065\u0301", "a.csv", "E = mc2 and small caf\u00e9"),
    ],
)
def test_a_span_shows_its_text_whatever_it_is_written_in(span: str, path: str, text: str) -> None:
    assert shows(as_read(span, path), text)
    assert not shows(as_read(span, path), f"{text} umbrella")
