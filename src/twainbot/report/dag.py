"""The pipeline of dvc.yaml as a drawing: stages in layers from left to right, as inline SVG.

Method: Sugiyama's in its simplest form. Each stage stands as late as what needs it allows, arrows that
a longer path implies are left out, arrows over several layers get a bend in each layer between, and the
order within a layer follows the neighbours' mean position.
"""

from __future__ import annotations

import graphlib
import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

SWEEPS = 8  # passes of the ordering; it settles after two or three on pipelines of a dozen stages
CHARACTER, PADDING, HEIGHT, LINE = (
    7.3,
    16,
    36,
    14,
)  # pixels; the first is the width of a 12 px monospace letter
COLUMN_GAP, ROW, MARGIN = 24, 50, 8


@dataclass(frozen=True)
class Stage:
    name: str
    desc: str
    deps: tuple[str, ...]
    outs: tuple[str, ...]


Edge = tuple[str, str]


def read_stages(dvc: Mapping[str, Any]) -> list[Stage]:
    """The stages of a parsed dvc.yaml; each item of a ``foreach`` is one, named ``stage@key``."""
    found = []
    for name, definition in dvc.get("stages", {}).items():
        if "foreach" not in definition:
            found.append(_stage(name, definition, {}))
            continue
        items = definition["foreach"]
        pairs = items.items() if isinstance(items, Mapping) else ((item, item) for item in items)
        for key, item in pairs:
            values = {"key": str(key), "item": str(item)}
            if isinstance(item, Mapping):
                values |= {f"item.{field}": str(value) for field, value in item.items()}
            found.append(_stage(f"{name}@{key}", definition["do"], values))
    return found


def _stage(name: str, definition: Mapping[str, Any], values: Mapping[str, str]) -> Stage:
    def filled(text: str) -> str:
        return re.sub(r"\$\{([^}]*)\}", lambda match: values.get(match[1].strip(), match[0]), text)

    def paths(*keys: str) -> tuple[str, ...]:
        entries = [entry for key in keys for entry in definition.get(key) or []]
        return tuple(filled(next(iter(entry)) if isinstance(entry, Mapping) else entry) for entry in entries)

    return Stage(name, filled(definition.get("desc", "")), paths("deps"), paths("outs", "metrics", "plots"))


def find_edges(stages: Iterable[Stage]) -> set[Edge]:
    """Pairs (maker, user): an output is, holds or lies within a dependency."""
    stages = list(stages)

    def touches(one: str, other: str) -> bool:
        return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")

    return {
        (maker.name, user.name)
        for maker in stages
        for user in stages
        if maker != user and any(touches(out, dep) for out in maker.outs for dep in user.deps)
    }


def reduce_edges(edges: set[Edge]) -> set[Edge]:
    """Without the edges that a longer path implies."""
    after: dict[str, set[str]] = {}
    for maker, user in edges:
        after.setdefault(maker, set()).add(user)

    def reaches(start: str, end: str) -> bool:
        open_nodes, seen = [start], set()
        while open_nodes:
            node = open_nodes.pop()
            if node == end:
                return True
            if node not in seen:
                seen.add(node)
                open_nodes += after.get(node, ())
        return False

    return {(a, b) for a, b in edges if not any(reaches(step, b) for step in after[a] if step != b)}


def find_layers(names: Iterable[str], edges: set[Edge]) -> list[list[str]]:
    """Names by layer, each as late as its users allow; within a layer in the order given.

    Raises:
        graphlib.CycleError: the stages need each other in a circle.
    """
    names = list(names)
    users: dict[str, set[str]] = {name: set() for name in names}
    for maker, user in edges:
        users[maker].add(user)
    height: dict[str, int] = {}
    for name in graphlib.TopologicalSorter(users).static_order():
        height[name] = 1 + max((height[user] for user in users[name]), default=-1)
    top = max(height.values(), default=-1)
    return [[name for name in names if height[name] == level] for level in range(top, -1, -1)]


@dataclass(frozen=True)
class Layout:
    """Centres of stages, and for each edge the points that its line passes (pixels)."""

    width: float
    height: float
    boxes: dict[str, tuple[float, float, float]]  # x of the left edge, y of the centre, width
    lines: dict[Edge, list[tuple[float, float]]]


