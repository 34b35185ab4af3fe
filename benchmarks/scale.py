"""Cost of the data half of the pipeline, stage by stage: on the mirror, and at 1, 4 and 16 times one corpus.

    TWAINBOT_MIRROR=FOLDER python benchmarks/scale.py            # both, about eight minutes on two cores
    TWAINBOT_MIRROR=FOLDER python benchmarks/scale.py mirror     # or growth, or table (measures nothing)

``mirror`` runs the stages on the full corpus with one and with two workers. ``growth`` takes a sixteenth of
it (two books and a part of a dump, in the mirror's proportion of paragraphs to posts) and makes copies in
which half of the longer words give way to others of like frequency, so that few texts of one copy are
duplicates of another's. The figures go to benchmarks/results/scale.json and, as a table, to
docs/corpus/scale.md.

A stage's cost is that of its process with all workers. A document is a segment: a paragraph, speech or post.
"""

from __future__ import annotations

import argparse
import csv
import io
import math
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
import yaml

from twainbot.commands.use import use_profiles
from twainbot.corpus.decode import decode
from twainbot.files import InputError, read_json, write_json
from twainbot.report.marks import with_block

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks/results/scale.json"
DOCUMENT = ROOT / "docs/corpus/scale.md"
LINKED = (
    "data/lexicons", "data/prompts", "data/review.yaml", "data/sample", "data/tagging", "data/tools",
    "models/base", "profiles",
)  # fmt: skip
STAGES = ("fetch", "parse", "clean", "dedupe", "tag", "toolcalls", "instruct", "split")
SHARDED = ("parse", "clean", "tag")  # those that the engine spreads over workers
WITHOUT_DOCUMENTS = ("toolcalls",)  # makes its rows from templates: its cost does not grow with the corpus
BASE = {"gutenberg/pg74.txt": 1.0, "gutenberg/pg148.txt": 1.0, "reddit/jasmine_the_onion.csv": 0.09}
TEXT_COLUMNS = {"title", "selftext", "body"}
COPIES = (1, 4, 16)
TIMES = 1000  # the corpus of the plan, in mirrors
WORKERS = 64
SAMPLE_SECONDS = 0.1


