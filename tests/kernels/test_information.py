"""The mass matrix: the rows' information, and what its factor does to a vector."""

from __future__ import annotations

import numpy as np
import pytest
import toy
from test_selection import CASES, prepared

from tutorkit.kernels import information, selection
from tutorkit.kernels.jit import entry_point
from tutorkit.kernels.references import PlanRef, StateRef
from tutorkit.kernels.theta import fill_natural


@entry_point
def row_log_density(plan, state, s, theta, i):
    """Return what row i alone says of theta."""
    plan, state = PlanRef(*plan), StateRef(*state)
    unused = np.empty(theta.size)
    fill_natural(plan, state, s, theta)
    selection.fill_effects(plan, state, s, theta)
    return selection.evaluate_rows(plan, state, s, theta, unused, selection.DENSITY, i, i + 1)


@entry_point
def add_information(plan, state, s):
    """Call `add_information`."""
    information.add_information(PlanRef(*plan), StateRef(*state), s)


@entry_point
def close_window(plan, state, s):
    """Call `close_window`."""
    information.close_window(PlanRef(*plan), StateRef(*state), s)


@entry_point
def transform(plan, state, s, x, how):
    """Call `colour` (0), `whiten` (1) or `solve_root_transposed` (2)."""
    plan, state = PlanRef(*plan), StateRef(*state)
    if how == 0:
        information.colour(plan, state, s, x)
    elif how == 1:
        information.whiten(plan, state, s, x)
    else:
        information.solve_root_transposed(plan, state, s, x)


def matrix(plan, state, s, n, how):
    """Return a transformation as a matrix."""
    columns = np.eye(n)
    for column in columns:
        transform(plan, state, s, column, how)
    return columns.T


def scores(plan, state, s, theta):
    """Return the derivatives of each row's log density, (n_rows, n), by central differences."""
    h, found = 1e-5, np.empty((plan.cluster.size, theta.size))
    for k in range(theta.size):
        up, down = theta.copy(), theta.copy()
        up[k] += h
        down[k] -= h
        for i in range(plan.cluster.size):
            rise = row_log_density(plan, state, s, up, i) - row_log_density(plan, state, s, down, i)
            found[i, k] = rise / (2 * h)
    return found


@pytest.mark.parametrize("name", CASES)
def test_mass_matrix_is_the_information_of_rows_and_prior(name):
    """Of two places, averaged; off-diagonal elements are shrunk by 2 / (2 + 5)."""
    plan, state, s = prepared(name)
    start = toy.theta(plan, state, s)
    expected = np.zeros((start.size, start.size))
    for theta in (start, start + np.random.default_rng(3).uniform(-0.4, 0.4, start.size)):
        toy.write_theta(plan, state, s, theta)
        add_information(plan, state, s)
        rows = scores(plan, state, s, theta)
        expected += rows.T @ rows / 2
    close_window(plan, state, s)
    root = matrix(plan, state, s, start.size, 0)
    expected *= np.where(np.eye(start.size), 1, 2 / 7)
    e, v = plan.block_equation[s], plan.block_variable[s]
    equations = [e, plan.own[v]] if v >= 0 else [e]
    prior = np.ones(start.size)  # of log variances (our choice) and standardised effects
    at = 0
    for equation in equations:
        fixed = slice(plan.term_start[equation], plan.random_start[equation])
        size = fixed.stop - fixed.start
        prior[at : at + size] = plan.prior_precision[fixed]
        at += size
    expected[np.diag_indices(start.size)] += prior
    scale = np.sqrt(np.diag(expected))
    np.testing.assert_allclose(root @ root.T / scale, expected / scale, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", CASES)
def test_the_factor_is_inverted_and_transposed(name):
    plan, state, s = prepared(name)
    theta = toy.theta(plan, state, s)
    add_information(plan, state, s)
    close_window(plan, state, s)
    root = matrix(plan, state, s, theta.size, 0)
    np.testing.assert_allclose(
        matrix(plan, state, s, theta.size, 1) @ root, np.eye(theta.size), atol=1e-10
    )
    np.testing.assert_allclose(
        matrix(plan, state, s, theta.size, 2) @ root.T, np.eye(theta.size), atol=1e-10
    )
