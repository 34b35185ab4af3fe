"""Fetch one raw file: mirror first, then its URLs, politely, resumably and verified.

Nothing is kept that was not checked: a file with a known sha256 is taken only if it matches, and a
page of HTML where text was wanted (a captive portal, a "not found" page) is refused.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote

import httpx
from tqdm import tqdm

from twainbot.corpus.sources import Source
from twainbot.corpus.validators import Validator, of_response, recall, remember
from twainbot.files import InputError, PathLike, atomic_file, sha256_file

USER_AGENT = "twainbot-corpus/1.0 (reads public-domain texts once and keeps them)"
_RETRY_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
_MAX_WAIT = 60.0  # seconds; a server that asks for more is left for the next URL
_HTML = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE)
_RANGE_START = re.compile(r"bytes\s+(\d+)-")


@dataclass(frozen=True)
class FetchResult:
    """Where the file lies, what it is, and where it came from: a URL, a mirror path, or ``cache``."""

    path: Path
    sha256: str
    bytes: int
    origin: str


class _Refused(Exception):
    """This place cannot give the file; try the next one."""


class _Again(Exception):
    """A passing fault; the same place may give the file a little later."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


def fetch(
    source: Source,
    destination: PathLike,
    *,
    mirror: str | None,
    delay: float = 1.0,
    retries: int = 4,
    timeout: float = 30.0,
    state: Path | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> FetchResult:
    """Put the source's file at ``destination / source.path`` and say where it came from.

    Order: a mirror folder, the file that lies there already, a mirror URL, the source's URLs. A mirror
    is laid out like ``destination``. ``delay`` is the pause in seconds before each request, doubled
    at each of the ``retries`` unless the server says how long to wait. A file without a known sha256 is
    taken as it lies, unless ``state`` holds what the server said of its version: then the server is asked
    whether that has changed, and what lies there is taken also if the new version cannot be had.

    Raises:
        InputError: no place gave the file; all of them with their reasons, and what to do.
    """
    target = Path(destination) / source.path
    target.parent.mkdir(parents=True, exist_ok=True)
    failures: list[str] = []
    places = list(source.urls)
    if mirror and mirror.startswith(("http://", "https://")):
        places.insert(0, f"{mirror.rstrip('/')}/{quote(source.path)}")
    elif mirror and (found := _from_folder(source, Path(mirror), target, failures)):
        return found
    headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
    with httpx.Client(headers=headers, timeout=timeout, follow_redirects=True) as client:
        lying: FetchResult | None = None
        if target.exists():
            digest = sha256_file(target)
            lying = FetchResult(target, digest, target.stat().st_size, "cache")
            version = None if source.sha256 else recall(state, source.path, digest)
            if source.sha256 not in (None, digest):
                failures.append(f"{target}: {_mismatch(digest, source)}")
                lying = None
            elif version is None or version.url not in places or not _changed(client, version):
                return lying
        for url in places:
            try:
                result, version = _download(client, url, source, target, delay, retries, sleep)
            except _Refused as error:
                failures.append(f"{url}: {error}")
                continue
            remember(state, source.path, version)
            return result
    if lying:  # it has no known hash, and its newer version cannot be had
        return lying
    raise InputError(_advice(source, target, failures))


def _changed(client: httpx.Client, version: Validator) -> bool:
    """Whether the server has another version of the file; False if it does not say so."""
    try:
        with client.stream("GET", version.url, headers=version.conditions()) as response:
            # A server that ignores the question still names the version; the body is then left unread.
            same = version.etag is not None and response.headers.get("ETag") == version.etag
            return response.status_code == 200 and not same
    except httpx.TransportError:
        return False


def _mismatch(digest: str, source: Source) -> str:
    return f"sha256 is {digest[:12]}…, not the {str(source.sha256)[:12]}… of data/sources.yaml"


def _from_folder(source: Source, mirror: Path, target: Path, failures: list[str]) -> FetchResult | None:
    path = mirror / source.path
    if not path.is_file():
        failures.append(f"{path}: not in the mirror")
        return None
    digest = sha256_file(path)
    if source.sha256 not in (None, digest):
        failures.append(f"{path}: {_mismatch(digest, source)}")
        return None
    with atomic_file(target) as partial:
        shutil.copyfile(path, partial)
    return FetchResult(target, digest, target.stat().st_size, str(path))


def _download(
    client: httpx.Client,
    url: str,
    source: Source,
    target: Path,
    delay: float,
    retries: int,
    sleep: Callable[[float], None],
) -> tuple[FetchResult, Validator | None]:
    """The file fetched from ``url``, now at ``target``, and what the server said of its version."""
    # The name tells the URL, so that a rest of one place is never continued from another.
    tag = hashlib.sha256(url.encode()).hexdigest()[:8]
    partial = target.with_name(f".{target.name}.{tag}.partial")
    if source.sha256 is None:
        partial.unlink(missing_ok=True)  # without a hash nothing would show that the file has changed since
    reason = ""
    headers: dict[str, str] = {}
    for attempt in range(retries + 1):
        wait = delay * 2 ** max(0, attempt - 1)
        try:
            sleep(min(wait, _MAX_WAIT))
            headers = _stream(client, url, partial, source.id)
        except _Again as error:
            reason = str(error)
            if error.wait is not None and error.wait > _MAX_WAIT:
                raise _Refused(f"{reason}; it asks to wait {error.wait:.0f} s") from error
            if error.wait and attempt < retries:
                sleep(error.wait)
            continue
        except httpx.TransportError as error:
            reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            continue
        except httpx.InvalidURL as error:
            raise _Refused(f"not a URL ({error})") from error
        size, digest = partial.stat().st_size, sha256_file(partial)
        with open(partial, "rb") as stream:
            head = stream.read(1024)
        if size == 0 or _HTML.match(head) or source.sha256 not in (None, digest):
            partial.unlink()
            if size == 0:
                raise _Refused("the file is empty")
            if _HTML.match(head):
                raise _Refused("an HTML page, not the file")
            raise _Refused(_mismatch(digest, source))
        partial.replace(target)
        return FetchResult(target, digest, size, url), of_response(url, httpx.Headers(headers), digest)
    raise _Refused(f"{reason}, after {retries + 1} attempts")


def _stream(client: httpx.Client, url: str, partial: Path, name: str) -> dict[str, str]:
    """One request: append to what is there if the server resumes, else begin anew; the answer's headers."""
    have = partial.stat().st_size if partial.exists() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    with client.stream("GET", url, headers=headers) as response:
        if response.status_code == 416:
            partial.unlink(missing_ok=True)
            raise _Again("the rest of the file was refused (416), starting anew")
        if response.status_code in _RETRY_STATUS:
            raise _Again(f"HTTP {response.status_code}", _retry_after(response.headers.get("Retry-After")))
        if response.status_code not in (200, 206):
            raise _Refused(f"HTTP {response.status_code}")
        if response.headers.get("Content-Type", "").startswith("text/html"):
            raise _Refused("an HTML page, not the file")
        start = _RANGE_START.match(response.headers.get("Content-Range", ""))
        resumed = response.status_code == 206 and start is not None and int(start.group(1)) == have
        if response.status_code == 206 and not resumed:
            partial.unlink(missing_ok=True)
            raise _Again("the server sent another part of the file than was asked for")
        # The length of a compressed answer is not that of the file.
        encoded = response.headers.get("Content-Encoding", "identity") != "identity"
        length = None if encoded else response.headers.get("Content-Length")
        total = int(length) + (have if resumed else 0) if length and length.isdigit() else None
        with (
            open(partial, "ab" if resumed else "wb") as stream,
            tqdm(
                total=total, initial=have if resumed else 0, desc=name, unit="B", unit_scale=True,
                disable=not sys.stderr.isatty(),
            ) as progress,
        ):  # fmt: skip
            for chunk in response.iter_bytes():  # a chunk size would lose what came before a cut
                stream.write(chunk)
                progress.update(len(chunk))
    if total is not None and partial.stat().st_size != total:
        raise _Again(f"{partial.stat().st_size} of {total} bytes came")
    return dict(response.headers)


def _retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header asks for, given as seconds or as a date."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _advice(source: Source, target: Path, failures: list[str]) -> str:
    tried = "".join(f"\n  {failure}" for failure in failures) or "\n  (it has no URLs and there is no mirror)"
    return (
        f"Source {source.id!r} could not be fetched. Tried:{tried}\n"
        f"Put the file at {target} yourself, or name a mirror (--mirror or TWAINBOT_MIRROR: a folder or URL "
        f"that holds {source.path}), or try again later; what was fetched so far is kept. If the sha256 "
        "differs because the publisher has a newer edition that you want, change it in data/sources.yaml."
    )
