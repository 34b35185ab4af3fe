"""A folder in which stages run for a test as they run in the repository, without touching its outputs."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

from twainbot.commands.use import use_profiles

ROOT = Path(__file__).resolve().parents[1]
# What the stages read and never write.
LINKED = (
    "data/eval",
    "data/lexicons",
    "data/personas.yaml",
    "data/prompts",
    "data/review.yaml",
    "data/sample",
    "data/sources.yaml",
    "data/tagging",
    "data/teacher",
    "data/tools",
    "models/base",
    "models/templates",
    "profiles",
)


def make_workspace(folder: Path, *profiles: str, without: tuple[str, ...] = ()) -> Path:
    """``folder`` with params.yaml as ``profiles`` set it, and links to what the stages read.

    The corpus is the sample unless a profile says otherwise, whatever the repository is set to. What
    ``without`` names is not linked.
    """
    for name in LINKED:
        if name not in without:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).symlink_to(ROOT / name)
    shutil.copyfile(ROOT / "params.yaml", folder / "params.yaml")
    use_profiles(profiles or ["corpus=sample"], folder)
    return folder


def run_stages(folder: Path, *names: str) -> None:
    """Run the stages' ``main`` one after another in this process, with ``folder`` as the current one."""
    with contextlib.chdir(folder):
        for name in names:
            importlib.import_module(f"twainbot.stages.{name}").main()


def benchmark(name: str) -> ModuleType:
    """A script of benchmarks/, which is no package, as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"benchmarks/{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
