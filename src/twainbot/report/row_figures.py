"""The plots of the training rows, drawn as the report's others are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from twainbot.report.counts import SPLITS
from twainbot.report.figures import INK, MUTED, PALETTE, PAPER, Drawing, draw, message, shortened
from twainbot.report.rows import GridCounts, SplitCounts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SPLIT_NAMES = {"train": "training", "val": "validation", "test": "test"}
SPLIT_COLOURS = {"train": PALETTE["blue"], "val": PALETTE["amber"], "test": PALETTE["green"]}
_WIDTH = 9.6  # inches


def style_rows(counts: GridCounts) -> Drawing:
    """Numbers of style rows by persona and template, a panel a split; the colour is the persona's share.

    Personas and templates stand in order of their rows in all splits together.
    """
    everything = sum(counts.values(), Counter[tuple[str, str]]())
    personas, templates = _commonest(everything, 0), _commonest(everything, 1)

    def paint(figure: Figure) -> None:
        if not everything:
            return message(figure, "no style rows")
        panels = figure.subplots(len(SPLITS), 1, sharex=True, squeeze=False)[:, 0]
        for axes, split in zip(panels, SPLITS, strict=True):
            _heat_map(axes, counts[split], personas, templates)
            axes.set_title(f"{SPLIT_NAMES[split]} ({counts[split].total():,} rows)")
        panels[-1].set_xticks(
            range(len(templates)), [shortened(name) for name in templates], rotation=35, ha="right", color=INK
        )
        return None

    label = "Numbers of style rows by persona and template, for each split"
    height = 1.1 + len(SPLITS) * (0.35 + 0.25 * max(1, len(personas)))
    return draw("style_rows", label, (_WIDTH, height), paint, with_png=False)


def _commonest(counted: Mapping[tuple[str, str], int], part: int) -> list[str]:
    totals: Counter[str] = Counter()
    for key, n in counted.items():
        totals[key[part]] += n
    return sorted(totals, key=lambda name: (-totals[name], name))


def _heat_map(
    axes: Axes, counts: Mapping[tuple[str, str], int], personas: Sequence[str], templates: Sequence[str]
) -> None:
    from matplotlib.patches import Rectangle

    for y, persona in enumerate(personas):
        row = [counts.get((persona, template), 0) for template in templates]
        for x, n in enumerate(row):
            # At most half opaque: the ink on it stays readable in both colour schemes.
            patch = Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, facecolor=PALETTE["blue"])
            patch.set_alpha(0.05 + 0.45 * n / sum(row) if n else 0.02)
            axes.add_patch(patch)
            text = f"{n:,}" if n else "·"
            axes.text(x, y, text, ha="center", va="center", fontsize=8, color=INK if n else MUTED)
    axes.set_yticks(range(len(personas)), [shortened(name) for name in personas], color=INK)
    axes.set_xlim(-0.5, len(templates) - 0.5)
    axes.set_ylim(len(personas) - 0.5, -0.5)
    axes.grid(visible=False)
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def tool_rows(scenarios: SplitCounts, flaws: SplitCounts) -> Drawing:
    """Tool conversations by scenario and preference pairs by flaw, as bars of the three splits."""
    panels = {"tool conversations by scenario": scenarios, "preference pairs by flaw": flaws}
    names = {title: _names(counts) for title, counts in panels.items()}
    most = max((len(found) for found in names.values()), default=0)

    def paint(figure: Figure) -> None:
        from matplotlib.patches import Patch

        if not most:
            return message(figure, "no tool conversations and no pairs")
        row = figure.subplots(1, len(panels), squeeze=False, width_ratios=[1.25, 1.0])[0]
        for axes, (title, counts) in zip(row, panels.items(), strict=True):
            _stacked_bars(axes, counts, names[title])
            axes.set_ylim(most - 0.4, -0.6)
            axes.set_title(title)
            axes.set_xlabel("rows")
        handles = [Patch(color=SPLIT_COLOURS[split], label=SPLIT_NAMES[split]) for split in SPLITS]
        figure.legend(handles=handles, loc="outside upper left", ncols=len(SPLITS), frameon=False)
        return None

    label = "Tool conversations by scenario and preference pairs by flaw, for each split"
    return draw("tool_rows", label, (_WIDTH, 1.2 + 0.25 * max(2, most)), paint, with_png=False)


def _names(counts: SplitCounts) -> list[str]:
    totals = sum(counts.values(), Counter[str]())
    return sorted(totals, key=lambda name: (-totals[name], name))


def _stacked_bars(axes: Axes, counts: SplitCounts, names: Sequence[str]) -> None:
    ends = [0] * len(names)
    for split in SPLITS:
        found = [counts[split][name] for name in names]
        axes.barh(
            range(len(names)), found, left=ends, height=0.66,
            color=SPLIT_COLOURS[split], edgecolor=PAPER, linewidth=0.5,
        )  # fmt: skip
        ends = [end + n for end, n in zip(ends, found, strict=True)]
    for y, end in enumerate(ends):
        text = f"{end:,} · {100 * end / sum(ends):.1f} %"
        axes.annotate(text, (end, y), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8)
    labels = [shortened(name.replace("_", " ")) for name in names]
    axes.set_yticks(range(len(names)), labels, color=INK)
    axes.margins(x=0.3)
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)
    axes.locator_params(axis="x", nbins=4, integer=True)
    axes.xaxis.set_major_formatter("{x:,.0f}")
