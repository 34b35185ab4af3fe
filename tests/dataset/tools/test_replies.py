"""In which order a report is told, and which lists it is told from."""

from __future__ import annotations

import random
from typing import Any

import pytest

from twainbot.dataset.tools.replies import Voice, report
from twainbot.dataset.tools.wording import Dealer, Sentence

RESULT = {
    "location": "Oslo, Norway", "date": "2025-03-14", "condition": "sunny", "temperature": 14, "high": 18,
    "low": 6, "unit": "celsius", "humidity": 50, "wind_kph": 12, "precipitation_mm": 0,
}  # fmt: skip
LISTS = {
    "facts": "{place} {day}: {condition}, {h}{u}, {l}{u}.",
    "any": "Good day to you.",
    "clear": "Bright enough to read by.",
    "cloud": "Cloudy enough to sleep by.",
    "rain": "Puddles are likely.",
    "hot": "Drink something.",
    "cold": "Wear a coat.",
    "asked.dry": "No rain.",
    "asked.wet": "Rain, {rain} mm.",
    "asked.wind": "Wind, {wind} km/h.",
}


def tell(seed: int, asked: str, lists: dict[str, str], **result: Any) -> str:
    sentences = {name: [Sentence(f"neutral/{name}-00", text, "train")] for name, text in lists.items()}
    voice = Voice(sentences, "train", random.Random(seed), Dealer())
    return report(voice, {**RESULT, **result}, "Oslo, Norway", "tomorrow", asked)


def told(asked: str, lists: dict[str, str] = LISTS, **result: Any) -> set[str]:
    return {tell(seed, asked, lists, **result) for seed in range(80)}


def test_a_remark_stands_before_or_after_the_facts_and_one_that_takes_leave_comes_last() -> None:
    facts = "Oslo, Norway tomorrow: sunny, 18°C, 6°C."
    assert told("rain") == {
        f"{facts} Bright enough to read by. No rain.",
        f"Bright enough to read by. {facts} No rain.",
        f"{facts} No rain. Good day to you.",
    }
    assert told("general") == {
        f"{facts} Bright enough to read by.",
        f"Bright enough to read by. {facts}",
        f"{facts} Good day to you.",
    }


@pytest.mark.parametrize("remark", ["It is bright.", "Nobody minds that.", "I sat under such a sky."])
def test_a_remark_that_points_back_does_not_open(remark: str) -> None:
    answers = told("general", {**LISTS, "clear": remark})
    assert f"Oslo, Norway tomorrow: sunny, 18°C, 6°C. {remark}" in answers
    assert not any(answer.startswith(remark) for answer in answers)


@pytest.mark.parametrize(
    ("result", "said", "unsaid"),
    [
        ({"high": 3, "low": -4}, "Wear a coat.", "Bright"),
        ({"high": 33, "low": 24, "condition": "overcast"}, "Drink something.", "Cloudy"),
        ({"high": 3, "low": 1, "condition": "drizzle", "precipitation_mm": 0.4}, "Wear a coat.", ""),
    ],
)
def test_in_heat_and_cold_nothing_is_said_of_a_fair_or_grey_sky(
    result: dict[str, Any], said: str, unsaid: str
) -> None:
    answers = " ".join(told("general", **result))
    assert said in answers
    assert ("Puddles" in answers) == (result.get("condition") == "drizzle")
    assert not unsaid or unsaid not in answers


def test_what_is_given_already_is_not_said_twice() -> None:
    windy = {**LISTS, "wind": "{place} has wind, {wind} km/h, {h}{u}, {l}{u}."}
    answers = told("wind", windy, condition="windy", wind_kph=40)
    assert "Oslo, Norway has wind, 40 km/h, 18°C, 6°C." in answers
    assert "Oslo, Norway tomorrow: windy, 18°C, 6°C. Wind, 40 km/h. Good day to you." in answers
