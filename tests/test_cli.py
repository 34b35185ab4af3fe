from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONDONTWRITEBYTECODE": "1"}
COMMANDS = (
    "trace", "duplicates", "review", "show", "use", "report", "chat", "add", "doctor", "teacher",
    "preflight",
)  # fmt: skip


def command(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=ENVIRONMENT, cwd=cwd, check=False
    )


def test_help_loads_nothing_heavy(tmp_path):
    """Under 0.3 s of CPU; about 0.07 s where this was written."""
    heavy = "('torch', 'transformers', 'pydantic', 'yaml', 'pyarrow', 'numpy', 'rich')"
    code = (
        "import sys; sys.argv = ['twainbot', '--help']\n"
        "from twainbot.cli import main\n"
        "try:\n    main()\n"
        f"finally:\n    assert not [name for name in {heavy} if name in sys.modules]\n"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = command("-c", code, cwd=tmp_path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(name in done.stdout for name in COMMANDS)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.3


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_one_line_summary(tmp_path, name):
    from typer.testing import CliRunner

    from twainbot.cli import app

    result = CliRunner().invoke(app, [name, "--help"])
    assert result.exit_code == 0
    listing = CliRunner().invoke(app, ["--help"]).output
    line = next(line for line in listing.splitlines() if line.strip().startswith(f"{name} "))
    assert not line.rstrip().endswith("...")


def test_bad_input_is_a_sentence_and_status_1(tmp_path):
    done = command("-m", "twainbot.cli", "report", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert (
        done.stderr
        == "twainbot: metrics/evaluate.json does not exist. Run `make run` (or `dvc repro`) first.\n"
    )


def test_a_mistake_of_ours_keeps_its_traceback(monkeypatch):
    from twainbot import cli

    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "app", broken)
    with pytest.raises(ZeroDivisionError):
        cli.main()
