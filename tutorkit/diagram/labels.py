"""Where the labels of arrows and the dots of random slopes stand, clear of everything else."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tutorkit.arrays import Floats
from tutorkit.diagram.graph import Arrow
from tutorkit.diagram.layout import Layout, Node

HEIGHT = 13
LETTER = 6.4  # pixels of a figure of 11 pixels
DOT = 7  # diameter
SHARES = np.array(sorted(np.linspace(0.14, 0.86, 37), key=lambda share: abs(share - 0.5)))
SAMPLES = np.linspace(0, 1, 41)


def place(
    layout: Layout, labels: Mapping[Arrow, str]
) -> tuple[dict[Arrow, Node], dict[Arrow, Node]]:
    """Return the places of labels, and of the dots of arrows that vary over clusters.

    Each stands on its arrow, at the share of the way where it covers least else. A label that finds
    no room, in a picture full of arrows, is left out.
    """
    paths = {curve.arrow: curve.at(SAMPLES) for curve in layout.curves}
    lines = [line[0] + SAMPLES[:, None] * (line[1] - line[0]) for line in layout.lines]
    taken = list(layout.nodes.values())
    texts: dict[Arrow, Node] = {}
    dots: dict[Arrow, Node] = {}
    for curve in layout.curves:
        arrow = curve.arrow
        others = [path for key, path in paths.items() if key != arrow]
        points = np.concatenate([*others, *lines, np.empty((0, 2))])
        if arrow.varies:
            dots[arrow] = _best(curve.at(SHARES), DOT, DOT, points, taken)
            taken.append(dots[arrow])
        if label := labels.get(arrow):
            width = LETTER * len(label) + 4
            text = _best(curve.at(SHARES), width, HEIGHT, points, taken)
            if not any(node.covers(text.x, text.y, width / 2, HEIGHT / 2) for node in taken):
                texts[arrow] = text
                taken.append(text)
    return texts, dots


def _best(places: Floats, width: float, height: float, points: Floats, taken: list[Node]) -> Node:
    """Return the rectangle among ``places`` that is cheapest: nodes cost more than lines."""
    costs = []
    for k, (x, y) in enumerate(places):
        over_nodes = sum(node.covers(x, y, width / 2 + 2, height / 2 + 2) for node in taken)
        near = np.abs(points - (x, y)) < (width / 2 + 2, height / 2 + 2)
        costs.append(1000 * over_nodes + 10 * near.all(axis=1).sum() + k)
    x, y = places[int(np.argmin(costs))]
    return Node(float(x), float(y), width, height)
