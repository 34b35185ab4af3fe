"""``twainbot preflight``: what training will do and take, and whether it can work here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twainbot.files import InputError
from twainbot.machine import GIB, Device
from twainbot.modeling.check import Check, complaint, failed, unknown
from twainbot.modeling.plan import Amount, counted, hours
from twainbot.modeling.preflight import (
    check_machine,
    check_template,
    device_of,
    estimate_for,
    longest_pack,
    sized,
)
from twainbot.params import load_params
from twainbot.sections import Params
from twainbot.sections.models import TrainStage
from twainbot.stages.train import PREVIOUS, adapter_before

_SPLIT = Path("data/split")
_FIGURE = re.compile(r"–|[\d.,]+(?:e-\d+)?(?: [A-Z]+)?")


def run_preflight(stages: Sequence[str], dry_run: bool) -> bool:
    """Print the plan, the memory by part and the checks; whether all checks passed.

    With ``dry_run`` the plan alone, and nothing is checked.

    Raises:
        InputError: no such stage, or params.yaml or a file of rows cannot be read.
    """
    if odd := [name for name in stages if name not in PREVIOUS]:
        raise InputError(f"{', '.join(odd)}: no such stage of training. There are {', '.join(PREVIOUS)}.")
    names = [name for name in PREVIOUS if not stages or name in stages]
    params = load_params()
    amounts = {name: _amount(name, params) for name in names}
    print(_table(_plan(names, amounts, params)))
    if any(found is None for found in amounts.values()):
        print("\n– is counted when the rows (`dvc repro gate`) and the base's tokenizer are there.")
    if dry_run:
        return True
    device = device_of(params.preflight)
    memory = _memory(params, device)
    if memory:
        print(f"\n{_table(memory)}")
    checks = _checks(names[0], params)
    found = [(c.name, c.state, "see below" if c.state == "FAIL" else c.found) for c in checks]
    print(f"\n{_table([('check', 'verdict', 'found'), *found])}")
    broken = [check for check in checks if check.state == "FAIL"]
    for check in broken:
        print(f"\n{complaint(check)}")
    return not broken


def _amount(name: str, params: Params) -> Amount | None:
    stage: TrainStage = getattr(params.train, name)
    return counted(_SPLIT / name / "train.jsonl", params.base, params.train.common, stage)


def _plan(names: Sequence[str], amounts: dict[str, Amount | None], params: Params) -> list[tuple[str, ...]]:
    settings = params.preflight
    rows: list[tuple[str, ...]] = [
        ("stage", "from", "learning rate", "epochs", "rows", "tokens", "packs", "steps", "hours", "cost")
    ]
    for name in names:
        stage: TrainStage = getattr(params.train, name)
        found = amounts[name]
        time = hours(found, stage, settings)
        cost = time * settings.price_per_hour if time is not None and settings.price_per_hour else None
        counts = (found.rows, found.tokens, found.packs, found.steps) if found else (None,) * 4
        rows.append(
            (
                name,
                (adapter_before(name) or Path(params.base.path)).as_posix(),
                f"{stage.learning_rate:g}",
                f"{stage.epochs:g}",
                *("–" if count is None else f"{count:,}" for count in counts),
                "–" if time is None else f"{time:.2f}",
                "–" if cost is None else f"{cost:.2f} {settings.currency}",
            )
        )
    return rows


def _memory(params: Params, device: Device) -> list[tuple[str, ...]]:
    """GiB by part as the trainer runs, and with activation checkpointing the other way round."""
    common = params.train.common
    try:
        size = sized(params.base)
    except InputError:
        return []  # the checks say why
    if size is None:
        return []
    ours = common.activation_checkpointing
    columns = [estimate_for(size, common, device, checkpointed=which) for which in (ours, not ours)]
    unit, scale, digits = ("GiB", GIB, 1) if columns[0].total >= 10 * GIB else ("MiB", 1024**2, 0)
    words = {True: "activations checkpointed", False: "not checkpointed"}
    return [
        (f"{unit}, packs of {longest_pack(common)}", f"{words[ours]} (params.yaml)", words[not ours]),
        *(
            (part, *(f"{column.parts[part] / scale:.{digits}f}" for column in columns))
            for part in columns[0].parts
        ),
        ("together", *(f"{column.total / scale:.{digits}f}" for column in columns)),
    ]


def _checks(first: str, params: Params) -> list[Check]:
    checks = check_machine(params.base, params.train.common, params.preflight, adapter_before(first))
    return [*checks, _template(params)]


def _template(params: Params) -> Check:
    base = Path(params.base.path)
    from twainbot.modeling.chat_template import load_template

    try:
        load_template(params.base.chat_template)
    except InputError as error:
        return failed("chat template", str(error).rstrip("."), "Set base.chat_template to one of them")
    if not (base / "tokenizer.json").is_file():
        return unknown("chat template", f"{params.base.chat_template} is there, the base's tokenizer is not")

    def load() -> Any:
        from twainbot.modeling.base import load_tokenizer

        return load_tokenizer(base, params.base.chat_template)

    return check_template(load)


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    """Columns of figures stand right, those of words left."""
    columns = []
    for cells in zip(*rows, strict=True):
        width = max(map(len, cells))
        figures = all(_FIGURE.fullmatch(cell) for cell in cells[1:])
        columns.append([cell.rjust(width) if figures else cell.ljust(width) for cell in cells])
    return "\n".join("  ".join(row).rstrip() for row in zip(*columns, strict=True))
