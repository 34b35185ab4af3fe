"""How many rows there are, and of what: counts and shares by tag, template, scenario, origin and split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from twainbot.dataset.gates.material import MIXES, SPLITS, Material, Row, scenario
from twainbot.dataset.gates.result import GateResult, Offender, share
from twainbot.sections.rows import Gate

_CURES = {
    "mix": "add to what the mix is made of",
    "persona": "give it more text in data/sources.yaml",
    "domain": "add texts on it in data/sources.yaml",
    "tools": "raise toolcalls.episodes",
}


def _persona(row: Row) -> str:
    return str(row["persona"] if "persona" in row else row["tags"]["persona"])


def _counted(material: Material, mix: str) -> dict[str, dict[str, Counter[str]]]:
    """what is counted -> value -> rows by split, for one mix."""
    found: dict[str, dict[str, Counter[str]]] = {"mix": {mix: Counter()}, "persona": {}, "domain": {}}
    if mix in ("tools", "combined"):
        found["persona"] |= {persona: Counter() for persona in material.tool_personas}
    for split in SPLITS:
        for row in material.mixes[mix][split]:
            found["mix"][mix][split] += 1
            found["persona"].setdefault(_persona(row), Counter())[split] += 1
            if "tags" in row:
                found["domain"].setdefault(row["tags"]["domain"], Counter())[split] += 1
    return found


def counts(material: Material, budgets: Gate) -> GateResult:
    """Too few rows of a mix, or in it of a persona or a domain, on any side of the split."""
    least: Mapping[str, Mapping[str, int]] = {
        "mix": budgets.min_rows_mix.model_dump(),
        "persona": budgets.min_rows_persona.model_dump(),
        "domain": budgets.min_rows_domain.model_dump(),
    }
    short: list[Offender] = []
    for mix in MIXES:
        for what, values in _counted(material, mix).items():
            for value, by_split in sorted(values.items()):
                short += [
                    Offender(
                        f"{mix}/{split}" if what == "mix" else f"{what} {value}",
                        f"{mix}/{split}",
                        f"{by_split[split]} rows, fewer than {least[what][split]} (gate.min_rows_{what}); "
                        f"{_CURES['tools' if mix == 'tools' else what]}, or ask for fewer",
                    )
                    for split in SPLITS
                    if by_split[split] < least[what][split]
                ]
    return GateResult(
        "counts",
        "counts by mix, persona and domain below the minimum",
        len(short),
        "at most",
        0,
        tuple(short),
    )


def synthetic_share(material: Material, budgets: Gate) -> GateResult:
    """Share of the style rows that are not human text."""
    origins = Counter(row["origin"] for _, row in material.rows("style"))
    value = share(origins["synthetic"], origins.total())
    blame = [
        Offender(f"generator {generator}", "style", f"{count} rows")
        for generator, count in sorted(
            Counter(
                row["generator"] for _, row in material.rows("style") if row["origin"] == "synthetic"
            ).items()
        )
        if value > budgets.max_synthetic_share
    ]
    return GateResult(
        "synthetic", "share of the style rows that is synthetic", value, "at most",
        budgets.max_synthetic_share, tuple(blame),
    )  # fmt: skip


def persona_balance(material: Material, budgets: Gate) -> GateResult:
    """Rows of the rarest of the personas that tools are taught to, over those of the commonest."""
    found = Counter(_persona(row) for _, row in material.rows("tools"))
    rows = {persona: found[persona] for persona in material.tool_personas}
    value = share(min(rows.values(), default=0), max(rows.values(), default=0))
    rare = [
        Offender(f"persona {persona}", "tools", f"{count} of {found.total()} rows")
        for persona, count in sorted(rows.items())
        if share(count, max(rows.values())) < budgets.min_persona_balance
    ]
    return GateResult(
        "persona_balance", "tool rows of the rarest persona over the commonest", value, "at least",
        budgets.min_persona_balance, tuple(rare),
    )  # fmt: skip


def persona_share(material: Material, budgets: Gate) -> GateResult:
    """The largest share of one persona in the rows trained on, by mix; plain text is not counted."""
    value, common = 0.0, list[Offender]()
    for mix in ("style", "tools", "combined", "prefs"):
        found = Counter(_persona(row) for _, row in material.rows(mix, splits=("train",)))
        for persona, count in sorted(found.items()):
            part = share(count, found.total())
            value = max(value, part)
            if part > budgets.max_persona_share:
                common.append(Offender(f"persona {persona}", f"{mix}/train", f"{part:.1%} of the rows"))
    return GateResult(
        "persona_share", "largest share of one persona in a mix", value, "at most",
        budgets.max_persona_share, tuple(common),
    )  # fmt: skip


def template_share(material: Material, budgets: Gate) -> GateResult:
    """The largest share of one template among the style rows trained on, and among all style rows.

    Validation and test alone are not looked at. Validation is small. Test may be held-out books for the most
    part, which give four templates: they cannot all have less than a quarter.
    """
    value, common = 0.0, list[Offender]()
    for name, splits in (("style/train", ("train",)), ("style", SPLITS)):
        found = Counter(scenario(row) for _, row in material.rows("style", splits=splits))
        for template, count in sorted(found.items()):
            part = share(count, found.total())
            value = max(value, part)
            if part > budgets.max_template_share:
                common.append(Offender(f"template {template}", name, f"{part:.1%} of the rows"))
    return GateResult(
        "template_share", "largest share of one style template, in training and in all", value, "at most",
        budgets.max_template_share, tuple(common),
    )  # fmt: skip


def scenario_share(material: Material, budgets: Gate) -> GateResult:
    """The smallest share of one scenario among the tool rows; one that is listed and absent has none."""
    found = Counter(scenario(row) for _, row in material.rows("tools"))
    shares = {name: share(found[name], found.total()) for name in sorted({*budgets.scenarios, *found})}
    rare = [
        Offender(f"scenario {name}", "tools", f"{part:.1%} of the rows")
        for name, part in shares.items()
        if part < budgets.min_scenario_share
    ]
    return GateResult(
        "scenario_share", "smallest share of one tool scenario", min(shares.values(), default=0.0),
        "at least", budgets.min_scenario_share, tuple(rare),
    )  # fmt: skip


def split_share(material: Material, budgets: Gate) -> GateResult:
    """The smallest share of a mix that is validation or test. Held-out books may make test large."""
    value, small = 1.0, list[Offender]()
    for mix in MIXES:
        sizes = {split: len(material.mixes[mix][split]) for split in SPLITS}
        for split in ("val", "test"):
            part = share(sizes[split], sum(sizes.values()))
            value = min(value, part)
            if part < budgets.min_split_share:
                small.append(Offender(f"{mix}/{split}", f"{mix}/{split}", f"{part:.1%} of the mix"))
    return GateResult(
        "split_share", "smallest share of validation or test in a mix", value, "at least",
        budgets.min_split_share, tuple(small),
    )  # fmt: skip
