"""dvc.yaml against the code: a stage's deps are the modules it imports, its params the keys it reads."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"
PIPELINE: dict[str, Any] = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]

# What these do reaches an output only through values that DVC compares anyway (the params themselves),
# or not at all (locking, error messages, guards that stop a run or let it be). As deps they would retrain
# the model when an error message or another stage's parameter is edited.
WITHOUT_EFFECT = {
    "twainbot", "twainbot.params", "twainbot.sections", "twainbot.sections.models", "twainbot.sections.rows",
    "twainbot.sections.strict", "twainbot.sections.texts", "twainbot.stage", "twainbot.stages",
    "twainbot.modeling.alerts", "twainbot.modeling.events", "twainbot.modeling.preflight",
    "twainbot.modeling.restarts", "twainbot.modeling.stopped", "twainbot.modeling.watchdog",
    "twainbot.modeling.watcher",
}  # fmt: skip

# Read by stages and not declared: where a stage runs does not change its output (tests/test_engine.py), nor
# does how a training run is watched (tests/modeling/test_resume.py), and another machine's number of workers
# must not re-run the pipeline. Nor must what is checked before training: a check stops the stage or does
# nothing; and of the base the files are watched, not where they are from.
SAME_OUTPUT = {"alerts", "base.repository", "base.revision", "engine", "preflight", "train.run"}


# A user's own files: DVC refuses a dep that does not exist, and a fresh clone has none.
NOT_IN_A_CLONE = {"data/inbox"}


def body(stage: str) -> dict[str, Any]:
    definition = PIPELINE[stage]
    return definition.get("do", definition)


def path_of(module: str) -> Path | None:
    base = SOURCE.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


@functools.cache
def direct_imports(path: Path) -> frozenset[str]:
    """Modules of ours that a file imports, at any depth of its code (functions import late)."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(name for name in found if name.split(".")[0] == "twainbot" and path_of(name))


def modules_behind(stage: str) -> list[str]:
    """Paths of every module that a stage's result can depend on, relative to the root."""
    open_modules, seen = {f"twainbot.stages.{stage}"}, set()
    while open_modules:
        module = open_modules.pop()
        path = path_of(module)
        if module in seen or module in WITHOUT_EFFECT or path is None:
            continue
        seen.add(module)
        open_modules |= direct_imports(path)
    paths = {path_of(module) for module in seen}
    return sorted(p.relative_to(ROOT).as_posix() for p in paths if p and p.stat().st_size > 0)


def declared_params(stage: str) -> set[str]:
    return {key.replace("${key}", "*") for key in body(stage)["params"]}


def read_keys(stage: str) -> set[str]:
    """The literal keys of the stage's read_params(...) call; ``{name}`` in an f-string becomes ``*``."""
    tree = ast.parse((SOURCE / f"twainbot/stages/{stage}.py").read_text(encoding="utf-8"))
    keys = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "read_params":
            for argument in node.args:
                if isinstance(argument, ast.Constant):
                    keys.add(argument.value)
                elif isinstance(argument, ast.JoinedStr):
                    parts = [v.value if isinstance(v, ast.Constant) else "*" for v in argument.values]
                    keys.add("".join(map(str, parts)))
    return keys


@pytest.mark.parametrize("stage", PIPELINE)
def test_deps_are_the_imported_modules(stage):
    declared = sorted(dep for dep in body(stage)["deps"] if dep.endswith(".py"))
    assert declared == modules_behind(stage)


@pytest.mark.parametrize("stage", PIPELINE)
def test_params_are_the_keys_read(stage):
    assert declared_params(stage) == read_keys(stage) - SAME_OUTPUT


@pytest.mark.parametrize("stage", PIPELINE)
def test_every_declared_key_is_used(stage):
    source = (SOURCE / f"twainbot/stages/{stage}.py").read_text(encoding="utf-8")
    for key in declared_params(stage):
        name = key.split(".*")[0]
        assert re.search(rf"params\.{re.escape(name)}\b", source), (
            f"{stage} declares {key} and never reads it"
        )


@pytest.mark.parametrize("stage", PIPELINE)
def test_a_stage_says_what_it_does_and_names_what_it_reads_and_writes(stage):
    """Paths in the stage's code are deps or outs in dvc.yaml, and deps outside src are named in the code."""
    definition = body(stage)
    assert definition["desc"]
    source = (SOURCE / f"twainbot/stages/{stage}.py").read_text(encoding="utf-8")
    outputs = [
        next(iter(o)) if isinstance(o, dict) else o
        for k in ("outs", "metrics", "plots")
        for o in definition.get(k, [])
    ]
    of_items = [
        value
        for item in dict(PIPELINE[stage].get("foreach") or {}).values()
        for value in (item.values() if isinstance(item, dict) else [item])
    ]
    paths = [*definition["deps"], *outputs, *map(str, of_items)]
    known = [re.sub(r"\$\{[^}]*\}", "*", path) for path in paths]
    for literal in re.findall(r'f?"((?:data|metrics|models)/[^"]*)"', source):
        pattern = re.sub(r"\{[^}]*\}", "*", literal)
        stem = pattern.split("*")[0]
        if literal in NOT_IN_A_CLONE:
            continue
        assert any(path.startswith(stem) or (stem.startswith(path) and path) for path in known), literal


@pytest.mark.parametrize("stage", PIPELINE)
def test_git_holds_no_output_that_dvc_keeps(stage):
    # DVC refuses such a stage after its work is done.
    kept = [out if isinstance(out, str) else next(iter(out)) for out in body(stage)["outs"]
            if isinstance(out, str) or next(iter(out.values())).get("cache", True)]  # fmt: skip
    items = PIPELINE[stage].get("foreach", {"": ""})
    paths = [path.replace("${key}", str(key)) for path in kept for key in items]
    listed = subprocess.run(["git", "ls-files", *paths], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("no git repository")
    assert listed.stdout == ""


def test_at_most_thirteen_stages():
    assert len(PIPELINE) <= 13


def test_stages_that_prepare_data_import_no_trainer():
    heavy = {"torch", "transformers", "trl", "peft", "mlflow"}
    for stage in ("fetch", "parse", "clean", "dedupe", "tag", "toolcalls", "instruct", "split", "gate"):
        for path in modules_behind(stage):
            top = ast.parse((ROOT / path).read_text(encoding="utf-8")).body
            names = {
                alias.name.split(".")[0]
                for node in top
                if isinstance(node, ast.Import)
                for alias in node.names
            } | {
                node.module.split(".")[0] for node in top if isinstance(node, ast.ImportFrom) and node.module
            }
            assert not names & heavy, f"{stage}: {path}"
