"""A small copy of what the stages leave behind: one book, from the raw file to training rows."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from builders import document, passage, segment

from twainbot.cli import main
from twainbot.files import content_id, sha256_file, write_jsonl, write_parquet
from twainbot.records import DOCUMENT, PASSAGE, SEGMENT

HEADER = "A header that is no part of the book.\n\n"
PARAGRAPHS = ("The pilot said the river was low.", "It rose in the night, and he said nothing.")


@pytest.fixture
def twainbot(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run the command line in this process; its exit status."""

    def run(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["twainbot", *arguments])
        try:
            main()
        except SystemExit as end:
            if isinstance(end.code, str):
                print(end.code, file=sys.stderr)
                return 1
            return int(end.code or 0)
        return 0

    return run


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str, str]:
    """(folder, which is also the current one; id of a row with a source; id of a generated row)."""
    raw = tmp_path / "data/raw/book.txt"
    raw.parent.mkdir(parents=True)
    text = HEADER + "\n\n".join(PARAGRAPHS)
    raw.write_text(text, encoding="utf-8")
    source = document(url="https://example.org/book", raw_sha256=sha256_file(raw))
    segments = [
        segment(part, number, start=text.index(part), end=text.index(part) + len(part))
        for number, part in enumerate(PARAGRAPHS)
    ]
    joined = "\n\n".join(PARAGRAPHS)
    start, end = segments[0]["start"], segments[1]["end"]
    made = passage(
        joined,
        id=content_id("pas", "doc-1", str(start), str(end), joined),
        segments=[part["id"] for part in segments],
        start=start,
        end=end,
        tone="wry",
        domain="river",
    )
    messages = [{"role": "user", "content": "How is the river?"}, {"role": "assistant", "content": joined}]
    wire = json.dumps(messages, ensure_ascii=False)
    row = {
        "id": content_id("row", "talk", made["id"], wire),
        "messages": messages,
        "tools": None,
        "origin": "human",
        "template_id": "talk",
        "parents": [made["id"]],
        "split": "train",
    }
    generated = row | {"id": "ep-1", "origin": "synthetic", "template_id": "call", "parents": []}
    text_row = {"id": "text-1", "text": joined, "parents": [made["id"]], "split": "train"}
    write_parquet(tmp_path / "data/parsed/documents.parquet", [source], DOCUMENT)
    write_parquet(tmp_path / "data/parsed/segments.parquet", segments, SEGMENT)
    write_parquet(tmp_path / "data/tag/passages.parquet", [made], PASSAGE)
    sides = [messages[:1], messages[1:], [{"role": "assistant", "content": "It is a river."}]]
    pair = {
        "id": content_id("pair", "bland", row["id"], json.dumps(sides, ensure_ascii=False)),
        **dict(zip(("prompt", "chosen", "rejected"), sides, strict=True)),
        "tools": None,
        "flaw": "bland",
        "parents": [row["id"]],
        "split": "train",
    }
    train = {
        "style": [row],
        "tools": [generated],
        "combined": [row, generated],
        "dapt": [text_row],
        "prefs": [pair],
    }
    for mix, rows in train.items():
        for split in ("train", "val", "test"):
            write_jsonl(tmp_path / f"data/split/{mix}/{split}.jsonl", rows if split == "train" else [])
    monkeypatch.chdir(tmp_path)
    return tmp_path, row["id"], generated["id"]
