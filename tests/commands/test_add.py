"""``twainbot add gutenberg`` against a real server on loopback that plays gutendex and the file host."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from gutenberg_styles import AUTHOR, FOOTERS, HEADERS, TITLE, book
from loopback import LoopbackServer, serving

from twainbot.commands import add
from twainbot.corpus.sources import all_sources

ROOT = Path(__file__).resolve().parents[2]
BODY = f"{TITLE.upper()}\n\nBy {AUTHOR}\n\nNew York: Landing Press, 1907\n\n\n\n" + "\n\n".join(book(3))
CONTENT = (HEADERS["2006"] + BODY + FOOTERS["2006"]).replace("\n", "\r\n").encode()
SHA256 = hashlib.sha256(CONTENT).hexdigest()
CATALOGUE: dict[str, Any] = {
    "id": 9917,
    "title": TITLE,
    "authors": [{"name": "Venn, Orla (Orla Maud)", "birth_year": 1870, "death_year": 1931}],
    "languages": ["en"],
    "copyright": False,
    "media_type": "Text",
}


class Handler(BaseHTTPRequestHandler):
    """``server.answers`` maps a path to (status, body); ``server.hits`` lists the paths asked for."""

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.hits.append(self.path)  # type: ignore[attr-defined]
        status, body = self.server.answers.get(self.path, (404, b"no"))  # type: ignore[attr-defined]
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(LoopbackServer):
    answers: dict[str, tuple[int, bytes]]
    hits: list[str]

    def says(self, **changes: Any) -> None:
        self.answers["/books/9917"] = (200, json.dumps({**CATALOGUE, **changes}).encode())


@pytest.fixture
def server() -> Iterator[Server]:
    instance = Server(("127.0.0.1", 0), Handler)
    instance.hits = []
    instance.answers = {"/files/9917/9917-0.txt": (200, CONTENT)}
    instance.says()
    with serving(instance):
        yield instance


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "data").mkdir()
    for name in ("sources.yaml", "personas.yaml"):
        shutil.copy(ROOT / "data" / name, tmp_path / "data" / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TWAINBOT_MIRROR", raising=False)
    monkeypatch.setattr(add, "_DELAY", 0.0)
    return tmp_path


Run = Callable[..., int]


def _add(twainbot: Run, server: Server | None, *arguments: str) -> int:
    url = server.url if server else "http://127.0.0.1:1"
    return twainbot("add", "gutenberg", "9917", "--api", url, "--host", url, *arguments)


def _refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The message; nothing was written."""
    assert (folder / "data/sources.yaml").read_bytes() == (ROOT / "data/sources.yaml").read_bytes()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert not (folder / "data/inbox").exists()
    return captured.err


def test_a_complete_entry_is_added_and_the_rest_of_the_file_stays(
    twainbot: Run, server: Server, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (folder / "data/sources.yaml").read_text(encoding="utf-8")
    assert _add(twainbot, server, "--persona", "twain", "--work", "fog") == 0
    after = (folder / "data/sources.yaml").read_text(encoding="utf-8")
    assert after.startswith(before.rstrip())
    assert after[len(before.rstrip()) :] == (
        f"\n\n  - id: pg9917\n    corpus: full\n    kind: gutenberg\n    persona: twain\n    title: {TITLE}\n"
        f"    author: {AUTHOR}\n    year: 1907\n    language: en\n    licence: Public domain in the USA\n"
        f"    work: fog\n    path: gutenberg/pg9917.txt\n    urls:\n"
        f"      - {server.url}/cache/epub/9917/pg9917.txt\n      - {server.url}/ebooks/9917.txt.utf-8\n"
        f"      - {server.url}/files/9917/9917-0.txt\n    sha256: {SHA256}\n"
    )
    assert all_sources(folder / "data/sources.yaml")[-1].id == "pg9917"
    assert (folder / "data/inbox/gutenberg/pg9917.txt").read_bytes() == CONTENT
    assert server.hits[0] == "/books/9917"
    captured = capsys.readouterr()
    assert "id: pg9917" in captured.out
    assert captured.err == ""


def test_a_second_time_is_refused(twainbot: Run, server: Server, folder: Path, capsys) -> None:
    assert _add(twainbot, server, "--persona", "twain") == 0
    capsys.readouterr()
    assert _add(twainbot, server, "--persona", "twain") == 1
    assert "has an entry for pg9917 already" in capsys.readouterr().err


def test_unknown_persona_lists_the_known_ones_before_anything_is_asked(
    twainbot: Run, server: Server, folder: Path, capsys
) -> None:
    assert _add(twainbot, server, "--persona", "wilde") == 1
    message = _refused(folder, capsys)
    assert "no persona 'wilde'. It has: comic, deadpan, franklin, hamlet, macbeth, neutral" in message
    assert server.hits == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"copyright": True}, "is under copyright"),
        ({"languages": ["fr"]}, "is in 'fr', not 'en'. If you want it all the same, add --language fr"),
        ({"media_type": "Sound"}, "is a recording or a data set, not a text"),
    ],
)
def test_what_may_not_be_used_is_refused_unfetched(
    twainbot: Run, server: Server, folder: Path, capsys, changes: dict[str, Any], expected: str
) -> None:
    server.says(**changes)
    assert _add(twainbot, server, "--persona", "twain") == 1
    assert expected in _refused(folder, capsys)
    assert server.hits == ["/books/9917"]


