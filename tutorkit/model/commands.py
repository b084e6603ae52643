"""The statements of a script, and what stands behind each command but MODEL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any, NamedTuple

from tutorkit.errors import ScriptError, did_you_mean
from tutorkit.model.spec import NAMED_PRIORS, Priors
from tutorkit.model.tokens import Token, is_command, missing_semicolon, mistake, starts_line

TILDES = ("~", "<-")
EXAMPLES = {
    "DATA": "DATA: my.csv;",
    "CLUSTERID": "CLUSTERID: j;",
    "FIXED": "FIXED: x3i;",
    "MISSING": "MISSING: -99;",
    "MODEL": "MODEL: y ~ x;",
    "SEED": "SEED: 123;",
    "BURN": "BURN: 10000;",
    "ITERATIONS": "ITERATIONS: 10000;",
    "CHAINS": "CHAINS: 2;",
    "OPTIONS": "OPTIONS: prior1;",
}
PRIOR_FIELDS = tuple(item.name for item in fields(Priors))
_BLIMP_OPTIONS = (
    "hev", "pinfo", "tuneinfo", "allpatterns", "use_phantom", "savelatent", "saveresidual",
    "savepredicted", "savevarnames", "nodrop",
)  # fmt: skip


class Statement(NamedTuple):
    """A stretch of script up to ';': the words before colons, and the rest."""

    heads: list[Token]
    body: list[Token]


def statements(tokens: Sequence[Token]) -> Iterator[Statement]:
    """Split a script into statements; empty ones (';;') are left out."""
    at = 0
    while at < len(tokens):
        heads: list[Token] = []
        while _before_colon(tokens, at):
            if _same_stem(tokens, at):
                raise _range(tokens, at)
            heads.append(tokens[at])
            at += 2
        start = at
        while at < len(tokens) and not _is_semicolon(tokens[at]):
            if at > start and _before_colon(tokens, at):
                raise _unexpected_colon(tokens, at)
            at += 1
        if at == len(tokens) and at > start:
            raise missing_semicolon(tokens[-1])
        if heads or at > start:
            yield Statement(heads, list(tokens[start:at]))
        at += 1


def _is_semicolon(token: Token) -> bool:
    return token.kind == "sign" and token.text == ";"


def _before_colon(tokens: Sequence[Token], at: int) -> bool:
    return at + 1 < len(tokens) and tokens[at].kind == "name" and tokens[at + 1].text == ":"


def _same_stem(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether ``x1:x3`` stands here, written without blanks."""
    if at + 2 >= len(tokens) or tokens[at + 2].start != tokens[at].end + 1:
        return False
    stems = [re.fullmatch(r"(.*?)\d+", tokens[k].text) for k in (at, at + 2)]
    return all(stems) and len({stem[1] for stem in stems if stem}) == 1


def _unexpected_colon(tokens: Sequence[Token], at: int) -> ScriptError:
    """Tell a missing semicolon (``SEED: 1 BURN: 2;``) from a range (``x1:x3``)."""
    before = tokens[at - 1]
    ends = before.kind in ("name", "number", "file")
    if ends and (is_command(tokens[at].text) or _opens_block(tokens, at)):
        return missing_semicolon(before)
    return _range(tokens, at)


def _opens_block(tokens: Sequence[Token], at: int) -> bool:
    if starts_line(tokens, at):
        return not _same_stem(tokens, at)
    end = next((k for k in range(at, len(tokens)) if _is_semicolon(tokens[k])), len(tokens))
    return any(token.text in TILDES for token in tokens[at:end])


def _range(tokens: Sequence[Token], at: int) -> ScriptError:
    last = tokens[min(at + 2, len(tokens) - 1)]
    shown = f"{tokens[at].text}:{last.text}"
    hint = "Write every name: 'x1 x2 x3'. A product is written 'x1*x2'."
    return mistake(f"tutorkit does not support ranges such as '{shown}'", hint, tokens[at], last)


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
            hint = f"Put blanks between them, as in '{EXAMPLES[command][:-1]} x4i;'."
            raise mistake(f"{command} takes names of variables only", hint, token)
    return tuple(token.text for token in body)


def _variable(command: str, body: Sequence[Token]) -> str:
    if len(body) > 1 or body[0].kind != "name":
        hint = f"Write for example '{EXAMPLES[command]}'."
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
    codes = []
    at = 0
    while at < len(body):
        code, after = _number(body, at)
        if code is None:
            hint = "Put blanks between them, as in 'MISSING: -99 999;'."
            if body[at].text.upper() in ("NA", "NAN"):
                hint = "NA and empty cells always count as missing: leave it out."
            raise mistake("MISSING takes numbers only", hint, body[at])
        codes.append(code)
        at = after
    return tuple(codes)


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


def _priors(command: str, body: Sequence[Token]) -> Priors:
    """Read ``prior1 probit_variance=inf``; the pairs are tutorkit's own."""
    priors, chosen, values = Priors(), "", dict[str, float]()
    at = 0
    while at < len(body):
        word = body[at]
        key = word.text.lower()
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
        value, after = None, at + 1
        if after < len(body) and body[after].text == "=":
            value, after = _number(body, after + 1)
        if value is None:
            hint = f"Write for example '{key}={getattr(Priors(), key)}'."
            raise mistake(f"{key} needs a number", hint, word, body[min(at + 2, len(body) - 1)])
        values[key], at = value, after
    return replace(priors, **values)


def _unknown_option(word: Token) -> ScriptError:
    if word.text.lower() in _BLIMP_OPTIONS:
        what = f"tutorkit does not support the option '{word.text}' yet"
        return mistake(what, "Leave it out.", word)
    known = [name.lower() for name in NAMED_PRIORS] + list(PRIOR_FIELDS)
    return mistake(f"Unknown option '{word.text}'", did_you_mean(word.text, known), word)


_READERS: dict[str, Callable[[str, Sequence[Token]], Any]] = {
    "DATA": _file,
    "CLUSTERID": _variable,
    "FIXED": _variables,
    "MISSING": _codes,
    "SEED": _whole_number,
    "BURN": _whole_number,
    "ITERATIONS": _whole_number,
    "CHAINS": _whole_number,
    "OPTIONS": _priors,
}
