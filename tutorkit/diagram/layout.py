"""Where everything of a path diagram stands: boxes in two columns, arrows as curves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tutorkit.arrays import Floats
from tutorkit.charts.names import shortened
from tutorkit.diagram.graph import Arrow, Graph
from tutorkit.model.tokens import MISSING_SUFFIX

MOST_WIDTH = 560
MOST_LETTERS, MOST_OF_INDICATOR = 11, 8  # of a name, and of one that .missing follows
LETTER = 7.2  # pixels, at most, of a letter of 12 pixels
BOX, CIRCLE = 30, 22  # height of a box, diameter of a product
ROW, JOIN_ROW = 60, 48  # from one row to the next
PORT = 7  # between the ends of two arrows at one box
BEND, BENDS = 24, 20  # how far the arrow between neighbours bends out, and each longer one
MOST_BEND = 144
GAP = 300  # at most, between the columns
EDGE = 22  # between boxes or bent arrows and the picture's edge
JOIN_AWAY = 40  # from the boxes to the centre of a product
BETWEEN = 26  # from one box to the next, at least
_SAMPLES = np.linspace(0, 1, 41)
LEFT, RIGHT, TOP, BOTTOM = "left", "right", "top", "bottom"


@dataclass(frozen=True)
class Node:
    """A box, or the circle of a product, around a centre."""

    x: float
    y: float
    width: float
    height: float

    def covers(self, x: float, y: float, half_width: float, half_height: float) -> bool:
        """Tell whether a rectangle around a point overlaps with it."""
        return (
            abs(x - self.x) < half_width + self.width / 2
            and abs(y - self.y) < half_height + self.height / 2
        )


@dataclass(frozen=True, eq=False)
class Curve:
    """A cubic Bézier curve from a source to a target; ``points`` (4, 2)."""

    arrow: Arrow
    points: Floats

    def at(self, share: float | Floats) -> Floats:
        """Return the points at these shares of the way, (2,) or (n, 2)."""
        t = np.asarray(share)[..., None]
        a, b, c, d = self.points
        point: Floats = (
            (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
        )
        return point


@dataclass(frozen=True, eq=False)
class Layout:
    """Nodes by name, arrows as curves, and thin lines between products and their factors."""

    width: float
    height: float
    nodes: dict[str, Node]
    texts: dict[str, str]
    """What is written in each box."""
    curves: tuple[Curve, ...]
    lines: tuple[Floats, ...]
    """Each (2, 2): from, to."""


def box_texts(names: Iterable[str]) -> dict[str, str]:
    """Return names short enough for their boxes, all different; ``.missing`` stays."""
    plain: list[str] = []
    stems: list[str] = []
    for name in names:
        stem = name.removesuffix(MISSING_SUFFIX)
        (plain if stem == name else stems).append(stem)
    indicators = shortened(stems, MOST_OF_INDICATOR).items()
    return shortened(plain, MOST_LETTERS) | {
        stem + MISSING_SUFFIX: short + MISSING_SUFFIX for stem, short in indicators
    }


def lay_out(graph: Graph, top: float) -> Layout:
    """Place a graph below ``top`` pixels, at most MOST_WIDTH wide."""
    boxes = [name for name in graph.left if name not in graph.joins]
    texts = box_texts((*boxes, *graph.right))
    order = {name: k for column in (boxes, graph.right) for k, name in enumerate(column)}
    routes = {arrow: _route(graph, order, arrow) for arrow in graph.arrows}
    counts = Counter(end for arrow, route in routes.items() for end in route.ends(arrow))
    heights = {
        name: max(BOX, 10 + PORT * max(counts[name, side] for side in (LEFT, RIGHT)))
        for name in (*boxes, *graph.right)
    }
    margins = {
        side: EDGE + max((r.bend for r in routes.values() if r.start == r.end == side), default=0)
        for side in (LEFT, RIGHT)
    }
    widths = [
        max((LETTER * len(texts[name]) + 18 for name in column), default=0)
        for column in (boxes, graph.right)
    ]
    room = MOST_WIDTH - sum(margins.values()) - sum(widths)
    gap = min(room, GAP) if graph.left else 0.0
    x = margins[LEFT], margins[LEFT] + widths[0] + gap
    inner = max(
        sum(_row(graph, heights, name) for name in column) for column in (graph.left, graph.right)
    )
    nodes: dict[str, Node] = {}
    for k, column in enumerate((graph.left, graph.right)):
        rows = [_row(graph, heights, name) for name in column]
        # boxes on the left stay together, those on the right spread out
        spare = (inner - sum(rows)) / (len(rows) or 1) if k else 0.0
        y = top + (0.0 if k else (inner - sum(rows)) / 2)
        for name, row in zip(column, rows, strict=True):
            height = row + spare
            if name in graph.joins:
                middle = x[0] + widths[0] + JOIN_AWAY
                nodes[name] = Node(middle, y + height / 2, CIRCLE, CIRCLE)
            else:
                middle = x[k] + widths[k] / 2
                nodes[name] = Node(middle, y + height / 2, widths[k], heights[name])
            y += height
    ports = _ports(routes, nodes)
    for join in graph.joins:
        others = [a for a in graph.arrows if a.source != join]
        arrows = [_curve(a, routes[a], nodes, ports).at(_SAMPLES) for a in others]
        thin = _lines({k: v for k, v in graph.joins.items() if k != join}, nodes)
        lines = [a + _SAMPLES[:, None] * (b - a) for a, b in thin]
        nodes[join] = _clear(nodes[join], arrows, lines)
    curves = tuple(_curve(arrow, routes[arrow], nodes, ports) for arrow in graph.arrows)
    width = x[1] + widths[1] + margins[RIGHT]
    return Layout(width, top + inner, nodes, texts, curves, _lines(graph.joins, nodes))


@dataclass(frozen=True)
class _Route:
    """The sides at which an arrow leaves and enters, and how far it bends out between them."""

    start: str
    end: str
    bend: float = 0.0

    def ends(self, arrow: Arrow) -> tuple[tuple[str, str], tuple[str, str]]:
        return (arrow.source, self.start), (arrow.target, self.end)


def _route(graph: Graph, order: dict[str, int], arrow: Arrow) -> _Route:
    source, target = arrow.source, arrow.target
    if source in graph.joins or (source in graph.right) != (target in graph.right):
        start = LEFT if source in graph.right else RIGHT
        return _Route(start, LEFT if target in graph.right else RIGHT)
    distance = order[target] - order[source]
    if source in graph.right and abs(distance) == 1:
        return _Route(*((BOTTOM, TOP) if distance > 0 else (TOP, BOTTOM)))
    side = RIGHT if source in graph.right else LEFT
    longest = max(sum(n not in graph.joins for n in graph.left), len(graph.right)) - 1
    step = min(BENDS, (MOST_BEND - BEND) / max(longest - 1, 1))
    return _Route(side, side, BEND + step * (abs(distance) - 1))


def _row(graph: Graph, heights: Mapping[str, float], name: str) -> float:
    if name in graph.joins:
        return JOIN_ROW
    return max(ROW, heights[name] + BETWEEN)


def _ports(routes: dict[Arrow, _Route], nodes: dict[str, Node]) -> dict[tuple[str, Arrow], float]:
    """Return how far above or below a node's centre each arrow ends at its left or right side.

    In such an order that arrows at one side do not cross each other there.
    """
    sides = defaultdict(list)
    for arrow, route in routes.items():
        ends = route.ends(arrow)
        for (name, side), (other, _) in (ends, ends[::-1]):
            away = nodes[other].y - nodes[name].y
            bent = route.bend > 0
            rank = (away > 0, -abs(away) if away > 0 else abs(away)) if bent else (0, away)
            sides[name, side].append((rank, arrow))
    out = {}
    for (name, _), found in sides.items():
        found.sort(key=lambda pair: pair[0])
        for k, (_, arrow) in enumerate(found):
            out[name, arrow] = PORT * (k - (len(found) - 1) / 2)
    return out


def _curve(
    arrow: Arrow, route: _Route, nodes: dict[str, Node], ports: dict[tuple[str, Arrow], float]
) -> Curve:
    source, target = nodes[arrow.source], nodes[arrow.target]
    end = _end(target, route.end, ports[arrow.target, arrow])
    if source.width == source.height == CIRCLE:
        middle = np.array([source.x, source.y])
        start = middle + CIRCLE / 2 * (end - middle) / np.hypot(*(end - middle))
    else:
        start = _end(source, route.start, ports[arrow.source, arrow])
    if route.bend:
        out = np.array([4 / 3 * route.bend * (1 if route.start == RIGHT else -1), 0.0])
        return Curve(arrow, np.array([start, start + out, end + out, end]))
    return Curve(arrow, np.array([start, start + (end - start) / 3, end - (end - start) / 3, end]))


def _end(node: Node, side: str, port: float) -> Floats:
    if side in (TOP, BOTTOM):
        return np.array([node.x, node.y + node.height / 2 * (1 if side == BOTTOM else -1)])
    return np.array([node.x + node.width / 2 * (1 if side == RIGHT else -1), node.y + port])


def _clear(circle: Node, arrows: Sequence[Floats], lines: Sequence[Floats]) -> Node:
    """Return a circle at the first of some places, more and more to the right, that is clear."""

    def covered(node: Node, paths: Sequence[Floats]) -> int:
        return sum(
            int((np.hypot(*(path - (node.x, node.y)).T) < CIRCLE / 2 + 4).sum()) for path in paths
        )

    places = [replace(circle, x=circle.x + shift) for shift in range(0, 60, 10)]
    return min(places, key=lambda node: 10 * covered(node, arrows) + covered(node, lines))


def _lines(joins: Mapping[str, tuple[str, ...]], nodes: Mapping[str, Node]) -> tuple[Floats, ...]:
    return tuple(_line(nodes[join], nodes[part]) for join, parts in joins.items() for part in parts)


def _line(circle: Node, box: Node) -> Floats:
    """Return a thin line from a product to the nearest corner of one of its factors."""
    middle = np.array([circle.x, circle.y])
    side = 1 if circle.x > box.x else -1
    down = 1 if circle.y > box.y else -1
    corner = np.array([box.x + side * box.width / 2, box.y + down * (box.height / 2 - 4)])
    return np.array(
        [middle + CIRCLE / 2 * (corner - middle) / np.hypot(*(corner - middle)), corner]
    )
