"""Values of the model's terms, and residuals, kept up to date row by row."""

from tutorkit.kernels.jit import kernel


@kernel
def term_value(plan, state, t, i):
    """Return the product of the factors of term t in row i (1 for the intercept), centred."""
    value = 1.0
    for f in range(plan.factor_start[t], plan.factor_start[t + 1]):
        value *= state.columns[plan.factor[f], i]
    return value - plan.centre[t]


@kernel
def weight(plan, state, t, i):
    """Return the coefficient of term t in row i: a fixed one or its cluster's effect."""
    if t < plan.random_start[plan.term_equation[t]]:
        return state.coefficient[t]
    return state.effect[plan.cluster[i], t]


@kernel
def set_value(plan, state, v, i, value):
    """Give variable v a value in row i; centred columns, terms and residuals follow."""
    columns = state.columns
    change = value - columns[v, i]
    columns[v, i] = value
    for k in range(plan.derived_start[v], plan.derived_start[v + 1]):
        d = plan.derived[k]
        columns[d, i] = columns[plan.plus[d], i] - columns[plan.minus[d], i]
    for q in range(plan.see_start[v], plan.see_start[v + 1]):
        residual = state.residual[plan.see[q], i] + plan.see_sign[q] * change
        for k in range(plan.see_touch[q], plan.see_touch[q + 1]):
            t = plan.touch[k]
            term = term_value(plan, state, t, i)
            residual -= weight(plan, state, t, i) * (term - state.design[t, i])
            state.design[t, i] = term
        state.residual[plan.see[q], i] = residual


@kernel
def next_row(plan, e, i):
    """Return the row after i of equation e: a level-2 equation has one row per cluster."""
    if plan.level[e] == 2:
        return plan.cluster_start[plan.cluster[i] + 1]
    return i + 1


@kernel
def n_rows(plan, e):
    """Return the number of rows of equation e."""
    return plan.level_start[plan.level[e]] - plan.level_start[plan.level[e] - 1]


@kernel
def dot(plan, e, x, y):
    """Return the sum of x times y over the rows of equation e."""
    value = 0.0
    if plan.level[e] == 2:
        for k in range(plan.level_start[1], plan.level_start[2]):
            value += x[plan.level_row[k]] * y[plan.level_row[k]]
    else:
        for i in range(x.size):
            value += x[i] * y[i]
    return value


@kernel
def add_random_part(plan, state, e, sign, out):
    """Add the cluster effects' part of equation e's predictor, times ``sign``, to ``out``."""
    for t in range(plan.random_start[e], plan.term_start[e + 1]):
        x = state.design[t]
        for j in range(plan.cluster_start.size - 1):
            effect = sign * state.effect[j, t]
            for i in range(plan.cluster_start[j], plan.cluster_start[j + 1]):
                out[i] += effect * x[i]


@kernel
def fill_residual(plan, state, e):
    """Compute outcome minus linear predictor of equation e in every row."""
    residual, outcome = state.residual[e], state.columns[plan.outcome[e]]
    for i in range(residual.size):
        residual[i] = outcome[i]
    for t in range(plan.term_start[e], plan.random_start[e]):
        coefficient, x = state.coefficient[t], state.design[t]
        for i in range(residual.size):
            residual[i] -= coefficient * x[i]
    add_random_part(plan, state, e, -1.0, residual)
