"""Fetching against a real server on loopback that cuts, refuses, lies and resumes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from loopback import LoopbackServer, serving

from twainbot.corpus.download import FetchResult, fetch
from twainbot.corpus.sources import Source
from twainbot.files import InputError
from twainbot.stages.fetch import first_place

CONTENT = b"It rained, and the river read it aloud.\n" * 5000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """The first path element says how to behave; ``server.hits`` counts requests a path."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        behaviour = self.path.strip("/").split("/")[0]
        hits = self.server.hits  # type: ignore[attr-defined]
        hits.append((self.path, self.headers.get("Range"), self.headers.get("User-Agent")))
        count = sum(path == self.path for path, _, _ in hits)
        if behaviour in ("etag", "deaf", "dated"):
            self._versioned(behaviour)
        elif behaviour == "missing":
            self._send(404, b"no")
        elif behaviour == "busy" and count < 3:
            self._send(503, b"later", {"Retry-After": "7"})
        elif behaviour == "limited" and count < 2:
            self._send(429, b"later")
        elif behaviour == "closed":
            self._send(503, b"later", {"Retry-After": "86400"})
        elif behaviour == "html":
            self._send(200, b"<!DOCTYPE html><html>Please log in</html>", {"Content-Type": "text/plain"})
        elif behaviour == "page":
            self._send(200, b"hello", {"Content-Type": "text/html; charset=utf-8"})
        elif behaviour == "wrong":
            self._send(200, b"another edition\n")
        elif behaviour == "empty":
            self._send(200, b"")
        elif behaviour in ("cut", "cutnorange") and count < 3:
            self._cut(resumes=behaviour == "cut")
        elif behaviour == "alwayscut":
            self._cut(resumes=False)
        elif behaviour == "cut" and (start := self._asked()):
            self._part(start)
        else:
            self._send(200, CONTENT)

    def _versioned(self, behaviour: str) -> None:
        """Names the version of ``server.content``; answers 304 if asked about it, unless it is deaf."""
        content = self.server.content  # type: ignore[attr-defined]
        name, question, value = "ETag", "If-None-Match", f'"{hashlib.sha256(content).hexdigest()[:9]}"'
        if behaviour == "dated":
            name, question = "Last-Modified", "If-Modified-Since"
            value = f"Sat, {len(content) % 28 + 1:02} Nov 2026 10:00:00 GMT"
        if content == b"gone":
            self._send(503, b"later")
        elif behaviour != "deaf" and self.headers.get(question) == value:
            self.send_response(304)
            self.send_header(name, value)
            self.end_headers()
        else:
            self.server.sent += len(content)  # type: ignore[attr-defined]
            self._send(200, content, {name: value})

    def _asked(self) -> int:
        value = self.headers.get("Range") or "bytes=0-"
        return int(value.removeprefix("bytes=").rstrip("-"))

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": "text/plain",
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _part(self, start: int) -> None:
        self._send(
            206, CONTENT[start:], {"Content-Range": f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"}
        )

    def _cut(self, resumes: bool) -> None:
        start = self._asked() if resumes else 0
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(CONTENT) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        self.end_headers()
        self.wfile.write(CONTENT[start : start + 50_000])
        self.wfile.flush()
        self.close_connection = True


class Server(LoopbackServer):
    hits: list[tuple[str, str | None, str | None]]
    content: bytes = CONTENT
    sent: int = 0  # bytes of versioned files


@pytest.fixture
def server() -> Iterator[Server]:
    instance = Server(("127.0.0.1", 0), Handler)
    instance.hits = []
    with serving(instance):
        yield instance


def _source(*urls: str, sha256: str | None = SHA256) -> Source:
    return Source(
        id="book", corpus="full", kind="gutenberg", persona="twain", title="T", author="A", licence="PD",
        path="gutenberg/book.txt", urls=list(urls), sha256=sha256,
    )  # fmt: skip


def _fetch(
    source: Source,
    folder: Path,
    mirror: str | None = None,
    slept: list[float] | None = None,
    state: Path | None = None,
) -> FetchResult:
    pauses = [] if slept is None else slept
    return fetch(
        source, folder, mirror=mirror, delay=0.0, retries=3, timeout=5.0, state=state, sleep=pauses.append
    )


def _check(result: FetchResult, folder: Path) -> None:
    assert result.path == folder / "gutenberg/book.txt"
    assert result.path.read_bytes() == CONTENT
    assert (result.sha256, result.bytes) == (SHA256, len(CONTENT))
    assert [path.name for path in result.path.parent.iterdir()] == ["book.txt"]


def test_plain_download_then_cache(server: Server, tmp_path: Path) -> None:
    url = f"{server.url}/ok"
    result = _fetch(_source(url), tmp_path)
    _check(result, tmp_path)
    assert result.origin == url
    assert _fetch(_source(url), tmp_path).origin == "cache"
    assert len(server.hits) == 1
    assert "twainbot" in str(server.hits[0][2])


def test_a_changed_file_is_fetched_again(server: Server, tmp_path: Path) -> None:
    (tmp_path / "gutenberg").mkdir()
    (tmp_path / "gutenberg/book.txt").write_text("stale")
    _check(_fetch(_source(f"{server.url}/ok"), tmp_path), tmp_path)


def test_cut_connection_is_resumed(server: Server, tmp_path: Path) -> None:
    _check(_fetch(_source(f"{server.url}/cut"), tmp_path), tmp_path)
    assert [asked for _, asked, _ in server.hits] == [None, "bytes=50000-", "bytes=100000-"]


def test_cut_connection_without_resume_starts_anew(server: Server, tmp_path: Path) -> None:
    _check(_fetch(_source(f"{server.url}/cutnorange"), tmp_path), tmp_path)
    assert len(server.hits) == 3


def test_a_rest_from_an_earlier_run_is_continued(server: Server, tmp_path: Path) -> None:
    source = _source(f"{server.url}/cut/a")
    with pytest.raises(InputError):
        fetch(source, tmp_path, mirror=None, delay=0.0, retries=0, timeout=5.0, sleep=lambda _: None)
    _fetch(source, tmp_path)
    assert [asked for _, asked, _ in server.hits] == [None, "bytes=50000-", "bytes=100000-"]


def test_busy_server_is_asked_again_when_it_said(server: Server, tmp_path: Path) -> None:
    slept: list[float] = []
    _check(_fetch(_source(f"{server.url}/busy"), tmp_path, slept=slept), tmp_path)
    assert [pause for pause in slept if pause] == [7.0, 7.0]


def test_backoff_doubles(server: Server, tmp_path: Path) -> None:
    slept: list[float] = []
    with pytest.raises(InputError):
        fetch(
            _source(f"{server.url}/alwayscut"), tmp_path, mirror=None, delay=0.5, retries=3, timeout=5.0,
            sleep=slept.append,
        )  # fmt: skip
    assert slept == [0.5, 0.5, 1.0, 2.0]


def test_a_server_that_asks_for_a_day_is_left(server: Server, tmp_path: Path) -> None:
    _check(_fetch(_source(f"{server.url}/closed", f"{server.url}/limited"), tmp_path), tmp_path)
    assert [path for path, _, _ in server.hits] == ["/closed", "/limited", "/limited"]


@pytest.mark.parametrize("behaviour", ["wrong", "html", "page", "missing", "empty"])
def test_a_bad_place_is_left_for_the_next(server: Server, tmp_path: Path, behaviour: str) -> None:
    result = _fetch(_source(f"{server.url}/{behaviour}", f"{server.url}/ok"), tmp_path)
    _check(result, tmp_path)
    assert result.origin.endswith("/ok")


def test_html_is_refused_without_a_hash_too(server: Server, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="an HTML page, not the file"):
        _fetch(_source(f"{server.url}/html", sha256=None), tmp_path)


def test_all_failures_are_listed_with_what_to_do(server: Server, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        _fetch(
            _source(f"{server.url}/wrong", f"{server.url}/missing", "http://127.0.0.1:1/x"),
            tmp_path,
            str(tmp_path / "m"),
        )
    message = str(error.value)
    for part in (
        "not in the mirror",
        "sha256 is",
        "HTTP 404",
        "ConnectError",
        "TWAINBOT_MIRROR",
        "gutenberg/book.txt",
    ):
        assert part in message
    assert list((tmp_path / "gutenberg").iterdir()) == []


def test_mirror_folder_comes_first(server: Server, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    (mirror / "gutenberg").mkdir(parents=True)
    (mirror / "gutenberg/book.txt").write_bytes(CONTENT)
    result = _fetch(_source(f"{server.url}/ok"), tmp_path / "raw", str(mirror))
    _check(result, tmp_path / "raw")
    assert server.hits == []


def test_a_wrong_file_in_the_mirror_is_passed_over(server: Server, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    (mirror / "gutenberg").mkdir(parents=True)
    (mirror / "gutenberg/book.txt").write_bytes(b"another edition")
    assert _fetch(_source(f"{server.url}/ok"), tmp_path / "raw", str(mirror)).origin == f"{server.url}/ok"


def test_mirror_url_comes_first(server: Server, tmp_path: Path) -> None:
    result = _fetch(_source(f"{server.url}/missing"), tmp_path, f"{server.url}/mirror/")
    assert result.origin == f"{server.url}/mirror/gutenberg/book.txt"


def test_no_place_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it has no URLs and there is no mirror"):
        _fetch(_source(), tmp_path)


@pytest.mark.parametrize("behaviour", ["etag", "dated"])
def test_an_unchanged_file_without_a_hash_is_not_sent_again(
    server: Server, tmp_path: Path, behaviour: str
) -> None:
    url, state = f"{server.url}/{behaviour}", tmp_path / "state.json"
    source = _source(url, sha256=None)
    assert _fetch(source, tmp_path / "raw", state=state).origin == url
    again = _fetch(source, tmp_path / "raw", state=state)
    _check(again, tmp_path / "raw")
    assert again.origin == "cache"
    assert (len(server.hits), server.sent) == (2, len(CONTENT))


def test_a_changed_file_without_a_hash_is_fetched_anew(server: Server, tmp_path: Path) -> None:
    url, state = f"{server.url}/etag", tmp_path / "state.json"
    source = _source(url, sha256=None)
    _fetch(source, tmp_path / "raw", state=state)
    server.content = CONTENT + b"A new line.\n"
    for origin in (url, "cache"):
        again = _fetch(source, tmp_path / "raw", state=state)
        assert (again.origin, again.path.read_bytes()) == (origin, server.content)


def test_a_server_that_ignores_the_question_is_not_read(server: Server, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    source = _source(f"{server.url}/deaf", sha256=None)
    _fetch(source, tmp_path / "raw", state=state)
    assert _fetch(source, tmp_path / "raw", state=state).origin == "cache"


@pytest.mark.parametrize("content", [b"gone", b"<html>Please log in</html>"])
def test_what_lies_there_is_kept_if_the_new_version_cannot_be_had(
    server: Server, tmp_path: Path, content: bytes
) -> None:
    state = tmp_path / "state.json"
    source = _source(f"{server.url}/etag", sha256=None)
    _fetch(source, tmp_path / "raw", state=state)
    server.content = content
    again = _fetch(source, tmp_path / "raw", state=state)
    _check(again, tmp_path / "raw")
    assert again.origin == "cache"


def test_a_file_that_was_edited_or_has_a_hash_is_not_asked_about(server: Server, tmp_path: Path) -> None:
    url, state = f"{server.url}/etag", tmp_path / "state.json"
    _fetch(_source(url, sha256=None), tmp_path / "raw", state=state)
    assert _fetch(_source(url), tmp_path / "raw", state=state).origin == "cache"
    (tmp_path / "raw/gutenberg/book.txt").write_text("my own edition")
    assert _fetch(_source(url, sha256=None), tmp_path / "raw", state=state).origin == "cache"
    state.write_text("{broken")
    assert _fetch(_source(url, sha256=None), tmp_path / "raw", state=state).origin == "cache"
    assert len(server.hits) == 1


def test_the_inbox_comes_before_a_mirror_if_it_has_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    source = _source("http://127.0.0.1:1/x")
    assert first_place(source, "mirror") == "mirror"
    assert first_place(_source(), "mirror") == "data/inbox"
    assert first_place(source.model_copy(update={"corpus": "sample"}), "mirror") == "data/sample"
    (tmp_path / "data/inbox/gutenberg").mkdir(parents=True)
    (tmp_path / "data/inbox/gutenberg/book.txt").write_bytes(CONTENT)
    assert first_place(source, "mirror") == "data/inbox"
