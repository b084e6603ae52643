"""The statements beside MODEL: what they mean, where they stand, what follows from them."""

import pytest

from tutorkit.model.script import parse, render, spot
from tutorkit.model.spec import Assignment, ModelSpec, Save, Simple

FULL = """DATA: a.csv;
VARIABLES: j y x1:x3 z;
CLUSTERID: j;
ORDINAL: m;
TRANSFORM: m = ismissing( y ); x4 = LN(x3)+1;
  w = missing(x1==9, x4);
CENTER: groupmean = x1; grandmean = z x1.mean;
MODEL:
focal: y ~ intercept@b0 x1@b1 x1.mean x2 z x2*z@b3 x1.mean*z w | x1;
selection: m ~ y x2 | 0;
SIMPLE: x2 | z; z | x2 @ -1 0 1.5;
PARAMETERS: slope = b1*b3; share = slope + sqrt(y.totalvar)/m.residvar;
NIMPS: 20;
SAVE: stacked = imps.csv; stacked0 = my imps.PARQUET;
"""
SPEC = parse(FULL)


def model(script: str) -> ModelSpec:
    return parse(f"CLUSTERID: j; MODEL: y ~ a@b1 b@b2 c a*b a.mean | c; {script};")


@pytest.mark.parametrize(
    ("written", "field", "value"),
    [
        ("CENTER: a b", "grand_mean", ("a", "b")),
        ("CENTER: a; b", "grand_mean", ("a", "b")),
        ("CENT: cgm = a; CWC = b", "grand_mean", ("a",)),
        ("center: cgm = a; cwc = b", "group_mean", ("b",)),
        ("CENTER: groupmean = b; grandmean = c a.mean", "grand_mean", ("c", "a.mean")),
        ("CENTER: groupmean = b; CENTER: c", "grand_mean", ("c",)),
        ("TRANS: z = a**2+ -b", "transforms", (Assignment("z", "a^2 + -b"),)),
        ("TRANSFORM: seed = (a<-1)", "transforms", (Assignment("seed", "(a < -1)"),)),
        (
            "TRANSFORM: q = IfElse(a!=3,1,0.50);\n data = q",
            "transforms",
            (Assignment("q", "ifelse(a != 3, 1, 0.50)"), Assignment("data", "q")),
        ),
        (
            "PARAM: p = b1*b2; q = phi(p)/y.coefvar",
            "parameters",
            (Assignment("p", "b1*b2"), Assignment("q", "phi(p)/y.coefvar")),
        ),
        ("SIMPLE: a | b", "simple", (Simple("a", "b"),)),
        ("SIMPLE: b|a@-1 0 +2.5", "simple", (Simple("b", "a", (-1, 0, 2.5)),)),
        ("SIMPLE: a | b; b | a", "simple", (Simple("a", "b"), Simple("b", "a"))),
        ("NIMPS: 2; SAVE: STACKED = a.csv", "save", (Save("stacked", "a.csv"),)),
        (
            "NIMPS: 2; SAVE: stacked0 = C:\\my a;b.csv".replace("a;b", "b")
            + "; stacked='a;b #.parquet'",
            "save",
            (Save("stacked0", "C:\\my b.csv"), Save("stacked", "a;b #.parquet")),
        ),
        (
            "SAVE: stacked = a.csv; NIMPS: 2; TRANSFORM: t = a",
            "transforms",
            (Assignment("t", "a"),),
        ),
    ],
)
def test_a_statement_means(written, field, value):
    spec = model(written)
    assert getattr(spec, field) == value
    assert parse(render(spec)) == spec


