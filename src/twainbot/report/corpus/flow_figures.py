"""The flow of characters as drawings: a river for each kind of source, and one bar a source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from twainbot.report.corpus.figures import WIDTH, kind_colour, percent
from twainbot.report.corpus.flow import FACT, STEPS, Flow, Loss, largest, plural
from twainbot.report.figures import INK, MUTED, PALETTE, Drawing, draw, message, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STEP_LABELS = {
    "raw": "raw files",
    "body": "bodies",
    "segments": "segments",
    "passages": "passages",
    "unique": "no duplicates",
    "used": "in chat rows",
}
_REASONS = 3  # named beside each branch
_INCHES_X, _INCHES_Y = 1.75, 1.15  # of a step and of a whole river; a branch is as wide as what leaves


def short_count(number: int) -> str:
    """1234567 as 1.23 M."""
    for limit, unit in ((1_000_000, "M"), (1_000, "k")):
        if number >= limit:
            return f"{number / limit:.3g} {unit}"
    return str(number)


def rivers(flows: Sequence[Flow]) -> Drawing:
    """One river a kind, from the raw files on the left to the chat rows on the right."""
    shown = [flow for flow in flows if flow.kind != FACT and flow.characters["raw"]]

    def paint(figure: Figure) -> None:
        if not shown:
            return message(figure, "no books, plays or posts")
        panels = figure.subplots(len(shown), 1, squeeze=False)[:, 0]
        for axes, flow in zip(panels, shown, strict=True):
            _river(axes, flow)
        return None

    label = "Characters kept from the raw files to the chat rows, and what was dropped at each step, by kind"
    return draw("corpus_flow", label, (WIDTH, 2.6 * max(1, len(shown))), paint)


def _river(axes: Axes, flow: Flow) -> None:
    colour, raw = kind_colour(flow.kind), flow.characters["raw"]
    # Facts apart, a step only loses; overlapping windows could repeat text, hence the minimum.
    heights: list[float] = []
    for step in STEPS:
        heights.append(min([flow.characters[step] / raw, *heights[-1:]]))
    for x, (step, height) in enumerate(zip(STEPS, heights, strict=True)):
        _band(axes, x, x + 0.06, 1 - height, 1, colour, 1.0)
        size = flow.characters[step]
        axes.text(x, 1.30, STEP_LABELS[step], fontsize=9, color=INK, fontweight="bold")
        axes.text(x, 1.08, f"{short_count(size)} · {percent(size, raw)}", fontsize=8.5, color=INK)
        if x + 1 < len(STEPS):
            _band(axes, x + 0.06, x + 1, 1 - heights[x + 1], 1, colour, 0.32)
            _branch(axes, x, height, heights[x + 1], flow.lost[STEPS[x + 1]], raw)
    axes.set_title(f"{plural(flow.kind)}: {raw:,} characters", fontsize=10.5, pad=10, color=INK)
    axes.set_xlim(-0.02, len(STEPS) - 0.25)
    axes.set_ylim(-1.05, 1.45)
    axes.axis("off")


def _band(axes: Axes, x0: float, x1: float, y0: float, y1: float, colour: str, alpha: float) -> None:
    from matplotlib.patches import Rectangle

    patch = Rectangle((x0, y0), x1 - x0, y1 - y0, facecolor=colour, linewidth=0)
    patch.set_alpha(alpha)
    axes.add_patch(patch)


def _branch(axes: Axes, x: int, before: float, after: float, lost: dict[str, Loss], raw: int) -> None:
    """What leaves between two steps bends down to the names of its reasons."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    drop = before - after
    if drop > 0.002:
        left, low, high = x + 0.12, 1 - before, 1 - after
        wide = max(drop * _INCHES_Y / _INCHES_X, 0.012)
        foot = -0.08
        m, c = Path.MOVETO, Path.CURVE4
        points = [
            (x + 0.06, high), (left + wide, high), (left + wide, high), (left + wide, foot),
            (left, foot), (left, low), (left, low), (x + 0.06, low),
        ]  # fmt: skip
        patch = PathPatch(Path(points, [m, c, c, c, Path.LINETO, c, c, c]), facecolor=MUTED, linewidth=0)
        patch.set_alpha(0.45)
        axes.add_patch(patch)
    named = largest(lost, _REASONS)
    lines = [f"{percent(loss.characters, raw)} {reason.replace('_', ' ')}" for reason, loss in named]
    if more := len(lost) - len(named):
        rest = sum(loss.characters for loss in lost.values()) - sum(loss.characters for _, loss in named)
        lines.append(f"{percent(rest, raw)} {more} more")
    text = "\n".join(lines) or "nothing lost"
    axes.text(x + 0.1, -0.16, text, fontsize=8, color=MUTED, va="top", linespacing=1.35)


def source_bars(flows: Sequence[Flow]) -> Drawing:
    """Each source's raw characters as one bar: what is kept, and at which step the rest went."""
    shown = [flow for flow in flows if flow.kind != FACT and flow.characters["raw"]]
    parts = [
        ("in chat rows", PALETTE["blue"], 1.0),
        ("kept, in no chat row", PALETTE["blue"], 0.45),
        ("duplicates", PALETTE["purple"], 1.0),
        ("filtered", PALETTE["red"], 1.0),
        ("no prose: headings, notes, …", PALETTE["amber"], 1.0),
        ("boilerplate", PALETTE["grey"], 1.0),
        ("markup, spaces, other columns", PALETTE["grey"], 0.35),
    ]

    def paint(figure: Figure) -> None:
        from matplotlib.patches import Patch

        if not shown:
            return message(figure, "no books, plays or posts")
        axes = figure.subplots()
        for y, flow in enumerate(shown):
            left = 0.0
            sizes = _parts(flow)
            for (_, colour, alpha), size in zip(parts, sizes, strict=True):
                width = 100 * size / max(sum(sizes), 1)
                axes.barh(y, width, left=left, color=colour, alpha=alpha, height=0.7)
                left += width
            if (share := flow.kept_share) is not None:
                axes.annotate(
                    f"{100 * share:.0f} %", (100, y), xytext=(5, 0), textcoords="offset points",
                    va="center", fontsize=8,
                )  # fmt: skip
        axes.set_yticks(range(len(shown)), [shortened(flow.title) for flow in shown], color=INK)
        axes.set_ylim(len(shown) - 0.4, -1.3)
        axes.text(100.8, -0.85, "of body", fontsize=8, color=MUTED)
        axes.set_xlim(0, 100)
        axes.set_xlabel("% of the raw file's characters")
        axes.grid(visible=False)
        axes.tick_params(axis="y", length=0)
        handles = [Patch(facecolor=colour, alpha=alpha, label=name) for name, colour, alpha in parts]
        figure.legend(handles=handles, loc="outside upper left", ncols=4, frameon=False, fontsize=8)
        return None

    size = (WIDTH, 1.5 + 0.29 * max(2, len(shown)))
    return draw("kept_by_source", "What became of each source's characters", size, paint, with_png=False)


def _parts(flow: Flow) -> list[int]:
    """Characters in the order of the bars; what the first two and the losses leave is markup."""

    def total(step: str) -> int:
        return sum(loss.characters for loss in flow.lost[step].values() if loss.records)

    used, unique = flow.characters["used"], flow.characters["unique"]
    body = flow.characters["raw"] - flow.characters["body"]
    known = [used, unique - used, total("unique"), total("passages"), total("segments"), body]
    return [*known, max(0, flow.characters["raw"] - sum(known))]
