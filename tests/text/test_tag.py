"""Tags: exact expectations on sentences of ours, and what holds for any text."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from builders import passage
from hypothesis import given
from hypothesis import strategies as st

from twainbot.files import InputError
from twainbot.params import load_params
from twainbot.records import Passage
from twainbot.text.cues import Lexicon, read_lexicon
from twainbot.text.selection import selection
from twainbot.text.tag import TAGS, TagModel, read_model, tag

ROOT = Path(__file__).resolve().parents[2]
LEXICON = read_lexicon(ROOT / "data/lexicons/tags.yaml")
MODEL = read_model(ROOT / "data/tagging/weights.json", LEXICON)
THRESHOLDS = load_params(ROOT / "params.yaml").tag.thresholds.model_dump()


def tagged(text: str, **fields: Any) -> Passage:
    (result,) = tag([passage(text, **fields)], LEXICON, MODEL, THRESHOLDS)
    return result


@pytest.mark.parametrize(
    ("text", "kind", "persona"),
    [
        ("Blizzard buries the north of the county; schools shut for a week", "post", "deadpan"),
        ("Thunderstorm ruins annual umbrella fair", "post", "satire"),
        (
            "The wind blew hard from the east all night, and toward morning the rain turned to sleet.",
            "book",
            "twain",
        ),
        (
            "I have observed that a thunder-gust commonly rises in the west when the weather has been hot "
            "for some days, and that the rain is followed by cool air.",
            "book",
            "franklin",
        ),
        ("It is very cold tonight; the frost bites and the wind is at the door.", "play", "player"),
    ],
)
def test_weather(text: str, kind: str, persona: str) -> None:
    assert tagged(text, kind=kind, persona=persona)["domain"] == "weather"


@pytest.mark.parametrize(
    "text",
    [
        "The tenor was received with a storm of applause and took eleven bows.",
        "He had been under the weather for a month and would eat nothing but broth.",
        "A flood of letters reached the editor, who warmed to his subject at once.",
        "Council buys cloud storage for its minutes",
        "Nothing was said at breakfast, and less at dinner.",
        "The judge gave the clerk the cold shoulder until Easter.",
        "ICE arrests a baker in Ohio",
        "It was a snow job, and the whole board fell for it.",
        "",
    ],
)
@pytest.mark.parametrize("kind", ["book", "post"])
def test_not_weather(text: str, kind: str) -> None:
    assert tagged(text, kind=kind)["domain"] == "general"


def test_satirical_headline() -> None:
    post = tagged(
        "Area Man Announces Plan To Finally Stop Apologizing To Furniture", kind="post", persona="satire"
    )
    assert (post["tone"], post["device"]) == ("satirical", "headline")


@pytest.mark.parametrize(
    "text", ["County approves budget for road repairs", "Three trains late on the western line"]
)
def test_plain_headline(text: str) -> None:
    post = tagged(text, kind="post", persona="deadpan")
    assert (post["tone"], post["device"]) == ("plain", "headline")


def test_wry() -> None:
    text = (
        "I judged that the mule had opinions, and rather firm ones, so I let him keep them. It was said in "
        "the camp that he had never been known to change his mind, and I suppose that he saw no reason to "
        "begin with me."
    )
    assert tagged(text, persona="twain")["tone"] == "wry"


def test_plain_prose() -> None:
    text = "They crossed the bridge at noon and reached the second village before the lamps were lit."
    assert tagged(text, persona="neutral")["tone"] == "plain"


def test_didactic() -> None:
    text = (
        "You should never lend upon a promise alone. If the sum is small, it is better to give it; if it "
        "is great, let it be written, and let the reason be written with it. Hence the rule: in order to "
        "keep a friend, you must keep an account. Therefore learn to ask for paper and ink."
    )
    assert tagged(text, persona="franklin")["tone"] == "didactic"


@pytest.mark.parametrize(
    "text",
    [
        "He that keeps every man's counsel is poor in his own; no man thanks a well that is always full.",
        "GRATITUDE, n. A debt that is paid in conversation.",
    ],
)
def test_aphoristic(text: str) -> None:
    assert tagged(text, persona="neutral")["tone"] == "aphoristic"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The mill wheel went round like a tired horse and groaned as if it knew.", "analogy"),
        ("It was the finest pie in the world, and a million bees that ever lived could not have bettered it.",
         "hyperbole"),
        ("The ferry left at six and came back at seven.", "none"),
    ],
)  # fmt: skip
def test_device(text: str, expected: str) -> None:
    assert tagged(text, persona="neutral")["device"] == expected


def test_a_fact_is_weather_and_nothing_else() -> None:
    fact = tagged("temperature 12, wind 3", kind="fact", persona="weather")
    assert (fact["tone"], fact["domain"], fact["device"]) == ("plain", "weather", "none")
    assert fact["tag_scores"] == {name: float(name == "weather") for name in TAGS}


def test_a_threshold_decides() -> None:
    text = "It rained a little and the wind was cold."
    score = tag([passage(text)], LEXICON, MODEL, THRESHOLDS)[0]["tag_scores"]
    assert score is not None
    for limit, expected in [(score["weather"], "weather"), (min(1.0, score["weather"] + 0.0001), "general")]:
        (result,) = tag([passage(text)], LEXICON, MODEL, THRESHOLDS | {"weather": limit})
        assert result["domain"] == expected


def test_tagging_changes_nothing_else_and_not_its_input() -> None:
    before = passage("It rained.", 1)
    (after,) = tag([before], LEXICON, MODEL, THRESHOLDS)
    assert before == passage("It rained.", 1)
    assert {**after, "tone": None, "domain": None, "device": None, "tag_scores": None} == before


@given(
    st.text(),
    st.sampled_from(["book", "play", "post", "fact"]),
    st.sampled_from(["twain", "satire", "nobody", ""]),
)
def test_any_text_is_tagged(text: str, kind: str, persona: str) -> None:
    result = tagged(text, kind=kind, persona=persona)
    scores = result["tag_scores"]
    assert scores is not None
    assert list(scores) == list(TAGS)
    assert all(0.0 <= value <= 1.0 for value in scores.values())  # type: ignore[operator]


@given(
    st.lists(
        st.sampled_from(["It rained.", "He laughed like a goat.", "No.", "Storm of protest"]), max_size=8
    ),
    st.randoms(),
)
def test_order_and_company_do_not_matter(found: list[str], shuffle: random.Random) -> None:
    passages = [passage(text, number) for number, text in enumerate(found)]
    alone = {each["id"]: tag([each], LEXICON, MODEL, THRESHOLDS)[0] for each in passages}
    shuffle.shuffle(passages)
    assert tag(passages, LEXICON, MODEL, THRESHOLDS) == [alone[each["id"]] for each in passages]


def test_selection_counts_by_score_and_threshold() -> None:
    scores = dict.fromkeys(TAGS, 0.0)
    some: list[Passage] = [
        passage("a", 1, persona="twain", tag_scores=scores | {"weather": 1.0}),
        passage("b", 2, persona="twain", tag_scores=scores | {"weather": 1.0, "wry": 1.0}),
        passage("c", 3, persona="franklin", tag_scores=scores | {"didactic": 1.0}),
        passage(
            "d", 4, persona="satire", kind="post", tag_scores=scores | {"weather": 1.0, "satirical": 1.0}
        ),
        passage("e", 5, persona="neutral", tag_scores=scores | {"weather": 1.0}),
        passage("f", 6, persona="twain"),
    ]
    counts = selection(some, dict.fromkeys(TAGS, 0.5))
    assert counts["twain"] == {
        "passages": 2, "weather": 2, "humour": 1, "weather and humour": 1, "weather or humour": 2
    }  # fmt: skip
    assert counts["franklin"]["passages"] == 1
    assert counts["franklin"]["weather or humour"] == 0
    assert counts["posts"]["weather and humour"] == 1


@pytest.fixture
def small(tmp_path: Path) -> Lexicon:
    path = tmp_path / "tags.yaml"
    path.write_text("cues: {weather: [rain]}", encoding="utf-8")
    return read_lexicon(path)


def write_weights(path: Path, **tags: Any) -> Path:
    path.write_text(json.dumps({"tags": tags}), encoding="utf-8")
    return path


def test_weights(tmp_path: Path, small: Lexicon) -> None:
    one = {"intercept": -1, "weights": {"cue=weather": 2.0}}
    model = read_model(write_weights(tmp_path / "w.json", **dict.fromkeys(TAGS, one)), small)
    assert isinstance(model, TagModel)
    (result,) = tag([passage("rain")], small, model, dict.fromkeys(TAGS, 0.5))
    # logit = -1 + 2 * log(1 + 1) = 0.3863, probability 0.5954
    assert (result["tag_scores"] or {})["pun"] == pytest.approx(0.5954)


def test_weights_that_do_not_fit_the_lexicon_are_all_named(tmp_path: Path, small: Lexicon) -> None:
    one = {"intercept": -1, "weights": {"cue=humour": 2.0}}
    tags = dict.fromkeys(TAGS, one)
    del tags["pun"]
    with pytest.raises(InputError) as caught:
        read_model(write_weights(tmp_path / "w.json", **tags), small)
    assert "no weights for 'pun'" in str(caught.value)
    assert str(caught.value).count("'cue=humour' is no feature") == len(TAGS) - 1


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"tags": {"pun": 3}}', '{"tags": 3}'])
def test_broken_weights_are_named(tmp_path: Path, small: Lexicon, content: str) -> None:
    path = tmp_path / "w.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"w\.json"):
        read_model(path, small)


def test_missing_weights_are_named(tmp_path: Path, small: Lexicon) -> None:
    with pytest.raises(InputError, match="tagging_fit"):
        read_model(tmp_path / "none.json", small)
