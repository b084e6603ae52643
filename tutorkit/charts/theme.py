"""What all charts have in common: colours, shapes, sizes and a look that follows the page."""

from __future__ import annotations

from typing import Any

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7"]  # Okabe & Ito (2008)
SHAPES = [
    "square", "triangle-up", "circle", "diamond",
    "cross", "triangle-down", "triangle-right", "triangle-left",
]  # fmt: skip
DASHES = [
    [1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [12, 4], [4, 6], [8, 2, 2, 2, 2, 2], [1, 4],
]  # fmt: skip
INK = "currentColor"  # the notebook theme's text colour
WIDTH = 400  # pixels of plot; with its labels it fits the narrowest notebook, 560
ROW_HEIGHT = 16


def themed(chart: Any) -> Any:  # altair's types forget which kind of chart it was
    """Return an Altair chart without background, its text in the colour of the page's text."""
    return (
        chart.configure(background="transparent")
        .configure_axis(
            labelColor=INK, titleColor=INK, domainColor=INK, tickColor=INK, gridOpacity=0.3
        )
        .configure_legend(labelColor=INK, titleColor=INK)
        .configure_header(labelColor=INK, titleColor=INK)
        .configure_title(color=INK)
        .configure_view(stroke=None)
    )
