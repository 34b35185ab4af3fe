"""Every trap planted in the sample corpus is caught by the stages, in the way that traps.yaml says."""

from __future__ import annotations

import csv
import html
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from workspace import ROOT, make_workspace, run_stages

from twainbot.corpus.sources import load_sources
from twainbot.files import read_parquet
from twainbot.text.normalize import normalize

SAMPLE = ROOT / "data/sample"
TRAPS: list[dict[str, str]] = yaml.safe_load((SAMPLE / "traps.yaml").read_text(encoding="utf-8"))
MARKUP = re.compile(r"\[[^\[\]]*\]|_")
ENTITY = re.compile(r"&(?:amp|quot|lt|gt|nbsp|#\w+);|[\u200b\ufeff]")
PLACEHOLDER = {"email": "<EMAIL>", "telephone": "<PHONE>"}


def fold(text: str) -> str:
    return " ".join(text.split())


def plain(text: str) -> str:
    return fold(normalize(text))


@dataclass(frozen=True)
class Outcome:
    """What the stages made of the sample: passages that are left and rejects of all stages, by file."""

    raw: dict[str, str]
    passages: dict[str, list[dict[str, Any]]]
    rejects: dict[str, list[dict[str, Any]]]
    segments: list[dict[str, Any]]

    def dropped(self, file: str, match: str) -> list[dict[str, Any]]:
        """Rejects whose text as it stands in the file has the match; all of it is lost, not a piece."""
        return [r for r in self.rejects[file] if fold(match) in fold(self.raw[file][r["start"] : r["end"]])]

    def kept(self, file: str, match: str) -> list[str]:
        """Texts of passages that come from where the match stands in the file."""
        return [
            plain(p["text"])
            for p in self.passages[file]
            if fold(match) in fold(self.raw[file][p["start"] : p["end"]])
        ]

    def texts(self, file: str) -> list[str]:
        return [plain(passage["text"]) for passage in self.passages[file]]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = make_workspace(tmp_path_factory.mktemp("sample"))
    run_stages(folder, "fetch", "parse", "clean", "dedupe")
    data = folder / "data"
    documents = read_parquet(data / "parsed/documents.parquet")
    file_of = {document["source_id"]: document["path"] for document in documents}
    passages: dict[str, list[dict[str, Any]]] = {file: [] for file in file_of.values()}
    rejects: dict[str, list[dict[str, Any]]] = {file: [] for file in file_of.values()}
    for passage in read_parquet(data / "dedupe/passages.parquet"):
        passages[file_of[passage["source_id"]]].append(passage)
    for stage in ("parsed", "clean", "dedupe"):
        for reject in read_parquet(data / stage / "rejects.parquet"):
            rejects[file_of[reject["source_id"]]].append(reject)
    return Outcome(
        raw={d["path"]: (SAMPLE / d["path"]).read_bytes().decode(d["encoding"]) for d in documents},
        passages=passages,
        rejects=rejects,
        segments=read_parquet(data / "parsed/segments.parquet"),
    )


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: f"{trap['file']}:{trap['match'][:30]}")
def test_every_trap_is_caught(outcome: Outcome, trap: dict[str, str]) -> None:
    file, match, expected = trap["file"], trap["match"], trap["expected"]
    files = [file, *([trap["also_in"]] if "also_in" in trap else [])]
    assert all(fold(match) in fold(outcome.raw[name]) for name in files), "the match is not in the file"
    verdict, what = expected.split(":", 1)

    if expected == "reject:duplicate":
        _check_duplicate(outcome, files, match)
    elif verdict == "reject":
        assert [reject["reason"] for reject in outcome.dropped(file, match)] == [what]
        assert not [text for text in outcome.texts(file) if plain(match) in text]
    else:
        assert not outcome.dropped(file, match)
        _check_kept(outcome.kept(file, match), what, match, trap["kind"])


def _check_duplicate(outcome: Outcome, files: list[str], match: str) -> None:
    kept = [p["id"] for name in files for p in outcome.passages[name] if plain(match) in plain(p["text"])]
    dropped = [r for name in files for r in outcome.rejects[name] if plain(match) in plain(r["text"])]
    assert len(kept) == 1
    assert [(reject["reason"], reject["detail"].split()[0]) for reject in dropped] == [("duplicate", kept[0])]


def _check_kept(texts: list[str], what: str, match: str, kind: str) -> None:
    """``texts`` are several if the match stands in a long paragraph, which was cut."""
    if what == "entities_decoded":
        assert not [text for text in texts if ENTITY.search(text)]
        wanted = plain(html.unescape(html.unescape(match)))
    elif what == "pii_replaced":
        assert not [text for text in texts if match in text]
        wanted = PLACEHOLDER[kind]
    elif what == "edit_tail_removed":
        assert not [text for text in texts if "EDIT" in text]
        wanted = ""
    elif what == "markup_removed":
        assert not [text for text in texts if plain(match) in text]
        said = re.sub(
            r"^[A-Z ]+\. (?=\[)", "", match
        )  # the name of a play's speaker is no part of the speech
        wanted = plain(MARKUP.sub("", said))
    else:
        assert what == "repeated", f"data/sample/traps.yaml: expected value keep:{what} is not known"
        wanted = plain(match)
    assert sum(wanted in text for text in texts) == (2 if what == "repeated" else 1)


def test_one_entry_a_trap() -> None:
    counts = Counter((trap["file"], trap["match"]) for trap in TRAPS)
    assert [key for key, count in counts.items() if count > 1] == []


def test_no_boilerplate_is_kept(outcome: Outcome) -> None:
    """Words that the headers, credits and licences of the sample use, and its books never."""
    boilerplate = re.compile(
        r"gutenberg|\be-?text|\be-?book|small print|twainbot|\bsample (?:file|corpus|shelf)|CC0",
        re.IGNORECASE,
    )
    found = [
        (file, text)
        for file, passages in outcome.passages.items()
        if file.startswith(("books/", "plays/"))
        for text in (passage["text"] for passage in passages)
        if boilerplate.search(text)
    ]
    assert found == []


def test_size_and_shelves() -> None:
    sources = load_sources(ROOT / "data/sources.yaml", "sample")
    assert sum((SAMPLE / source.path).stat().st_size for source in sources) >= 250_000
    books = Counter(source.persona for source in sources if source.kind == "gutenberg")
    assert books.keys() == {"twain", "franklin", "neutral"}
    assert min(books.values()) >= 2


@pytest.mark.parametrize("play", ["alaric_of_vell", "thane_of_corrow"])
def test_speeches_are_as_counted_by_hand(outcome: Outcome, play: str) -> None:
    truth = json.loads((SAMPLE / "plays/truth.json").read_text(encoding="utf-8"))[play]
    speakers = Counter(s["speaker"] for s in outcome.segments if s["source_id"] == play)
    assert speakers == truth["speakers"]
    assert speakers.total() == truth["speeches"]


@pytest.mark.parametrize("name", ["theonion_sample.csv", "nottheonion_sample.csv"])
def test_rows_of_the_dumps(outcome: Outcome, name: str) -> None:
    file = f"reddit/{name}"
    with Path(SAMPLE / file).open(encoding="utf-8-sig", newline="") as stream:
        rows = len(list(csv.reader(stream))) - 1
    assert rows >= 300
    assert len(outcome.passages[file]) + len(outcome.rejects[file]) == rows
    assert len(outcome.passages[file]) >= 290
