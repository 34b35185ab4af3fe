"""Rendering messages with a chat template: the same path for training, evaluation and chat.

On disk messages are in the OpenAI wire form, where a call's arguments and a tool's result are JSON
*strings*. Chat templates expect objects and would quote the strings a second time without an error,
so :func:`decode_wire` turns them into objects just before rendering, and nothing else does.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import TemplateError

from twainbot.files import InputError

# Llama's template would otherwise print today's date, and the same row would tokenise
# differently on two days.
DATE_STRING = "26 Jul 2024"


class Rendered(NamedTuple):
    """Token ids of a conversation and which of them the assistant wrote (1) or not (0)."""

    input_ids: list[int]
    assistant_mask: list[int]


def decode_wire(messages: Sequence[Any]) -> list[dict[str, Any]]:
    """Messages with tool arguments and JSON tool results decoded into objects.

    A result that is no JSON object or list stays the text that it is, as a server would pass it on.

    Raises:
        InputError: a call's arguments are not a JSON object, or a message says nothing at all.
    """
    decoded: list[dict[str, Any]] = []
    for number, message in enumerate(messages):
        message = dict(message)
        if message.get("tool_calls"):
            calls = []
            for call in message["tool_calls"]:
                arguments = call["function"]["arguments"]
                try:
                    parsed = json.loads(arguments) if isinstance(arguments, str) else arguments
                except json.JSONDecodeError as error:
                    raise InputError(
                        f"message {number}: tool arguments are not JSON ({error.msg}): {arguments!r}"
                    ) from error
                if not isinstance(parsed, dict):
                    raise InputError(
                        f"message {number}: tool arguments must be a JSON object, found {arguments!r}"
                    )
                calls.append({**call, "function": {**call["function"], "arguments": parsed}})
            message["tool_calls"] = calls
        elif message.get("content") is None:
            # A template would write the word None.
            raise InputError(f"message {number} ({message['role']}): neither content nor a tool call")
        elif message["role"] == "tool":
            message["content"] = _decode_result(message["content"])
        decoded.append(message)
    return decoded


def _decode_result(content: Any) -> Any:
    # A tool may answer in prose, or with broken JSON that the model must cope with.
    if not isinstance(content, str):
        return content
    try:
        parsed = json.loads(content)
    except json.JSONDecodeError:
        return content
    return content if parsed is None or isinstance(parsed, str | int | float) else parsed


def render(
    tokenizer: Any,
    messages: Sequence[Any],
    tools: Sequence[Any] | None = None,
    *,
    add_generation_prompt: bool = False,
) -> Rendered:
    """Token ids and assistant mask of a conversation, both of length T.

    The tokenizer's chat template must carry ``{% generation %}`` markers around assistant turns.

    Raises:
        InputError: the format cannot hold the conversation; the message says why and not which row it is.
    """
    encoded = _apply(
        tokenizer,
        messages,
        tools,
        tokenize=True,
        return_dict=True,
        return_assistant_tokens_mask=not add_generation_prompt,
        add_generation_prompt=add_generation_prompt,
    )
    ids = list(encoded["input_ids"])
    mask = [0] * len(ids) if add_generation_prompt else list(encoded["assistant_masks"])
    return Rendered(ids, mask)


def render_text(
    tokenizer: Any,
    messages: Sequence[Any],
    tools: Sequence[Any] | None = None,
    *,
    add_generation_prompt: bool = False,
) -> str:
    """The conversation as the model sees it, as text.

    Raises:
        InputError: as :func:`render`.
    """
    text: str = _apply(
        tokenizer, messages, tools, tokenize=False, add_generation_prompt=add_generation_prompt
    )
    return text


def _apply(tokenizer: Any, messages: Sequence[Any], tools: Sequence[Any] | None, **options: Any) -> Any:
    try:
        return tokenizer.apply_chat_template(
            decode_wire(messages), tools=list(tools) if tools else None, date_string=DATE_STRING, **options
        )
    except TemplateError as error:
        raise InputError(str(error)) from error


def template_names(folder: Path = Path("models/templates")) -> list[str]:
    """The names that ``base.chat_template`` may have, sorted."""
    return sorted(path.stem for path in folder.glob("*.jinja"))


def load_template(name: str, folder: Path = Path("models/templates")) -> str:
    """The text of ``models/templates/NAME.jinja``.

    Raises:
        InputError: there is no such template; the message lists those there are.
    """
    path = folder / f"{name}.jinja"
    if not path.is_file():
        known = ", ".join(template_names(folder))
        raise InputError(
            f"{path} does not exist: base.chat_template in params.yaml is {name!r}. "
            f"Templates here: {known or 'none'}."
        )
    return path.read_text(encoding="utf-8")
