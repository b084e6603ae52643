"""Models: what they say about themselves, and which ones cannot exist."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from tutorkit.errors import SpecError, Spot, TutorkitError, did_you_mean
from tutorkit.model.checks import MAX_DEGREE, MAX_TERMS
from tutorkit.model.script import parse
from tutorkit.model.spec import NAMED_PRIORS, Equation, ModelSpec, Priors, Term

TWELVE = ", ".join(f"a{k}" for k in range(12))
X, Z = Term(("x",)), Term(("z",))
CHAPTER = parse(
    "CLUSTERID: j; FIXED: x3i; MODEL: focal: y ~ x1i x2i x3i x2i*x3i | x1i;"
    "auxiliary: x1i x2i ~ x3i; y.missing ~ y x1i x2i x3i x2i*x3i;"
)


@pytest.mark.parametrize(
    ("factors", "written"),
    [("", "Intercept"), ("x", "x"), ("xz", "x*z"), ("xxz", "x^2*z"), ("xzx", "x*z*x")],
)
def test_a_term_is_written_as_in_a_script(factors, written):
    assert str(Term(tuple(factors))) == written


def test_the_order_of_factors_does_not_change_a_terms_key():
    assert Term(("x", "z", "x")).key == Term(("x", "x", "z")).key
    assert Term(("x", "z", "x")).power("x") == 2


def test_an_equation_is_written_as_in_a_script():
    assert str(Equation("y", (X, Z), (X,))) == "y ~ x z | x"
    assert str(Equation("y")) == "y ~ Intercept"


def test_the_chapters_model_has_its_three_parts():
    assert CHAPTER.focal.outcome == "y"
    assert [e.outcome for e in CHAPTER.auxiliary] == ["x1i", "x2i"]
    assert [e.selects for e in CHAPTER.selection] == ["y"]
    assert CHAPTER.variables == ("y", "x1i", "x2i", "x3i")
    assert CHAPTER.equation("x1i").inputs == ("x2i", "x3i")
    with pytest.raises(KeyError):
        CHAPTER.equation("x3i")


def test_the_focal_equation_is_the_first_without_labels():
    equations = (Equation("y.missing", (X,)), Equation("z", (X,)), Equation("y", (X,)))
    assert ModelSpec(equations).focal.outcome == "z"
    labelled = (*equations[:2], replace(equations[2], block="Focal"))
    assert ModelSpec(labelled).focal.outcome == "y"


def test_iterations_are_shared_by_the_chains():
    assert replace(CHAPTER, iterations=25_000, chains=4).draws_per_chain == 6250


def test_the_source_does_not_make_models_different():
    assert replace(CHAPTER, source=None) == CHAPTER
    assert hash(replace(CHAPTER, source=None)) == hash(CHAPTER)


@pytest.mark.parametrize("name", NAMED_PRIORS)
def test_a_named_prior_knows_its_name(name):
    assert Priors(**NAMED_PRIORS[name]).name == name


def test_other_priors_have_no_name():
    assert Priors().name == "PRIOR2"
    assert Priors(residual_shape=3).name is None


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (
            {"probit_variance": 0},
            "variance of the probit coefficients' prior (probit_variance) must be",
        ),
        (
            {"coefficient_variance": math.nan},
            "variance of the coefficients' prior (coefficient_variance) must be positive",
        ),
        ({"random_df": math.inf}, "random_df must be a finite number"),
        ({"residual_shape": math.nan}, "residual_shape must be a finite number"),
        ({"residual_scale": -1}, "residual_scale must not be negative"),
    ],
)
def test_values_that_define_no_prior_are_refused(values, says):
    with pytest.raises(SpecError, match=re.escape(says)):
        Priors(**values)


def equations(*written: str) -> dict[str, object]:
    """Make plain equations such as 'y ~ x z' without checking them."""
    pairs = (line.split(" ~ ") for line in written)
    made = tuple(Equation(o, tuple(Term((v,)) for v in right.split())) for o, right in pairs)
    return {"equations": made}


ONE = (Equation("y", (X,)),)
REFUSED = [  # fields, message, place
    ({"equations": ()}, "The model has no equation", ("model",)),
    (equations("y ~ x", "y ~ z"), "'y' is the outcome of two equations", ("outcome again", "y")),
    (equations("y ~ y"), "'y' predicts itself", ("predictor", "y", "y")),
    (
        equations("y ~ x x"),
        "'x' stands twice in the equation of 'y'",
        ("predictor again", "y", "x"),
    ),
    (equations("y ~ x", "x ~ y"), "form a cycle: y ~ x ~ y", ("predictor", "x", "y")),
    (equations("a ~ b", "b ~ c", "c ~ b"), "cycle: b ~ c ~ b", ("predictor", "c", "b")),
    (equations("y ~ x.missing"), "can only be an outcome", ("predictor", "y", "x.missing")),
    (equations("y ~ x.Missing"), "in small letters", ("predictor", "y", "x.Missing")),
    (equations("y ~ a-b"), "cannot be the name of a variable", ("predictor", "y", "a-b")),
    (equations("1y ~ x"), "cannot be the name of a variable", ("outcome", "1y")),
    (equations(".missing ~ x"), "cannot be the name of a variable", ("outcome", ".missing")),
    (
        equations("y.missing.missing ~ x"),
        "'y.missing' can only be",
        ("outcome", "y.missing.missing"),
    ),
    (equations("y ~ INTERCEPT"), "stands for the intercept", ("predictor", "y", "INTERCEPT")),
    (equations("y.mean ~ x"), "can only be a predictor", ("outcome", "y.mean")),
    ({"equations": (Equation("y", (Term(),)),)}, "is always there; leave it out", ()),
    ({"equations": (Equation("y", (Term(("x",) * 10),)),)}, "more than 9", ("predictor", "y", "x")),
    ({"equations": (Equation("y", (X,), (X,)),)}, "needs clusters", ("slope", "y", "x")),
    ({"equations": ONE, "fixed": ("y",)}, "declared FIXED but is the outcome", ("fixed", "y")),
    ({"equations": ONE, "fixed": ("a b",)}, "cannot be the name", ("fixed", "a b")),
    (
        {"equations": ONE, "cluster": "x"},
        "'x' cannot be both the cluster variable and a predictor of 'y'",
        ("predictor", "y", "x"),
    ),
    (
        {"equations": ONE, "cluster": "y"},
        "'y' cannot be both the cluster variable and an outcome",
        ("outcome", "y"),
    ),
    ({"equations": ONE, "cluster": ""}, "cannot be the name", ("cluster",)),
    ({"equations": ONE, "seed": -1}, "SEED must be zero or more", ("seed",)),
    ({"equations": ONE, "seed": 2**63}, "SEED must not be larger", ("seed",)),
    ({"equations": ONE, "seed": 1.0}, "SEED must be a whole number", ("seed",)),
    ({"equations": ONE, "burn": -1}, "BURN must be zero or more", ("burn",)),
    ({"equations": ONE, "burn": True}, "BURN must be a whole number", ("burn",)),
    ({"equations": ONE, "chains": 0}, "CHAINS must be at least 1", ("chains",)),
    ({"equations": ONE, "iterations": 1}, "at least CHAINS (2)", ("iterations",)),
    ({"equations": ONE, "iterations": 0}, "at least CHAINS (2)", ("iterations",)),
    ({"equations": ONE, "iterations": -5}, "at least CHAINS (2)", ("iterations",)),
    ({"equations": ONE, "missing": (math.inf,)}, "must be a number", ("missing",)),
    ({"equations": ONE, "data": "a\nb"}, "DATA must name a file", ("data",)),
    ({"equations": ONE, "data": " "}, "DATA must name a file", ("data",)),
]


@pytest.mark.parametrize(("values", "says", "place"), REFUSED)
def test_a_model_that_cannot_exist_is_refused(values, says, place):
    with pytest.raises(SpecError) as caught:
        ModelSpec(**values)
    assert says in caught.value.message
    assert caught.value.place == place


@pytest.mark.parametrize(
    ("blocks", "says"),
    [
        (("focal", ""), "'z' has no block, but follows block 'focal'"),
        (("", "Seed"), "'Seed' cannot label a block: it is the name of a command"),
        (("", "Nominal"), "'Nominal' cannot label a block: it is the name of a command"),
        (("", "two words"), "'two words' cannot label a block: it is not a name"),
    ],
)
def test_blocks_that_cannot_be_written_are_refused(blocks, says):
    pair = Equation("y", (X,), (), blocks[0]), Equation("z", (X,), (), blocks[1])
    with pytest.raises(SpecError, match=says) as caught:
        ModelSpec(pair)
    assert caught.value.place == ("outcome", "z")


def test_blocks_may_interleave():
    names = ("", "focal", "auxiliary", "focal")
    spec = ModelSpec(tuple(Equation(f"y{k}", (X,), (), b) for k, b in enumerate(names)))
    assert [e.block for e in spec.equations] == list(names)


def test_whole_numbers_of_numpy_are_accepted():
    assert ModelSpec(ONE, seed=np.int64(3)).seed == 3


def chain(n: int, last: str) -> dict[str, object]:
    return equations(*(f"x{k} ~ x{k + 1}" for k in range(n)), f"x{n} ~ {last}")


def test_a_long_chain_of_equations_is_no_cycle():
    assert len(ModelSpec(**chain(5000, "z")).equations) == 5001


def test_a_long_cycle_is_refused_in_a_short_message():
    with pytest.raises(SpecError, match=r"x0 ~ x1 ~ x2 ~ … ~ x4999 ~ x5000 ~ x0\.\n"):
        ModelSpec(**chain(5000, "x0"))


def test_a_model_with_too_many_terms_is_refused():
    many = tuple(Term((f"x{k}",)) for k in range(MAX_TERMS + 1))
    with pytest.raises(SpecError, match="100,001 terms, more than 100,000"):
        ModelSpec((Equation("y", many),))
    assert MAX_DEGREE >= 9


def test_an_error_shows_the_line_and_marks_the_spot():
    text = "A: 1;\n\tB: two; \n"
    error = TutorkitError("B is wrong", "Mend it.", spot=Spot(text, 10, 13))
    assert str(error) == ("B is wrong.\n\n    line 2:  B: two; \n                ^^^\n\nMend it.")
    assert error.one_line("a.imp") == "a.imp:2:5: B is wrong. Mend it. [B: «two»;]"
    assert TutorkitError("B is\n wrong").one_line() == "B is wrong."


@pytest.mark.parametrize("start", [0, 50, 5_000, 9_990, 10_000])
def test_a_long_line_is_cut_around_the_spot(start):
    text = "0123456789" * 1000
    error = TutorkitError("Long", spot=Spot(text, start, start + 3))
    line, mark = str(error).split("\n")[2:4]
    assert len(line) < 120
    assert line[mark.index("^") : mark.rindex("^") + 1] == text[start : start + 3]


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("sess", ["ses", "urban"], "Did you mean 'ses'?"),
        ("X1I", ["x1i"], "Did you mean 'x1i'?"),
        ("q", ["a", "b"], "Known here: a, b."),
        ("q", [f"a{k}" for k in range(99)], f"Known here: {TWELVE}, …."),
        ("q", [], ""),
    ],
)  # fmt: skip
def test_the_closest_known_name_is_offered(name, known, hint):
    assert did_you_mean(name, known) == hint
