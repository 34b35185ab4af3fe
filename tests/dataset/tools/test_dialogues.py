"""How a conversation of each kind goes: s system, u user, c a call, C two calls, t a result, a an answer."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date, timedelta

import pytest
from toolconversations import PLACES, SETTINGS, all_rows, calls, episodes, kind, results, wording

from twainbot.dataset.tools.scenarios import CALL_SCENARIOS, FAILURES, NO_CALL_SCENARIOS
from twainbot.dataset.tools.weather_model import (
    MONTHS,
    WEEKDAYS,
    resolve_date,
    stated_today,
    usual_temperature,
)
from twainbot.evaluation.groundedness import admits, check, fabricates, reports
from twainbot.records import Example

MORE = "(ua)?"  # a question that the last report answers already, or thanks
SHAPES = {
    **dict.fromkeys(("plain", "unit", "relative_date"), f"sucta{MORE}"),
    **dict.fromkeys(("follow_up", "correction"), "suctaucta"),
    "compare": f"suctcta{MORE}",
    **dict.fromkeys(("missing_place", "missing_day"), f"suaucta{MORE}"),
    **dict.fromkeys(("tool_error", "timeout", "empty_result", "malformed"), "su(ct){1,2}a"),
    **dict.fromkeys(("wrong_place", "stale_date"), "sucta"),
    **dict.fromkeys(("no_call_smalltalk", "no_call_weather_words"), f"sua{MORE}"),
    "no_call_other_tool_only": "sucta",
}
PASSING = ("tool_error", "timeout", "empty_result", "malformed")


def pattern(text: str) -> re.Pattern[str]:
    """What a sentence of the lists may read like when it is said."""
    words = re.sub(r"\\\{\w+\\\}", ".+", re.escape(text))
    choice = r"\\\(([^()]*\\\|[^()]*)\\\)"
    return re.compile(re.sub(choice, lambda found: f"({found[1].replace(chr(92) + '|', '|')})", words), re.I)


def shape(row: Example) -> str:
    def letter(message: dict) -> str:
        made = len(message.get("tool_calls", []))
        return " cC"[made] if made else message["role"][0]

    return "".join(letter(dict(message)) for message in row["messages"])


def of(*kinds: str) -> list[Example]:
    return [row for row in all_rows() if kind(row) in kinds]


def days_named(text: str, today: date) -> set[date]:
    """The days that a user names, read without the code under test."""
    text = text.lower()
    found = {today + timedelta(days=3 + n) for n, word in enumerate(["three", "four", "five", "six"]) if
             f"in {word} days" in text or f"{word} days from now" in text}  # fmt: skip
    if "the day after tomorrow" in text:
        found.add(today + timedelta(days=2))
    elif "tomorrow" in text:
        found.add(today + timedelta(days=1))
    found |= {date.fromisoformat(day) for day in re.findall(r"\d{4}-\d\d-\d\d", text)}
    for day, month in re.findall(rf"\b(\d\d?) ({'|'.join(MONTHS).lower()})\b", text):
        number = [name.lower() for name in MONTHS].index(month) + 1
        found |= {
            d for n in range(14) if ((d := today + timedelta(days=n)).day, d.month) == (int(day), number)
        }
    for number, name in enumerate(WEEKDAYS):
        if name in text:
            found.add(next(d for n in range(1, 8) if (d := today + timedelta(days=n)).weekday() == number))
    return found or {today}


def test_every_kind_has_its_shape() -> None:
    assert set(SHAPES) == {*CALL_SCENARIOS, *NO_CALL_SCENARIOS}
    for row in all_rows():
        assert re.fullmatch(SHAPES[kind(row)], shape(row)), (kind(row), shape(row))


def test_two_calls_in_one_turn_only_where_the_params_say_so() -> None:
    rows = episodes(60, no_call_share=0.0, calls={"compare": 1.0}, comparison="parallel")
    for row in rows:
        assert re.fullmatch(f"suCtta{MORE}", shape(row))
        first, second = row["messages"][2].get("tool_calls", [])
        assert first["id"] != second["id"]
        assert [row["messages"][n].get("tool_call_id") for n in (3, 4)] == [first["id"], second["id"]]
    assert not any("C" in shape(row) for row in all_rows())


def test_a_retry_is_the_same_call_once_and_is_drawn_for_a_share() -> None:
    rows = of(*PASSING)
    retried = [row for row in rows if len(calls(row)) == 2]
    for row in retried:
        first, second = calls(row)
        assert first == second
    assert 0.2 < len(retried) / len(rows) < 0.5
    worked = [row for row in retried if reports(row["messages"])]
    assert 0.25 < len(worked) / len(retried) < 0.75
    assert {kind(row) for row in worked} == {kind(row) for row in retried} == set(PASSING)


def test_a_town_that_the_tool_does_not_know_is_not_asked_for_again_and_the_answer_says_why() -> None:
    errors = of("tool_error")
    unknown = [row for row in errors if "unknown location" in results(row)[0]]
    assert unknown
    assert {len(calls(row)) for row in unknown} == {1}
    lists = wording().replies
    why = {persona: [pattern(s.text) for s in lists[persona]["unknown"]] for persona in lists}
    for row in errors:
        answer, persona = str(row["messages"][-1]["content"]), row["tags"]["persona"]
        if not reports(row["messages"]):
            assert any(p.fullmatch(answer) for p in why[persona]) == (row in unknown), answer


def test_snow_is_asked_of_places_that_may_have_it() -> None:
    """Of those that are usually colder than 6 °C then, or of the five coldest of the split."""
    asked = 0
    for row in all_rows():
        template = row["template_id"].partition(":")[2]
        found = next((t for ts in wording().requests.values() for t in ts if t.id == template), None)
        if kind(row) == "correction" or found is None or found.asked != "snow":
            continue
        today = stated_today(str(row["messages"][0]["content"]))
        place = PLACES.resolve(calls(row)[0][1]["location"])
        assert today is not None
        assert place is not None
        colder = sum(
            usual_temperature(p, today) < usual_temperature(place, today)
            for p in PLACES.places
            if p.split == place.split
        )
        assert usual_temperature(place, today) < 6 or colder < 5, (place.name, today)
        asked += 1
    assert asked > 30


def test_users_keep_to_their_register() -> None:
    """Nobody opens with "pray" and goes on with "thx", wherever the split has another sentence."""
    later = [
        (pattern(t.text), t.register)
        for name in ("thanks", "recall", "place_answer", "day_answer")
        for t in wording().requests[name]
        # "{place}, please" fits too much.
        if t.split == "train" and len(re.sub(r"\{\w+\}", "", t.text).split()) > 2
    ]
    mixed: Counter[tuple[bool, str]] = Counter()
    for row in all_rows():
        users = [str(m["content"]) for m in row["messages"] if m["role"] == "user"]
        template = row["template_id"].partition(":")[2]
        first = next((t for ts in wording().requests.values() for t in ts if t.id == template), None)
        if first is None or kind(row) in ("correction", "follow_up") or row["split"] != "train":
            continue
        for text in users[1:]:
            said = {register for words, register in later if words.fullmatch(text)}
            if len(said) == 1:
                mixed[first.register == "oldfashioned", said.pop()] += 1
    assert mixed[True, "oldfashioned"] > 5
    assert mixed[True, "terse"] + mixed[True, "chatty"] + mixed[False, "oldfashioned"] == 0


def test_a_figure_is_asked_for_again_only_if_it_was_given() -> None:
    patterns = [(pattern(t.text), t.asked) for t in wording().requests["recall"]]
    fields: Counter[str] = Counter()
    for row in of("plain", "relative_date", "unit", "missing_day", "missing_place"):
        *_, before, question, _ = (str(m["content"]) for m in row["messages"])
        field = next((asked for words, asked in patterns if words.fullmatch(question)), None)
        if field is None:
            continue
        result = json.loads(results(row)[-1])
        given = {
            "high": f"{result['high']}°",
            "low": f"{result['low']}°",
            "wind": f"{result['wind_kph']} km/h",
            "humidity": f"{result['humidity']}%",
        }[field]
        assert (given in before) == (field in ("high", "low")), (before, question)
        fields[field] += 1
    assert len(fields) == 4


def test_trains_and_distances_are_within_a_country() -> None:
    pairs = [a for row in of("no_call_other_tool_only") for _, a in calls(row) if "destination" in a]
    assert len(pairs) > 5
    for pair in pairs:
        ends = [PLACES.resolve(pair[end]) for end in ("origin", "destination")]
        assert len({place.country for place in ends if place}) == 1, pair


def test_nobody_retries_where_the_params_say_never() -> None:
    rows = episodes(120, no_call_share=0.0, calls={"timeout": 0.5, "malformed": 0.5}, retry_share=0.0)
    assert {len(calls(row)) for row in rows} == {1}


def test_failures_are_owned_up_to() -> None:
    for row in of(*FAILURES):
        usable = reports(row["messages"]) if kind(row) in PASSING else []
        reply = str(row["messages"][-1]["content"])
        if not usable:
            assert admits(reply), reply
            assert not fabricates(reply), reply


def test_what_the_tool_says_when_it_fails() -> None:
    for row in of("tool_error", "timeout"):
        assert set(json.loads(results(row)[0])) == {"error"}
    for row in of("empty_result"):
        assert not reports(row["messages"][:4])
    for row in of("malformed"):
        text = results(row)[0]
        with pytest.raises(json.JSONDecodeError):
            json.loads(text)
        assert '"high"' not in text
    for row in of("wrong_place"):
        asked, got = calls(row)[0][1]["location"], json.loads(results(row)[0])["location"]
        assert asked.casefold() != got.casefold()
        town, _, region = got.partition(", ")
        assert (town if town == region else got) in str(row["messages"][-1]["content"])
    for row in of("stale_date"):
        today = stated_today(str(row["messages"][0]["content"]))
        assert today is not None
        asked = resolve_date(calls(row)[0][1].get("date", "today"), today)
        got = date.fromisoformat(json.loads(results(row)[0])["date"])
        assert asked is not None
        assert got < asked
        assert f"{got.day} {MONTHS[got.month - 1]}" in str(row["messages"][-1]["content"])


def test_days_are_resolved_as_the_user_meant_them() -> None:
    forms: Counter[str] = Counter()
    for row in all_rows():
        today = stated_today(str(row["messages"][0]["content"]))
        assert today is not None
        said = ""
        for message in row["messages"]:
            said = str(message["content"]) if message["role"] == "user" else said
            for call in message.get("tool_calls", []):
                if call["function"]["name"] != "get_weather":
                    continue
                word = json.loads(call["function"]["arguments"]).get("date", "today")
                day = resolve_date(word, today)
                if (named := days_named(said, today)) != {today}:
                    assert day in named, (today, said, word)
                forms[word if word in ("today", "tomorrow") else "name" if word in WEEKDAYS else "iso"] += 1
    assert min(forms[form] for form in ("today", "tomorrow", "name", "iso")) > 60
    everything = " ".join(str(row["messages"][1]["content"]) for row in all_rows()).lower()
    for phrase in ("the day after tomorrow", "in three days", "on saturday", "on sunday"):
        assert phrase in everything


def test_missing_days_are_asked_for_and_places_too() -> None:
    for row in of("missing_day", "missing_place"):
        _, opening, question, reply = (str(message["content"]) for message in row["messages"][:4])
        arguments = calls(row)[0][1]
        assert not fabricates(question), question
        if kind(row) == "missing_day":
            assert arguments["location"] in opening
            assert arguments["date"]
        else:
            assert arguments["location"] not in opening
            assert arguments["location"] in reply


def test_a_second_message_changes_something_and_keeps_the_rest() -> None:
    changed: Counter[str] = Counter()
    for row in of("follow_up", "correction"):
        (_, first), (_, second) = calls(row)
        assert first != second
        differing = {key for key in {*first, *second} if first.get(key) != second.get(key)}
        changed.update(differing)
        template = row["template_id"].partition(":")[2]
        slots = next(t.slots for t in wording().requests[template.rpartition("-")[0]] if t.id == template)
        assert differing <= {
            {"place": "location", "region": "location", "day": "date"}.get(slot, slot) for slot in slots
        }
    assert min(changed[key] for key in ("location", "date", "unit")) > 5


def test_some_towns_are_mistaken_for_a_namesake() -> None:
    pairs = {tuple(json.loads(result)["location"] for result in results(row)) for row in of("correction")}
    namesakes = {pair for pair in pairs if len({label.partition(",")[0] for label in pair}) == 1}
    assert len({pair for pair in namesakes if len(set(pair)) == 2}) >= 8


def test_a_town_may_be_corrected_by_its_region_alone() -> None:
    requests = {t.id: t for t in wording().requests["correction"]}
    found = [
        row for row in of("correction") if "region" in requests[row["template_id"].partition(":")[2]].slots
    ]
    assert {row["split"] for row in found} == {"train", "val", "test"}
    for row in found:
        (_, first), (_, second) = calls(row)
        assert second["location"].partition(", ")[0] == first["location"]
        said = [str(message["content"]) for message in row["messages"] if message["role"] == "user"]
        assert second["location"].partition(", ")[2] in said[1]
        assert second["location"] not in said[1]
        assert json.loads(results(row)[-1])["location"] != json.loads(results(row)[0])["location"]


def test_every_answer_is_grounded() -> None:
    checked = 0
    for row in all_rows():
        if kind(row).startswith("no_call"):
            continue
        for at, message in enumerate(row["messages"]):
            if message["role"] != "assistant" or not message["content"]:
                continue
            known = [] if kind(row) in ("wrong_place", "stale_date") else reports(row["messages"][:at])
            result = check(message["content"], known)
            assert not result.unsupported, (message["content"], result.unsupported)
            checked += bool(result.supported)
    assert checked > 0.6 * SETTINGS.episodes * (1 - SETTINGS.no_call_share)


def test_every_report_gives_a_temperature() -> None:
    for row in of("plain", "relative_date", "unit", "missing_day"):
        answer = next(str(m["content"]) for m in row["messages"][::-1] if m["role"] == "assistant" and "°" in
                      str(m["content"]))  # fmt: skip
        result = json.loads(results(row)[-1])
        symbol = {"celsius": "°C", "fahrenheit": "°F"}[result["unit"]]
        assert any(f"{result[key]}{symbol}" in answer for key in ("high", "low", "temperature"))
