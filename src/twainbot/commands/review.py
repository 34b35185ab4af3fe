"""``twainbot review topics``: what cleaning flagged, and what a person decides about it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from twainbot.files import InputError, atomic_file, read_parquet
from twainbot.records import ReviewItem
from twainbot.text.review import read_decisions

REVIEW = "data/clean/review.parquet"
DECISIONS = "data/review.yaml"
_BOLD = ("\033[1m", "\033[0m")
_BRACKETS = ("⟦", "⟧")


def _waiting(root: Path) -> list[ReviewItem]:
    """The list as the clean stage wrote it, without what was decided since."""
    path = root / REVIEW
    if not path.is_file():
        raise InputError(
            f"{path} does not exist. Run `dvc repro clean` first (or `dvc pull` if a remote holds it)."
        )
    decisions = read_decisions(root / DECISIONS)
    decided = decisions.accepted | decisions.rejected
    items: list[ReviewItem] = read_parquet(path)
    return [item for item in items if item["id"] not in decided]


def marked(item: ReviewItem, marks: tuple[str, str]) -> str:
    """The passage on one line, the words that were matched between ``marks``."""
    text, start, end = item["text"], item["start"], item["end"]
    parts = (text[:start], marks[0], text[start:end], marks[1], text[end:])
    return " ".join("".join(parts).split())


def list_topics(topic: str | None, limit: int, root: Path = Path()) -> None:
    """Print how many passages wait for a decision by topic, and the first ``limit`` of them.

    Raises:
        InputError: the clean stage has not run, or nothing was ever flagged for ``topic``.
    """
    items = _waiting(root)
    counts = Counter(item["topic"] for item in items)
    if topic is not None and topic not in counts:
        raise InputError(
            f"nothing of the topic {topic!r} waits for a decision. Topics with some: "
            f"{', '.join(sorted(counts)) or 'none'}."
        )
    chosen = [item for item in items if topic in (None, item["topic"])]
    marks = _BOLD if sys.stdout.isatty() else _BRACKETS
    for item in chosen[:limit]:
        print(f"{item['id']}  {item['topic']}  {item['source_id']}  {item['passage_id']}")
        print(f"    {marked(item, marks)}")
    for name, count in sorted(counts.items()):
        print(f"{count:6}  {name}")
    if chosen:
        shown = min(limit, len(chosen))
        print(
            f"{shown} of {len(chosen)} shown. `twainbot review topics --accept ID` keeps a passage, --reject "
            f"ID drops it; both are written to {DECISIONS}, and `dvc repro` applies them."
        )
    else:
        print("Nothing waits for a decision.")


def decide(accept: Sequence[str], reject: Sequence[str], root: Path = Path()) -> None:
    """Write decisions to data/review.yaml, in the place of earlier ones on the same ids.

    Args:
        accept, reject: review ids, or ids of passages in the list.

    Raises:
        InputError: ids that are not in the list nor decided before, or are given twice; all are named.
    """
    from ruamel.yaml import YAML

    path = root / DECISIONS
    decisions = read_decisions(path)
    items: list[ReviewItem] = read_parquet(root / REVIEW) if (root / REVIEW).is_file() else []
    known = {item["passage_id"]: item["id"] for item in items} | {item["id"]: item["id"] for item in items}
    known |= {name: name for name in decisions.accepted | decisions.rejected}
    if unknown := [name for name in (*accept, *reject) if name not in known]:
        raise InputError(f"not in {REVIEW}: {', '.join(unknown)}. `twainbot review topics` prints the ids.")
    accepted, rejected = {known[name] for name in accept}, {known[name] for name in reject}
    if both := sorted(accepted & rejected):
        raise InputError(f"accepted and rejected at once: {', '.join(both)}. Give each id once.")
    yaml = YAML()
    content = yaml.load(path.read_text(encoding="utf-8"))
    content["accepted"] = sorted((decisions.accepted - rejected) | accepted)
    content["rejected"] = sorted((decisions.rejected - accepted) | rejected)
    with atomic_file(path) as temporary, open(temporary, "w", encoding="utf-8", newline="\n") as stream:
        yaml.dump(content, stream)
    print(f"{path}: {len(accepted)} accepted, {len(rejected)} rejected. `dvc repro` applies it.")
