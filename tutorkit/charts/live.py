"""Charts of a run while it goes on: written as SVG by hand, a millisecond each."""

from __future__ import annotations

from html import escape
from itertools import cycle

import numpy as np

from tutorkit.arrays import Floats
from tutorkit.charts.theme import COLOURS, DASHES

WIDTH, HEIGHT = 540, 170
LEFT, TOP, RIGHT, BOTTOM = 56, 22, 12, 34
MOST_POINTS = 240  # of a chain's line
MOST_CHAINS = 4
INK = "var(--jp-ui-font-color1,#222)"
GRID = "var(--jp-border-color2,#bbb)"
BINS = 24


def live_trace(values: list[Floats], burn: int, total: int, label: str) -> str:
    """Draw chains of one parameter, (iteration,) each, of ``total`` iterations to come.

    The axis goes to the end, or, early in a long run, to a round number of iterations, of which
    at least two fifths are drawn.
    """
    total = _end(max((len(chain) for chain in values), default=0), total)
    lines: list[tuple[Floats, Floats]] = []
    low, high = np.inf, -np.inf
    for chain in values[:MOST_CHAINS]:
        step = max(1, len(chain) // MOST_POINTS)
        seen = chain[::step]
        lines.append((np.arange(0.0, len(chain), step), seen))
        recent = seen[len(seen) // 4 :]  # where the chain started must not flatten the rest
        low, high = min(low, recent.min(initial=np.inf)), max(high, recent.max(initial=-np.inf))
    if not np.isfinite(high - low) or high - low < 1e-12:
        low, high = (low - 0.5, high + 0.5) if np.isfinite(low) else (-1.0, 1.0)
    x_scale = (WIDTH - LEFT - RIGHT) / max(total, 1)
    y_scale = (HEIGHT - TOP - BOTTOM) / (high - low)
    drawn = "".join(
        _line(LEFT + x * x_scale, TOP + (high - np.clip(y, low, high)) * y_scale, k)
        for k, (x, y) in enumerate(lines)
    )
    edge = LEFT + min(burn, total) * x_scale
    shade = (
        f'<rect x="{LEFT}" y="{TOP}" width="{edge - LEFT:.1f}" height="{HEIGHT - TOP - BOTTOM}" '
        'fill="currentColor" opacity="0.08"/>'
    )
    burn_in = f"burn-in to {burn:,}" if burn else ""
    ticks = [(LEFT + f * total * x_scale, f"{f * total:,.0f}") for f in (0, 0.5, 1)]
    marks = [(TOP + (high - v) * y_scale, f"{v:.3g}") for v in (low, (low + high) / 2, high)]
    shown = min(len(values), MOST_CHAINS)
    some = f"{shown} of {len(values)} chains" if shown < len(values) else f"{shown} chains"
    title = f"Trace of {label}, {some}"
    body = shade + drawn + _text(LEFT + 4, HEIGHT - BOTTOM - 5, burn_in, opacity=0.7)
    return _frame(title, title, body + _legend(shown), ticks, marks, "iteration")


def _end(done: int, total: int) -> int:
    """Return the end of the axis: 1, 2 or 5 times a power of ten, or all iterations."""
    end, factors = 1000, cycle((2, 2.5, 2))
    while end < done:
        end = round(end * next(factors))
    return min(end, total)


def live_imputed(observed: Floats, imputed: Floats, variable: str) -> str:
    """Draw shares of observed and imputed values, (n,) each, as outlined bars side by side."""
    known = np.concatenate([observed, imputed])
    low, high = (known.min(), known.max()) if known.size else (0.0, 1.0)
    edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
    shares = [np.histogram(v, edges)[0] / max(v.size, 1) for v in (observed, imputed)]
    top = max(max(s.max() for s in shares), 1e-9)
    x_scale = (WIDTH - LEFT - RIGHT) / (edges[-1] - edges[0])
    y_scale = (HEIGHT - TOP - BOTTOM) / top
    base = HEIGHT - BOTTOM
    drawn = ""
    for k, share in enumerate(shares):
        x = LEFT + (np.repeat(edges, 2) - edges[0]) * x_scale
        y = base - np.concatenate([[0], np.repeat(share, 2), [0]]) * y_scale
        drawn += _line(x, y, k, filled=True)
    ticks = [
        (LEFT + (v - edges[0]) * x_scale, f"{v:.3g}")
        for v in (edges[0], (edges[0] + edges[-1]) / 2, edges[-1])
    ]
    marks = [(base - s * y_scale, f"{s:.0%}") for s in (0, top)]
    mean = f"mean {imputed.mean():.2f}" if imputed.size else "none yet"
    title = f"{variable}: observed (solid, mean {observed.mean():.2f}) and imputed (dashed, {mean})"
    return _frame(title, title, drawn, ticks, marks, variable)


def _legend(n: int) -> str:
    """Draw a piece of each chain's line with its number, right of the title."""
    out = ""
    for k in range(n):
        x = WIDTH - RIGHT - 44.0 * (n - k)
        out += _line(np.array([x, x + 24]), np.array([10.0, 10.0]), k)
        out += _text(x + 27, 14, str(k + 1))
    return out


def _line(x: Floats, y: Floats, k: int, filled: bool = False) -> str:
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))
    dash = " ".join(map(str, DASHES[k % len(DASHES)])) if k else "none"
    colour = COLOURS[k % len(COLOURS)]
    fill = f'fill="{colour}" fill-opacity="0.15"' if filled else 'fill="none"'
    return (
        f'<polyline {fill} stroke="{colour}" stroke-width="1.4" stroke-dasharray="{dash}" '
        f'points="{points}"/>'
    )


def _text(x: float, y: float, text: str, anchor: str = "start", opacity: float = 1) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" opacity="{opacity}" fill="{INK}">'
        f"{escape(text)}</text>"
    )


def _frame(
    title: str,
    label: str,
    body: str,
    ticks: list[tuple[float, str]],
    marks: list[tuple[float, str]],
    x_title: str,
) -> str:
    inner = f'width="{WIDTH - LEFT - RIGHT}" height="{HEIGHT - TOP - BOTTOM}"'
    words = _text(LEFT, 14, title)
    anchors = ("start", "middle", "end")
    words += "".join(
        _text(x, HEIGHT - BOTTOM + 14, text, anchor)
        for (x, text), anchor in zip(ticks, anchors, strict=True)
    )
    words += "".join(_text(LEFT - 5, y + 4, text, "end") for y, text in marks)
    words += _text((WIDTH + LEFT) / 2, HEIGHT - 4, x_title, "middle")
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{escape(label)}" style="font:11px var(--jp-ui-font-family,sans-serif);'
        f'color:{INK};max-width:100%"><rect x="{LEFT}" y="{TOP}" {inner} fill="none" '
        f'stroke="{GRID}"/>{body}{words}</svg>'
    )
