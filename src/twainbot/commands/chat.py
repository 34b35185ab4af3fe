"""``twainbot chat``: talk to an adapter in the terminal, or line by line through a pipe."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from twainbot.commands.profiles import did_you_mean
from twainbot.commands.toolloop import Tool, newest_that_fit, take_turn
from twainbot.files import InputError, read_json
from twainbot.params import load_params
from twainbot.records import Message
from twainbot.sections import Params

ADAPTERS = Path("models/adapters")
PLACES = Path("data/tools/places.yaml")
WEATHER = Path("data/tools/get_weather.json")
HELP = "/persona NAME, /adapter NAME, /reset (forget the conversation), /quit"
Writer = Callable[[Sequence[Message]], str]


@dataclass
class Session:
    """A conversation with one adapter in one persona. ``load`` gives an adapter's writer by name."""

    load: Callable[[str], Writer]
    personas: Mapping[str, Mapping[str, Any]]
    tools: Mapping[str, tuple[Mapping[str, Any], Tool]]
    persona: str
    write: Writer
    template: str = "llama31"  # name of the chat template that the writer writes under
    messages: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.set_persona(self.persona)

    def set_persona(self, name: str) -> None:
        """Change the persona and begin anew.

        Raises:
            InputError: there is no such persona.
        """
        if name not in self.personas:
            raise InputError(
                f"no persona {name!r}; there are {', '.join(self.personas)}."
                f"{did_you_mean(name, self.personas)}"
            )
        self.persona = name
        self.messages = [Message(role="system", content=str(self.personas[name]["system_prompt"]).strip())]

    def say(self, text: str) -> Iterator[Message]:
        """The messages that answer ``text``; they become part of the conversation."""
        self.messages.append(Message(role="user", content=text))
        for message in take_turn(self.write, tuple(self.messages), self.tools, template=self.template):
            self.messages.append(message)
            yield message

    def command(self, line: str) -> str | None:
        """Carry out a ``/command``; what to tell the user, None to stop.

        Raises:
            InputError: an unknown persona or adapter.
        """
        name, _, value = line[1:].partition(" ")
        value = value.strip()
        if name == "quit":
            return None
        if name == "reset":
            self.set_persona(self.persona)
            return "Forgotten."
        if name == "persona" and value:
            self.set_persona(value)
            return f"Persona {value}; a new conversation."
        if name == "adapter" and value:
            self.write = self.load(value)
            return f"Adapter {value}; the conversation goes on."
        return HELP


def adapter_folder(name: str) -> Path | None:
    """The folder of an adapter, None for the base without one.

    Raises:
        InputError: it has not been trained.
    """
    if name == "base":
        return None
    folder = ADAPTERS / name
    if not (folder / "adapter_config.json").is_file():
        there = sorted(path.parent.name for path in ADAPTERS.glob("*/adapter_config.json"))
        raise InputError(
            f"{folder} does not exist: run `make run` first. Adapters here: {', '.join(['base', *there])}."
        )
    return folder


def _writer(params: Params) -> Callable[[str], Writer]:
    """A function that loads an adapter and returns its writer: greedy, on what fits the model's window."""
    base, budget = Path(params.base.path), params.evaluate.max_new_tokens
    if not (base / "config.json").is_file():
        raise InputError(
            f"{base} holds no model (base.path in params.yaml). `git checkout {base}` restores a shipped one."
        )
    tools = [read_json(WEATHER)]

    def load(name: str) -> Writer:
        folder = adapter_folder(name)
        import torch
        from transformers.utils.logging import disable_progress_bar

        from twainbot.modeling.base import load_adapted, load_tokenizer
        from twainbot.modeling.generate import generate, prompt_ids

        disable_progress_bar()
        torch.set_num_threads(params.evaluate.threads)
        tokenizer = load_tokenizer(base, params.base.chat_template)
        model = load_adapted(base, folder, "float32")
        window = model.config.max_position_embeddings - budget

        def write(messages: Sequence[Message]) -> str:
            kept = newest_that_fit(messages, lambda some: len(prompt_ids(tokenizer, some, tools)) <= window)
            prompt = prompt_ids(tokenizer, kept, tools)
            return generate(model, tokenizer, [prompt], batch_size=1, max_new_tokens=budget, progress=False)[
                0
            ].text

        return write

    return load


def weather_tool(params: Params, tool: Mapping[str, Any]) -> Tool:
    """The weather of the training episodes, on the day that they call today."""
    from twainbot.dataset.tools.places import load_places
    from twainbot.dataset.tools.weather_model import get_weather

    places = load_places(PLACES)
    return lambda arguments: get_weather(
        arguments, today=params.toolcalls.clock, seed=params.seed, places=places, tool=tool
    )


def dated(personas: Mapping[str, Mapping[str, Any]], params: Params) -> dict[str, dict[str, Any]]:
    """The persona cards with the day in their system prompts, as the training episodes have it."""
    from twainbot.dataset.tools.weather_model import dated_prompt

    today = date.fromisoformat(params.toolcalls.clock)
    return {name: {**card, "system_prompt": dated_prompt(card, today)} for name, card in personas.items()}


def _describe(message: Message) -> str | None:
    """A call or a result on one line; None for an answer."""
    if message["role"] == "tool":
        return f"  {message['content']}"
    if calls := message.get("tool_calls"):
        function = calls[0]["function"]
        prose = f"{message['content']} " if message["content"] else ""
        return f"  {prose}{function['name']}({function['arguments']})"
    return None


def _lines(interactive: bool) -> Iterator[str]:
    if not interactive:
        yield from sys.stdin
        return
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 (history and editing for input())
    while True:
        try:
            yield input("you> ")
        except EOFError:
            print()
            return


def converse(session: Session, interactive: bool) -> None:
    """Read lines until the end or /quit.

    Through a pipe stdout gets exactly one line an answer; calls and notices go to stderr.
    """
    aside = sys.stdout if interactive else sys.stderr
    dim, plain = ("\033[2m", "\033[0m") if aside.isatty() else ("", "")
    for line in _lines(interactive):
        text = line.strip()
        if not text:
            continue
        try:
            if text.startswith("/"):
                notice = session.command(text)
                if notice is None:
                    return
                print(notice, file=aside)
                continue
            for message in session.say(text):
                if shown := _describe(message):
                    print(f"{dim}{shown}{plain}", file=aside, flush=True)
                else:
                    answer = str(message["content"])
                    print(
                        f"{session.persona}> {answer}" if interactive else " ".join(answer.split()),
                        flush=True,
                    )
        except InputError as error:
            print(error, file=sys.stderr)


def run_chat(adapter: str, persona: str) -> None:
    """Load what is needed and converse.

    Raises:
        InputError: an unknown adapter or persona, or a file that is missing.
    """
    from twainbot.dataset.personas import read_personas

    params = load_params()
    personas = dated(read_personas(Path("data/personas.yaml")), params)
    adapter_folder(adapter)  # before anything heavy is loaded
    tool = read_json(WEATHER)
    function = tool["function"]
    tools = {function["name"]: (function["parameters"], weather_tool(params, tool))}
    load = _writer(params)
    template = params.base.chat_template
    session = Session(load, personas, tools, persona, write=lambda messages: "", template=template)
    interactive = sys.stdin.isatty()
    if interactive:
        print(f"{adapter} as {persona}. {HELP}")
    session.write = load(adapter)
    converse(session, interactive)
