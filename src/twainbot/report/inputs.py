"""What the report is made from: the files of a finished run, read once, all missing ones named at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from twainbot.files import InputError, read_json, read_jsonl
from twainbot.params import read_yaml
from twainbot.report.counts import SPLITS
from twainbot.report.rows import MIXES, Mixes
from twainbot.report.summary import ADAPTERS
from twainbot.text.safety import find_slur, mask_personal_data, read_slurs

DATA_STAGES = ("parse", "clean", "dedupe", "tag", "toolcalls", "instruct", "split")
TRAINED = ("dapt", "style", "combined")
REJECTS = {
    "parse": "data/parsed/rejects.parquet",
    "clean": "data/clean/rejects.parquet",
    "dedupe": "data/dedupe/rejects.parquet",
}
TAGS = ("tone", "domain", "device")
EXAMPLES = 2  # a reason
EXAMPLE_CHARACTERS = 80

CrossTable = dict[str, dict[str, int]]  # persona -> value -> passages


@dataclass(frozen=True)
class Inputs:
    """A run's files, parsed."""

    dvc: dict[str, Any]
    counts: dict[str, dict[str, Any]]  # metrics of the data stages, by stage
    training: dict[str, dict[str, Any]]  # by adapter
    losses: dict[str, list[dict[str, Any]]]
    evaluate: dict[str, Any]
    gate: dict[str, Any]
    rows: Mixes
    generations: dict[str, list[dict[str, Any]]]
    examples: dict[tuple[str, str], list[str]]  # of rejects: (stage, reason or source) -> beginnings of texts
    tags: dict[str, CrossTable]  # by tag


def read_inputs(root: Path) -> Inputs:
    """Read the outputs of the stages under ``root``.

    Raises:
        InputError: files are missing; all of them are named.
    """
    paths = {
        "dvc": "dvc.yaml",
        "slurs": "data/lexicons/slurs.txt",
        "passages": "data/tag/passages.parquet",
        "evaluate": "metrics/evaluate.json",
        "gate": "metrics/gate.json",
        **{f"counts/{stage}": f"metrics/{stage}.json" for stage in DATA_STAGES},
        **{f"training/{name}": f"metrics/train_{name}.json" for name in TRAINED},
        **{f"losses/{name}": f"metrics/plots/loss_{name}.json" for name in TRAINED},
        **{f"generations/{name}": f"data/generations/{name}.jsonl" for name in ADAPTERS},
        **{f"rows/{mix}/{split}": f"data/split/{mix}/{split}.jsonl" for mix in MIXES for split in SPLITS},
        **{f"rejects/{stage}": path for stage, path in REJECTS.items()},
    }
    if missing := [path for path in paths.values() if not (root / path).is_file()]:
        raise InputError(
            f"The report needs files that do not exist: {', '.join(missing)}. "
            f"`dvc repro` makes them; `dvc pull` fetches them if a remote holds them."
        )
    at = {key: root / path for key, path in paths.items()}
    slurs = read_slurs(at["slurs"])
    columns = ["reason", "source_id", "text"]
    rejects = {stage: pq.read_table(at[f"rejects/{stage}"], columns=columns).to_pylist() for stage in REJECTS}
    return Inputs(
        dvc=read_yaml(at["dvc"]),
        counts={stage: read_json(at[f"counts/{stage}"]) for stage in DATA_STAGES},
        training={name: read_json(at[f"training/{name}"]) for name in TRAINED},
        losses={name: read_json(at[f"losses/{name}"]) for name in TRAINED},
        evaluate=read_json(at["evaluate"]),
        gate=read_json(at["gate"]),
        rows={mix: {split: read_jsonl(at[f"rows/{mix}/{split}"]) for split in SPLITS} for mix in MIXES},
        generations={name: read_jsonl(at[f"generations/{name}"]) for name in ADAPTERS},
        examples=reject_examples(rejects, slurs),
        tags=cross_tables(at["passages"]),
    )


def reject_examples(
    rejects: dict[str, list[dict[str, Any]]], slurs: frozenset[str]
) -> dict[tuple[str, str], list[str]]:
    """The first few texts, by stage and reason and again by stage and source, as counts use either.

    Texts with slurs are left out, whatever they were dropped for, and personal data is masked.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for stage, rows in rejects.items():
        for row in rows:
            for key in ((stage, row["reason"]), (stage, row["source_id"])):
                held = found.setdefault(key, [])
                if len(held) < EXAMPLES and (text := _beginning(row["text"], slurs)) and text not in held:
                    held.append(text)
    return found


def _beginning(text: str, slurs: frozenset[str]) -> str:
    text = " ".join(text.split())
    if find_slur(text, slurs):
        return ""
    text = mask_personal_data(text)[0]
    return text if len(text) <= EXAMPLE_CHARACTERS else text[:EXAMPLE_CHARACTERS] + "…"


def cross_tables(passages: Path) -> dict[str, CrossTable]:
    """For each tag, how many of each persona's passages have which value."""
    rows = pq.read_table(passages, columns=["persona", *TAGS]).to_pylist()
    tables: dict[str, CrossTable] = {}
    for tag in TAGS:
        pairs = Counter((row["persona"] or "none", row[tag] or "none") for row in rows)
        table: CrossTable = {}
        for (persona, value), n in sorted(pairs.items()):
            table.setdefault(persona, {})[value] = n
        tables[tag] = table
    return tables
