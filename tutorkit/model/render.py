"""Write a model as a script."""

from __future__ import annotations

from collections.abc import Iterator

from tutorkit.model.commands import PRIOR_FIELDS
from tutorkit.model.spec import NAMED_PRIORS, ModelSpec, Priors
from tutorkit.model.statements import render_number
from tutorkit.model.tokens import render_file


def render(spec: ModelSpec) -> str:
    """Write a model as a script, one equation a line; `parse` gives the same model back."""
    lines = [*_data_lines(spec), "MODEL:"]
    block = ""
    for equation in spec.equations:
        if equation.block != block:
            block = equation.block
            lines.append(f"{block}:")
        lines.append(f"{equation};")
    return "\n".join([*lines, *_run_lines(spec)]) + "\n"


def _data_lines(spec: ModelSpec) -> Iterator[str]:
    if spec.data is not None:
        yield f"DATA: {render_file(spec.data)};"
    cluster = () if spec.cluster is None else (spec.cluster,)
    lists = {"VARIABLES": spec.columns, "CLUSTERID": cluster, "ORDINAL": spec.ordinal}
    for command, names in {**lists, "FIXED": spec.fixed}.items():
        if names:
            yield f"{command}: {' '.join(names)};"
    if spec.missing:
        yield f"MISSING: {' '.join(map(render_number, spec.missing))};"
    yield from _list("TRANSFORM", map(str, spec.transforms))
    grand, group = " ".join(spec.grand_mean), " ".join(spec.group_mean)
    if group:
        yield f"CENTER: groupmean = {group};{f' grandmean = {grand};' if grand else ''}"
    elif grand:
        yield f"CENTER: {grand};"


def _run_lines(spec: ModelSpec) -> Iterator[str]:
    yield from _list("SIMPLE", map(str, spec.simple))
    yield from _list("PARAMETERS", map(str, spec.parameters))
    if spec.seed is not None:
        yield f"SEED: {spec.seed};"
    yield f"BURN: {spec.burn};"
    yield f"ITERATIONS: {spec.iterations};"
    if spec.chains != 2:
        yield f"CHAINS: {spec.chains};"
    if spec.imputations:
        yield f"NIMPS: {spec.imputations};"
    options = [*_priors(spec.priors), *(["pinfo"] if spec.print_parameters else [])]
    if options:
        yield f"OPTIONS: {' '.join(options)};"
    yield from _list("SAVE", (f"{save.kind} = {render_file(save.file)}" for save in spec.save))


def _list(command: str, statements: Iterator[str]) -> Iterator[str]:
    """Write the statements of a list command, one a line if there are several."""
    written = [f"{statement};" for statement in statements]
    if len(written) == 1:
        yield f"{command}: {written[0]}"
    elif written:
        yield f"{command}:"
        yield from written


def _priors(priors: Priors) -> list[str]:
    base = Priors(**NAMED_PRIORS[priors.name or "PRIOR2"])
    named = [] if priors.name in (None, "PRIOR2") else [str(priors.name).lower()]
    values = {name: getattr(priors, name) for name in PRIOR_FIELDS}
    changed = [(name, v) for name, v in values.items() if v != getattr(base, name)]
    return named + [f"{name}={render_number(value)}" for name, value in changed]
