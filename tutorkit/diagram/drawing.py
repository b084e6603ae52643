"""A path diagram as SVG that needs no network and no script."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from tutorkit.charts.theme import COLOURS, DASHES, INK
from tutorkit.diagram.graph import Arrow, Graph, graph_of
from tutorkit.diagram.labels import place
from tutorkit.diagram.layout import Curve, Layout, Node, lay_out
from tutorkit.errors import TutorkitError
from tutorkit.formulas import Role
from tutorkit.model.spec import ModelSpec

Estimates = Mapping[tuple[str, str], str]
ROLES: tuple[Role, ...] = ("focal", "auxiliary", "selection")
FONT = 'font-family="var(--jp-ui-font-family, sans-serif)"'
MOST_ARROWS = 120
LEGEND_ROW = 20
LEGEND_LETTER = 6.4
SAMPLE = 34  # pixels of line in the legend
MARK = 7.5  # radius of the mark of a random intercept
_RAISED = str.maketrans("23456789", "²³⁴⁵⁶⁷⁸⁹")


def path_diagram(
    spec: ModelSpec, estimates: Estimates | None = None, *, uid: str = "diagram"
) -> str:
    """Return the path diagram of a model as SVG, at most 560 pixels wide.

    Boxes are variables, a dashed box with round corners is a missingness indicator. On the left
    stand the predictors in factored order, on the right the focal outcome and what depends on it.
    Each term is an arrow, in a colour and dash of its equation's role; a circle with × is a product
    of the variables it is joined to. A dot on an arrow is a random slope, the letter j at a box a
    random intercept. Residuals and intercepts are not shown.

    Parameters
    ----------
    estimates
        What to write on the arrows: a text such as "0.95" by outcome and name of the term, as from
        `estimates_of`. One that finds no room is left out; `path_table` has them all.
    uid
        Name of this drawing, another one for each on a page.

    Raises
    ------
    TutorkitError
        If there are more than MOST_ARROWS arrows.
    """
    graph = graph_of(spec)
    if len(graph.arrows) > MOST_ARROWS:
        raise TutorkitError(
            f"The model has {len(graph.arrows)} paths, too many for one diagram",
            "Read its equations instead.",
        )
    legend, wide, top = _legend(graph, uid)
    layout = lay_out(graph, top)
    given = estimates or {}
    labels = {arrow: given.get(arrow.key, "") for arrow in graph.arrows}
    texts, dots = place(layout, labels)
    width, height = max(layout.width, wide), layout.height
    marks = [_mark(layout.nodes[name]) for name in layout.nodes if name in graph.intercepts]
    arrows = "".join(_arrow(curve, uid) for curve in layout.curves)
    lines = "".join(
        f'<line x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}" '
        f'stroke="{INK}" stroke-width="0.8"/>'
        for a, b in layout.lines
    )
    boxes = "".join(_node(name, layout, graph) for name in layout.nodes)
    words = "".join(_text(node.x, node.y, labels[arrow]) for arrow, node in texts.items())
    spots = "".join(
        f'<circle cx="{node.x:.1f}" cy="{node.y:.1f}" r="{node.width / 2:.1f}" '
        f'fill="{COLOURS[ROLES.index(arrow.role)]}"/>'
        for arrow, node in dots.items()
    )
    # lines are cut out where a label stands on them, whatever the page's colour
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'aria-label="Path diagram of the model of {escape(spec.focal.outcome)}" {FONT}>'
        f"<defs>{_heads(uid)}{_gaps(uid, width, height, [*texts.values()], marks)}</defs>{legend}"
        f'<g mask="url(#{uid}-gaps)">{lines}{arrows}{boxes}</g>'
        f"{spots}{words}{''.join(map(_letter, marks))}</svg>"
    )


def _heads(uid: str) -> str:
    return "".join(
        f'<marker id="{uid}-{role}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" '
        f'markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">'
        f'<path d="M0,0.8 L8,4 L0,7.2 z" fill="{colour}"/></marker>'
        for role, colour in zip(ROLES, COLOURS, strict=False)
    )


def _gaps(uid: str, width: float, height: float, texts: list[Node], marks: list[Node]) -> str:
    holes = "".join(
        f'<rect x="{n.x - n.width / 2:.1f}" y="{n.y - n.height / 2:.1f}" width="{n.width:.1f}" '
        f'height="{n.height:.1f}" fill="black"/>'
        for n in texts
    )
    holes += "".join(f'<circle cx="{n.x:.1f}" cy="{n.y:.1f}" r="{MARK}"/>' for n in marks)
    size = f'x="0" y="0" width="{width:.0f}" height="{height:.0f}"'
    return (
        f'<mask id="{uid}-gaps" maskUnits="userSpaceOnUse" {size}>'
        f'<rect {size} fill="white"/>{holes}</mask>'
    )


def _arrow(curve: Curve, uid: str) -> str:
    numbers = [f"{x:.1f},{y:.1f}" for x, y in curve.points]
    role = curve.arrow.role
    return (
        f'<path d="M{numbers[0]} C{" ".join(numbers[1:])}" {_stroke(role)} '
        f'marker-end="url(#{uid}-{role})"><title>{escape(_title(curve.arrow))}</title></path>'
    )


def _title(arrow: Arrow) -> str:
    return f"{arrow.source} → {arrow.target} ({arrow.role} model)"


def _stroke(role: Role) -> str:
    k = ROLES.index(role)
    dash = f' stroke-dasharray="{" ".join(map(str, DASHES[k]))}"' if k else ""
    return f'fill="none" stroke="{COLOURS[k]}" stroke-width="1.6"{dash}'


def _node(name: str, layout: Layout, graph: Graph) -> str:
    node = layout.nodes[name]
    title = f"<title>{escape(name)}</title>"
    outline = f'fill="none" stroke="{INK}" stroke-width="1.2"'
    if name in graph.joins:
        shape = f'<circle cx="{node.x:.1f}" cy="{node.y:.1f}" r="{node.width / 2:.1f}" {outline}/>'
        return f"<g>{title}{shape}{_text(node.x, node.y, _sign(name))}</g>"
    is_indicator = name in graph.indicators
    dash = ' stroke-dasharray="4 3"' if is_indicator else ""
    shape = (
        f'<rect x="{node.x - node.width / 2:.1f}" y="{node.y - node.height / 2:.1f}" '
        f'width="{node.width:.1f}" height="{node.height:.1f}" rx="{12 if is_indicator else 2}" '
        f"{outline}{dash}/>"
    )
    return f"<g>{title}{shape}{_text(node.x, node.y, layout.texts[name], size=12)}</g>"


def _sign(name: str) -> str:
    """Return what stands in the circle of a product, a power or a cluster mean."""
    if "*" in name:
        return "×"
    return name.rpartition("^")[2].translate(_RAISED) if "^" in name else "x̄"


def _mark(node: Node) -> Node:
    return Node(node.x + node.width / 2 - 1, node.y - node.height / 2, 2 * MARK, 2 * MARK)


def _letter(mark: Node) -> str:
    circle = f'<circle cx="{mark.x:.1f}" cy="{mark.y:.1f}" r="{MARK}" fill="none" '
    j = _text(mark.x, mark.y - 0.5, "j", style="italic")
    return f'{circle}stroke="{INK}" stroke-width="0.8"/>{j}'


def _text(
    x: float, y: float, text: str, *, size: int = 11, anchor: str = "middle", style: str = "normal"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y + 0.35 * size:.1f}" font-size="{size}" font-style="{style}" '
        f'text-anchor="{anchor}" fill="{INK}">{escape(text)}</text>'
    )


def _legend(graph: Graph, uid: str) -> tuple[str, float, float]:
    """Return the legend, its width and its height: a row for lines, another for marks."""
    lines = [
        (
            f'<path d="M0,0 H{SAMPLE - 6}" {_stroke(role)} marker-end="url(#{uid}-{role})"/>',
            f"{role} model",
            SAMPLE,
        )
        for role in ROLES
        if any(arrow.role == role for arrow in graph.arrows)
    ]
    marks = []
    if any(arrow.varies for arrow in graph.arrows):
        marks.append((f'<circle cx="4" cy="0" r="3.5" fill="{INK}"/>', "random slope", 13))
    if graph.intercepts:
        marks.append((_letter(Node(MARK, 0, 2 * MARK, 2 * MARK)), "random intercept", 20))
    if any("*" in name for name in graph.joins):
        marks.append((_text(4, 0, "×"), "product", 13))
    out, y, widths = "", 12.0, [0.0]
    for row in filter(None, (lines, marks)):
        x = 4.0
        for sign, text, at in row:
            label = _text(at, 0, text, anchor="start")
            out += f'<g transform="translate({x:.1f},{y:.1f})">{sign}{label}</g>'
            x += at + LEGEND_LETTER * len(text) + 14
        widths.append(x)
        y += LEGEND_ROW
    return out, max(widths), y - 4
