"""Which authors of posts are programs."""

from __future__ import annotations

import re

# Well-known ones whose names no rule tells from a person's: lower case without a boundary before "bot".
_KNOWN = frozenset(
    """automoderator autotldr remindmebot botdefense sneakpeekbot wikitextbot wikisummarizerbot
    gifreversingbot stabbot vredditdownloader savevideo savevideobot repostsleuthbot imguralbumbot
    youtubefactsbot tweetposter tweetsinbot totesmessenger urbandictionarybot userleansbot profanitycounter
    nice-scores auto-xkcd37 amputatorbot mentioned_videos gfy_mirror colorizebot thesaurusbot lntipbot
    snapshillbot qualityvote2 flairhelperbot contextmodbot assistantbot modmailbot linkifybot groupbot
    haikubot-1911
    """.split()  # noqa: SIM905
)
# "weather-bot", "news_bot2", "WeatherBot": a boundary stands before the word. "talbot", "abbot",
# "mr_robot" and "moneybot13" have none.
_NAME = re.compile(r"(?:^|[_-])[Bb][Oo][Tt](?:[_-]?\d*)?[_-]?$|[a-z0-9]Bot(?:[_-]?\d+)?$")
_TEXT = re.compile(
    r"\bI(?: am|['’]m)(?: just)? a bot\b"
    r"|\bthis (?:action|comment|post) was (?:performed|made|posted) automatically\b",
    re.IGNORECASE,
)


def is_bot_name(author: str) -> bool:
    """Whether a program posts under this name: a known one, or "bot" as a word at the name's end."""
    author = author.strip().removeprefix("/").removeprefix("u/")
    return author.casefold() in _KNOWN or bool(_NAME.search(author))


def is_bot_text(text: str) -> bool:
    """Whether a text says of itself that a program posted it."""
    return bool(_TEXT.search(text))
