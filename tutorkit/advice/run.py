"""Advice on priors and iterations."""

from __future__ import annotations

from collections.abc import Iterator

from tutorkit.advice.advice import Advice
from tutorkit.data.warnings import prior_warnings
from tutorkit.model.spec import ModelSpec

FEW = 1000  # iterations of a chain


def improper_priors(spec: ModelSpec) -> Iterator[Advice]:
    """Repeat the warnings of priors that leave no posterior distribution."""
    for what, todo in prior_warnings(spec):
        yield Advice("run", "", f"{what}.", f"{todo[0].upper()}{todo[1:]}")


def few_iterations(spec: ModelSpec) -> Iterator[Advice]:
    """Advise on runs too short to be relied on."""
    if spec.draws_per_chain < FEW:
        yield Advice(
            "run",
            "",
            f"Each chain keeps {spec.draws_per_chain} iterations. That is few: medians and above "
            "all the ends of intervals would come out differently with another seed.",
            f"Set ITERATIONS to {FEW * spec.chains} or more; it counts all chains together.",
        )
    if spec.burn < FEW:
        yield Advice(
            "run",
            "",
            f"The burn-in has {spec.burn} iterations and may end before the chains have "
            "converged. Draws kept too early pull the estimates towards the starting values.",
            f"Set BURN to {FEW} or more, and look at the PSR.",
        )
