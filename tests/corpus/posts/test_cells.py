"""Numbers and moments as dumps write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.corpus.posts.cells import moment, whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12), ("5.0", 5), ("-3", -3), ("−3", -3), ("1,234", 1234), ("1.234", 1234),
        ("1 234 567", 1234567), ("1'234", 1234), ("12.3k", 12300), ("12,3K", 12300), ("1.2m", 1200000),
        ("", None), ("•", None), ("hidden", None), ("nan", None), ("1e400", None), ("12.3x", None),
    ],
)  # fmt: skip
def test_whole_numbers(text: str, number: int | None) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Oct 3, 2017", "2017-10-03T00:00:00Z"),
        ("October 3rd, 2017 at 2:05 PM", "2017-10-03T14:05:00Z"),
        ("Sept. 3, 2017", "2017-09-03T00:00:00Z"),
        ("3 October 2017 14:05 UTC", "2017-10-03T14:05:00Z"),
        ("Tue, 03 Oct 2017 16:05:00 +0200", "2017-10-03T14:05:00Z"),
        ("Tue Oct  3 14:05:00 2017", "2017-10-03T14:05:00Z"),
        ("2017-10-03 14:05:00 UTC", "2017-10-03T14:05:00Z"),
        ("2017-10-03T14:05:00.250Z", "2017-10-03T14:05:00Z"),
        ("10/3/2017 2:05 PM", "2017-10-03T14:05:00Z"),
        ("13/10/2017", "2017-10-13T00:00:00Z"),
        ("3.10.2017 14:05", "2017-10-03T14:05:00Z"),
        ("20171003", "2017-10-03T00:00:00Z"),
        ("1507039500", "2017-10-03T14:05:00Z"),
        ("1507039500123", "2017-10-03T14:05:00Z"),
        ("1507039500123456", "2017-10-03T14:05:00Z"),
        ("last week", None),
        ("30 February 2017", None),
        ("inf", None),
        ("1e300", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("Mon, 99 Foo 2017 10:00", None),
    ],
)
def test_moments(text: str, expected: str | None) -> None:
    assert moment(text) == expected


@given(st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2100, 1, 1)))
def test_one_moment_in_every_writing(when: datetime) -> None:
    when = when.replace(microsecond=0, tzinfo=UTC)
    expected = when.strftime("%Y-%m-%dT%H:%M:%SZ")
    for text in (
        when.isoformat(),
        when.strftime("%B %d, %Y %I:%M:%S %p"),
        when.strftime("%d %b %Y %H:%M:%S GMT"),
        when.strftime("%a %b %d %H:%M:%S %Y"),
    ):
        assert moment(text) == expected, text
    if abs(when.timestamp()) > 86400 * 366:
        assert moment(str(when.timestamp())) == expected


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    whole_number(text)
    moment(text)
