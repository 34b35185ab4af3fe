"""How many tokens texts and conversations have, for stages that need no model and no torch.

The chat template is rendered as transformers' tokenizers render it, whose import costs more than the work.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, nodes
from jinja2.exceptions import TemplateError, TemplateSyntaxError
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from twainbot.files import InputError, read_json
from twainbot.modeling.chat_template import DATE_STRING, decode_wire, load_template

Conversation = tuple[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]] | None]  # messages, tools


class _Generation(Extension):
    """``{% generation %}`` marks what the assistant says, and changes nothing of the text."""

    tags = {"generation"}  # noqa: RUF012

    def parse(self, parser: Parser) -> nodes.Node | list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _tojson(value: Any, ensure_ascii: bool = False, indent: int | None = None, **options: Any) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, **options)


def _raise(message: str) -> None:
    raise TemplateError(message)


def conversation_text(base: Path, chat_template: str) -> Callable[[Conversation], str]:
    """A function that renders (messages, tools) with a template of models/templates.

    Raises:
        InputError: there is no such template, it is no Jinja, or the base has no tokenizer_config.json;
            from the function: the template refuses the conversation.
    """
    environment: Environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, "jinja2.ext.loopcontrols"]
    )
    environment.filters["tojson"] = _tojson
    try:
        template = environment.from_string(load_template(chat_template), {"raise_exception": _raise})
    except TemplateSyntaxError as error:
        raise InputError(
            f"models/templates/{chat_template}.jinja:{error.lineno}: {error.message}. Mend the line; "
            f"`git diff models/templates` shows what changed."
        ) from error
    path = base / "tokenizer_config.json"
    if not path.is_file():
        raise InputError(
            f"{path} does not exist: base.path in params.yaml must hold a model and a tokenizer."
        )
    config = read_json(path)
    special = {
        key: token["content"] if isinstance(token, dict) else token
        for key, token in config.items()
        if key.endswith("_token") and token
    }

    def text(conversation: Conversation) -> str:
        messages, tools = conversation
        try:
            return template.render(
                messages=decode_wire(messages),
                tools=list(tools) if tools else None,
                date_string=DATE_STRING,
                add_generation_prompt=False,
                **special,
            )
        except TemplateError as error:
            raise InputError(
                f"models/templates/{chat_template}.jinja refuses a row: {error} The row: "
                f"{json.dumps(messages, ensure_ascii=False)[:500]}"
            ) from error

    return text


def text_counter(base: Path) -> Callable[[Sequence[str], int], dict[int, int]]:
    """A function (texts, limit) -> number and tokens of each text that has more than ``limit`` tokens.

    Special tokens that stand in a text count as one each.

    Raises:
        InputError: the folder has no tokenizer.json.
    """
    from tokenizers import Tokenizer

    path = base / "tokenizer.json"
    if not path.is_file():
        raise InputError(
            f"{path} does not exist: base.path in params.yaml must be a folder with a model and a tokenizer."
        )
    tokenizer = Tokenizer.from_file(str(path))

    def longer_than(texts: Sequence[str], limit: int) -> dict[int, int]:
        # A token is a byte at least (the first may be a space that is not there), so most need no tokenizing.
        candidates = [number for number, text in enumerate(texts) if len(text.encode()) + 1 > limit]
        encoded = tokenizer.encode_batch_fast([texts[n] for n in candidates], add_special_tokens=False)
        return {n: len(found) for n, found in zip(candidates, encoded, strict=True) if len(found) > limit}

    return longer_than


def conversation_counter(
    base: Path, chat_template: str
) -> Callable[[Sequence[Conversation], int], dict[int, int]]:
    """As :func:`text_counter`, of conversations as the model reads them."""
    render, longer_than = conversation_text(base, chat_template), text_counter(base)
    return lambda conversations, limit: longer_than([render(c) for c in conversations], limit)
