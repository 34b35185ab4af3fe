"""Train, validation and test by family, so that nothing of one book (or chapter) is on two sides.

Families are also stratified: of those that would meet a persona's shares, the ones are taken whose rows keep
the shares of its domains, templates and tones too. That is iterative stratification (Sechidis et al. 2011;
Szymański & Kajdanowicz 2017) with whole families in the place of single examples.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from twainbot.dataset.sampling import draw
from twainbot.records import Example, Passage, Split

Row = TypeVar("Row", bound=Mapping[str, Any])
# A stratum -> family -> number of rows.
Sizes = Mapping[str, Mapping[str, int]]
# The families, first in hash order, among which the best fitting is looked for. More would fit better, and a
# family that is added would move more of the others.
_CHOICES = 12


def assign_families(
    sizes: Sizes,
    held_out: frozenset[str],
    *,
    val_share: float,
    test_share: float,
    seed: int,
    strata: Sizes | None = None,
) -> dict[str, Split]:
    """A split for every family.

    Args:
        sizes: persona -> family -> number of rows. Shares of what is not held out are met for each
            persona, as nearly as its families allow; a family that several personas share (a scene) gets
            one split.
        held_out: families that are test whatever the shares.
        strata: the same of finer strata, as of :func:`strata_sizes`, whose shares are met as well as those
            of the personas leave room for.

    A persona with held-out families gets no other test families of its own. Every persona keeps a family
    to train on, if it has one that is not held out.
    """
    splits: dict[str, Split] = dict.fromkeys(sorted(held_out), "test")
    trainable = {persona: families.keys() - held_out for persona, families in sizes.items()}
    # Each family's rows in every stratum, and the strata's rows without those held out, which may be many
    # times what the cap leaves of the others.
    rows_of: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    totals: Counter[str] = Counter()
    for stratum, families in sorted({**(strata or {}), **sizes}.items()):
        for family, size in sorted(families.items()):
            if family not in held_out:
                rows_of[family].append((stratum, size))
                totals[stratum] += size
    given: dict[Split, Counter[str]] = {"train": Counter(), "val": Counter(), "test": Counter()}

    def give(family: str, split: Split) -> None:
        splits[family] = split
        for stratum, size in rows_of[family]:
            given[split][stratum] += size

    def gain(family: str, split: Split, share: float) -> float:
        """By how much the sum of the strata's squared relative deviations falls."""
        change = 0.0
        for stratum, size in rows_of[family]:
            target = share * totals[stratum]
            missing = target - given[split][stratum]
            change += (missing**2 - (missing - size) ** 2) / max(target, 1.0) ** 2
        return change

    for persona in sorted(sizes):
        families = sizes[persona]
        free = sorted(
            (family for family in families if family not in splits),
            key=lambda family: (draw(seed, "family", family), family),
        )
        wanted: list[tuple[Split, float]] = [("val", val_share)]
        if held_out.isdisjoint(families):
            wanted.insert(0, ("test", test_share))
        for split, share in wanted:
            target = share * totals[persona]
            # Families that no persona, this one or another in the same scene, needs as its last to train on.
            while target > 0 and (
                spare := [f for f in free if all(len(rest) > 1 for rest in trainable.values() if f in rest)]
            ):
                # A family larger than twice what is missing would take the share further off.
                missing = target - given[split][persona]
                fitting = [f for f in spare if families[f] < 2 * missing][:_CHOICES]
                if fitting:
                    best = {family: gain(family, split, share) for family in fitting}
                    family = max(fitting, key=best.__getitem__)
                elif given[split][persona]:
                    break
                else:
                    family = min(spare, key=families.__getitem__)
                give(family, split)
                free.remove(family)
                for rest in trainable.values():
                    rest.discard(family)
        for family in free:
            give(family, "train")
    return splits


def undecided(rows: Sequence[Example], held_out: frozenset[str]) -> list[Example]:
    """The rows whose family decides their split: not those that were made for one, as tests of a template."""
    return [row for row in rows if row["split"] is None or row["family"] in held_out]


