"""Restricted maximum likelihood (REML) for a linear mixed model with one grouping factor."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from tutorkit.arrays import Floats
from tutorkit.model.spec import ModelSpec
from tutorkit.parameters import covariance_labels
from tutorkit.reml.core import minimise, profile, relative_factor
from tutorkit.reml.design import build_design

SINGULAR = 1e-4  # lme4's isSingular: a diagonal element of the relative factor below this


@dataclass(frozen=True, eq=False)
class RemlFit:
    """A linear mixed model fitted by REML, the frequentist baseline of the chapter's table 7.1.

    ``names``, ``estimate``, ``se``, ``lower``, ``upper`` are the p fixed coefficients, intercept
    first, with 95 % Wald intervals. ``tau`` (r, r) is the covariance matrix of the random effects
    ``random_names`` and ``sigma2`` the residual variance (variances, not SDs). ``loglik`` is the
    restricted log likelihood with lme4's constant. ``icc`` is the share of the random effects in
    the unexplained variance, averaged over rows (Nakagawa, Johnson & Schielzeth, 2017).
    """

    outcome: str
    names: tuple[str, ...]
    estimate: Floats
    se: Floats
    lower: Floats
    upper: Floats
    sigma2: float
    tau: Floats
    random_names: tuple[str, ...]
    loglik: float
    singular: bool
    icc: float
    n_clusters: int
    n_observations: int

    @property
    def correlations(self) -> Floats:
        """Correlations of the random effects, (r, r); nan where a variance is 0."""
        sd = np.sqrt(np.diag(self.tau))
        scale = np.outer(sd, sd)
        rho = np.full_like(scale, np.nan)
        np.divide(self.tau, scale, out=rho, where=scale > 0)
        return np.clip(rho, -1.0, 1.0)

    @property
    def singular_note(self) -> str:
        """Say in plain words what is degenerate in a singular fit; empty for a regular one."""
        if not self.singular:
            return ""
        effects = ["random intercept", *(f"random slope of {x}" for x in self.random_names[1:])]
        rho = self.correlations
        notes = [
            f"The estimated variance of the {effect} is exactly 0: clusters differ in it no more "
            "than chance alone makes them. The true variance may well be above 0."
            for effect, variance in zip(effects, np.diag(self.tau), strict=True)
            if variance == 0
        ]
        notes += [
            f"The estimated correlation of {effects[i]} and {effects[j]} is exactly "
            f"{rho[i, j]:.2f}: the data cannot separate the two, and the estimate stops at the "
            "edge of what is possible. The true correlation may well be another."
            for i, j in combinations(range(len(effects)), 2)
            if abs(rho[i, j]) > 1 - 1e-8
        ]
        mixed = (
            "A combination of the random effects has no variance: the data cannot separate them."
        )
        return " ".join(["Singular fit.", *(notes or [mixed])])

    def table(self) -> pd.DataFrame:
        """Return the fit row by row in the order of the chapter's table 7.1.

        Columns: parameter, estimate, se, lower, upper (the last three nan below the coefficients).
        Random effects are numbered from 0, the intercept; with several slopes the variable is
        added (τ11.x1i, τ22.x3i, ρ12.x1i.x3i). Without clusters τ, ρ, ICC and N are left out.
        """
        r = len(self.random_names)
        rho = self.correlations
        below: list[tuple[str, float]] = [("σ²", self.sigma2)]
        for (i, j), label in covariance_labels(self.random_names).items():
            below.append((label, self.tau[i, i] if i == j else rho[i, j]))
        below += [("ICC", self.icc), ("N", self.n_clusters)] if r else []
        below += [("Observations", self.n_observations)]
        blank = [np.nan] * len(below)
        return pd.DataFrame(
            {
                "parameter": [*self.names, *(name for name, _ in below)],
                "estimate": [*self.estimate, *(float(value) for _, value in below)],
                "se": [*self.se, *blank],
                "lower": [*self.lower, *blank],
                "upper": [*self.upper, *blank],
            }
        )


def fit_reml(spec: ModelSpec, data: pd.DataFrame) -> RemlFit:
    """Fit the focal equation of ``spec`` by REML to the rows complete in its variables.

    y = X beta + Z u + e with u ~ N(0, tau) in each cluster and e ~ N(0, sigma2). Without clusters
    this is ordinary least squares. Intervals use a t distribution with n minus the number of
    parameters (variances included) as degrees of freedom, like the R package parameters.

    Raises
    ------
    DataError
        If a column is missing or not numeric, or the complete rows cannot identify the model.
    """
    design = build_design(spec, data)
    moments, p, r = design.moments, len(design.fixed), len(design.random)
    theta, singular = _settle(minimise(moments)[0], r)
    best = profile(theta[None], moments)
    to_raw, unit = design.to_raw[:p, :p], design.unit
    estimate = to_raw @ (design.ols + unit * best.beta[0])
    estimate[0] += design.origin
    se = unit * np.sqrt(np.diag(to_raw @ best.covariance[0] @ to_raw.T))
    reach = stdtrit(design.df, 0.975) * se
    sigma2 = unit**2 * float(best.sigma2[0])
    share = relative_factor(theta, r)
    share = share @ share.T  # (r, r): covariance of the random effects / sigma2
    random_to_raw = design.to_raw[np.ix_(moments.random, moments.random)]
    zz = moments.products.sum(0)[np.ix_(moments.random, moments.random)]
    between = float((share * zz).sum()) / moments.n
    # The density of y in its own units, and |X'V^-1 X| in those of the predictors.
    jacobian = np.log(np.diag(to_raw)).sum() - (moments.n - p) * np.log(unit)
    return RemlFit(
        outcome=spec.focal.outcome,
        names=tuple(map(str, design.fixed)),
        estimate=estimate,
        se=se,
        lower=estimate - reach,
        upper=estimate + reach,
        sigma2=sigma2,
        tau=sigma2 * random_to_raw @ share @ random_to_raw.T + 0.0,  # no -0
        random_names=tuple(map(str, design.random)),
        loglik=float(jacobian - best.deviance[0] / 2),
        singular=singular,
        icc=between / (between + 1) if r else np.nan,
        n_clusters=len(moments.products) if r else 0,
        n_observations=moments.n,
    )


def _settle(theta: Floats, r: int) -> tuple[Floats, bool]:
    """Return theta with what is zero but for rounding set to 0, and whether anything was."""
    factor = relative_factor(theta, r)
    factor[np.linalg.norm(factor, axis=1) < SINGULAR] = 0.0
    edge = np.abs(np.diag(factor)) < SINGULAR
    factor[edge, edge] = 0.0
    return factor[np.tril_indices(r)], bool(edge.any())
