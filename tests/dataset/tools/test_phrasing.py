from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.dataset.tools.phrasing import day_words, fill
from twainbot.dataset.tools.weather_model import WEEKDAYS, dated_prompt, resolve_date, stated_today

TUESDAY = date(2025, 3, 11)


@pytest.mark.parametrize(
    ("text", "day", "filled"),
    [
        ("{Day} in {place}: fit?", "on Friday", "On Friday in Rome: fit?"),
        ("And {day}?", "on Friday", "And Friday?"),
        ("What does {day} look like?", "on 14 March", "What does 14 March look like?"),
        ("Sorry, I should have said {day}.", "on Friday", "Sorry, I should have said Friday."),
        ("Could you also check {day}?", "on 14 March", "Could you also check 14 March?"),
        ("Forecast for {day}", "in three days", "Forecast for three days from now"),
        ("Rain {day}?", "in three days", "Rain in three days?"),
        ("Forecast for {day}", "the day after tomorrow", "Forecast for the day after tomorrow"),
    ],
)
def test_days_fit_into_the_sentence(text: str, day: str, filled: str) -> None:
    assert fill(text, {"day": day, "place": "Rome"}) == filled


def test_haste() -> None:
    assert fill("Weather in {place}.", {"place": "Rome"}, lower=True) == "weather in rome"
    typed = {fill("You're kind, you.", {}, lower=True, rng=random.Random(seed)) for seed in range(20)}
    assert typed == {"you're kind, you", "you're kind, u"}


@given(st.integers(), st.dates(date(2025, 1, 1), date(2030, 1, 1)))
def test_the_tool_understands_every_day(seed: int, today: date) -> None:
    spoken, word = day_words(random.Random(seed), today)
    day = resolve_date(word, today)
    assert day is not None
    assert today <= day <= today + timedelta(days=14)
    assert len(word) <= 10
    if word in WEEKDAYS:
        assert word != WEEKDAYS[today.weekday()]
    if spoken.startswith("this "):
        # Said of a day of the running week only: later it would be the next one.
        assert today.weekday() < day.weekday()


def test_what_has_no_name_for_the_tool_is_an_iso_date() -> None:
    rng = random.Random(0)
    words = dict(day_words(rng, TUESDAY) for _ in range(2000))
    assert words["the day after tomorrow"] == "2025-03-13"
    assert words["in three days"] == "2025-03-14"
    assert words["on 12 March"] == "2025-03-12"
    assert words["on Saturday"] == "saturday"
    assert words["this Saturday"] == "saturday"
    assert "this Monday" not in words
    kinds = Counter(day_words(rng, TUESDAY)[1] for _ in range(2000))
    assert min(kinds[name] for name in ("saturday", "sunday")) > max(kinds[name] for name in WEEKDAYS[:5])
    assert kinds["tuesday"] == 0


@given(st.dates(), st.text(st.characters(codec="utf-8", exclude_categories=["Cs"])))
def test_a_prompt_states_its_day(today: date, prompt: str) -> None:
    assert stated_today(dated_prompt({"system_prompt": f"You are X.{prompt}"}, today)) == today
    assert stated_today("You are X. Today is fine.") is None
