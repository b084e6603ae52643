"""What an iteration leaves: parameters, derived rows, fit and imputations, against plain numpy."""

import numba
import numpy as np
import pytest

from tutorkit import datasets, parse
from tutorkit.data import prepare
from tutorkit.kernels import record
from tutorkit.kernels.blocks import run_block
from tutorkit.kernels.jit import entry_point
from tutorkit.kernels.references import PlanRef, StateRef
from tutorkit.layout import compile_plan
from tutorkit.parameters import moments, monitored, recorded, residual_correlations
from tutorkit.run import _model_fit
from tutorkit.start import initial_state

SCRIPTS = {
    "chapter": datasets.script("04_multilevel"),
    "two slopes": "CLUSTERID: j; MODEL: y ~ x1i x3i | x1i x3i; x1i ~ x3i;",
    "single level": "MODEL: y ~ x1i x3i; x1i ~ x3i; y.missing ~ y x3i;",
    "levels and means": """
        CLUSTERID: j; CENTER: groupmean = x1i;
        MODEL: y ~ x1i x1i.mean b x1i*b | x1i; b ~ c; c ~ x1i.mean; SIMPLE: x1i | b;
    """,
    "ordinal": "CLUSTERID: j; ORDINAL: o m; MODEL: o ~ x1i m; y ~ o m; m ~ x1i; b ~ c;",
}
N_ITERATIONS = 6


@entry_point
def record_many(rng, plan, state, out):
    """Fill ``out`` (n_draws, n_recorded) from one state."""
    plan, state = PlanRef(*plan), StateRef(*state)
    record.fill_residual_sums(plan, state)
    for k in range(out.shape[0]):
        record.record(rng, plan, state, out[k])


def table():
    """Return some clusters with variables of level 2 and ordinal ones added."""
    data = datasets.load("04_multilevel")
    data = data[data["j"] <= 12].reset_index(drop=True)
    j, row = data["j"].to_numpy(), np.arange(len(data))
    made = {
        "b": np.where(j % 5 == 0, np.nan, np.sin(3.0 * j)),
        "c": np.where(j % 4 == 0, np.nan, np.cos(7.0 * j)),
        "o": np.where(row % 6 == 0, np.nan, row % 4 + 2.0),
        "m": np.where(row % 7 == 0, np.nan, row % 2 + 1.0),
    }
    return data.assign(**made)


@pytest.fixture(scope="module", params=SCRIPTS)
def run(request):
    """Run iterations one by one, keeping a copy of every state; the last two keep imputations."""
    spec = parse(SCRIPTS[request.param])
    data = prepare(spec, table())
    plan = compile_plan(data.model, data, spec.priors, data.model.described)
    rng = np.random.default_rng(3)
    state = initial_state(plan, rng, 0, np.array([N_ITERATIONS - 2, N_ITERATIONS - 1]))
    out = np.full((N_ITERATIONS, len(recorded(data.model))), np.nan)
    states = []
    for k in range(N_ITERATIONS):
        run_block(rng, plan, state, out, k, k + 1, 0)
        states.append(type(state)(*(a.copy() for a in state)))
    return data, plan, states, out


def parts(plan, state, e):
    """Return rows, fixed and random design, coefficients, tau, sigma2, residual of an equation."""
    first, middle, last = plan.term_start[e], plan.random_start[e], plan.term_start[e + 1]
    rows = plan.cluster_start[:-1] if plan.level[e] == 2 else np.arange(plan.cluster.size)
    terms = state.design[plan.place]
    fixed, random = terms[first:middle, rows].T, terms[middle:last, rows].T
    effects = state.effect[plan.cluster[rows], middle:last]
    beta, r = state.coefficient[first:middle], last - middle
    outcome = state.columns[plan.outcome[e], rows]
    residual = outcome - fixed @ beta - (random * effects).sum(axis=1)
    return rows, fixed, random, beta, state.tau[e, :r, :r], state.sigma2[e], residual


def explained(fixed, random, beta, tau, sigma2):
    """Return standardized coefficients and shares of variance (Rights & Sterba 2019)."""
    by_coefficients = np.var(fixed @ beta, ddof=1)
    by_intercepts, by_slopes = 0.0, 0.0
    if random.size:
        means = random.mean(axis=0)
        by_intercepts = means @ tau @ means
        by_slopes = np.trace(tau @ np.atleast_2d(np.cov(random.T)))
    whole = by_coefficients + by_intercepts + by_slopes + sigma2
    rows = [b * x.std(ddof=1) / np.sqrt(whole) for b, x in zip(beta[1:], fixed.T[1:], strict=True)]
    rows += [by_coefficients / whole]
    rows += [by_intercepts / whole] if random.size else []
    rows += [by_slopes / whole] if random.shape[1] > 1 else []
    return [*rows, sigma2 / whole]