def strata_sizes(rows: Sequence[Example]) -> Sizes:
    """The rows of each persona by domain, template and tone: "twain domain weather" -> family -> rows."""
    sizes: dict[str, Counter[str]] = {}
    for row in rows:
        tags = row["tags"]
        for kind, value in (
            ("domain", tags["domain"]),
            ("template", row["template_id"]),
            ("tone", tags["tone"]),
        ):
            name = f"{tags['persona']} {kind} {value}"
            sizes.setdefault(name, Counter())[row["family"]] += 1
    return sizes


def achieved(
    rows: Sequence[Example], held_out: frozenset[str], *, val_share: float, test_share: float
) -> dict[str, Any]:
    """What the families' shares came to, by persona and by domain, and the largest deviation.

    Args:
        rows: with their split. Those of held-out families do not count; nor, for the test share, those of a
            persona that has some.
    """
    wanted: dict[Split, float] = {"val": val_share, "test": test_share}
    tested = {row["tags"]["persona"] for row in rows if row["family"] in held_out}
    counts: dict[tuple[str, str], dict[Split, Counter[Split | None]]] = {}
    for row in rows:
        for split in wanted:
            if row["family"] in held_out or (split == "test" and row["tags"]["persona"] in tested):
                continue
            for kind in ("persona", "domain"):
                found = counts.setdefault((kind, row["tags"][kind]), {})
                found.setdefault(split, Counter())[row["split"]] += 1
    shares: dict[str, dict[str, dict[str, float]]] = {"persona": {}, "domain": {}}
    largest = {"of": "", "split": "", "deviation": 0.0}
    for (kind, name), found in sorted(counts.items()):
        shares[kind][name] = {split: count[split] / count.total() for split, count in found.items()}
        for split, share in found.items():
            deviation = share[split] / share.total() - wanted[split]
            if abs(deviation) > abs(float(largest["deviation"])):
                largest = {"of": f"{kind} {name}", "split": split, "deviation": deviation}
    return {**shares, "largest_deviation": largest}


def split_rows(rows: Sequence[Example], splits: dict[str, Split]) -> list[Example]:
    """The rows with their split filled in from their family; a split that is set already stays."""
    return [{**row, "split": row["split"] or splits[row["family"]]} for row in rows]


def family_sizes(rows: Sequence[Example]) -> dict[str, dict[str, int]]:
    """persona -> family -> number of rows, in a fixed order.

    Rows without a source (refusals, plain answers) stand under a name of their own: they are no test of a
    persona's books.
    """
    sizes: dict[str, dict[str, int]] = {}
    for row in rows:
        persona = row["tags"]["persona"]
        families = sizes.setdefault(persona if row["parents"] else f"{persona} (written)", {})
        families[row["family"]] = families.get(row["family"], 0) + 1
    return sizes


def text_rows(passages: Sequence[Passage], splits: dict[str, Split]) -> list[dict[str, object]]:
    """Plain-text rows for continued pre-training: the passages of books, pages and plays of these families.

    Of families that give style rows, that is: other people's prose would teach the base another voice.
    """
    return [
        {
            "id": f"text-{passage['id'].removeprefix('pas-')}",
            "text": passage["text"],
            "persona": passage["persona"],
            "parents": [passage["id"]],
            "family": passage["family"],
            "split": "test" if passage["holdout"] else splits[passage["family"]],
        }
        for passage in passages
        if passage["kind"] in ("book", "page", "play") and passage["family"] in splits
    ]


def mix(style: Sequence[Example], tools: Sequence[Example], tools_share: float, seed: int) -> list[Example]:
    """All tool rows and as many style rows as give ``tools_share``, in a seeded order.

    With a share of 0, or no tool rows, all style rows and nothing else.
    """
    if not tools or tools_share <= 0:
        return shuffled(style, seed)
    wanted = round(len(tools) * (1 - tools_share) / tools_share)
    chosen = sorted(style, key=lambda row: draw(seed, "mix", row["id"]))[:wanted]
    return shuffled([*chosen, *tools], seed)


def shuffled(rows: Sequence[Row], seed: int) -> list[Row]:
    """The rows in an order that depends on their ids and the seed only."""
    return sorted(rows, key=lambda row: draw(seed, "order", row["id"]))
