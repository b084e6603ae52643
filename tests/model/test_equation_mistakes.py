"""Mistakes in equations: what each says, and which stretch of the script it marks."""

import pytest
from mistakes import marked, mistake

EQUATIONS = [  # statement under MODEL, part of the message or hint, marked text
    ("~ x", "No outcome stands before '~'", "~"),
    ("y ~ x ~ z", "There are two '~' in this equation", "~"),
    ("y x", "it has no '~'", "y x"),
    ("y ~", "reads 'y ~ intercept;'", "~"),
    ("y ~ | x", "Nothing stands behind '~'", "~"),
    ("y ~ x |", "Nothing stands behind '|'", "|"),
    ("y ~ x | x | z", "There are two '|'", "|"),
    ("y ~ x*", "'*' needs a variable on both sides", "*"),
    ("y ~ *x", "'*' needs a variable on both sides", "*"),
    ("y ~ x*|x", "'*' needs a variable on both sides", "*"),
    ("y ~ x^", "'^' needs a whole number behind it", "^"),
    ("y ~ ^2", "'^' has no variable before it", "^"),
    ("y ~ x^0", "whole numbers from 1 to 9", "^0"),
    ("y ~ x^1.5", "whole numbers from 1 to 9", "^1.5"),
    ("y ~ x^-1", "whole numbers from 1 to 9", "^-"),
    ("y ~ x^" + "9" * 5000, "whole numbers from 1 to 9", "^" + "9" * 5000),
    ("y ~ x*x^9", "multiplies more than 9 variables", "x"),
    ("y ~~ x", "does not support covariances", "~~"),
    ("y <-> x", "does not support covariances", "<->"),
    ("x -> y", "Write the outcome first", "->"),
    ("f =~ y", "does not support latent variables", "=~"),
    ("y ~ x@0", "does not support fixed values", "@0"),
    ("y ~ x@-1.5 z", "does not support fixed values", "@-1.5"),
    ("y ~ intercept@1", "does not support fixed values", "@1"),
    ("y ~ x | intercept@0", "'| 0' drops a random intercept", "@0"),
    ("y ~ x@", "'@' needs a label behind it", "@"),
    ("y ~ x@ | z", "'@' needs a label behind it", "@"),
    ("y ~ x@b1:b3", "'@' needs a label behind it", "@"),
    ("y ~ @b", "'@' has no predictor before it", "@"),
    ("y ~ x1:x3@b", "can be neither multiplied nor labelled", "x1:x3"),
    ("y ~ x1:x3*z", "can be neither multiplied nor labelled", "x1:x3"),
    ("y ~ x1:x3^2", "can be neither multiplied nor labelled", "x1:x3"),
    ("y@r ~ x", "does not support labels of residual variances", "@"),
    ("y ~ x z@b | z@b2", "does not support labels of random slopes", "b2"),
    ("y ~ x@b z@b", "The label 'b' is given to two coefficients", "b"),
    ("y ~ x@b; x ~ z@b", "The label 'b' is given to two coefficients", "b"),
    ("y x ~ z@b", "write one equation for each", "b"),
    ("y ~ intercept@a intercept@b", "The intercept has two labels", "b"),
    ("y ~ x@b.residvar", "cannot be the name of a coefficient", "b.residvar"),
    ("y ~ x@intercept", "cannot be the name of a coefficient", "intercept"),
    ("y ~ x + z", "Put blanks between predictors", "+"),
    ("y ~ x, z", "Put blanks between variables", ","),
    ("y ~ (x)", "does not support parentheses", "("),
    ("y ~ ln(x)", "functions such as 'ln(...)' in equations", "ln("),
    ("logit(y) ~ x", "Name the outcome under ORDINAL", "logit("),
    ("y ~ x (z==1)", "does not support parentheses", "("),
    ("y ~ x != z", "does not support comparisons", "!="),
    ("y ~ x3:x1", "its numbers do not count up", "x3:x1"),
    ("y ~ a\nx1:x2:x3", "':' has no meaning here", ":"),
    ("y ~ a x : z", "A product is written", "x : z"),
    ("x3:x1 ~ z", "its numbers do not count up", "x3:x1"),
    ("{a b} c ~ z", "does not support braces here", "{"),
    ("y ~ {a b}", "does not support braces here", "{"),
    ("{a b ~ z", "does not support braces here", "{"),
    ("a b} ~ z", "'}' has no meaning here", "}"),
    ("{} ~ z", "No outcome stands before '~'", "~"),
    ("{a b} ~ z a*z", "'a' stands on both sides of '~'", "a"),
    ("a b ~ z b.mean", "'b.mean' stands on both sides of '~'", "b.mean"),
    ("y = x", "Write '~' between", "="),
    ("focal: y = x", "Write '~' between", "="),
    ("y ~ x**z", "'**' needs a whole number behind it", "**z"),
    ("y ~ **2", "'**' has no variable before it", "**"),
    ("y ~ x.Mean", "must end in '.mean', in small letters", "x.Mean"),
    ("y.mean ~ x", "'y.mean' can only be a predictor", "y.mean"),
    ("y ~ x.mean.mean", "'x.mean' can only be a predictor", "x.mean.mean"),
    ("y ~ j.mean", "'j' cannot be both the cluster variable", "j.mean"),
    ("y ~ y.mean", "'y' predicts itself", "y.mean"),
    ("y ~ x.mean; x ~ y", "form a cycle: y ~ x ~ y", "y"),
    ("x.mean.missing ~ y", "'x.mean' can only be a predictor", "x.mean.missing"),
    ("y ~ x.Latent", "does not support '.latent' yet", "x.Latent"),
    ("y ~ x | x.lag", "does not support '.lag' yet", "x.lag"),
    ("y ~ x | 0 x", "A random slope needs the random intercept", "0 x"),
    ("y ~ x | 1@0 x", "A random slope needs the random intercept", "1@0 x"),
    ("y ~ x | x 0", "'0' is not the name of a variable", "0"),
    ("y ~ 1 x", "The intercept is always there", "1"),
    ("y ~ 2x", "A name starts with a letter", "2x"),
    ("y ~ intercept*x", "The intercept cannot be part of a product", "intercept"),
    ("intercept ~ x", "The intercept cannot be an outcome", "intercept"),
    ("y*z ~ x", "Only names of variables can be outcomes", "*"),
    ("y x.missing ~ z", "must be the only outcome of its equation", "x.missing"),
    ("y.Missing ~ z", "must end in '.missing'", "y.Missing"),
    ("y ~ x.missing", "can only be an outcome", "x.missing"),
    ("y ~ x $ z", "The sign '$' has no meaning", "$"),
    ("y ~ 'x'", "Quotation marks are not used here", "'"),
    ("y ~ x²", "Write '^2'", "²"),
    ("y ~ a × b", "Write '*'", "×"),
    ("y ∼ x", "Write '~'", "∼"),
    ("y ~ x\u200b", "ZERO WIDTH SPACE", "\u200b"),
    (": y ~ x", "has no meaning here", ":"),
    ("a b ~ b", "'b' stands on both sides of '~'", "b"),
    ("y ~ y", "'y' predicts itself", "y"),
    ("y ~ x z x", "'x' stands twice in the equation of 'y'", "x"),
    ("y ~ a*b b*a", "'b*a' stands twice", "b*a"),
    ("y ~ x | x x", "'x' stands twice", "x"),
    ("y ~ x; y ~ z", "'y' is the outcome of two equations", "y"),
    ("y ~ x; x ~ z; z ~ y", "form a cycle: y ~ x ~ z ~ y", "y"),
    ("y ~ j", "'j' cannot be both the cluster variable and a predictor of 'y'", "j"),
    ("j ~ y", "'j' cannot be both the cluster variable and an outcome", "j"),
    ("f ~ x", "'f' is declared FIXED but is the outcome", "f"),
]


@pytest.mark.parametrize(("equation", "says", "mark"), EQUATIONS)
def test_a_mistake_in_an_equation_is_marked(equation, says, mark):
    error = mistake(f"CLUSTERID: j;\nFIXED: f;\nMODEL: {equation};")
    assert says in str(error)
    assert marked(error) == mark


def test_a_random_slope_without_clusters_is_marked():
    error = mistake("MODEL: y ~ x z | x z;")
    assert error.message == "The random slope of 'x' needs clusters"
    assert error.spot.start == len("MODEL: y ~ x z | ")


def test_a_repeated_outcome_is_marked_the_second_time():
    error = mistake("MODEL: y ~ x; y ~ z;")
    assert error.spot.start == len("MODEL: y ~ x; ")


def test_too_many_factored_outcomes_are_refused_before_they_are_built(monkeypatch):
    monkeypatch.setattr("tutorkit.model.equations.Equation", None)
    script = "MODEL: " + " ".join(f"x{i}" for i in range(3_000)) + " ~ z;"
    assert "4,501,500 terms" in mistake(script).message
