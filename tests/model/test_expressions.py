"""Expressions: their values, their tidy form, and what cannot be one."""

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_specs import written

from tutorkit.errors import ScriptError
from tutorkit.model.expressions import (
    ARITY,
    MAX_DEPTH,
    PARAMETER_FUNCTIONS,
    TRANSFORM_FUNCTIONS,
    evaluate,
    indicated,
    names,
    tidy,
)

NAN = math.nan
X = {"x": np.array([1.0, 9.0, NAN, -2.0]), "z": np.array([1.0, 2.0, 3.0, NAN])}


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("x + 1", [2, 10, NAN, -1]),
        ("-x^2", [-1, -81, NAN, -4]),
        ("2^3^2 + 2^-1", [512.5] * 4),
        ("-2*x - 3 - 1", [-6, -22, NAN, 0]),
        ("8/4/2*3", [3] * 4),
        ("(x + 1)*(z - 1)", [0, 10, NAN, NAN]),
        ("x/(x - 1)", [NAN, 9 / 8, NAN, 2 / 3]),
        ("x == 9", [0, 1, NAN, 0]),
        ("x != 9", [1, 0, NAN, 1]),
        ("x < -1", [0, 0, NAN, 1]),
        ("x <= 1", [1, 0, NAN, 1]),
        ("x > 1", [0, 1, NAN, 0]),
        ("x >= 1", [1, 1, NAN, 0]),
        ("x > z", [0, 1, NAN, NAN]),
        ("(x > 0) + (x > 5) == 2", [0, 1, NAN, 0]),
        ("ismissing(x)", [0, 0, 1, 0]),
        ("ismissing(ln(x))", [0, 0, 1, 1]),
        ("missing(x == 9, x)", [1, NAN, NAN, -2]),
        ("missing(x == 9, z)", [1, NAN, 3, NAN]),
        ("ifelse(x > 0, 1, 0)", [1, 1, NAN, 0]),
        ("ifelse(z > 1, x, 7)", [7, 9, NAN, NAN]),
        ("ifelse(ismissing(x), 0, x)", [1, 9, 0, -2]),
        ("ln(x)", [0, math.log(9), NAN, NAN]),
        ("log(x - 1)", [NAN, math.log(8), NAN, NAN]),
        ("sqrt(x)", [1, 3, NAN, NAN]),
        ("abs(x)", [1, 9, NAN, 2]),
        ("exp(1000*x)", [NAN, NAN, NAN, 0]),
        ("phi(0*x)", [0.5, 0.5, NAN, 0.5]),
        ("x^0", [1, 1, NAN, 1]),
        ("x^0.5", [1, 3, NAN, NAN]),
        ("(x - 1)^-1", [NAN, 1 / 8, NAN, -1 / 3]),
        ("1/0", [NAN] * 4),
        ("1e3 + .5", [1000.5] * 4),
    ],
)
def test_an_expression_has_the_values(expression, values):
    result = evaluate(expression, X)
    assert result.shape == (4,)
    np.testing.assert_allclose(result, np.array(values, dtype=float), rtol=1e-14)
    assert tidy(expression, ARITY) == expression


def test_values_may_have_any_shape():
    draws = {"a": np.ones((2, 3)), "b": np.full((2, 3), 2.0)}
    np.testing.assert_array_equal(evaluate("a*b + 1", draws), np.full((2, 3), 3.0))
    np.testing.assert_array_equal(evaluate("7", draws), np.full((2, 3), 7.0))
    assert evaluate("7", {}).shape == ()


def test_the_result_is_the_callers_own():
    result = evaluate("x", X)
    result[0] = 5
    assert X["x"][0] == 1


@pytest.mark.parametrize(
    ("expression", "form"),
    [
        ("x**2", "x^2"),
        ("X+ -1", "X + -1"),
        ("x<-1", "x < -1"),
        ("IFELSE( x>=3 ,1,0.50 )", "ifelse(x >= 3, 1, 0.50)"),
        ("ln # so\n (x)", "ln(x)"),
        ("(((x)))", "(((x)))"),
        ("- -x", "--x"),
        ("ln + exp", "ln + exp"),
    ],
)
def test_an_expression_has_one_tidy_form(expression, form):
    assert tidy(expression, ARITY) == form
    assert tidy(form, ARITY) == form


def test_names_come_in_order_of_appearance():
    assert names("b*a + ln(b)/c.residvar - 2") == ("b", "a", "c.residvar")
    assert names("1 + 2") == ()


def test_only_a_plain_indicator_indicates():
    assert indicated("ismissing(y)") == "y"
    assert indicated("ismissing(y) + 0") is None
    assert indicated("ismissing(1)") is None
    assert indicated("-ismissing(y)") is None
    assert indicated("abs(y)") is None


