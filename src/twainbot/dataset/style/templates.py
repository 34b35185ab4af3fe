"""Templates of style rows: which slots a user's turn of each has, and its phrasings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from twainbot.dataset.sampling import pick
from twainbot.dataset.style.moments import SLOTS
from twainbot.files import InputError
from twainbot.params import read_yaml
from twainbot.text.normalize import words


@dataclass(frozen=True)
class Slots:
    """What a phrasing must hold, and what it may hold."""

    required: frozenset[str]
    optional: frozenset[str] = frozenset()


def _slots(required: str, optional: str = "") -> Slots:
    return Slots(frozenset(required.split()), frozenset(optional.split()))


TEMPLATES: dict[str, Slots] = {
    "talk": _slots("topic"),
    "question": _slots("topic"),
    "weather": _slots("topic"),
    "maxim": _slots("topic"),
    "answer": _slots("question"),
    "imitate": _slots("text"),
    "continue": _slots("opening"),
    # What the passage names, one phrasing at least for each combination.
    "humour": _slots("", " ".join(SLOTS)),
    "headline": _slots("topic"),
    "joke": _slots("topic"),
    "character": _slots("cue", "speaker name scene earlier"),
    "fact": _slots("record place day"),
}
MIN_PHRASINGS = 8
# As many consecutive words as two splits may not share; a phrasing must not be the reason that they do.
SHARED_WORDS = 8
# A topic is a name of up to three words, or up to two nouns and an article. Two rows may ask about the same
# in the same phrasing; beside the topic there is room for this many words, and this many in all.
_BESIDE_TOPIC = (3, 4)
# The most words of what fills humour's slots, for whole requests are the same on two sides.
_MOMENT_WORDS = {"season": 1, "condition": 2, "place": 2}
_SLOT = re.compile(r"\{(\w+)\}")
_MOMENTS = tuple(
    frozenset(combination) for size in range(1, len(SLOTS) + 1) for combination in combinations(SLOTS, size)
)


def slots_of(phrasing: str) -> frozenset[str]:
    """The names of the slots that a phrasing holds."""
    return frozenset(_SLOT.findall(phrasing))


def longest_run(phrasing: str) -> int:
    """Words of its longest part without a slot."""
    return max(len(words(part)) for part in re.split(r"\{\w+\}", phrasing))


def _problems(name: str, phrasing: str) -> list[str]:
    slots, held = TEMPLATES[name], _SLOT.findall(phrasing)
    found: list[str] = []
    wrong = (
        set(held) - slots.required - slots.optional
        or len(held) != len(set(held))
        or re.search(r"[{}]", _SLOT.sub("", phrasing))
        or not slots.required <= set(held)
        or not held
    )
    if wrong:
        must = " and ".join(f"{{{slot}}}" for slot in sorted(slots.required)) or "a slot"
        may = ", ".join(f"{{{slot}}}" for slot in sorted(slots.optional))
        found.append(f"must hold {must} once{f', may hold {may},' if may else ''} and no other braces")
    if longest_run(phrasing) >= SHARED_WORDS:
        found.append(f"has {SHARED_WORDS} or more words in a row without a slot")
    fixed = [len(words(part)) for part in re.split(r"\{\w+\}", phrasing)]
    if "topic" in held and (max(fixed) > _BESIDE_TOPIC[0] or sum(fixed) > _BESIDE_TOPIC[1]):
        found.append(
            f"has more than {_BESIDE_TOPIC[0]} words on a side of {{topic}}, or {_BESIDE_TOPIC[1]} in all: "
            f"rows of two splits would share {SHARED_WORDS} words in a row"
        )
    if name == "humour" and sum(fixed) + sum(_MOMENT_WORDS.get(slot, 0) for slot in held) >= SHARED_WORDS:
        found.append(f"has {SHARED_WORDS} or more words once its slots are filled")
    return found


def read_prompts(path: Path) -> dict[str, list[str]]:
    """The phrasings of each template.

    Raises:
        InputError: a template is missing, unknown or has too few phrasings, a phrasing lacks its slot or
            has a long fixed part, a combination of humour's slots has none; all at once.
    """
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise InputError(f"{path}: expected a mapping of templates, found {type(content).__name__}.")
    problems = [f"{path}: {name}: unknown template" for name in content if name not in TEMPLATES]
    for name in TEMPLATES:
        phrasings = content.get(name)
        if not isinstance(phrasings, list) or len(phrasings) < MIN_PHRASINGS:
            problems.append(f"{path}: {name}: needs a list of at least {MIN_PHRASINGS} phrasings")
            continue
        problems += [
            f"{path}: {name}: {phrasing!r} {problem}"
            for phrasing in phrasings
            for problem in _problems(name, str(phrasing))
        ]
        if name == "humour":
            there = {slots_of(str(phrasing)) for phrasing in phrasings}
            problems += [
                f"{path}: humour: no phrasing holds just {', '.join(sorted(moment))}"
                for moment in _MOMENTS
                if moment not in there
            ]
    if problems:
        raise InputError("\n".join([*problems, f"The templates are: {', '.join(TEMPLATES)}."]))
    return content


def phrased(
    template: str, slots: Mapping[str, str], prompts: Mapping[str, Sequence[str]], seed: int, passage_id: str
) -> str:
    """A phrasing of the template that the slots fill, by the passage and the seed.

    Humour asks for all that the passage names; others may leave optional slots out.
    """
    filled = frozenset(slots)
    fitting = [
        phrasing
        for phrasing in prompts[template]
        if (slots_of(phrasing) == filled if template == "humour" else slots_of(phrasing) <= filled)
    ]
    turn = pick(fitting, seed, "phrasing", passage_id, template).format(**slots)
    return turn[:1].upper() + turn[1:] if template == "humour" else turn
