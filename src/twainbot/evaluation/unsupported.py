"""What an assistant says of the weather, turn by turn, that the tool did not say."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from twainbot.dataset.gates.material import Blame
from twainbot.evaluation.facts import extract
from twainbot.evaluation.groundedness import check, reports

# Their report is for another place or day than was asked, so that none of it is an answer.
MISTAKEN = frozenset({"wrong_place", "stale_date"})


def unsupported(messages: Sequence[Mapping[str, Any]], scenario: str, weather_tool: str) -> list[Blame]:
    """The facts of the assistant's turns that no report bears out, each with the reason.

    A turn is held against the reports that came since the user last spoke or, if the tool was not called
    since, against all before it. Where no call brought a report, any statement about the weather is made up;
    so it is in a scenario of :data:`MISTAKEN` until a report comes that is for another place or day than the
    first. Turns before the first call of ``weather_tool``, and other tools' results, are not looked at.
    """
    found: list[Blame] = []
    results: list[Mapping[str, Any]] = []  # of the weather tool, all of them
    current: list[Mapping[str, Any]] = []  # and those since the user last spoke
    for message in messages:
        if message["role"] == "user":
            current = []
        elif message["role"] == "tool" and _is_weather(message, messages, weather_tool):
            results.append(message)
            current.append(message)
        elif message["role"] == "assistant" and message.get("content") and results:
            found += _turn(str(message["content"]), results, current, scenario)
    return found


def _is_weather(result: Mapping[str, Any], messages: Sequence[Mapping[str, Any]], weather_tool: str) -> bool:
    made = (call for message in messages for call in message.get("tool_calls") or ())
    names = {call["id"]: call["function"]["name"] for call in made}
    return names.get(result.get("tool_call_id")) == weather_tool


def _turn(
    reply: str, results: Sequence[Mapping[str, Any]], current: Sequence[Mapping[str, Any]], scenario: str
) -> list[Blame]:
    known = reports(current or results)
    right = known
    if scenario in MISTAKEN and known:
        mistaken = (known[0]["location"], known[0].get("date"))
        right = [report for report in known if (report["location"], report.get("date")) != mistaken]
    if not right:
        why = "the report was for another place or day" if known else "no call brought a report"
        return [Blame(fact.text, f"{fact.text!r}: {why}") for fact in extract(reply) if not fact.negated]
    bad = check(reply, right).unsupported
    said = json.dumps(right, ensure_ascii=False)
    return [Blame(fact.text, f"{fact.text!r} ({fact.kind}) is not in {said}") for fact in bad]
