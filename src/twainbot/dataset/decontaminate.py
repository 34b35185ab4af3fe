"""What training or validation shares with a side that measures is dropped from it.

Test rows are compared with the evaluation prompts; validation rows with those and the test rows; training
rows with all of them, of every mix. Which words a row is compared by says
:mod:`twainbot.dataset.contamination`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from twainbot.dataset.contamination import Said, near_copies, said, shared_ngrams
from twainbot.files import InputError
from twainbot.records import Contaminated, Split
from twainbot.text.similar import DedupeRules

# Each side is cleaned of what it shares with those before it.
_ORDER: tuple[Split, ...] = ("test", "val", "train")


def decontaminate(
    mixes: Mapping[str, Sequence[Mapping[str, Any]]],
    prompts: Sequence[Mapping[str, Any]],
    *,
    ngram_words: int,
    rules: DedupeRules,
    max_share: float,
) -> tuple[dict[str, list[Any]], list[Contaminated]]:
    """The mixes without the rows that share text with a side that measures, and those rows.

    Args:
        mixes: name -> rows with ``id`` and ``split``.
        prompts: the evaluation prompts.
        ngram_words: so many consecutive words in common are too many.
        rules: when a row is a near copy.
        max_share: of a mix's rows that may be dropped.

    Raises:
        InputError: a mix loses more than ``max_share``; says how much of each, and what is shared.
    """
    dropped: dict[tuple[str, str], Contaminated] = {}
    against: list[Said] = [said(prompt) for prompt in prompts]
    for split in _ORDER:
        sides = {name: [row for row in rows if row["split"] == split] for name, rows in mixes.items()}
        compared = [said(row) for rows in sides.values() for row in rows]
        ngrams = {hit.id: hit for hit in shared_ngrams(compared, against, ngram_words)}
        found = {hit.id: hit for hit in near_copies(compared, against, rules)} | ngrams
        for name, rows in sides.items():
            for row in rows:
                if hit := found.get(row["id"]):
                    dropped[name, hit.id] = Contaminated(
                        id=hit.id,
                        mix=name,
                        split=split,
                        reason="shared_ngram" if hit.id in ngrams else "near_copy",
                        other=hit.other,
                        shared=hit.text,
                    )
        against += [side for side in compared if side.id not in found]
    kept = {name: [row for row in rows if (name, row["id"]) not in dropped] for name, rows in mixes.items()}
    rejects = sorted(dropped.values(), key=lambda row: (row["mix"], row["split"], row["id"]))
    _check_share(mixes, rejects, max_share)
    return kept, rejects


def _check_share(
    mixes: Mapping[str, Sequence[Any]], rejects: Sequence[Contaminated], max_share: float
) -> None:
    lost = Counter(row["mix"] for row in rejects)
    if all(lost[name] <= max_share * len(rows) for name, rows in mixes.items()):
        return
    lines: list[str] = []
    for name, rows in mixes.items():
        mark = "  too many" if lost[name] > max_share * len(rows) else ""
        lines.append(f"  {name:10} {lost[name]:6} of {len(rows):6} rows{mark}")
        common = Counter(row["shared"] for row in rejects if row["mix"] == name).most_common(3)
        lines += [f'             {count} times "{text}"' for text, count in common if mark]
    raise InputError(
        f"More than {max_share:.0%} of a mix shares text with validation, test or data/eval:\n"
        + "\n".join(lines)
        + "\nLet the sides have sentences of their own (data/tools, data/prompts), or raise "
        "split.max_contaminated_share in params.yaml."
    )
