"""The path diagram: complete, clear of overlaps, in words and figures."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from tutorkit import Picture, TutorkitError, parse
from tutorkit.diagram import describe_diagram, estimates_for, estimates_of, path_diagram, path_table
from tutorkit.diagram.drawing import MOST_ARROWS
from tutorkit.diagram.graph import graph_of
from tutorkit.diagram.labels import place
from tutorkit.diagram.layout import box_texts, lay_out

LONG = [
    "anxiety_before", "depression", "socioeconomic_status", "reading_score_1", "age",
    "verbal_ability", "motivation_teacher", "hours_of_sleep",
]  # fmt: skip
CHAIN = "".join(f"{name} ~ {' '.join(LONG[k + 1 :])};" for k, name in enumerate(LONG[:-1]))
MANY = [f"x{k}" for k in range(1, 14)]
MANY_CHAIN = "".join(f"{v} ~ {' '.join(MANY[k + 1 :])};" for k, v in enumerate(MANY[:-1]))
MODELS = {
    "chapter": "CLUSTERID: j; MODEL: y ~ x1i x2i x3i x2i*x3i | x1i; x1i x2i ~ x3i; "
    "y.missing ~ y x1i x2i x3i x2i*x3i;",
    "exercise": "CLUSTERID: j; MODEL: focal: y ~ x1i x2i x3i | x3i; auxiliary: x1i ~ x2i x3i; "
    "x2i ~ x3i; x1i.missing ~ x1i y x2i x3i;",
    "one predictor": "MODEL: y ~ x;",
    "long names": f"CLUSTERID: j; MODEL: reading_score_final ~ {' '.join(LONG)}; {CHAIN}"
    f"reading_score_final.missing ~ reading_score_final {' '.join(LONG)};",
    "joins": "CLUSTERID: j; MODEL: y ~ x x.mean x^2 z x*z; x.missing ~ x y x*y; "
    "y.missing ~ y z; a ~ y x;",
    "intercept only": "CLUSTERID: j; MODEL: y ~ intercept;",
}


def figures(spec):
    """Return an estimate for every arrow."""
    return {arrow.key: f"−{k / 10:.2f}" for k, arrow in enumerate(graph_of(spec).arrows)}


@pytest.fixture(params=MODELS.values(), ids=MODELS)
def spec(request):
    return parse(request.param)


def test_every_term_is_an_arrow_and_every_variable_a_box(spec):
    root = ElementTree.fromstring(path_diagram(spec))
    titles = [e.text for e in root.iter("{http://www.w3.org/2000/svg}title")]
    for equation in spec.equations:
        for name in (equation.outcome, *equation.inputs):
            assert titles.count(name) == 1
        for term in equation.predictors:
            assert sum(t.startswith(f"{term} → {equation.outcome} (") for t in titles) == 1
    n_terms = sum(len(e.predictors) for e in spec.equations)
    assert sum(" → " in title for title in titles) == n_terms == len(path_table(spec))


def test_nothing_overlaps_and_nothing_is_cut_off(spec):
    graph = graph_of(spec)
    layout = lay_out(graph, 40)
    texts, dots = place(layout, {arrow: "−0.33" for arrow in graph.arrows})
    placed = [*layout.nodes.values(), *texts.values(), *dots.values()]
    for a, b in combinations(placed, 2):
        assert not a.covers(b.x, b.y, b.width / 2, b.height / 2)
    assert layout.width <= 560
    for node in placed:
        assert node.width / 2 <= node.x <= layout.width - node.width / 2
        assert 40 + node.height / 2 <= node.y <= layout.height - node.height / 2
    assert list(texts) == [curve.arrow for curve in layout.curves]


def test_arrows_keep_clear_of_what_they_do_not_touch(spec):
    graph = graph_of(spec)
    layout = lay_out(graph, 40)
    for curve in layout.curves:
        for name, node in layout.nodes.items():
            if name not in (curve.arrow.source, curve.arrow.target):
                away = abs(curve.at(np.linspace(0, 1, 51)) - (node.x, node.y))
                inside = np.hypot(*away.T) < node.width / 2 + 2
                if name not in graph.joins:
                    inside = (away < (node.width / 2, node.height / 2)).all(axis=1)
                assert not inside.any(), (curve.arrow, name)


def test_predictors_stand_left_in_factored_order_and_dependents_right():
    graph = graph_of(parse(MODELS["exercise"]))
    assert graph.left == ("x1i", "x2i", "x3i")
    assert graph.right == ("y", "x1i.missing")
    graph = graph_of(parse(MODELS["chapter"]))
    assert graph.left == ("x1i", "x2i", "x2i*x3i", "x3i")
    assert graph_of(parse("MODEL: y ~ z; z ~ w; x ~ z;")).left == ("x", "z", "w")
    assert graph_of(parse("MODEL: y ~ x; x.missing ~ z;")).right == ("y", "x.missing")


def test_roles_differ_in_dash_as_well_as_colour():
    svg = path_diagram(parse(MODELS["chapter"]))
    strokes = re.findall(
        r'<path d="M[^"]+C[^>]+stroke="(#\w+)"[^>]*?(dasharray="[^"]+")? marker', svg
    )
    assert len(set(strokes)) == len({c for c, _ in strokes}) == len({d for _, d in strokes}) == 3


def test_random_effects_and_indicators_are_marked():
    svg = path_diagram(parse(MODELS["chapter"]))
    assert svg.count('r="3.5"') == 2  # one slope, and the legend
    assert svg.count(">j</text>") == 5  # four outcomes, and the legend
    assert svg.count('stroke-dasharray="4 3"') == 1
    svg = path_diagram(parse("CLUSTERID: j; MODEL: y ~ x | 0;"))
    assert ">j</text>" not in svg
    assert "random" not in svg


def test_estimates_stand_on_the_arrows(spec):
    given = figures(spec)
    svg = path_diagram(spec, given)
    for text in given.values():
        assert f">{text}</text>" in svg
    root = ElementTree.fromstring(svg)
    mask = root.find(".//{http://www.w3.org/2000/svg}mask")
    holes = mask.findall("{http://www.w3.org/2000/svg}rect")
    assert len(holes) == len(given) + 1


def test_the_drawing_follows_the_theme_and_needs_nothing_from_outside(spec):
    svg = path_diagram(spec, uid="first")
    assert set(re.findall(r"https?://[^\"]+", svg)) == {"http://www.w3.org/2000/svg"}
    ids = re.findall(r' id="([^"]+)"', svg)
    assert all(name.startswith("first-") for name in ids)
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(ids)
    colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', svg.split("</defs>")[1]))
    assert colours <= {"none", "currentColor", "#0072B2", "#D55E00", "#009E73"}
    assert "currentColor" not in Picture(svg, "").paper_svg()


def test_labels_without_room_are_left_out_and_nothing_else():
    graph = graph_of(parse(f"MODEL: y ~ {' '.join(MANY)}; {MANY_CHAIN}"))
    layout = lay_out(graph, 40)
    texts, _ = place(layout, {arrow: "−0.33" for arrow in graph.arrows})
    for a, b in combinations([*layout.nodes.values(), *texts.values()], 2):
        assert not a.covers(b.x, b.y, b.width / 2, b.height / 2)
    assert 80 < len(texts) < len(graph.arrows) == 91
    assert layout.width <= 560
    assert layout.nodes["y"].x - layout.nodes["x1"].x > 150


def test_a_model_too_large_for_a_diagram_is_refused():
    names = " ".join(f"x{k}" for k in range(MOST_ARROWS + 1))
    with pytest.raises(TutorkitError, match="has 121 paths, too many"):
        path_diagram(parse(f"MODEL: y ~ {names};"))


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("x1i.missing", "x1i.missing"),
        ("reading_score_1", "reading…e_1"),
        ("reading_score_final.missing", "read…nal.missing"),
    ],
)
def test_long_names_are_cut_in_the_middle(name, short):
    assert box_texts([name]) == {name: short}


def test_long_names_that_differ_stay_different():
    names = [f"pupil_background_measure_{k}" for k in range(1, 11)]
    missing = "".join(f"{name}.missing ~ y;" for name in names)
    svg = path_diagram(parse(f"MODEL: y ~ {' '.join(names)}; {missing}"))
    texts = re.findall(r'font-size="12"[^>]*>([^<]+)<', svg)
    assert len(texts) == len(set(texts)) == 21


def test_words_and_table_give_the_same(chapter, chapter_draws):
    estimates = estimates_of(chapter_draws)
    x1i, inner = estimates["y", "x1i"], estimates["y.missing", "y"]
    assert 0.8 < float(x1i) < 1.1
    lines = describe_diagram(chapter, estimates).splitlines()
    assert len(lines) == 4
    assert lines[0].startswith(f"y is predicted by x1i ({x1i}), x2i (")
    assert lines[0].endswith("its intercept and the effect of x1i vary over clusters.")
    assert f"y.missing is predicted by y ({inner})" in lines[3]
    table = path_table(chapter, estimates)
    row = table[(table["from"] == "x1i") & (table["to"] == "y")].iloc[0].to_dict()
    assert row == {
        "from": "x1i", "to": "y", "model": "focal", "random slope": "yes", "estimate": x1i,
    }  # fmt: skip
    assert "estimate" not in path_table(chapter)
    assert describe_diagram(parse("MODEL: y ~ intercept;")) == (
        "y is not predicted by any variable (focal model)."
    )


def test_estimates_are_those_of_the_same_equations_only(chapter, chapter_draws):
    longer = replace(chapter, iterations=50_000, seed=9)
    assert estimates_for(longer, chapter_draws) == estimates_of(chapter_draws)
    fewer = replace(chapter, equations=chapter.equations[:-1])
    assert estimates_for(fewer, chapter_draws) == {}
    assert estimates_for(chapter, None) == {}


def test_a_product_spelled_in_two_ways_keeps_both_estimates():
    spec = parse("MODEL: y ~ x z x*z; y.missing ~ z*x;")
    estimates = {("y", "x*z"): "0.11", ("y.missing", "z*x"): "0.22"}
    svg = path_diagram(spec, estimates)
    assert ">0.11</text>" in svg
    assert ">0.22</text>" in svg
    assert svg.count(">×</text>") == 2  # one circle, and the legend
    assert "y.missing is predicted by x*z (0.22)" in describe_diagram(spec, estimates)
    assert path_table(spec, estimates)["estimate"].tolist()[-2:] == ["0.11", "0.22"]


def test_negative_estimates_have_a_minus_sign(chapter_draws):
    assert estimates_of(chapter_draws)["y.missing", "Intercept"].startswith("−")