MISTAKES = [  # expression, part of the message or hint, marked text
    ("", "The expression is empty", None),
    ("x z", "An operator is missing before 'z'", "z"),
    ("x 2", "An operator is missing before '2'", "2"),
    ("2 (x)", "An operator is missing before '('", "("),
    ("x\nz", "A semicolon is missing here", ""),
    ("(x", "A ')' is missing", "("),
    ("ln(x", "A ')' is missing", "("),
    ("x)", "A '(' is missing before this ')'", ")"),
    ("x +", "'+' needs a value on both sides", "+"),
    ("*x", "'*' needs a value on both sides", "*"),
    ("x*/z", "'*' needs a value on both sides", "*"),
    ("x^", "'^' needs a value on both sides", "^"),
    ("-", "'-' needs a value on both sides", "-"),
    ("x <= ", "'<=' needs a value on both sides", "<="),
    ("()", "Nothing stands behind '('", "("),
    ("ln()", "Nothing stands behind '('", "("),
    ("missing(x,)", "Nothing stands behind ','", ","),
    ("x, z", "',' has no meaning here", ","),
    ("(x, z)", "',' has no meaning here", ","),
    ("x = 3", "Compare two values with '=='", "="),
    ("x | z", "write 'ifelse((x > 3) + (z > 3) > 0, 1, 0)'", "|"),
    ("x ~ z", "'~' has no meaning here", "~"),
    ("x -> z", "'->' has no meaning here", "->"),
    ("@x", "'@' has no meaning here", "@"),
    ("[x]", "'[' has no meaning here", "["),
    ("1 < x < 3", "Comparisons cannot be chained", "<"),
    ("1 < x + 2 == 3", "Comparisons cannot be chained", "=="),
    ("foo(x)", "The function 'foo' is not known here", "foo"),
    ("isMissin(x)", "Did you mean 'ismissing'?", "isMissin"),
    ("ln(x, 2)", "'ln' takes 1 value, not 2", "ln(x, 2)"),
    ("ifelse(x > 3, 1)", "'ifelse' takes 3 values, not 2", "ifelse(x > 3, 1)"),
    ("2x", "'2x' is neither a number nor a name", "2x"),
    ("1.2.3", "'1.2.3' is neither a number nor a name", "1.2.3"),
    ("1e999", "This number is too large", "1e999"),
    ("x!", "The sign '!' has no meaning", "!"),
    ("x & z", "To say 'and', multiply: '(x > 3)*(z > 3)'", "&"),
    ("'x'", "Quotation marks are not used here", "'"),
    (f"{'(' * 10_000}x{')' * 10_000}", f"nested more than {MAX_DEPTH} deep", "("),
    (f"{'-' * 10_000}x", f"nested more than {MAX_DEPTH} deep", "-"),
    (f"{'2^' * 10_000}x", f"nested more than {MAX_DEPTH} deep", "2"),
    (f"{'ln(' * 10_000}x", f"nested more than {MAX_DEPTH} deep", "ln"),
]


@pytest.mark.parametrize(("expression", "says", "mark"), MISTAKES)
def test_what_cannot_be_an_expression_is_marked(expression, says, mark):
    with pytest.raises(ScriptError) as caught:
        tidy(expression, ARITY)
    assert says in str(caught.value)
    spot = caught.value.spot
    assert (spot and spot.text[spot.start : spot.end]) == mark
    assert len(str(caught.value)) < 600


def test_each_command_has_its_functions():
    with pytest.raises(ScriptError, match="'phi' is not known here"):
        tidy("phi(x)", TRANSFORM_FUNCTIONS)
    with pytest.raises(ScriptError, match="'ismissing' is not known here"):
        tidy("ismissing(x)", PARAMETER_FUNCTIONS)


def test_a_long_expression_is_worked_out():
    long = " + ".join(["x*x"] * 20_000)
    assert evaluate(long, {"x": np.array([2.0])}) == 80_000


def nearly(a, b):
    return a == b or math.isclose(a, b, rel_tol=1e-9)


OPERATORS = st.sampled_from([" + ", " - ", "*", "/", "^", " + -", "*-", "^-", " < ", " == "])


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "3", "0.5"]), OPERATORS), max_size=7))
@settings(max_examples=300, deadline=None)
def test_operators_bind_as_in_python(pieces):
    flat = "".join(value + sign for value, sign in pieces) + "b"
    if len(re.findall("[<=]+", flat)) > 1:
        return
    values = {"a": 1.25, "b": 2.0}
    try:
        # as floats: a tower of whole numbers such as 3**3**3**3 would keep Python busy for ever
        python = flat.replace("^", "**").replace("3", "3.0")
        expected = float(eval(python, {"__builtins__": {}}, dict(values)))
    except (OverflowError, ZeroDivisionError):
        return
    result = float(evaluate(flat, {k: np.array(v) for k, v in values.items()}))
    assert nearly(result, expected)


@given(written(["x", "z", "a.b"], TRANSFORM_FUNCTIONS, max_leaves=12))
@settings(max_examples=150, deadline=None)
def test_the_tidy_form_has_the_same_value(expression):
    form = tidy(expression, ARITY)
    values = {**X, "a.b": np.array([0.5, 1.0, 1.5, 2.0])}
    assert tidy(form, ARITY) == form
    np.testing.assert_array_equal(evaluate(form, values), evaluate(expression, values))
