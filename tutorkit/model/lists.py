"""The commands that are lists of statements: TRANSFORM, CENTER, SIMPLE, PARAMETERS and SAVE."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tutorkit.errors import did_you_mean
from tutorkit.model.commands import EXAMPLES, read_numbers
from tutorkit.model.expressions import PARAMETER_FUNCTIONS, TRANSFORM_FUNCTIONS, normalise
from tutorkit.model.places import Places, note
from tutorkit.model.statements import SAVED_KINDS, Assignment, Save, Simple
from tutorkit.model.tokens import Token, missing_semicolon, mistake, starts_line

_CENTERINGS = {
    "grandmean": "grand_mean", "cgm": "grand_mean", "groupmean": "group_mean", "cwc": "group_mean",
}  # fmt: skip
_BLIMP_SAVES = (
    "separate", "dataset", "estimates", "iterations", "psr", "avgimp", "varimp", "waldtest",
    "simple",
)  # fmt: skip

Settings = dict[str, Any]
"""Fields of a `ModelSpec` read so far."""


def read_statement(command: str, body: Sequence[Token], settings: Settings, places: Places) -> None:
    """Add one statement of a list command to the settings."""
    _READERS[command](command, body, settings, places)


def is_list(command: str) -> bool:
    """Tell whether statements without a command of their own may follow this one's."""
    return command in _READERS


def _center(command: str, body: Sequence[Token], settings: Settings, places: Places) -> None:
    part, names = "grand_mean", body
    if len(body) > 1 and body[1].text == "=":
        key = body[0].text.lower()
        if key not in _CENTERINGS:
            hint = did_you_mean(key, _CENTERINGS)
            raise mistake(f"'{body[0].text}' is no way of centring", hint, body[0])
        part, names = _CENTERINGS[key], body[2:]
    if not names:
        raise _nothing_behind(command, body[1])
    for k, token in enumerate(names):
        if token.text == "=" and k > 1:
            raise missing_semicolon(names[k - 2])
        if token.kind != "name":
            hint = f"Put blanks between them, as in '{EXAMPLES[command]}'."
            raise mistake(f"{command} takes names of variables only", hint, token)
    for token in names:
        note(places, ("center", token.text), token)
    _append(settings, part, *(token.text for token in names))


def _assignment(command: str, body: Sequence[Token], settings: Settings, places: Places) -> None:
    kind = command.lower().removesuffix("s")
    functions = TRANSFORM_FUNCTIONS if kind == "transform" else PARAMETER_FUNCTIONS
    name = _left_of_equals(command, body)
    if len(body) == 2:
        raise _nothing_behind(command, body[1])
    _append(settings, f"{kind}s", Assignment(name.text, normalise(body[2:], functions)))
    note(places, (kind, name.text), name)
    for token in body[2:]:
        if token.kind == "name":
            places.setdefault((kind, name.text, token.text), (token.start, token.end))


def _simple(command: str, body: Sequence[Token], settings: Settings, places: Places) -> None:
    kinds = [token.kind for token in body[:3]]
    if kinds != ["name", "sign", "name"] or body[1].text != "|":
        what = "A statement of SIMPLE reads 'predictor | moderator;'"
        raise mistake(what, f"Write for example '{EXAMPLES[command]}'.", body[0], body[-1])
    focal, moderator, values = body[0], body[2], body[4:]
    if len(body) > 3 and body[3].text != "@":
        if starts_line(body, 3):
            raise missing_semicolon(moderator)
        hint = "Values of the moderator stand behind '@', as in 'x1i | x2i @ -1 0 1;'."
        raise mistake("Only one moderator can stand behind '|'", hint, body[3])
    if len(body) == 4:
        raise mistake("Nothing stands behind '@'", "Write for example '@ -1 0 1'.", body[3])
    what = "The values of a moderator are numbers"
    hint = "Write for example 'x1i | x2i @ -1 0 1;', or leave '@' out for mean and mean ± SD."
    if values and values[0].kind == "name":
        what = f"tutorkit does not support '@ {values[0].text}' yet"
    pair = Simple(focal.text, moderator.text, read_numbers(values, what, hint))
    _append(settings, "simple", pair)
    note(places, ("simple", pair.focal, pair.moderator), body[0], body[-1])


def _save(command: str, body: Sequence[Token], settings: Settings, places: Places) -> None:
    key = _left_of_equals(command, body)
    kind = key.text.lower()
    if kind in _BLIMP_SAVES:
        what = f"tutorkit does not support '{key.text}' under SAVE yet"
        hint = "Write 'stacked = imputations.csv', or save what the notebook shows with pandas."
        raise mistake(what, hint, key)
    if kind not in SAVED_KINDS:
        raise mistake(f"'{key.text}' cannot be saved", did_you_mean(kind, SAVED_KINDS), key)
    if len(body) == 2:
        raise _nothing_behind(command, body[1])
    if len(body) > 3:
        raise missing_semicolon(body[2])
    _append(settings, "save", Save(kind, body[2].text))
    note(places, ("save", kind), body[0], body[-1])


def _left_of_equals(command: str, body: Sequence[Token]) -> Token:
    if len(body) < 2 or body[0].kind != "name" or body[1].text != "=" or body[0].in_range:
        what = f"This is not a statement of {command}: it does not begin with a name and '='"
        hint = f"Write for example '{EXAMPLES[command]}'."
        raise mistake(what, hint, body[0], body[-1])
    return body[0]


def _nothing_behind(command: str, sign: Token) -> Exception:
    hint = f"Write for example '{EXAMPLES[command]}'."
    return mistake(f"Nothing stands behind '{sign.text}'", hint, sign)


def _append(settings: Settings, field: str, *values: Any) -> None:
    settings[field] = (*settings.get(field, ()), *values)


_READERS: dict[str, Callable[[str, Sequence[Token], Settings, Places], None]] = {
    "CENTER": _center,
    "TRANSFORM": _assignment,
    "PARAMETERS": _assignment,
    "SIMPLE": _simple,
    "SAVE": _save,
}
