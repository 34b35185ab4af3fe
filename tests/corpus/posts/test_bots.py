"""Programs are known by their names, and people are not taken for them."""

from __future__ import annotations

import pytest

from twainbot.corpus.posts.bots import is_bot_name, is_bot_text


@pytest.mark.parametrize(
    "name",
    [
        "AutoModerator", "/u/AutoModerator", "autotldr", "weather-bot", "weather_bot", "WEATHER_BOT",
        "WeatherBot", "WeatherBot2", "weather_bot_17", "RemindMeBot", "remindmebot", "bot", "haikubot-1911",
    ],
)  # fmt: skip
def test_programs(name: str) -> None:
    assert is_bot_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "abbot", "talbot", "Talbot", "Abbot", "turbot_fan", "mr_robot", "MrRobot", "moneybot13",
        "Robotics_fan", "bothunter", "botanyisfun", "sabot", "", "[deleted]", "bot_One",
    ],
)  # fmt: skip
def test_people(name: str) -> None:
    assert not is_bot_name(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I am a bot, and this action was performed automatically.", True),
        ("^(Beep. I'm just a bot.)", True),
        ("This comment was posted automatically by hand of nobody", True),
        ("I am a bottle of rain.", False),
        ("The pump was performed upon, automatically.", False),
    ],
)
def test_texts(text: str, expected: bool) -> None:
    assert is_bot_text(text) is expected
