"""The command, and the profiles with it: every combination loads, keeps the comments and can be planned."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from twainbot.commands.profiles import read_profiles
from twainbot.commands.use import use_profiles
from twainbot.files import read_jsonl, write_jsonl
from twainbot.machine import GIB, Device
from twainbot.modeling import preflight
from twainbot.params import load_params

ROOT = Path(__file__).resolve().parents[2]
PROFILES = read_profiles(ROOT / "profiles")
PRODUCT = list(itertools.product(*([f"{key}={name}" for name in names] for key, names in PROFILES.items())))
# What the hardware profiles are for; an Apple chip's GPU has three quarters of 32 GB.
DEVICES = {
    "cpu": Device("cpu", "CPU", 64 * GIB),
    "h100": Device("cuda", "NVIDIA H100 80GB HBM3", 79 * GIB),
    "rtx4090": Device("cuda", "NVIDIA GeForce RTX 4090", 23 * GIB),
    "m4": Device("mps", "Apple silicon", 24 * GIB),
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone without data: params, profiles, templates and the embedded base."""
    shutil.copy(ROOT / "params.yaml", tmp_path)
    for name in ("profiles", "models/templates", "models/base/embedded"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).symlink_to(ROOT / name)
    use_profiles(["base=embedded", "corpus=sample", "hardware=cpu"], tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(preflight, "training_device", lambda: DEVICES["cpu"])
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 500 * GIB}))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    return tmp_path


def comments(text: str) -> list[str]:
    return re.findall(r"#.*", text)


@pytest.mark.parametrize("choice", PRODUCT, ids=" ".join)
def test_every_combination_of_profiles_can_be_planned(twainbot, root, monkeypatch, capsys, choice):
    hardware = next(part.partition("=")[2] for part in choice if part.startswith("hardware="))
    monkeypatch.setattr(preflight, "training_device", lambda: DEVICES[hardware])
    before = (root / "params.yaml").read_text(encoding="utf-8")
    assert twainbot("use", *choice) == 0
    assert comments((root / "params.yaml").read_text(encoding="utf-8")) == comments(before)
    params = load_params()
    checks = preflight.check_machine(params.base, params.train.common, params.preflight, None)
    # Without the files of a base, all but the base itself is known and right.
    expected = {"base"} if params.base.repository else set()
    assert {check.name for check in checks if check.state != "ok"} == expected
    assert twainbot("preflight", "--dry-run") == 0
    for key, value in (part.split("=") for part in choice):
        assert PROFILES[key][value].in_use(params.model_dump())


def test_profiles_of_a_key_set_the_same_values_and_give_reasons():
    for key, names in PROFILES.items():
        assert len({frozenset(profile.values) for profile in names.values()}) == 1, key
    for name in PROFILES["hardware"]:
        lines = (ROOT / f"profiles/hardware/{name}.yaml").read_text(encoding="utf-8").splitlines()
        for line in lines:
            if re.search(r"^    \w+: \S", line) and not re.search(r"threads|max_length", line):
                assert "#" in line, line


def test_the_embedded_base_passes_and_prints_a_table(twainbot, root, capsys):
    assert twainbot("preflight") == 0
    out = capsys.readouterr().out
    assert re.search(r"(?m)^dapt +models/base/embedded +0\.002 ", out)
    assert re.search(r"(?m)^combined +models/adapters/style +0\.005 ", out)
    assert re.search(r"(?m)^base weights +22 +22$", out)  # 5.8 million numbers of 4 bytes
    assert re.search(r"(?m)^chat template +ok +one <\|begin_of_text\|>, padding", out)
    assert "FAIL" not in out


def test_rows_become_tokens_steps_hours_and_cost(twainbot, root, capsys):
    row = {
        "id": "row-1",
        "messages": [{"role": "user", "content": "Rain?"}, {"role": "assistant", "content": "Not a drop."}],
        "tools": None,
    }
    write_jsonl(root / "data/split/style/train.jsonl", [row] * 40)
    params = (root / "params.yaml").read_text(encoding="utf-8")
    params = params.replace("tokens_per_second: 0 ", "tokens_per_second: 0.1 ")
    (root / "params.yaml").write_text(params.replace("price_per_hour: 0.0", "price_per_hour: 2.5"))
    assert twainbot("preflight", "style", "--dry-run") == 0
    header, line, *rest = capsys.readouterr().out.splitlines()
    assert rest == []
    cells = dict(zip(re.split(r"  +", header.strip()), re.split(r"  +", line.strip()), strict=True))
    tokens = int(cells["tokens"].replace(",", ""))
    assert (cells["stage"], cells["from"], cells["rows"]) == ("style", "models/adapters/dapt", "40")
    assert int(cells["steps"]) == -(-int(cells["packs"]) // 2)
    assert float(cells["hours"]) == pytest.approx(tokens / 360, abs=0.005)
    assert cells["cost"] == f"{tokens / 360 * 2.5:.2f} EUR"
    assert len(read_jsonl(root / "data/split/style/train.jsonl")) == 40


def test_an_unknown_stage_is_named(twainbot, root, capsys):
    assert twainbot("preflight", "prefs") == 1
    assert "prefs: no such stage of training. There are dapt, style, combined." in capsys.readouterr().err


def test_a_missing_template_is_a_failure_with_the_others(twainbot, root, capsys):
    params = (root / "params.yaml").read_text(encoding="utf-8")
    params = params.replace("chat_template: llama31", "chat_template: llama").replace("r: 16 ", "r: 24 ")
    (root / "params.yaml").write_text(params)
    assert twainbot("preflight") == 1
    out = capsys.readouterr().out
    assert "models/templates/llama.jinja does not exist" in out
    assert "rank 24 is above the server's 16" in out


def test_the_train_stage_refuses_with_the_same_message(root):
    params = (root / "params.yaml").read_text(encoding="utf-8").replace("r: 16 ", "r: 24 ")
    (root / "params.yaml").write_text(params)
    done = subprocess.run(
        [sys.executable, "-m", "twainbot.stages.train", "dapt"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "train-dapt: training cannot work as params.yaml has it:\nserved by vLLM: rank 24" in done.stderr


def test_a_dry_run_imports_no_torch(root):
    code = (
        "import sys; sys.argv = ['twainbot', 'preflight', '--dry-run']\n"
        "from twainbot.cli import main\n"
        "try:\n    main()\n"
        "finally:\n    assert not {'torch', 'transformers'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_page_shows_what_the_command_prints(twainbot, root, monkeypatch, capsys):
    """docs/training.md's transcript; TWAINBOT_WRITE_DOCS=1 in the environment writes it anew."""
    monkeypatch.setattr(preflight, "training_device", lambda: DEVICES["h100"])
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert twainbot("use", "hardware=h100", "base=llama31_8b") == 0
    capsys.readouterr()
    assert twainbot("preflight") == 1
    printed = capsys.readouterr().out
    page = ROOT / "docs/training.md"
    text = page.read_text(encoding="utf-8")
    shown = re.sub(
        r"(?s)(```\n\$ twainbot preflight\n).*?```", lambda match: f"{match[1]}{printed}```", text, count=1
    )
    if os.environ.get("TWAINBOT_WRITE_DOCS"):
        page.write_text(shown, encoding="utf-8")
    assert printed in text
    assert shown == text