def test_another_language_if_told(twainbot: Run, server: Server, folder: Path) -> None:
    server.says(languages=["fr"])
    assert _add(twainbot, server, "--persona", "twain", "--language", "fr") == 0
    assert all_sources(folder / "data/sources.yaml")[-1].language == "fr"


def test_a_number_that_is_none(twainbot: Run, server: Server, folder: Path, capsys) -> None:
    del server.answers["/books/9917"]
    assert _add(twainbot, server, "--persona", "twain") == 1
    assert "catalogue has no book 9917" in _refused(folder, capsys)


@pytest.mark.parametrize("answer", [(503, b"later"), (200, b"<html>log in</html>"), (200, b'{"detail": 1}')])
def test_without_gutendex_the_header_says_it(
    twainbot: Run, server: Server, folder: Path, capsys, answer: tuple[int, bytes]
) -> None:
    server.answers["/books/9917"] = answer
    assert _add(twainbot, server, "--persona", "franklin") == 0
    source = all_sources(folder / "data/sources.yaml")[-1]
    assert (source.title, source.author, source.language, source.year) == (TITLE, AUTHOR, "en", 1907)
    assert "gutendex did not answer" in capsys.readouterr().err


def test_a_header_of_another_book_is_a_warning(twainbot: Run, server: Server, folder: Path, capsys) -> None:
    server.says(title="The Whale", authors=[{"name": "Melville, Herman", "birth_year": 1819}])
    assert _add(twainbot, server, "--persona", "neutral") == 0
    assert f"warning: the file's title is {TITLE!r}, the source's 'The Whale'" in capsys.readouterr().err


def test_copyright_that_only_the_header_states(twainbot: Run, server: Server, folder: Path, capsys) -> None:
    content = (HEADERS["copyrighted"] + BODY + FOOTERS["copyrighted"]).encode()
    server.answers["/files/9917/9917-0.txt"] = (200, content)
    assert _add(twainbot, server, "--persona", "twain") == 1
    assert "is under copyright" in _refused(folder, capsys)


def test_no_network_at_all(twainbot: Run, folder: Path, capsys, tmp_path: Path) -> None:
    assert _add(twainbot, None, "--persona", "twain") == 1
    message = _refused(folder, capsys)
    assert "could not be fetched" in message
    assert "give the book's plain text with --file" in message

    file = tmp_path / "mine.txt"
    file.write_bytes(CONTENT)
    assert _add(twainbot, None, "--persona", "twain", "--file", str(file)) == 0
    source = all_sources(folder / "data/sources.yaml")[-1]
    assert (source.title, source.sha256) == (TITLE, SHA256)
    assert (folder / "data/inbox" / source.path).read_bytes() == CONTENT


def test_a_file_that_says_nothing_needs_to_be_told(
    twainbot: Run, folder: Path, capsys, tmp_path: Path
) -> None:
    file = tmp_path / "mine.txt"
    file.write_text("\n\n".join(book(3)), encoding="utf-8")
    assert _add(twainbot, None, "--persona", "twain", "--file", str(file)) == 1
    assert "does not say what book it is (--title, --author)" in _refused(folder, capsys)
    named = ("--title", "Mine", "--author", "Me")
    assert _add(twainbot, None, "--persona", "twain", "--file", str(file), *named) == 1
    assert "does not say its licence (--licence)" in _refused(folder, capsys)
    assert (
        _add(twainbot, None, "--persona", "twain", "--file", str(file), *named, "--licence", "CC0-1.0") == 0
    )
    assert all_sources(folder / "data/sources.yaml")[-1].licence == "CC0-1.0"


def test_a_mirror_is_tried_first(twainbot: Run, server: Server, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mirror/gutenberg").mkdir(parents=True)
    (tmp_path / "mirror/gutenberg/pg9917.txt").write_bytes(CONTENT)
    assert _add(twainbot, server, "--persona", "twain", "--mirror", str(tmp_path / "mirror")) == 0
    assert server.hits == ["/books/9917"]


@pytest.mark.parametrize("content", [b"%PDF-1.4", b"PK\x03\x04"])
def test_what_is_no_text_is_refused(
    twainbot: Run, server: Server, folder: Path, capsys, content: bytes
) -> None:
    server.answers["/files/9917/9917-0.txt"] = (200, content)
    assert _add(twainbot, server, "--persona", "twain") == 1
    assert "not text" in _refused(folder, capsys)
