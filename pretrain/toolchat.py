"""Conversations with tools: the right call, none, a question back, a result told, an error told."""

from __future__ import annotations

import json
import re
from datetime import date
from random import Random
from typing import Any

from pretrain import names
from pretrain.common import load_data
from pretrain.offers import KINDS, Offer, draw, offer, pick_offers
from pretrain.slots import WORDS, fill, value

MENTIONS: dict[str, Any] = load_data("mentions")
_NEEDS = re.compile(r"\{(\w+)\}")
Message = dict[str, Any]


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


def mention(tool: Offer, rng: Random) -> tuple[str, str]:
    """What names the tool's subject and wants no call, and an answer."""
    block = rng.choice(MENTIONS["talk"])
    subject = tool.spec.get("subject") or MENTIONS["subjects"][tool.kind]
    known: dict[str, Any] = {}
    question = fill(rng.choice(block["q"]), rng, known).replace("SUBJECT", subject)
    return question[0].upper() + question[1:], fill(rng.choice(block["a"]), rng, known)


def conversation(
    rng: Random, plain: Any, today: date | None = None
) -> tuple[list[Message], list[dict[str, Any]], str]:
    """(messages, tools, kind) of one conversation; `plain(rng)` gives a question and answer.

    ``today`` is the day that the system prompt states, if it does.
    """
    offers = pick_offers(rng)
    tool = offers[0]
    schemas = [o.schema for o in offers]
    rng.shuffle(schemas)
    chance = rng.random()
    if chance < 0.22:
        question, answer = plain(rng) if chance < 0.1 else mention(tool, rng)
        return (
            [{"role": "user", "content": question}, {"role": "assistant", "content": answer}],
            schemas,
            "plain" if chance < 0.1 else "mention",
        )
    if chance < 0.26:
        return _unsupported(offers, schemas, rng)
    values, said = draw(tool, rng, today)
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
    if rng.random() < 0.2:
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
    if rng.random() < 0.12:
        return messages, schemas, "result"
    if rng.random() < 0.6:
        return _again(offers, messages, rng, today), schemas, "again"
    return _follow_up(tool, messages, schemas, values, said, named, rng, plain, today)


def _unsupported(
    offers: list[Offer], schemas: list[dict[str, Any]], rng: Random
) -> tuple[list[Message], list[dict[str, Any]], str]:
    offered = {o.kind for o in offers}
    other = offer(rng.choice([k for k in KINDS if k not in offered]), rng)
    _, said = draw(other, rng)
    pattern, _ = _request(other, rng, complete=True)
    question = vary(_say(pattern, said), rng)
    return (
        [{"role": "user", "content": question}, {"role": "assistant", "content": rng.choice(_NO_TOOL)}],
        schemas,
        "unsupported",
    )


def _again(offers: list[Offer], messages: list[Message], rng: Random, today: date | None) -> list[Message]:
    """Further requests beside the same schemas: what is read once is worth several calls."""
    for number in range(2, rng.choice((3, 4, 5))):
        tool = rng.choice(offers)
        values, said = draw(tool, rng, today)
        pattern, named = _request(tool, rng, complete=True)
        messages.append({"role": "user", "content": vary(_say(pattern, said), rng)})
        messages.append(call(tool, _arguments(tool, values, named), number))
        result = json.dumps(_result(tool, values, rng, named), ensure_ascii=False)
        messages.append({"role": "tool", "tool_call_id": f"call{number:05d}", "content": result})
        told = _tell(tool, said, json.loads(result), named, rng)
        messages.append({"role": "assistant", "content": told})
    return messages


def _follow_up(
    tool: Offer,
    messages: list[Message],
    schemas: list[dict[str, Any]],
    values: dict[str, Any],
    said: dict[str, str],
    named: set[str],
    rng: Random,
    plain: Any,
    today: date | None,
) -> tuple[list[Message], list[dict[str, Any]], str]:
    if rng.random() < 0.3:
        question, answer = plain(rng) if rng.random() < 0.5 else mention(tool, rng)
        messages += [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
        return messages, schemas, "result_then_plain"
    if "when" in tool.keys and (rng.random() < 0.5 or "town" not in tool.keys):
        values["when"], said["when"] = names.date(rng, today, tool.lower_days)
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
