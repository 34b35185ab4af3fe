"""What is written for the purpose: enough of it, in every voice, and no entry shares wording with another."""

from __future__ import annotations

from pathlib import Path

import pytest

from twainbot.dataset.contamination import Said, said, shared_ngrams
from twainbot.dataset.personas import read_personas
from twainbot.dataset.style.written import Written, read_plain, read_refusals
from twainbot.files import InputError, read_jsonl

ROOT = Path(__file__).resolve().parents[3]
PLAIN = read_plain(ROOT / "data/prompts/plain.yaml")
REFUSALS = read_refusals(ROOT / "data/prompts/refusals.yaml", read_personas(ROOT / "data/personas.yaml"))


def test_there_is_enough_of_each() -> None:
    assert len({row.entry for row in PLAIN}) >= 150
    assert {row.persona for row in PLAIN} == {"neutral"}
    assert len({row.entry for row in REFUSALS}) >= 30
    voices = {"twain", "franklin", "neutral", "hamlet", "macbeth", "satire", "comic"}
    assert all(
        {r.persona for r in REFUSALS if r.entry == entry} == voices for entry in {r.entry for r in REFUSALS}
    )


def test_no_question_and_no_answer_stands_twice() -> None:
    everything = [*PLAIN, *REFUSALS]
    questions = {(row.entry, row.question) for row in everything}
    assert len({question for _, question in questions}) == len(questions)
    answers = {(row.entry, row.answer) for row in everything}
    assert len({answer for _, answer in answers}) == len(answers)


def test_entries_share_no_eight_words_with_each_other_or_with_the_evaluation() -> None:
    texts: dict[str, list[str]] = {}
    for row in (*PLAIN, *REFUSALS):
        texts.setdefault(row.entry, []).extend((row.question, row.answer))
    entries = [Said(entry, tuple(found)) for entry, found in texts.items()]
    for number, entry in enumerate(entries):
        assert shared_ngrams([entry], entries[:number], 8) == []
    prompts = [said(row) for row in read_jsonl(ROOT / "data/eval/style_prompts.jsonl")]
    assert shared_ngrams(entries, prompts, 8) == []


def test_each_question_of_each_voice_is_a_row(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text("a:\n  ask: [How so, Why so]\n  answers: {twain: No., comic: Never., stranger: Nay.}\n")
    rows = read_refusals(path, {"twain": {}, "comic": {}})
    assert [(row.persona, row.question) for row in rows] == [
        ("comic", "How so"), ("twain", "How so"), ("comic", "Why so"), ("twain", "Why so"),
    ]  # fmt: skip
    assert rows[0] == Written("refuse", "refuse/a", "How so", "comic", "Never.", "general")


def test_all_problems_at_once(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("a: {ask: [One], answer: Yes}\nb: {ask: [One, Two]}\nc: {ask: [A, B], answer: C, d: e}\n")
    with pytest.raises(InputError) as caught:
        read_plain(path)
    assert [f"{name}: needs ask" in str(caught.value) for name in "abc"] == [True] * 3
    path.write_text(
        "a: {ask: [A, B], answers: {twain: No.}}\nb: {ask: [C, D], answers: {comic: No.}}\nc: {ask: [E, F]}\n"
    )
    with pytest.raises(InputError) as caught:
        read_refusals(path, {})
    assert "b: answers for comic, the first entry for twain" in str(caught.value)
    assert "c: needs ask" in str(caught.value)
    path.write_text("[]\n")
    with pytest.raises(InputError, match="expected entries by name"):
        read_plain(path)
