from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from twainbot.dataset.tools.places import load_places
from twainbot.dataset.tools.toolcalls import eval_items
from twainbot.dataset.tools.wordlists import load_wording
from twainbot.evaluation.callparse import Call, render_call
from twainbot.evaluation.toolcalls import METRICS, Score, canonical, score, summarise

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "data/tools"
PLACES = load_places(TOOLS / "places.yaml")
TOOL = json.loads((TOOLS / "get_weather.json").read_text())
OTHERS = json.loads((TOOLS / "other_tools.json").read_text())
TIMER = next(t for t in OTHERS if t["function"]["name"] == "set_timer")
ITEMS = eval_items(
    PLACES, TOOL, OTHERS, yaml.safe_load((ROOT / "data/personas.yaml").read_text()), load_wording(TOOLS),
    call_items=100, no_call_items=100, seed=3, clock="2025-03-11",
)  # fmt: skip
Item = Mapping[str, Any]


def gold(item: Item) -> str:
    if not item["gold"]["call"]:
        return "I see."
    arguments = {k: v[0] for k, v in item["gold"]["arguments"].items() if None not in v}
    return render_call(Call(item["gold"]["name"], arguments))


CONTROLS: dict[str, Callable[[Item], str]] = {
    "Gold": gold,
    "Silent": lambda item: "",
    "NeverCall": lambda item: "I could not say.",
    "AlwaysCall": lambda item: render_call(Call("get_weather", {"location": "Paris"})),
    "Malformed": lambda item: '{"name": "get_weather", "parameters": {"location": ',
}


@pytest.fixture(scope="module")
def table() -> dict[str, dict[str, float]]:
    return {
        name: {
            metric: summary.estimate.value
            for metric, summary in summarise(
                [score(item, model(item)) for item in ITEMS], resamples=200
            ).items()
        }
        for name, model in CONTROLS.items()
    }


def test_gold_is_perfect(table: dict[str, dict[str, float]]) -> None:
    assert set(table["Gold"]) == set(METRICS)
    for name, value in table["Gold"].items():
        assert value == (0.0 if name in ("over_specification", "other_tool_confusion") else 1.0), name


def test_controls_are_ordered(table: dict[str, dict[str, float]]) -> None:
    wanted = sum(item["gold"]["call"] for item in ITEMS) / len(ITEMS)
    for name in ("Silent", "NeverCall"):
        assert "precision" not in table[name]  # no attempt, no value
        assert table[name]["restraint"] == 1.0
        assert table[name]["recall"] == table[name]["f1"] == table[name]["schema_valid"] == 0.0
    for name in ("AlwaysCall", "Malformed"):
        assert table[name]["precision"] == pytest.approx(wanted)
        assert table[name]["restraint"] == 0.0  # malformed calls are no abstention
        assert table[name]["recall"] == 1.0
    assert table["Malformed"]["schema_valid"] == table["Malformed"]["argument_exact_match"] == 0.0
    assert 0.8 < table["AlwaysCall"]["schema_valid"] <= 1.0
    assert table["AlwaysCall"]["argument_exact_match"] < 0.1
    assert table["AlwaysCall"]["other_tool_confusion"] == 1.0
    for metric in ("f1", "argument_exact_match", "slot_f1"):
        for name in CONTROLS:
            assert table[name].get(metric, 0.0) <= table["Gold"][metric]


def test_failing_items_are_listed() -> None:
    scores = [score(item, CONTROLS["Malformed"](item)) for item in ITEMS]
    result = summarise(scores, resamples=50)
    assert result["schema_valid"].failed == tuple(item["id"] for item in ITEMS if item["gold"]["call"])
    assert result["restraint"].failed == tuple(item["id"] for item in ITEMS if not item["gold"]["call"])
    assert summarise([score(item, gold(item)) for item in ITEMS], resamples=50)["schema_valid"].failed == ()


def item(**gold_arguments: list[Any]) -> dict[str, Any]:
    accepted = {"location": ["hannibal, missouri", "Hannibal"], "unit": [None], "date": ["today", None]}
    return {
        "id": "i", "kind": "plain", "family": "f", "today": "2025-03-14", "messages": [],
        "tools": [TOOL, TIMER],
        "gold": {"call": True, "name": "get_weather", "arguments": {**accepted, **gold_arguments}},
    }  # fmt: skip


def scored(arguments: dict[str, Any], of: dict[str, Any] | None = None, name: str = "get_weather") -> Score:
    return score(of or item(), render_call(Call(name, arguments)))


