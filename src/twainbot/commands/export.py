"""``twainbot export``: training rows in other forms."""

from __future__ import annotations

from pathlib import Path

from twainbot.dataset.tools.wire import to_mcp
from twainbot.files import InputError, read_jsonl, write_jsonl

EPISODES = Path("data/toolcalls/episodes.jsonl")
FORMS = ("openai", "mcp")
SPLITS = ("train", "val", "test")


def export_tools(form: str, split: str, output: Path, root: Path = Path()) -> int:
    """Write the tool conversations of a split as JSON lines; returns how many.

    Raises:
        InputError: no such form or split, the stage has not run, or there is no folder to write to.
    """
    for value, known in ((form, FORMS), (split, SPLITS)):
        if value not in known:
            raise InputError(f"{value!r} is not one of {', '.join(known)}.")
    if not (root / EPISODES).is_file():
        raise InputError(
            f"{EPISODES} does not exist. Run `dvc repro` first (or `dvc pull` if a remote holds it)."
        )
    if not output.parent.is_dir():
        raise InputError(f"{output.parent}, the folder to write to, does not exist. Make it first.")
    rows = [row for row in read_jsonl(root / EPISODES) if row["split"] == split]
    return write_jsonl(output, (to_mcp(row) for row in rows) if form == "mcp" else rows)
