"""Scripts: what they mean, how models are written, and that the two are inverse."""

import pytest
from hypothesis import given, settings
from random_specs import specs

from tutorkit.model.script import parse, render, spot
from tutorkit.model.spec import Equation, ModelSpec, Priors, Term

CHAPTER = """DATA: 04_multilevel.csv;
CLUSTERID: j;
FIXED: x3i;
MODEL:\x20
focal:
y ~ x1i x2i x3i x2i*x3i | x1i;
auxiliary:
x1i x2i ~ x3i;
y.missing ~ y x1i x2i x3i x2i*x3i;
SEED: 123;
BURN: 20000;
ITERATIONS: 20000;
"""
TIDY = CHAPTER.replace("\x20\n", "\n").replace("x1i x2i ~ x3i", "x1i ~ x2i x3i;\nx2i ~ x3i")


def terms(text: str) -> tuple[Term, ...]:
    return tuple(Term(tuple(word.split("*"))) for word in text.split())


def test_the_chapters_script_parses_unchanged():
    assert parse(CHAPTER) == ModelSpec(
        equations=(
            Equation("y", terms("x1i x2i x3i x2i*x3i"), terms("x1i"), "focal"),
            Equation("x1i", terms("x2i x3i"), (), "auxiliary"),
            Equation("x2i", terms("x3i"), (), "auxiliary"),
            Equation("y.missing", terms("y x1i x2i x3i x2i*x3i"), (), "auxiliary"),
        ),
        data="04_multilevel.csv",
        cluster="j",
        fixed=("x3i",),
        seed=123,
        burn=20_000,
        iterations=20_000,
    )


def test_the_exercises_script_parses():
    spec = parse(
        "DATA: exercise_04.csv; CLUSTERID: j; FIXED: x3i; MODEL: y ~ x1i x2i x3i | x3i;"
        "x1i x2i ~ x3i; x1i.missing ~ x1i y x2i x3i;"
    )
    assert spec.equations == (
        Equation("y", terms("x1i x2i x3i"), terms("x3i")),
        Equation("x1i", terms("x2i x3i")),
        Equation("x2i", terms("x3i")),
        Equation("x1i.missing", terms("x1i y x2i x3i")),
    )
    assert spec.selection[0].selects == "x1i"


def test_the_chapters_script_is_rendered_tidily():
    assert render(parse(CHAPTER)) == TIDY


def test_parse_keeps_the_script_as_source():
    assert parse(CHAPTER).source == CHAPTER


SAME = {
    "commands are case-insensitive": "model: y ~ x; Seed: 1;",
    "line breaks and blanks are free": "MODEL\n:\n\ty\r\n~\nx\n;;\n;SEED:1;\n\n",
    "comments end with the line": "# a; b: ~\nMODEL: y ~ # c\n x; # d\nSEED: 1; # e",
    "an arrow is a tilde": "MODEL: y <- x; SEED: 1;",
    "the intercept may be written": "MODEL: y ~ Intercept x; SEED: 1;",
    "MODEL may come last": "SEED: 1; MODEL: y ~ x;",
    "a byte order mark is a blank": "\ufeffMODEL: y ~ x; SEED: 1;",
    "a block may stay empty": "MODEL: y ~ x; auxiliary:\n# x ~ z;\nSEED: 1;",
    "powers may be one": "MODEL: y ~ x^1; SEED: 1;",
    "commands may be cut off": "MODE: y ~ x; SEED: 1; ITER: 10000; OPTI: prior2;",
    "labels may begin like commands": "MODEL: y ~ x; iter: time:\nmode:\nSEED: 1; ITER: 10000;",
    "options may be told one by one": "MODEL: y ~ x; OPTIONS: tuneinfo; SEED: 1; OPTIONS: prior2;",
    "a power may be two stars": "MODEL: y ~ x**1; SEED: 1;",
    "braces may hold one outcome": "MODEL: {y} ~ x; SEED: 1;",
    "defaults may be written": "MODEL: y ~ x; SEED: 1; BURN: 10000; CHAINS: 2; OPTIONS: prior2;",
}