def workspace(folder: Path, workers: int, sources: str) -> Path:
    """A folder in which stages run as in the repository, on the full corpus of ``sources``."""
    for name in (*LINKED, "data/personas.yaml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(ROOT / name)
    (folder / "data/sources.yaml").write_text(sources, encoding="utf-8")
    shutil.copyfile(ROOT / "params.yaml", folder / "params.yaml")
    use_profiles(["corpus=full"], folder)
    params = (folder / "params.yaml").read_text(encoding="utf-8")
    params = re.sub(r"(?m)^(engine:.*\n  kind:) *\w+(.*\n  workers:) *\d+", rf"\1 local\2 {workers}", params)
    (folder / "params.yaml").write_text(params, encoding="utf-8")
    return folder


def run_stage(folder: Path, stage: str, mirror: Path) -> dict[str, float]:
    """Run a stage and watch it: seconds, CPU seconds and peak MB of its processes together."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TWAINBOT_MIRROR": str(mirror)}
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", f"twainbot.stages.{stage}"], cwd=folder, env=environment
    )
    workers: dict[int, float] = {}  # process id -> CPU seconds when last seen; nobody waits for workers
    peak = worker_peak = 0
    status, usage = 0, None
    while usage is None:
        time.sleep(SAMPLE_SECONDS)
        total = 0
        try:
            main = psutil.Process(process.pid)
            total = main.memory_info().rss
            for child in main.children(recursive=True):
                times, size = child.cpu_times(), child.memory_info().rss
                workers[child.pid] = times.user + times.system
                worker_peak = max(worker_peak, size)
                total += size
        except psutil.Error:
            pass  # it ended while it was looked at
        peak = max(peak, total)
        ended, status, so_far = os.wait4(process.pid, os.WNOHANG)
        usage = so_far if ended else None
    if status:
        raise InputError(f"stage {stage} failed; its message is above.")
    return {
        "wall_seconds": time.perf_counter() - begin,
        "cpu_seconds": usage.ru_utime + usage.ru_stime + sum(workers.values()),
        "peak_mb": max(peak, usage.ru_maxrss * 1024) / 1e6,
        "worker_peak_mb": worker_peak / 1e6,
    }


def measure(sources: str, mirror: Path, workers: int) -> dict[str, Any]:
    """All stages one after another in a fresh folder."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = workspace(Path(temporary), workers, sources)
        stages = {stage: run_stage(folder, stage, mirror) for stage in STAGES}
        metrics = {path.stem: read_json(path) for path in (folder / "metrics").glob("*.json")}
        return {
            "bytes": metrics["fetch"]["bytes"],
            "documents": sum(metrics["parse"]["segments"].values()),
            "passages": metrics["clean"]["passages"],
            "passages_without_duplicates": metrics["dedupe"]["passages"],
            **{key: sum(cost[key] for cost in stages.values()) for key in ("wall_seconds", "cpu_seconds")},
            "peak_mb": max(cost["peak_mb"] for cost in stages.values()),
            "stages": stages,
        }


LOWER, ANY_CASE = r"\b[a-z]{4,}\b", r"\b[A-Za-z][a-z]{3,}\b"


def perturb(text: str, bins: dict[str, list[str]], choice: random.Random, words: str = LOWER) -> str:
    """``text`` with half of its longer words replaced by others of like frequency and the same case.

    In books only lower-case ones: headings, names of speakers and markers are what parsers go by.
    """

    def other(match: re.Match[str]) -> str:
        word = match.group()
        if choice.random() < 0.5 or word.lower() not in bins:
            return word
        found = choice.choice(bins[word.lower()])
        return found if word.islower() else found.capitalize()

    return re.sub(words, other, text)


def frequency_bins(text: str, size: int = 100) -> dict[str, list[str]]:
    """Each longer word of ``text`` -> the words of about its frequency, in lower case."""
    counts = Counter(word.lower() for word in re.findall(ANY_CASE, text))
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    groups = [ranked[start : start + size] for start in range(0, len(ranked), size)]
    return {word: group for group in groups for word in group}


def replicate(mirror: Path, folder: Path, copies: int) -> str:
    """Write ``copies`` perturbed copies of the base corpus below ``folder``; returns their sources.yaml."""
    known = yaml.safe_load((ROOT / "data/sources.yaml").read_text(encoding="utf-8"))["sources"]
    entries = {source["path"]: source for source in known if source["path"] in BASE}
    texts = {path: decode((mirror / path).read_bytes(), path)[0].lstrip("\ufeff") for path in BASE}
    bins = frequency_bins("\n".join(texts.values()))
    made = []
    for copy in range(copies):
        for path, text in texts.items():
            choice = random.Random(f"{copy} {path}")
            target = Path(f"{copy:02d}") / path
            (folder / target).parent.mkdir(parents=True, exist_ok=True)
            if path.endswith(".csv"):
                rows = list(csv.DictReader(io.StringIO(text, newline="")))
                rows = rows[: int(len(rows) * BASE[path])]
                with open(folder / target, "w", encoding="utf-8", newline="") as stream:
                    writer = csv.DictWriter(stream, rows[0].keys())
                    writer.writeheader()
                    for row in rows:
                        columns = sorted(TEXT_COLUMNS & row.keys())
                        words = {key: perturb(row[key], bins, choice, ANY_CASE) for key in columns}
                        writer.writerow({**row, **words})
            else:
                (folder / target).write_text(perturb(text, bins, choice), encoding="utf-8")
            entry = {**entries[path], "path": target.as_posix(), "urls": ["http://localhost/"]}
            entry["id"] += f"_{copy:02d}"
            made.append({key: value for key, value in entry.items() if key not in ("sha256", "work")})
    return yaml.safe_dump({"sources": made}, allow_unicode=True)


def exponent(points: list[tuple[float, float]]) -> float:
    """Slope of the least-squares line through (log size, log cost): 1 is linear."""
    xs, ys = ([math.log(value) for value in axis] for axis in zip(*points, strict=True))
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    covariance = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return covariance / sum((x - mean_x) ** 2 for x in xs)


def growth(mirror: Path) -> dict[str, Any]:
    """The stages at each number of copies, and the power of the number of documents with which they grow.

    Over all sizes that counts the start of Python, most of the smallest run; between the two largest less so.
    """
    sizes: dict[str, Any] = {}
    for copies in COPIES:
        with tempfile.TemporaryDirectory() as temporary:
            sources = replicate(mirror, Path(temporary), copies)
            sizes[str(copies)] = measure(sources, Path(temporary), workers=1)
    result: dict[str, Any] = {"sizes": sizes, "exponent": {}, "exponent_of_the_two_largest": {}}
    for stage in (*STAGES, "all"):
        points = []
        for size in sizes.values():
            cost = size if stage == "all" else size["stages"][stage]
            points.append((size["documents"], cost["cpu_seconds"]))
        result["exponent"][stage] = exponent(points)
        result["exponent_of_the_two_largest"][stage] = exponent(points[-2:])
    return result


def per_million(growing: dict[str, Any]) -> dict[str, float]:
    """CPU seconds that a further million documents cost, by stage: between the two largest sizes.

    So the start of Python, which a larger corpus does not pay again, is left out.
    """
    smaller, larger = (growing["sizes"][str(copies)] for copies in COPIES[-2:])
    more = (larger["documents"] - smaller["documents"]) / 1e6
    seconds = {
        stage: larger["stages"][stage]["cpu_seconds"] - smaller["stages"][stage]["cpu_seconds"]
        for stage in STAGES
        if stage not in WITHOUT_DOCUMENTS
    }
    return {stage: max(0.0, spent) / more for stage, spent in seconds.items()}


def table(results: dict[str, Any]) -> str:
    """The measurements, and what they come to for the plan's corpus, in Markdown."""
    one, two = results["mirror"]["1"], results["mirror"]["2"]
    middle, large = (results["growth"]["sizes"][str(copies)] for copies in COPIES[-2:])
    growing = results["growth"]["exponent_of_the_two_largest"]
    millions = one["documents"] * TIMES / 1e6
    worker = max(two["stages"][stage]["worker_peak_mb"] for stage in SHARDED)
    lines = [
        f"The mirror holds {one['bytes'] / 1e6:.0f} MB, {one['documents']:,} documents. On "
        f"{results['cores']} cores all stages took {one['wall_seconds']:.0f} s with one worker "
        f"({one['cpu_seconds']:.0f} CPU seconds) and {two['wall_seconds']:.0f} s with two "
        f"({two['cpu_seconds']:.0f} CPU seconds). From {middle['documents']:,} to {large['documents']:,} "
        f"documents the cost grew with the power {growing['all']:.2f} of their number. The largest worker of "
        f"parse, clean and tag held {worker:,.0f} MB.",
        "",
        "| stage | CPU seconds a million documents | growth (power) | peak MB | runs on | hours for "
        f"{millions:.0f} million, one core | the same, {WORKERS} workers | GB in the main process |",
        "|---|---|---|---|---|---|---|---|",
    ]
    totals = [0.0, 0.0]
    for stage, seconds in results["cpu_seconds_per_million_documents"].items():
        hours = seconds * millions / 3600
        spread = hours / WORKERS if stage in SHARDED else hours
        totals = [totals[0] + hours, totals[1] + spread]
        more = large["stages"][stage]["peak_mb"] - middle["stages"][stage]["peak_mb"]
        slope = max(0.0, more) / (large["documents"] - middle["documents"])
        lines.append(
            f"| {stage} | {seconds:,.0f} | {growing[stage]:.2f} | {one['stages'][stage]['peak_mb']:,.0f} "
            f"| {'any engine' if stage in SHARDED else 'one process'} | {hours:,.1f} | {spread:,.1f} "
            f"| {slope * millions * 1e6 / 1e3:,.0f} |"
        )
    seconds = sum(results["cpu_seconds_per_million_documents"].values())
    lines.append(
        f"| all | {seconds:,.0f} | {growing['all']:.2f} | {one['peak_mb']:,.0f} | "
        f"| {totals[0]:,.1f} | {totals[1]:,.1f} | |"
    )
    return "\n".join(lines) + "\n"


def with_table(document: str, results: dict[str, Any]) -> str:
    """The document with the block between its marks replaced by the table.

    Raises:
        InputError: the marks are not there.
    """
    return with_block(document, "scale", table(results), DOCUMENT.name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("part", nargs="?", choices=("all", "mirror", "growth", "table"), default="all")
    part = parser.parse_args().part
    results = read_json(RESULTS) if RESULTS.is_file() else {}
    if part != "table":
        mirror = Path(os.environ.get("TWAINBOT_MIRROR") or parser.error("set TWAINBOT_MIRROR to a folder"))
        results["cores"] = os.cpu_count()
        if part in ("all", "mirror"):
            sources = (ROOT / "data/sources.yaml").read_text(encoding="utf-8")
            results["mirror"] = {str(workers): measure(sources, mirror, workers) for workers in (1, 2)}
        if part in ("all", "growth"):
            results["growth"] = growth(mirror)
            results["cpu_seconds_per_million_documents"] = per_million(results["growth"])
        write_json(RESULTS, results)
    if "mirror" in results and "growth" in results:
        DOCUMENT.write_text(with_table(DOCUMENT.read_text(encoding="utf-8"), results), encoding="utf-8")


if __name__ == "__main__":
    main()
