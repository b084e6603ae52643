"""The grammar of one equation of a script: ``y ~ x1i x2i*x3i x1i^2 | x1i``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tutorkit.errors import Place
from tutorkit.model.checks import MAX_DEGREE, check_size
from tutorkit.model.spec import Equation, Term
from tutorkit.model.tokens import (
    MISSING_SUFFIX,
    Token,
    is_intercept,
    missing_semicolon,
    mistake,
    starts_line,
)

Places = dict[Place, tuple[int, int]]
"""Where each part of a model stands in a script, as start and end."""

_TILDES = ("~", "<-")
_COLUMN = "Compute the column with pandas before you fit the model."
_UNSUPPORTED = {
    "~~": ("covariances", "Write a regression: 'x1i ~ x2i;'."),
    "<->": ("covariances", "Write a regression: 'x1i ~ x2i;'."),
    "->": ("arrows to the right", "Write the outcome first: 'y ~ x;'."),
    "=~": ("latent variables", "Only variables of the data can be used."),
    "@": ("labels and fixed values", "Leave them out: every coefficient is estimated."),
    "+": ("'+'", "Put blanks between predictors: 'y ~ x1i x2i;'."),
    "-": ("'-'", _COLUMN),
    "/": ("'/'", _COLUMN),
    "**": ("'**'", "Write a power with '^', as in 'x^2'."),
    "=": ("'='", "Write '~' between the outcome and its predictors: 'y ~ x;'."),
    "==": ("comparisons", _COLUMN),
    "<": ("comparisons", _COLUMN),
    ">": ("comparisons", _COLUMN),
    ",": ("commas", "Put blanks between variables: 'y ~ x1i x2i;'."),
    "{": ("braces", "Write one equation for each outcome."),
    "[": ("brackets", "Leave them out."),
    "(": ("parentheses", "Write a product as 'x1i*x2i', a random slope as 'y ~ x | x;'."),
}


class _Written(NamedTuple):
    """A term as it stands in the script."""

    term: Term
    names: list[Token]
    last: Token


def read_equations(tokens: Sequence[Token], block: str, places: Places) -> list[Equation]:
    """Read one statement of MODEL; several outcomes give as many factored equations."""
    tilde = _tilde(tokens)
    _refuse_unsupported(tokens)
    left, right = tokens[:tilde], tokens[tilde + 1 :]
    _check_left(left, tokens[tilde])
    bars = [k for k, token in enumerate(right) if token.text == "|"]
    if len(bars) > 1:
        hint = "Put all random slopes behind one '|': 'y ~ x1i x2i | x1i x2i;'."
        raise mistake("There are two '|' in this equation", hint, right[bars[1]])
    bar = bars[0] if bars else len(right)
    if not right[:bar]:
        hint = f"An equation without predictors reads '{left[0].text} ~ intercept;'."
        raise mistake(f"Nothing stands behind '{tokens[tilde].text}'", hint, tokens[tilde])
    if bars and not right[bar + 1 :]:
        hint = "Name the random slopes, or leave '|' out: CLUSTERID gives the random intercept."
        raise mistake("Nothing stands behind '|'", hint, right[bar])
    predictors, slopes = list(_terms(right[:bar])), list(_terms(right[bar + 1 :]))
    _check_sides(left, predictors)
    n_left = len(left)
    check_size(n_left * (len(predictors) + len(slopes)) + n_left * (n_left - 1) // 2)
    others = [_Written(Term((token.text,)), [token], token) for token in left]
    equations = []
    for k, outcome in enumerate(left):
        fixed = others[k + 1 :] + predictors
        _note(places, ("outcome", outcome.text), outcome)
        _note_terms(places, "predictor", outcome.text, fixed)
        _note_terms(places, "slope", outcome.text, slopes)
        terms, random = tuple(w.term for w in fixed), tuple(w.term for w in slopes)
        equations.append(Equation(outcome.text, terms, random, block))
    return equations


def _tilde(tokens: Sequence[Token]) -> int:
    """Return where the one ``~`` of the equation stands."""
    tildes = [k for k, token in enumerate(tokens) if token.text in _TILDES]
    if not tildes:
        _refuse_unsupported(tokens)
        hint = "An equation reads 'outcome ~ predictors;'."
        raise mistake("This is not an equation: it has no '~'", hint, tokens[0], tokens[-1])
    if len(tildes) > 1:
        start = tildes[1] - 1 if starts_line(tokens, tildes[1]) else tildes[1]
        while start > tildes[0] + 2 and not starts_line(tokens, start):
            start -= 1
        if start >= tildes[0] + 2 and starts_line(tokens, start):
            raise missing_semicolon(tokens[start - 1])
        hint = "Each equation has one: is a ';' missing between two equations?"
        raise mistake("There are two '~' in this equation", hint, tokens[tildes[1]])
    return tildes[0]


def _refuse_unsupported(tokens: Sequence[Token]) -> None:
    """Refuse the first piece of Blimp, R or Mplus that has no meaning here."""
    for k, token in enumerate(tokens):
        before = tokens[k - 1] if k else None
        if before and before.text == "^":
            if token.kind != "number":
                return  # `_power` says what is wrong
            continue
        if token.kind == "number":
            raise _number(tokens, k)
        if token.text == "(" and before and before.kind == "name" and before.end == token.start:
            what = f"tutorkit does not support functions such as '{before.text}(...)' yet"
            raise mistake(what, _COLUMN, before, token)
        if token.text in _UNSUPPORTED:
            what, hint = _UNSUPPORTED[token.text]
            raise mistake(f"tutorkit does not support {what}", hint, token)
        if token.text in (":", ")", "}", "]"):
            raise mistake(f"'{token.text}' has no meaning here", "Take it away.", token)


def _number(tokens: Sequence[Token], at: int) -> Exception:
    token = tokens[at]
    if at and tokens[at - 1].text == "|":
        fixed = tokens[at : at + 3]
        last = fixed[-1] if "".join(t.text for t in fixed) == "1@0" else token
        shown = token.script[token.start : last.end]
        hint = "The random intercept comes with CLUSTERID and cannot be switched off: leave it out."
        return mistake(f"tutorkit does not support '| {shown}'", hint, token, last)
    if token.text in ("0", "1"):
        hint = "The intercept is always there: leave the number out."
    else:
        hint = "A name starts with a letter."
    return mistake(f"'{token.text}' is not the name of a variable", hint, token)


def _check_left(left: Sequence[Token], tilde: Token) -> None:
    if not left:
        hint = "Write the outcome left of it: 'y ~ x;'."
        raise mistake(f"No outcome stands before '{tilde.text}'", hint, tilde)
    for token in left:
        if token.kind != "name":
            hint = "Random slopes, products and powers belong on the right-hand side."
            raise mistake("Only names of variables can be outcomes", hint, token)
        if is_intercept(token.text):
            hint = "Intercepts are always there: leave this equation out."
            raise mistake("The intercept cannot be an outcome", hint, token)
        if token.text.endswith(MISSING_SUFFIX) and len(left) > 1:
            hint = "Give it an equation of its own."
            raise mistake(f"'{token.text}' must be the only outcome of its equation", hint, token)


def _check_sides(left: Sequence[Token], predictors: Sequence[_Written]) -> None:
    """Say so if one of several outcomes stands on the right as well."""
    outcomes = {token.text for token in left}
    for written in predictors if len(left) > 1 else ():
        for name in written.names:
            if name.text in outcomes:
                hint = "An outcome is predicted by those behind it: leave it out on the right."
                raise mistake(f"'{name.text}' stands on both sides of '~'", hint, name)


def _terms(tokens: Sequence[Token]) -> Iterator[_Written]:
    """Read ``x1i x2i*x3i x^2``; a written-out intercept means nothing new and is left out."""
    at = 0
    while at < len(tokens):
        first, factors, names = at, [], []
        while True:
            name = _name(tokens, at)
            power, at = _power(tokens, at + 1)
            names.append(name)
            factors += [name.text] * power
            if at == len(tokens) or tokens[at].text != "*":
                break
            at += 1
        intercepts = [name for name in names if is_intercept(name.text)]
        if not intercepts:
            yield _Written(Term(tuple(factors)), names, tokens[at - 1])
        elif at - first > 1:
            hint = "Multiply variables only."
            raise mistake("The intercept cannot be part of a product", hint, intercepts[0])


def _name(tokens: Sequence[Token], at: int) -> Token:
    """Return the variable at this place, where the grammar wants one."""
    if at < len(tokens) and tokens[at].kind == "name":
        return tokens[at]
    sign = tokens[min(at, len(tokens) - 1)]
    if at and tokens[at - 1].text == "*":
        sign = tokens[at - 1]
    if sign.text == "^":
        raise mistake("'^' has no variable before it", "Write a power as 'x^2'.", sign)
    hint = "Write a product as 'x1i*x2i'."
    raise mistake(f"'{sign.text}' needs a variable on both sides", hint, sign)


def _power(tokens: Sequence[Token], at: int) -> tuple[int, int]:
    """Return the power written at this place, or 1, and where the next token is."""
    if at == len(tokens) or tokens[at].text != "^":
        return 1, at
    written = tokens[at + 1] if at + 1 < len(tokens) else tokens[at]
    if written.kind == "number" and written.text in map(str, range(1, MAX_DEGREE + 1)):
        return int(written.text), at + 2
    hint = f"Powers are whole numbers from 1 to {MAX_DEGREE}, as in 'x^2'."
    raise mistake("'^' needs a whole number behind it", hint, tokens[at], written)


def _note(places: Places, place: Place, first: Token, last: Token | None = None) -> None:
    again = (f"{place[0]} again", *place[1:])
    span = (first.start, (last or first).end)
    if places.setdefault(place, span) != span:
        places.setdefault(again, span)


def _note_terms(places: Places, part: str, outcome: str, terms: Sequence[_Written]) -> None:
    seen: set[tuple[str, ...]] = set()
    for term, names, last in terms:
        places.setdefault((part, outcome, str(term)), (names[0].start, last.end))
        if term.key in seen:
            places.setdefault((f"{part} again", outcome, str(term)), (names[0].start, last.end))
        seen.add(term.key)
    for _, names, _ in terms:
        for name in names:
            places.setdefault((part, outcome, name.text), (name.start, name.end))