@pytest.mark.parametrize("script", SAME.values(), ids=SAME.keys())
def test_scripts_that_mean_the_same(script):
    assert parse(script) == ModelSpec((Equation("y", terms("x")),), seed=1)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("y ~ intercept", [Equation("y")]),
        ("y ~ intercept x | INTERCEPT", [Equation("y", terms("x"))]),
        ("y ~ intercept | x", [Equation("y", (), terms("x"))]),
        ("y ~ x^2 x*z x*x*z", [Equation("y", terms("x*x x*z x*x*z"))]),
        (
            "a b ~ x | x",
            [Equation("a", terms("b x"), terms("x")), Equation("b", *2 * [terms("x")])],
        ),
        ("X x ~ z", [Equation("X", terms("x z")), Equation("x", terms("z"))]),
        ("a_1.b2 ~ é", [Equation("a_1.b2", terms("é"))]),
        ("y ~ x | 0", [Equation("y", terms("x"), random_intercept=False)]),
        ("y ~ x | 1@0", [Equation("y", terms("x"), random_intercept=False)]),
        ("y ~ x | intercept", [Equation("y", terms("x"))]),
        ("y ~ x | intercept x", [Equation("y", terms("x"), terms("x"))]),
        ("y ~ x**2*z", [Equation("y", terms("x*x*z"))]),
        ("y ~ x.mean x.mean*z", [Equation("y", terms("x.mean x.mean*z"))]),
        ("y ~ x1:x3 | x2:x3", [Equation("y", terms("x1 x2 x3"), terms("x2 x3"))]),
        ("y ~ x09:x11 q7:q7", [Equation("y", terms("x09 x10 x11 q7"))]),
        ("y1:y2 ~ x", [Equation("y1", terms("y2 x")), Equation("y2", terms("x"))]),
        (
            "b:\ny1:y2 ~ x",
            [Equation("y1", terms("y2 x"), (), "b"), Equation("y2", terms("x"), (), "b")],
        ),
        ("{y1:y2} ~ x", [Equation("y1", terms("x")), Equation("y2", terms("x"))]),
        ("{a c} ~ x | x", [Equation("a", *2 * [terms("x")]), Equation("c", *2 * [terms("x")])]),
        (
            "{a.missing c.missing} ~ x",
            [Equation("a.missing", terms("x")), Equation("c.missing", terms("x"))],
        ),
        ("y ~ x@b1 x*z@b2", [Equation("y", terms("x x*z"), labels=(("b1", "x"), ("b2", "x*z")))]),
        (
            "y ~ x@b1 intercept@b0 | x",
            [Equation("y", *2 * [terms("x")], labels=(("b0", "Intercept"), ("b1", "x")))],
        ),
        ("y ~ intercept@b0", [Equation("y", labels=(("b0", "Intercept"),))]),
        ("iter:\ny ~ x", [Equation("y", terms("x"), (), "iter")]),
        ("time: y ~ x", [Equation("y", terms("x"), (), "time")]),
        ("data ~ seed Model", [Equation("data", terms("seed Model"))]),
        (
            "a:\nb ~ c; d:e ~ f",
            [Equation("b", terms("c"), (), "a"), Equation("e", terms("f"), (), "d")],
        ),
    ],
)
def test_an_equation_means(written, expected):
    assert parse(f"CLUSTERID: j; MODEL: {written};").equations == tuple(expected)


