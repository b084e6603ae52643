"""Equations as LaTeX."""

import pytest

from tutorkit import parse
from tutorkit.formulas import MOST_TERMS, formulas

INDICATOR = "TRANSFORM: m = ismissing(y); ORDINAL: m; MODEL: y ~ x; m ~ y x;"


def latex(script, outcome=None):
    found = formulas(parse(script))
    return next(f.latex for f in found if outcome in (None, f.outcome))


def flat(text):
    """Return LaTeX without its line breaks."""
    return " ".join(text.replace("&", "").replace(r"\\", "").replace(r"\quad {}", "").split())


def test_the_chapters_equations_in_the_order_of_its_script(chapter):
    assert [(f.outcome, f.role) for f in formulas(chapter)] == [
        ("y", "focal"), ("x1i", "auxiliary"), ("x2i", "auxiliary"), ("y.missing", "selection"),
    ]  # fmt: skip
    y, x1i, x2i, missing = (flat(f.latex) for f in formulas(chapter))
    assert (
        r"y_{ij} = \beta_{0} + \beta_{1}\,\text{x1i}_{ij} + \beta_{2}\,\text{x2i}_{ij}"
        r" + \beta_{3}\,\text{x3i}_{ij} + \beta_{4}\,\text{x2i}_{ij}\,\text{x3i}_{ij}"
        r" + u_{0j} + u_{1j}\,\text{x1i}_{ij} + \varepsilon_{ij}"
    ) in y
    assert r"\tau_{00} \tau_{01}" in y
    assert r"\varepsilon_{ij} \sim N(0, \sigma^2)" in y
    assert (
        r"\text{x1i}_{ij} = \alpha_{10} + \alpha_{11}\,\text{x2i}_{ij} + "
        r"\alpha_{12}\,\text{x3i}_{ij} + v_{10j} + e_{1ij}"
    ) in x1i
    assert r"v_{20j} \sim N(0, \tau_{v2}) e_{2ij} \sim N(0, \sigma_{e2}^2)" in x2i
    assert r"\Pr(y_{ij}\text{ missing}) = \Phi(\gamma_{0} + \gamma_{1}\,y_{ij} + " in missing
    assert missing.endswith(r"+ w_{0j}) w_{0j} \sim N(0, \tau_{w}) \end{aligned}")
    assert r"\sigma" not in missing


@pytest.mark.parametrize(
    ("script", "piece"),
    [
        ("MODEL: y ~ x;", r"y_{i} &= \beta_{0} + \beta_{1}\,x_{i} + \varepsilon_{i}"),
        ("CLUSTERID: j; MODEL: y ~ x.mean;", r"\beta_{1}\,\overline{x}_{j} +"),
        ("MODEL: y ~ x x^2;", r"\beta_{2}\,x_{i}^2 +"),
        ("CENTER: x; MODEL: y ~ x^2;", r"(x_{i} - \overline{x})^2"),
        ("CLUSTERID: j; CENTER: groupmean = x; MODEL: y ~ x;", r"(x_{ij} - \overline{x}_{j})"),
        ("MODEL: y ~ x_1;", r"\text{x\_1}_{i}"),
        ("MODEL: y ~ x@b1;", r"\beta_{1}\,x_{i} + "),
        (INDICATOR, r"y_{i} &= \beta_{0}"),
        ("ORDINAL: o; MODEL: o ~ x;", r"\Pr(o_{i} > c) &= \Phi(\beta_{0} + \beta_{1}\,x_{i}"),
        ("ORDINAL: o; MODEL: o ~ x;", r"x_{i} - \kappa_c) \\"),
        ("ORDINAL: o; MODEL: o ~ x;", r"\kappa_1 &= 0"),
        ("CLUSTERID: j; MODEL: y ~ x | x z;", r"u_{2j}) &\sim N(\mathbf{0}, \mathbf{T})"),
        ("CLUSTERID: j; MODEL: y ~ x | 0;", r"\beta_{1}\,x_{ij} + \varepsilon_{ij}"),
    ],
)  # fmt: skip
def test_what_each_kind_of_term_looks_like(script, piece):
    assert piece in latex(script)


def test_without_clusters_there_is_no_random_effect():
    assert "u_" not in latex("MODEL: y ~ x;")
    assert r"\tau" not in latex("CLUSTERID: j; MODEL: y ~ x | 0;")


def test_a_long_form_indicator_is_a_selection_model():
    focal, selection = formulas(parse(INDICATOR))
    assert (focal.role, selection.role) == ("focal", "selection")
    assert r"\Pr(y_{i}\text{ missing}) &= \Phi(\gamma_{0} + \gamma_{1}\,y_{i}" in selection.latex
    assert r"\kappa" not in selection.latex


def test_indices_of_two_figures_are_apart():
    many = " ".join(f"x{k}" for k in range(1, 12))
    assert r"\beta_{11}" in latex(f"MODEL: y ~ {many};")
    assert r"\alpha_{2,11}" in latex(f"MODEL: y ~ a b; a ~ c; b ~ {many};", "b")


@pytest.mark.parametrize(("length", "most"), [(2, MOST_TERMS), (14, 1)])
def test_lines_are_short(length, most):
    names = [f"{'v' * length}{k}" for k in range(6)]
    lines = latex(f"MODEL: y ~ {' '.join(names)};").split(r"\\")
    counts = [line.count(r"\text{v") for line in lines]
    assert max(counts) == most
    assert sum(counts) == len(names)
