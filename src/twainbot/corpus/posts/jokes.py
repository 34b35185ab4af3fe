"""A collection of jokes to segments, one a joke: set-up and punchline are never parted."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from twainbot.corpus.pieces import Pieces
from twainbot.corpus.posts.bots import is_bot_name, is_bot_text
from twainbot.corpus.posts.cells import moment, whole_number
from twainbot.corpus.posts.markdown import plain_body, plain_title
from twainbot.corpus.posts.reddit import is_removed
from twainbot.corpus.posts.rows import Row, read_rows
from twainbot.files import InputError
from twainbot.records import Reject, Segment

JOKE_REASONS = ("removed", "bot", "no_punchline", "empty", "malformed")
# Set-up and punchline, as collections name them; a row takes the first pair of which it has the second.
_PAIRS = (
    ("setup", "punchline"),
    ("set_up", "punchline"),
    ("set_up", "punch_line"),
    ("setup", "delivery"),
    ("question", "answer"),
    ("riddle", "answer"),
    ("q", "a"),
    ("title", "selftext"),
    ("title", "body"),
    ("title", "punchline"),
    ("title", "text"),
)
_WHOLE = ("joke", "jokes", "joke_text", "shortjoke", "short_joke", "text", "body", "content")
_CATEGORY = ("category", "type", "topic", "subreddit")
_SCORE = ("score", "rating", "ups", "upvotes")
_CREATED = ("created_utc", "created", "timestamp", "date")
_AUTHOR = ("author", "username")
_URL = ("permalink", "url", "source_url")


def parse_jokes(raw: str, *, doc_id: str, source_id: str, where: str) -> tuple[list[Segment], list[Reject]]:
    """The jokes of a CSV file, JSON lines or a JSON array; ``raw[start:end]`` is the joke's row.

    ``text`` is the set-up, a line break and the punchline, or the whole joke where a column holds it.
    ``section`` is the category, if there is one. A set-up without its punchline is dropped, and so is
    what is no joke any more because its author removed it.

    Reasons of rejects: :data:`JOKE_REASONS`.

    Raises:
        InputError: no rows, or no columns that could be a joke; names the columns found and wanted.
    """
    collection = read_rows(raw, where, _has_jokes)
    if not _has_jokes(collection.columns):
        pairs = ", ".join(f"{setup} + {punchline}" for setup, punchline in _PAIRS)
        raise InputError(
            f"{where}: no column with jokes. Found the columns {', '.join(collection.columns) or 'none'}. "
            f"Looked for a set-up and a punchline ({pairs}), or for a whole joke ({' | '.join(_WHOLE)}). "
            "Rename the columns."
        )
    pieces = Pieces(raw, doc_id, source_id, "joke")
    for row in collection.rows:
        text = ""
        reason, detail = _reject_reason(row)
        if reason is None:
            text, reason = _joke(row)
        if reason is not None:
            pieces.drop(row.start, row.end, reason, detail)
            continue
        pieces.keep(
            row.start,
            row.end,
            text,
            section=row.get(_CATEGORY),
            verse="\n" in text,
            score=whole_number(row.get(_SCORE)),
            created_utc=moment(row.get(_CREATED)),
            url=row.get(_URL) or None,
        )
    if not collection.rows:
        raise InputError(f"{where}: has a header but no rows. Export the jokes again, or remove the source.")
    return pieces.result()


def _has_jokes(columns: Collection[str]) -> bool:
    return _pair(columns) is not None or any(name in columns for name in _WHOLE)


def _pair(columns: Collection[str]) -> tuple[str, str] | None:
    return next((pair for pair in _PAIRS if set(pair) <= set(columns)), None)


def _reject_reason(row: Row) -> tuple[str | None, str]:
    if row.problem:
        return "malformed", row.problem
    if any(is_removed(text.strip()) for text in row.values.values()):
        return "removed", ""
    if is_bot_name(row.get(_AUTHOR)) or any(is_bot_text(text) for text in row.values.values()):
        return "bot", ""
    return None, ""


def _joke(row: Row) -> tuple[str, str | None]:
    """The joke's text, or an empty one and the reason why there is none."""
    pair = _filled_pair(row.values)
    if pair is None:
        whole = plain_body(row.get(_WHOLE))
        return (whole, None) if whole else ("", "empty")
    setup, punchline = plain_title(row.get(pair[:1])), plain_body(row.get(pair[1:]))
    if not setup or not punchline:
        # Collections with both layouts leave the pair empty where the whole joke stands in one column.
        whole = plain_body(row.get([name for name in _WHOLE if name not in pair]))
        if whole:
            return whole, None
        if punchline and pair[0] == "title":
            return punchline, None  # a joke without a title
        return "", "no_punchline" if setup else "empty"
    if punchline.casefold().startswith(setup.casefold()):
        return punchline, None  # the post repeats its title
    return f"{setup}\n{punchline}", None


def _filled_pair(values: Mapping[str, str]) -> tuple[str, str] | None:
    pairs = [pair for pair in _PAIRS if set(pair) <= set(values)]
    filled = [pair for pair in pairs if all(values[name].strip() for name in pair)]
    return next(iter([*filled, *pairs]), None)
