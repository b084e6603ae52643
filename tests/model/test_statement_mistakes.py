"""Mistakes in the statements beside MODEL: what each says, and what it marks."""

import math

import pytest
from mistakes import marked, mistake

from tutorkit.errors import SpecError
from tutorkit.model.spec import Assignment, Equation, ModelSpec, Save, Simple, Term

MODEL = (
    "CLUSTERID: j; ORDINAL: o; MODEL: focal: y ~ a@b1 b@b2 c a*b c.mean o c^2 | c; other: c ~ d;"
)

CENTER = [  # statement, part of the message or hint, marked text
    ("CENTER: a = b", "'a' is no way of centring", "a"),
    ("CENTER: gropmean = b", "Did you mean 'groupmean'?", "gropmean"),
    ("CENTER: groupmean = ", "Nothing stands behind '='", "="),
    ("CENTER: a, b", "CENTER takes names of variables only", ","),
    ("CENTER: groupmean = a 3", "CENTER takes names of variables only", "3"),
    ("CENTER: groupmean == a", "CENTER takes names of variables only", "=="),
    ("CENTER: a b a", "'a' stands twice under CENTER", "a"),
    ("CENTER: groupmean = a; cwc = a", "'a' stands twice under CENTER", "a"),
    ("CENTER: groupmean = a; grandmean = a", "at its grand mean and at its group means", "a"),
    ("CENTER: q", "no equation has it as a predictor", "q"),
    ("CENTER: A", "Did you mean 'a'?", "A"),
    ("CENTER: y", "'y' is centred, but no equation has it as a predictor", "y"),
    ("CENTER: a.mean", "no equation has it as a predictor", "a.mean"),
    ("CENTER: j", "'j' is the cluster variable and cannot be centred", "j"),
    ("CENTER: o", "does not support centring the ORDINAL variable 'o'", "o"),
    ("CENTER: groupmean = c.mean", "write 'grandmean = c.mean'", "c.mean"),
    ("CENTER: a.missing", "can only be an outcome", "a.missing"),
    ("CENTER: a; y ~ q", "Move it up to the other equations", "y ~ q"),
    ("CENTER: a; seed", "A colon is missing behind 'seed'", "seed"),
]
TRANSFORM = [
    ("TRANSFORM: ln(x)", "does not begin with a name and '='", "ln(x)"),
    ("TRANSFORM: q", "does not begin with a name and '='", "q"),
    ("TRANSFORM: q == 3", "does not begin with a name and '='", "q == 3"),
    ("TRANSFORM: q1:q2 = 3", "does not begin with a name and '='", "q1:q2 = 3"),
    ("TRANSFORM: 3 = q", "does not begin with a name and '='", "3 = q"),
    ("TRANSFORM: q =", "Nothing stands behind '='", "="),
    ("TRANSFORM: q = x +", "'+' needs a value on both sides", "+"),
    ("TRANSFORM: q = p = 3", "Compare two values with '=='", "="),
    ("TRANSFORM: q = phi(x)", "The function 'phi' is not known here", "phi"),
    ("TRANSFORM: q = x1:x3", "A range cannot be part of an expression", "x1:x3"),
    ("TRANSFORM: a = a*2", "Choose a new name, as in 'a_new = …'", "a"),
    ("TRANSFORM: q = a; a = 3", "if the data have 'a' too, choose a new name", "a"),
    ("VARIABLES: y a; TRANSFORM: a = y", "'a' is a column of the data", "a"),
    ("TRANSFORM: j = y", "'j' is a column of the data", "j"),
    ("TRANSFORM: q = a; q = b", "TRANSFORM makes 'q' twice", "q"),
    ("TRANSFORM: q = p + 1; p = b", "'p' is used before TRANSFORM makes it", "p"),
    ("TRANSFORM: q.mean = a", "'q.mean' can only be a predictor", "q.mean"),
    ("TRANSFORM: q.missing = a", "'q.missing' can only be an outcome", "q.missing"),
    ("TRANSFORM: intercept = a", "stands for the intercept", "intercept"),
    ("TRANSFORM: q = a.mean + 1", "'a.mean' can only be a predictor", "a.mean"),
    ("TRANSFORM: q = a.lag", "tutorkit does not support '.lag' yet", "a.lag"),
    ("TRANSFORM: q = a; y ~ q", "Move it up to the other equations", "y ~ q"),
]
PARAMETERS = [
    ("PARAMETERS: b1*b2", "does not begin with a name and '='", "b1*b2"),
    ("PARAMETERS: p = b1*b11", "Did you mean 'b1'?", "b11"),
    ("PARAMETERS: p = B1", "Did you mean 'b1'?", "B1"),
    ("PARAMETERS: p = a", "'a' is neither a label nor an earlier parameter", "a"),
    ("PARAMETERS: p = q; q = b1", "Define 'q' before it is used", "q"),
    ("PARAMETERS: p = p + 1", "Define 'p' before it is used", "p"),
    ("PARAMETERS: p = a.totalvar", "'a.totalvar' is neither a label", "a.totalvar"),
    ("PARAMETERS: p = y.totlvar", "Did you mean 'y.totalvar'?", "y.totlvar"),
    ("PARAMETERS: p = b1; p = b2", "'p' is the name of a parameter already", "p"),
    ("PARAMETERS: b1 = 3", "'b1' is the name of a label already", "b1"),
    ("PARAMETERS: y.residvar = 3", "cannot be the name of a coefficient", "y.residvar"),
    ("PARAMETERS: intercept = 3", "cannot be the name of a coefficient", "intercept"),
    ("PARAMETERS: p = ismissing(b1)", "The function 'ismissing' is not known", "ismissing"),
    ("PARAMETERS: p = b1 b2", "An operator is missing before 'b2'", "b2"),
]
SIMPLE = [
    ("SIMPLE: a", "A statement of SIMPLE reads 'predictor | moderator;'", "a"),
    ("SIMPLE: a b", "A statement of SIMPLE reads 'predictor | moderator;'", "a b"),
    ("SIMPLE: a @ 1", "A statement of SIMPLE reads 'predictor | moderator;'", "a @ 1"),
    ("SIMPLE: a |", "A statement of SIMPLE reads 'predictor | moderator;'", "a |"),
    ("SIMPLE: a | 3", "A statement of SIMPLE reads 'predictor | moderator;'", "a | 3"),
    ("SIMPLE: a | b c", "Only one moderator can stand behind '|'", "c"),
    ("SIMPLE: a | b @", "Nothing stands behind '@'", "@"),
    ("SIMPLE: a | b @ 1, 2", "The values of a moderator are numbers", ","),
    ("SIMPLE: a | b @ quartile", "does not support '@ quartile' yet", "quartile"),
    ("SIMPLE: a | b @ 1e999", "must be numbers", "a | b @ 1e999"),
    ("SIMPLE: a | q", "'q' stands under SIMPLE, but is no predictor of 'y'", "a | q"),
    ("SIMPLE: A | b", "Did you mean 'a'?", "A | b"),
    ("SIMPLE: d | b", "'d' stands under SIMPLE, but is no predictor of 'y'", "d | b"),
    ("SIMPLE: c.mean | b", "lacks the product 'c.mean*b'", "c.mean | b"),
    ("SIMPLE: a | c", "The equation of 'y' lacks the product 'a*c'", "a | c"),
    ("SIMPLE: c | c", "'c' cannot moderate itself", "c | c"),
    ("SIMPLE: a | b; a | b @ 1", "'a | b' stands twice under SIMPLE", "a | b @ 1"),
]
SAVE = [
    ("NIMPS: 2; SAVE: a.csv", "does not begin with a name and '='", "a.csv"),
    ("NIMPS: 2; SAVE: stacked =", "Nothing stands behind '='", "="),
    ("NIMPS: 2; SAVE: stacked = ''", "must end in .csv or .parquet", "stacked = ''"),
    ("NIMPS: 2; SAVE: stacked = a.dat", "must end in .csv or .parquet", "stacked = a.dat"),
    ("NIMPS: 2; SAVE: stackd = a.csv", "Did you mean 'stacked'?", "stackd"),
    ("NIMPS: 2; SAVE: separate = a.csv", "does not support 'separate' under SAVE yet", "separate"),
    ("NIMPS: 2; SAVE: PSR = a.csv", "does not support 'PSR' under SAVE yet", "PSR"),
    ("SAVE: stacked = a.csv", "Add for example 'NIMPS: 20;'", "stacked = a.csv"),
    (
        "NIMPS: 2; SAVE: stacked = a.csv; stacked = b.csv",
        "'stacked' stands twice under SAVE",
        "stacked = b.csv",
    ),
    (
        "NIMPS: 2; SAVE: stacked = a.csv; stacked0 = a.csv",
        "The file 'a.csv' stands twice under SAVE",
        "stacked0 = a.csv",
    ),
    ('NIMPS: 2; SAVE: stacked = "a.csv', "quotation mark is not closed", '"a.csv'),
    ("NIMPS: two", "NIMPS must be a whole number, not 'two'", "two"),
    ("NIMPS: 20000", "NIMPS must not be larger than ITERATIONS (10000)", "20000"),
    ("NIMPS: 5000; ITERATIONS: 3", "NIMPS must not be larger than ITERATIONS (3)", "5000"),
]
ORDINAL = [
    ("ORDINAL: o, x; MODEL: y ~ x", "ORDINAL takes names of variables only", ","),
    ("ORDINAL: o x o; MODEL: y ~ x", "'o' stands twice under ORDINAL", "o"),
    ("CLUSTERID: j; ORDINAL: j; MODEL: y ~ x", "cannot be ORDINAL", "j"),
    ("ORDINAL: y.missing; MODEL: y ~ x", "can only be an outcome", "y.missing"),
    ("CLUSTERID: j; ORDINAL: o; MODEL: y ~ o.mean", "of the ORDINAL variable 'o'", "o.mean"),
    ("MODEL: y ~ x.mean", "'x.mean' is a cluster mean and needs clusters", "x.mean"),
    ("CENTER: cwc = x; MODEL: y ~ x", "Centring 'x' at its group means needs clusters", "x"),
    (
        "ORDINAL: m; TRANSFORM: m = ismissing(y); MODEL: y ~ x; m ~ y; y.missing ~ x",
        "'m' and 'y.missing' are the same missingness indicator",
        "m",
    ),
    (
        "ORDINAL: m k; TRANSFORM: m = ismissing(y); k = ismissing(y); MODEL: k ~ m; m ~ y",
        "'k' and 'm' are the same missingness indicator",
        "k",
    ),
    ("MODEL: y ~ x; PARAMETERS: p = b1", "Label the coefficient under MODEL", "b1"),
]


