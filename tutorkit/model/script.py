"""Blimp scripts: `parse` reads one as a model, `render` writes a model as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tutorkit.errors import Place, ScriptError, SpecError, Spot, TutorkitError, did_you_mean
from tutorkit.model.commands import EXAMPLES, FIELDS, read_options, read_value
from tutorkit.model.equations import read_equations
from tutorkit.model.lists import Settings, is_list, read_statement
from tutorkit.model.places import Places, locate, note
from tutorkit.model.render import render
from tutorkit.model.spec import Equation, ModelSpec
from tutorkit.model.split import TILDES, Statement, statements
from tutorkit.model.tokens import (
    COMMANDS,
    UNSUPPORTED_COMMANDS,
    Token,
    command_of,
    commands_like,
    is_command,
    mistake,
    tokenize,
)

__all__ = ["parse", "render", "spot"]

_RELATIONS = (*TILDES, "~~", "->", "=~", "<->")
_REPEATED = ("OPTIONS", "TRANSFORM", "CENTER", "SIMPLE", "PARAMETERS", "SAVE")
_PARTS = {"VARIABLES": "columns", "ORDINAL": "ordinal", "FIXED": "fixed"}


def parse(text: str) -> ModelSpec:
    """Read a Blimp script; a mistake in it raises a ScriptError that marks the place."""
    return _read(text)[0]


def spot(spec: ModelSpec, place: Place) -> Spot | None:
    """Find a place of the model in the script it was read from, or else in `render` of it."""
    text, places = spec.source, None
    if text is not None:
        try:
            read, places = _read(text)
        except TutorkitError:
            places = None
        else:
            places = places if read == spec else None
    if text is None or places is None:
        text = render(spec)
        places = _read(text)[1]
    return locate(text, places, place)


@dataclass
class _Draft:
    """What has been read so far, and where it stood.

    ``block`` is None outside MODEL; ``open_list`` is the list command whose statements may go on.
    """

    settings: Settings = field(default_factory=dict)
    options: list[Token] = field(default_factory=list)
    equations: list[Equation] = field(default_factory=list)
    places: Places = field(default_factory=dict)
    given: set[str] = field(default_factory=set)
    block: str | None = None
    open_list: str = ""


def _read(text: str) -> tuple[ModelSpec, Places]:
    """Read a script, and where in it each part of the model stands."""
    draft = _Draft()
    tokens = tokenize(text)
    if not tokens:
        hint = "A short one reads 'DATA: my.csv; CLUSTERID: j; MODEL: y ~ x;'."
        raise ScriptError("The script is empty", hint)
    try:
        for statement in statements(tokens):
            _add(draft, statement)
        if "MODEL" not in draft.given:
            hint = "Add the equations, for example 'MODEL: y ~ x;'."
            raise ScriptError("The script has no MODEL", hint)
        spec = ModelSpec(tuple(draft.equations), source=text, **draft.settings)
    except SpecError as error:
        place = locate(text, draft.places, error.place)
        raise ScriptError(error.message, error.hint, place=error.place, spot=place) from None
    return spec, draft.places


def _add(draft: _Draft, statement: Statement) -> None:
    heads, body = statement
    if not heads and _lacks_colon(body):
        hint = f"Write '{body[0].text}:' and then its value."
        raise mistake(f"A colon is missing behind '{body[0].text}'", hint, body[0])
    for k, head in enumerate(heads):
        last = head is heads[-1]
        command = _command_of(draft, head, body if last else [])
        if command not in (None, "MODEL") and not last and not command_of(heads[k + 1].text):
            hint = "A range reads 'x1:x3', with one name and two numbers; a product 'x1*z3'."
            raise mistake(f"'{heads[k + 1].text}:' begins no range here", hint, heads[k + 1])
        if command:
            _command(draft, command, head, body if last else [])
        else:
            _label(draft, head, body if last else [], last)
    if body and draft.block is not None:
        draft.equations += read_equations(body, draft.block, draft.places)
    elif body and not heads:
        if not draft.open_list or _is_equation(body):
            raise _outside(draft, body)
        read_statement(draft.open_list, body, draft.settings, draft.places)


def _lacks_colon(body: Sequence[Token]) -> bool:
    """Tell whether a statement begins with a command that is not its first variable."""
    is_other = _is_equation(body) or (len(body) > 1 and body[1].text in ("=", "|"))
    is_short = command_of(body[0].text) is not None and [t.kind for t in body[1:]] == ["number"]
    return (is_command(body[0].text) and not is_other) or is_short


def _command_of(draft: _Draft, head: Token, body: Sequence[Token]) -> str | None:
    """Return the command of this head; under MODEL, a shortened one may be a label instead."""
    command = command_of(head.text)
    is_short = command != head.text.upper()
    if draft.block is not None and is_short and (not body or _is_equation(body)):
        return None
    return command


def _command(draft: _Draft, command: str, head: Token, body: Sequence[Token]) -> None:
    if command != "MODEL" and draft.block is not None and _is_equation(body):
        hint = "Choose another label, for example 'selection:'."
        raise mistake(f"'{head.text}' is a command and cannot label a block", hint, head)
    if command in UNSUPPORTED_COMMANDS:
        what = f"tutorkit does not support the command {command} yet"
        raise mistake(what, UNSUPPORTED_COMMANDS[command], head)
    if command in draft.given and command not in _REPEATED:
        hint = "Put all equations under one MODEL." if command == "MODEL" else "Keep one of them."
        raise mistake(f"{command} is given twice", hint, head)
    draft.given.add(command)
    draft.block = "" if command == "MODEL" else None
    draft.open_list = command if is_list(command) else ""
    if command == "MODEL":
        draft.places["model",] = (head.start, head.end)
    elif not body:
        raise mistake(f"{command} is empty", f"Write for example '{EXAMPLES[command]}'.", head)
    elif is_list(command):
        read_statement(command, body, draft.settings, draft.places)
    else:
        _value(draft, command, body)


def _value(draft: _Draft, command: str, body: Sequence[Token]) -> None:
    """Read what stands behind a command that is no list."""
    name = FIELDS.get(command, command.lower())
    draft.places[name,] = (body[0].start, body[-1].end)
    if command == "OPTIONS":
        draft.options += body
        draft.settings |= read_options(draft.options)
    else:
        draft.settings[name] = read_value(command, body)
    for token in body if command in _PARTS else ():
        note(draft.places, (_PARTS[command], token.text), token)


def _label(draft: _Draft, head: Token, body: Sequence[Token], last: bool) -> None:
    """Open a block, unless this is a misspelt command or stands outside MODEL."""
    relation = _is_equation(body) or any(token.text == "=" for token in body)
    if draft.block is not None and (relation or not last):
        draft.block = head.text
        return
    like = commands_like(head.text)
    hint = did_you_mean(head.text, COMMANDS)
    close = hint.startswith("Did")
    if len(like) > 1:
        hint = f"It may stand for {' or '.join(like)}: write at least four letters."
    if draft.block is not None and not body and not close:
        draft.block = head.text
    elif draft.block is None and relation and ("MODEL" in draft.given or not close):
        raise _outside(draft, [head])
    else:
        raise mistake(f"Unknown command '{head.text}'", hint, head)


def _outside(draft: _Draft, body: Sequence[Token]) -> ScriptError:
    what = "This stands outside MODEL"
    if "MODEL" in draft.given:
        return mistake(what, "Move it up to the other equations.", body[0], body[-1])
    return mistake(what, "Write 'MODEL:' before the first equation.", body[0], body[-1])


def _is_equation(body: Sequence[Token]) -> bool:
    """Tell whether this is meant for MODEL: 'y ~ x' is, 'z = x <- 1' is not."""
    is_assignment = len(body) > 1 and body[1].text == "="
    return not is_assignment and any(token.text in _RELATIONS for token in body)
