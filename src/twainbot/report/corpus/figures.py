"""The corpus page's plots but for the flow, drawn as the report's others are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from twainbot.records import Passage
from twainbot.report.corpus.duplicates import Duplicates
from twainbot.report.corpus.flow import plural
from twainbot.report.corpus.tags import CrossTable, Share, value
from twainbot.report.figures import INK, LINE, MUTED, PALETTE, PAPER, Drawing, draw, message, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KIND_COLOURS = {
    "book": PALETTE["blue"],
    "play": PALETTE["amber"],
    "post": PALETTE["green"],
    "fact": PALETTE["purple"],
    "joke": PALETTE["red"],
    "page": PALETTE["sky"],
}
WIDTH = 10.5  # inches; the page is a little wider
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def kind_colour(kind: str) -> str:
    return KIND_COLOURS.get(kind, PALETTE["grey"])


def percent(part: float, whole: float) -> str:
    """A share as people read it; what is there is never written as 0 %."""
    share = 100 * part / whole if whole else 0.0
    if not part:
        return "0 %"
    return "< 0.1 %" if share < 0.1 else f"{share:.1f} %" if share < 9.95 else f"{share:.0f} %"


def _groups(passages: Sequence[Passage], tag: str) -> dict[str, list[Passage]]:
    found: dict[str, list[Passage]] = {}
    for passage in passages:
        found.setdefault(value(passage, tag), []).append(passage)
    return dict(sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0])))


def _strips(axes: Axes, rows: Mapping[str, tuple[str, Sequence[float]]]) -> None:
    """A row a name: the median as a point, the middle half as a thick line, 5 % to 95 % as a thin one."""
    for y, (colour, values) in enumerate(rows.values()):
        low, first, median, third, high = np.quantile(values, _QUANTILES)
        axes.plot([low, high], [y, y], color=colour, linewidth=1.4, solid_capstyle="round")
        axes.plot([first, third], [y, y], color=colour, linewidth=6, solid_capstyle="butt")
        axes.plot([median], [y], marker="o", markersize=6, color=colour, markeredgecolor=PAPER)
    labels = [f"{shortened(name)}  ({len(values):,})" for name, (_, values) in rows.items()]
    axes.set_yticks(range(len(rows)), labels, color=INK)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)


def lengths(passages: Sequence[Passage]) -> Drawing:
    """Tokens a passage: a histogram for each kind and quantiles for each persona, on one log axis."""
    kinds, personas = _groups(passages, "kind"), _groups(passages, "persona")

    def paint(figure: Figure) -> None:
        if not passages:
            return message(figure, "no passages")
        most = max(p["n_tokens"] for p in passages)
        bins = np.geomspace(1, max(2, most) + 1, 46)
        panels = figure.subplots(
            len(kinds) + 1, 1, sharex=True, squeeze=False,
            height_ratios=[*[1.0] * len(kinds), 0.4 + 0.36 * len(personas)],
        )[:, 0]  # fmt: skip
        for axes, (kind, found) in zip(panels, kinds.items(), strict=False):
            axes.hist([p["n_tokens"] for p in found], bins=bins, color=kind_colour(kind))
            axes.set_title(f"{plural(kind)} ({len(found):,} passages)", fontsize=9)
            axes.set_yticks([])
            axes.spines["left"].set_visible(False)
        mixed = {
            name: (_colour_of(found), [float(p["n_tokens"]) for p in found])
            for name, found in personas.items()
        }
        _strips(panels[-1], mixed)
        panels[-1].set_title("by persona: median, middle half, 5 % to 95 %", fontsize=9)
        panels[-1].set_xscale("log", base=2)
        ticks = [2**power for power in range(int(math.log2(max(2, most))) + 1)]
        panels[-1].set_xticks(ticks, [str(tick) for tick in ticks])
        panels[-1].minorticks_off()
        panels[-1].set_xlabel("tokens of the base's tokenizer")
        return None

    height = 1.0 + 0.95 * max(1, len(kinds)) + 0.36 * len(personas)
    return draw("lengths", "Tokens a passage, by kind and by persona", (WIDTH, height), paint, with_png=False)


def _colour_of(passages: Sequence[Passage]) -> str:
    kinds = {passage["kind"] for passage in passages}
    return kind_colour(min(kinds)) if len(kinds) == 1 else PALETTE["grey"]


def bars(name: str, label: str, panels: Mapping[str, Sequence[tuple[str, int]]], of: str) -> Drawing:
    """Horizontal bars of counts, a panel a title, two panels a row."""
    counted = [len(counts) for counts in panels.values()]
    most = [max(counted[i : i + 2]) for i in range(0, len(counted), 2)]

    def paint(figure: Figure) -> None:
        if not any(panels.values()):
            return message(figure, "no passages")
        grid = figure.subplots(len(most), 2, squeeze=False, height_ratios=[n + 1.2 for n in most])
        for axes in grid.flat[len(panels) :]:
            axes.set_visible(False)
        for number, (axes, (title, counts)) in enumerate(zip(grid.flat, panels.items(), strict=False)):
            _bars(axes, counts)
            axes.set_ylim(most[number // 2] - 0.4, -0.6)
            axes.set_title(title)
            axes.set_xlabel(of)
        return None

    return draw(name, label, (WIDTH, 0.5 + sum(0.95 + 0.27 * n for n in most)), paint, with_png=False)


def _bars(axes: Axes, counts: Sequence[tuple[str, int]]) -> None:
    total = sum(n for _, n in counts)
    axes.barh(range(len(counts)), [n for _, n in counts], color=PALETTE["blue"], height=0.66)
    for y, (_, n) in enumerate(counts):
        text = f"{n:,} · {percent(n, total)}" if total else f"{n:,}"
        axes.annotate(text, (n, y), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8)
    axes.set_yticks(range(len(counts)), [shortened(name) for name, _ in counts], color=INK)
    axes.margins(x=0.3)
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)
    axes.locator_params(axis="x", nbins=4, integer=True)
    axes.xaxis.set_major_formatter("{x:,.0f}")


def heat_maps(tables: Sequence[CrossTable]) -> Drawing:
    """Numbers of passages by two tags; the darker, the larger the share of the row."""
    widths = [max(2, len(table.columns)) for table in tables]
    rows = max((len(table.rows) for table in tables), default=1)

    def paint(figure: Figure) -> None:
        if not any(table.rows for table in tables):
            return message(figure, "no passages")
        panels = figure.subplots(1, len(tables), squeeze=False, width_ratios=[n + 1.5 for n in widths])[0]
        for axes, table in zip(panels, tables, strict=True):
            _heat_map(axes, table, rows)
        return None

    label = " and ".join(f"{table.row_tag} by {table.column_tag}" for table in tables)
    size = (min(WIDTH, 2.6 + 0.62 * sum(widths) + 1.0 * len(tables)), 1.5 + 0.34 * max(2, rows))
    return draw("cross_tables", f"Numbers of passages, {label}", size, paint, with_png=False)


def _heat_map(axes: Axes, table: CrossTable, rows: int) -> None:
    from matplotlib.patches import Rectangle

    for y, row in enumerate(table.cells):
        for x, n in enumerate(row):
            # At most half opaque: the ink on it stays readable in both colour schemes.
            share = n / sum(row)
            patch = Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, facecolor=PALETTE["blue"])
            patch.set_alpha(0.05 + 0.45 * share if n else 0.02)
            axes.add_patch(patch)
            axes.text(
                x, y, f"{n:,}" if n else "·", ha="center", va="center", fontsize=8, color=INK if n else MUTED
            )
    axes.set_title(f"{table.row_tag} × {table.column_tag}")
    axes.set_xticks(
        range(len(table.columns)), [shortened(c) for c in table.columns], rotation=35, ha="right", color=INK
    )
    axes.set_yticks(range(len(table.rows)), [shortened(r) for r in table.rows], color=INK)
    axes.set_xlim(-0.5, max(2, len(table.columns)) - 0.5)
    axes.set_ylim(max(2, rows) - 0.5, -0.5)
    axes.grid(visible=False)
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def weather_shares(shares: Sequence[Share]) -> Drawing:
    """Share of weather passages by source as bars, with Wilson's 95 % interval."""

    def paint(figure: Figure) -> None:
        if not shares:
            return message(figure, "no passages")
        axes = figure.subplots()
        for y, row in enumerate(shares):
            axes.barh(y, 100 * row.share, color=kind_colour(row.kind), alpha=0.55, height=0.62)
            axes.plot([100 * row.low, 100 * row.high], [y, y], color=INK, linewidth=1.3)
            axes.annotate(
                f"{percent(row.weather, row.n)}  of {row.n:,}", (100 * row.high, y), xytext=(5, 0),
                textcoords="offset points", va="center", fontsize=8, color=MUTED,
            )  # fmt: skip
        labels = [f"{shortened(row.title)} · {row.persona}" for row in shares]
        axes.set_yticks(range(len(shares)), labels, color=INK)
        axes.set_ylim(len(shares) - 0.4, -0.6)
        axes.set_xlim(0, min(100.0, 118 * max(row.high for row in shares) + 1))
        axes.set_xlabel("% of the source's passages")
        axes.grid(axis="y", visible=False)
        axes.tick_params(axis="y", length=0)
        _kind_legend(figure, dict.fromkeys(row.kind for row in shares))
        return None

    size = (WIDTH, 1.2 + 0.27 * max(2, len(shares)))
    return draw("weather_share", "Share of weather passages by source, with 95 % intervals", size, paint)