@pytest.mark.parametrize(
    ("arguments", "right", "wrong", "missed", "unasked"),
    [
        ({"location": "Hannibal"}, 1, 0, 0, 0),
        ({"location": " hannibal,  MO "}, 1, 0, 0, 0),
        ({"location": "Hannibal", "date": "today"}, 2, 0, 0, 0),
        ({"location": "Hannibal", "date": "2025-03-14"}, 2, 0, 0, 0),
        ({"location": "Hannibal", "date": "tomorrow"}, 1, 1, 0, 0),
        ({"location": "Hannibal", "unit": "celsius"}, 1, 1, 0, 1),  # nobody asked for a unit
        ({"location": "Hanibal"}, 0, 1, 1, 0),
        ({"date": "today"}, 1, 0, 1, 0),
    ],
)
def test_slots_by_hand(arguments: dict[str, Any], right: int, wrong: int, missed: int, unasked: int) -> None:
    result = scored(arguments)
    assert (result.slots_right, result.slots_wrong, result.slots_missed) == (right, wrong, missed)
    assert result.slots_unasked == unasked
    assert result.argument_exact_match == (wrong == missed == 0)


def test_stated_arguments_must_be_there() -> None:
    stated = item(unit=["fahrenheit"], date=["friday"])
    assert not scored({"location": "Hannibal"}, stated).argument_exact_match
    assert scored({"location": "Hannibal"}, stated).slots_missed == 2
    whole = {"location": "Hannibal", "unit": "fahrenheit", "date": "2025-03-21"}
    assert scored(whole, stated).argument_exact_match


def test_slot_f1_by_hand() -> None:
    # R = 1 + 1, W = 1 + 0, M = 0 + 2: 2*2 / (4 + 1 + 2) = 4/7.
    stated = item(unit=["fahrenheit"], date=["friday"])
    scores = [scored({"location": "Hannibal", "unit": "celsius"}), scored({"location": "Hannibal"}, stated)]
    assert summarise(scores, resamples=10)["slot_f1"].estimate.value == pytest.approx(4 / 7)


def test_the_wrong_tool_has_no_right_argument() -> None:
    result = scored({"minutes": 5}, name="set_timer")
    assert result.schema_valid
    assert not result.argument_exact_match
    assert (result.slots_right, result.slots_wrong, result.slots_missed) == (0, 1, 1)


def test_types_are_not_coerced_but_counted() -> None:
    timer = item()
    timer["gold"] = {"call": True, "name": "set_timer", "arguments": {"minutes": [5], "label": [None]}}
    assert scored({"minutes": 5}, timer, "set_timer").argument_exact_match
    result = scored({"minutes": "5"}, timer, "set_timer")
    assert not result.schema_valid
    assert not result.argument_exact_match
    assert result.type_errors == 1
    timer["gold"]["arguments"]["minutes"] = [1]
    assert not scored({"minutes": True}, timer, "set_timer").argument_exact_match


def test_a_second_call_spoils_the_first() -> None:
    call = render_call(Call("get_weather", {"location": "Hannibal"}))
    result = score(item(), f"{call}; {call}")
    assert (result.slots_right, result.slots_wrong) == (1, 1)
    assert result.failure == "several_calls"


@pytest.mark.parametrize(
    ("slot", "one", "other"),
    [
        ("location", "Hannibal, MO", "hannibal ,  missouri"),
        ("location", "ZÜRICH", "Zurich"),
        ("unit", "F", "fahrenheit"),
        ("unit", "°C", "Celsius"),
        ("date", "friday", "2025-03-21"),
        ("date", "Today", "2025-03-14"),
        ("text", "  Good  Evening", "good evening"),
        ("people", 3, 3.0),
    ],
)
def test_canonical_equal(slot: str, one: Any, other: Any) -> None:
    today = date(2025, 3, 14)
    assert canonical(slot, one, today) == canonical(slot, other, today)


@pytest.mark.parametrize(
    ("slot", "one", "other"),
    [("people", "3", 3), ("location", "London, Ontario", "London"), ("date", "friday", "saturday")],
)
def test_canonical_different(slot: str, one: Any, other: Any) -> None:
    today = date(2025, 3, 14)
    assert canonical(slot, one, today, PLACES) != canonical(slot, other, today, PLACES)


def test_the_gazetteer_knows_other_names() -> None:
    bombay = item(location=["Mumbai"])
    assert not scored({"location": "Bombay"}, bombay).argument_exact_match
    assert score(
        bombay, render_call(Call("get_weather", {"location": "Bombay"})), PLACES
    ).argument_exact_match
