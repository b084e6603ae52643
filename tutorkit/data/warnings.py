"""What the user of a model must be warned of before it is run."""

from __future__ import annotations

import numpy as np

from tutorkit.model.spec import ModelSpec


def data_warnings(spec: ModelSpec, n_dropped: int) -> tuple[str, ...]:
    """Return one sentence or two for each."""
    warnings = []
    if n_dropped:
        have, they = ("observations have", "They have") if n_dropped > 1 else (
            "observation has", "It has"
        )  # fmt: skip
        warnings.append(
            f"{n_dropped} {have} all variables in the imputation model missing. "
            f"{they} been dropped from data set."
        )
    priors = spec.priors
    if spec.cluster is not None and priors.random_df >= 0 and priors.random_scale == 0:
        warnings.append(
            "The prior of the random effects is infinite at zero variance, so the posterior is "
            "improper: prefer 'OPTIONS: prior1;' or the default prior2."
        )
    for equation in spec.selection:
        if np.isinf(priors.probit_variance) and equation.selects in equation.inputs:
            warnings.append(
                f"With a flat prior on its coefficients the posterior of '{equation.outcome}' is "
                f"improper, because '{equation.selects}' itself is among its predictors: give "
                "probit_variance a finite value."
            )
    return tuple(warnings)
