"""The random starting values of a chain."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from tutorkit.arrays import Floats, Integers
from tutorkit.plan import NO_BOUND, Plan
from tutorkit.state import State

FEW_ROWS = 1024
"""So many rows at once, so that what is computed on the way stays in the fast memory."""


def initial_state(
    plan: Plan,
    rng: np.random.Generator,
    burn: int,
    imputed_at: Integers | None = None,
    few: int = FEW_ROWS,
) -> State:
    """Return a chain's random starting point.

    Missing values are drawn from the observed ones of their variable; coefficients, variances and
    responses are scattered widely on the scale of their variables.
    """
    n_rows = plan.columns.shape[1]
    n_terms, n_equations = len(plan.term_equation), len(plan.outcome)
    n_blocks, n_clusters = len(plan.block_equation), len(plan.cluster_start) - 1
    widest = int(np.diff(plan.term_start).max()) + 1
    random = max(1, int((plan.term_start[1:] - plan.random_start).max()))
    highest = int(plan.degree.max())
    n_units = len(plan.unit_start) - 1
    head, width = _largest_head(plan), random + 1
    at = np.array([] if imputed_at is None else imputed_at, dtype=np.int64)
    category, cut = _categories(plan, rng)
    rows = {
        name: np.zeros(n_rows)
        for name in ("sign", "offset", "known", "info_a", "info_b", "linear", "conditional")
    }
    few_rows = {
        name: np.zeros(few)
        for name in (
            "mu", "mean", "variance", "argument", "ratio", "d_h", "d_b", "d_mu", "d_log_sigma2",
            "values", "change",
        )
    }  # fmt: skip
    state = State(
        columns=_filled_columns(plan, category, cut, rng),
        design=np.zeros((len(plan.alike_start) - 1, n_rows)),
        residual=np.zeros((n_equations, n_rows)),
        coefficient=np.zeros(n_terms),
        effect=np.zeros((n_clusters, n_terms)),
        sigma2=np.ones(n_equations),
        tau=np.zeros((n_equations, random, random)),
        category=category,
        cut=cut,
        total=np.zeros((n_equations, widest, widest)),
        products=np.zeros((random, widest, n_clusters)),
        reduced=np.zeros((random, widest, n_clusters)),
        factor=np.zeros((random, random, n_clusters)),
        score=np.zeros(n_clusters),
        polynomial=np.zeros(2 * highest + 1),
        polynomials=np.zeros((2 * highest + 1, few)),
        line=np.zeros((highest + 1, few)),
        power=np.zeros((highest + 1, few)),
        residual_products=np.zeros((n_equations, n_equations)),
        unit_squares=np.zeros((n_units, n_equations)),
        integrated=np.zeros((n_blocks, n_rows)),
        others=np.zeros((widest, n_rows)),
        typical_info=np.zeros(1),
        natural=np.zeros(head),
        d_natural=np.zeros(head),
        jacobian=np.zeros((head, head)),
        d_determinant=np.zeros(head),
        natural_scores=np.zeros((head, few)),
        intercept=np.zeros(n_clusters),
        own_effect=np.zeros((random, n_clusters)),
        own_root=np.zeros((random, random)),
        scores=np.zeros((head + width, few)),
        mass_head=np.zeros((n_blocks, head, head)),
        mass_cross=np.zeros((n_blocks, head, width, n_clusters)),
        mass_tail=np.zeros((n_blocks, width, width, n_clusters)),
        head_information=np.zeros((n_blocks, head, head)),
        cross_information=np.zeros((n_blocks, head, width, n_clusters)),
        tail_information=np.zeros((n_blocks, width, width, n_clusters)),
        step_size=np.full(n_blocks, 0.5),
        averaging=np.tile([np.log(0.5), 0.0, np.log(0.5), 0.0], (n_blocks, 1)),
        window_count=np.zeros(n_blocks),
        window_end=_window_ends(burn),
        accepted=np.zeros(n_blocks),
        acceptance=np.zeros(n_blocks),
        fit=np.tile([-np.inf, 0.0, 0.0, 0.0], (n_units, 1)),
        fit_count=np.zeros(1),
        imputed_at=at,
        imputed=np.full((len(at), len(plan.cell_row)), np.nan),
        **rows,
        **few_rows,
    )
    for place, t in enumerate(plan.alike[plan.alike_start[:-1]]):
        factors = plan.factor[plan.factor_start[t] : plan.factor_start[t + 1]]
        state.design[place] = state.columns[factors].prod(axis=0) - plan.centre[t]
    for e in range(n_equations):
        _scatter_equation(plan, state, e, rng)
    for s, v in enumerate(plan.block_variable):
        if v >= 0:
            state.integrated[s, plan.missing_first[_missing(plan, v)]] = 1.0
        _first_mass(plan, state, s)
    return state


def _largest_head(plan: Plan) -> int:
    """Return the length of the longest head of theta, 1 if there is no block."""
    n_fixed = plan.random_start - plan.term_start[:-1]
    own = [plan.own[v] if v >= 0 else -1 for v in plan.block_variable]
    sizes = [
        n_fixed[e] + 1 + (n_fixed[o] + 1 if o >= 0 else 0)
        for e, o in zip(plan.block_equation, own, strict=True)
    ]
    return int(max([1, *sizes]))


def _missing(plan: Plan, v: int) -> slice:
    return slice(plan.missing_start[v], plan.missing_start[v + 1])


def _categories(plan: Plan, rng: np.random.Generator) -> tuple[Integers, Floats]:
    """Return all categories, missing ones drawn from the observed, and starting thresholds."""
    category = plan.category.copy()
    most = plan.code.shape[1]
    cut = np.full((len(category), most + 1), NO_BOUND)
    cut[:, 0] = -NO_BOUND
    cut[:, 1] = 0.0
    for s, row in enumerate(category):
        known = row[row >= 0]
        v = plan.category_column[s]
        if v >= 0:
            for first, last in zip(
                plan.missing_first[_missing(plan, v)], plan.missing_last[_missing(plan, v)],
                strict=True,
            ):  # fmt: skip
                row[first:last] = rng.choice(known)
        shares = np.cumsum(np.bincount(known, minlength=plan.n_categories[s]))[:-1] / known.size
        cut[s, 1 : plan.n_categories[s]] = ndtri(shares) - ndtri(shares[0])
    return category, cut


def _filled_columns(
    plan: Plan, category: Integers, cut: Floats, rng: np.random.Generator
) -> Floats:
    columns = plan.columns.copy()
    is_derived = plan.plus >= 0
    means = []
    for v, row in enumerate(columns):
        spans = _missing(plan, v)
        starts, ends = plan.missing_first[spans], plan.missing_last[spans]
        known = row[~np.isnan(row)]
        if known.size and v not in plan.category_column:
            values = rng.choice(known, len(starts))
        else:
            values = np.full(len(starts), np.nan)
            means += [v] if len(starts) and v not in plan.category_column else []
        for first, last, value in zip(starts, ends, values, strict=True):
            row[first:last] = value
    for s, v in enumerate(plan.category_column):
        if v >= 0:
            columns[v] = plan.code[s, category[s]]
    for v in means:  # latent and grand means start at the means of what they are means of
        source = columns[_averaged(plan, v)]
        spans = _missing(plan, v)
        for first, last in zip(plan.missing_first[spans], plan.missing_last[spans], strict=True):
            columns[v, first:last] = source[first:last].mean()
    for d in np.flatnonzero(is_derived):
        columns[d] = columns[plan.plus[d]] - columns[plan.minus[d]]
    for s, e in enumerate(plan.block_equation):
        low, high = cut[s, category[s]], cut[s, category[s] + 1]
        size = np.abs(rng.standard_normal(columns.shape[1]))
        if plan.level[e] == 2:
            size = size[plan.cluster_start[plan.cluster]]
        middle = (low + high) / 2
        columns[plan.outcome[e]] = np.where(
            low <= -NO_BOUND, high - size, np.where(high >= NO_BOUND, low + size, middle)
        )
    return columns


def _averaged(plan: Plan, v: int) -> int:
    """Return the column that column v is the mean of: it is centred at v somewhere."""
    return int(plan.plus[np.flatnonzero(plan.minus == v)[0]])


def _scatter_equation(plan: Plan, state: State, e: int, rng: np.random.Generator) -> None:
    outcome = state.columns[plan.outcome[e]]
    variance = 1.0 if plan.probit[e] else max(outcome.var(), np.finfo(float).tiny)
    fixed = slice(plan.term_start[e], plan.random_start[e])
    random = slice(plan.random_start[e], plan.term_start[e + 1])
    if not plan.probit[e]:
        state.sigma2[e] = variance * rng.uniform(0.3, 1.0)
    scale = np.sqrt(variance / _mean_square(state.design[plan.place[fixed]]))
    state.coefficient[fixed] = 0.5 * scale * rng.standard_normal(scale.size)
    first = plan.factor_start[fixed.start : fixed.start + 2]
    if scale.size and first[0] == first[1]:  # an intercept
        share = (outcome > 0).mean()
        start = ndtri(np.clip(share, 0.01, 0.99)) if plan.probit[e] else outcome.mean()
        state.coefficient[fixed.start] += start
    scatter = 0.2 * variance / _mean_square(state.design[plan.place[random]])
    size = scatter.size
    variances = scatter * rng.uniform(0.3, 1.0, size)
    state.tau[e, :size, :size] = np.diag(variances)
    effects = np.sqrt(variances) * rng.standard_normal((len(state.effect), size))
    state.effect[:, random] = effects
    # no matrix product: its last digits may depend on the number of threads
    products = state.coefficient[fixed, None] * state.design[plan.place[fixed]]
    by_cluster = effects[plan.cluster].T * state.design[plan.place[random]]
    state.residual[e] = outcome - products.sum(axis=0) - by_cluster.sum(axis=0)


def _mean_square(design: Floats) -> Floats:
    mean: Floats = np.maximum((design**2).mean(axis=1), np.finfo(float).tiny)
    return mean


def _first_mass(plan: Plan, state: State, s: int) -> None:
    """Guess posterior variances: coefficients 1 / information, log variances 2 / n."""
    e, v = plan.block_equation[s], plan.block_variable[s]
    own = plan.own[v] if v >= 0 else -1
    n_rows = len(plan.cluster)
    guess: list[Floats] = []
    for equation in [e, own] if own >= 0 else [e]:
        fixed = slice(plan.term_start[equation], plan.random_start[equation])
        variance = 4.0 if equation == e else 2.0 * state.sigma2[equation]
        guess.append(variance / (n_rows * _mean_square(state.design[plan.place[fixed]])))
    guess += [np.full(1, 4.0 / n_rows)] if own >= 0 else []
    guess += [np.full(1, 0.5)] if plan.block_tau[s] else []
    diagonal = np.concatenate(guess)
    where = np.arange(diagonal.size)
    state.mass_head[s, where, where] = 1 / np.sqrt(diagonal)
    for c in range(state.mass_tail.shape[1]):
        state.mass_tail[s, c, c] = 1.0


def _window_ends(burn: int) -> Integers:
    """Return the warm-up iterations at which a window closes.

    The first window only lets the chain arrive; each later one ends in a new mass matrix, and they
    double in length. What is left at the end settles the step size (as in Stan, Carpenter et al.
    2017, J. Stat. Softw. 76(1), section 2.4).
    """
    if burn < 20:
        return np.array([], dtype=np.int64)
    arrived, last, length = min(75, int(0.15 * burn)), burn - min(50, int(0.1 * burn)), 50
    ends = [arrived]
    while ends[-1] + 3 * length <= last:
        ends.append(ends[-1] + length)
        length *= 2
    return np.array([*ends, last], dtype=np.int64)
