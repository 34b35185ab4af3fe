"""Tools as they are offered: schema, names and texts drawn anew for each conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from pretrain import names
from pretrain.common import load_data
from pretrain.slots import WORDS, value

TOOLS: dict[str, dict[str, Any]] = load_data("tools")
GENERIC: dict[str, Any] = load_data("generic")
KINDS = sorted(TOOLS)
NOUNS = sorted(
    {noun for kind in ("object", "animal", "food", "place_kind", "plant", "topic") for noun in WORDS[kind]}
)
# Of the offers: with fewer, the model calls names that it has learnt instead of the one that it reads.
INVENTED = 0.6
# Of the places that tools are asked about.
WITH_REGION = 0.15
LOWER_DAYS = [
    "today, tomorrow, a weekday in small letters or YYYY-MM-DD",
    "Day: today, tomorrow, monday to sunday, or YYYY-MM-DD",
    "today, tomorrow, a weekday or YYYY-MM-DD",
]


@dataclass
class Offer:
    """One tool as it is offered in one conversation: its keys and texts are drawn anew each time."""

    kind: str
    name: str
    schema: dict[str, Any]
    keys: dict[str, str]
    spec: dict[str, Any]
    lower_days: bool = False  # weekdays as arguments in small letters, as its schema says


def _property(arg: dict[str, Any], rng: Random, lower_days: bool) -> dict[str, Any]:
    kind = arg["type"]
    out: dict[str, Any] = {"type": "integer" if kind == "int" else "string"}
    if kind == "date" and lower_days:
        out["description"] = rng.choice(LOWER_DAYS)
    elif rng.random() < 0.9:
        out["description"] = rng.choice(arg["about"])
    if kind == "enum":
        out["enum"] = list(arg["values"])
    return out


def offer(kind: str, rng: Random) -> Offer:
    """The tool `kind` of tools.yaml, or for "generic" one made up from generic.yaml."""
    spec = TOOLS[kind] if kind != "generic" else _generic(rng)
    keys: dict[str, str] = {}
    for canonical, arg in spec["args"].items():
        free = [k for k in arg["keys"] if k not in keys.values()]
        keys[canonical] = rng.choice(free)
    present = [c for c, a in spec["args"].items() if a["need"] or rng.random() < 0.75]
    if rng.random() < 0.15:
        rng.shuffle(present)
    invented = rng.random() < INVENTED
    name = names.tool_name(rng, GENERIC["verbs"], NOUNS) if invented else rng.choice(spec["names"])
    lower_days = rng.random() < 0.5
    parameters: dict[str, Any] = {
        "type": "object",
        "properties": {keys[c]: _property(spec["args"][c], rng, lower_days) for c in present},
        "required": [keys[c] for c in present if spec["args"][c]["need"]],
    }
    if rng.random() < 0.3:
        parameters["additionalProperties"] = False
    schema = {
        "type": "function",
        "function": {"name": name, "description": rng.choice(spec["about"]), "parameters": parameters},
    }
    return Offer(kind, name, schema, {c: keys[c] for c in present}, spec, lower_days)


def _generic(rng: Random) -> dict[str, Any]:
    """A tool about one of many subjects in a place, at times on a day: read the schema or fail."""
    noun, phrase, result = rng.choice(GENERIC["subjects"])
    verb = rng.choice(GENERIC["verbs"])
    swap = {"NOUN": noun, "PHRASE": phrase}

    def put(text: str) -> str:
        for key, new in swap.items():
            text = text.replace(key, new)
        return text

    args: dict[str, Any] = {
        "town": {**GENERIC["town"], "type": "place", "need": True},
    }
    shape = rng.random()
    if shape < 0.75:
        args["when"] = {**GENERIC["when"], "type": "date", "need": shape < 0.35}
    if rng.random() < 0.2:
        args["unit"] = {**rng.choice(GENERIC["enums"]), "type": "enum", "need": False}
    asks = [
        put(a)
        for a in GENERIC["ask"]
        if ("{when}" not in a or "when" in args) and ("{town}" in a or rng.random() < 0.35)
    ]
    return {
        "names": [put(f"{verb}_NOUN")],
        "subject": phrase,
        "about": [put(a) for a in GENERIC["about"]],
        "args": args,
        "ask": asks,
        "result": {noun: result, "source": "lowname"} if rng.random() < 0.3 else {noun: result},
        "tell": [put(t).replace("VALUE", "{" + noun + "}") for t in GENERIC["tell"]],
    }


def draw(tool: Offer, rng: Random, today: date | None = None) -> tuple[dict[str, Any], dict[str, str]]:
    """Values of all arguments, and the same as they are said on the day ``today``."""
    values: dict[str, Any] = {}
    said: dict[str, str] = {}
    for canonical, arg in tool.spec["args"].items():
        kind = arg["type"]
        if kind == "date":
            values[canonical], said[canonical] = names.date(rng, today, tool.lower_days)
        elif kind == "int":
            values[canonical] = rng.randint(
                arg["low"], min(arg["high"], rng.choice((12, 60, arg["high"])) + arg["low"])
            )
            said[canonical] = str(values[canonical])
        elif kind == "enum":
            values[canonical] = rng.choice(arg["values"])
            said[canonical] = values[canonical]
        else:
            values[canonical] = (
                names.region(rng) if kind == "place" and rng.random() < WITH_REGION else value(kind, rng)
            )
            while values[canonical] in [v for c, v in values.items() if c != canonical]:
                values[canonical] = value(kind, rng)
            said[canonical] = str(values[canonical])
    return values, said


def pick_offers(rng: Random, max_tools: int = 3) -> list[Offer]:
    """One to three different tools, shuffled; the first is the one that the talk is about."""
    count = rng.choices((1, 2, 3), (0.5, 0.35, 0.15))[0]
    kinds: list[str] = ["generic" if rng.random() < 0.4 else rng.choice(KINDS)]
    while len(kinds) < min(count, max_tools):
        kind = "generic" if rng.random() < 0.3 else rng.choice(KINDS)
        if kind == "generic" or kind not in kinds:
            kinds.append(kind)
    offers: list[Offer] = []
    for kind in kinds:
        made = offer(kind, rng)
        while any(o.name == made.name for o in offers):
            made = offer(kind, rng)
        offers.append(made)
    return offers
