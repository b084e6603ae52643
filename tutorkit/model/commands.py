"""What stands behind the commands that take one value: names, numbers, a file, options."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any

from tutorkit.errors import ScriptError, did_you_mean
from tutorkit.model.spec import NAMED_PRIORS, Priors
from tutorkit.model.tokens import Token, missing_semicolon, mistake

EXAMPLES = {
    "DATA": "DATA: my.csv;",
    "VARIABLES": "VARIABLES: j y x1i x2i;",
    "CLUSTERID": "CLUSTERID: j;",
    "ORDINAL": "ORDINAL: x3i;",
    "FIXED": "FIXED: x3i;",
    "MISSING": "MISSING: -99;",
    "TRANSFORM": "TRANSFORM: z = ln(x);",
    "CENTER": "CENTER: groupmean = x1i; grandmean = x2i;",
    "MODEL": "MODEL: y ~ x;",
    "SIMPLE": "SIMPLE: x1i | x2i;",
    "PARAMETERS": "PARAMETERS: indirect = a*b;",
    "SEED": "SEED: 123;",
    "BURN": "BURN: 10000;",
    "ITERATIONS": "ITERATIONS: 10000;",
    "CHAINS": "CHAINS: 2;",
    "NIMPS": "NIMPS: 20;",
    "OPTIONS": "OPTIONS: prior1;",
    "SAVE": "SAVE: stacked = imputations.csv;",
}
FIELDS = {"CLUSTERID": "cluster", "VARIABLES": "columns", "NIMPS": "imputations"}
PRIOR_FIELDS = tuple(item.name for item in fields(Priors))
_SWITCHES = ("pinfo", "tuneinfo", "allpatterns")
_BLIMP_OPTIONS = (
    "hev", "use_phantom", "savelatent", "saveresidual", "savepredicted", "savevarnames", "nodrop",
)  # fmt: skip


def read_value(command: str, body: Sequence[Token]) -> Any:
    """Read what stands behind a command as the value of a field of `ModelSpec`."""
    return _READERS[command](command, body)


def _file(command: str, body: Sequence[Token]) -> str:
    if len(body) > 1:
        raise missing_semicolon(body[0])
    return body[0].text


def _variables(command: str, body: Sequence[Token]) -> tuple[str, ...]:
    for token in body:
        if token.kind != "name":
            hint = f"Put blanks between them, as in '{command}: x1i x2i;'."
            raise mistake(f"{command} takes names of variables only", hint, token)
    return tuple(token.text for token in body)


def _variable(command: str, body: Sequence[Token]) -> str:
    if len(body) > 1 or body[0].kind != "name":
        hint = f"Write for example '{EXAMPLES[command]}'."
        if all(token.kind == "name" for token in body):
            hint = f"tutorkit does not support three levels yet. {hint}"
        raise mistake(f"{command} takes the name of one variable", hint, body[0], body[-1])
    return body[0].text


def _whole_number(command: str, body: Sequence[Token]) -> int:
    written = body[0].script[body[0].start : body[-1].end]
    if re.fullmatch(r"[0-9]{1,100}", written):
        return int(written)
    hint = f"Write for example '{EXAMPLES[command]}'."
    what = f"must be a whole number, not '{written[:20]}{'…' * (len(written) > 20)}'"
    plain = re.sub(r"[ ,._]", "", written)
    if re.fullmatch(r"[0-9]+", written):
        what = "is too large"
    elif re.fullmatch(r"-\s*[0-9]+", written):
        what = "must not be negative"
    elif re.fullmatch(r"[0-9]{1,3}([ ,._][0-9]{3})+", written):
        hint = f"Write '{command}: {plain};'."
    raise mistake(f"{command} {what}", hint, body[0], body[-1])


def _codes(command: str, body: Sequence[Token]) -> tuple[float, ...]:
    hint = "Put blanks between them, as in 'MISSING: -99 999;'."
    if any(token.text.upper() in ("NA", "NAN") for token in body):
        hint = "NA and empty cells always count as missing: leave it out."
    return read_numbers(body, "MISSING takes numbers only", hint)


def read_numbers(body: Sequence[Token], what: str, hint: str) -> tuple[float, ...]:
    """Read numbers with blanks between them; ``what`` says that something else is a mistake."""
    numbers = []
    at = 0
    while at < len(body):
        number, after = _number(body, at)
        if number is None:
            raise mistake(what, hint, body[at])
        numbers.append(number)
        at = after
    return tuple(numbers)


def _number(body: Sequence[Token], at: int) -> tuple[float | None, int]:
    """Return the number written at this place, or None, and where the next token is."""
    signed = at + 1 < len(body) and body[at].text in ("-", "+")
    token = body[at + signed] if at < len(body) else None
    if token is None or (signed and token.start != body[at].end):
        return None, at
    is_number = re.fullmatch(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", token.text)
    if not is_number and token.text.lower() not in ("inf", "infinity"):
        return None, at
    value = float(token.text)
    return (-value if body[at].text == "-" else value), at + signed + 1


def read_options(body: Sequence[Token]) -> dict[str, Any]:
    """Read ``prior1 pinfo probit_variance=inf`` as fields of `ModelSpec`; pairs are tutorkit's."""
    priors, chosen, values = Priors(), "", dict[str, float]()
    print_parameters = False
    at = 0
    while at < len(body):
        word = body[at]
        key = word.text.lower()
        if key in _SWITCHES:
            print_parameters |= key == "pinfo"
            at += 1
            continue
        if key.upper() in NAMED_PRIORS:
            if chosen:
                hint = f"Keep one of {chosen} and {key}."
                raise mistake("OPTIONS names two priors", hint, word)
            priors, chosen, at = replace(priors, **NAMED_PRIORS[key.upper()]), key, at + 1
            continue
        if key not in PRIOR_FIELDS:
            raise _unknown_option(word)
        if key in values:
            raise mistake(f"{key} is given twice", "Keep one of them.", word)
        values[key], at = _option_value(body, at)
    return {"priors": replace(priors, **values), "print_parameters": print_parameters}


def _option_value(body: Sequence[Token], at: int) -> tuple[float, int]:
    """Return the number of an option ``key=number``, and where the next token is."""
    key = body[at].text.lower()
    value, after = None, at + 1
    if after < len(body) and body[after].text == "=":
        value, after = _number(body, after + 1)
    if value is None:
        hint = f"Write for example '{key}={getattr(Priors(), key)}'."
        raise mistake(f"{key} needs a number", hint, body[at], body[min(at + 2, len(body) - 1)])
    return value, after


def _unknown_option(word: Token) -> ScriptError:
    if word.text.lower() in _BLIMP_OPTIONS:
        what = f"tutorkit does not support the option '{word.text}' yet"
        return mistake(what, "Leave it out.", word)
    known = [*(name.lower() for name in NAMED_PRIORS), *_SWITCHES, *PRIOR_FIELDS]
    return mistake(f"Unknown option '{word.text}'", did_you_mean(word.text, known), word)


_READERS: dict[str, Callable[[str, Sequence[Token]], Any]] = {
    "DATA": _file,
    "VARIABLES": _variables,
    "CLUSTERID": _variable,
    "ORDINAL": _variables,
    "FIXED": _variables,
    "MISSING": _codes,
    "SEED": _whole_number,
    "BURN": _whole_number,
    "ITERATIONS": _whole_number,
    "CHAINS": _whole_number,
    "NIMPS": _whole_number,
}
