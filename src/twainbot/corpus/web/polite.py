"""Reading from a web server as a guest should: by robots.txt, with pauses, and on the named hosts only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import httpx

from twainbot.corpus.download import USER_AGENT

if TYPE_CHECKING:
    from protego import Protego

_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOVED = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 5
_MAX_WAIT = 60.0  # seconds; a server that asks for more is left
_ROBOTS_BYTES = 500_000  # RFC 9309 lets a reader stop here


@dataclass(frozen=True)
class CrawlRules:
    """See the ``fetch`` section of params.yaml."""

    delay: float
    retries: int
    timeout: float
    max_pages: int
    max_bytes: int


class Refused(Exception):
    """Why a page was not taken: ``reason`` is one word for it."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True)
class Answer:
    """What a server said; header names are in lower case."""

    url: str  # after redirects
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")


class PoliteClient:
    """Reads pages of ``hosts``. ``sleep`` is called for every pause, in seconds."""

    def __init__(
        self, client: httpx.Client, hosts: frozenset[str], rules: CrawlRules, sleep: Callable[[float], None]
    ) -> None:
        self.client, self.hosts, self.rules, self.sleep = client, hosts, rules, sleep
        self._robots: dict[str, Protego | str] = {}  # by origin: the rules, or why they cannot be read
        self._asked: set[str] = set()

    def get(self, address: str) -> Answer:
        """The answer at an address, redirects followed as long as they stay on the hosts.

        Raises:
            Refused: robots.txt or the host forbids it, or there is no such page.
        """
        url = address
        for _ in range(_MAX_REDIRECTS + 1):
            host = host_of(url)
            if host is None:
                raise Refused("unreachable", f"{url} is no web address")
            if host not in self.hosts:
                where = "is on" if url == address else "leads to"
                raise Refused("off_site", f"{where} {host}, which is no host of the source's urls")
            self._check(url)
            answer = self._request(url, self.rules.max_bytes)
            if answer.status in _MOVED and "location" in answer.headers:
                url = _joined(url, answer.headers["location"])
                continue
            if answer.status != 200:
                raise Refused("http_status", f"HTTP {answer.status}")
            return answer
        raise Refused("unreachable", f"more than {_MAX_REDIRECTS} redirects")

    def _check(self, url: str) -> None:
        """Raise what robots.txt has against ``url``; one that cannot be read forbids all (RFC 9309)."""
        origin = _origin(url)
        if origin not in self._robots:
            try:
                self._robots[origin] = self._read_robots(origin)
            except Refused as refusal:
                self._robots[origin] = refusal.detail
        robots = self._robots[origin]
        if isinstance(robots, str):
            raise Refused("robots", f"robots.txt of {host_of(url)} cannot be read: {robots}")
        if not robots.can_fetch(url, USER_AGENT):
            raise Refused("robots", f"robots.txt of {host_of(url)} forbids {url}")

    def _read_robots(self, origin: str) -> Protego:
        from protego import Protego

        url = f"{origin}/robots.txt"
        for _ in range(_MAX_REDIRECTS + 1):
            answer = self._request(url, _ROBOTS_BYTES, cut=True)
            if answer.status not in _MOVED or "location" not in answer.headers:
                # One that is not there, or not there for us, forbids nothing.
                text = answer.body.decode("utf-8", "replace") if answer.status == 200 else ""
                return Protego.parse(text)
            url = _joined(url, answer.headers["location"])
            if host_of(url) is None:
                break
        raise Refused("robots", "redirects without end")

    def _request(self, url: str, limit: int, cut: bool = False) -> Answer:
        """One GET, tried again after passing faults; a body beyond ``limit`` bytes is refused or cut."""
        reason = ""
        for attempt in range(self.rules.retries + 1):
            self._pause(url, attempt)
            try:
                answer = self._stream(url, limit, cut)
            except (httpx.RequestError, httpx.InvalidURL) as error:
                reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
                continue
            if answer.status not in _AGAIN:
                return answer
            reason = f"HTTP {answer.status}"
            asked = answer.headers.get("retry-after", "")
            if asked.isdigit() and attempt < self.rules.retries:
                if float(asked) > _MAX_WAIT:
                    raise Refused("unreachable", f"{reason}; it asks to wait {asked} s")
                self.sleep(float(asked))
        raise Refused("unreachable", f"{reason}, after {self.rules.retries + 1} attempts")

    def _pause(self, url: str, attempt: int) -> None:
        origin = _origin(url)
        robots = self._robots.get(origin, "")
        asked = 0.0 if isinstance(robots, str) else float(robots.crawl_delay(USER_AGENT) or 0)
        wait = max(self.rules.delay, asked)
        if origin in self._asked:
            self.sleep(min(wait * 2 ** max(0, attempt - 1), _MAX_WAIT))
        self._asked.add(origin)

    def _stream(self, url: str, limit: int, cut: bool) -> Answer:
        with self.client.stream("GET", url) as response:
            headers = {name.casefold(): value for name, value in response.headers.items()}
            body = bytearray()
            if response.status_code == 200:
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > limit:
                        if cut:
                            break
                        raise Refused("too_large", f"longer than {limit} bytes")
            return Answer(url, response.status_code, headers, bytes(body[:limit]))


def host_of(url: str) -> str | None:
    """The host of a web address, or None if it is none; ``www.`` is the same site."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if parts.scheme in ("http", "https") and host else None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return ""
