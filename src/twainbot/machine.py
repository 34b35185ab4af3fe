"""What this machine has, asked without torch, so that it works where torch is missing or broken."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

GIB = 1024**3
# Of an Apple chip's shared memory, what Metal lets the GPU have before it slows down or refuses.
_METAL_SHARE = 0.75


@dataclass(frozen=True)
class Device:
    """What the trainer will run on, and the bytes that it may use there."""

    kind: Literal["cuda", "mps", "cpu"]
    name: str
    memory: int


def memory_bytes() -> int:
    """Physical memory, or the container's limit where that is lower."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")
    if limit.is_file() and (text := limit.read_text(encoding="ascii").strip()).isdigit():
        total = min(total, int(text))
    return total


def output(*command: str) -> str | None:
    """The command's output, None if it is not there, fails or hangs."""
    if shutil.which(command[0]) is None:
        return None
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def version(package: str) -> str | None:
    """The installed version of a package, None if it is not installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def apple_silicon() -> bool:
    return platform.system() == "Darwin" and platform.machine() == "arm64"


def training_device() -> Device:
    """The device that the trainer takes: the first visible NVIDIA GPU, else Apple's, else the CPU.

    Of a GPU's memory counts what is free now. A build of torch without CUDA takes the CPU whatever is there.
    """
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0].strip()
    if visible not in ("", "-1") and not (version("torch") or "").endswith("+cpu"):
        listed = output(
            "nvidia-smi", f"--id={visible}", "--query-gpu=name,memory.free", "--format=csv,noheader,nounits"
        )
        name, comma, free = (listed or "").rpartition(",")
        if comma and free.strip().isdigit():
            return Device("cuda", name.strip(), int(free) * 1024**2)
    if apple_silicon():
        return Device("mps", "Apple silicon", round(memory_bytes() * _METAL_SHARE))
    return Device("cpu", "CPU", memory_bytes())
