"""What every step of the recipe shares: its parameters and where its files lie.

All paths are relative to the repository root, from which DVC runs the steps (`wdir: ..`).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml

PARAMS = Path("pretrain/params.yaml")
DATA = Path("pretrain/data")
BUILD = Path("pretrain/build")
CACHE = Path("pretrain/.cache")
TEMPLATE = Path("models/templates/llama31.jinja")
BASE = Path("models/base/embedded")


def load_params(section: str) -> dict[str, Any]:
    """One section of `pretrain/params.yaml`."""
    with PARAMS.open(encoding="utf-8") as stream:
        return dict(yaml.safe_load(stream)[section])


def load_data(name: str) -> Any:
    """The content of `pretrain/data/NAME.yaml`."""
    with (DATA / f"{name}.yaml").open(encoding="utf-8") as stream:
        return yaml.safe_load(stream)


def mirror() -> Path:
    """The folder that holds the books: `$TWAINBOT_MIRROR`, else `../shared/mirror`."""
    return Path(os.environ.get("TWAINBOT_MIRROR", "../shared/mirror"))


def set_status(line: str) -> None:
    """Leave one line that says how far the recipe is, for people who wait for it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE / "STATUS.txt").write_text(line + "\n", encoding="utf-8")
