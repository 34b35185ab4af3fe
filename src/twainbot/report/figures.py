"""The plots: each drawn once, written as PNG for ``dvc plots`` and as SVG for the page.

The bytes depend on the input only: matplotlib's own font and style, no date, no version in the files.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twainbot.report.measures import Measure, finite
from twainbot.report.summary import adapters, estimates, measures

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# In the SVG each colour becomes the style sheet's variable, so that the figures follow light and dark.
INK, MUTED, LINE, PAPER = "#1f2329", "#59636e", "#d1d9e1", "#fefefe"
SERIES = {"base": "#6a737d", "style": "#9a6701", "combined": "#0a58ca"}
BAR = "#0a58ca"
# Told apart by the colour-blind (after Okabe and Ito, darkened to a contrast of 3 to 1 on white).
PALETTE = {
    "blue": "#0072b2",
    "amber": "#b07400",
    "green": "#00855f",
    "purple": "#a84f86",
    "red": "#c5500a",
    "sky": "#2f86bf",
    "grey": "#7d8790",
}
_VARIABLES = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    LINE: "var(--line)",
    PAPER: "var(--paper)",
    SERIES["base"]: "var(--base)",
    SERIES["style"]: "var(--style)",
    SERIES["combined"]: "var(--combined)",
    **{colour: f"var(--{name})" for name, colour in PALETTE.items()},
}
MARKERS = {"base": "o", "style": "s", "combined": "D"}
LABEL_CHARACTERS = 40
_STYLE = {
    "font.family": "DejaVu Sans",  # the one that matplotlib brings along
    "font.size": 9,
    "text.parse_math": False,  # a "$" in a name is a "$"
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": LINE,
    "axes.facecolor": "none",
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "figure.facecolor": PAPER,
    "svg.fonttype": "none",
    "svg.hashsalt": "twainbot",
}


@dataclass(frozen=True)
class Drawing:
    """One plot in both forms; ``png`` is empty if it was not asked for."""

    name: str
    png: bytes
    svg: str  # an element to put into a page


def draw(
    name: str,
    label: str,
    size: tuple[float, float],
    paint: Callable[[Figure], None],
    with_png: bool = True,
) -> Drawing:
    """What ``paint`` puts on a figure of ``size`` inches, in both forms; ``label`` says what it shows."""
    from matplotlib import style
    from matplotlib.figure import Figure

    with style.context(["default", _STYLE]):
        figure = Figure(figsize=size, layout="constrained")
        paint(figure)
        png, svg = io.BytesIO(), io.StringIO()
        if with_png:
            figure.savefig(png, format="png", dpi=130, metadata={"Software": None})
        nothing: dict[str, str | None] = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(svg, format="svg", metadata=nothing, transparent=True)
    return Drawing(name, png.getvalue(), inline_svg(svg.getvalue(), name, label))


def inline_svg(document: str, name: str, label: str) -> str:
    """Matplotlib's SVG document as an element of a page: own ids, the page's colours and fonts."""
    body = document[document.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>\s*", "", body, flags=re.DOTALL)
    view_box = re.search(r'viewBox="([^"]*)"', body)
    body = body[body.index(">") + 1 :]
    body = re.sub(r'\bid="([^"]*)"', rf'id="{name}-\1"', body)
    body = re.sub(r'(xlink:href="|url\()#', rf"\g<1>#{name}-", body).replace("xlink:href", "href")
    body = body.replace("'DejaVu Sans'", "system-ui, sans-serif")
    for colour, variable in _VARIABLES.items():
        body = body.replace(colour, variable)
    box = view_box[1] if view_box else "0 0 1 1"
    # Points to pixels. Near its own size a figure's letters are of the page's size; a phone scrolls.
    width = float(box.split()[2]) * 96 / 72
    limits = f"min-width: {0.85 * width:.0f}px; max-width: {width:.0f}px"
    return f'<svg class="figure" style="{limits}" viewBox="{box}" role="img" aria-label="{label}">{body}'


def message(figure: Figure, text: str) -> None:
    figure.text(0.5, 0.5, text, ha="center", va="center", color=MUTED)


def shortened(text: str) -> str:
    return text if len(text) <= LABEL_CHARACTERS else text[: LABEL_CHARACTERS - 1] + "…"


def loss(curves: Mapping[str, Sequence[Mapping[str, Any]]]) -> Drawing:
    """Loss by optimiser step, one panel an adapter; ``curves`` holds {step, loss, split}."""

    def paint(figure: Figure) -> None:
        if not curves:
            return message(figure, "no training was recorded")
        panels = figure.subplots(1, len(curves), squeeze=False)[0]
        for axes, (name, points) in zip(panels, curves.items(), strict=True):
            for split, style in (
                ("train", {"color": SERIES["base"], "linewidth": 1.0}),
                ("val", {"color": SERIES["combined"], "linewidth": 1.6, "marker": "o", "markersize": 4}),
            ):
                found = [
                    (p["step"], p["loss"])
                    for p in points
                    if p.get("split") == split and finite(p.get("loss")) is not None
                ]
                if found:
                    steps, losses = zip(*sorted(found), strict=True)
                    axes.plot(steps, losses, label="training" if split == "train" else "validation", **style)
            axes.set_title(shortened(name))
            axes.set_xlabel("step")
        panels[0].set_ylabel("loss, nats a token")
        handles, labels = panels[0].get_legend_handles_labels()
        if handles:
            figure.legend(handles, labels, loc="outside upper left", ncols=2, frameon=False)
        return None

    return draw("loss", "Training and validation loss by step, for each adapter", (9.0, 3.0), paint)


def before_after(evaluate: Mapping[str, Any]) -> Drawing:
    """Each measure's value and 95 % interval for each adapter; shares on one axis, other units apart."""
    shown = measures(evaluate)
    shares = [m for m in shown if m.unit in ("percent", "probability")]
    groups = [group for group in [shares, *([m] for m in shown if m not in shares)] if group]
    names = adapters(evaluate)

    def paint(figure: Figure) -> None:
        if not groups:
            return message(figure, "nothing was evaluated")
        panels = figure.subplots(len(groups), 1, squeeze=False, height_ratios=[len(g) + 0.6 for g in groups])[
            :, 0
        ]
        for axes, group in zip(panels, groups, strict=True):
            _intervals(axes, group, evaluate, names)
        if shares:
            panels[0].set_xlim(-0.02, 1.02)
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper left", ncols=len(names), frameon=False)
        return None

    height = 0.9 + 0.46 * len(shown) + 0.34 * len(groups)
    return draw("before_after", "Every measure before and after, with 95 % intervals", (8.0, height), paint)


