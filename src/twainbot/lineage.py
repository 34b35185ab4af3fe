"""From a training row back to the bytes it came from, every link checked.

The chain is (pair ->) row -> passages -> segments -> document -> raw file. A link is checked by doing again
what made it: ids are hashes, so they are recomputed; each line of a segment must be shown, its words in
order, by its span of the raw file; the raw file must still have the sha256 that was recorded.
"""

from __future__ import annotations

import functools
import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twainbot.corpus.shown import as_read, occurs_in_order, shows
from twainbot.dataset.teacher.answers import Answer, answer_id, generator, read_answers, said
from twainbot.files import InputError, content_id, read_jsonl, read_parquet, sha256_file
from twainbot.text.markup import without_markup
from twainbot.text.normalize import normalize, words
from twainbot.text.safety import without_placeholders

MIXES = ("style", "tools", "combined", "dapt", "prefs")


@dataclass(frozen=True)
class Link:
    """One record of the chain. ``problems`` is empty if every check held."""

    level: str  # pair, row, answer (of a teacher), passage, segment, document, raw
    id: str
    summary: str
    text: str
    problems: tuple[str, ...] = ()


class Lineage:
    """Reads the stages' outputs under ``root`` when they are first needed."""

    def __init__(self, root: Path = Path()) -> None:
        self.root = root
        self.raw = functools.cache(self._read_raw)
        self.raw_sha256 = functools.cache(self._hash_raw)

    def _table(self, path: str) -> list[dict[str, Any]]:
        file = self.root / path
        if not file.is_file():
            raise InputError(
                f"{file} does not exist. Run `dvc repro` first (or `dvc pull` if a remote holds it)."
            )
        return read_jsonl(file) if file.suffix == ".jsonl" else read_parquet(file)

    @functools.cached_property
    def rows(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for mix in MIXES:
            for split in ("train", "val", "test"):
                for row in self._table(f"data/split/{mix}/{split}.jsonl"):
                    found.setdefault(row["id"], row)
        return found

    @functools.cached_property
    def passages(self) -> dict[str, dict[str, Any]]:
        return {passage["id"]: passage for passage in self._table("data/tag/passages.parquet")}

    @functools.cached_property
    def segments(self) -> dict[str, dict[str, Any]]:
        return {segment["id"]: segment for segment in self._table("data/parsed/segments.parquet")}

    @functools.cached_property
    def documents(self) -> dict[str, dict[str, Any]]:
        return {document["doc_id"]: document for document in self._table("data/parsed/documents.parquet")}

    @functools.cached_property
    def answers(self) -> dict[str, Answer]:
        return {answer_id(key): answer for key, answer in read_answers(self.root / "data/teacher").items()}

    def _raw_file(self, path: str) -> Path:
        file = self.root / "data/raw" / path
        if not file.is_file():
            raise InputError(f"{file} does not exist. Run `dvc repro fetch` to bring the raw files.")
        return file

    def _read_raw(self, path: str, encoding: str) -> str:
        # A file that was changed since may not decode; the checks below then report it.
        return self._raw_file(path).read_bytes().decode(encoding, errors="replace")

    def _hash_raw(self, path: str) -> str:
        return sha256_file(self._raw_file(path))

    def trace(self, record_id: str) -> Iterator[Link]:
        """The chain below a record, depth first.

        ``record_id`` is a row, passage, segment or document id, or ``pack:ADAPTER:NUMBER`` for a
        training sequence.

        Raises:
            InputError: no record has this id, or the stages have not run.
        """
        if record_id.startswith("pack:"):
            yield from self._pack(record_id)
        elif record_id.startswith("pair-"):
            yield from self._pair(record_id)
        elif record_id.startswith(("row-", "text-", "ep-")) or record_id in self.rows:
            yield from self._row(record_id)
        elif record_id.startswith("pas-"):
            yield from self._passage(record_id)
        elif record_id.startswith("ask-"):
            yield self._answer(record_id)
        elif record_id.startswith("seg-"):
            yield from self._segment(record_id)
        elif record_id.startswith("doc-"):
            yield from self._document(record_id)
        else:
            raise InputError(
                f"{record_id!r} is not an id of this repository; ids begin with pair-, row-, text-, ep-, "
                f"ask-, pas-, seg-, doc- or pack:. What the parse stage dropped (rej-) is in "
                f"data/parsed/rejects.parquet."
            )

    def _find(self, table: Mapping[str, Any], record_id: str, where: str) -> Any:
        if record_id not in table:
            copy = f" If it was removed as a copy, `twainbot duplicates {record_id}` shows of which passage."
            raise InputError(
                f"{record_id} is not in {where}. Was it made by another version of the data? "
                f"`dvc repro` rebuilds it.{copy if record_id.startswith('pas-') else ''}"
            )
        return table[record_id]

    def _pack(self, name: str) -> Iterator[Link]:
        _, adapter, number = name.split(":")
        packs = {str(p["pack"]): p["rows"] for p in self._table(f"models/adapters/{adapter}/packs.jsonl")}
        if number not in packs:
            raise InputError(
                f"adapter {adapter} was trained on packs 0 to {len(packs) - 1}; there is no {number}."
            )
        yield Link("pack", name, f"{len(packs[number])} rows", "")
        for row in packs[number]:
            yield from self._pair(row) if row.startswith("pair-") else self._row(row)

    def _pair(self, pair_id: str) -> Iterator[Link]:
        pair = self._find(self.rows, pair_id, "data/split")
        sides = [pair["prompt"], pair["chosen"], pair["rejected"]]
        parents = [self._find(self.rows, parent, "data/split") for parent in pair["parents"]]
        problems: list[str] = []
        expected = content_id("pair", pair["flaw"], pair["parents"][0], json.dumps(sides, ensure_ascii=False))
        if expected != pair_id:
            problems.append(f"content gives the id {expected}")
        told = pair["prompt"] + pair["chosen"]
        if parents[0].get("messages", [])[: len(told)] != told:
            problems.append(f"what is chosen is not the answer of {pair['parents'][0]}")
        problems += [
            f"its parent {row['id']} is of {row['split']}" for row in parents if row["split"] != pair["split"]
        ]
        rejected = pair["rejected"][0]
        shown = rejected["content"] or json.dumps(rejected.get("tool_calls"), ensure_ascii=False)
        summary = f"{pair['split']}, rejected as {pair['flaw'].replace('_', ' ')}"
        yield Link("pair", pair_id, summary, str(shown), tuple(problems))
        for parent in pair["parents"]:
            yield from self._row(parent)

    def _row(self, row_id: str) -> Iterator[Link]:
        row = self._find(self.rows, row_id, "data/split")
        messages = row.get("messages")
        answer = row["text"] if messages is None else str(messages[-1]["content"])
        problems = []
        if row_id.startswith("row-"):
            source = (row["parents"] or [row["family"]])[0]
            expected = content_id("row", row["template_id"], source, json.dumps(messages, ensure_ascii=False))
            if expected != row_id:
                problems.append(f"content gives the id {expected}")
        origin = row.get("origin", "human")
        if row_id.startswith(("row-", "text-")) and row["parents"] and origin == "human":
            passage = self._find(self.passages, row["parents"][0], "data/tag/passages.parquet")
            if not occurs_in_order(words(answer), words(passage["text"])):
                problems.append("its words are not those of its passage")
        summary = f"{row['split']}, {row.get('template_id', 'text')}, {origin}"
        yield Link(
            "row",
            row_id,
            summary if row["parents"] else f"{summary}: {_made_by(row)}, has no source",
            answer,
            tuple(problems),
        )
        for parent in row["parents"]:
            if parent.startswith("ask-"):
                yield self._answer(parent, row)
            else:
                yield from self._passage(parent)

    def _answer(self, record_id: str, row: Mapping[str, Any] | None = None) -> Link:
        """A teacher's answer, and whether ``row`` says what it says and names its model."""
        answer = self._find(self.answers, record_id, "data/teacher/responses.jsonl")
        text, name = said(answer), generator(answer["request"]["model"])
        problems: list[str] = []
        if row is not None:
            role = "assistant" if row["origin"] == "synthetic" else "user"
            if not any(m["role"] == role and text in str(m["content"]) for m in row["messages"]):
                problems.append(f"no {role} turn of the row says what it says")
            if row["generator"] != name:
                problems.append(f"the row names {row['generator'] or 'no model'}")
        summary = f"{name}, {answer['kind']}, request {answer['key']}"
        return Link("answer", record_id, summary, text, tuple(problems))

    def _passage(self, passage_id: str) -> Iterator[Link]:
        passage = self._find(self.passages, passage_id, "data/tag/passages.parquet")
        segments = [self._find(self.segments, s, "data/parsed/segments.parquet") for s in passage["segments"]]
        problems = []
        expected = content_id(
            "pas", passage["doc_id"], str(passage["start"]), str(passage["end"]), passage["text"]
        )
        if expected != passage_id:
            problems.append(f"content gives the id {expected}")
        source = "\n\n".join(segment["text"] for segment in segments)
        wanted = words(without_placeholders(passage["text"]))
        if not any(
            occurs_in_order(wanted, words(normalize(text))) for text in (source, without_markup(source))
        ):
            problems.append("its words are not those of its segments")
        summary = (
            f"{passage['persona']}, {passage['tone']}, {passage['domain']}, {passage['n_tokens']} tokens"
        )
        yield Link("passage", passage_id, summary, passage["text"], tuple(problems))
        for segment in passage["segments"]:
            yield from self._segment(segment)

    def _segment(self, segment_id: str) -> Iterator[Link]:
        segment = self._find(self.segments, segment_id, "data/parsed/segments.parquet")
        document = self._find(self.documents, segment["doc_id"], "data/parsed/documents.parquet")
        start, end = segment["start"], segment["end"]
        problems = []
        expected = content_id("seg", segment["doc_id"], str(start), str(end), segment["text"])
        if expected != segment_id:
            problems.append(f"content gives the id {expected}")
        span = self.raw(document["path"], document["encoding"])[start:end]
        if segment["kind"] != "fact" and not shows(
            as_read(span, document["path"]), html.unescape(segment["text"])
        ):
            problems.append(f"its words do not occur in characters {start} to {end} of {document['path']}")
        yield Link(
            "segment", segment_id, f"{segment['section']}, characters {start} to {end}", span, tuple(problems)
        )
        yield from self._document(segment["doc_id"])

    def _document(self, doc_id: str) -> Iterator[Link]:
        document = self._find(self.documents, doc_id, "data/parsed/documents.parquet")
        sha256 = self.raw_sha256(document["path"])
        problems = () if sha256 == document["raw_sha256"] else (f"the file's sha256 is now {sha256}",)
        title = f"{document['title']}, {document['author']}" if document["author"] else document["title"]
        yield Link("document", doc_id, f"{title}; licence {document['licence']}", "")
        yield Link(
            "raw", document["path"], f"sha256 {document['raw_sha256']}, {document['url']}", "", problems
        )


def _made_by(row: Mapping[str, Any]) -> str:
    """What made a row that has no parents: a style row's file and entry, or an episode's generator."""
    if not row.get("generator"):
        return "generated"
    entry = f", entry {row['family']}" if row["id"].startswith("row-") else ""
    return f"generated by {row['generator']}{entry}"
