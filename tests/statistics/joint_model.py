"""The plain half of the joint-distribution tests: toy models, statistics, what they should be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

import numpy as np
from joint import Trace, run_chain
from scipy.special import digamma, polygamma

from tutorkit.data import ModelData
from tutorkit.model.script import parse
from tutorkit.model.spec import Priors
from tutorkit.plan import compile_plan
from tutorkit.state import initial_state

# light tails; sd of a coefficient 0.5 to 0.6, variances around 0.4 (a mistake of the kind sigma for
# sigma squared would not show at 1)
PRIORS = Priors(
    coefficient_variance=0.25,
    probit_variance=0.36,
    residual_shape=5.0,
    residual_scale=2.0,
    random_df=4.0,
    random_scale=3.0,
)
CLUSTER_SIZES = (2, 6, 4, 5, 3, 6, 4, 5)  # 35 rows


class JointModel:
    """A toy model with its prior, and a state in which chains are run."""

    def __init__(
        self,
        model: str,
        incomplete: str = "",
        *,
        seed: int,
        clusters: bool = True,
        step_size: float = 0.4,
    ) -> None:
        """Read the equations; ``incomplete`` variables miss a third of their values for good.

        Variables without an equation are standard normal and stay as they are. The step size of
        proposals stays as it is given, for there is no warm-up.
        """
        text = f"{'CLUSTERID: j;' if clusters else ''} MODEL: {model};"
        self.spec = replace(parse(text), priors=PRIORS)
        self.rng = np.random.default_rng(seed)
        cluster = np.repeat(np.arange(len(CLUSTER_SIZES)), CLUSTER_SIZES)
        n_rows = cluster.size
        names = self.spec.variables
        selected = [e.selects for e in self.spec.selection]
        values = self.rng.standard_normal((len(names), n_rows))
        for k, name in enumerate(names):
            if name in incomplete.split() or name in selected:
                values[k, k % 3 :: 3] = np.nan
        data = ModelData(
            variables=names,
            values=values,
            cluster=cluster if clusters else np.zeros(n_rows, dtype=np.int64),
            n_clusters=len(CLUSTER_SIZES) if clusters else 0,
            rows=np.arange(n_rows),
        )
        plan = compile_plan(self.spec, data)
        self.state = initial_state(plan, self.rng, burn=0)
        self.state.step_size[:] = step_size
        # with a selection model the number of missing values changes with each data set
        self.plan = plan._replace(missing_row=np.zeros(plan.columns.size, dtype=np.int64))
        is_selected = np.isin(np.arange(len(plan.columns)), plan.select_variable)
        propensities = np.arange(len(plan.columns)) >= len(names)
        fixed_pattern = ~(is_selected | propensities)[:, None]
        self.incomplete = (np.isnan(plan.columns) & fixed_pattern).astype(np.int64)

    @cached_property
    def order(self) -> np.ndarray:
        """The equations, each after those of its predictors."""
        inputs = {e.outcome: set(e.inputs) for e in self.spec.equations}
        order: list[str] = []
        while len(order) < len(inputs):
            order += [
                outcome
                for outcome, needs in inputs.items()
                if outcome not in order and not (needs & set(inputs)) - set(order)
            ]
        return np.array([list(inputs).index(outcome) for outcome in order])

    def run(self, step: int, length: int) -> Trace:
        """Run one chain from a new draw of the prior."""
        plan, state = self.plan, self.state
        trace = Trace(
            *(
                np.empty((length, *array.shape), dtype=array.dtype)
                for array in (
                    state.coefficient, state.sigma2, state.tau, state.effect, state.columns,
                    plan.is_missing, state.accepted,
                )
            )
        )  # fmt: skip
        run_chain(self.rng, plan, state, self.order, self.incomplete, step, trace)
        return trace

    def statistics(self, trace: Trace) -> Iterator[tuple[str, np.ndarray, float]]:
        """Yield name, values along the chain and exact expectation of every statistic."""
        for e in range(len(self.spec.equations)):
            yield from self._coefficients(e, trace)
            if not self.plan.probit[e]:
                shape, scale = self.plan.residual_shape[e], self.plan.residual_scale[e]
                name = f"{self.spec.equations[e].outcome}: residual variance"
                yield from log_inverse_gamma(name, trace.sigma2[:, e], shape, scale)
            yield from self._random_effects(e, trace)
            yield from self._residuals(e, trace)

    def _coefficients(self, e: int, trace: Trace) -> Iterator[tuple[str, np.ndarray, float]]:
        plan, equation = self.plan, self.spec.equations[e]
        for k, term in enumerate(equation.terms):
            t = plan.term_start[e] + k
            z = trace.coefficient[:, t] * np.sqrt(plan.prior_precision[t])
            yield f"{equation.outcome}: coefficient of {term}", z, 0.0
            yield f"{equation.outcome}: squared coefficient of {term}", z**2, 1.0

    def _random_effects(self, e: int, trace: Trace) -> Iterator[tuple[str, np.ndarray, float]]:
        """Covariance matrices are IW(scale I, df): see e.g. Barnard, McCulloch & Meng (2000)."""
        plan, outcome = self.plan, self.spec.equations[e].outcome
        random = slice(plan.random_start[e], plan.term_start[e + 1])
        r = random.stop - random.start
        df, scale = plan.random_df[e], plan.random_scale[e]
        tau = trace.tau[:, e, :r, :r]
        sd = np.sqrt(np.diagonal(tau, axis1=1, axis2=2))
        z = trace.effect[:, :, random] / sd[:, None, :]  # (length, n_clusters, r)
        for a in range(r):
            name = f"{outcome}: variance {a} of effects"
            yield from log_inverse_gamma(name, tau[:, a, a], (df - r + 1) / 2, scale / 2)
            yield f"{outcome}: effects {a}", z[:, :, a].mean(axis=1), 0.0
            yield f"{outcome}: squared effects {a}", (z[:, :, a] ** 2).mean(axis=1), 1.0
            for b in range(a):
                rho = tau[:, a, b] / (sd[:, a] * sd[:, b])
                product = (z[:, :, a] * z[:, :, b]).mean(axis=1) - rho
                yield f"{outcome}: correlation {a}{b} of effects", rho, 0.0
                yield f"{outcome}: its square", rho**2, 1 / (df - r + 2)
                yield f"{outcome}: products of effects {a}{b}", product, 0.0
        if r > 1:
            log_determinant = np.linalg.slogdet(tau / scale)[1]
            expected = -r * np.log(2) - digamma((df - np.arange(r)) / 2).sum()
            yield f"{outcome}: log determinant", log_determinant, expected

    def _residuals(self, e: int, trace: Trace) -> Iterator[tuple[str, np.ndarray, float]]:
        """Standardised residuals, imputed values included: independent of every predictor."""
        plan, equation = self.plan, self.spec.equations[e]
        start, middle, end = plan.term_start[e], plan.random_start[e], plan.term_start[e + 1]
        residual = trace.columns[:, plan.outcome[e]].copy()
        moments = []
        for t in range(start, end):
            factors = plan.factor[plan.factor_start[t] : plan.factor_start[t + 1]]
            value = trace.columns[:, factors].prod(axis=1)  # (length, n_rows)
            if t < middle:
                residual -= trace.coefficient[:, t, None] * value
                moments.append(value / (1 + np.abs(value)))  # bounded: no heavy tails
            else:
                residual -= trace.effect[:, plan.cluster, t] * value
        residual /= np.sqrt(trace.sigma2[:, e, None])
        yield f"{equation.outcome}: squared residuals", (residual**2).mean(axis=1), 1.0
        for term, bounded in zip(equation.terms, moments, strict=True):
            name = f"{equation.outcome}: residuals with {term}"
            yield name, (residual * bounded).mean(axis=1), 0.0


def log_inverse_gamma(
    name: str, x: np.ndarray, shape: float, scale: float
) -> Iterator[tuple[str, np.ndarray, float]]:
    """Yield the log of an inverse gamma variable, and its square, both centred."""
    centred = np.log(x) - np.log(scale) + digamma(shape)
    yield f"{name}, log", centred, 0.0
    yield f"{name}, squared log", centred**2, float(polygamma(1, shape))


def z_scores(
    model: JointModel, step: int, *, chains: int, length: int
) -> tuple[dict[str, float], np.ndarray]:
    """Return each statistic's distance from its expectation in Monte Carlo standard errors.

    Chains are independent and start in equilibrium, so their means are independent with the exact
    expectation: no autocorrelation enters the standard error, and z is t distributed with
    ``chains`` - 1 degrees of freedom. What the step leaves alone (constant in every chain) is left
    out. Also returns each selection model's mean acceptance.
    """
    deviations: dict[str, list[float]] = {}
    moved: set[str] = set()
    accepted = []
    for _ in range(chains):
        trace = model.run(step, length)
        propensities = trace.columns[:, model.plan.outcome[model.plan.select_equation]]
        assert ((propensities > 0) == trace.is_missing).all(), "a propensity on the wrong side"
        accepted.append(trace.accepted.mean(axis=0))
        for name, values, expected in model.statistics(trace):
            deviations.setdefault(name, []).append(float(values.mean()) - expected)
            if np.ptp(values) > 0:
                moved.add(name)
    z = {
        name: float(np.mean(values) / (np.std(values, ddof=1) / np.sqrt(chains)))
        for name, values in deviations.items()
        if name in moved
    }
    return z, np.mean(accepted, axis=0)
