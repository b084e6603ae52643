"""The grammar of one equation of a script: ``y ~ x1i@b1 x2i*x3i x1i^2 | x1i``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tutorkit.model.checks import MAX_DEGREE, check_size
from tutorkit.model.places import Places, note
from tutorkit.model.spec import INTERCEPT, Equation, Term
from tutorkit.model.split import TILDES
from tutorkit.model.tokens import (
    MISSING_SUFFIX,
    Token,
    is_intercept,
    missing_semicolon,
    mistake,
    starts_line,
    variable_of,
)
from tutorkit.model.unsupported import refuse_unsupported


class _Written(NamedTuple):
    """A term as it stands in the script."""

    term: Term
    names: list[Token]
    last: Token
    label: Token | None = None


def read_equations(tokens: Sequence[Token], block: str, places: Places) -> list[Equation]:
    """Read one statement of MODEL; several outcomes give as many equations.

    Outcomes side by side are factored: each is predicted by those behind it as well. In braces
    they are not.
    """
    tilde = _tilde(tokens)
    right, random = _parts(tokens, tilde)
    no_intercept = _switches_off(random)
    left, in_braces = _outcomes(tokens[:tilde])
    refuse_unsupported([*left, *tokens[tilde : len(tokens) - no_intercept]])
    _check_left(left, in_braces, tokens[tilde])
    if not right:
        hint = f"An equation without predictors reads '{left[0].text} ~ intercept;'."
        raise mistake(f"Nothing stands behind '{tokens[tilde].text}'", hint, tokens[tilde])
    written, slopes = list(_terms(right)), list(_terms(random[no_intercept:]))
    _check_labels(written, slopes)
    predictors = [w for w in written if w.term != INTERCEPT]
    slopes = [w for w in slopes if w.term != INTERCEPT]
    _check_sides(left, in_braces, predictors)
    n_left = len(left)
    check_size(n_left * (len(predictors) + len(slopes)) + n_left * (n_left - 1) // 2)
    labels = [w for w in sorted(written, key=lambda w: w.term != INTERCEPT) if w.label]
    others = [_Written(Term((token.text,)), [token], token) for token in left]
    equations = []
    for k, outcome in enumerate(left):
        fixed = predictors if in_braces else others[k + 1 :] + predictors
        note(places, ("outcome", outcome.text), outcome)
        _note_terms(places, "predictor", outcome.text, fixed)
        _note_terms(places, "slope", outcome.text, slopes)
        equations.append(
            Equation(
                outcome.text,
                tuple(w.term for w in fixed),
                tuple(w.term for w in slopes),
                block,
                not no_intercept,
                tuple((w.label.text, str(w.term)) for w in labels if w.label),
            )
        )
    for w in labels:
        if w.label:
            note(places, ("label", w.label.text), w.label)
    return equations


def _parts(tokens: Sequence[Token], tilde: int) -> tuple[Sequence[Token], Sequence[Token]]:
    """Return the right-hand side before '|' and behind it."""
    right = tokens[tilde + 1 :]
    bars = [k for k, token in enumerate(right) if token.text == "|"]
    if len(bars) > 1:
        hint = "Put all random slopes behind one '|': 'y ~ x1i x2i | x1i x2i;'."
        raise mistake("There are two '|' in this equation", hint, right[bars[1]])
    if bars == [len(right) - 1]:
        hint = "Name the random slopes, or leave '|' out: CLUSTERID gives the random intercept."
        raise mistake("Nothing stands behind '|'", hint, right[-1])
    return (right[: bars[0]], right[bars[0] + 1 :]) if bars else (right, [])


def _switches_off(random: Sequence[Token]) -> int:
    """Return how many tokens switch the random intercept off: ``0``, ``1@0`` or none."""
    texts = [token.text for token in random]
    n = 1 if texts[:1] == ["0"] else 3 * (texts[:3] == ["1", "@", "0"])
    if n and len(random) > n:
        hint = "Drop the slopes, or leave the random intercept in: 'y ~ x | x;'."
        what = "A random slope needs the random intercept, which is switched off here"
        raise mistake(what, hint, random[0], random[-1])
    return n


def _outcomes(left: Sequence[Token]) -> tuple[Sequence[Token], bool]:
    """Return the outcomes, and whether they stand in braces."""
    if len(left) > 1 and left[0].text == "{" and left[-1].text == "}":
        return left[1:-1], True
    return left, False


def _tilde(tokens: Sequence[Token]) -> int:
    """Return where the one ``~`` of the equation stands."""
    tildes = [k for k, token in enumerate(tokens) if token.text in TILDES]
    if not tildes:
        refuse_unsupported(tokens)
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


def _check_left(left: Sequence[Token], in_braces: bool, tilde: Token) -> None:
    if not left:
        hint = "Write the outcome left of it: 'y ~ x;'."
        raise mistake(f"No outcome stands before '{tilde.text}'", hint, tilde)
    for token in left:
        if token.text == "@":
            hint = "In PARAMETERS, write for example 'y.residvar'."
            raise mistake("tutorkit does not support labels of residual variances", hint, token)
        if token.kind != "name":
            hint = "Random slopes, products and powers belong on the right-hand side."
            raise mistake("Only names of variables can be outcomes", hint, token)
        if is_intercept(token.text):
            hint = "Intercepts are always there: leave this equation out."
            raise mistake("The intercept cannot be an outcome", hint, token)
        if token.text.endswith(MISSING_SUFFIX) and len(left) > 1 and not in_braces:
            hint = "Give it an equation of its own."
            raise mistake(f"'{token.text}' must be the only outcome of its equation", hint, token)


def _check_labels(written: Sequence[_Written], slopes: Sequence[_Written]) -> None:
    for slope in slopes:
        if slope.label:
            what = "tutorkit does not support labels of random slopes"
            hint = "Label the predictor before '|', as in 'y ~ x@b1 | x;'."
            raise mistake(what, hint, slope.label)
    intercepts = [w.label for w in written if w.label and w.term == INTERCEPT]
    if len(intercepts) > 1:
        raise mistake("The intercept has two labels", "Keep one of them.", intercepts[1])


def _check_sides(left: Sequence[Token], in_braces: bool, predictors: Sequence[_Written]) -> None:
    """Say so if one of several outcomes stands on the right as well."""
    outcomes = {token.text for token in left}
    for written in predictors if len(left) > 1 else ():
        for name in written.names:
            if variable_of(name.text) in outcomes:
                hint = "An outcome is predicted by those behind it: leave it out on the right."
                if in_braces:
                    hint = "Write an equation for each outcome."
                raise mistake(f"'{name.text}' stands on both sides of '~'", hint, name)


def _terms(tokens: Sequence[Token]) -> Iterator[_Written]:
    """Read ``x1i x2i*x3i x^2@b``; a written-out intercept is the empty term."""
    at = 0
    while at < len(tokens):
        first, factors, names = at, list[str](), list[Token]()
        while True:
            name = _name(tokens, at)
            power, at = _power(tokens, at + 1)
            names.append(name)
            factors += [name.text] * power
            if at == len(tokens) or tokens[at].text != "*":
                break
            at += 1
        last = tokens[at - 1]
        label, at = _label(tokens, at)
        for name in names if at - first > 1 else ():
            if name.in_range:
                hint = "Write its names one by one."
                raise mistake("A range can be neither multiplied nor labelled", hint, name)
        if not any(is_intercept(name.text) for name in names):
            yield _Written(Term(tuple(factors)), names, last, label)
        elif last is names[0]:
            yield _Written(INTERCEPT, names, last, label)
        else:
            name = next(name for name in names if is_intercept(name.text))
            raise mistake(
                "The intercept cannot be part of a product", "Multiply variables only.", name
            )


def _label(tokens: Sequence[Token], at: int) -> tuple[Token | None, int]:
    """Return the label written at this place, or None, and where the next token is."""
    if at == len(tokens) or tokens[at].text != "@":
        return None, at
    if at + 1 == len(tokens) or tokens[at + 1].kind != "name" or tokens[at + 1].in_range:
        hint = "Write one word, as in 'x1i@b1'."
        raise mistake("'@' needs a label behind it", hint, tokens[at])
    return tokens[at + 1], at + 2


def _name(tokens: Sequence[Token], at: int) -> Token:
    """Return the variable at this place, where the grammar wants one."""
    if at < len(tokens) and tokens[at].kind == "name":
        return tokens[at]
    sign = tokens[min(at, len(tokens) - 1)]
    if at and tokens[at - 1].text == "*":
        sign = tokens[at - 1]
    if sign.text in ("^", "**"):
        raise mistake(f"'{sign.text}' has no variable before it", "Write a power as 'x^2'.", sign)
    if sign.text == "@":
        hint = "Labels stand behind whole terms, as in 'x1i*x2i@b3'."
        raise mistake("'@' has no predictor before it", hint, sign)
    hint = "Write a product as 'x1i*x2i'."
    raise mistake(f"'{sign.text}' needs a variable on both sides", hint, sign)


def _power(tokens: Sequence[Token], at: int) -> tuple[int, int]:
    """Return the power written at this place, or 1, and where the next token is."""
    if at == len(tokens) or tokens[at].text not in ("^", "**"):
        return 1, at
    written = tokens[at + 1] if at + 1 < len(tokens) else tokens[at]
    if written.kind == "number" and written.text in map(str, range(1, MAX_DEGREE + 1)):
        return int(written.text), at + 2
    hint = f"Powers are whole numbers from 1 to {MAX_DEGREE}, as in 'x^2'."
    raise mistake(f"'{tokens[at].text}' needs a whole number behind it", hint, tokens[at], written)


def _note_terms(places: Places, part: str, outcome: str, terms: Sequence[_Written]) -> None:
    seen: set[tuple[str, ...]] = set()
    for term, names, last, _ in terms:
        places.setdefault((part, outcome, str(term)), (names[0].start, last.end))
        if term.key in seen:
            places.setdefault((f"{part} again", outcome, str(term)), (names[0].start, last.end))
        seen.add(term.key)
    for name in (name for written in terms for name in written.names):
        places.setdefault((part, outcome, name.text), (name.start, name.end))
    for name in (name for written in terms for name in written.names):
        places.setdefault((part, outcome, variable_of(name.text)), (name.start, name.end))
