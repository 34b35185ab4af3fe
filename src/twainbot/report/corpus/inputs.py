"""What the corpus page is made from: the data stages' files, read once, all missing ones named at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from twainbot.files import InputError, read_jsonl, read_parquet
from twainbot.records import Document, Passage, Reject
from twainbot.text.safety import read_slurs

DOCUMENTS = "data/parsed/documents.parquet"
SEGMENTS = "data/parsed/segments.parquet"
PASSAGES = "data/tag/passages.parquet"
ROWS = "data/instruct/examples.jsonl"
SLURS = "data/lexicons/slurs.txt"
REJECTS = {
    "parse": "data/parsed/rejects.parquet",
    "clean": "data/clean/rejects.parquet",
    "dedupe": "data/dedupe/rejects.parquet",
}


@dataclass(frozen=True)
class Corpus:
    """A corpus after tagging, and everything that was dropped on the way."""

    documents: list[Document]
    segments: dict[str, tuple[int, int]]  # source id -> number of segments, characters of their texts
    rejects: list[Reject]  # of all stages, in their order
    passages: list[Passage]
    rows: list[tuple[str, str, str]]  # of the chat rows: passage id ("" of none), persona, domain
    slurs: frozenset[str]


def read_corpus(root: Path) -> Corpus:
    """Read the outputs of the data stages under ``root``.

    Raises:
        InputError: files are missing; all of them are named.
    """
    wanted = [DOCUMENTS, SEGMENTS, *REJECTS.values(), PASSAGES, ROWS, SLURS]
    if missing := [path for path in wanted if not (root / path).is_file()]:
        raise InputError(
            f"The corpus page needs files that do not exist: {', '.join(missing)}. "
            f"`dvc repro instruct` makes them."
        )
    documents: list[Document] = read_parquet(root / DOCUMENTS)
    passages: list[Passage] = read_parquet(root / PASSAGES)
    rejects: list[Reject] = [row for path in REJECTS.values() for row in read_parquet(root / path)]
    return Corpus(
        documents,
        _segment_sizes(root / SEGMENTS),
        rejects,
        passages,
        _rows(root / ROWS),
        read_slurs(root / SLURS),
    )


def _segment_sizes(path: Path) -> dict[str, tuple[int, int]]:
    """By source; only the lengths are taken into Python: there may be many segments."""
    table = pq.read_table(path, columns=["source_id", "text"])
    lengths = table.set_column(1, "length", pc.call_function("utf8_length", [table["text"]]))
    sums = lengths.group_by("source_id").aggregate([("length", "count"), ("length", "sum")])
    rows = [(row["source_id"], row["length_count"], row["length_sum"]) for row in sums.to_pylist()]
    return {source: (n, characters) for source, n, characters in sorted(rows)}


def _rows(path: Path) -> list[tuple[str, str, str]]:
    """Of rows that are made from a passage; written answers and a teacher's jokes are of no text."""
    return [
        (row["parents"][0], row["tags"]["persona"], row["tags"]["domain"])
        for row in read_jsonl(path)
        if row["parents"] and row["parents"][0].startswith("pas-")
    ]


def seeded(ids: Iterable[str], seed: int) -> list[str]:
    """The ids in an order that depends on each id and the seed only, so that one more moves no other."""
    return sorted(ids, key=lambda found: hashlib.sha256(f"{seed}\x1f{found}".encode()).hexdigest())


def round_robin(groups: Iterable[list[str]], total: int) -> list[str]:
    """Up to ``total`` of the groups' items, one of each group in turn, each group in its own order."""
    queues = [list(reversed(group)) for group in groups]
    chosen: list[str] = []
    while any(queues) and len(chosen) < total:
        for queue in queues:
            if queue and len(chosen) < total:
                chosen.append(queue.pop())
    return chosen
