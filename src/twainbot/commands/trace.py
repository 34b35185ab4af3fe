"""``twainbot trace``: print a record's chain back to the raw file, with a verdict on every link."""

from __future__ import annotations

import random
from pathlib import Path

from twainbot.files import InputError
from twainbot.lineage import Lineage, Link

# How deep each stands in the chain.
LEVELS = {
    "pack": 0, "pair": 1, "row": 2, "answer": 3, "passage": 3, "segment": 4, "document": 5, "raw": 6,
}  # fmt: skip
_SHOWN_CHARACTERS = 300


def _excerpt(text: str, indent: str) -> str:
    shown = text.strip()
    more = f" … ({len(shown)} characters)" if len(shown) > _SHOWN_CHARACTERS else ""
    lines = (shown[:_SHOWN_CHARACTERS] + more).splitlines()
    return "\n".join(f"{indent}| {line}".rstrip() for line in lines)


def _print_link(link: Link, depth: int) -> None:
    indent = "  " * depth
    verdict = f"BROKEN: {'; '.join(link.problems)}" if link.problems else "ok"
    print(f"{indent}{link.level} {link.id}  {verdict}")
    print(f"{indent}    {link.summary}")
    # A passage repeats the words of its segments, so its text is left to them.
    if link.text and (depth == 0 or link.level != "passage"):
        print(_excerpt(link.text, f"{indent}    "))


def trace_record(record_id: str, root: Path = Path()) -> bool:
    """Print the chain of one record; whether all of its links hold.

    Raises:
        InputError: no such record, or a file of the chain is not there.
    """
    if record_id.startswith("pack:") and record_id.count(":") != 2:
        raise InputError(
            f"{record_id!r}: a training sequence is named pack:ADAPTER:NUMBER, for example pack:style:0."
        )
    # A passage's segments mostly share one document; it is printed below the first of them only.
    seen: set[tuple[str, str]] = set()
    broken, top = 0, None
    for link in Lineage(root).trace(record_id):
        if (link.level, link.id) in seen:
            continue
        seen.add((link.level, link.id))
        top = LEVELS[link.level] if top is None else top
        _print_link(link, LEVELS[link.level] - top)
        broken += bool(link.problems)
    print(f"{len(seen)} links, {f'{broken} broken' if broken else 'all ok'}")
    return broken == 0


def trace_random(count: int, seed: int, root: Path = Path()) -> bool:
    """Walk ``count`` training rows chosen by ``seed``, print one line; whether every link of every row holds.

    Raises:
        InputError: the splits are not there.
    """
    lineage = Lineage(root)
    trained = sorted(row_id for row_id, row in lineage.rows.items() if row["split"] == "train")
    chosen = random.Random(seed).sample(trained, min(count, len(trained)))
    broken: dict[str, str] = {}
    without_source = 0
    for row_id in chosen:
        without_source += not lineage.rows[row_id]["parents"]
        try:
            links = list(lineage.trace(row_id))
            problems = [f"{link.level} {link.id}: {problem}" for link in links for problem in link.problems]
        except InputError as error:
            problems = [str(error)]
        if problems:
            broken[row_id] = problems[0]
    print(
        f"{len(chosen)} of {len(trained)} training rows walked (seed {seed}): "
        f"{len(chosen) - len(broken)} ok, "
        f"{len(broken)} broken; {without_source} generated, without a source"
    )
    for row_id, problem in broken.items():
        print(f"  {row_id}  BROKEN: {problem}")
    return not broken
