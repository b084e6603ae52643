"""What one chain carries from sweep to sweep; `tutorkit.start` makes it."""

from __future__ import annotations

from typing import NamedTuple

from tutorkit.arrays import Floats, Integers


class State(NamedTuple):
    """Arrays of fixed type that the kernels change in place.

    ``n_widest`` is the largest number of an equation's terms plus one (its outcome); ``n_few`` the
    number of rows, or missing values, that are taken at once; ``n_head`` the largest head of theta,
    see `tutorkit.kernels.theta`.
    """

    columns: Floats  # (n_columns, n_rows) data with imputations, responses and means
    design: Floats  # (n_places, n_rows) values of the terms, minus plan.centre
    residual: Floats  # (n_equations, n_rows) outcome minus linear predictor
    coefficient: Floats  # (n_terms,) of the fixed terms
    effect: Floats  # (n_clusters or 1, n_terms) of the random terms
    sigma2: Floats  # (n_equations,)
    tau: Floats  # (n_equations, n_random, n_random) covariance matrices of the effects
    category: Integers  # (n_blocks, n_rows) with the present imputations
    cut: Floats  # (n_blocks, n_most_categories + 1) thresholds, from -1e30 to 1e30
    # working space
    total: Floats  # (n_equations, n_widest, n_widest) sums of products over all rows
    products: Floats  # (n_random, n_widest, n_clusters or 1) and with random terms over clusters
    reduced: Floats  # (n_random, n_widest, n_clusters or 1)
    factor: Floats  # (n_random, n_random, n_clusters or 1)
    score: Floats  # (n_clusters or 1,)
    polynomial: Floats  # (2 highest degree + 1,)
    polynomials: Floats  # (2 highest degree + 1, n_few)
    line: Floats  # (highest degree + 1, n_few)
    power: Floats  # (highest degree + 1, n_few)
    linear: Floats  # (n_rows,) for each missing value of a column
    conditional: Floats  # (n_rows,) the same
    values: Floats  # (n_few,)
    change: Floats  # (n_few,)
    residual_products: Floats  # (n_equations, n_equations)
    unit_squares: Floats  # (n_units, n_equations)
    # of the block that moves
    integrated: Floats  # (n_blocks, n_rows) 1 where its variable is integrated out
    sign: Floats  # (n_rows,)
    offset: Floats  # (n_rows,)
    typical_info: Floats  # (1,) mean of info_a where the variable is missing
    natural: Floats  # (n_head,) see `tutorkit.kernels.theta`
    d_natural: Floats  # (n_head,)
    jacobian: Floats  # (n_head, n_head)
    d_determinant: Floats  # (n_head,)
    intercept: Floats  # (n_clusters or 1,) random intercepts where the block is
    own_effect: Floats  # (n_random, n_clusters or 1) effects of its variable's own equation there
    own_root: Floats  # (n_random, n_random) Cholesky factor of their covariance matrix
    others: Floats  # (n_widest, n_rows)
    known: Floats  # (n_rows,)
    info_a: Floats  # (n_rows,)
    info_b: Floats  # (n_rows,)
    # of the block of rows at hand, (n_few,)
    mu: Floats
    mean: Floats
    variance: Floats
    argument: Floats
    ratio: Floats
    d_h: Floats
    d_b: Floats
    d_mu: Floats
    d_log_sigma2: Floats
    natural_scores: Floats  # (n_head, n_few)
    scores: Floats  # (n_head + n_random + 1, n_few)
    # its proposals: the factors of the mass matrices, see `tutorkit.kernels.information`
    mass_head: Floats  # (n_blocks, n_head, n_head)
    mass_cross: Floats  # (n_blocks, n_head, n_random + 1, n_clusters or 1)
    mass_tail: Floats  # (n_blocks, n_random + 1, n_random + 1, n_clusters or 1)
    head_information: Floats  # sums over a window, shaped alike
    cross_information: Floats
    tail_information: Floats
    step_size: Floats  # (n_blocks,)
    averaging: Floats  # (n_blocks, 4)
    window_count: Floats  # (n_blocks,)
    window_end: Integers  # (n_windows,) warm-up iterations at which one closes, see _window_ends
    accepted: Floats  # (n_blocks,) acceptance probability of the last proposal
    acceptance: Floats  # (n_blocks,) sum over the kept iterations
    # what is kept beside the draws
    fit: Floats  # (n_units, 4) log likelihood: maximum, sum of exp, mean, squared deviations
    fit_count: Floats  # (1,)
    imputed_at: Integers  # (n_imputations,) iterations whose imputations are kept
    imputed: Floats  # (n_imputations, n_cells)
