"""What a server said of a file's version (ETag, Last-Modified), so that no version is fetched twice.

Kept apart from the files: data/raw is an output of the pipeline, and anything beside the texts would
change its hash. The state is a convenience; without it files are taken as they lie.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from twainbot.files import atomic_file

STATE = Path(".dvc/tmp/twainbot/validators.json")


@dataclass(frozen=True)
class Validator:
    """The version of a file at a URL, and the sha256 of what was got then."""

    url: str
    etag: str | None
    modified: str | None
    sha256: str

    def conditions(self) -> dict[str, str]:
        """The request headers that ask for the file only if it changed."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in asked.items() if value}


def of_response(url: str, headers: Mapping[str, str], sha256: str) -> Validator | None:
    """What an answer says of its version; None if it says nothing."""
    etag, modified = headers.get("ETag"), headers.get("Last-Modified")
    return Validator(url, etag, modified, sha256) if etag or modified else None


def recall(state: Path | None, path: str, sha256: str) -> Validator | None:
    """The version of the file at ``path``, if its bytes are still those that were fetched."""
    found = _read(state).get(path) if state else None
    if not isinstance(found, dict) or found.get("sha256") != sha256:
        return None
    try:
        return Validator(**found)
    except TypeError:
        return None


def remember(state: Path | None, path: str, validator: Validator | None) -> None:
    """Write down the version of the file at ``path``, or forget it."""
    if state is None:
        return
    known = _read(state)
    if validator:
        known[path] = asdict(validator)
    elif known.pop(path, None) is None:
        return
    with atomic_file(state) as temporary:
        temporary.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _read(state: Path) -> dict[str, object]:
    try:
        known = json.loads(state.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
