"""Calls of the weather tool that bring no usable report, and honest answers to them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from twainbot.dataset.tools.episodes import MAY_RETRY, Episode, Request
from twainbot.dataset.tools.weather_model import day_and_month

# Half of the calls that are tried again work then.
_SECOND_WORKS = 0.5
# Only these may pass; asking again for a town that the tool mistakes, or a day, brings the same answer.
_PASSING = ("tool_error", "timeout", "empty_result", "malformed")
_ERRORS = ("service unavailable", "internal error", "rate limit reached", "connection refused")
_TIMEOUTS = ("timeout", "no answer in time", "timed out waiting for the service", "deadline exceeded")
_REPLIES = {"tool_error": "error", "empty_result": "empty"}


def fail(episode: Episode, request: Request) -> None:
    """The failing call, perhaps one retry of the very same call, and the answer.

    Whoever retries does so once: a second failure is owned up to.
    """
    rng, kind = episode.rng, episode.kind
    content, got, passing = _content(episode, request)
    episode.weather(request, content)
    unknown = kind == "tool_error" and not passing
    retried = passing and rng.random() < episode.world.retry_share
    if retried and rng.random() < _SECOND_WORKS:
        episode.report(request, episode.weather(request, kind=MAY_RETRY))
        return
    if retried:
        again, got, _ = _content(episode, request, passing=True)
        episode.weather(request, again, kind=MAY_RETRY)
    values = {"asked": episode.named(request.place), "day": request.day, "got": got}
    if kind == "wrong_place":
        values["asked"] = request.place.address
    certain = retried or not passing
    reply = "unknown" if unknown else _REPLIES.get(kind, kind)
    episode.answer(episode.voice.say(reply, **values), f"after_{kind}" if certain else MAY_RETRY)


def _content(episode: Episode, request: Request, *, passing: bool = False) -> tuple[str, str, bool]:
    """The tool message's content, what it is about, and whether the failure may pass by itself."""
    rng, kind = episode.rng, episode.kind
    result: Any
    got = ""
    if kind == "malformed":
        return _broken(episode, request), got, True
    if kind == "tool_error":
        result = {"error": rng.choice(_ERRORS)}
        if not passing and rng.random() < 0.2:
            return json.dumps({"error": f"unknown location: {request.said}"}, ensure_ascii=False), got, False
    elif kind == "timeout":
        result = {"error": rng.choice(_TIMEOUTS)}
    elif kind == "empty_result":
        label = request.place.label
        results: tuple[dict[str, Any], ...] = (
            {}, {"results": []}, {"location": label, "forecast": []}, {"location": label, "forecast": None},
        )  # fmt: skip
        result = rng.choice(results)
    elif kind == "wrong_place":
        place, _ = episode.new_place(request.place)
        result, got = episode.forecast(request, place), place.address
    else:
        day = episode.day(request) - timedelta(days=rng.randrange(2, 40))
        result, got = episode.forecast(request, day=day), day_and_month(day)
    return json.dumps(result, ensure_ascii=False), got, kind in _PASSING


def _broken(episode: Episode, request: Request) -> str:
    """The report cut off before its figures, or cut and ended like a whole one: no JSON."""
    rng = episode.rng
    text = json.dumps(episode.forecast(request), ensure_ascii=False)
    at = text.index('"condition": "')
    # Inside the string that names the condition, so that no ending closes it.
    cut = rng.choice((rng.randrange(at - 20, at), at + len('"condition": "') + rng.randrange(3)))
    return text[:cut] + (rng.choice(("", "...", "}")) if cut > at else "")
