"""Blimp scripts: `parse` reads one as a model, `render` writes a model as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tutorkit.errors import Place, ScriptError, SpecError, Spot, TutorkitError, did_you_mean
from tutorkit.model.commands import (
    EXAMPLES,
    PRIOR_FIELDS,
    TILDES,
    Statement,
    read_value,
    statements,
)
from tutorkit.model.equations import Places, read_equations
from tutorkit.model.spec import NAMED_PRIORS, Equation, ModelSpec, Priors
from tutorkit.model.tokens import (
    COMMANDS,
    UNSUPPORTED_COMMANDS,
    Token,
    is_command,
    mistake,
    render_file,
    tokenize,
)

_FIELDS = {"CLUSTERID": "cluster", "OPTIONS": "priors"}
_OTHER_PLACE = {"predictor": "slope", "iterations": "chains"}


def parse(text: str) -> ModelSpec:
    """Read a Blimp script; a mistake in it raises a ScriptError that marks the place."""
    return _read(text)[0]


def render(spec: ModelSpec) -> str:
    """Write a model as a script, one equation a line; `parse` gives the same model back."""
    lines = []
    if spec.data is not None:
        lines.append(f"DATA: {render_file(spec.data)};")
    if spec.cluster is not None:
        lines.append(f"CLUSTERID: {spec.cluster};")
    if spec.fixed:
        lines.append(f"FIXED: {' '.join(spec.fixed)};")
    if spec.missing:
        lines.append(f"MISSING: {' '.join(map(_render_number, spec.missing))};")
    lines.append("MODEL:")
    block = ""
    for equation in spec.equations:
        if equation.block != block:
            block = equation.block
            lines.append(f"{block}:")
        lines.append(f"{_render_equation(equation)};")
    if spec.seed is not None:
        lines.append(f"SEED: {spec.seed};")
    lines += [f"BURN: {spec.burn};", f"ITERATIONS: {spec.iterations};"]
    if spec.chains != 2:
        lines.append(f"CHAINS: {spec.chains};")
    if spec.priors != Priors():
        lines.append(f"OPTIONS: {' '.join(_render_priors(spec.priors))};")
    return "\n".join(lines) + "\n"


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
    return _locate(text, places, place)


def _locate(text: str, places: Places, place: Place) -> Spot | None:
    if not place:
        return None
    span = places.get(place) or places.get((_OTHER_PLACE.get(place[0], ""), *place[1:]))
    return Spot(text, *span) if span else None


def _render_equation(equation: Equation) -> str:
    right = " ".join(map(str, equation.predictors)) or "intercept"
    slopes = " ".join(map(str, equation.slopes))
    return f"{equation.outcome} ~ {right}{' | ' if slopes else ''}{slopes}"


def _render_number(value: float) -> str:
    number = float(value)
    return f"{number:.0f}" if abs(number) < 1e15 and number.is_integer() else repr(number)


def _render_priors(priors: Priors) -> list[str]:
    base = Priors(**NAMED_PRIORS[priors.name or "PRIOR2"])
    named = [] if priors.name in (None, "PRIOR2") else [str(priors.name).lower()]
    values = {name: getattr(priors, name) for name in PRIOR_FIELDS}
    changed = [(name, v) for name, v in values.items() if v != getattr(base, name)]
    return named + [f"{name}={_render_number(value)}" for name, value in changed]


@dataclass
class _Draft:
    """What has been read so far, and where it stood; ``block`` is None outside MODEL."""

    settings: dict[str, Any] = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)
    places: Places = field(default_factory=dict)
    given: set[str] = field(default_factory=set)
    block: str | None = None


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
        place = _locate(text, draft.places, error.place)
        raise ScriptError(error.message, error.hint, place=error.place, spot=place) from None
    return spec, draft.places


def _add(draft: _Draft, statement: Statement) -> None:
    heads, body = statement
    if not heads and is_command(body[0].text) and not _has_tilde(body):
        hint = f"Write '{body[0].text}:' and then its value."
        raise mistake(f"A colon is missing behind '{body[0].text}'", hint, body[0])
    for head in heads:
        last = head is heads[-1]
        if is_command(head.text):
            _command(draft, head, body if last else [])
        else:
            _label(draft, head, body if last else [], last)
    if body and draft.block is not None:
        draft.equations += read_equations(body, draft.block, draft.places)
    elif body and not heads:
        raise _outside(draft, body)


def _command(draft: _Draft, head: Token, body: Sequence[Token]) -> None:
    command = head.text.upper()
    if command != "MODEL" and draft.block is not None and _has_tilde(body):
        hint = "Choose another label, for example 'selection:'."
        raise mistake(f"'{head.text}' is a command and cannot label a block", hint, head)
    if command in UNSUPPORTED_COMMANDS:
        what = f"tutorkit does not support the command {command} yet"
        raise mistake(what, UNSUPPORTED_COMMANDS[command], head)
    if command in draft.given:
        hint = "Put all equations under one MODEL." if command == "MODEL" else "Keep one of them."
        raise mistake(f"{command} is given twice", hint, head)
    draft.given.add(command)
    draft.block = "" if command == "MODEL" else None
    if command == "MODEL":
        draft.places["model",] = (head.start, head.end)
        return
    if not body:
        raise mistake(f"{command} is empty", f"Write for example '{EXAMPLES[command]}'.", head)
    name = _FIELDS.get(command, command.lower())
    draft.places["options" if name == "priors" else name,] = (body[0].start, body[-1].end)
    draft.settings[name] = read_value(command, body)
    if command == "FIXED":
        draft.places |= {("fixed", token.text): (token.start, token.end) for token in body}


def _label(draft: _Draft, head: Token, body: Sequence[Token], last: bool) -> None:
    """Open a block, unless this is a misspelt command or stands outside MODEL."""
    relation = any(token.text in (*TILDES, "=", "~~", "->", "=~", "<->") for token in body)
    if draft.block is not None and (relation or not last):
        draft.block = head.text
        return
    hint = did_you_mean(head.text, COMMANDS)
    close = hint.startswith("Did")
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


def _has_tilde(body: Sequence[Token]) -> bool:
    return any(token.text in TILDES for token in body)
