"""``twainbot show``: a training row as tokens, with those that the loss counts marked."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twainbot.files import InputError, read_jsonl
from twainbot.lineage import MIXES

SPLITS = ("train", "val", "test")
_GREEN, _RED = ("\033[32m", "\033[0m"), ("\033[31m", "\033[0m")
_BRACKETS, _DOUBLE = ("⟦", "⟧"), ("⟪", "⟫")


def marked(tokenizer: Any, ids: Sequence[int], learned: Sequence[bool], marks: tuple[str, str]) -> str:
    """The decoded tokens, each run of learned ones between ``marks``."""
    parts = []
    shown, end = "", 0
    for is_learned, run in itertools.groupby(learned):
        end += len(list(run))
        # From the beginning each time: some tokenizers drop the space with which a decoded text begins.
        so_far = tokenizer.decode(list(ids[:end]), skip_special_tokens=False)
        text, shown = so_far[len(shown) :], so_far
        parts.append(f"{marks[0]}{text}{marks[1]}" if is_learned else text)
    return "".join(parts)


def _last_run(learned: Sequence[bool]) -> int:
    """Where the last turn that the loss counts begins."""
    end = max((at for at, is_learned in enumerate(learned) if is_learned), default=-1)
    return next((at + 1 for at in range(end, -1, -1) if not learned[at]), 0)


def _show_pair(row: dict[str, Any], tokenizer: Any) -> None:
    from twainbot.modeling.chat_template import render

    terminal = sys.stdout.isatty()
    sizes: list[int] = []
    for side, marks in (
        ("chosen", _GREEN if terminal else _BRACKETS),
        ("rejected", _RED if terminal else _DOUBLE),
    ):
        ids, mask = render(tokenizer, [*row["prompt"], *row[side]], row.get("tools"))
        start = _last_run([bool(bit) for bit in mask])
        if side == "chosen":
            print(tokenizer.decode(ids[:start], skip_special_tokens=False).rstrip())
        learned = [bool(bit) for bit in mask[start:]]
        print(f"\n{side}: {marked(tokenizer, ids[start:], learned, marks)}")
        sizes.append(sum(learned))
    print(
        f"\n{row['id']}: rejected as {row['flaw'].replace('_', ' ')}; {sizes[0]} tokens are chosen, "
        f"{sizes[1]} rejected. `twainbot trace {row['id']}` says where they are from."
    )


def show_row(number: int, mix: str, split: str, root: Path = Path()) -> None:
    """Print line ``number`` (from 1) of data/split/MIX/SPLIT.jsonl as the model sees it.

    Learned tokens are green on a terminal, between ⟦ and ⟧ elsewhere; a pair's rejected ones red, or between
    ⟪ and ⟫.

    Raises:
        InputError: no such mix, split or line, the stages have not run, or the row does not fit the format.
    """
    for value, known in ((mix, MIXES), (split, SPLITS)):
        if value not in known:
            raise InputError(f"{value!r} is not one of {', '.join(known)}.")
    path = root / f"data/split/{mix}/{split}.jsonl"
    if not path.is_file():
        raise InputError(
            f"{path} does not exist. Run `dvc repro` first (or `dvc pull` if a remote holds it)."
        )
    rows = read_jsonl(path)
    if not 1 <= number <= len(rows):
        raise InputError(f"{path} has rows 1 to {len(rows)}; there is no {number}.")
    row = rows[number - 1]

    from twainbot.modeling.base import load_tokenizer
    from twainbot.modeling.chat_template import render
    from twainbot.modeling.pack import IGNORE, tokenise_text
    from twainbot.params import load_params

    base = load_params(root / "params.yaml").base
    tokenizer = load_tokenizer(root / base.path, base.chat_template)
    if "chosen" in row:
        _show_pair(row, tokenizer)
        return
    if "messages" in row:
        try:
            ids, mask = render(tokenizer, row["messages"], row.get("tools"))
        except InputError as error:
            raise InputError(f"{path}: {row['id']}: {error}") from error
        learned = [bool(bit) for bit in mask]
    else:
        sequence = tokenise_text([row], tokenizer, sys.maxsize).sequences[0]
        ids, learned = sequence["input_ids"], [label != IGNORE for label in sequence["labels"]]
    print(marked(tokenizer, ids, learned, _GREEN if sys.stdout.isatty() else _BRACKETS))
    print(
        f"\n{row['id']}: {len(ids)} tokens, {sum(learned)} of them learned. "
        f"`twainbot trace {row['id']}` says where it is from."
    )
