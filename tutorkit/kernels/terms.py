"""Values of the model's terms, and residuals, kept up to date row by row."""

from tutorkit.kernels.jit import kernel, step
from tutorkit.kernels.vectors import sum_of_products


@kernel
def fill_weights(plan, state, t, rows, out):
    """Write the coefficient of term t in each of some rows: fixed, or its cluster's effect."""
    if t < plan.random_start[plan.term_equation[t]]:
        for r in range(rows.size):
            out[r] = state.coefficient[t]
    else:
        for r in range(rows.size):
            out[r] = state.effect[plan.cluster[rows[r]], t]


@kernel
def set_values(plan, state, v, rows, values):
    """Give variable v values in some rows; centred columns, terms and residuals follow."""
    columns, change, term, weight = state.columns, state.change, state.line[0], state.power[0]
    n = rows.size
    for r in range(n):
        change[r] = values[r] - columns[v, rows[r]]
        columns[v, rows[r]] = values[r]
    for k in range(plan.derived_start[v], plan.derived_start[v + 1]):
        d = plan.derived[k]
        for r in range(n):
            i = rows[r]
            columns[d, i] = columns[plan.plus[d], i] - columns[plan.minus[d], i]
    for k in range(plan.move_start[v], plan.move_start[v + 1]):
        first, last = plan.alike_start[plan.move[k]], plan.alike_start[plan.move[k] + 1]
        design, example = state.design[plan.move[k]], plan.alike[first]
        for r in range(n):
            term[r] = 1.0
        for f in range(plan.factor_start[example], plan.factor_start[example + 1]):
            column = columns[plan.factor[f]]
            for r in range(n):
                term[r] *= column[rows[r]]
        for r in range(n):
            value = term[r] - plan.centre[example]
            term[r] = value - design[rows[r]]
            design[rows[r]] = value
        for a in range(first, last):
            t = plan.alike[a]
            fill_weights(plan, state, t, rows, weight)
            residual = state.residual[plan.term_equation[t]]
            for r in range(n):
                residual[rows[r]] -= weight[r] * term[r]
    for q in range(plan.see_start[v], plan.see_start[v + 1]):
        if plan.see_sign[q] != 0.0:
            residual = state.residual[plan.see[q]]
            for r in range(n):
                residual[rows[r]] += plan.see_sign[q] * change[r]


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
    if plan.level[e] == 1:
        return sum_of_products(x, y)
    value = 0.0
    for k in range(plan.level_start[1], plan.level_start[2]):
        value += x[plan.level_row[k]] * y[plan.level_row[k]]
    return value


@kernel
def add_random_part(plan, state, e, sign, out):
    """Add the cluster effects' part of equation e's predictor, times ``sign``, to ``out``."""
    for t in range(plan.random_start[e], plan.term_start[e + 1]):
        x = state.design[plan.place[t]]
        for j in range(plan.cluster_start.size - 1):
            effect = sign * state.effect[j, t]
            for i in range(plan.cluster_start[j], plan.cluster_start[j + 1]):
                out[i] += effect * x[i]


@step
def fill_residual(plan, state, e):
    """Compute outcome minus linear predictor of equation e in every row."""
    residual, outcome = state.residual[e], state.columns[plan.outcome[e]]
    for i in range(residual.size):
        residual[i] = outcome[i]
    for t in range(plan.term_start[e], plan.random_start[e]):
        coefficient, x = state.coefficient[t], state.design[plan.place[t]]
        for i in range(residual.size):
            residual[i] -= coefficient * x[i]
    add_random_part(plan, state, e, -1.0, residual)
