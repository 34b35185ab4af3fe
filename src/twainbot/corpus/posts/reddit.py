"""A Reddit dump to posts. Dumps differ in columns, escapes and time formats; titles are in all."""

from __future__ import annotations

import re
from collections.abc import Collection

from twainbot.corpus.pieces import Pieces
from twainbot.corpus.posts.bots import is_bot_name, is_bot_text
from twainbot.corpus.posts.cells import moment, whole_number
from twainbot.corpus.posts.markdown import plain_body, plain_title
from twainbot.corpus.posts.rows import Row, read_rows
from twainbot.files import InputError
from twainbot.records import Reject, Segment

REDDIT_REASONS = ("removed", "bot", "crosspost", "empty", "malformed")
# Of a role's columns the first that is not blank in a row is taken. Full dumps, those of the Pushshift
# archive and of SocialGrep, and the usual data sets of headlines are covered.
_COLUMNS = {
    "title": ("title", "headline", "post_title", "submission_title", "titles", "headlines"),
    "body": ("selftext", "body", "self_text", "post_text", "text", "content"),
    "created": (
        "created_utc", "timestamp", "created", "created_at", "date", "datetime", "time", "published",
        "post_date", "date_posted",
    ),
    "score": ("score", "ups", "upvotes", "points", "karma"),
    "author": ("author", "username", "user", "author_name", "author.name"),
    "subreddit": ("subreddit", "subreddit_name", "subreddit.name", "subreddit_name_prefixed", "sub"),
    "permalink": ("permalink", "full_link", "post_url", "reddit_url"),
    "crosspost": ("crosspost_parent", "crosspost_parent_list", "is_crosspost"),
    "post_type": ("post_type",),
    "bot": ("is_bot",),
    "removed": ("removed_by_category", "removed_by", "is_removed", "is_deleted"),
}  # fmt: skip
# A file with one of these and no title has one text a post, and that is its title.
_SOLE_TEXT = ("text", "post_text", "content", "body")
_REMOVED = re.compile(
    r"^\[\s*(?:removed|deleted|deleted by user|removed by [\w '-]+|unavailable)\s*\]$", re.IGNORECASE
)
# Some dumps have a time stamp where a column was shifted over the title.
_NUMERIC = re.compile(r"^[\d\s.,:+-]*\d[\d\s.,:+-]*$")
_REDDIT = "https://www.reddit.com"
_HEADER_WORDS = 4  # a header's names are shorter than a headline


def parse_reddit(
    raw: str, *, doc_id: str, source_id: str, subreddit: str | None, where: str
) -> tuple[list[Segment], list[Reject]]:
    """The posts of a dump; ``raw[start:end]`` is a post's CSV record or JSON object.

    ``text`` is the title, and the post's own text below a blank line if it has any. Authors are not
    kept. ``section`` is the row's subreddit, or ``subreddit`` if the dump has no such column;
    ``created_utc`` is ISO 8601 in UTC, ``url`` the permalink. A post whose author is gone was deleted
    or belongs to someone who left: it is dropped as removed.

    Reasons of rejects: :data:`REDDIT_REASONS`.

    Raises:
        InputError: no rows, or no column that could be the title; names the columns found and wanted.
    """
    dump = read_rows(raw, where, _has_title)
    columns = _roles(dump.columns)
    if not columns["title"]:
        raise InputError(_no_title(dump.columns, where))
    pieces = Pieces(raw, doc_id, source_id, "post")
    for row in dump.rows:
        reason, detail = _reject_reason(row, columns)
        title = body = ""
        if reason is None:
            title, body = plain_title(row.get(columns["title"])), plain_body(row.get(columns["body"]))
            if not title or _NUMERIC.match(title):
                reason = "empty"
        if reason is not None:
            pieces.drop(row.start, row.end, reason, detail)
            continue
        text = f"{title}\n\n{body}" if body and body != title else title
        pieces.keep(
            row.start,
            row.end,
            text,
            section=row.get(columns["subreddit"]).removeprefix("r/") or subreddit or "",
            verse="\n" in text,
            score=whole_number(row.get(columns["score"])),
            created_utc=_created(row, columns["created"]),
            url=_permalink(row.get(columns["permalink"])),
        )
    if not pieces.segments and not pieces.rejects:
        raise InputError(f"{where}: has a header but no rows. Export the posts again, or remove the source.")
    return pieces.result()


def is_removed(text: str) -> bool:
    """Whether Reddit put this text in the place of what was removed or deleted."""
    return bool(_REMOVED.match(text))


def _has_title(columns: Collection[str]) -> bool:
    return bool(_roles(columns)["title"])


def _roles(columns: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The columns of each role that the dump has, best first."""
    found = {role: tuple(name for name in names if name in columns) for role, names in _COLUMNS.items()}
    if not found["title"] and (sole := [name for name in _SOLE_TEXT if name in columns]):
        found["title"] = (sole[0],)
        found["body"] = tuple(name for name in found["body"] if name != sole[0])
    return found


def _no_title(columns: Collection[str], where: str) -> str:
    looked = "; ".join(f"{role}: {' | '.join(names)}" for role, names in _COLUMNS.items())
    message = (
        f"{where}: no title column. Found the columns {', '.join(columns) or 'none'}. Looked for ({looked}). "
        "Rename the column with the titles to `title`; the others are optional."
    )
    if any(name.count("_") >= _HEADER_WORDS for name in columns):
        message += " The first line looks like a post: if the file has no header, put the line `title` first."
    return message


def _reject_reason(row: Row, columns: dict[str, tuple[str, ...]]) -> tuple[str | None, str]:
    if row.problem:
        return "malformed", row.problem
    title, body, author = (row.get(columns[role]) for role in ("title", "body", "author"))
    if is_removed(title) or is_removed(body):
        return "removed", ""
    if row.flag(columns["removed"]):
        return "removed", f"by {row.get(columns['removed'])}"
    if row.flag(columns["bot"]) or is_bot_name(author):
        return "bot", "name"
    if is_bot_text(body):
        return "bot", "says so"
    if row.flag(columns["crosspost"]) or row.get(columns["post_type"]).casefold() == "crosspost":
        return "crosspost", ""
    if is_removed(author):
        return "removed", "author deleted"
    if not title:
        return "empty", ""
    return None, ""


def _created(row: Row, columns: tuple[str, ...]) -> str | None:
    found = (moment(row.values.get(name, "")) for name in columns)
    return next((created for created in found if created), None)


def _permalink(text: str) -> str | None:
    return (f"{_REDDIT}{text}" if text.startswith("/r/") else text) or None