@pytest.mark.parametrize(
    ("command", "field", "value"),
    [
        (r"DATA: C:\my data\x-1.csv", "data", r"C:\my data\x-1.csv"),
        ("data:Tom's (new).csv # the newest\n", "data", "Tom's (new).csv"),
        ("DATA:\n\n  a.csv", "data", "a.csv"),
        ("DATA: 'a;b #1.csv'", "data", "a;b #1.csv"),
        ("MISSING: -99 999 .5 1e3", "missing", (-99.0, 999.0, 0.5, 1000.0)),
        ("FIXED: x3i x4i", "fixed", ("x3i", "x4i")),
        ("CHAINS: 4", "chains", 4),
        ("CHAI: 4", "chains", 4),
        ("iterat: 20", "iterations", 20),
        ("FIXED: x3:x5 z", "fixed", ("x3", "x4", "x5", "z")),
        ("VARIABLES: id\n y x1:x3", "columns", ("id", "y", "x1", "x2", "x3")),
        ("ORDINAL: y w1:w2", "ordinal", ("y", "w1", "w2")),
        ("NIMPS: 20", "imputations", 20),
        ("OPTIONS: pinfo", "print_parameters", True),
        ("OPTIONS: PINFO allpatterns; OPTIONS: tuneinfo", "print_parameters", True),
        ("OPTIONS: pinfo; OPTIONS: prior1", "priors", Priors(float("inf"), 5, 1, 0.5, 1, 1)),
        (
            "OPTIONS: random_df=3; OPTIONS: random_scale=1",
            "priors",
            Priors(random_df=3, random_scale=1),
        ),
        ("OPTIONS: PRIOR1", "priors", Priors(float("inf"), 5, 1, 0.5, 1, 1)),
        ("OPTIONS: probit_variance=inf", "priors", Priors(probit_variance=float("inf"))),
        ("OPTIONS: random_df = -.5 prior3", "priors", Priors(float("inf"), 5, 0, 0, -0.5, 0)),
    ],
)
def test_a_command_means(command, field, value):
    assert getattr(parse(f"MODEL: y ~ x; {command};"), field) == value


def test_options_are_rendered_only_when_they_differ():
    assert "OPTIONS" not in render(parse("MODEL: y ~ x; OPTIONS: prior2 probit_variance=5;"))
    script = "MODEL: y ~ x; OPTIONS: probit_variance=inf prior1;"
    assert "OPTIONS: prior1 probit_variance=inf;\n" in render(parse(script))


def test_numbers_are_rendered_as_short_as_they_can_be():
    assert "MISSING: -99 0.5 1e+300;" in render(parse("MODEL: y ~ x; MISSING: -99.0 .5 1e300;"))


def test_a_spot_is_the_learners_own_text():
    found = spot(parse(CHAPTER), ("predictor", "x1i", "x2i"))
    assert (found.line, found.column, found.width) == ("x1i x2i ~ x3i;", 5, 3)


def test_a_spot_of_a_changed_model_is_in_its_rendered_script():
    spec = parse(CHAPTER)
    changed = ModelSpec(spec.equations[:3], cluster="j", source=spec.source)
    found = spot(changed, ("predictor", "x1i", "x2i"))
    assert (found.line, found.column) == ("x1i ~ x2i x3i;", 7)
    assert spot(changed, ("predictor", "x1i", "nowhere")) is None
    assert spot(changed, ()) is None


@pytest.mark.parametrize(
    "script",
    [
        "MODEL: y ~ " + " ".join(f"x{i}" for i in range(10_000)) + ";",
        "MODEL: " + " ".join(f"x{i}" for i in range(300)) + " ~ z;",
        "MODEL: " + " ".join(f"x{i} ~ x{i + 1};" for i in range(5_000)),
        "MODEL: y ~ x" + " " * 500_000 + "; #" + "~;" * 500_000,
        "DATA:" + " " * 500_000 + "a" + " b" * 100_000 + "; MODEL: y ~ x;",
    ],
    ids=["10,000 terms", "300 factored outcomes", "a chain of 5,000", "blanks", "long file name"],
)
def test_large_scripts_are_read_and_written(script):
    spec = parse(script)
    assert parse(render(spec)) == spec


@given(specs())
@settings(max_examples=200, deadline=None)
def test_parse_and_render_are_inverse(spec):
    script = render(spec)
    assert parse(script) == spec
    assert render(parse(script)) == script
