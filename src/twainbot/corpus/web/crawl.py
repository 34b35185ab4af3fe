"""Feeds and permitted pages to one file of raw pages: politely, within robots.txt, on the named hosts only.

The file is JSON lines, a page each: ``url``, what the server said of it, and ``html``. What was refused
has a line too, with the reason, so that nothing is lost unseen. There is no clock in it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import httpx
from tqdm import tqdm

from twainbot.corpus.download import USER_AGENT, FetchResult, fetch
from twainbot.corpus.sources import Source
from twainbot.corpus.web.charset import page_text
from twainbot.corpus.web.feeds import FeedError, feed_links, is_feed
from twainbot.corpus.web.polite import Answer, CrawlRules, PoliteClient, Refused, host_of
from twainbot.files import InputError, PathLike, atomic_file, sha256_file

WEB_REFUSALS = (
    "robots", "off_site", "http_status", "not_html", "too_large", "unreachable", "bad_feed", "left_out",
)  # fmt: skip
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_KEPT_HEADERS = ("content-type", "last-modified", "etag")

Line = dict[str, Any]


def fetch_web(
    source: Source,
    destination: PathLike,
    *,
    mirror: str | None,
    rules: CrawlRules,
    sleep: Callable[[float], None] = time.sleep,
) -> FetchResult:
    """Put the source's pages at ``destination / source.path`` and say where they came from.

    A mirror or a file that lies there already is taken as it is; only without them are the source's
    ``urls``, each a feed or a page, read. Delete the file to read them anew. A stopped run goes on
    with the pages that it had.

    Raises:
        InputError: not one page could be taken; every address with its reason.
    """
    try:
        return fetch(source.model_copy(update={"urls": []}), destination, mirror=mirror, delay=rules.delay)
    except InputError:
        if not source.urls:
            raise
    target = Path(destination) / source.path
    target.parent.mkdir(parents=True, exist_ok=True)
    journal = target.with_name(f".{target.name}.pages.partial")
    headers = {"User-Agent": USER_AGENT, "Accept": "text/html, application/rss+xml, application/atom+xml"}
    with httpx.Client(headers=headers, timeout=rules.timeout) as client, open(journal, "a+b") as stream:
        stream.seek(0)
        hosts = frozenset(host for url in source.urls if (host := host_of(url)))
        polite = PoliteClient(client, hosts, rules, sleep)
        crawl = _Crawl(polite, source, rules, _earlier_pages(stream.read()))
        for line in crawl.pages():
            stream.write(_encoded(line))
            stream.flush()
    if not any("html" in line for line in crawl.lines):
        journal.unlink()
        tried = "".join(f"\n  {line['url']}: {line['detail']}" for line in crawl.lines if "reason" in line)
        raise InputError(
            f"Source {source.id!r}: not one page could be taken. Tried:{tried}\n"
            "Correct its `urls` in data/sources.yaml, or remove the source."
        )
    with atomic_file(target) as partial, open(partial, "wb") as stream:
        stream.writelines(_encoded(line) for line in crawl.lines)
    digest = sha256_file(target)
    if source.sha256 not in (None, digest):
        target.unlink()
        raise InputError(
            f"Source {source.id!r}: the pages have changed: their sha256 is {digest[:12]}…, not the "
            f"{str(source.sha256)[:12]}… of data/sources.yaml. "
            "Take the sha256 out to accept them, or name a mirror."
        )
    journal.unlink()
    return FetchResult(target, digest, target.stat().st_size, source.urls[0])


def _encoded(line: Line) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _earlier_pages(journal: bytes) -> dict[str, Line]:
    """The pages that a stopped run had taken, by address."""
    pages = {}
    for text in journal.split(b"\n"):
        try:
            line = json.loads(text)
        except ValueError:
            continue  # cut off, or the empty end
        if isinstance(line, dict) and "html" in line:
            pages[line["url"]] = line
    return pages


@dataclass
class _Crawl:
    client: PoliteClient
    source: Source
    rules: CrawlRules
    earlier: dict[str, Line]
    lines: list[Line] = field(default_factory=list)

    def pages(self) -> Iterator[Line]:
        """Fill ``lines`` in the order of the addresses; yields the new pages as they come."""
        addresses = list(dict.fromkeys(self.source.urls))
        with tqdm(desc=self.source.id, unit=" pages", disable=not sys.stderr.isatty()) as progress:
            for address in addresses:
                yield from self._start(address, progress)

    def _start(self, address: str, progress: tqdm[NoReturn]) -> Iterator[Line]:
        if address in self.earlier:
            self.lines.append(self.earlier[address])
            return
        try:
            answer = self.client.get(address)
            if not is_feed(answer.body, answer.content_type):
                line = self._page(address, answer)
                self.lines.append(line)
                yield line
                return
            links = feed_links(answer.body, answer.url)
        except FeedError as error:
            self._refuse(address, "bad_feed", str(error))
            return
        except Refused as refusal:
            self._refuse(address, refusal.reason, refusal.detail)
            return
        self.lines.append({"url": address, "feed": len(links)})
        taken = {line["url"] for line in self.lines}
        for number, link in enumerate(link for link in links if link not in taken):
            progress.update()
            if number >= self.rules.max_pages:
                self._refuse(link, "left_out", f"beyond the first {self.rules.max_pages} pages of the feed")
            elif link in self.earlier:
                self.lines.append(self.earlier[link])
            else:
                try:
                    line = self._page(link, self.client.get(link))
                except Refused as refusal:
                    self._refuse(link, refusal.reason, refusal.detail)
                    continue
                self.lines.append(line)
                yield line

    def _refuse(self, url: str, reason: str, detail: str) -> None:
        self.lines.append({"url": url, "reason": reason, "detail": detail})

    def _page(self, address: str, answer: Answer) -> Line:
        if answer.content_type.partition(";")[0].strip().casefold() not in _HTML_TYPES:
            raise Refused("not_html", f"is {answer.content_type or 'of no type'}, not HTML")
        line: Line = {"url": address}
        if answer.url != address:
            line["final_url"] = answer.url
        line |= {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
        line["html"] = page_text(answer.body, answer.content_type)
        return line
