"""The joint model and its data as flat arrays: what the kernels read and never change."""

from __future__ import annotations

from typing import NamedTuple

from tutorkit.arrays import Floats, Integers

NO_BOUND = 1e30
"""Stands for an infinite threshold of an ordinal variable."""


class Plan(NamedTuple):
    """Arrays of fixed type and dimension, so that one compiled sweep serves every model.

    Columns are those of `tutorkit.data.joint.JointModel`. Terms are numbered equation by equation,
    an equation's random terms after its fixed ones. Column v is "seen" by an equation if its
    outcome or one of its terms moves with v.
    """

    columns: Floats  # (n_columns, n_rows), missing values, responses and means nan
    cluster: Integers  # (n_rows,)
    cluster_start: Integers  # (n_clusters + 1,), or (2,) without clusters: rows are sorted
    unit_start: Integers  # (n_units + 1,) units of the likelihood: clusters, or else rows
    level_start: Integers  # (3,) rows of level k equations: level_start[k - 1]:level_start[k] of
    level_row: Integers  # (n_rows + n_clusters,) all rows, then the first one of each cluster
    # columns
    plus: Integers  # (n_columns,) a centred column is plus minus minus; -1 for all others
    minus: Integers  # (n_columns,)
    derived_start: Integers  # (n_columns + 1,)
    derived: Integers  # (n_derived,) the centred columns that move with a column
    own: Integers  # (n_columns,) equation of which it is the outcome, or -1
    degree: Integers  # (n_columns,) highest power in any term, at least 1
    scale: Floats  # (n_columns,) observed standard deviation
    see_start: Integers  # (n_columns + 1,)
    see: Integers  # (n_sees,) equations that see a column, ascending
    see_sign: Floats  # (n_sees,) how the equation's outcome moves with it: 1, -1 or 0
    see_touch: Integers  # (n_sees + 1,)
    touch: Integers  # (n_touches,) the equation's terms that move with it
    move_start: Integers  # (n_columns + 1,)
    move: Integers  # (n_moves,) places of terms that move with it
    missing_start: Integers  # (n_columns + 1,)
    missing_first: Integers  # (n_missing,) a missing value fills rows first ...
    missing_last: Integers  # (n_missing,) ... to last - 1
    wide: Integers  # (n_columns,) 1 if a missing value may fill more than one row
    impute: Integers  # (n_imputed,) columns drawn one value at a time
    grand_mean: Integers  # (n_grand_means,)
    described: Integers  # (n_described,) columns whose mean and SD are recorded
    cell_column: Integers  # (n_cells,) the missing cells of the data
    cell_row: Integers  # (n_cells,)
    # equations
    outcome: Integers  # (n_equations,) column
    probit: Integers  # (n_equations,) 1 if the outcome is a latent response
    level: Integers  # (n_equations,) 1, or 2: one row per cluster
    explicit: Integers  # (n_equations,) 1 if it stands in the script
    term_start: Integers  # (n_equations + 1,) terms of e are term_start[e]:term_start[e + 1]
    random_start: Integers  # (n_equations,) the random ones begin here
    residual_shape: Floats  # (n_equations,) prior of the residual variance
    residual_scale: Floats  # (n_equations,)
    random_df: Floats  # (n_equations,) prior of the random effects' covariance matrix
    random_scale: Floats  # (n_equations,)
    written_start: Integers  # (3,) script's equations of level k: written_start[k - 1]:... of
    written: Integers  # (n_written,)
    record_start: Integers  # (n_equations + 1,) where the output of each equation begins
    # terms
    term_equation: Integers  # (n_terms,)
    place: (
        Integers  # (n_terms,) row of state.design with its values: terms that are equal share one
    )
    alike_start: Integers  # (n_places + 1,)
    alike: Integers  # (n_terms,) the terms of each place
    factor_start: Integers  # (n_terms + 1,)
    factor: Integers  # (n_factors,) columns whose product the term is
    centre: Floats  # (n_terms,) subtracted from it, for accuracy: the intercept is recorded without
    prior_precision: Floats  # (n_terms,) of the coefficient, 0 if flat
    selected_term: Integers  # (n_terms,) 1 if a block's term with the variable integrated out
    twin: Integers  # (n_terms,) of a fixed term the equal random one, and the reverse; or -1
    same_term: Integers  # (n_terms,) of a block's term: that of the variable's own equation, or -1
    # blocks: the probit equations
    block_equation: Integers  # (n_blocks,)
    block_variable: Integers  # (n_blocks,) column integrated out with the responses, or -1
    block_hamiltonian: Integers  # (n_blocks,) 1 if coefficients move with responses integrated out
    block_main: Integers  # (n_blocks,) place of the variable itself among the coefficients, or -1
    block_tau: Integers  # (n_blocks,) 1 if they do, and the only random effect is the intercept
    category_column: Integers  # (n_blocks,) the ordinal variable, or -1
    n_categories: Integers  # (n_blocks,)
    code: Floats  # (n_blocks, n_most) value of each category
    category: Integers  # (n_blocks, n_rows) -1 if missing
