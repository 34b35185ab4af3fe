from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from twainbot.commands.profiles import read_profiles
from twainbot.params import load_params

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("params.yaml", "profiles"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    # Known values, whatever the repository's are today.
    text = (tmp_path / "params.yaml").read_text(encoding="utf-8")
    sections = yaml.safe_load(text)
    for old, new in (
        (f"name: {sections['corpus']['name']}", "name: sample"),
        (
            f"max_rows_per_persona: {sections['instruct']['max_rows_per_persona']}",
            "max_rows_per_persona: 700",
        ),
        (f"book_family: {sections['split']['book_family']}", "book_family: chapter"),
    ):
        text = text.replace(old, new)
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_only_the_profile_s_values_change_and_comments_stay(twainbot, root, capsys):
    before = (root / "params.yaml").read_text(encoding="utf-8").splitlines()
    assert twainbot("use", "corpus=full") == 0
    assert capsys.readouterr().out.splitlines() == [
        "corpus.name: sample -> full",
        "split.tools_share: 0.65 -> 0.5",
        "split.book_family: chapter -> book",
        "instruct.max_rows_per_persona: 700 -> 3250",
    ]
    after = (root / "params.yaml").read_text(encoding="utf-8").splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == 4
    assert all(old.partition("#")[2] == new.partition("#")[2] for old, new in changed)
    params = load_params()
    assert (params.corpus.name, params.split.book_family) == ("full", "book")
    assert params.instruct.max_rows_per_persona == 3250


def test_there_and_back_is_the_same_file(twainbot, root, capsys):
    before = (root / "params.yaml").read_bytes()
    assert twainbot("use", "corpus=full") == 0
    assert twainbot("use", "corpus=sample") == 0
    assert (root / "params.yaml").read_bytes() == before
    assert twainbot("use", "corpus=sample") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "params.yaml has these values already."


def test_unknown_profiles_are_reported_together_with_the_nearest(twainbot, root, capsys):
    assert twainbot("use", "corpus=ful", "hardwre=cpu", "base", "corpus=full", "corpus=sample") == 1
    assert capsys.readouterr().err.splitlines() == [
        "twainbot: corpus=ful: no profile 'ful'; corpus has full, sample. Did you mean 'full'?",
        "hardwre=cpu: no profiles for 'hardwre'; there are base, corpus, hardware. Did you mean 'hardware'?",
        "'base' is not KEY=VALUE, for example corpus=sample.",
        "corpus=sample: corpus is given twice.",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("train: {common: {threads: many}}", "params.yaml: train.common.threads: "),
        ("train: {common: {thread: 2}}", "train.common.thread: params.yaml has no such key"),
        ("- a list", "expected sections"),
        ("a: [", "not valid YAML"),
    ],
)
def test_a_bad_profile_leaves_the_file_as_it_was(twainbot, root, capsys, content, message):
    before = (root / "params.yaml").read_bytes()
    (root / "profiles/hardware/odd.yaml").write_text(content, encoding="utf-8")
    assert twainbot("use", "hardware=odd") == 1
    error = capsys.readouterr().err
    assert message in error
    assert ".partial" not in error
    assert (root / "params.yaml").read_bytes() == before
    assert sorted(path.name for path in root.iterdir()) == ["params.yaml", "profiles"]


def test_numbers_keep_their_form(twainbot, root):
    """A float written back as 1e-05 would be read as a string."""
    (root / "profiles/hardware/slow.yaml").write_text(
        "train: {style: {learning_rate: 1.0e-5}}", encoding="utf-8"
    )
    assert twainbot("use", "hardware=slow") == 0
    assert load_params().train.style.learning_rate == 1e-5
    assert "learning_rate: 1.0e-5" in (root / "params.yaml").read_text(encoding="utf-8")


def test_the_list_shows_comments_and_what_is_in_use(twainbot, root, capsys):
    assert twainbot("use") == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("* corpus=sample") and "comes with the repository" in line for line in lines)
    assert any(line.startswith("  corpus=full") for line in lines)


def test_outside_the_repository(twainbot, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert twainbot("use", "corpus=full") == 1
    assert "Run from the repository's root" in capsys.readouterr().err


def test_every_profile_of_the_repository_can_be_used(twainbot, root):
    profiles = read_profiles(ROOT / "profiles")
    for key, names in profiles.items():
        # Profiles of one key must set the same values, or going back would leave some behind.
        assert len({frozenset(profile.values) for profile in names.values()}) == 1, key
        for profile in names.values():
            assert profile.comment, profile.path
            assert twainbot("use", f"{key}={profile.name}") == 0
