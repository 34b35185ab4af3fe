"""``twainbot doctor``: what this machine has, which profiles fit it, and why.

Neither torch nor the trainers are imported, so it works where they are missing or broken.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from twainbot.commands.profiles import FOLDER, Profile, read_profiles
from twainbot.files import InputError
from twainbot.machine import GIB, apple_silicon, memory_bytes, output, version
from twainbot.modeling.chat_template import load_template
from twainbot.params import load_params

PACKAGES = (
    "torch",
    "transformers",
    "trl",
    "peft",
    "datasets",
    "tokenizers",
    "pydantic",
    "pyarrow",
    "dvc",
    "mlflow",
)
# Training the embedded base peaks at 1.0 GB, with DVC beside it; outputs and cache stay below 1 GB of disk.
_MEMORY_GB = 2.0
_DISK_GB = 2.0


@dataclass
class Machine:
    """What was found; ``problems`` keep the embedded default from running."""

    cores: int
    memory_gb: float
    disk_gb: float
    gpus: list[str]
    packages: dict[str, str | None]
    git: str | None
    problems: list[str] = field(default_factory=list)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _gpus() -> list[str]:
    listed = output("nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader")
    if listed:
        return [f"NVIDIA: {line.strip()}" for line in listed.splitlines()]
    return ["Apple silicon (shares the memory)"] if apple_silicon() else []


def look(root: Path) -> Machine:
    """Examine the machine and the folder."""
    machine = Machine(
        cores=_cores(),
        memory_gb=memory_bytes() / GIB,
        disk_gb=shutil.disk_usage(root).free / GIB,
        gpus=_gpus(),
        packages={package: version(package) for package in PACKAGES},
        git=output("git", "--version"),
    )
    problems = machine.problems
    if missing := [name for name, version in machine.packages.items() if version is None]:
        problems.append(f"not installed: {', '.join(missing)}. `make run` installs the tested versions.")
    if machine.git is None:
        problems.append("git is not installed; DVC needs it.")
    if machine.memory_gb < _MEMORY_GB:
        problems.append(f"{machine.memory_gb:.1f} GB of memory; training needs {_MEMORY_GB:.0f}.")
    if machine.disk_gb < _DISK_GB:
        problems.append(f"{machine.disk_gb:.1f} GB of disk free; the outputs need {_DISK_GB:.0f}.")
    return machine


def weights_gb(folder: Path) -> float | None:
    """Size of a model folder's weights, None if it holds no model."""
    if not (folder / "config.json").is_file() or not (folder / "tokenizer.json").is_file():
        return None
    return sum(path.stat().st_size for path in folder.glob("*.safetensors")) / GIB or None


def fit(profile: Profile, machine: Machine, root: Path) -> tuple[bool, str]:
    """Whether a profile can be used here, and why (or under which condition)."""
    values = profile.values
    obstacles: list[str] = []
    remarks: list[str] = []
    if path := values.get("base.path"):
        size = weights_gb(root / path)
        if size is None:
            obstacles.append(f"{path} holds no model")
        elif size > machine.memory_gb / 2:
            obstacles.append(f"{size:.1f} GB of weights, {machine.memory_gb:.1f} GB of memory")
        else:
            remarks.append(f"{1024 * size:.0f} MB of weights in {path}")
    has_cuda = any(gpu.startswith("NVIDIA") for gpu in machine.gpus)
    if values.get("train.common.quantization") == "nf4" and not has_cuda:
        obstacles.append("4-bit training needs an NVIDIA GPU")
    if values.get("train.common.dtype") == "bfloat16" and not machine.gpus:
        obstacles.append("bfloat16 needs a GPU to be of use")
    if threads := values.get("train.common.threads"):
        enough = "enough for" if machine.cores >= threads else "slower, but the same results, with"
        remarks.append(f"{machine.cores} cores, {enough} {threads} threads")
    if values.get("corpus.name") == "sample":
        if (root / "data/sample").is_dir():
            remarks.append("data/sample is there")
        else:
            obstacles.append("data/sample is not there")
    elif "corpus.name" in values:
        mirror = os.environ.get("TWAINBOT_MIRROR")
        remarks.append(f"from {mirror}" if mirror else "if there is a network; TWAINBOT_MIRROR is not set")
    return not obstacles, "; ".join(obstacles or remarks)


def _lock_state(root: Path, deep: bool) -> str:
    if not (root / "dvc.lock").is_file():
        return "none yet; `make run` writes it"
    if not deep:
        return "there (--deep compares it with the files)"
    done = subprocess.run(
        [sys.executable, "-m", "dvc", "status", "-q"], cwd=root, capture_output=True, check=False
    )
    return (
        "agrees with the files"
        if done.returncode == 0
        else "does not agree with the files; `dvc status` says where"
    )


def examine(deep: bool = False, root: Path = Path()) -> bool:
    """Print the examination; whether the embedded default can run here.

    Raises:
        InputError: params.yaml or a profile cannot be read.
    """
    machine = look(root)
    params = load_params(root / "params.yaml")
    base = params.base.path
    if weights_gb(root / base) is None:
        machine.problems.append(f"{base} (base.path in params.yaml) holds no model.")
    try:
        load_template(params.base.chat_template, root / "models/templates")
    except InputError as error:
        machine.problems.append(str(error))
    versions = ", ".join(f"{name} {version or 'missing'}" for name, version in machine.packages.items())
    for label, value in {
        "Python": f"{platform.python_version()} on {platform.platform()}",
        "cores": str(machine.cores),
        "memory": f"{machine.memory_gb:.1f} GB",
        "free disk": f"{machine.disk_gb:.1f} GB",
        "GPU": "; ".join(machine.gpus) or "none found",
        "git": machine.git or "missing",
        "packages": versions,
        "base": f"{base}, {'there' if weights_gb(root / base) else 'missing'}",
        "dvc.lock": _lock_state(root, deep),
    }.items():
        print(f"{label:10} {value}")
    print("\nprofiles")
    for names in read_profiles(root / FOLDER).values():
        for profile in names.values():
            fits, why = fit(profile, machine, root)
            print(f"  {f'{profile.key}={profile.name}':16} {'fits' if fits else 'does not fit'}: {why}")
    print()
    for problem in machine.problems:
        print(f"PROBLEM: {problem}")
    print(
        "The embedded default cannot run here." if machine.problems else "The embedded default can run here."
    )
    return not machine.problems