@pytest.mark.parametrize(
    ("statement", "says", "mark"), [*CENTER, *TRANSFORM, *PARAMETERS, *SIMPLE, *SAVE]
)
def test_a_mistake_in_a_statement_is_marked(statement, says, mark):
    check(f"{MODEL}\n{statement};", says, mark)


@pytest.mark.parametrize(("script", "says", "mark"), ORDINAL)
def test_a_statement_that_contradicts_the_model_is_marked(script, says, mark):
    check(f"{script};", says, mark)


def check(script, says, mark):
    error = mistake(script)
    assert says in str(error)
    assert marked(error) == mark


def test_a_second_mention_is_marked_the_second_time():
    error = mistake("MODEL: y ~ x; ORDINAL: o o;")
    assert error.spot.column == len("MODEL: y ~ x; ORDINAL: o ") + 1


X, Z, XZ = Term(("x",)), Term(("z",)), Term(("z", "x"))
REFUSED = [  # fields, message, place
    ({"equations": (Equation("y", (X,), (X,), random_intercept=False),)}, "no random intercept"),
    ({"equations": (Equation("y", (X,), labels=(("b", "z"),)),)}, "'b' labels 'z', which"),
    ({"equations": (Equation("y", (X,), labels=(("b", "x"), ("c", "x"))),)}, "'c' labels 'x'"),
    (
        {"equations": (Equation("y", (X,), labels=(("b", "x"), ("c", "Intercept"))),)},
        "'c' labels 'Intercept', which",
    ),
    ({"equations": (Equation("y", (X,), labels=(("b c", "x"),)),)}, "'b c' cannot be the name"),
    ({"imputations": -1}, "NIMPS must be zero or more"),
    ({"imputations": 1.5}, "NIMPS must be a whole number"),
    ({"iterations": 5, "imputations": 5}, "NIMPS must not be larger than ITERATIONS"),
    (
        {"transforms": (Assignment("a", "x+1"),)},
        r"The expression 'x\+1' is not in its tidy form\.\nWrite 'x \+ 1'",
    ),
    ({"transforms": (Assignment("a", "x + (1"),)}, r"A '\)' is missing"),
    ({"transforms": (Assignment("a", ""),)}, "The expression is empty"),
    ({"transforms": (Assignment("a", "x + 1; b"),)}, "';' has no meaning here"),
    ({"parameters": (Assignment("a", "ifelse(1, 2, 3)"),)}, "'ifelse' is not known here"),
    ({"simple": (Simple("x", "z", (math.nan,)),)}, "must be numbers"),
    ({"save": (Save("all", "a.csv"),), "imputations": 1}, "'all' cannot be saved"),
    ({"save": (Save("stacked", "a\n.csv"),), "imputations": 1}, "must end in .csv or .parquet"),
    ({"columns": ("a b",)}, "'a b' cannot be the name of a variable"),
]


@pytest.mark.parametrize(("values", "says"), REFUSED)
def test_a_model_with_such_statements_cannot_exist(values, says):
    with pytest.raises(SpecError, match=says):
        ModelSpec(**{"equations": (Equation("y", (X, Z, XZ)),), "cluster": "j", **values})