def _kind_legend(figure: Figure, kinds: Mapping[str, object]) -> None:
    from matplotlib.patches import Patch

    handles = [Patch(color=kind_colour(kind), label=kind) for kind in kinds]
    figure.legend(handles=handles, loc="outside upper left", ncols=6, frameon=False)


def _binned(sizes: Sequence[tuple[int, int]]) -> dict[str, int]:
    """Sizes of clusters with their numbers, the larger ones in bins, without the empty ones at the end."""
    bins = [*((n, n) for n in range(2, 9)), (9, 16), (17, 32), (33, 64), (65, 10**9)]
    names = [*(str(n) for n in range(2, 9)), "9–16", "17–32", "33–64", "65+"]
    counts = [sum(n for size, n in sizes if low <= size <= high) for low, high in bins]
    last = max((i for i, n in enumerate(counts) if n), default=-1)
    return dict(zip(names[: last + 1], counts[: last + 1], strict=True))


def duplicate_figure(found: Duplicates) -> Drawing:
    """How large clusters are, and how alike removed copies are to the kept ones."""

    def paint(figure: Figure) -> None:
        if not found.similarities:
            return message(figure, "no duplicates")
        left, right = figure.subplots(1, 2, width_ratios=[1.2, 1.0])
        sizes = _binned(found.sizes)
        left.bar(list(sizes), list(sizes.values()), color=PALETTE["blue"], width=0.7)
        for x, n in enumerate(sizes.values()):
            left.annotate(
                f"{n:,}", (x, n), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=8
            )
        left.set_title("clusters by size")
        left.set_xlabel("copies, the kept one included")
        left.margins(y=0.15)
        left.grid(axis="x", visible=False)
        left.tick_params(axis="x", labelsize=8)
        lowest = min(0.95, math.floor(min(found.similarities) * 20) / 20)
        right.hist(found.similarities, bins=np.linspace(lowest, 1.0, 21), color=PALETTE["green"])
        right.set_yscale("log")  # exact copies would flatten the rest
        right.minorticks_off()
        for axes in (left, right):
            axes.yaxis.set_major_formatter("{x:,.0f}")
        right.set_title("removed copies by similarity, log axis")
        right.set_xlabel("Jaccard similarity to the kept copy")
        return None

    label = "Clusters by size and removed copies by similarity"
    return draw("duplicates", label, (WIDTH, 2.8), paint, with_png=False)