def lay_out(names: Iterable[str], edges: set[Edge]) -> Layout:
    """Positions of the stages and of the lines between them."""
    layers = find_layers(names, edges)
    level = {name: number for number, layer in enumerate(layers) for name in layer}
    chains: dict[Edge, list[str]] = {}
    for maker, user in sorted(edges):
        bends = [f"{maker}\n{user}\n{number}" for number in range(level[maker] + 1, level[user])]
        for number, bend in enumerate(bends, start=level[maker] + 1):
            layers[number].append(bend)
        chains[maker, user] = [maker, *bends, user]
    _order(layers, [pair for chain in chains.values() for pair in itertools.pairwise(chain)])

    rows = max(map(len, layers), default=0)
    middle = MARGIN + rows * ROW / 2
    boxes: dict[str, tuple[float, float, float]] = {}
    x = float(MARGIN)
    for layer in layers:
        width = (
            max(len(line) for name in layer if "\n" not in name for line in name.split("@")) * CHARACTER
            + PADDING
        )
        for position, name in enumerate(layer):
            boxes[name] = (x, middle + (position - (len(layer) - 1) / 2) * ROW, width)
        x += width + COLUMN_GAP
    lines = {}
    for edge, chain in chains.items():
        points = [(boxes[chain[0]][0] + boxes[chain[0]][2], boxes[chain[0]][1])]
        for bend in chain[1:-1]:
            left, y, width = boxes[bend]
            points += [(left, y), (left + width, y)]
        lines[edge] = [*points, (boxes[chain[-1]][0], boxes[chain[-1]][1])]
    return Layout(
        max(2.0 * MARGIN, x - COLUMN_GAP + MARGIN),
        2 * MARGIN + rows * ROW,
        {name: box for name, box in boxes.items() if "\n" not in name},
        lines,
    )


def _order(layers: list[list[str]], pairs: list[tuple[str, str]]) -> None:
    """Sort each layer by the mean place of its neighbours, forward and back."""
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        numbers = range(1, len(layers)) if forward else range(len(layers) - 2, -1, -1)
        for number in numbers:
            fixed = layers[number - 1 if forward else number + 1]
            # Places are measured from the layer's middle, where they are drawn.
            place = {name: i - (len(fixed) - 1) / 2 for i, name in enumerate(fixed)}
            near: dict[str, list[float]] = {}
            for maker, user in pairs:
                name, other = (user, maker) if forward else (maker, user)
                if other in place:
                    near.setdefault(name, []).append(place[other])
            for position, name in enumerate(layers[number]):
                near.setdefault(name, [position - (len(layers[number]) - 1) / 2])
            means = {name: sum(places) / len(places) for name, places in near.items()}
            layers[number].sort(key=means.__getitem__)


def draw(stages: Iterable[Stage]) -> str:
    """The SVG element; colours come from the page's style sheet, a stage's description from its title."""
    stages = list(stages)
    layout = lay_out([stage.name for stage in stages], reduce_edges(find_edges(stages)))
    parts = [
        f'<svg class="dag" viewBox="0 0 {layout.width:.0f} {layout.height:.0f}" width="{layout.width:.0f}" '
        f'height="{layout.height:.0f}" role="img" aria-label="Stages of the pipeline and what feeds what">',
        '<defs><marker id="dag-arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>',
    ]
    for _, points in sorted(layout.lines.items()):
        parts.append(f'<path class="edge" d="{_curve(points)}" marker-end="url(#dag-arrow)"/>')
    for stage in stages:
        x, y, width = layout.boxes[stage.name]
        lines = stage.name.split("@")
        top = y + 4 - LINE * (len(lines) - 1) / 2
        spans = "".join(
            f'<tspan x="{x + width / 2:.1f}" y="{top + LINE * number:.1f}">{escape(line)}</tspan>'
            for number, line in enumerate(lines)
        )
        parts.append(
            f'<g class="stage"><title>{escape(stage.name)}: {escape(stage.desc)}</title>'
            f'<rect x="{x:.1f}" y="{y - HEIGHT / 2:.1f}" width="{width:.1f}" height="{HEIGHT}" rx="5"/>'
            f'<text text-anchor="middle">{spans}</text></g>'
        )
    return "\n".join([*parts, "</svg>"])


def _curve(points: list[tuple[float, float]]) -> str:
    """A path that leaves and enters horizontally."""
    (x, y), *rest = points
    path = [f"M{x:.1f} {y:.1f}"]
    for to_x, to_y in rest:
        bend = (x + to_x) / 2
        path.append(f"C{bend:.1f} {y:.1f} {bend:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}")
        x, y = to_x, to_y
    return "".join(path)
