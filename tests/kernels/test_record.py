"""What an iteration leaves: parameters, derived rows and fit, against plain numpy."""

import numpy as np
import pytest

from tutorkit import datasets, parse
from tutorkit.data import prepare
from tutorkit.kernels.sweep import run_block
from tutorkit.parameters import monitored, recorded
from tutorkit.plan import compile_plan
from tutorkit.sampling import _model_fit
from tutorkit.state import initial_state

SCRIPTS = {
    "chapter": datasets.script("04_multilevel"),
    "two slopes": "CLUSTERID: j; MODEL: y ~ x1i x3i | x1i x3i; x1i ~ x3i;",
    "single level": "MODEL: y ~ x1i x3i; x1i ~ x3i; y.missing ~ y x3i;",
}
N_ITERATIONS = 6


@pytest.fixture(scope="module", params=SCRIPTS)
def run(request):
    """Run iterations one by one, keeping a copy of every state."""
    spec = parse(SCRIPTS[request.param])
    data = prepare(spec, datasets.load("04_multilevel"))
    plan = compile_plan(spec, data)
    rng = np.random.default_rng(3)
    state = initial_state(plan, rng, 0)
    out = np.full((N_ITERATIONS, len(recorded(spec))), np.nan)
    states = []
    for k in range(N_ITERATIONS):
        run_block(rng, plan, state, out, k, k + 1, 0)
        states.append(type(state)(*(a.copy() for a in state)))
    return spec, plan, states, out


def parts(spec, plan, state, e):
    """Return outcome, fixed and random design, coefficients, effects by row, tau, sigma2."""
    first, middle, last = plan.term_start[e], plan.random_start[e], plan.term_start[e + 1]
    r = last - middle
    return (
        state.columns[plan.outcome[e]],
        state.design[:, first:middle],
        state.design[:, middle:last],
        state.coefficient[first:middle],
        state.effect[plan.cluster, middle:last],
        state.tau[e, :r, :r],
        state.sigma2[e],
    )


def test_rows_are_those_of_the_states_completed_data(run):
    spec, plan, states, out = run
    rows = monitored(spec)
    assert np.isfinite(out).all()
    for state, values in zip(states, out, strict=True):
        for e, equation in enumerate(spec.equations):
            own = {
                (p.group, p.name): v
                for p, v in zip(rows, values, strict=False)
                if p.outcome == equation.outcome
            }
            _, fixed, random, beta, _, tau, sigma2 = parts(spec, plan, state, e)
            by_coefficients = np.var(fixed @ beta, ddof=1)
            by_intercepts, by_slopes = 0.0, 0.0
            if random.size:
                means = random.mean(axis=0)
                by_intercepts = means @ tau @ means
                by_slopes = np.trace(tau @ np.atleast_2d(np.cov(random.T)))
            whole = by_coefficients + by_intercepts + by_slopes + sigma2
            expected = [sigma2, *beta]
            expected += [
                b * x.std(ddof=1) / np.sqrt(whole)
                for b, x in zip(beta[1:], fixed.T[1:], strict=True)
            ]
            expected += [by_coefficients / whole]
            if random.size:
                expected += [by_intercepts / whole]
            if random.shape[1] > 1:
                expected += [by_slopes / whole]
            expected += [sigma2 / whole]
            n_tau = tau.shape[0] * (tau.shape[0] + 1) // 2
            got = list(own.values())
            np.testing.assert_allclose(got[:n_tau], tau[np.tril_indices(len(tau))])
            np.testing.assert_allclose(got[n_tau:], expected, rtol=1e-9)


def test_fit_is_that_of_the_log_likelihoods(run):
    spec, plan, states, _ = run
    logs = np.zeros((N_ITERATIONS, len(plan.unit_rows)))
    for k, state in enumerate(states):
        for e in range(len(spec.equations)):
            y, fixed, random, beta, effects, _, sigma2 = parts(spec, plan, state, e)
            residual = y - fixed @ beta - (random * effects).sum(axis=1)
            density = -0.5 * (np.log(2 * np.pi * sigma2) + residual**2 / sigma2)
            np.add.at(logs[k], plan.unit, density)
    lppd = np.log(np.exp(logs - logs.max(axis=0)).mean(axis=0)) + logs.max(axis=0)
    fit = _model_fit([states[-1]])
    assert fit.dic2 == pytest.approx(-4 * logs.mean(axis=0).sum() + 2 * lppd.sum())
    assert fit.waic == pytest.approx(-2 * lppd.sum() + 2 * logs.var(axis=0, ddof=1).sum())


def test_fit_of_chains_is_that_of_all_their_draws(run):
    _, _, states, _ = run
    fit, count = states[-1].fit, states[-1].fit_count
    twice = _model_fit([states[-1], states[-1]])
    n = 2 * count[0]
    lppd = np.sum(fit[:, 0] + np.log(fit[:, 1] / count[0]))
    assert twice.dic2 == pytest.approx(-4 * fit[:, 2].sum() + 2 * lppd)
    assert twice.waic == pytest.approx(-2 * lppd + 2 * 2 * fit[:, 3].sum() / (n - 1))
