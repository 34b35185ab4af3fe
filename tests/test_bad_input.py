"""Bad input ends a stage with status 1 and a message: what, where, what to do. Never a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from workspace import make_workspace, run_stages

from twainbot.files import read_json, read_parquet

GOOD = b"title,score\nFog lifts itself over the garden wall,3\n"
EMPTY = b""
COLUMNS = b"alpha,beta\nFog lifts itself,2\n"
UTF16 = "title,score\nFog lifts itself over the garden wall,3\n".encode("utf-16")
PARAGRAPH = (
    "The ferry was late again on Tuesday, and the miller, who had brought his lunch, ate it slowly on the "
    "landing, and said that he had never known a river to be so well attended by people who did not want it."
)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return make_workspace(tmp_path, without=("data/sources.yaml",))


def add_sources(workspace: Path, files: dict[str, bytes], kind: str = "reddit") -> None:
    """Put raw files where fetch leaves them, with an entry each."""
    entries = []
    for path, content in files.items():
        target = workspace / "data/raw" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        entries.append(
            f"- {{id: {target.stem}, corpus: sample, kind: {kind}, persona: satire, title: T, author: A, "
            f"licence: CC0-1.0, path: {path}}}\n"
        )
    (workspace / "data/sources.yaml").write_text("sources:\n" + "".join(entries), encoding="utf-8")


def run_stage(workspace: Path, stage: str = "parse") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", f"twainbot.stages.{stage}"]
    return subprocess.run(command, cwd=workspace, capture_output=True, text=True, timeout=60, check=False)


def complaint(workspace: Path, stage: str = "parse") -> str:
    """The message with which a stage refuses; nothing else is printed and nothing written."""
    result = run_stage(workspace, stage)
    assert (result.returncode, result.stdout) == (1, "")
    assert "Traceback" not in result.stderr
    assert result.stderr.startswith(f"{stage}: ")
    assert not (workspace / "data/parsed").exists()
    return result.stderr.removeprefix(f"{stage}: ").rstrip("\n")


@pytest.mark.parametrize(
    ("content", "what", "advice"),
    [
        (EMPTY, "the file is empty", "Fetch it again, or remove the source from data/sources.yaml"),
        (
            COLUMNS,
            "no title column. Found the columns alpha, beta",
            "Rename the column with the titles to `title`",
        ),
        (UTF16, "looks like UTF-16", "iconv -f UTF-16 -t UTF-8"),
    ],
    ids=["empty", "columns", "utf16"],
)
def test_a_bad_dump(workspace: Path, content: bytes, what: str, advice: str) -> None:
    add_sources(workspace, {"reddit/mine.csv": content})
    message = complaint(workspace)
    assert message.startswith(f"reddit/mine.csv: {what}")
    assert advice in message
    assert message.count("\n") == 0


def test_all_bad_files_are_named_at_once(workspace: Path) -> None:
    files = {"a.csv": EMPTY, "b.csv": COLUMNS, "good.csv": GOOD, "c.csv": UTF16, "gone.csv": GOOD}
    add_sources(workspace, files)
    (workspace / "data/raw/gone.csv").unlink()
    lines = complaint(workspace).split("\n")
    assert [line.split(": ")[0] for line in lines[:3]] == ["a.csv", "b.csv", "c.csv"]
    assert lines[3:] == ["data/raw/gone.csv does not exist. `dvc repro fetch` brings it."]


@pytest.mark.parametrize("file", ["params.yaml", "data/sources.yaml"])
def test_broken_yaml(workspace: Path, file: str) -> None:
    add_sources(workspace, {"mine.csv": GOOD})
    path = workspace / file
    broken = path.read_text(encoding="utf-8") + "\nbroken: [1, 2\nnext: 3\n"
    path.write_text(broken, encoding="utf-8")
    line = len(broken.splitlines())
    message = complaint(workspace)
    assert message.startswith(f"{file}:{line}:5: not valid YAML")
    assert f"`git diff {file}` shows what changed" in message


def test_misspelled_params_and_what_was_meant(workspace: Path) -> None:
    add_sources(workspace, {"mine.csv": GOOD})
    params = workspace / "params.yaml"
    text = params.read_text(encoding="utf-8")
    text = text.replace("  window_tokens:", "  windw_tokens:").replace("  retries: 4", "  retries: four", 1)
    params.write_text(text, encoding="utf-8")
    lines = complaint(workspace).split("\n")
    assert "params.yaml: clean.windw_tokens: unknown key; did you mean 'window_tokens'?" in lines
    assert "params.yaml: fetch.retries: input should be a valid integer, found 'four'." in lines
    assert [line for line in lines if line.startswith("params.yaml: clean.window_tokens: missing")]
    assert len(lines) == 3


def test_misspelled_key_of_a_source(workspace: Path) -> None:
    add_sources(workspace, {"mine.csv": GOOD})
    path = workspace / "data/sources.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("licence:", "license:"), encoding="utf-8")
    assert complaint(workspace, "fetch").startswith(
        "data/sources.yaml: source 1 (mine): licence: missing; add it"
    )


def test_a_book_without_markers_is_read_and_flagged(workspace: Path) -> None:
    text = f"CHAPTER I.\n\n\n{PARAGRAPH}\n\n{PARAGRAPH.replace('Tuesday', 'Friday')}\n"
    add_sources(workspace, {"books/bare.txt": text.encode()}, kind="gutenberg")
    assert run_stage(workspace).returncode == 0
    assert read_json(workspace / "metrics/parse.json")["flagged"] == ["bare"]
    (document,) = read_parquet(workspace / "data/parsed/documents.parquet")
    assert document["flags"] == ["no_markers"]
    segments = read_parquet(workspace / "data/parsed/segments.parquet")
    assert [segment["text"] for segment in segments] == [PARAGRAPH, PARAGRAPH.replace("Tuesday", "Friday")]


def test_good_rows_beside_malformed_ones_are_kept(workspace: Path) -> None:
    rows = [
        "author,score,title",
        "a,1,Fog lifts itself over the wall",
        "b,2",
        "c,3,Harbour sells its last wave,to whom",
        'd,4,"Clock stops, apologises"',
        '"e,5,Goose opens a quotation',  # a stray quote swallows nothing
        "f",
        "g,6,Bridge asks to be crossed",
    ]
    add_sources(workspace, {"mine.csv": "\n".join(rows).encode()})
    assert run_stage(workspace).returncode == 0
    kept = [s["text"] for s in read_parquet(workspace / "data/parsed/segments.parquet")]
    assert kept == [
        "Fog lifts itself over the wall",
        "Clock stops, apologises",
        "Goose opens a quotation",
        "Bridge asks to be crossed",
    ]
    rejects = read_parquet(workspace / "data/parsed/rejects.parquet")
    assert [(reject["text"], reject["reason"], reject["detail"]) for reject in rejects] == [
        (rows[2], "malformed", "2 fields, the header has 3"),
        (rows[3], "malformed", "4 fields, the header has 3"),
        (rows[6], "malformed", "1 fields, the header has 3"),
    ]
    metrics = read_json(workspace / "metrics/parse.json")
    assert (metrics["segments"], metrics["rejects"]) == ({"post": 4}, {"malformed": 3})


def test_a_list_of_sources_need_not_hold_both_corpora(workspace: Path) -> None:
    (workspace / "data/sources.yaml").write_text(
        "sources:\n- {id: mine, corpus: sample, kind: reddit, persona: satire, title: T, author: A, "
        "licence: CC0-1.0, path: reddit/theonion_sample.csv}\n",
        encoding="utf-8",
    )
    run_stages(workspace, "fetch")
    assert read_json(workspace / "metrics/fetch.json")["files"] == 1
