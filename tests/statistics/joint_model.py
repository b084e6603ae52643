"""The plain half of the joint-distribution tests: toy models, statistics, what they should be."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from joint import Trace, learn_masses, run_chain
from models import build
from scipy.special import digamma, polygamma
from simulate import World

from tutorkit.data.joint import CENTRED, DATA, GRAND_MEAN, MEAN, JointModel
from tutorkit.kernels.steps import compiled_steps
from tutorkit.model.spec import Priors
from tutorkit.start import initial_state

# light tails; sd of a coefficient 0.5 to 0.6, variances around 0.4 (a mistake of the kind sigma for
# sigma squared would not show at 1)
PRIORS = Priors(
    coefficient_variance=0.25,
    probit_variance=0.36,
    residual_shape=5.0,
    residual_scale=2.0,
    random_df=2.0,
    random_scale=3.0,
)
CLUSTER_SIZES = (2, 6, 4, 5, 3, 6, 4, 5)  # 35 rows
CEILING = 2.0
GRAND_MEAN_HELD = 0.4


class Toy:
    """A toy model with its prior, and a state in which chains are run.

    ``incomplete`` variables miss a third of their values for good. Variables without an equation
    are standard normal and stay as they are. The step size of proposals stays as it is given, for
    there is no warm-up. Two flat priors are made proper: coefficients of implied equations get the
    prior of the others, and grand means are held.
    """

    def __init__(
        self,
        model: str,
        incomplete: str = "",
        *,
        seed: int,
        clusters: bool = True,
        step_size: float = 0.4,
    ) -> None:
        """Compile the model and draw up the world in which its data arise."""
        self.rng = np.random.default_rng(seed)
        selected = [word.removesuffix(".missing") for word in model.split() if ".missing" in word]
        gaps = {
            name: np.arange(k % 3, 8 if name[0] in "bc" else 35, 3)
            for k, name in enumerate([*incomplete.split(), *selected])
        }
        _, data, plan = build(
            model, gaps, sizes=CLUSTER_SIZES, clusters=clusters, priors=PRIORS, rng=self.rng
        )
        self.model = data.model
        self.state = initial_state(plan, self.rng, burn=0, few=7)
        self.state.step_size[:] = step_size
        kinds = [c.kind for c in self.model.columns]
        held = plan.grand_mean
        self.state.columns[held] = GRAND_MEAN_HELD
        capacity = plan.columns.size
        columns = [c.name for c in self.model.columns]
        self.world = World(
            order=_order(self.model),
            incomplete=np.array(
                [
                    np.isnan(values) & (kind == DATA) | (kind == MEAN)
                    for values, kind in zip(plan.columns, kinds, strict=True)
                ]
            ).astype(np.int64),
            cluster_wide=np.array([c.level == 2 for c in self.model.columns]).astype(np.int64),
            selects=np.array(
                [-1 if e.is_ordinal else columns.index(e.selects) for e in self.model.blocks],
                dtype=np.int64,
            ),
            ceiling=CEILING,
        )
        implicit = plan.explicit[plan.term_equation] == 0
        flat = implicit & (plan.prior_precision == 0)
        self.plan = plan._replace(
            # with a selection model the number of missing values changes with each data set
            missing_first=np.zeros(capacity, dtype=np.int64),
            missing_last=np.zeros(capacity, dtype=np.int64),
            impute=np.setdiff1d(plan.impute, held),
            prior_precision=np.where(flat, 1 / PRIORS.coefficient_variance, plan.prior_precision),
            n_categories=np.where(plan.n_categories > 2, plan.n_categories - 1, 2),
        )
        self.steps = compiled_steps(self.rng, self.plan, self.state)
        learn_masses(self.rng, self.plan, self.state, self.steps, self.world, 200)

    def run(self, step: int, length: int) -> Trace:
        """Run one chain from a new draw of the prior."""
        state = self.state
        trace = Trace(
            *(
                np.empty((length, *array.shape), dtype=array.dtype)
                for array in (
                    state.coefficient, state.sigma2, state.tau, state.effect, state.columns,
                    state.category, state.cut, state.accepted,
                )
            )
        )  # fmt: skip
        run_chain(self.rng, self.plan, state, self.steps, self.world, step, trace)
        return trace


def _order(model: JointModel) -> np.ndarray:
    """Return the equations, each after those of its predictors and of the mean it is centred at."""
    centred = {c.name: c for c in model.columns if c.kind == CENTRED}
    makes = {}
    for k, equation in enumerate(model.equations):
        outcome = equation.outcome
        made = centred[outcome].plus if outcome in centred else outcome
        makes[equation.name if equation.is_ordinal else made] = k
    known = {c.name for c in model.columns if c.kind in (DATA, GRAND_MEAN)} - set(makes)
    order: list[int] = []
    while len(order) < len(makes):
        known |= {c for c in centred if {centred[c].plus, centred[c].minus} <= known}
        for made, k in makes.items():
            equation = model.equations[k]
            needs = {f for t in (*equation.terms, *equation.random) for f in t.factors}
            if equation.outcome in centred:
                needs.add(centred[equation.outcome].minus)
            if k not in order and needs <= known:
                order.append(k)
                known.add(made)
                break
        else:
            raise AssertionError("the equations have no order")
    return np.array(order, dtype=np.int64)


def statistics(toy: Toy, trace: Trace) -> Iterator[tuple[str, np.ndarray, float]]:
    """Yield name, values along the chain and exact expectation of every statistic."""
    for e, equation in enumerate(toy.model.equations):
        name = f"{equation.name} (level {equation.level})"
        yield from _coefficients(toy, e, name, trace)
        if not toy.plan.probit[e]:
            shape, scale = toy.plan.residual_shape[e], toy.plan.residual_scale[e]
            yield from log_inverse_gamma(
                f"{name}: residual variance", trace.sigma2[:, e], shape, scale
            )
        yield from _random_effects(toy, e, name, trace)
        yield from _residuals(toy, e, name, trace)
    for s, equation in enumerate(toy.model.blocks):
        yield from _thresholds(toy.plan.n_categories[s], f"{equation.name}", trace.cut[:, s])


def _coefficients(
    toy: Toy, e: int, name: str, trace: Trace
) -> Iterator[tuple[str, np.ndarray, float]]:
    for k, label in enumerate(toy.model.equations[e].labels):
        t = toy.plan.term_start[e] + k
        z = trace.coefficient[:, t] * np.sqrt(toy.plan.prior_precision[t])
        yield f"{name}: coefficient of {label}", z, 0.0
        yield f"{name}: squared coefficient of {label}", z**2, 1.0


def _random_effects(
    toy: Toy, e: int, name: str, trace: Trace
) -> Iterator[tuple[str, np.ndarray, float]]:
    """Covariance matrices are IW(scale I, df): see e.g. Barnard, McCulloch & Meng (2000)."""
    plan = toy.plan
    random = slice(plan.random_start[e], plan.term_start[e + 1])
    r = random.stop - random.start
    df, scale = plan.random_df[e], plan.random_scale[e]
    tau = trace.tau[:, e, :r, :r]
    sd = np.sqrt(np.diagonal(tau, axis1=1, axis2=2))
    z = trace.effect[:, :, random] / sd[:, None, :]  # (length, n_clusters, r)
    for a in range(r):
        yield from log_inverse_gamma(
            f"{name}: variance {a} of effects", tau[:, a, a], (df - r + 1) / 2, scale / 2
        )
        yield f"{name}: effects {a}", z[:, :, a].mean(axis=1), 0.0
        yield f"{name}: squared effects {a}", (z[:, :, a] ** 2).mean(axis=1), 1.0
        for b in range(a):
            rho = tau[:, a, b] / (sd[:, a] * sd[:, b])
            product = (z[:, :, a] * z[:, :, b]).mean(axis=1) - rho
            yield f"{name}: correlation {a}{b} of effects", rho, 0.0
            yield f"{name}: correlation {a}{b} squared", rho**2, 1 / (df - r + 2)
            yield f"{name}: products of effects {a}{b}", product, 0.0
    if r > 1:
        log_determinant = np.linalg.slogdet(tau / scale)[1]
        expected = -r * np.log(2) - digamma((df - np.arange(r)) / 2).sum()
        yield f"{name}: log determinant", log_determinant, expected


def _residuals(
    toy: Toy, e: int, name: str, trace: Trace
) -> Iterator[tuple[str, np.ndarray, float]]:
    """Standardised residuals, imputed values included: independent of every predictor."""
    plan = toy.plan
    start, middle, end = plan.term_start[e], plan.random_start[e], plan.term_start[e + 1]
    rows = plan.cluster_start[:-1] if plan.level[e] == 2 else np.arange(plan.cluster.size)
    residual = trace.columns[:, plan.outcome[e], rows]
    moments = []
    for t in range(start, end):
        value = np.ones_like(residual)
        for column in plan.factor[plan.factor_start[t] : plan.factor_start[t + 1]]:
            value *= trace.columns[:, column, rows]  # (length, n_rows)
        if t < middle:
            residual -= trace.coefficient[:, t, None] * value
            moments.append(value / (1 + np.abs(value)))  # bounded: no heavy tails
        else:
            residual -= trace.effect[:, plan.cluster[rows], t] * value
    residual /= np.sqrt(trace.sigma2[:, e, None])
    yield f"{name}: squared residuals", (residual**2).mean(axis=1), 1.0
    for label, bounded in zip(toy.model.equations[e].labels, moments, strict=True):
        yield f"{name}: residuals with {label}", (residual * bounded).mean(axis=1), 0.0


def _thresholds(last: int, name: str, cut: np.ndarray) -> Iterator[tuple[str, np.ndarray, float]]:
    """Yield the free thresholds: the i-th of n ordered uniform numbers is Beta(i, n + 1 - i)."""
    n = last - 2
    for i in range(1, n + 1):
        share = cut[:, i + 1] / CEILING
        mean, variance = i / (n + 1), i * (n + 1 - i) / ((n + 1) ** 2 * (n + 2))
        yield f"{name}: threshold {i}", share, mean
        yield f"{name}: squared threshold {i}", (share - mean) ** 2, variance


def log_inverse_gamma(
    name: str, x: np.ndarray, shape: float, scale: float
) -> Iterator[tuple[str, np.ndarray, float]]:
    """Yield the log of an inverse gamma variable, and its square, both centred."""
    centred = np.log(x) - np.log(scale) + digamma(shape)
    yield f"{name}, log", centred, 0.0
    yield f"{name}, squared log", centred**2, float(polygamma(1, shape))


def z_scores(
    toy: Toy, step: int, *, chains: int, length: int
) -> tuple[dict[str, float], np.ndarray]:
    """Return each statistic's distance from its expectation in Monte Carlo standard errors.

    Chains are independent and start in equilibrium, so their means are independent with the exact
    expectation: no autocorrelation enters the standard error, and z is t distributed with
    ``chains`` - 1 degrees of freedom. What the step leaves alone (constant in every chain) is left
    out. Also returns each block's mean acceptance.
    """
    deviations: dict[str, list[float]] = {}
    moved: set[str] = set()
    accepted = []
    for _ in range(chains):
        trace = toy.run(step, length)
        assert_consistent(toy, trace)
        accepted.append(trace.accepted.mean(axis=0))
        for name, values, expected in statistics(toy, trace):
            deviations.setdefault(name, []).append(float(values.mean()) - expected)
            if np.ptp(values) > 0:
                moved.add(name)
    z = {
        name: float(np.mean(values) / (np.std(values, ddof=1) / np.sqrt(chains)))
        for name, values in deviations.items()
        if name in moved
    }
    return z, np.mean(accepted, axis=0)


def assert_consistent(toy: Toy, trace: Trace) -> None:
    """Check what must hold exactly at every iteration."""
    columns, category = trace.columns, trace.category
    for s, equation in enumerate(toy.plan.block_equation):
        response = columns[:, toy.plan.outcome[equation]]
        low = np.take_along_axis(trace.cut[:, s], category[:, s], axis=1)
        high = np.take_along_axis(trace.cut[:, s], category[:, s] + 1, axis=1)
        assert ((low < response) & (response < high)).all(), "a response on the wrong side"
        if toy.plan.category_column[s] >= 0:
            codes = toy.plan.code[s][category[:, s]]
            assert (columns[:, toy.plan.category_column[s]] == codes).all()
    for v, column in enumerate(toy.model.columns):
        if column.level == 2:
            first = columns[:, v, toy.plan.cluster_start[toy.plan.cluster]]
            assert (columns[:, v] == first).all(), f"{column.name} varies within clusters"
        if column.kind == CENTRED:
            difference = columns[:, toy.plan.plus[v]] - columns[:, toy.plan.minus[v]]
            np.testing.assert_allclose(columns[:, v], difference, atol=1e-12)