def quality(passages: Sequence[Passage]) -> Drawing:
    """The quality score by kind: quantiles, and how many passages lie at or below each score."""
    kinds = _groups(passages, "kind")

    def paint(figure: Figure) -> None:
        if not passages:
            return message(figure, "no passages")
        left, right = figure.subplots(1, 2, width_ratios=[1.0, 1.2])
        scores = {kind: [p["quality"] for p in found] for kind, found in kinds.items()}
        _strips(left, {kind: (kind_colour(kind), values) for kind, values in scores.items()})
        left.set_title("median, middle half, 5 % to 95 %", fontsize=9)
        left.set_xlabel("quality")
        for number, (kind, values) in enumerate(scores.items()):
            share = 100 * np.arange(1, len(values) + 1) / len(values)
            style = ("-", "--", "-.", ":")[number % 4]
            colour = kind_colour(kind)
            right.step(np.sort(values), share, where="post", color=colour, label=kind, linestyle=style)
        right.set_yscale("log")  # nearly all scores are high: of interest are the few that are not
        right.set_ylim(0.009, 130)
        right.minorticks_off()
        right.yaxis.set_major_formatter("{x:g} %")
        right.set_title("share of passages at or below a score, log axis", fontsize=9)
        right.set_xlabel("quality")
        right.legend(frameon=False, fontsize=8, loc="upper left")
        for axes in (left, right):
            axes.axvline(1.0, color=LINE, linewidth=0.8)
        return None

    return draw("quality", "Quality scores by kind", (WIDTH, 2.6 + 0.1 * len(kinds)), paint, with_png=False)
