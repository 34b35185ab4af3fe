"""``twainbot review topics``: the list, and decisions that keep the file's comments."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from twainbot.commands.review import decide, list_topics
from twainbot.files import InputError, write_parquet
from twainbot.records import REVIEW
from twainbot.text.review import Decisions, read_decisions, review_id

ROOT = Path(__file__).resolve().parents[2]
TEXTS = {"floods": "High water\nin town.", "fires": "Barn burns again."}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    rows = [
        {
            "id": review_id(text),
            "passage_id": f"pas-{number}",
            "source_id": "news",
            "kind": "post",
            "topic": topic,
            "phrase": "x",
            "start": 0,
            "end": 10,
            "text": text,
        }
        for number, (topic, text) in enumerate(TEXTS.items())
    ]
    write_parquet(tmp_path / "data/clean/review.parquet", rows, REVIEW)
    (tmp_path / "data/review.yaml").write_bytes((ROOT / "data/review.yaml").read_bytes())
    return tmp_path


def test_the_committed_file_is_empty_and_says_what_it_is() -> None:
    text = (ROOT / "data/review.yaml").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert yaml.safe_load(text) == {"accepted": [], "rejected": []}


def test_the_list_shows_the_words_that_were_matched(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    list_topics(None, 1, repository)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{review_id(TEXTS['floods'])}  floods  news  pas-0"
    assert lines[1] == "    ⟦High water⟧ in town."
    assert lines[2:4] == ["     1  fires", "     1  floods"]
    assert lines[4].startswith("1 of 2 shown.")


def test_one_topic(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    list_topics("fires", 20, repository)
    assert "⟦Barn burns⟧ again." in capsys.readouterr().out
    with pytest.raises(InputError, match=r"'winds' waits .* Topics with some: fires, floods\."):
        list_topics("winds", 20, repository)


def test_decisions_are_written_and_leave_the_list(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    floods, fires = review_id(TEXTS["floods"]), review_id(TEXTS["fires"])
    decide([floods], ["pas-1"], repository)
    path = repository / "data/review.yaml"
    assert read_decisions(path) == Decisions(frozenset({floods}), frozenset({fires}))
    assert path.read_text(encoding="utf-8").startswith("# Decisions on passages")
    list_topics(None, 20, repository)
    assert "Nothing waits for a decision." in capsys.readouterr().out
    # A later decision takes the place of the earlier one.
    decide([fires], [], repository)
    assert read_decisions(path) == Decisions(frozenset({floods, fires}), frozenset())


def test_unknown_and_contradicting_ids_are_named(repository: Path) -> None:
    with pytest.raises(InputError, match="rev-1, pas-9"):
        decide(["rev-1"], ["pas-9"], repository)
    with pytest.raises(InputError, match="accepted and rejected at once"):
        decide(["pas-0"], [review_id(TEXTS["floods"])], repository)
    assert read_decisions(repository / "data/review.yaml") == Decisions()


def test_before_the_stage_has_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="dvc repro clean"):
        list_topics(None, 20, tmp_path)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("accepted: []\n", "rejected: missing"),
        (
            "accepted: [rev-0, pas-1, rev-0123456789abcdef]\nrejected: [rev-0123456789abcdef]\n",
            "(?s)no review ids: rev-0, pas-1.*at once: rev-0123456789abcdef",
        ),
        ("# nothing\n", "accepted: missing"),
        ("accepted: {}\nrejected: []\n", "accepted: input should be a valid list"),
        ("accepted: []\nrejected: []\nrejectd: []\n", "did you mean 'rejected'"),
    ],
)
def test_a_file_that_was_edited_badly(tmp_path: Path, content: str, problem: str) -> None:
    path = tmp_path / "review.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=problem):
        read_decisions(path)
