"""Persona cards: a persona is data, and this is where it is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from twainbot.files import InputError
from twainbot.params import read_yaml

_LISTS = ("tags", "tones")


def read_personas(path: Path) -> dict[str, dict[str, Any]]:
    """Persona cards by id.

    Raises:
        InputError: a card lacks its system prompt, or what it says is no text or list of texts; all at once.
    """
    content = read_yaml(path)
    cards = content.get("personas", content) if isinstance(content, dict) else None
    if not isinstance(cards, dict) or not cards:
        raise InputError(f"{path}: expected persona cards by id, found {type(content).__name__}.")
    if problems := [
        f"{path}: {key}: {problem}" for key, card in cards.items() for problem in _problems(card)
    ]:
        raise InputError("\n".join([*problems, "The other cards of the file show how it is written."]))
    return {str(key): card for key, card in cards.items()}


def _problems(card: Any) -> Iterator[str]:
    if not isinstance(card, dict):
        yield f"expected a card, found {type(card).__name__}"
        return
    if not card.get("system_prompt"):
        yield "system_prompt is missing"
    for key, value in card.items():
        if key in _LISTS:
            if not isinstance(value, list) or not value or not all(isinstance(part, str) for part in value):
                yield f"{key}: expected a list of words, found {value!r}"
        elif not isinstance(value, str):
            yield f"{key}: expected a text, found {value!r}; quote what YAML reads otherwise"
