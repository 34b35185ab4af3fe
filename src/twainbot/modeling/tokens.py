"""Counting tokens with the base's tokenizer, for stages that need no model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from twainbot.files import InputError


def token_counter(base: Path) -> Callable[[str], int]:
    """A function that counts tokens with the base's tokenizer, without special tokens and without torch.

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
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)
