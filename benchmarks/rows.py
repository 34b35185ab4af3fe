"""Cost of the stages that make training rows, and whether they make the same bytes under any hash seed.

    python benchmarks/rows.py --mirror MIRROR      # without it the sample alone; four minutes on two cores

Each corpus is read once up to its tags; with ``--tagged FOLDER`` the full one is taken from the folder of a
run (data/tag, metrics). The row stages then run once for each hash seed, as processes of
their own. A stage's seconds are those of its run under the first seed; Python's start is a part of them.
``same_bytes`` compares the sha256 of every file that the stages write, metrics and data card included. The
figures go to benchmarks/results/rows.json.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twainbot.commands.use import use_profiles
from twainbot.files import InputError, read_json, sha256_file, write_json

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks/results/rows.json"
LINKED = (
    "data/eval", "data/lexicons", "data/personas.yaml", "data/prompts", "data/review.yaml", "data/sample",
    "data/sources.yaml", "data/tagging", "data/teacher", "data/tools", "models/base", "models/templates",
    "profiles",
)  # fmt: skip
CORPUS_STAGES = ("fetch", "parse", "clean", "dedupe", "tag")
# Stage -> what it writes.
ROW_STAGES = {
    "toolcalls": ("data/toolcalls", "metrics/toolcalls.json"),
    "instruct": ("data/instruct", "metrics/instruct.json"),
    "split": ("data/split", "metrics/split.json"),
    "gate": ("data/gate", "metrics/gate.json", "docs/data_card.md"),
}
MIXES = ("dapt", "style", "tools", "combined", "prefs")
HASH_SEEDS = {"sample": ("0", "1", "12345"), "full": ("0", "1")}


def workspace(folder: Path, corpus: str) -> Path:
    """A folder in which stages run as in the repository."""
    for name in LINKED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(ROOT / name)
    shutil.copyfile(ROOT / "params.yaml", folder / "params.yaml")
    use_profiles([f"corpus={corpus}"], folder)
    return folder


def run_stage(folder: Path, stage: str, environment: Mapping[str, str]) -> dict[str, float]:
    """Run a stage; its wall and CPU seconds.

    Raises:
        InputError: it failed; what it printed is above.
    """
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", f"twainbot.stages.{stage}"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment},
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise InputError(f"stage {stage} failed; its message is above.")
    return {
        "wall_seconds": time.perf_counter() - begin,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
    }


def digests(folder: Path) -> dict[str, str]:
    """The sha256 of every file that the row stages wrote."""
    written = [folder / output for outputs in ROW_STAGES.values() for output in outputs]
    files = [file for path in written for file in ([path] if path.is_file() else sorted(path.rglob("*")))]
    files = [file for file in files if file.is_file()]
    return {file.relative_to(folder).as_posix(): sha256_file(file) for file in files}


def rows_of(folder: Path) -> dict[str, Any]:
    """What each stage made, from its metrics."""
    metrics = {stage: read_json(folder / f"metrics/{stage}.json") for stage in ROW_STAGES}
    return {
        "toolcalls": metrics["toolcalls"]["episodes"],
        "instruct": metrics["instruct"]["rows"],
        "split": {mix: sum(metrics["split"][mix].values()) for mix in MIXES},
        "gate": {"gates": len(metrics["gate"]["gates"]), "passed": metrics["gate"]["passed"]},
    }


def measure(corpus: str, mirror: Path | None = None, tagged: Path | None = None) -> dict[str, Any]:
    """The row stages of a corpus: cost, rows, and whether all hash seeds give the same bytes."""
    environment = {"TWAINBOT_MIRROR": str(mirror)} if mirror else {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = workspace(Path(temporary), corpus)
        if tagged:
            (folder / "data/tag").symlink_to(tagged / "data/tag")
            shutil.copytree(tagged / "metrics", folder / "metrics")
        for stage in () if tagged else CORPUS_STAGES:
            run_stage(folder, stage, environment)
        passages = read_json(folder / "metrics/dedupe.json")["passages"]
        costs: list[dict[str, dict[str, float]]] = []
        found: list[dict[str, str]] = []
        for seed in HASH_SEEDS[corpus]:
            hashed = {**environment, "PYTHONHASHSEED": seed}
            costs.append({stage: run_stage(folder, stage, hashed) for stage in ROW_STAGES})
            found.append(digests(folder))
        return {
            "passages": passages,
            "rows": rows_of(folder),
            "stages": costs[0],
            **{key: sum(cost[key] for cost in costs[0].values()) for key in ("wall_seconds", "cpu_seconds")},
            "hash_seeds": [int(seed) for seed in HASH_SEEDS[corpus]],
            "files_compared": len(found[0]),
            "same_bytes": all(other == found[0] for other in found[1:]),
        }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mirror", type=Path, help="folder with the files of the full corpus")
    parser.add_argument("--tagged", type=Path, help="folder in which the full corpus has been tagged")
    options = parser.parse_args()
    results = read_json(RESULTS) if RESULTS.is_file() else {}
    results["cores"] = os.cpu_count()
    results["sample"] = measure("sample")
    if options.mirror or options.tagged:
        mirror, tagged = (path.resolve() if path else None for path in (options.mirror, options.tagged))
        results["full"] = measure("full", mirror, tagged)
    write_json(RESULTS, results)


if __name__ == "__main__":
    main()
