"""Topics: one phrase, or two near each other; what is certain drops, what is not goes to a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from twainbot.files import InputError
from twainbot.text.phrases import PhraseIndex
from twainbot.text.topics import Near, Topic, find_topics, read_topics, topic_phrases

ROOT = Path(__file__).resolve().parents[2]
FLOODS = {
    "floods": Topic(
        action="flag",
        kinds=["post"],
        any=["high water"],
        near=Near(first=["river*"], second=["rise*", "rose"], within=2),
    )
}


def spans(text: str, topics: dict[str, Topic], kind: str = "post") -> dict[str, str]:
    matches = PhraseIndex.of(topic_phrases(topics)).find(text, kind)
    return {name: text[m.start : m.end] for name, m in find_topics(matches, topics).items()}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("High water again in town.", "High water"),
        ("The river rose.", "river rose"),
        ("It rose, that old river.", "rose, that old river"),
        ("The river that never once rose.", None),
        ("The river.", None),
        # Of two, the first in the text.
        ("The river rises to high water.", "river rises"),
    ],
)
def test_one_phrase_or_two_near_each_other(text: str, found: str | None) -> None:
    assert spans(text, FLOODS) == ({"floods": found} if found else {})
    assert spans(text, FLOODS, kind="book") == {}


COMMITTED = read_topics(ROOT / "data/lexicons/topics.yaml")


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("Town Elects Goat In Mayoral Election", ["election_politics"]),
        ("Voters Told Candidate For Mayor Is A Scarecrow", ["election_politics"]),
        ("Man Says He Would Never Burn A Mosque", ["religion_hate"]),
        ("Gunman Was Only Looking For His Hat", ["violence_terror"]),
        ("Panda Thought To Be Considering Suicide", ["self_harm"]),
        ("Raccoon Found In Cocaine Is Fine", ["drugs"]),
        ("Doctor Recommends Fewer Treatments", ["medical_advice"]),
        ("Teen Sexting Ring Broken Up", ["minors_sexual", "minors_near_sexual"]),
        ("Students Offered A Lecture On Safe Sex", ["minors_near_sexual"]),
        ("Icicle Above Post Office Door Bides Its Time", []),
        ("Colonel Sanders Statue Wins Chess Game", []),
        ("Umbrella Inside Out Again", []),
    ],
)
def test_the_committed_topics(text: str, topics: list[str]) -> None:
    assert sorted(spans(text, COMMITTED)) == sorted(topics)


@pytest.mark.parametrize(
    "text",
    [
        "The President spoke of the election to the Senate; the voters of the party were for the Governor.",
        "He murdered his brother, and the doctor prescribed opium; the Christians burned the infidels.",
        "The children groped their way in the dark, and the student learned the sex of every noun.",
    ],
)
def test_old_books_are_full_of_them_and_not_flagged(text: str) -> None:
    assert spans(text, COMMITTED, kind="book") == {}


def test_what_may_not_be_kept_is_dropped_everywhere() -> None:
    assert COMMITTED["minors_sexual"].action == "drop"
    assert set(COMMITTED["minors_sexual"].kinds) == {"book", "play", "post", "fact", "joke", "page"}


def test_every_problem_of_the_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "topics.yaml"
    path.write_text("floods: {action: flog, kinds: [post], anny: [x]}\nfires: {action: flag}\n")
    with pytest.raises(InputError) as caught:
        read_topics(path)
    message = str(caught.value)
    assert "topics.floods.action" in message
    assert "topics.floods.anny: unknown key" in message
    assert "topics.fires.kinds: missing" in message
    path.write_text(
        "floods: {action: flag, kinds: [post], any: [High], near: {first: [a*], second: [b], within: 1}}\n"
    )
    with pytest.raises(InputError, match=r"(?s)'High'.*'a\*'"):
        read_topics(path)


def test_a_topic_that_can_find_nothing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "topics.yaml"
    path.write_text(
        "floods: {action: flag, kinds: [post]}\nfi/res: {action: flag, kinds: [post], any: [x]}\n"
    )
    with pytest.raises(InputError, match=r"(?s)floods: looks for nothing.*fi/res: a topic's name has no /"):
        read_topics(path)


def test_an_empty_file_has_no_topics(tmp_path: Path) -> None:
    (tmp_path / "topics.yaml").write_text("# none\n")
    assert read_topics(tmp_path / "topics.yaml") == {}
