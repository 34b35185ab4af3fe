from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from twainbot.commands import doctor
from twainbot.commands.doctor import Machine, fit
from twainbot.commands.profiles import Profile

ROOT = Path(__file__).resolve().parents[2]


def machine(**fields) -> Machine:
    values = {"cores": 2, "memory_gb": 8.0, "disk_gb": 20.0, "gpus": [], "git": "git 2"} | fields
    return Machine(packages={"torch": "2"}, **values)


def profile(**values) -> Profile:
    return Profile(
        "key", "name", Path(), "", {key.replace("__", "."): value for key, value in values.items()}
    )


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(ROOT / "params.yaml", tmp_path)
    shutil.copytree(ROOT / "profiles", tmp_path / "profiles")
    shutil.copytree(ROOT / "models/templates", tmp_path / "models/templates")
    (tmp_path / "data/sample").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TWAINBOT_MIRROR", raising=False)
    monkeypatch.setattr(doctor, "look", lambda root: machine())
    return tmp_path


def put_base(root: Path) -> None:
    folder = root / "models/base/embedded"
    folder.mkdir(parents=True)
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        (folder / name).write_bytes(b"0" * 2**20)


def test_a_sound_machine(twainbot, root, capsys):
    put_base(root)
    assert twainbot("doctor") == 0
    out = capsys.readouterr().out
    assert "base=embedded    fits: 1 MB of weights in models/base/embedded" in out
    assert "corpus=full      fits: if there is a network; TWAINBOT_MIRROR is not set" in out
    assert out.endswith("The embedded default can run here.\n")


def test_without_a_base(twainbot, root, capsys):
    assert twainbot("doctor") == 1
    out = capsys.readouterr().out
    assert "base=embedded    does not fit: models/base/embedded holds no model" in out
    assert "PROBLEM: models/base/embedded (base.path in params.yaml) holds no model." in out


def test_a_chat_template_that_is_not_there(twainbot, root, capsys):
    put_base(root)
    params = root / "params.yaml"
    params.write_text(params.read_text().replace("chat_template: llama31", "chat_template: mistral"))
    assert twainbot("doctor") == 1
    out = capsys.readouterr().out
    assert "base.chat_template in params.yaml is 'mistral'. Templates here: llama31, mistral_v03." in out


def test_too_little_of_everything(root, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(doctor, "memory_bytes", lambda: 2**29)
    monkeypatch.setattr(doctor, "version", lambda package: None if package == "trl" else "1.0")
    monkeypatch.setattr(doctor, "output", lambda *command: None)
    problems = doctor.look(root).problems
    assert any("0.5 GB of memory" in problem for problem in problems)
    assert any("not installed: trl." in problem for problem in problems)
    assert any("git is not installed" in problem for problem in problems)


def test_graphics_cards_are_read_from_the_driver(monkeypatch):
    monkeypatch.setattr(doctor, "output", lambda *command: "A Card, 24564 MiB\nA Card, 24564 MiB\n")
    assert doctor._gpus() == ["NVIDIA: A Card, 24564 MiB"] * 2


@pytest.mark.parametrize(
    ("values", "gpus", "fits", "why"),
    [
        ({"train__common__quantization": "nf4"}, [], False, "4-bit training needs an NVIDIA GPU"),
        ({"train__common__quantization": "nf4"}, ["NVIDIA: x"], True, ""),
        ({"train__common__dtype": "bfloat16"}, [], False, "bfloat16 needs a GPU to be of use"),
        ({"train__common__threads": 8}, [], True, "2 cores, slower, but the same results, with 8 threads"),
        ({"corpus__name": "sample"}, [], False, "data/sample is not there"),
    ],
)
def test_a_profile_fits_by_what_it_sets(tmp_path, values, gpus, fits, why):
    assert fit(profile(**values), machine(gpus=gpus), tmp_path) == (fits, why)


def test_a_mirror_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("TWAINBOT_MIRROR", "/books")
    assert fit(profile(corpus__name="full"), machine(), tmp_path) == (True, "from /books")


def test_weights_beyond_half_the_memory_do_not_fit(tmp_path):
    put_base(tmp_path)
    small = machine(memory_gb=0.001)
    assert fit(profile(base__path="models/base/embedded"), small, tmp_path)[0] is False
