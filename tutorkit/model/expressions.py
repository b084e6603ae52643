"""Expressions such as ``ifelse(x > 3, 1, 0)``: their grammar, their names and their values.

An expression is read into a list of steps for a stack, so that none is too long to be worked out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from tutorkit.arrays import Floats
from tutorkit.errors import ScriptError, did_you_mean
from tutorkit.model.tokens import Token, missing_semicolon, mistake, starts_line, tokenize

ARITY = {
    "ismissing": 1, "missing": 2, "ifelse": 3,
    "abs": 1, "exp": 1, "ln": 1, "log": 1, "phi": 1, "sqrt": 1,
}  # fmt: skip
TRANSFORM_FUNCTIONS = ("ismissing", "missing", "ifelse", "ln", "log", "exp", "sqrt", "abs")
PARAMETER_FUNCTIONS = ("sqrt", "exp", "ln", "log", "abs", "phi")
MAX_DEPTH = 100

_COMPARISONS = ("==", "!=", "<", ">", "<=", ">=")
_LEVELS = {**dict.fromkeys(_COMPARISONS, 1), "+": 2, "-": 2, "*": 3, "/": 3, "^": 5}
_MINUS = "negative"
_MINUS_LEVEL = 4  # -x^2 is -(x^2), and -x*z is (-x)*z


class Step(NamedTuple):
    """Put a number or a variable on the stack, or call a function on its uppermost values."""

    kind: str
    text: str


def normalise(tokens: Sequence[Token], functions: Collection[str]) -> str:
    """Return an expression in its one tidy form; refuse it, marked, if it has no meaning."""
    return "".join(_read(tokens, functions).text)


def tidy(expression: str, functions: Collection[str]) -> str:
    """Return `normalise` of an expression given as text."""
    tokens = tokenize(expression)
    if not tokens:
        raise ScriptError("The expression is empty", "Write for example 'ln(x)'.")
    return normalise(tokens, functions)


def names(expression: str) -> tuple[str, ...]:
    """Return the variables of an expression, each once, in order of appearance."""
    return tuple(dict.fromkeys(s.text for s in _steps(expression) if s.kind == "name"))


def indicated(expression: str) -> str | None:
    """Return the variable v if the expression is just ``ismissing(v)``, else None."""
    steps = _steps(expression)
    is_indicator = len(steps) == 2 and steps[1].text == "ismissing"
    return steps[0].text if is_indicator and steps[0].kind == "name" else None


def evaluate(expression: str, values: Mapping[str, Floats]) -> Floats:
    """Work an expression out, element by element.

    NaN stands for a missing value: what is computed from one is missing (but for ``ismissing``,
    and for the part of ``ifelse`` that is not taken), and so is what has no value, as 1/0, ln(0).
    """
    stack: list[Floats] = []
    with np.errstate(all="ignore"):
        for kind, text in _steps(expression):
            if kind == "number":
                stack.append(np.array(float(text)))
            elif kind == "name":
                stack.append(np.asarray(values[text], dtype=np.float64))
            else:
                arity = ARITY.get(text, 1 if text == _MINUS else 2)
                stack[-arity:] = [_call(text, stack[-arity:])]
    shape = () if not values else np.shape(next(iter(values.values())))
    return np.array(np.broadcast_to(stack[0], stack[0].shape or shape))


def _call(name: str, arguments: Sequence[Floats]) -> Floats:
    if name in _OF_MISSING:
        return _OF_MISSING[name](*arguments)
    result = np.asarray(_OPERATIONS[name](*arguments), dtype=np.float64)
    unknown = np.any([np.isnan(a) for a in np.broadcast_arrays(*arguments)], axis=0)
    return np.where(np.isfinite(result) & ~unknown, result, np.nan)


def _if_else(condition: Floats, yes: Floats, no: Floats) -> Floats:
    return np.where(np.isnan(condition), np.nan, np.where(condition != 0, yes, no))


def _missing(condition: Floats, value: Floats) -> Floats:
    return np.where((condition != 0) & ~np.isnan(condition), np.nan, value)


def _is_missing(value: Floats) -> Floats:
    return np.isnan(value).astype(np.float64)


_OF_MISSING: dict[str, Callable[..., Floats]] = {
    "ismissing": _is_missing, "missing": _missing, "ifelse": _if_else,
}  # fmt: skip
_OPERATIONS: dict[str, Callable[..., Floats]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": np.power,
    "==": np.equal, "!=": np.not_equal, "<": np.less, ">": np.greater,
    "<=": np.less_equal, ">=": np.greater_equal, _MINUS: np.negative,
    "abs": np.abs, "exp": np.exp, "ln": np.log, "log": np.log, "phi": ndtr, "sqrt": np.sqrt,
}  # fmt: skip


def _steps(expression: str) -> list[Step]:
    return _read(tokenize(expression), ARITY).steps


def _read(tokens: Sequence[Token], functions: Collection[str]) -> _Reader:
    reader = _Reader(list(_plain_signs(tokens)), functions)
    reader.expression(1)
    if reader.at < len(reader.tokens):
        raise _left_over(reader.tokens, reader.at)
    return reader


def _plain_signs(tokens: Sequence[Token]) -> list[Token]:
    """Write '**' as '^', and read 'x<-1' as 'x < -1'."""
    plain = []
    for token in tokens:
        if token.text == "<-":
            middle = token.end - 1
            plain += [token._replace(text="<", end=middle), token._replace(text="-", start=middle)]
        else:
            plain.append(token._replace(text="^") if token.text == "**" else token)
    return plain


class _Reader:
    """Reads tokens by the precedence of their operators, into steps and tidy text."""

    def __init__(self, tokens: list[Token], functions: Collection[str]) -> None:
        self.tokens, self.functions = tokens, functions
        self.at = self.depth = 0
        self.steps: list[Step] = []
        self.text: list[str] = []

    def next_is(self, sign: str) -> bool:
        """Tell whether ``sign`` comes next."""
        return self.at < len(self.tokens) and self.tokens[self.at].text == sign

    def take(self, written: str = "") -> Token:
        """Go on by one token, which is written so in tidy text."""
        token = self.tokens[self.at]
        self.text.append(written or token.text)
        self.at += 1
        return token

    def expression(self, level: int) -> None:
        """Read operands joined by operators that bind at least as tightly as ``level``."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            where = self.tokens[min(self.at, len(self.tokens) - 1)]
            hint = "Split it into several statements."
            raise mistake(f"This expression is nested more than {MAX_DEPTH} deep", hint, where)
        self.operand()
        compared = False
        while self.at < len(self.tokens):
            sign = self.tokens[self.at]
            binds = _LEVELS.get(sign.text, 0) if sign.kind == "sign" else 0
            if binds < level:
                break
            if compared and binds == 1:
                hint = "Multiply them: 'a < b < c' is written '(a < b)*(b < c)'."
                raise mistake("Comparisons cannot be chained", hint, sign)
            compared = binds == 1
            self.take(f" {sign.text} " if binds < 3 else sign.text)
            self.expression(binds if sign.text == "^" else binds + 1)
            self.steps.append(Step("call", sign.text))
        self.depth -= 1

    def operand(self) -> None:
        """Read a number, a name, a call, or an expression in parentheses or behind '-'."""
        if self.at == len(self.tokens) or self.tokens[self.at].kind not in ("name", "number"):
            self._sign()
        elif self.tokens[self.at].kind == "number":
            self._number()
        elif self.at + 1 < len(self.tokens) and self.tokens[self.at + 1].text == "(":
            self._call()
        else:
            token = self.take()
            if token.in_range:
                raise mistake("A range cannot be part of an expression", "Write one name.", token)
            self.steps.append(Step("name", token.text))

    def _sign(self) -> None:
        if self.next_is("-"):
            self.take()
            self.expression(_MINUS_LEVEL)
            self.steps.append(Step("call", _MINUS))
        elif self.next_is("("):
            self._arguments(self.tokens[self.at])
        else:
            raise _no_operand(self.tokens, self.at)

    def _number(self) -> None:
        token = self.take()
        if not re.fullmatch(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", token.text):
            hint = "A name starts with a letter; a product is written '2*x'."
            raise mistake(f"'{token.text[:20]}' is neither a number nor a name", hint, token)
        if math.isinf(float(token.text)):
            raise mistake("This number is too large", "Write a smaller one.", token)
        self.steps.append(Step("number", token.text))

    def _call(self) -> None:
        name = self.tokens[self.at].text.lower()
        token = self.take(name)
        if name not in self.functions:
            what = f"The function '{token.text}' is not known here"
            raise mistake(what, did_you_mean(name, self.functions), token)
        n = self._arguments(token)
        if n != ARITY[name]:
            what = f"'{name}' takes {ARITY[name]} value{'s' * (ARITY[name] > 1)}, not {n}"
            hint = "Write for example 'ifelse(x > 3, 1, 0)', 'missing(x == 9, x)' or 'ln(x)'."
            raise mistake(what, hint, token, self.tokens[self.at - 1])
        self.steps.append(Step("call", name))

    def _arguments(self, first: Token) -> int:
        """Read what stands in parentheses; return how many expressions that are."""
        is_call = first.kind == "name"
        opening = self.take()
        self.expression(1)
        n = 1
        while is_call and self.next_is(","):
            self.take(", ")
            self.expression(1)
            n += 1
        if not self.next_is(")"):
            if self.at < len(self.tokens):
                raise _left_over(self.tokens, self.at)
            raise mistake("A ')' is missing", "Close this parenthesis.", opening)
        self.take()
        return n


def _no_operand(tokens: Sequence[Token], at: int) -> ScriptError:
    """Say that a value is wanted here: behind the sign before, or before the sign here."""
    before = tokens[at - 1] if at else tokens[0]
    if before.text in ("(", ","):
        hint = "Write a number, a name or an expression there."
        return mistake(f"Nothing stands behind '{before.text}'", hint, before)
    if before.text in _LEVELS:
        hint = "Write for example 'x + 1'."
        return mistake(f"'{before.text}' needs a value on both sides", hint, before)
    return _meaningless(before)


def _left_over(tokens: Sequence[Token], at: int) -> ScriptError:
    """Say why an expression cannot go on here."""
    token = tokens[at]
    if token.kind in ("name", "number") or token.text == "(":
        if starts_line(tokens, at):
            return missing_semicolon(tokens[at - 1])
        hint = "Write one of + - * / ^ == != < > <= >= between the two."
        return mistake(f"An operator is missing before '{token.text[:20]}'", hint, token)
    if token.text == ")":
        return mistake("A '(' is missing before this ')'", "Take it away, or open it.", token)
    return _meaningless(token)


def _meaningless(sign: Token) -> ScriptError:
    hints = {
        "=": "Compare two values with '=='; end every statement with ';'.",
        ",": "Commas stand between the values of a function, as in 'missing(x == 9, x)'.",
        "|": "For 'either this or that', write 'ifelse((x > 3) + (z > 3) > 0, 1, 0)'.",
    }
    hint = hints.get(sign.text, "Expressions are made of names, numbers, + - * / ^ and functions.")
    return mistake(f"'{sign.text}' has no meaning here", hint, sign)
