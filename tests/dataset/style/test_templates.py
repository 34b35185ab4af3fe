"""Templates: every phrasing holds its slots, and none is long enough to tie two splits together."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from twainbot.dataset.style.templates import (
    MIN_PHRASINGS,
    TEMPLATES,
    longest_run,
    phrased,
    read_prompts,
    slots_of,
)
from twainbot.files import InputError

ROOT = Path(__file__).resolve().parents[3]
PROMPTS = read_prompts(ROOT / "data/prompts/instruct.yaml")


def test_the_committed_prompts_have_every_template() -> None:
    assert PROMPTS.keys() == TEMPLATES.keys()
    assert all(len(set(phrasings)) >= MIN_PHRASINGS for phrasings in PROMPTS.values())
    assert max(longest_run(phrasing) for phrasings in PROMPTS.values() for phrasing in phrasings) < 8


@pytest.mark.parametrize("slots", [("season",), ("place", "condition"), ("season", "condition", "place")])
def test_humour_asks_for_all_that_is_named_and_nothing_else(slots: tuple[str, ...]) -> None:
    values = {"season": "winter", "condition": "rain", "place": "Tidewick"}
    for number in range(20):
        asked = phrased("humour", {slot: values[slot] for slot in slots}, PROMPTS, 1, f"pas-{number}")
        assert {slot for slot, value in values.items() if value.lower() in asked.lower()} == set(slots)


def test_an_optional_slot_that_is_not_known_is_not_asked_for() -> None:
    for number in range(40):
        assert phrased("character", {"cue": "Who goes?"}, PROMPTS, 1, f"pas-{number}") == "Who goes?"


def test_slots_and_runs() -> None:
    assert slots_of("{a} and {b}: {a}") == {"a", "b"}
    assert longest_run("One two {a} three four five {b}") == 3


def test_all_problems_of_a_prompt_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    content = {name: list(phrasings) for name, phrasings in PROMPTS.items()}
    content["talk"] += ["Of {topik}.", "No slot.", "{topic} and {topic}.", "Do tell me more about {topic}."]
    content["maxim"] = ["On {topic}."]
    content["continue"].append("{opening")
    content["imitate"].append("One two three four five six seven eight {text}")
    content["humour"] = [p for p in content["humour"] if slots_of(p) != {"place"}] + [
        "Be very funny about {place}, dear friend."
    ]
    content["sonnet"] = ["{topic}"]
    del content["joke"]
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(InputError) as caught:
        read_prompts(path)
    message = str(caught.value)
    for expected in (
        "talk: 'Of {topik}.' must hold {topic}",
        "talk: 'No slot.' must hold {topic}",
        "talk: '{topic} and {topic}.' must hold {topic} once",
        "talk: 'Do tell me more about {topic}.' has more than 3 words on a side",
        "maxim: needs a list of at least 8 phrasings",
        "joke: needs a list of at least 8 phrasings",
        "continue: '{opening' must hold {opening}",
        "imitate: 'One two three four five six seven eight {text}' has 8 or more words in a row",
        "humour: 'Be very funny about {place}, dear friend.' has 8 or more words once its slots are filled",
        "sonnet: unknown template",
    ):
        assert expected in message
    assert "'A word on" not in message


def test_a_combination_of_moments_without_a_phrasing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    humour = [phrasing for phrasing in PROMPTS["humour"] if slots_of(phrasing) != {"season", "place"}]
    path.write_text(yaml.safe_dump({**PROMPTS, "humour": humour}))
    with pytest.raises(InputError, match="humour: no phrasing holds just place, season"):
        read_prompts(path)
    path.write_text("- a\n")
    with pytest.raises(InputError, match="expected a mapping of templates"):
        read_prompts(path)
