"""``twainbot duplicates``: the copies of a passage, which of them stays, and how the words differ."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from twainbot.files import InputError, read_parquet
from twainbot.records import Duplicate, Passage

CLEAN, CLUSTERS = "data/clean/passages.parquet", "data/dedupe/clusters.parquet"
_SUGGESTED = 3
_CONTEXT_WORDS = 6
_PLAIN = ("[-", "-]", "{+", "+}")
_COLOURED = ("\033[31m[-", "-]\033[0m", "\033[32m{+", "+}\033[0m")


def word_diff(old: str, new: str, marks: Sequence[str] = _PLAIN) -> str:
    """``new`` against ``old`` as ``git diff --word-diff`` writes it: ``the [-old-] {+new+} words``.

    Capitals and punctuation count. Of a longer run of equal words the ends are shown, and "…" between.
    """
    before, after = old.split(), new.split()
    parts: list[str] = []
    operations = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for number, (operation, i, i_end, j, j_end) in enumerate(operations):
        if operation == "equal":
            parts.append(_shortened(before[i:i_end], number > 0, number < len(operations) - 1))
            continue
        if i < i_end:
            parts.append(f"{marks[0]}{' '.join(before[i:i_end])}{marks[1]}")
        if j < j_end:
            parts.append(f"{marks[2]}{' '.join(after[j:j_end])}{marks[3]}")
    return " ".join(parts)


def _shortened(same: Sequence[str], after_change: bool, before_change: bool) -> str:
    head = _CONTEXT_WORDS if after_change else 0
    tail = _CONTEXT_WORDS if before_change else 0
    if head + tail >= len(same) or not (after_change or before_change):
        return " ".join(same)
    return " ".join([*same[:head], "…", *same[len(same) - tail :]])


def show_duplicates(record_id: str, root: Path = Path()) -> None:
    """Print the clusters of a passage, kept or removed, or of the passages that a segment is in.

    Raises:
        InputError: no passage or segment has this id, or the stages have not run.
    """
    for path in (CLEAN, CLUSTERS):
        if not (root / path).is_file():
            raise InputError(
                f"{root / path} does not exist. Run `dvc repro dedupe` first "
                f"(or `dvc pull` if a remote holds it)."
            )
    listed: list[Passage] = read_parquet(root / CLEAN)
    duplicates: list[Duplicate] = read_parquet(root / CLUSTERS)
    passages = {passage["id"]: passage for passage in listed}
    wanted = [p["id"] for p in listed if record_id == p["id"] or record_id in p["segments"]]
    if not wanted:
        raise InputError(_unknown(record_id, listed))
    kept_of = {row["member_id"]: row["kept_id"] for row in duplicates}
    marks = _COLOURED if sys.stdout.isatty() else _PLAIN
    for kept_id in dict.fromkeys(kept_of.get(passage_id, passage_id) for passage_id in wanted):
        members = [row for row in duplicates if row["kept_id"] == kept_id]
        print("\n".join(_cluster_lines(passages, kept_id, members, marks)))


def _cluster_lines(
    passages: dict[str, Passage], kept_id: str, members: Sequence[Duplicate], marks: Sequence[str]
) -> Iterator[str]:
    kept = passages[kept_id]
    if not members:
        yield f"{_named(kept)}: no near-duplicate, nothing was removed for it"
        return
    yield f"{members[0]['cluster_id']}: {len(members) + 1} copies, 1 kept"
    yield f"kept     {_named(kept)}"
    yield from (f"    | {line}".rstrip() for line in kept["text"].splitlines())
    # The least like it first: those are what one wants to judge.
    for row in sorted(members, key=lambda row: (row["similarity"], row["member_id"])):
        removed = passages[row["member_id"]]
        yield f"removed  {_named(removed)}"
        yield f"    similarity {row['similarity']:.3f} of word {row['shingle_words']}-grams"
        same = kept["text"].split() == removed["text"].split()
        yield f"    | {'the same text' if same else word_diff(kept['text'], removed['text'], marks)}"


def _named(passage: Passage) -> str:
    held_out = ", held out" if passage["holdout"] else ""
    return (
        f"{passage['id']}  {passage['source_id']}, {passage['section']}, "
        f"quality {passage['quality']:.3f}{held_out}"
    )


def _unknown(record_id: str, passages: Sequence[Passage]) -> str:
    ids = sorted({name for passage in passages for name in (passage["id"], *passage["segments"])})
    near = [name for name in ids if name.startswith(record_id)][:_SUGGESTED] if record_id else []
    near = near or difflib.get_close_matches(record_id, ids, n=_SUGGESTED, cutoff=0.7)
    hint = f" Near it: {', '.join(near)}." if near else ""
    return (
        f"no passage or segment of {CLEAN} has the id {record_id!r}.{hint} Ids begin with pas- or seg- "
        f"(`twainbot trace ID` leads from a row to its own); what the clean stage dropped is in "
        f"data/clean/rejects.parquet."
    )
