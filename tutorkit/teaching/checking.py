"""What is missing in a learner's model and what is too much, and why it matters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutorkit.formulas import Role, role_of
from tutorkit.model.spec import Equation, ModelSpec, Term
from tutorkit.wording import listed

ROLES: tuple[Role, ...] = ("focal", "auxiliary", "selection")


@dataclass(frozen=True)
class Finding:
    """One difference between a learner's model and the one that is asked for.

    ``what`` names it, ``why`` says what it does to the estimates; both are sentences.
    """

    what: str
    why: str


def findings(
    spec: ModelSpec | None, wanted: ModelSpec, roles: Sequence[Role], free: Sequence[str] = ()
) -> list[Finding]:
    """Compare a model with the one wanted, as far as the equations of ``roles`` go.

    The order of terms and equations, and the factors' order in a product, play no part, nor do
    priors and settings of the run. Of the equations of ``free`` only the variable itself is asked
    for, where the wanted model has it.
    """
    if spec is None:
        return [Finding("There is no model yet.", "Choose the outcome of the focal model first.")]
    return list(_findings(spec, wanted, roles, free))


def _findings(
    spec: ModelSpec, wanted: ModelSpec, roles: Sequence[Role], free: Sequence[str]
) -> Iterator[Finding]:
    if spec.cluster != wanted.cluster:
        yield _wrong_cluster(spec, wanted)
    own = {e.outcome: e for e in spec.equations}
    for equation in wanted.equations:
        role = role_of(wanted, equation)
        if role not in roles:
            continue
        mine = own.get(equation.outcome)
        if mine is None or role_of(spec, mine) != role:
            yield _no_equation(equation, role)
        elif equation.outcome in free:
            if equation.selects in equation.inputs and equation.selects not in mine.inputs:
                what = f"{equation.selects} is missing in the {role} model of {equation.outcome}."
                yield Finding(what, _missing(Term((f"{equation.selects}",)), equation, role))
        else:
            yield from _terms(mine, equation, role)
    asked = {*(e.outcome for e in wanted.equations), *free}
    for equation in spec.equations:
        role = role_of(spec, equation)
        if role in roles and equation.outcome not in asked:
            yield Finding(
                f"There is {_A[role]} model of {equation.outcome} that is not asked for.",
                _SUPERFLUOUS[role],
            )
    if "auxiliary" in roles:
        unfixed = [name for name in wanted.fixed if name not in spec.fixed]
        if unfixed:
            yield Finding(
                f"FIXED does not name {listed(unfixed)}.",
                "The estimates are the same without it. It says that this predictor is complete "
                "and needs no model: readers of your script see that none was forgotten.",
            )


def _wrong_cluster(spec: ModelSpec, wanted: ModelSpec) -> Finding:
    if wanted.cluster is None:
        return Finding(f"{spec.cluster} is not needed as a cluster variable.", "")
    return Finding(
        f"The clusters are not given: {wanted.cluster} numbers them (CLUSTERID).",
        "Rows of one cluster are alike. Taken as independent they seem to hold more information "
        "than they do, and standard errors of the intercept and of effects that vary over "
        "clusters are too small.",
    )


_A: dict[Role, str] = {
    "focal": "a focal", "auxiliary": "an auxiliary", "selection": "a selection",
}  # fmt: skip
_SUPERFLUOUS: dict[Role, str] = {
    "focal": "The focal model is one equation, the analysis you want.",
    "auxiliary": "Only incomplete predictors need a model. One of a complete variable costs "
    "assumptions and gains nothing.",
    "selection": "It costs assumptions, and what it is to show may be more than the data can say.",
}


def _no_equation(wanted: Equation, role: Role) -> Finding:
    name = wanted.outcome
    if role == "focal":
        return Finding(
            f"{name} is not the outcome of the focal model.", "The question is what explains it."
        )
    if role == "selection":
        return Finding(
            f"There is no model of {name}.",
            f"Without it {wanted.selects} is taken to be missing at random. If it is not, the "
            "estimates are biased, and nothing in the output says so.",
        )
    return Finding(
        f"There is no auxiliary model of {name}.",
        f"{name} has missing values and predicts others. What they may have been follows from a "
        "model of it; leave it to the program, and it makes one that you have not thought about.",
    )


def _terms(mine: Equation, wanted: Equation, role: Role) -> Iterator[Finding]:
    name = wanted.outcome
    for term in _without(wanted.predictors, mine.predictors):
        yield Finding(
            f"{term} is missing in the {role} model of {name}.", _missing(term, wanted, role)
        )
    for term in _without(mine.predictors, wanted.predictors):
        yield Finding(f"{term} is too much in the {role} model of {name}.", _too_much(term, role))
    for term in _without(wanted.slopes, mine.slopes):
        yield Finding(
            f"The slope of {term} does not vary over clusters in the model of {name}.",
            "If it does in truth, its standard error is too small, and its variance goes into the "
            "residuals.",
        )
    for term in _without(mine.slopes, wanted.slopes):
        yield Finding(
            f"The slope of {term} varies over clusters in the model of {name}.",
            "That is not asked for. A variance that is 0 in truth makes intervals wider.",
        )
    if mine.random_intercept != wanted.random_intercept:
        yield Finding(
            f"The model of {name} has no random intercept.",
            "Clusters differ in their level; left out, that difference goes into the residuals.",
        )


def _missing(term: Term, wanted: Equation, role: Role) -> str:
    if role == "selection" and term.factors == (wanted.selects,):
        return (
            f"Then missingness depends on other variables only, which is MAR: if {term} itself "
            f"decides whether it is missing, nothing is corrected."
        )
    if len(term.factors) > 1 and role == "focal":
        first, second = term.factors[0], term.factors[-1]
        return f"Then the effect of {first} is the same at all values of {second}."
    if role == "auxiliary":
        return (
            f"Then {wanted.outcome} and {term} are taken to be unrelated, given the rest, and what "
            f"is imputed for {wanted.outcome} weakens their relation."
        )
    if role == "focal":
        return "What it explains goes into the residuals, and biases what is related to it."
    return (
        "Should it drive missingness, the model gives its part to others. More predictors than "
        "needed are not a problem here, but slow convergence."
    )


def _too_much(term: Term, role: Role) -> str:
    if role == "focal":
        return "The coefficients then answer another question than the one asked."
    if role == "selection":
        return "That is no mistake, but each predictor more makes the chains converge more slowly."
    return (
        "Each variable is explained by those after it. What explains more than asked for makes the "
        "model larger, and two that explain each other need not fit together."
    )


def _without(terms: Sequence[Term], others: Sequence[Term]) -> list[Term]:
    known = {term.key for term in others}
    return [term for term in terms if term.key not in known]
