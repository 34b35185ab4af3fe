"""How many conversations there are of each kind, and how varied what is said in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from twainbot.dataset.tools.wording import Wording
from twainbot.records import Example

ANSWERS = 500  # final answers of which the metrics tell how varied they are
_WORD = re.compile(r"[\w'°.%-]+")


def _tokens(text: str) -> list[str]:
    """Lower-case words, with what belongs to a figure: 21°c, 4.5, -3."""
    return _WORD.findall(text.lower())


def distinct_ngrams(
    texts: Iterable[str], size: int = 2, split: Callable[[str], Sequence[str]] = _tokens
) -> float:
    """distinct-n: different word n-grams / all word n-grams, 0 to 1; n-grams do not cross texts.

    It falls with the number of texts, so compare equal numbers. Source: Li et al. 2016, "A
    Diversity-Promoting Objective Function", arXiv 1510.03055.

    Args:
        split: text to words.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    for text in texts:
        found = split(text)
        seen.update(zip(*(found[at:] for at in range(size)), strict=False))
    return len(seen) / seen.total() if seen else 0.0


def most_frequent_share(texts: Iterable[str]) -> float:
    """Share of the texts that are the most frequent one, whatever their case; 0 without texts."""
    counts = Counter(text.casefold() for text in texts)
    return max(counts.values()) / counts.total() if counts else 0.0


def summary(rows: Sequence[Example], wording: Wording) -> dict[str, Any]:
    """Counts and shares of conversations, and how varied what is said in them is."""
    registers = {t.id: t.register for templates in wording.requests.values() for t in templates}
    scenarios = Counter(row["template_id"].split(":")[0] for row in rows)
    openings = [str(row["messages"][1]["content"]) for row in rows]
    answers = [str(row["messages"][-1]["content"]) for row in rows[:ANSWERS]]
    calls = Counter(sum(len(m.get("tool_calls", [])) for m in row["messages"]) for row in rows)
    return {
        "scenario": _sorted(scenarios),
        "scenario_share": {name: round(count / len(rows), 4) for name, count in sorted(scenarios.items())},
        "register": _sorted(Counter(registers.get(row["template_id"].split(":")[1], "none") for row in rows)),
        "persona": _sorted(Counter(row["tags"]["persona"] for row in rows)),
        "split": _sorted(Counter(str(row["split"]) for row in rows)),
        "calls": _sorted(Counter({str(number): count for number, count in calls.items()})),
        "most_frequent_opening_share": round(most_frequent_share(openings), 4),
        f"distinct_2_of_{len(answers)}_final_answers": round(distinct_ngrams(answers), 4),
    }


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))
