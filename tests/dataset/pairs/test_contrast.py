"""Preference pairs: what is chosen is right, what is rejected has the flaw that it names."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from jsonschema import Draft202012Validator

from twainbot.dataset.contamination import Said, shared_ngrams
from twainbot.dataset.pairs.contrast import FLAWS, ContrastRules, counts, make_pairs
from twainbot.dataset.pairs.style import Bland, OutOfVoice, Plainly, Topics, of_split, read_bland
from twainbot.dataset.pairs.tools import OverCalling
from twainbot.dataset.style.plain_english import read_plain_english
from twainbot.evaluation.groundedness import check, reports
from twainbot.files import InputError
from twainbot.records import Flaw

ROOT = Path(__file__).resolve().parents[3]
BLAND = ROOT / "data/prompts/bland.yaml"
SENTENCES = read_bland(BLAND)
PLAINLY = Plainly(
    sentences=SENTENCES,
    topics=Topics(
        {name: ["What about {topic}?", "Say something of {topic}."] for name in ("talk", "headline")}
    ),
    rules=read_plain_english(ROOT / "data/lexicons/plain_english.yaml"),
    min_change=0.1,
)
RULES = ContrastRules(
    pairs=400,
    shares=dict.fromkeys(get_args(Flaw), 0.2),
    split_shares={"train": 0.8, "val": 0.1, "test": 0.1},
    seed=5,
)


@pytest.fixture(scope="module")
def pairs(mixes: dict[str, list[Any]]) -> list[Any]:
    return make_pairs(mixes["style"], mixes["tools"], PLAINLY, RULES)


@pytest.fixture(scope="module")
def rows(mixes: dict[str, list[Any]]) -> dict[str, Any]:
    return {row["id"]: row for name in ("style", "tools") for row in mixes[name]}


def of(pairs: list[Any], flaw: str) -> list[Any]:
    return [pair for pair in pairs if pair["flaw"] == flaw]


def calls(message: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (call["function"]["name"], json.loads(call["function"]["arguments"]))
        for call in message.get("tool_calls", [])
    ]


def test_as_many_of_each_flaw_and_side_as_asked(pairs: list[Any]) -> None:
    found = Counter((pair["flaw"], pair["split"]) for pair in pairs)
    assert found == {
        (flaw, split): n for flaw in FLAWS for split, n in (("train", 64), ("val", 8), ("test", 8))
    }


def test_personas_take_turns(pairs: list[Any]) -> None:
    for flaw in FLAWS:
        found = Counter(pair["tags"]["persona"] for pair in of(pairs, flaw) if pair["split"] == "train")
        assert len(found) >= 3
        assert max(found.values()) - min(found.values()) <= 1, (flaw, found)


def test_what_is_chosen_is_a_row_s_own_turn_and_all_parents_are_of_its_side(
    pairs: list[Any], rows: dict[str, Any]
) -> None:
    for pair in pairs:
        parents = [rows[name] for name in pair["parents"]]
        told = pair["prompt"] + pair["chosen"]
        assert parents[0]["messages"][: len(told)] == told
        assert {parent["split"] for parent in parents} == {pair["split"]}
        assert pair["chosen"] != pair["rejected"]
        assert pair["rejected"][0]["content"] or pair["rejected"][0]["tool_calls"]
        assert len(pair["chosen"]) == len(pair["rejected"]) == 1
        assert pair["prompt"][-1]["role"] in ("user", "tool")
    assert len({pair["id"] for pair in pairs}) == len(pairs)


def test_every_call_is_valid_for_a_tool_on_offer(pairs: list[Any]) -> None:
    count = 0
    for pair in pairs:
        offered = {t["function"]["name"]: t["function"]["parameters"] for t in pair["tools"] or []}
        for message in (pair["chosen"][0], pair["rejected"][0]):
            for name, arguments in calls(message):
                Draft202012Validator(offered[name]).validate(arguments)
                count += 1
    assert count > 100


def test_what_is_rejected_as_ungrounded_is_and_its_rival_is_not(pairs: list[Any]) -> None:
    failed = 0
    for pair in of(pairs, "ungrounded"):
        known = reports(pair["prompt"])
        chosen, rejected = (pair[side][0]["content"] for side in ("chosen", "rejected"))
        assert not check(chosen, known).error, chosen
        assert check(rejected, known).error, (chosen, rejected)
        failed += not known
    # After a failure a report is made up; else one word of a true one is changed.
    assert 5 < failed < 60


def test_over_calling_is_a_weather_call_where_none_was_right(pairs: list[Any]) -> None:
    kinds = Counter()
    for pair in of(pairs, "over_calling"):
        assert [name for name, _ in calls(pair["rejected"][0])] == ["get_weather"]
        right = [name for name, _ in calls(pair["chosen"][0])]
        assert "get_weather" not in right
        kinds["other tool" if right else "words"] += 1
        number = pair["rejected"][0]["tool_calls"][0]["id"]
        assert len(number) == 9
        assert number not in json.dumps(pair["prompt"])
    assert min(kinds["words"], kinds["other tool"]) > 5


def test_under_calling_is_words_where_a_call_was_right(pairs: list[Any], rows: dict[str, Any]) -> None:
    for pair in of(pairs, "under_calling"):
        assert not pair["rejected"][0].get("tool_calls")
        ((name, arguments),) = calls(pair["chosen"][0])
        text = pair["rejected"][0]["content"]
        donors = [rows[name] for name in pair["parents"][1:]]
        # A question back stands in the other conversation word for word, a report is told of another place.
        asked_back = donors and text in [message["content"] for message in donors[0]["messages"]]
        if name == "get_weather" and donors and not asked_back:
            # Told of the place that was asked about, and not of the one it was true of.
            place = arguments["location"].split(",")[0]
            assert place.casefold() in text.casefold()
            assert donors[0]["tags"]["persona"] == pair["tags"]["persona"]


def test_another_voice_answers_the_same_template(pairs: list[Any], rows: dict[str, Any]) -> None:
    for pair in of(pairs, "out_of_voice"):
        own, other = (rows[name] for name in pair["parents"])
        assert own["template_id"] == other["template_id"]
        assert own["tags"]["persona"] != other["tags"]["persona"]
        assert pair["rejected"] == other["messages"][-1:]


def voice_row(name: str, persona: str, asked: str, answer: str, **fields: Any) -> Any:
    turns = [("system", persona), ("user", asked), ("assistant", answer)]
    base = {
        "id": name,
        "messages": [{"role": role, "content": text} for role, text in turns],
        "tools": None,
        "tags": {"persona": persona, "source": fields.pop("source", "book")},
        "template_id": "talk",
        "parents": ["pas-1"],
        "family": name,
        "split": "train",
    }
    return base | fields


def test_the_nearest_topic_is_taken() -> None:
    topics = [f"topic{n}" for n in range(60)]
    style = [
        voice_row(f"{p}-{t}", p, f"Say something of {t}.", f"{t}, {p}")
        for p in ("twain", "franklin")
        for t in topics
    ]
    shares: Any = {**dict.fromkeys(FLAWS, 0.0), "out_of_voice": 1.0}
    rules = ContrastRules(pairs=20, shares=shares, split_shares={"train": 1.0}, seed=1)
    made = make_pairs(style, [], PLAINLY, rules)
    assert len(made) == 20
    for pair in made:
        assert [parent.split("-")[1] for parent in pair["parents"]] == [pair["family"].split("-")[1]] * 2


def test_the_same_question_is_nearer_than_any_topic_and_nothing_else_is_near() -> None:
    rows = [
        voice_row("own", "twain", "May I rob it?", "I would not."),
        voice_row("same", "hamlet", "May I rob it?", "Rob not."),
        voice_row("play", "macbeth", "May I rob it?", "No."),
        voice_row("other", "franklin", "What about rain?", "It is wet, and I would not."),
    ]
    voices = OutOfVoice(rows, PLAINLY.topics)
    flawed = {row["id"]: voices(row) for row in rows}
    assert {name: found.donors for name, found in flawed.items() if found} == {
        "own": ("same",),  # the nearest in length
        # Both heroes are one author's, so neither stands for the other.
        "same": ("own",),
        "play": ("own",),
    }


def test_a_bland_answer_says_the_same_plainly() -> None:
    bland = Bland(PLAINLY, "train", 1)

    def said(text: str, asked: str = "What about rain?", **fields: Any) -> str | None:
        flawed = bland(voice_row("one", "twain", asked, text, **fields))
        return str(flawed.message["content"]) if flawed else None

    ornate = (
        "I perceived the steed by the ferry; it was weary of us, and I beheld its visage in the water twice."
    )
    plain = "I saw the horse by the ferry. It was tired of us, and I saw its face in the water twice."
    assert said(ornate) == plain
    assert said(plain) is None  # no voice to lose
    assert said("I perceived the steed.") is None  # too short to tell
    assert said(ornate, template_id="imitate") is None
    title = said("Hat Lost", "What about hats and the sea?", template_id="headline", source="post")
    assert title is not None
    assert "Hats and the Sea" in title
    # What is asked for in other words has no topic to name.
    assert said("Hat Lost", "Hats!", template_id="headline", source="post") is None


def test_a_composed_bland_answer_is_of_its_side_s_sentences(pairs: list[Any]) -> None:
    for pair in of(pairs, "bland"):
        assert pair["tags"]["persona"] != "neutral"
        first = [text.split("{topic}") for texts in SENTENCES.values() for text in
                 of_split(texts, pair["split"])]  # fmt: skip
        text = pair["rejected"][0]["content"]
        assert any(all(part.casefold() in text.casefold() for part in parts) for parts in first), text


def test_length_is_no_cue(pairs: list[Any]) -> None:
    for flaw, found in counts(pairs).items():
        assert 3 / 4 < found["length_ratio"] < 4 / 3, flaw


def test_pairs_do_not_depend_on_the_order_of_rows(pairs: list[Any], mixes: dict[str, list[Any]]) -> None:
    again = make_pairs(mixes["style"][::-1], mixes["tools"][::-1], PLAINLY, RULES)
    assert again == pairs


def test_counts() -> None:
    def pair(flaw: str, chosen: str, rejected: str) -> Any:
        return {
            "flaw": flaw,
            "split": "train",
            "tags": {"persona": "twain"},
            "chosen": [{"role": "assistant", "content": chosen}],
            "rejected": [{"role": "assistant", "content": rejected}],
        }

    found = counts([pair("bland", "four", "eightttt"), pair("bland", "four", "four")])
    assert found["bland"] == {
        "pairs": 2,
        "split": {"train": 2},
        "persona": {"twain": 2},
        # 12 characters against 8.
        "length_ratio": 1.5,
    }
    assert found["ungrounded"]["length_ratio"] is None


@pytest.mark.slow  # the import takes seconds
def test_trl_takes_them_for_conversations(pairs: list[Any]) -> None:
    from trl.data_utils import is_conversational

    assert all(is_conversational(pair) for pair in pairs)


def test_bland_sentences_of_different_sides_share_no_eight_words() -> None:
    sides = {
        split: [Said(t, (t,)) for texts in SENTENCES.values() for t in of_split(texts, split)]
        for split in ("train", "val", "test")
    }
    assert [len(rows) for rows in sides.values()] == [56, 7, 7]
    assert shared_ngrams(sides["train"], sides["val"] + sides["test"], 6) == []
    assert shared_ngrams(sides["val"], sides["test"], 6) == []


def test_bad_bland_sentences_are_all_named(tmp_path: Path) -> None:
    path = tmp_path / "bland.yaml"
    lists = {**SENTENCES, "reply": [*SENTENCES["reply"], "On {topic}."], "joke": ["One."], "other": []}
    path.write_text(yaml.safe_dump({**lists, "headline": [*SENTENCES["headline"], "No slot.", 3]}))
    with pytest.raises(InputError) as error:
        read_bland(path)
    for problem in (
        "other: unknown list",
        "headline[20]: 'No slot.' must hold {topic} once",
        "headline[21]: expected a sentence, found 3",
        "reply[30]: 'On {topic}.' must hold no braces",
        "joke: needs a list of at least ten sentences",
    ):
        assert problem in str(error.value)


def test_a_needless_call_is_of_the_place_that_was_named() -> None:
    row: Any = {
        "id": "one", "split": "train", "tags": {"persona": "neutral"},
        "tools": [{"type": "function", "function": {"name": "get_weather"}}],
    }  # fmt: skip
    made = {"function": {"name": "get_weather", "arguments": json.dumps({"location": "Oslo"})}}
    called: Any = {**row, "messages": [{"role": "assistant", "content": None, "tool_calls": [made]}]}
    calls = OverCalling([called], 5, ["Liverpool, England", "Liverpool", "Nice", "Rome"])

    def place(text: str) -> str | None:
        messages = [{"role": "user", "content": text}, {"role": "assistant", "content": "I can't say."}]
        flawed = calls({**row, "messages": messages})
        made = flawed.message.get("tool_calls") if flawed else None
        return json.loads(made[0]["function"]["arguments"])["location"] if made else None

    assert place("Who is the mayor of Liverpool, England now?") == "Liverpool, England"
    assert place("who is the mayor of liverpool now") == "liverpool"
    assert place("it would be nice to see rome") == "rome"
    # Where none is named, one that another row calls.
    assert place("How nice of you.") == "Oslo"


def test_an_invented_report_is_of_the_day_that_was_asked_for(pairs: list[Any], rows: dict[str, Any]) -> None:
    for pair in (p for p in pairs if p["flaw"] == "under_calling" and len(p["parents"]) == 2):
        call = json.loads(pair["chosen"][0]["tool_calls"][0]["function"]["arguments"])
        said = re.findall(r"\bin \w+ days\b|\bthe day after tomorrow\b", pair["rejected"][0]["content"], re.I)
        assert "-" not in call.get("date", "") or not said
