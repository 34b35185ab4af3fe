"""What a person meets first: the Makefile's help and the check of the machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
DF = """#!/bin/sh
echo 'Filesystem 1024-blocks Used Available Capacity Mounted on'
echo '{device} 209715200 {used} {free} 98% /Volumes/My Disk'
"""
OLD_PYTHON = """#!/bin/sh
shift
exec '{real}' -c 'import sys; sys.version_info = (3, 9, 6); exec(sys.argv[1])' "$1"
"""
DEAD_PYTHON = """#!/bin/sh
echo 'xcode-select: note: No developer tools were found' >&2
exit 1
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """An empty git repository with a folder ``bin`` that is first on PATH; its disk has 100 GB free."""
    folder = tmp_path / "a checkout"
    (folder / "bin").mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    tool(folder, "df", disk(free_gb=100))
    return folder


def tool(folder: Path, name: str, script: str) -> None:
    (folder / "bin" / name).write_text(script, encoding="utf-8")
    (folder / "bin" / name).chmod(0o755)


def disk(free_gb: float, device: str = "/dev/disk3s1") -> str:
    return DF.format(device=device, used=1048576, free=round(free_gb * 1048576))


def check(folder: Path, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    return subprocess.run(
        ["bash", str(ROOT / ".ci/check.sh"), python, ".venv"],
        cwd=folder,
        env={
            **environment,
            "PATH": f"{folder / 'bin'}{os.pathsep}{environment['PATH']}",
            # The repository of an outer folder is not this one's.
            "GIT_CEILING_DIRECTORIES": str(folder.parent),
            "LC_ALL": "C",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def refusal(folder: Path, python: str = sys.executable) -> str:
    """The one line with which the check fails."""
    result = check(folder, python)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith("twainbot: ")
    assert result.stderr.count("\n") == 1
    return result.stderr.removeprefix("twainbot: ").rstrip("\n")


def test_a_machine_with_everything_passes_in_silence(checkout: Path) -> None:
    result = check(checkout)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_without_git_folder(checkout: Path) -> None:
    shutil.rmtree(checkout / ".git")
    assert refusal(checkout) == (
        "this is not a git checkout (no .git), and DVC needs one. Clone the repository with 'git clone', "
        "or run 'git init && git add -A && git commit -m start' here."
    )


def test_a_checkout_that_git_refuses_is_not_called_missing(checkout: Path) -> None:
    (checkout / ".git/HEAD").write_text("nonsense", encoding="utf-8")
    assert refusal(checkout).startswith("git refuses this checkout: fatal: ")


def test_without_git(checkout: Path) -> None:
    tool(checkout, "git", DEAD_PYTHON)
    assert refusal(checkout) == "git is not installed; install it with your package manager."


def test_python_that_is_too_old(checkout: Path) -> None:
    tool(checkout, "python3", OLD_PYTHON.format(real=sys.executable))
    assert refusal(checkout, "python3") == (
        "Python 3.9 is too old; 3.11 or newer is needed. Name another one: make PYTHON=/path/to/python3."
    )


def test_python_that_does_not_run(checkout: Path) -> None:
    tool(checkout, "python3", DEAD_PYTHON)
    assert refusal(checkout, "python3") == (
        "'python3' does not run; name another one: make PYTHON=/path/to/python3."
    )


def test_python_that_is_not_there(checkout: Path) -> None:
    assert refusal(checkout, "python3.99").startswith("'python3.99' is not found; install Python 3.11")


@pytest.mark.parametrize("device", ["/dev/disk3s1", "//guest@server/Public Folder", "map auto_home"])
def test_too_little_disk(checkout: Path, device: str) -> None:
    tool(checkout, "df", disk(free_gb=4.9, device=device))
    assert refusal(checkout) == ("only 4 GB are free here; the packages and the pipeline's outputs need 5.")
    tool(checkout, "df", disk(free_gb=5, device=device))
    assert check(checkout).returncode == 0


def test_a_disk_that_tells_nothing_is_no_obstacle(checkout: Path) -> None:
    tool(checkout, "df", "#!/bin/sh\nexit 1\n")
    assert check(checkout).returncode == 0


def test_where_the_packages_are_installed_neither_python_nor_disk_is_asked(checkout: Path) -> None:
    tool(checkout, "df", disk(free_gb=0))
    (checkout / ".venv/bin").mkdir(parents=True)
    (checkout / ".venv/bin/python").symlink_to(sys.executable)
    assert check(checkout, "python3.99").returncode == 0


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][\w-]*)\s*:(?!=)", MAKEFILE, re.MULTILINE))


def test_every_target_has_help_and_is_phony() -> None:
    documented = set(re.findall(r"^([a-z-]+):.*## \S", MAKEFILE, re.MULTILINE))
    phony = set(re.findall(r"^\.PHONY: (.*)", MAKEFILE, re.MULTILINE)[0].split())
    assert targets() == documented == phony


def test_help_lists_every_target_in_a_line() -> None:
    for arguments in ([], ["help"]):
        lines = subprocess.run(
            ["make", "--no-print-directory", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.splitlines()
        assert {line.split()[1] for line in lines} == targets()
        assert len(lines) == len(targets())
        assert all(line.startswith("  make ") and len(line.split()) > 2 for line in lines)


def test_installing_waits_for_the_check() -> None:
    """Also with `make -j`."""
    rule = re.search(r"^\$\(READY\):(.*)", MAKEFILE, re.MULTILINE)
    assert rule
    assert rule[1].split("|")[1].split() == ["check"]
