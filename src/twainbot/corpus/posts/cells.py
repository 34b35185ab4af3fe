"""What a cell of a dump says: whole numbers and moments, however people and programs write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_EPOCH_MILLISECONDS, _EPOCH_MICROSECONDS = 1e11, 1e14
_COMPACT_DAY = re.compile(r"(?:19|20)\d{6}")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+")
_SHORTENED = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*([km])", re.IGNORECASE)
_FACTOR = {"k": 1_000, "m": 1_000_000}
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?[,\s]+", re.IGNORECASE)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE)
_UTC = re.compile(r"\s*(?:\(?(?:UTC|GMT)\)?(?:\s*[+-]0{1,2}:?0{0,2})?|\bZ)$", re.IGNORECASE)
_FILLERS = re.compile(r",|\bat\b|(?<=[a-z])\.|(?<=\d)\.(?=\s)|(?<=\bsep)t(?=\b)", re.IGNORECASE)
# Month before day where both are possible: most dumps with slashes are American.
_DAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y",
    "%b %d %Y", "%B %d %Y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%Y %b %d", "%Y %B %d",
)  # fmt: skip
_CLOCKS = ("", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", " %I %p", " %H:%M:%S.%f")
_FORMATS = (*(day + clock for day in _DAYS for clock in _CLOCKS), "%b %d %H:%M:%S %Y", "%b %d %H:%M:%S %z %Y")


def whole_number(text: str) -> int | None:
    """The integer that a cell holds, or None: ``5.0``, ``1,234``, ``1.234`` (thousands), ``12.3k``, ``−3``.

    A point or comma before exactly three digits parts thousands: what is counted has no thousandths.
    """
    text = text.strip().replace("\u2212", "-")
    if _THOUSANDS.fullmatch(text):
        return int(re.sub(r"[^\d+-]", "", text))
    factor = 1
    if match := _SHORTENED.fullmatch(text):
        text, factor = match.group(1).replace(",", "."), _FACTOR[match.group(2).lower()]
    try:
        return round(float(text) * factor) if factor > 1 else int(float(text))
    except (ValueError, OverflowError):
        return None


def moment(text: str) -> str | None:
    """ISO 8601 in UTC, to the second, or None if the cell is no moment.

    Read are seconds, milliseconds and microseconds since 1970, ISO 8601, RFC 2822, and the dates that
    people write ("Oct 3, 2017", "3 October 2017 14:05 UTC", "10/3/2017 2:05 PM"). A time without a zone
    is taken for UTC; of a numeric date with slashes, the first number is the month if it can be.
    """
    text = text.strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        return _written(text)
    if _COMPACT_DAY.fullmatch(text) and (day := _parsed(text, "%Y%m%d")):
        return _iso(day)
    if abs(seconds) >= _EPOCH_MICROSECONDS:
        seconds /= 1e6
    elif abs(seconds) >= _EPOCH_MILLISECONDS:
        seconds /= 1e3
    try:
        return _iso(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))
    except (ValueError, OverflowError):
        return None


def _written(text: str) -> str | None:
    for candidate in (text, _UTC.sub("", text)):
        try:
            return _iso(datetime.fromisoformat(candidate))
        except (ValueError, OverflowError):
            continue
    if not re.search(r"\d", text):
        return None
    plain = " ".join(_FILLERS.sub(" ", _ORDINAL.sub("", _WEEKDAY.sub("", _UTC.sub("", text)))).split())
    for pattern in _FORMATS:
        if found := _parsed(plain, pattern):
            return _iso(found)
    try:
        return _iso(parsedate_to_datetime(text))
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def _parsed(text: str, pattern: str) -> datetime | None:
    try:
        return datetime.strptime(text, pattern)
    except (ValueError, OverflowError):
        return None


def _iso(found: datetime) -> str:
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    # strftime("%Y") does not pad years before 1000 on every system.
    return found.replace(tzinfo=None, microsecond=0).isoformat() + "Z"
