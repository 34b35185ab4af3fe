"""Answers to items, with models whose scores are known before they are run."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from twainbot.evaluation.callparse import Call, render_call
from twainbot.evaluation.metrics import METRICS, Item, difference, estimate, has_value
from twainbot.evaluation.scoring import likelihood_items, style_items, tool_items

TOOLS = Path(__file__).resolve().parents[2] / "data/tools"
WEATHER = json.loads((TOOLS / "get_weather.json").read_text(encoding="utf-8"))
OTHERS = json.loads((TOOLS / "other_tools.json").read_text(encoding="utf-8"))
TIMER = next(tool for tool in OTHERS if tool["function"]["name"] == "set_timer")
Question = Mapping[str, Any]


def question(name: str, family: str, tool: str | None, **arguments: list[Any]) -> dict[str, Any]:
    gold = {"call": tool is not None, "name": tool or "", "arguments": arguments}
    return {
        "id": name, "kind": "", "family": family, "today": "2025-03-14", "messages": [],
        "tools": [WEATHER, TIMER], "gold": gold,
    }  # fmt: skip


# Six that want the weather, four that want nothing, two that want the timer; families of two.
QUESTIONS = [
    *(question(f"call-{n}", f"ask-{n // 2}", "get_weather", location=[f"Town {n}"]) for n in range(6)),
    *(question(f"nocall-{n}", f"chat-{n // 2}", None) for n in range(4)),
    *(question(f"other-{n}", "timer", "set_timer", minutes=[5]) for n in range(2)),
]


def gold(asked: Question) -> str:
    arguments = {name: accepted[0] for name, accepted in asked["gold"]["arguments"].items()}
    return render_call(Call(asked["gold"]["name"], arguments)) if asked["gold"]["call"] else "I see."


CONTROLS: dict[str, Callable[[Question], str]] = {
    "Gold": gold,
    "Silent": lambda asked: "",
    "NeverCall": lambda asked: "I could not say.",
    "AlwaysCall": lambda asked: render_call(Call("get_weather", {"location": "Town 0"})),
    "Malformed": lambda asked: '{"name": "get_weather", "parameters": {"location": ',
}
NAMES = ("schema_valid", "argument_exact_match", "call_precision", "call_recall", "restraint", "other_tool")


def answered(model: Callable[[Question], str]) -> dict[str, list[Item]]:
    """The items of one model by metric."""
    result: dict[str, list[Item]] = {}
    for item in tool_items("a", {asked["id"]: model(asked) for asked in QUESTIONS}, QUESTIONS):
        result.setdefault(item["metric"], []).append(item)
    return result


# In the order of NAMES. AlwaysCall names the right place once in six; of its ten calls outside the timer's
# turns six are due. A call of the weather tool is wrong where the timer is wanted, broken or not.
@pytest.mark.parametrize(
    ("model", "values"),
    [
        ("Gold", (1, 1, 1, 1, 1, 1)),
        ("Silent", (0, 0, None, 0, 1, 1)),
        ("NeverCall", (0, 0, None, 0, 1, 1)),
        ("AlwaysCall", (1, 1 / 6, 0.6, 1, 0, 0)),
        ("Malformed", (0, 0, 0.6, 1, 0, 0)),
    ],
)
def test_controls_have_the_scores_that_they_must(model: str, values: tuple[float | None, ...]) -> None:
    found = answered(CONTROLS[model])
    assert set(found) == set(NAMES)
    for name, value in zip(NAMES, values, strict=True):
        # A model that never calls has no precision, good or bad.
        assert has_value(found[name]) == (value is not None), name
        if value is not None:
            assert estimate(name, found[name], 100, 0)["value"] == pytest.approx(value), name


def test_no_control_beats_gold_and_every_metric_catches_some() -> None:
    values = {
        model: {
            name: estimate(name, found, 100, 0)["value"]
            for name, found in answered(answer).items()
            if has_value(found)
        }
        for model, answer in CONTROLS.items()
    }
    for name in NAMES:
        others = [values[model][name] for model in CONTROLS if name in values[model] and model != "Gold"]
        assert min(others) < values["Gold"][name] == 1
        assert max(others) <= 1


def test_families_are_the_clusters_and_every_answer_is_paired() -> None:
    silent, right = answered(CONTROLS["Silent"]), answered(CONTROLS["Gold"])
    assert [i["cluster"] for i in right["schema_valid"]] == ["ask-0"] * 2 + ["ask-1"] * 2 + ["ask-2"] * 2
    # Ten of the twelve turns are the precision's, with weight where a call was attempted.
    assert [i["weight"] for i in right["call_precision"]] == [1.0] * 6 + [0.0] * 4
    assert [i["weight"] for i in silent["call_precision"]] == [0.0] * 10
    change = difference("restraint", silent["restraint"], right["restraint"], 50, 0)
    assert (change["value"], change["low"], change["high"]) == (0, 0, 0)
    assert difference("schema_valid", silent["schema_valid"], right["schema_valid"], 50, 0)["value"] == 1


def one(asked: dict[str, Any], text: str) -> dict[str, float]:
    """Values of the metrics that count this answer."""
    items = tool_items("a", {asked["id"]: text}, [asked])
    return {item["metric"]: item["value"] for item in items if item["weight"]}


CALL = render_call(Call("get_weather", {"location": "Town 0"}))


@pytest.mark.parametrize(
    ("text", "valid", "exact", "recall"),
    [
        (CALL, 1, 1, 1),
        (CALL.replace("Town 0", "Town 1"), 1, 0, 1),
        (CALL.replace("}}", ', "unit": "kelvin"}}'), 0, 0, 1),
        (f"Let me look. {CALL}", 0, 0, 1),
        (f"{CALL} {CALL}", 0, 0, 1),
        (render_call(Call("set_timer", {"minutes": 5})), 1, 0, 1),  # a valid call, of the wrong tool
        ("It rains.", 0, 0, 0),
    ],
)
def test_a_turn_that_wants_the_weather(text: str, valid: int, exact: int, recall: int) -> None:
    found = one(question("q", "f", "get_weather", location=["Town 0"]), text)
    assert (found["schema_valid"], found["argument_exact_match"]) == (valid, exact)
    assert found["call_recall"] == recall
    assert found.get("call_precision") == (1 if recall else None)


@pytest.mark.parametrize(("template", "valid"), [("mistral_v03", 1.0), ("llama31", 0.0)])
def test_a_call_counts_in_the_format_that_it_was_asked_in(template: str, valid: float) -> None:
    asked = question("q", "f", "get_weather", location=["Town 0"])
    text = f"[TOOL_CALLS] [{CALL.replace('parameters', 'arguments')}]"
    items = tool_items("a", {asked["id"]: text}, [asked], template)
    assert [item["value"] for item in items if item["metric"] == "schema_valid"] == [valid]


@pytest.mark.parametrize(
    ("text", "respected"),
    [
        (render_call(Call("set_timer", {"minutes": 5})), 1),
        ('{"name": "set_timer", "parameters": {"minutes": ', 1),  # broken, but not the weather's
        ("Five minutes, then.", 1),
        ("I have a get_weather tool and no use for it here.", 1),
        (CALL, 0),
        (CALL[:-2], 0),
        ('get_weather(location="Town 0")', 0),
        (f"{render_call(Call('set_timer', {'minutes': 5}))} {CALL}", 0),
    ],
)
def test_a_turn_that_wants_another_tool_counts_there_and_nowhere_else(text: str, respected: int) -> None:
    assert one(question("q", "f", "set_timer", minutes=[5]), text) == {"other_tool": respected}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Fine weather for it.", {"restraint": 1}),
        (CALL, {"restraint": 0, "call_precision": 0}),
        (CALL[:-2], {"restraint": 0, "call_precision": 0}),
    ],
)
def test_a_turn_that_wants_no_call(text: str, found: dict[str, float]) -> None:
    assert one(question("q", "f", None), text) == found


class Counting:
    """A classifier whose P(persona) is a hundredth of the words that it is shown."""

    def predict_proba(self, texts: list[str]) -> np.ndarray:
        share = np.array([len(text.split()) / 100 for text in texts])
        return np.stack([1 - share, share], axis=1)


def test_style_is_scored_on_the_window_and_length_on_the_whole() -> None:
    prompts = ["style-001/twain", "style-002/twain", "style-003/twain"]
    items = style_items("a", "twain", prompts, ["so " * 80, "so " * 20, "so so"], Counting(), 50)
    by_metric = {
        metric: [(i["item"], i["cluster"], i["value"]) for i in items if i["metric"] == metric]
        for metric in ("style_twain", "style_length")
    }
    clusters = ["style-001", "style-002", "style-003"]
    # 80 words are cut to 50; two words show no voice.
    assert by_metric["style_twain"] == list(zip(prompts, clusters, [0.5, 0.2, 0.0], strict=True))
    assert by_metric["style_length"] == list(zip(prompts, clusters, [80.0, 20.0, 2.0], strict=True))
    assert {item["weight"] for item in items} == {1.0}


def test_one_prompt_asked_of_two_personas_is_one_cluster_of_length() -> None:
    items = [
        *style_items("a", "twain", ["style-001/twain"], ["so " * 10], Counting(), 50),
        *style_items("a", "franklin", ["style-001/franklin"], ["so " * 30], Counting(), 50),
    ]
    lengths = [item for item in items if item["metric"] == "style_length"]
    result = estimate("style_length", lengths, 50, 0)
    assert (result["value"], result["n"], result["clusters"]) == (20.0, 2, 1)


def test_likelihoods_are_summed_before_they_are_divided() -> None:
    rows = [
        {"id": "r1", "family": "book/1", "nll": 2.0, "n_tokens": 1, "n_bytes": 4},
        {"id": "r2", "family": "book/2", "nll": 4.0, "n_tokens": 3, "n_bytes": 8},
    ]
    items = likelihood_items("a", rows)
    values = {
        metric: estimate(metric, [i for i in items if i["metric"] == metric], 50, 0)["value"]
        for metric in ("bits_per_byte", "perplexity")
    }
    assert values["bits_per_byte"] == pytest.approx(6 / 12 / np.log(2))
    assert values["perplexity"] == pytest.approx(np.exp(6 / 4))
    assert [item["cluster"] for item in items] == ["book/1", "book/1", "book/2", "book/2"]


def test_every_metric_that_is_scored_is_in_the_table() -> None:
    scored = {i["metric"] for i in style_items("a", "twain", ["s/twain"], ["so " * 9], Counting(), 50)}
    scored |= {i["metric"] for i in style_items("a", "franklin", ["s/franklin"], ["so"], Counting(), 50)}
    scored |= {*NAMES, "bits_per_byte", "perplexity"}
    assert scored == {metric.name for metric in METRICS}
