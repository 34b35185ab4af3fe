"""Persona cards: a persona is data, and this is where it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twainbot.files import InputError
from twainbot.params import read_yaml


def read_personas(path: Path) -> dict[str, dict[str, Any]]:
    """Persona cards by id.

    Raises:
        InputError: a card lacks its system prompt.
    """
    content = read_yaml(path)
    cards = content.get("personas", content) if isinstance(content, dict) else None
    if not isinstance(cards, dict) or not cards:
        raise InputError(f"{path}: expected persona cards by id, found {type(cards).__name__}.")
    if problems := [
        f"{path}: {key}: system_prompt is missing"
        for key, card in cards.items()
        if not (isinstance(card, dict) and card.get("system_prompt"))
    ]:
        raise InputError("\n".join(problems))
    return cards