def test_a_model_with_everything_is_rendered_in_the_usual_order():
    assert render(SPEC).splitlines() == [
        "DATA: a.csv;",
        "VARIABLES: j y x1 x2 x3 z;",
        "CLUSTERID: j;",
        "ORDINAL: m;",
        "TRANSFORM:",
        "m = ismissing(y);",
        "x4 = ln(x3) + 1;",
        "w = missing(x1 == 9, x4);",
        "CENTER: groupmean = x1; grandmean = z x1.mean;",
        "MODEL:",
        "focal:",
        "y ~ Intercept@b0 x1@b1 x1.mean x2 z x2*z@b3 x1.mean*z w | x1;",
        "selection:",
        "m ~ y x2 | 0;",
        "SIMPLE:",
        "x2 | z;",
        "z | x2 @ -1 0 1.5;",
        "PARAMETERS:",
        "slope = b1*b3;",
        "share = slope + sqrt(y.totalvar)/m.residvar;",
        "BURN: 10000;",
        "ITERATIONS: 10000;",
        "NIMPS: 20;",
        "SAVE:",
        "stacked = imps.csv;",
        "stacked0 = my imps.PARQUET;",
    ]


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (("columns", "x2"), "x1:x3"),
        (("ordinal", "m"), "m"),
        (("center", "x1.mean"), "x1.mean"),
        (("transform", "x4"), "x4"),
        (("transform", "w", "x1"), "x1"),
        (("transform", "w", "nowhere"), "w"),
        (("parameter", "share"), "share"),
        (("parameter", "share", "slope"), "slope"),
        (("simple", "z", "x2"), "z | x2 @ -1 0 1.5"),
        (("imputations",), "20"),
        (("save", "stacked0"), "stacked0 = my imps.PARQUET"),
        (("label", "b3"), "b3"),
        (("predictor", "y", "x1.mean"), "x1.mean"),
        (("predictor", "y", "x1.mean*z"), "x1.mean*z"),
    ],
)
def test_the_places_of_statements_are_found(place, text):
    found = spot(SPEC, place)
    assert found.text[found.start : found.end] == text


def test_the_place_of_a_variable_may_be_its_mean():
    spec = parse("CLUSTERID: j; MODEL: y ~ x.mean;")
    found = spot(spec, ("predictor", "y", "x"))
    assert found.text[found.start : found.end] == "x.mean"


def test_variables_and_sources_are_columns():
    assert SPEC.variables == ("y", "x1", "x2", "z", "w", "m")
    assert SPEC.sources == ("y", "x1", "x2", "z", "x3")
    assert SPEC.focal.inputs == ("x1", "x2", "z", "w")
    assert SPEC.focal.factors == ("x1", "x1.mean", "x2", "z", "w")


INDICATORS = [  # ORDINAL, TRANSFORM, MODEL, indicators, undeclared indicators
    ("m", "m = ismissing(y)", "m ~ y x", (("m", "y"),), ()),
    ("z", "m = ismissing(y)", "m ~ y x", (), ("m",)),
    ("m", "m = ismissing((y))", "m ~ y x", (("m", "y"),), ()),
    ("m", "m = 1 - ismissing(y)", "m ~ y x", (), ()),
    ("m", "m = ismissing(y + x)", "m ~ y x", (), ()),
    ("m", "m = ismissing(y)", "x ~ m", (), ()),
]


@pytest.mark.parametrize(("ordinal", "transform", "equation", "found", "undeclared"), INDICATORS)
def test_hand_made_indicators_are_known(ordinal, transform, equation, found, undeclared):
    spec = parse(f"ORDINAL: {ordinal}; TRANSFORM: {transform}; MODEL: {equation}; y ~ x;")
    assert spec.indicators == found
    assert spec.undeclared_indicators == undeclared


def test_an_indicator_is_not_the_focal_outcome():
    script = "TRANSFORM: m = ismissing(y); MODEL: m ~ y x; y ~ x;"
    assert parse(script).focal.outcome == "m"
    assert parse(f"ORDINAL: m; {script}").focal.outcome == "y"
    assert parse("ORDINAL: m; TRANSFORM: m = ismissing(y); MODEL: m ~ y;").focal.outcome == "m"


def test_indicators_and_ordinal_outcomes_are_probit():
    spec = parse("ORDINAL: o; MODEL: o ~ x; y ~ x; y.missing ~ y;")
    assert [spec.is_probit(e) for e in spec.equations] == [True, False, True]


def test_a_missingness_indicator_may_be_a_predictor():
    spec = parse("ORDINAL: m; TRANSFORM: m = ismissing(x); MODEL: y ~ x m; x ~ m; m ~ z;")
    assert spec.indicators == (("m", "x"),)


def test_an_ordinal_variable_may_predict_and_be_selected():
    assert parse("ORDINAL: o; MODEL: y ~ o z o*z; o ~ z; o.missing ~ o z;").ordinal == ("o",)
