"""What the corpus holds of the mission's two subjects: weather and humour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from twainbot.records import Passage
from twainbot.text.tag import given

HUMOUR = frozenset({"humorous", "wry", "satirical"})
PERSONAS = ("twain", "franklin")


def subjects(passage: Passage, thresholds: Mapping[str, float]) -> tuple[bool, bool]:
    """Whether a passage is about weather, and whether it has humour; an untagged one neither."""
    tags = given(passage["tag_scores"], thresholds) if passage["tag_scores"] else frozenset[str]()
    return "weather" in tags, not HUMOUR.isdisjoint(tags)


def selection(passages: Sequence[Passage], thresholds: Mapping[str, float]) -> dict[str, dict[str, int]]:
    """Passages of Twain and Franklin about weather or with humour, and posts about weather with humour.

    Humour is any of the tones humorous, wry and satirical, also beside a foremost other one. Tags are given
    by score and threshold, so the counts have the tags' errors.
    """
    counts = {
        name: {"passages": 0, "weather": 0, "humour": 0, "weather and humour": 0, "weather or humour": 0}
        for name in (*PERSONAS, "posts")
    }
    for passage in passages:
        name = "posts" if passage["kind"] == "post" else passage["persona"]
        if name not in counts or passage["tag_scores"] is None:
            continue
        weather, humour = subjects(passage, thresholds)
        counts[name]["passages"] += 1
        counts[name]["weather"] += weather
        counts[name]["humour"] += humour
        counts[name]["weather and humour"] += weather and humour
        counts[name]["weather or humour"] += weather or humour
    return counts
