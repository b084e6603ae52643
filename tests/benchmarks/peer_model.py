"""The chapter's model for PyMC, in the form that nutpie samples best.

The missing y are integrated out, cluster effects are standardised, and the selection model is
written as Heckman's: coefficients of the *marginal* probit model of missingness, and the
correlation of its latent residual with y's. Log Jacobians make the priors the same as tutorkit's.
"""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt


def build(data: pd.DataFrame, probit_variance: float = math.inf) -> pm.Model:
    """Return the model; ``theta`` holds the 25 parameters in the order of tutorkit's free ones."""
    j = np.unique(data["j"].to_numpy(), return_inverse=True)[1]
    n_clusters = int(j.max()) + 1
    x3 = data["x3i"].to_numpy()
    lost = data["y"].isna().to_numpy()
    y = data["y"].to_numpy()[~lost]
    with warnings.catch_warnings(), pm.Model() as model:
        warnings.simplefilter("ignore")  # PyMC announces that it imputes x1i and x2i
        b, a, c = pm.Flat("b", shape=5), pm.Flat("a", shape=3), pm.Flat("c", shape=2)
        sd_y, sd_1, sd_2 = (_flat_variance(f"sd_{v}") for v in ("y", "x1", "x2"))
        tau_1, tau_2 = _flat_variance("tau_x1"), _flat_variance("tau_x2")
        u0, u1, covariance = _flat_effects(n_clusters)
        mean_2 = c[0] + c[1] * x3 + tau_2 * _standard("z_x2", n_clusters)[j]
        x2 = pm.Normal("x2", mean_2, sd_2, observed=np.ma.masked_invalid(data["x2i"]))
        mean_1 = a[0] + a[1] * x2 + a[2] * x3 + tau_1 * _standard("z_x1", n_clusters)[j]
        x1 = pm.Normal("x1", mean_1, sd_1, observed=np.ma.masked_invalid(data["x1i"]))
        mean_y = b[0] + b[1] * x1 + b[2] * x2 + b[3] * x3 + b[4] * x2 * x3 + u0[j] + u1[j] * x1
        pm.Normal("y", mean_y[~lost], sd_y, observed=y)

        r = pm.Uniform("r", -1, 1)
        h = pm.Flat("h", shape=5)  # marginal probit coefficients of 1, x1, x2, x3, x2*x3
        scale = pm.HalfFlat("tau_h")  # marginal SD of the selection model's random intercepts
        widen = 1 / pt.sqrt(1 - r**2)
        slope = r * widen / sd_y  # of y in the selection model
        g = h * widen - slope * b
        tau_m = scale * widen
        # d slope / d r, d g / d h (5 times), d tau_m^2 / d tau_h
        pm.Potential("jacobian", -5 * pt.log(1 - r**2) - pt.log(sd_y) + pt.log(scale))
        if math.isfinite(probit_variance):
            squares = slope**2 + (g**2).sum()
            pm.Potential("probit_prior", -0.5 * squares / probit_variance)
        q = tau_m * _standard("z_m", n_clusters)[j]
        rest = g[0] + g[1] * x1 + g[2] * x2 + g[3] * x3 + g[4] * x2 * x3 + q
        normal = pm.Normal.dist(0.0, 1.0)
        observed = -(rest[~lost] + slope * y)
        missing = (rest[lost] + slope * mean_y[lost]) / pt.sqrt(1 + slope**2 * sd_y**2)
        pm.Potential("observed", pm.logcdf(normal, observed).sum())
        pm.Potential("missing", pm.logcdf(normal, missing).sum())

        parts = [
            *covariance, sd_y**2, b, tau_1**2, sd_1**2, a, tau_2**2, sd_2**2, c,
            tau_m**2, g[:1], slope, g[1:],
        ]  # fmt: skip
        pm.Deterministic("theta", pt.concatenate([pt.atleast_1d(part) for part in parts]))
    return model


def _standard(name: str, size: int) -> pt.TensorVariable:
    return pm.Normal(name, 0, 1, shape=size)


def _flat_variance(name: str) -> pt.TensorVariable:
    """Return a standard deviation whose square has a flat prior."""
    sd = pm.HalfFlat(name)
    pm.Potential(f"{name}_flat", pt.log(sd))
    return sd


def _flat_effects(n_clusters: int) -> tuple[pt.TensorVariable, ...]:
    """Return intercepts, slopes and (Var, Cov, Var), flat on the covariance matrix.

    With L the Cholesky factor, |d Sigma / d L| = 4 L00^2 L11.
    """
    l00, l11, l10 = pm.HalfFlat("l00"), pm.HalfFlat("l11"), pm.Flat("l10")
    pm.Potential("effects_flat", 2 * pt.log(l00) + pt.log(l11))
    z = pm.Normal("z_y", 0, 1, shape=(2, n_clusters))
    return l00 * z[0], l10 * z[0] + l11 * z[1], (l00**2, l00 * l10, l10**2 + l11**2)
