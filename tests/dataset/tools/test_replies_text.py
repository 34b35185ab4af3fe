"""The period voices of data/tools/replies: true of every report they may be said of, and all different."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from twainbot.dataset.contamination import Said, shared_ngrams
from twainbot.dataset.tools.places import load_places
from twainbot.dataset.tools.replies import say, slots
from twainbot.dataset.tools.weather_model import CONDITIONS, forecast
from twainbot.evaluation.groundedness import admits, check, fabricates

ROOT = Path(__file__).resolve().parents[3]
REPLIES = {
    persona: yaml.safe_load((ROOT / f"data/tools/replies/{persona}.yaml").read_text())
    for persona in ("franklin", "twain")
}
PLACES = load_places(ROOT / "data/tools/places.yaml")
FAILURES = ("error", "unknown", "timeout", "empty", "wrong_place", "stale_date", "malformed")
DAYS = ("tomorrow", "today", "on Friday", "on 2025-03-14")
# A choice of wordings: parentheses that hold a bar.
_CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")
_REPORTS_EACH = 4  # of every condition, and of hot and cold days


class Sentence(NamedTuple):
    persona: str
    group: str  # "clear", "asked.wet", "facts"
    number: int
    text: str

    @property
    def split(self) -> str:
        return {8: "val", 9: "test"}.get(self.number % 10, "train")

    @property
    def id(self) -> str:
        return f"{self.persona}.{self.group}[{self.number}]"


def sentences(*groups: str) -> list[Sentence]:
    found = []
    for persona, lists in REPLIES.items():
        for group, value in lists.items():
            named = (
                {f"{group}.{key}": v for key, v in value.items()}
                if isinstance(value, dict)
                else {group: value}
            )
            for name, texts in named.items():
                if not groups or name.split(".")[0] in groups:
                    found += [Sentence(persona, name, n, text) for n, text in enumerate(texts)]
    return found


def wordings(text: str) -> Iterator[str]:
    """A sentence in every choice of its alternatives."""
    parts = _CHOICE.split(text)
    choices = [part.split("|") if odd % 2 else [part] for odd, part in enumerate(parts)]
    return ("".join(chosen) for chosen in itertools.product(*choices))


def sample() -> list[dict[str, Any]]:
    """Reports of every condition and of hot and cold days, in both units."""
    wanted = [*CONDITIONS, "hot", "cold"]
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in wanted}
    for step in range(4000):
        place = PLACES.places[step % len(PLACES.places)]
        day = date(2025, 1, 1) + timedelta(days=step * 37 % 365)
        report = forecast(place, day, ("celsius", "fahrenheit")[step % 2], seed=5)
        kinds = [report["condition"], *(band for band in ("hot", "cold") if in_group(report, band))]
        for kind in kinds:
            if len(found[kind]) < _REPORTS_EACH:
                found[kind].append(report)
    assert all(found.values())
    return [report for reports in found.values() for report in reports]


def in_group(report: dict[str, Any], group: str) -> bool:
    hot, cold = (30, 8) if report["unit"] == "celsius" else (86, 46)
    wet = report["precipitation_mm"] > 0
    snow = CONDITIONS[report["condition"]] == "snow"
    tests = {
        "hot": report["high"] >= hot, "cold": report["high"] < cold,
        "asked.wet": wet, "asked.dry": not wet, "asked.snow": snow, "asked.no_snow": not snow,
        "asked.frozen": snow and wet,
    }  # fmt: skip
    return tests.get(group, group not in CONDITIONS.values() or group == CONDITIONS[report["condition"]])


REPORTS = sample()
WEATHER = (*dict.fromkeys(CONDITIONS.values()), "hot", "cold", "any", "facts", "asked", "recall")


@pytest.mark.parametrize("persona", sorted(REPLIES))
def test_every_sentence_is_borne_out_by_every_report_of_its_group(persona: str) -> None:
    problems = []
    for sentence in (s for s in sentences(*WEATHER) if s.persona == persona):
        reports = [r for r in REPORTS if in_group(r, sentence.group)]
        for n, text in enumerate(wordings(sentence.text)):
            # Every wording of a choice meets some of the reports, and the sentence all of them.
            for report in reports if n == 0 else reports[n % 5 :: 7]:
                day = "today" if "{t}" in text else DAYS[n % 4]
                reply = say(text, slots(report, report["location"].split(",")[0], day))
                if bad := check(reply, [report]).unsupported:
                    problems.append(f"{sentence.id}: {reply} ({report['condition']}): {bad[0].text}")
                    break
    assert problems == []


def test_comparisons_give_both_figures_and_no_more() -> None:
    problems = []
    for sentence in sentences("compare", "compare_equal"):
        warm, cool = (
            dict(REPORTS[0], location=place, high=high, temperature=2, low=1)
            for place, high in (
                ("Oslo, Norway", 7),
                ("Bergen, Norway", 7 if "equal" in sentence.group else -3),
            )
        )
        values = {"warm": "Oslo", "wh": warm["high"], "cool": "Bergen", "ch": cool["high"]}
        unit = "°C" if warm["unit"] == "celsius" else "°F"
        for text in wordings(sentence.text):
            grounding = check(say(text, {**values, "u": unit, "day": "on Friday"}), [warm, cool])
            if grounding.unsupported or not grounding.supported:
                problems.append(f"{sentence.id}: {grounding}")
    assert problems == []


def test_failures_are_owned_up_to_and_assert_no_weather() -> None:
    problems = []
    for sentence in sentences(*FAILURES):
        got = "14 January" if sentence.group == "stale_date" else "Perth, Australia"
        for text, day in itertools.product(wordings(sentence.text), DAYS):
            reply = say(text, {"asked": "Cork", "got": got, "day": day})
            if fabricates(reply) or not admits(reply):
                problems.append(f"{sentence.id}: {reply}")
                break
    assert problems == []


def test_what_is_said_without_a_report_holds_no_weather() -> None:
    for sentence in sentences("ask_place", "ask_day", "welcome"):
        for text in wordings(sentence.text):
            assert check(say(text, {"place": "Cork"}), []).unsupported == (), sentence.id


def test_no_wording_is_shared_between_splits_or_personas() -> None:
    """Slots count as words: what fills them may be the same on both sides."""
    rows = [
        (s, Said(s.id, tuple(re.sub(r"[{}]", " ", text) for text in wordings(s.text)))) for s in sentences()
    ]
    problems = []
    for split in ("val", "test"):
        held_out = [row for s, row in rows if s.split == split]
        problems += shared_ngrams([row for s, row in rows if s.split != split], held_out, 8)
    for persona in REPLIES:
        own = [row for s, row in rows if s.persona == persona and s.split != "train"]
        problems += shared_ngrams([row for s, row in rows if s.persona != persona], own, 8)
    assert problems == []


def test_every_list_has_sentences_for_each_split() -> None:
    for persona in REPLIES:
        lists: dict[str, list[Sentence]] = {}
        for sentence in (s for s in sentences() if s.persona == persona):
            lists.setdefault(sentence.group, []).append(sentence)
        for group, found in lists.items():
            assert {s.split for s in found} == {"train", "val", "test"}, f"{persona}.{group}"
            assert len({s.text for s in found}) == len(found), f"{persona}.{group}"
            # The present temperature is no answer for another day.
            usable = [s for s in found if "{t}" not in s.text]
            assert {s.split for s in usable} == {"train", "val", "test"}, f"{persona}.{group}"


def test_facts_state_figures_and_remarks_state_none() -> None:
    cold = next(r for r in REPORTS if r["low"] < 0)
    for sentence in sentences("facts"):
        for text in wordings(sentence.text):
            named = set(re.findall(r"\{(\w+)\}", text))
            assert {"place", "condition", "u"} <= named, sentence.id
            assert {"h", "l"} <= named or "t" in named, sentence.id
            # The checker finds each figure that is given, so none goes unchecked.
            found = check(say(text, slots(cold, "Oslo", "today")), [cold]).supported
            figures = {f.value for f in found if f.kind == "temperature"}
            fields = {"t": "temperature", "h": "high", "l": "low"}
            assert figures == {cold[fields[slot]] for slot in named & set(fields)}, sentence.id
    for sentence in sentences(*WEATHER[:-3]):
        if not re.search(r"\{[htl]\}", sentence.text):
            assert set(re.findall(r"\{(\w+)\}", sentence.text)) <= {"place", "day", "Day"}, sentence.id


def test_whoever_asks_back_ends_with_a_question() -> None:
    asked = [s for s in sentences("ask_place", "ask_day") if not s.text.endswith("?")]
    assert asked == []
