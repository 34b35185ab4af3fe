"""Feeds and pages from a real server on loopback that forbids, redirects, bombs, stalls and lies."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from loopback import LoopbackServer, serving

from twainbot.corpus.sources import Source
from twainbot.corpus.web.crawl import WEB_REFUSALS, fetch_web
from twainbot.corpus.web.parse import parse_web
from twainbot.corpus.web.polite import CrawlRules
from twainbot.files import InputError

RULES = CrawlRules(delay=2.0, retries=2, timeout=5.0, max_pages=10, max_bytes=50_000)
ROBOTS = "User-agent: *\nDisallow: /private\nCrawl-delay: 3\n\nUser-agent: otherbot\nDisallow: /\n"
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "fog"><!ENTITY b "&a;&a;&a;&a;">]>'
    "<rss><channel><item><link>/fog</link><title>&b;</title></item></channel></rss>"
)


def _article(title: str) -> str:
    body = f"The {title} came up the river on Monday, and nobody could find the ferry until it found them. "
    return (
        f"<html><head><title>{title}</title></head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>{title}</h1><p>{body * 2}</p><p>{body * 3}</p></article></body></html>"
    )


def _feed(*links: str) -> str:
    items = "".join(f"<item><title>x</title><link>{link}</link></item>" for link in links)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><link>/</link>{items}</channel></rss>'


class Handler(BaseHTTPRequestHandler):
    """Answers by path; ``server.hits`` has every request."""

    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.hits.append((self.path, self.headers.get("User-Agent") or ""))
        count = sum(path == self.path for path, _ in self.server.hits)
        if self.path == "/robots.txt":
            self._send(self.server.robots[0], self.server.robots[1], "text/plain")
        elif self.path in self.server.feeds:
            self._send(200, self.server.feeds[self.path], "application/rss+xml")
        elif self.path == "/here":
            self._send(301, "", "text/html", {"Location": "/fog"})
        elif self.path == "/loop":
            self._send(302, "", "text/html", {"Location": "/loop"})
        elif self.path == "/away":
            self._send(302, "", "text/html", {"Location": f"http://localhost:{self.server.server_port}/fog"})
        elif self.path == "/sneak":
            self._send(302, "", "text/html", {"Location": "/private/draft"})
        elif self.path == "/picture":
            self._send(200, "GIF89a", "image/gif")
        elif self.path == "/huge":
            self._send(200, "<p>fog</p>" * 10_000, "text/html")
        elif self.path == "/packed":
            self._send(200, gzip.compress(b"<p>fog</p>" * 100_000), "text/html", {"Content-Encoding": "gzip"})
        elif self.path == "/busy" and count < 3:
            self._send(503, "later", "text/plain", {"Retry-After": "7"})
        elif self.path == "/closed":
            self._send(429, "later", "text/plain", {"Retry-After": "86400"})
        elif self.path == "/cut" and count < 2:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", "10000")
            self.end_headers()
            self.wfile.write(b"<p>fog")
            self.close_connection = True
        elif self.path == "/latin":
            self._send(200, "<p>caf\u00e9 \u2013 fog</p>".encode("cp1252"), "text/html; charset=ISO-8859-1")
        elif self.path == "/missing":
            self._send(404, "no", "text/html")
        else:
            self._send(200, _article(self.path.strip("/")), "text/html; charset=utf-8", {"ETag": '"1"'})

    def _send(self, status: int, body: str | bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(data)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


class Server(LoopbackServer):
    hits: list[tuple[str, str]]
    feeds: dict[str, str]
    robots: tuple[int, str]


@pytest.fixture
def server() -> Iterator[Server]:
    instance = Server(("127.0.0.1", 0), Handler)
    instance.hits, instance.feeds, instance.robots = [], {}, (200, ROBOTS)
    with serving(instance):
        yield instance


def _source(*urls: str, **fields: Any) -> Source:
    return Source(
        id="lamp", corpus="full", kind="web", persona="neutral", title="T", author="A", licence="CC-BY-4.0",
        path="web/lamp.jsonl", urls=list(urls), **fields,
    )  # fmt: skip


def _fetch(
    source: Source, folder: Path, slept: list[float] | None = None, **rules: Any
) -> list[dict[str, Any]]:
    pauses = [] if slept is None else slept
    fetch_web(source, folder, mirror=None, rules=replace(RULES, **rules), sleep=pauses.append)
    text = (folder / source.path).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_a_feed_gives_its_pages_and_says_what_it_refused(server: Server, tmp_path: Path) -> None:
    away = f"http://localhost:{server.server_port}/fog"
    server.feeds["/feed"] = _feed(
        "/fog", "/rain", "/here", "/missing", "/picture", "/private/draft", "/away", "/sneak", away, "/loop",
        "/huge", "/packed", "mailto:a@example.org", "/fog",
    )  # fmt: skip
    lines = _fetch(_source(f"{server.url}/feed"), tmp_path, max_pages=20)
    assert lines[0] == {"url": f"{server.url}/feed", "feed": 13}
    taken = {line["url"].removeprefix(server.url): line for line in lines if "html" in line}
    assert list(taken) == ["/fog", "/rain", "/here"]
    assert taken["/here"]["final_url"] == f"{server.url}/fog"
    assert taken["/fog"] == {
        "url": f"{server.url}/fog",
        "content-type": "text/html; charset=utf-8",
        "etag": '"1"',
        "html": _article("fog"),
    }
    refused = {
        line["url"].removeprefix(server.url): (line["reason"], line["detail"].replace(server.url, ""))
        for line in lines
        if "reason" in line
    }
    assert refused == {
        "/missing": ("http_status", "HTTP 404"),
        "/picture": ("not_html", "is image/gif, not HTML"),
        "/private/draft": ("robots", "robots.txt of 127.0.0.1 forbids /private/draft"),
        "/away": ("off_site", "leads to localhost, which is no host of the source's urls"),
        "/sneak": ("robots", "robots.txt of 127.0.0.1 forbids /private/draft"),
        away: ("off_site", "is on localhost, which is no host of the source's urls"),
        "/loop": ("unreachable", "more than 5 redirects"),
        "/huge": ("too_large", "longer than 50000 bytes"),
        "/packed": ("too_large", "longer than 50000 bytes"),
        "mailto:a@example.org": ("unreachable", "mailto:a@example.org is no web address"),
    }
    assert {reason for reason, _ in refused.values()} <= set(WEB_REFUSALS)
    assert not [path for path, _ in server.hits if path.startswith("/private")]
    assert {agent.split("/")[0] for _, agent in server.hits} == {"twainbot-corpus"}


def test_what_was_fetched_is_parsed_and_fetched_once(server: Server, tmp_path: Path) -> None:
    source = _source(f"{server.url}/fog", f"{server.url}/missing")
    _fetch(source, tmp_path)
    raw = (tmp_path / source.path).read_bytes().decode()
    segments, rejects = parse_web(raw, doc_id="d", source_id="lamp", where="lamp.jsonl")
    assert [s["text"][:25] for s in segments] == ["The fog came up the river"] * 2
    assert [r["reason"] for r in rejects] == ["boilerplate", "heading", "refused"]
    hits = len(server.hits)
    assert _fetch(source, tmp_path) and len(server.hits) == hits
    (tmp_path / source.path).unlink()
    _fetch(source, tmp_path)
    assert (tmp_path / source.path).read_bytes().decode() == raw
    assert [path.name for path in (tmp_path / "web").iterdir()] == ["lamp.jsonl"]


def test_pauses_are_those_that_the_host_asks_for(server: Server, tmp_path: Path) -> None:
    slept: list[float] = []
    server.feeds["/feed"] = _feed("/fog", "/rain")
    _fetch(_source(f"{server.url}/feed"), tmp_path, slept)
    assert slept == [
        3.0,
        3.0,
        3.0,
    ]  # robots.txt asks for more than our own delay; the first request waits for none
    slept.clear()
    server.robots = (404, "")
    _fetch(_source(f"{server.url}/feed", f"{server.url}/busy"), tmp_path / "b", slept)
    assert slept == [2.0, 2.0, 2.0, 2.0, 7.0, 2.0, 7.0, 4.0]


def test_a_cut_answer_is_asked_for_again_and_a_closed_one_is_not(server: Server, tmp_path: Path) -> None:
    lines = _fetch(_source(f"{server.url}/cut", f"{server.url}/closed"), tmp_path)
    assert lines[0]["html"] == _article("cut")
    assert lines[1]["detail"] == "HTTP 429; it asks to wait 86400 s"
    assert [path for path, _ in server.hits].count("/closed") == 1


@pytest.mark.parametrize(
    ("robots", "allowed"),
    [
        ((404, ""), True),
        ((403, ""), True),  # RFC 9309: a robots.txt that is not there for us forbids nothing
        ((500, ""), False),
        ((200, ""), True),
        ((200, "User-agent: *\nDisallow: /"), False),
        ((200, "User-agent: twainbot-corpus\nDisallow: /fog\n\nUser-agent: *\nDisallow:"), False),
        ((200, "User-agent: *\nDisallow: /*.html$"), True),
        ((200, "\0\xff not a robots file"), True),
    ],
)
def test_robots(server: Server, tmp_path: Path, robots: tuple[int, str], allowed: bool) -> None:
    server.robots = robots
    source = _source(f"{server.url}/fog")
    if allowed:
        assert "html" in _fetch(source, tmp_path)[0]
    else:
        with pytest.raises(
            InputError,
            match=r"(?s)not one page could be taken.*robots\.txt of 127\.0\.0\.1 (?:forbids|cannot)",
        ):
            _fetch(source, tmp_path)
    assert "/fog" in [path for path, _ in server.hits] or not allowed


def test_a_feed_gives_at_most_so_many_pages(server: Server, tmp_path: Path) -> None:
    server.feeds["/feed"] = _feed(*(f"/page{number}" for number in range(5)))
    lines = _fetch(_source(f"{server.url}/feed"), tmp_path, max_pages=2)
    assert ["html" in line for line in lines] == [False, True, True, False, False, False]
    assert {line.get("detail") for line in lines[3:]} == {"beyond the first 2 pages of the feed"}


def test_a_malicious_feed_costs_itself_only(server: Server, tmp_path: Path) -> None:
    server.feeds["/bomb"] = BOMB
    lines = _fetch(_source(f"{server.url}/bomb", f"{server.url}/fog"), tmp_path)
    assert lines[0]["detail"] == "declares entities or names outside files (EntitiesForbidden)"
    assert "html" in lines[1]


def test_a_stopped_run_goes_on(server: Server, tmp_path: Path) -> None:
    server.feeds["/feed"] = _feed("/fog", "/rain", "/snow")
    source = _source(f"{server.url}/feed")

    def stop(_: float) -> None:
        if len(server.hits) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_web(source, tmp_path, mirror=None, rules=RULES, sleep=stop)
    assert not (tmp_path / source.path).exists()
    lines = _fetch(source, tmp_path)
    assert [line["url"] for line in lines if "html" in line] == [
        f"{server.url}/{page}" for page in ("fog", "rain", "snow")
    ]
    paths = [path for path, _ in server.hits]
    assert (paths.count("/fog"), paths.count("/rain"), paths.count("/snow")) == (1, 1, 1)


def test_the_encoding_is_undone_once(server: Server, tmp_path: Path) -> None:
    assert _fetch(_source(f"{server.url}/latin"), tmp_path)[0]["html"] == "<p>café – fog</p>"


def test_a_mirror_is_taken_as_it_is(server: Server, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    (mirror / "web").mkdir(parents=True)
    (mirror / "web/lamp.jsonl").write_text('{"url": "u", "html": "x"}\n')
    source = _source(f"{server.url}/fog")
    result = fetch_web(source, tmp_path / "raw", mirror=str(mirror), rules=RULES)
    assert result.path.read_text() == '{"url": "u", "html": "x"}\n'
    assert server.hits == []


def test_changed_pages_do_not_pass_for_the_pinned_ones(server: Server, tmp_path: Path) -> None:
    source = _source(f"{server.url}/fog", sha256="0" * 64)
    with pytest.raises(
        InputError, match=r"the pages have changed: .* not the 000000000000… of data/sources\.yaml"
    ):
        _fetch(source, tmp_path)
    assert not (tmp_path / source.path).exists()


def test_nobody_there(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        _fetch(_source("http://127.0.0.1:9/fog"), tmp_path)
    assert str(error.value).startswith(
        "Source 'lamp': not one page could be taken. Tried:\n  http://127.0.0.1:9/fog: "
        "robots.txt of 127.0.0.1 cannot be read: ConnectError"
    )
