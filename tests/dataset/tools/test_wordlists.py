"""The files of data/tools: the real ones load, and each way of breaking them is named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from twainbot.dataset.tools.wordlists import load_wording
from twainbot.files import InputError

ROOT = Path(__file__).resolve().parents[3]
SPLITS = ("train", "val", "test")


@pytest.fixture
def broken(tmp_path: Path) -> Callable[..., list[str]]:
    """Loads a copy of data/tools in which one file was changed; returns the lines of the error."""

    def load(name: str, change: Callable[[dict[str, Any]], None]) -> list[str]:
        folder = tmp_path / "tools"
        shutil.copytree(ROOT / "data/tools", folder)
        path = folder / f"{name}.yaml"
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        change(content)
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        with pytest.raises(InputError) as caught:
            load_wording(folder)
        lines = str(caught.value).splitlines()
        assert lines[-1] == f"Mend these in {folder}."
        return lines[:-1]

    return load


def test_every_list_has_sentences_of_every_split() -> None:
    wording = load_wording(ROOT / "data/tools")
    assert set(wording.replies) == {"twain", "franklin", "neutral"}
    lists: dict[str, Any] = {**wording.requests, **wording.chatter}
    for persona, replies in wording.replies.items():
        lists |= {f"{persona}/{name}": sentences for name, sentences in replies.items()}
    for name, tool in wording.others.items():
        lists |= {name: tool.requests, **{f"{name}/{p}": said for p, said in tool.answers.items()}}
    for name, sentences in lists.items():
        assert len(sentences) >= 10, name
        assert {sentence.split for sentence in sentences} == set(SPLITS), name


def test_all_problems_are_named_at_once(broken: Callable[..., list[str]]) -> None:
    def change(requests: dict[str, Any]) -> None:
        requests["plain"][0] = ["terse", "general"]
        requests["plain"][1] = ["terse", "mood", "Weather {place}?"]
        requests["plain"][2] = ["terse", "general", "Weather {town}?"]
        requests["unit"][0] = ["terse", "general", "Weather in (Rome|{place}) in {unit}"]
        requests["follow_up"][0] = ["terse", "general", "And then?"]
        requests["thanks"][0] = ["terse", "general", "(Thanks|)."]
        requests["thanks"][1] = ["terse", "general", "((Many|Good) thanks|Thanks)."]
        requests["thanks"][2] = ["terse", "general", "Thanks {."]
        requests["recall"] = requests["recall"][:4]
        requests["gossip"] = requests["thanks"][5:] * 3
        del requests["place_answer"]

    named = broken("requests", change)
    expected = [
        "requests.yaml: gossip: unknown list",
        "requests.yaml: place_answer: missing",
        "requests.yaml: follow_up[0]: slot place or day or unit is missing: And then?",
        "requests.yaml: plain[0]: expected [register, asked, text], found ['terse', 'general']",
        "requests.yaml: plain[1]: asks for 'mood', not for one of general, temperature, rain, snow, wind, "
        "humidity",
        "requests.yaml: plain[2]: unknown slot town: Weather {town}?",
        "requests.yaml: plain[2]: slot place is missing: Weather {town}?",
        "requests.yaml: recall: 4 entries; 10 are the least, so that each split has its own",
        "requests.yaml: thanks[0]: an alternative is empty: (Thanks|).",
        "requests.yaml: thanks[1]: alternatives are nested, or without brackets: "
        "((Many|Good) thanks|Thanks).",
        "requests.yaml: thanks[2]: a brace without its fellow: Thanks {.",
        "requests.yaml: unit[0]: slot place is missing: Weather in (Rome|{place}) in {unit}",
    ]
    assert named == expected


def test_replies(broken: Callable[..., list[str]]) -> None:
    def change(replies: dict[str, Any]) -> None:
        del replies["stale_date"]
        del replies["asked"]["wind"]
        replies["mood"] = ["Well."] * 10
        replies["clear"][0] = "{place} has {asked}."
        replies["facts"][1] = "{place} {day}: {condition}."
        replies["facts"] = [*replies["facts"][:9], "{place}: {condition}, {t}{u} now."]
        replies["welcome"][0] = 3

    assert broken("replies/twain", change) == [
        "replies/twain.yaml: mood: unknown list",
        "replies/twain.yaml: asked.wind: missing",
        "replies/twain.yaml: stale_date: missing",
        "replies/twain.yaml: clear[0]: unknown slot asked: {place} has {asked}.",
        "replies/twain.yaml: facts[1]: slot h or l or t is missing: {place} {day}: {condition}.",
        "replies/twain.yaml: welcome[0]: expected a sentence, found 3",
        "replies/twain.yaml: facts: every entry of test has {t}, so none fits another day than today",
    ]


def test_chatter_needs_an_answer_of_every_persona(broken: Callable[..., list[str]]) -> None:
    def change(chatter: dict[str, Any]) -> None:
        del chatter["smalltalk"][0]["franklin"]
        chatter["smalltalk"][1] = "Hello"
        chatter["no_tool"][0]["u"][0] = "What time is it in {city}?"

    text = "chatter.yaml: no_tool[0]: unknown slot city: What time is it in {city}?"
    assert sorted(broken("chatter", change)) == [
        text,
        "chatter.yaml: smalltalk[0]: franklin missing",
        "chatter.yaml: smalltalk[1]: u and the answers missing",
    ]


def test_other_requests_fit_their_tools(broken: Callable[..., list[str]]) -> None:
    def change(others: dict[str, Any]) -> None:
        del others["set_timer"]
        others["sing"] = others["get_time"]
        others["find_recipe"]["u"][0] = ["A recipe for (pie|{dish}).", {"dish": "{dish}", "speed": "high"}]
        others["find_recipe"]["u"][1] = "A recipe."
        others["get_time"]["twain"] = others["get_time"]["twain"][:2]
        del others["translate"]["result"]

    named = broken("other_requests", change)
    assert [line for line in named if not line.startswith("other_requests.yaml: sing: ")] == [
        "other_requests.yaml: set_timer: missing",
        "other_requests.yaml: find_recipe: u[0]: slot dish is missing: A recipe for (pie|{dish}).",
        "other_requests.yaml: find_recipe: u[0]: find_recipe has no argument speed",
        "other_requests.yaml: find_recipe: u[1]: expected [text, arguments], found 'A recipe.'",
        "other_requests.yaml: get_time: twain: 2 entries; 10 are the least, so that each split has its own",
        "other_requests.yaml: translate: result missing",
    ]
    assert "other_requests.yaml: sing: unknown list" in named


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data/tools", tmp_path / "tools")
    (tmp_path / "tools/chatter.yaml").unlink()
    (tmp_path / "tools/requests.yaml").write_text("plain: [", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_wording(tmp_path / "tools")
    assert "requests.yaml: cannot be read: while parsing" in str(caught.value)
    assert "chatter.yaml: cannot be read: " in str(caught.value)
