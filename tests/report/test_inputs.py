import pytest

from twainbot.files import InputError
from twainbot.report.inputs import EXAMPLE_CHARACTERS, read_inputs


def test_everything_is_read(run_folder):
    inputs = read_inputs(run_folder)
    assert inputs.counts["dedupe"]["clusters"] == 6
    assert len(inputs.losses["style"]) == 34
    assert inputs.tags["tone"] == {"franklin": {"aphoristic": 2}, "twain": {"plain": 1, "sardonic": 3}}
    assert inputs.tags["device"] == {"franklin": {"none": 2}, "twain": {"none": 4}}


def test_all_missing_files_are_named_at_once(run_folder):
    (run_folder / "metrics/evaluate.json").unlink()
    (run_folder / "data/generations/base.jsonl").unlink()
    with pytest.raises(InputError, match=r"metrics/evaluate\.json, data/generations/base\.jsonl.*dvc repro"):
        read_inputs(run_folder)


def test_examples_are_short_on_one_line_masked_and_without_slurs(run_folder):
    examples = read_inputs(run_folder).examples
    (heading,) = examples["parse", "heading"]
    assert heading.startswith("CHAPTER I. <b>In which</b> it rains")
    assert len(heading) == EXAMPLE_CHARACTERS + 1 and heading.endswith("…")
    assert examples["clean", "too_short"] == ["mail <EMAIL> now"]
    assert examples["clean", "slur"] == []
    assert examples["dedupe", "onion"] == examples["dedupe", "duplicate"] == ["Rain again."]
