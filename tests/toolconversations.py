"""Conversations for tests, made of the real sentences, places and tools."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import yaml

from twainbot.dataset.tools.places import load_places
from twainbot.dataset.tools.toolcalls import eval_items, make_episodes
from twainbot.dataset.tools.wording import Wording
from twainbot.dataset.tools.wordlists import load_wording
from twainbot.params import load_params
from twainbot.records import Example

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT / "data/tools"
PLACES = load_places(TOOLS / "places.yaml")
TOOL = json.loads((TOOLS / "get_weather.json").read_text(encoding="utf-8"))
OTHERS = json.loads((TOOLS / "other_tools.json").read_text(encoding="utf-8"))
PERSONAS = yaml.safe_load((ROOT / "data/personas.yaml").read_text(encoding="utf-8"))
SCHEMAS = {tool["function"]["name"]: tool["function"]["parameters"] for tool in [TOOL, *OTHERS]}
SETTINGS = load_params(ROOT / "params.yaml").toolcalls
SEED = 11


@functools.cache
def wording() -> Wording:
    return load_wording(TOOLS)


def episodes(n: int, *, said: Wording | None = None, **options: Any) -> list[Example]:
    """As the stage makes them, but for ``options``."""
    settings: dict[str, Any] = {
        "seed": SEED,
        "clock": SETTINGS.clock,
        "no_call_share": SETTINGS.no_call_share,
        "calls": SETTINGS.scenarios.call,
        "no_calls": SETTINGS.scenarios.no_call,
        "retry_share": SETTINGS.retry_share,
    }
    return make_episodes(PLACES, TOOL, OTHERS, PERSONAS, said or wording(), n=n, **(settings | options))


@functools.cache
def all_rows() -> tuple[Example, ...]:
    """As many as the stage makes."""
    return tuple(episodes(SETTINGS.episodes))


def items(*, said: Wording | None = None, **counts: Any) -> list[dict[str, Any]]:
    settings: dict[str, Any] = {"seed": SEED, "clock": SETTINGS.clock, "calls": SETTINGS.scenarios.call}
    return eval_items(PLACES, TOOL, OTHERS, PERSONAS, said or wording(), **(settings | counts))


def kind(row: Example) -> str:
    return row["template_id"].split(":")[0]


def calls(row: Example) -> list[tuple[str, dict[str, Any]]]:
    return [
        (call["function"]["name"], json.loads(call["function"]["arguments"]))
        for message in row["messages"]
        for call in message.get("tool_calls", [])
    ]


def results(row: Example) -> list[str]:
    return [str(message["content"]) for message in row["messages"] if message["role"] == "tool"]
