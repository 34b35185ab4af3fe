"""One turn of the assistant, with the tools it calls on the way. Needs no model, only a function of text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from jsonschema import Draft202012Validator

from twainbot.evaluation.callparse import parse
from twainbot.files import InputError
from twainbot.records import Message, ToolCall, ToolFunction

Tool = Callable[[dict[str, Any]], Any]


def run_tool(
    name: str, arguments: dict[str, Any], tools: Mapping[str, tuple[Mapping[str, Any], Tool]]
) -> Any:
    """The tool's result, or ``{"error": …}`` for an unknown tool or arguments that its schema forbids.

    ``tools`` maps a name to its JSON Schema and its function.
    """
    if name not in tools:
        return {"error": f"there is no tool {name!r}"}
    schema, tool = tools[name]
    if problems := [error.message for error in Draft202012Validator(schema).iter_errors(arguments)]:
        return {"error": "; ".join(sorted(problems))}
    try:
        return tool(arguments)
    except InputError as error:
        return {"error": str(error)}


def take_turn(
    write: Callable[[Sequence[Message]], str],
    messages: Sequence[Message],
    tools: Mapping[str, tuple[Mapping[str, Any], Tool]],
    max_rounds: int = 2,
    template: str = "llama31",
) -> Iterator[Message]:
    """The messages that follow ``messages``: calls and their results, at most ``max_rounds``, then an answer.

    ``write`` gives the assistant's raw text for a conversation. The first call in it is run, also with prose
    around it: what an evaluation counts as malformed need not leave a user with raw JSON. A call beyond the
    limit is not run; it stands as the answer, as the model wrote it. ``template`` is the name of the chat
    template that the model writes under.
    """
    conversation = list(messages)
    # Mistral's format needs ids of 9 characters, and those of a conversation should differ.
    earlier = sum(len(message.get("tool_calls") or []) for message in messages)
    for number in range(max_rounds + 1):
        text = write(conversation)
        found = parse(text, template=template)
        if not tools or not found.calls or number == max_rounds:
            yield Message(role="assistant", content=text)
            return
        call, call_id = found.calls[0], f"call{earlier + number + 1:05d}"
        function = ToolFunction(name=call.name, arguments=json.dumps(call.arguments, ensure_ascii=False))
        asked = Message(
            role="assistant",
            content=found.rest or None,
            tool_calls=[ToolCall(id=call_id, type="function", function=function)],
        )
        result = json.dumps(run_tool(call.name, call.arguments, tools), ensure_ascii=False)
        answered = Message(role="tool", content=result, tool_call_id=call_id, name=call.name)
        conversation += [asked, answered]
        yield from (asked, answered)


def newest_that_fit(messages: Sequence[Message], fits: Callable[[Sequence[Message]], bool]) -> list[Message]:
    """The system message and as many of the latest turns as fit; the last turn is always kept."""
    system, turns = list(messages[:1]), list(messages[1:])
    while not fits([*system, *turns]):
        later = [i for i, message in enumerate(turns) if i > 0 and message["role"] == "user"]
        if not later:
            break
        turns = turns[later[0] :]
    return [*system, *turns]
