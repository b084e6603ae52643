"""Values of the model's terms and linear predictors, row by row."""

from tutorkit.kernels.jit import kernel


@kernel
def term_value(plan, state, t, i):
    """Return the product of the factors of term t in row i (1 for the intercept)."""
    value = 1.0
    for f in range(plan.factor_start[t], plan.factor_start[t + 1]):
        value *= state.columns[plan.factor[f], i]
    return value


@kernel
def fill_design(plan, state):
    """Compute every term in every row."""
    for i in range(state.design.shape[0]):
        for t in range(state.design.shape[1]):
            state.design[i, t] = term_value(plan, state, t, i)


@kernel
def set_value(plan, state, v, i, value):
    """Give variable v a value in row i, and recompute the terms it is part of."""
    state.columns[v, i] = value
    for k in range(plan.touch_start[v], plan.touch_start[v + 1]):
        t = plan.touch[k]
        state.design[i, t] = term_value(plan, state, t, i)


@kernel
def fixed_part(plan, state, e, i):
    """Return the fixed part of equation e's linear predictor in row i."""
    total = 0.0
    for t in range(plan.term_start[e], plan.random_start[e]):
        total += state.coefficient[t] * state.design[i, t]
    return total


@kernel
def random_part(plan, state, e, i):
    """Return the cluster effects' part of equation e's linear predictor in row i."""
    total, j = 0.0, plan.cluster[i]
    for t in range(plan.random_start[e], plan.term_start[e + 1]):
        total += state.effect[j, t] * state.design[i, t]
    return total


@kernel
def predictor(plan, state, e, i):
    """Return equation e's whole linear predictor in row i."""
    return fixed_part(plan, state, e, i) + random_part(plan, state, e, i)


@kernel
def weight(plan, state, t, i):
    """Return the coefficient of term t in row i: a fixed one or its cluster's effect."""
    if t < plan.random_start[plan.term_equation[t]]:
        return state.coefficient[t]
    return state.effect[plan.cluster[i], t]


@kernel
def other_factors(plan, state, t, v, i):
    """Return the product of the factors of term t in row i that are not v."""
    value = 1.0
    for f in range(plan.factor_start[t], plan.factor_start[t + 1]):
        if plan.factor[f] != v:
            value *= state.columns[plan.factor[f], i]
    return value