def _intervals(
    axes: Axes, group: Sequence[Measure], evaluate: Mapping[str, Any], names: Sequence[str]
) -> None:
    for number, name in enumerate(names):
        found = estimates(evaluate, "adapters", name)
        shift = (number - (len(names) - 1) / 2) * 0.24
        colour, marker = SERIES.get(name, MUTED), MARKERS.get(name, "v")
        # Drawn even if nothing was found, so that every panel has the same legend.
        axes.plot([], [], color=colour, marker=marker, linestyle="-", linewidth=1.6, markersize=5, label=name)
        for row, of in enumerate(group):
            if (estimate := found.get(of.key)) is None:
                continue
            if estimate.low is not None and estimate.high is not None:
                axes.plot([estimate.low, estimate.high], [row + shift] * 2, color=colour, linewidth=1.6)
            axes.plot([estimate.value], [row + shift], color=colour, marker=marker, markersize=5)
    axes.set_yticks(range(len(group)), [_axis_label(m) for m in group], color=INK)
    axes.set_ylim(len(group) - 0.5, -0.5)
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)


def _axis_label(of: Measure) -> str:
    direction = {"higher": "higher is better", "lower": "lower is better", None: "no direction"}[of.better]
    unit = ", words" if of.unit == "words" else ""
    return f"{shortened(of.label)}{unit}\n({direction})"


def rejects(rows: Sequence[tuple[str, str, int]]) -> Drawing:
    """How many records each (stage, reason) dropped, as bars."""

    def paint(figure: Figure) -> None:
        if not rows:
            return message(figure, "nothing was rejected")
        axes = figure.subplots()
        axes.barh(range(len(rows)), [n for _, _, n in rows], color=BAR, height=0.66)
        for position, (_, _, n) in enumerate(rows):
            axes.annotate(f"{n:,}", (n, position), xytext=(4, 0), textcoords="offset points", va="center")
        axes.set_yticks(
            range(len(rows)), [f"{stage}: {shortened(reason)}" for stage, reason, _ in rows], color=INK
        )
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.margins(x=0.1)
        axes.set_xlabel("records dropped")
        axes.grid(axis="y", visible=False)
        axes.tick_params(axis="y", length=0)
        return None

    return draw(
        "rejects", "Records dropped, by stage and reason", (8.0, 0.8 + 0.26 * max(2, len(rows))), paint
    )


def tags(tables: Mapping[str, Mapping[str, Mapping[str, int]]]) -> Drawing:
    """Shares of each tag's values among a persona's passages; ``tables`` is {tag: {persona: {value: n}}}."""
    personas = sorted({persona for table in tables.values() for persona in table})
    columns = {
        tag: sorted({value for row in table.values() for value in row}) for tag, table in tables.items()
    }

    def paint(figure: Figure) -> None:
        if not personas:
            return message(figure, "nothing was tagged")
        panels = figure.subplots(
            1,
            len(tables),
            squeeze=False,
            sharey=True,
            width_ratios=[max(2, len(columns[tag])) for tag in tables],
        )[0]
        for axes, (tag, table) in zip(panels, tables.items(), strict=True):
            _heat_map(axes, tag, [table.get(persona, {}) for persona in personas], columns[tag])
        figure.supxlabel("% of the persona's passages", fontsize=9)
        panels[0].set_yticks(range(len(personas)), [shortened(p) for p in personas], color=INK)
        panels[0].set_ylim(len(personas) - 0.5, -0.5)
        return None

    width = 1.8 + 0.62 * sum(max(2, len(values)) for values in columns.values())
    size = (min(14.0, max(6.0, width)), 1.5 + 0.3 * max(2, len(personas)))
    return draw("tags", "Share of each tag among a persona's passages", size, paint)


def _heat_map(axes: Axes, title: str, rows: Sequence[Mapping[str, int]], values: Sequence[str]) -> None:
    from matplotlib.patches import Rectangle

    for y, row in enumerate(rows):
        total = sum(row.values())
        for x, value in enumerate(values):
            share = row.get(value, 0) / total if total else 0.0
            if share:
                # At most half opaque: the ink on it stays readable in both colour schemes.
                patch = Rectangle((x - 0.47, y - 0.44), 0.94, 0.88, facecolor=BAR, alpha=0.06 + 0.44 * share)
                axes.add_patch(patch)
                axes.text(x, y, _share_text(share), ha="center", va="center", fontsize=8)
    axes.set_title(title)
    axes.set_xticks(range(len(values)), [shortened(v) for v in values], rotation=40, ha="right", color=INK)
    axes.set_xlim(-0.5, max(2, len(values)) - 0.5)
    axes.grid(visible=False)
    axes.tick_params(length=0)


def _share_text(share: float) -> str:
    percent = share * 100
    return "<1" if percent < 0.5 else f"{percent:.0f}"
