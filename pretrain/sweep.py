"""Train and measure several sizes and settings on the same data: the table behind the choice of the base.

    python -m pretrain.sweep [NAME …] [--set train.tokens=100000000 --set train.device=cuda …]

Needs what `dvc repro pack` in `pretrain/` leaves in `build/`. Results go to `pretrain/sweep.json`, a row a
model; a model that was trained with the very same settings and data is not trained again, and a killed one
goes on from its checkpoint.
"""

from __future__ import annotations

import argparse
import copy
from pathlib import Path
from typing import Any

import torch
import yaml

from pretrain.common import BUILD, PARAMS, load_params
from pretrain.evaluate import evaluate
from pretrain.export import export
from pretrain.train import run, run_key
from twainbot.files import InputError, read_json, write_json

VARIANTS = Path("pretrain/sweep.yaml")
RESULTS = Path("pretrain/sweep.json")
SECTIONS = ("train", "model")


def settings(change: dict[str, Any], assignments: list[str]) -> dict[str, dict[str, Any]]:
    """The sections of params.yaml, with assignments "section.key=value" and then a variant's change.

    Raises:
        InputError: a section or key that params.yaml does not have.
    """
    sections = {name: copy.deepcopy(load_params(name)) for name in SECTIONS}
    changes: list[tuple[str, str, Any]] = []
    for text in assignments:
        name, _, value = text.partition("=")
        section, _, key = name.partition(".")
        changes.append((section, key, yaml.safe_load(value)))
    changes += [(section, key, value) for section, keys in change.items() for key, value in keys.items()]
    for section, key, value in changes:
        if key not in sections.get(section, {}):
            raise InputError(f"{section}.{key}: {PARAMS} has no such value in {' or '.join(SECTIONS)}.")
        sections[section][key] = value
    return sections


def row_of(metrics: dict[str, Any], sections: dict[str, dict[str, Any]], minutes: float) -> dict[str, Any]:
    """What of a model's figures the table shows."""
    unseen = metrics["unseen_tool_invented_places"]
    return {
        "parameters": metrics["parameters"],
        **{key: sections["model"][key] for key in ("hidden_size", "num_hidden_layers")},
        **{
            key: sections["train"][key] for key in ("tokens", "batch_tokens", "muon", "prose_share", "device")
        },
        "minutes": round(minutes, 1),
        "bits_per_byte": {name: round(cost["model"], 4) for name, cost in metrics["bits_per_byte"].items()},
        "chat_bits_per_byte": round(metrics["chat_bits_per_byte"], 4),
        **{key: round(unseen[key], 4) for key in ("json_call", "right_tool", "exact_place", "exact_call")},
        "plain_without_a_call": round(metrics["plain_from_the_grammar"]["answered_without_a_call"], 4),
        "greedy_tokens_per_second": metrics["greedy_tokens_per_second"],
    }


def measure(name: str, sections: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Train, export and measure one model below `build/sweep/NAME`."""
    folder = BUILD / "sweep" / name
    run(sections["train"], sections["model"], folder / "trained")
    export(folder / "trained" / "model.pt", sections["model"], folder / "model")
    minutes = read_json(folder / "trained" / "curve.json")["minutes_of_this_call"]
    return row_of(evaluate(folder / "model", load_params("evaluate")), sections, minutes)


def main() -> None:
    variants: dict[str, dict[str, Any]] = yaml.safe_load(VARIANTS.read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(
        prog="python -m pretrain.sweep", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(variants)}; all without one")
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE", dest="assignments")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in variants]:
        raise InputError(f"{', '.join(unknown)}: not in {VARIANTS}, which has {', '.join(variants)}.")
    results: dict[str, Any] = read_json(RESULTS) if RESULTS.is_file() else {}
    torch.set_num_threads(load_params("evaluate")["threads"])
    for name in options.names or variants:
        sections = settings(variants[name], options.assignments)
        key = run_key(sections["train"], sections["model"], BUILD / "packed")
        if results.get(name, {}).get("key") != key:
            results[name] = {"key": key, **measure(name, sections)}
            write_json(RESULTS, results)
        print(name, results[name], flush=True)


if __name__ == "__main__":
    main()
