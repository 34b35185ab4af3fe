"""Conversations without tools, and system prompts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

from pretrain import names
from pretrain.common import load_data
from pretrain.everyday import Pair, fact, talk
from pretrain.slots import fill
from pretrain.texttasks import (
    choose_task,
    copy_task,
    describe_task,
    extract_task,
    list_task,
    rewrite_task,
    summary_task,
)

SYSTEMS: dict[str, list[str]] = load_data("sentences")
TASKS: list[tuple[float, Callable[[Random], Pair]]] = [
    (0.26, talk),
    (0.14, fact),
    (0.10, copy_task),
    (0.06, list_task),
    (0.10, choose_task),
    (0.05, rewrite_task),
    (0.06, summary_task),
    (0.17, extract_task),
    (0.06, describe_task),
]


def system_prompt(rng: Random, today: date | None = None) -> str:
    """Half the time none, else a plain one or one that describes somebody (who still answers plainly).

    With ``today`` there is always one, and it ends with the date.
    """
    dated = _dated(rng, today) if today else ""
    chance = rng.random()
    if chance < 0.45:
        return dated
    known: dict[str, Any] = {"place": names.place(rng), "name": names.person(rng)}
    text = fill(rng.choice(SYSTEMS["systems"] if chance < 0.7 else SYSTEMS["personas"]), rng, known)
    if rng.random() < 0.4:
        text += " " + fill(rng.choice(SYSTEMS["rules"]), rng, known)
    return f"{text}{rng.choice((' ', chr(10)))}{dated}" if dated else text


def _dated(rng: Random, today: date) -> str:
    weekday, iso = names.WEEKDAYS[today.weekday()], today.isoformat()
    return rng.choice(
        (f"Today is {weekday}, {iso}.", f"It is {weekday}, {iso}.", f"Date: {iso}, a {weekday}.")
    )


def conversation(rng: Random) -> tuple[list[dict[str, Any]], str]:
    """One to three exchanges."""
    first = task = rng.choices([t for _, t in TASKS], [w for w, _ in TASKS])[0]
    messages: list[dict[str, Any]] = []
    turns = rng.choices((1, 2, 3), (0.6, 0.28, 0.12))[0]
    for _ in range(turns):
        question, answer = task(rng)
        messages += [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
        task = rng.choice((talk, fact, task))
    return messages, first.__name__
