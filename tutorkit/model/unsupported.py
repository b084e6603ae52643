"""What Blimp, R or Mplus write in equations and tutorkit does not read."""

from __future__ import annotations

from collections.abc import Sequence

from tutorkit.errors import ScriptError
from tutorkit.model.tokens import Token, mistake

_COLUMN = "Make a new variable, for example 'TRANSFORM: z = ln(x);', and use it here."
_PROBIT = "Name the outcome under ORDINAL: its equation is a probit regression then."
_SIGNS = {
    "~~": ("covariances", "Write a regression: 'x1i ~ x2i;'."),
    "<->": ("covariances", "Write a regression: 'x1i ~ x2i;'."),
    "->": ("arrows to the right", "Write the outcome first: 'y ~ x;'."),
    "=~": ("latent variables", "Only variables of the data can be used."),
    "+": ("'+'", "Put blanks between predictors: 'y ~ x1i x2i;'."),
    "-": ("'-'", _COLUMN),
    "/": ("'/'", _COLUMN),
    "=": ("'='", "Write '~' between the outcome and its predictors: 'y ~ x;'."),
    "==": ("comparisons", _COLUMN),
    "<": ("comparisons", _COLUMN),
    ">": ("comparisons", _COLUMN),
    "!=": ("comparisons", _COLUMN),
    "<=": ("comparisons", _COLUMN),
    ">=": ("comparisons", _COLUMN),
    ",": ("commas", "Put blanks between variables: 'y ~ x1i x2i;'."),
    "{": ("braces here", "Braces hold the outcomes, all of them: '{x1i x2i} ~ x3i;'."),
    "[": ("brackets", "Leave them out."),
    "(": ("parentheses", f"Write a product as 'x1i*x2i'. {_COLUMN}"),
}


def refuse_unsupported(tokens: Sequence[Token]) -> None:
    """Refuse the first piece of an equation that has no meaning here."""
    for k, token in enumerate(tokens):
        before = tokens[k - 1] if k else None
        if before and before.text in ("^", "**"):
            if token.kind != "number":
                return  # the reader of powers says what is wrong
            continue
        if before and before.text == "@" and token.kind != "name":
            raise _fixed_value(tokens, k)
        if token.kind == "number":
            raise _number(token)
        if token.text == "(" and before and before.kind == "name" and before.end == token.start:
            what = f"tutorkit does not support functions such as '{before.text}(...)' in equations"
            is_link = before.text.lower() in ("logit", "probit")
            raise mistake(what, _PROBIT if is_link else _COLUMN, before, token)
        if token.text in _SIGNS:
            what, hint = _SIGNS[token.text]
            raise mistake(f"tutorkit does not support {what}", hint, token)
        if token.text in (":", ")", "}", "]"):
            raise mistake(f"'{token.text}' has no meaning here", "Take it away.", token)


def _fixed_value(tokens: Sequence[Token], at: int) -> ScriptError:
    first, last = tokens[at - 1], tokens[at]
    if last.text in ("-", "+") and at + 1 < len(tokens):
        last = tokens[at + 1]
    if last.kind != "number":
        return mistake("'@' needs a label behind it", "Write for example 'x1i@b1'.", first)
    hint = "Every coefficient is estimated: name it with '@b1', or take '@' away."
    if at > 1 and last.text == "0":
        hint = "To fix a coefficient at 0, leave its predictor out; '| 0' drops a random intercept."
    return mistake("tutorkit does not support fixed values", hint, first, last)


def _number(token: Token) -> ScriptError:
    if token.text in ("0", "1"):
        hint = "The intercept is always there: leave the number out."
    else:
        hint = "A name starts with a letter."
    return mistake(f"'{token.text}' is not the name of a variable", hint, token)