def test_rows_are_those_of_the_states_completed_data(run):
    data, plan, states, out = run
    model, rows = data.model, monitored(data.model)
    assert np.isfinite(out).all()
    for state, values in zip(states, out, strict=True):
        expected = []
        for e, equation in enumerate(model.equations):
            _, fixed, random, beta, tau, sigma2, _ = parts(plan, state, e)
            expected += [*tau[np.tril_indices(len(tau))], sigma2, *beta]
            if equation.is_ordinal:
                s = list(plan.block_equation).index(e)
                expected += list(state.cut[s, 1 : len(equation.categories)])
            if not equation.implicit:
                expected += explained(fixed, random, beta, tau, sigma2)
        expected += [state.columns[v, 0] for v in plan.grand_mean]
        assert len(expected) == len(rows)
        np.testing.assert_allclose(values[: len(rows)], expected, rtol=1e-9, atol=1e-12)


def test_described_columns_are_recorded_last(run):
    data, plan, states, out = run
    assert len(moments(data.model)) == 2 * len(plan.described)
    for state, values in zip(states, out, strict=True):
        expected = [m for v in plan.described for m in moments_of(state.columns[v])]
        np.testing.assert_allclose(values[values.size - len(expected) :], expected)


def moments_of(x):
    return x.mean(), x.std(ddof=1)


def test_residual_correlations_are_draws_around_those_of_the_residuals(run):
    """Blocks of both levels, repeated from one state: an inverse Wishart matrix R'R, n.

    The correlation of such draws is centred at that of R'R but for a relative bias of order 1 / n.
    """
    data, plan, states, _ = run
    pairs = residual_correlations(data.model)
    at = len(monitored(data.model))
    expected = []
    for level in (1, 2):
        here = [e for e in range(len(plan.outcome)) if plan.level[e] == level and plan.explicit[e]]
        residuals = np.array([parts(plan, states[-1], e)[-1] for e in here])
        for a in range(len(here)):
            for b in range(a + 1, len(here)):
                r = residuals @ residuals.T
                expected.append((r[a, b] / np.sqrt(r[a, a] * r[b, b]), residuals.shape[1]))
    assert len(expected) == len(pairs)
    many = 2000 if numba.config.DISABLE_JIT == 0 else 20
    out = np.empty((many, len(recorded(data.model))))
    record_many(np.random.default_rng(4), plan, states[-1], out)
    for draws, (rho, n) in zip(out.T[at : at + len(pairs)], expected, strict=True):
        error = 5 * draws.std() / np.sqrt(many) + 2 * abs(rho) / n
        assert abs(draws.mean() - rho) < error


def test_fit_is_that_of_the_log_likelihoods(run):
    _, plan, states, _ = run
    n_units = len(plan.unit_start) - 1
    unit = np.repeat(np.arange(n_units), np.diff(plan.unit_start))
    logs = np.zeros((N_ITERATIONS, n_units))
    for k, state in enumerate(states):
        for e in np.flatnonzero(plan.explicit):
            rows, *_, sigma2, residual = parts(plan, state, e)
            density = -0.5 * (np.log(2 * np.pi * sigma2) + residual**2 / sigma2)
            np.add.at(logs[k], unit[rows], density)
    lppd = np.log(np.exp(logs - logs.max(axis=0)).mean(axis=0)) + logs.max(axis=0)
    fit = _model_fit([states[-1]])
    assert fit.dic2 == pytest.approx(-4 * logs.mean(axis=0).sum() + 2 * lppd.sum())
    assert fit.waic == pytest.approx(-2 * lppd.sum() + 2 * logs.var(axis=0, ddof=1).sum())


def test_fit_of_chains_is_that_of_all_their_draws(run):
    *_, states, _ = run
    fit, count = states[-1].fit, states[-1].fit_count
    twice = _model_fit([states[-1], states[-1]])
    n = 2 * count[0]
    lppd = np.sum(fit[:, 0] + np.log(fit[:, 1] / count[0]))
    assert twice.dic2 == pytest.approx(-4 * fit[:, 2].sum() + 2 * lppd)
    assert twice.waic == pytest.approx(-2 * lppd + 2 * 2 * fit[:, 3].sum() / (n - 1))


def test_imputations_are_the_missing_cells_of_the_iterations_asked_for(run):
    data, plan, states, _ = run
    gaps = [(v, i) for v, x in enumerate(data.values) for i in np.flatnonzero(np.isnan(x))]
    assert sorted(zip(plan.cell_column.tolist(), plan.cell_row.tolist(), strict=True)) == sorted(
        gaps
    )
    for k, state in enumerate(states[-2:]):
        kept = state.columns[plan.cell_column, plan.cell_row]
        np.testing.assert_array_equal(states[-1].imputed[k], kept)
