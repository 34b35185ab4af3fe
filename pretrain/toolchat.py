"""Conversations with tools: the right call, none, a question back, a result told, an error told."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from random import Random
from typing import Any

from pretrain import names
from pretrain.common import load_data
from pretrain.slots import WORDS, value

TOOLS: dict[str, dict[str, Any]] = load_data("tools")
GENERIC: dict[str, Any] = load_data("generic")
_NEEDS = re.compile(r"\{(\w+)\}")
Message = dict[str, Any]


@dataclass
class Offer:
    """One tool as it is offered in one conversation: its keys and texts are drawn anew each time."""

    kind: str
    name: str
    schema: dict[str, Any]
    keys: dict[str, str]
    spec: dict[str, Any]


def _property(arg: dict[str, Any], rng: Random) -> dict[str, Any]:
    kind = arg["type"]
    out: dict[str, Any] = {"type": "integer" if kind == "int" else "string"}
    if rng.random() < 0.9:
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
    name = rng.choice(spec["names"])
    parameters: dict[str, Any] = {
        "type": "object",
        "properties": {keys[c]: _property(spec["args"][c], rng) for c in present},
        "required": [keys[c] for c in present if spec["args"][c]["need"]],
    }
    if rng.random() < 0.3:
        parameters["additionalProperties"] = False
    schema = {
        "type": "function",
        "function": {"name": name, "description": rng.choice(spec["about"]), "parameters": parameters},
    }
    return Offer(kind, name, schema, {c: keys[c] for c in present}, spec)


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
        "about": [put(a) for a in GENERIC["about"]],
        "args": args,
        "ask": asks,
        "result": {noun: result, "source": "lowname"} if rng.random() < 0.3 else {noun: result},
        "tell": [put(t).replace("VALUE", "{" + noun + "}") for t in GENERIC["tell"]],
    }


def _draw(tool: Offer, rng: Random) -> tuple[dict[str, Any], dict[str, str]]:
    """Values of all arguments, and the same as they are said."""
    values: dict[str, Any] = {}
    said: dict[str, str] = {}
    for canonical, arg in tool.spec["args"].items():
        kind = arg["type"]
        if kind == "date":
            values[canonical], said[canonical] = names.date(rng)
        elif kind == "int":
            values[canonical] = rng.randint(
                arg["low"], min(arg["high"], rng.choice((12, 60, arg["high"])) + arg["low"])
            )
            said[canonical] = str(values[canonical])
        elif kind == "enum":
            values[canonical] = rng.choice(arg["values"])
            said[canonical] = values[canonical]
        else:
            values[canonical] = value(kind, rng)
            while values[canonical] in [v for c, v in values.items() if c != canonical]:
                values[canonical] = value(kind, rng)
            said[canonical] = str(values[canonical])
    return values, said


def _say(pattern: str, said: dict[str, str]) -> str:
    text = re.sub(r" +", " ", pattern.format_map(said))
    text = re.sub(r" ([.?!,])", r"\1", text).strip()
    text = re.sub(r"\b[Tt]he (The |[A-Z][a-z]+'s\b)", r"\1", text)
    return text[0].upper() + text[1:] if text[0].islower() else text


def vary(text: str, rng: Random) -> str:
    """A request as people type it: at times with an opening, without its full stop, or in small letters."""
    chance = rng.random()
    if chance < 0.12:
        opening = rng.choice(
            (
                "Hello. ",
                "Hi! ",
                "Please help me. ",
                "One question: ",
                "Excuse me. ",
                "Good morning. ",
                "Hey, ",
            )
        )
        return opening + text
    if chance < 0.16:
        return text.rstrip(".?!")
    if chance < 0.22:
        return text + rng.choice(
            (" Thank you.", " Thanks!", " It is important.", " I am in a hurry.", " Please be quick.")
        )
    return text


def call(tool: Offer, arguments: dict[str, Any], number: int = 1) -> Message:
    """An assistant turn in the wire form with one call."""
    text = json.dumps(arguments, ensure_ascii=False)
    function = {"name": tool.name, "arguments": text}
    return {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"id": f"call{number:05d}", "type": "function", "function": function}],
    }


def _request(tool: Offer, rng: Random, complete: bool | None = None) -> tuple[str, set[str]]:
    """A pattern whose arguments the schema has, and which it names."""
    fitting = []
    needed = {c for c, a in tool.spec["args"].items() if a["need"]}
    for pattern in tool.spec["ask"]:
        named = set(_NEEDS.findall(pattern))
        if not named <= set(tool.keys):
            continue
        if complete is None or complete == (needed <= named):
            fitting.append((pattern, named))
    return rng.choice(fitting) if fitting else ("", set())


def _arguments(tool: Offer, values: dict[str, Any], named: set[str]) -> dict[str, Any]:
    return {key: values[c] for c, key in tool.keys.items() if c in named}


def _result(tool: Offer, values: dict[str, Any], rng: Random, named: set[str]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if rng.random() < 0.5:
        out.update(_arguments(tool, values, named))
    for key, kind in tool.spec["result"].items():
        out[key] = value(kind, rng)
    return out


def _tell(tool: Offer, said: dict[str, str], result: dict[str, Any], named: set[str], rng: Random) -> str:
    usable = [
        t
        for t in tool.spec["tell"]
        if all(s in result or s in named or s == "PLACE" for s in _NEEDS.findall(t))
    ]
    if not usable:
        return "It is done."
    return _say(rng.choice(usable), {**said, **{k: str(v) for k, v in result.items()}})


_ERROR = [
    'I am sorry, the tool answered "{error}", so I cannot say.',
    "That did not work: {error}. Please try again later.",
    "I could not find that out. The error was: {error}.",
    "The lookup failed ({error}). Could you check the details?",
    "Sorry, I have no answer. The tool reports: {error}.",
]
_NO_TOOL = [
    "I cannot do that with the tools I have.",
    "I have no tool for that, I am sorry.",
    "That is not something I can look up here.",
    "I am sorry, none of my tools can do that.",
]
_FOLLOW_PLACE = [
    "And in {town}?",
    "What about {town}?",
    "And {town}?",
    "The same for {town}, please.",
    "Now for {town}.",
    "How about {town}?",
]
_FOLLOW_DATE = [
    "And {when}?",
    "What about {when}?",
    "And how is it {when}?",
    "The same {when}, please.",
    "No, {when}.",
]
_KINDS = sorted(TOOLS)


def pick_offers(rng: Random, max_tools: int = 3) -> list[Offer]:
    """One to three different tools, shuffled; the first is the one that the talk is about."""
    count = rng.choices((1, 2, 3), (0.6, 0.28, 0.12))[0]
    kinds: list[str] = ["generic" if rng.random() < 0.4 else rng.choice(_KINDS)]
    while len(kinds) < min(count, max_tools):
        kind = "generic" if rng.random() < 0.3 else rng.choice(_KINDS)
        if kind == "generic" or kind not in kinds:
            kinds.append(kind)
    offers: list[Offer] = []
    for kind in kinds:
        made = offer(kind, rng)
        while any(o.name == made.name for o in offers):
            made = offer(kind, rng)
        offers.append(made)
    return offers


def conversation(rng: Random, plain: Any) -> tuple[list[Message], list[dict[str, Any]], str]:
    """(messages, tools, kind) of one conversation; `plain(rng)` gives a question and an answer without tools."""
    offers = pick_offers(rng)
    tool = offers[0]
    schemas = [o.schema for o in offers]
    rng.shuffle(schemas)
    chance = rng.random()
    if chance < 0.20:
        question, answer = plain(rng)
        return (
            [{"role": "user", "content": question}, {"role": "assistant", "content": answer}],
            schemas,
            "plain",
        )
    if chance < 0.25:
        return _unsupported(offers, schemas, rng)
    values, said = _draw(tool, rng)
    messages: list[Message] = []
    if chance < 0.37:
        pattern, named = _request(tool, rng, complete=False)
        missing = [c for c, a in tool.spec["args"].items() if a["need"] and c not in named]
        if pattern and len(missing) == 1:
            messages += [
                {"role": "user", "content": vary(_say(pattern, said), rng)},
                {"role": "assistant", "content": rng.choice(tool.spec["args"][missing[0]]["missing"])},
            ]
            if rng.random() < 0.5:
                return messages, schemas, "missing"
            reply = said[missing[0]]
            messages.append(
                {
                    "role": "user",
                    "content": rng.choice((f"{reply[0].upper()}{reply[1:]}.", reply, f"{reply}, please.")),
                }
            )
            named = named | {missing[0]}
        else:
            pattern = ""
    else:
        pattern = ""
    if not pattern:
        pattern, named = _request(tool, rng, complete=True)
        messages.append({"role": "user", "content": vary(_say(pattern, said), rng)})
    messages.append(call(tool, _arguments(tool, values, named)))
    if rng.random() < 0.35:
        return messages, schemas, "call"
    if rng.random() < 0.18:
        error = rng.choice(WORDS["error"])
        messages.append(
            {"role": "tool", "tool_call_id": "call00001", "content": json.dumps({"error": error})}
        )
        messages.append({"role": "assistant", "content": rng.choice(_ERROR).format(error=error)})
        return messages, schemas, "error"
    result = _result(tool, values, rng, named)
    messages.append(
        {"role": "tool", "tool_call_id": "call00001", "content": json.dumps(result, ensure_ascii=False)}
    )
    messages.append({"role": "assistant", "content": _tell(tool, said, result, named, rng)})
    if rng.random() < 0.4:
        return messages, schemas, "result"
    return _follow_up(tool, messages, schemas, values, said, named, rng, plain)


def _unsupported(
    offers: list[Offer], schemas: list[dict[str, Any]], rng: Random
) -> tuple[list[Message], list[dict[str, Any]], str]:
    offered = {o.kind for o in offers}
    other = offer(rng.choice([k for k in _KINDS if k not in offered]), rng)
    _, said = _draw(other, rng)
    pattern, _ = _request(other, rng, complete=True)
    question = vary(_say(pattern, said), rng)
    return (
        [{"role": "user", "content": question}, {"role": "assistant", "content": rng.choice(_NO_TOOL)}],
        schemas,
        "unsupported",
    )


def _follow_up(
    tool: Offer,
    messages: list[Message],
    schemas: list[dict[str, Any]],
    values: dict[str, Any],
    said: dict[str, str],
    named: set[str],
    rng: Random,
    plain: Any,
) -> tuple[list[Message], list[dict[str, Any]], str]:
    if rng.random() < 0.3:
        question, answer = plain(rng)
        messages += [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
        return messages, schemas, "result_then_plain"
    if "when" in tool.keys and (rng.random() < 0.5 or "town" not in tool.keys):
        values["when"], said["when"] = names.date(rng)
        named = named | {"when"}
        text = _say(rng.choice(_FOLLOW_DATE), said)
    elif "town" in tool.keys:
        values["town"] = said["town"] = names.place(rng)
        named = named | {"town"}
        text = _say(rng.choice(_FOLLOW_PLACE), said)
    else:
        return messages, schemas, "result"
    messages += [{"role": "user", "content": text}, call(tool, _arguments(tool, values, named), 2)]
    if rng.random() < 0.5:
        result = _result(tool, values, rng, named)
        messages.append(
            {"role": "tool", "tool_call_id": "call00002", "content": json.dumps(result, ensure_ascii=False)}
        )
        messages.append({"role": "assistant", "content": _tell(tool, said, result, named, rng)})
    return messages, schemas, "follow_up"
