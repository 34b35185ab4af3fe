"""A Reddit CSV dump to posts. Dumps differ in columns, escapes and time formats; titles are in all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from twainbot.corpus.csvspans import Record, records
from twainbot.corpus.markdown import plain_body, plain_title
from twainbot.corpus.pieces import Pieces
from twainbot.files import InputError
from twainbot.records import Reject, Segment

REDDIT_REASONS = ("removed", "bot", "crosspost", "empty", "malformed")
# The first name that a dump has is taken.
_COLUMNS = {
    "title": ("title", "headline", "post_title"),
    "body": ("selftext", "body", "self_text", "text", "post_text"),
    "created": ("created_utc", "timestamp", "created", "created_at", "date", "datetime"),
    "score": ("score", "ups", "upvotes"),
    "author": ("author", "username", "user"),
    "subreddit": ("subreddit", "subreddit_name"),
    "crosspost": ("crosspost_parent", "crosspost_parent_list", "is_crosspost"),
    "post_type": ("post_type",),
    "bot": ("is_bot",),
}
_DELIMITERS = (",", "\t", ";")
_REMOVED = re.compile(r"^\[\s*(?:removed|deleted|deleted by user|removed by \w+)\s*\]$", re.IGNORECASE)
_BOT_NAME = re.compile(r"^automoderator$|bot[_-]?\d*$", re.IGNORECASE)
_BOT_TEXT = re.compile(r"\bI am a bot\b|\bthis action was performed automatically\b", re.IGNORECASE)
# Some dumps have a time stamp where a column was shifted over the title.
_NUMERIC = re.compile(r"^[\d\s.,:+-]*\d[\d\s.,:+-]*$")
_FALSE = frozenset({"", "false", "0", "none", "null", "nan", "no", "[]"})
_DATE_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%m/%d/%Y %H:%M", "%m/%d/%Y")
_EPOCH_MILLISECONDS = 1e11


@dataclass(frozen=True)
class _Layout:
    delimiter: str
    width: int
    index: dict[str, int]  # role -> column

    def get(self, record: Record, role: str) -> str:
        column = self.index.get(role)
        return record.fields[column].strip() if column is not None else ""


def parse_reddit(
    raw: str, *, doc_id: str, source_id: str, subreddit: str | None, where: str
) -> tuple[list[Segment], list[Reject]]:
    """The posts of a dump; ``raw[start:end]`` is a post's CSV record, to be read with the header line.

    ``text`` is the title, and the post's own text below a blank line if it has any. Authors are not
    kept. ``section`` is the row's subreddit, or ``subreddit`` if the dump has no such column;
    ``created_utc`` is ISO 8601 in UTC.

    Reasons of rejects: :data:`REDDIT_REASONS`.

    Raises:
        InputError: no rows, or no column that could be the title; names the columns found and wanted.
    """
    head, layout = _header(raw, where)
    pieces = Pieces(raw, doc_id, source_id, "post")
    for record in records(raw, layout.delimiter, start=_next_line(raw, head.end), width=layout.width):
        reason, detail = _reject_reason(record, layout)
        title = body = ""
        if reason is None:
            title, body = plain_title(layout.get(record, "title")), plain_body(layout.get(record, "body"))
            if not title or _NUMERIC.match(title):
                reason = "empty"
        if reason is not None:
            pieces.drop(record.start, record.end, reason, detail)
            continue
        text = f"{title}\n\n{body}" if body and body != title else title
        pieces.keep(
            record.start,
            record.end,
            text,
            section=layout.get(record, "subreddit") or subreddit or "",
            verse="\n" in text,
            score=_score(layout.get(record, "score")),
            created_utc=_created(layout.get(record, "created")),
        )
    if not pieces.segments and not pieces.rejects:
        raise InputError(f"{where}: has a header but no rows. Export the posts again, or remove the source.")
    return pieces.result()


def _header(raw: str, where: str) -> tuple[Record, _Layout]:
    found: Sequence[str] = ()
    for delimiter in _DELIMITERS:
        head = next(records(raw, delimiter), None)
        if head is None:
            raise InputError(f"{where}: the file is empty. Export the posts again, or remove the source.")
        names = [name.strip().strip("\ufeff").casefold() for name in head.fields]
        if len(names) > len(found):
            found = names
        index = {}
        for role, wanted in _COLUMNS.items():
            column = next((names.index(name) for name in wanted if name in names), None)
            if column is not None:
                index[role] = column
        if "title" in index:
            return head, _Layout(delimiter, len(names), index)
    looked = "; ".join(f"{role}: {' | '.join(names)}" for role, names in _COLUMNS.items())
    raise InputError(
        f"{where}: no title column. Found the columns {', '.join(found)}. Looked for ({looked}). "
        "Rename the column with the titles to `title`; the others are optional."
    )


def _next_line(raw: str, position: int) -> int:
    match = re.compile(r"\r\n|\n|\r|\Z").match(raw, position)
    return match.end() if match else len(raw)


def _reject_reason(record: Record, layout: _Layout) -> tuple[str | None, str]:
    if len(record.fields) != layout.width:
        return "malformed", f"{len(record.fields)} fields, the header has {layout.width}"
    title, body = layout.get(record, "title"), layout.get(record, "body")
    if _REMOVED.match(title) or _REMOVED.match(body):
        return "removed", ""
    if layout.get(record, "bot").casefold() not in _FALSE or _BOT_NAME.search(layout.get(record, "author")):
        return "bot", ""
    if _BOT_TEXT.search(body):
        return "bot", ""
    crossposted = layout.get(record, "crosspost").casefold() not in _FALSE
    if crossposted or layout.get(record, "post_type").casefold() == "crosspost":
        return "crosspost", ""
    if not title:
        return "empty", ""
    return None, ""


def _score(text: str) -> int | None:
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return None


def _created(text: str) -> str | None:
    """ISO 8601 in UTC from epoch seconds or milliseconds, or from a date; None if it is neither."""
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        return _from_date(text)
    if seconds > _EPOCH_MILLISECONDS:
        seconds /= 1000
    try:
        return _iso(datetime.fromtimestamp(seconds, tz=UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _from_date(text: str) -> str | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        for pattern in _DATE_FORMATS:
            try:
                moment = datetime.strptime(text, pattern)
                break
            except ValueError:
                continue
        else:
            return None
    return _iso(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC))


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
