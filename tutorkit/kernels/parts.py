"""The sampler in two parts of about the same weight, so that two processes can compile it."""

from numba import typeof, types

from tutorkit.kernels.coefficients import (
    draw_coefficients,
    draw_residual_variance,
    fill_products,
)
from tutorkit.kernels.hamiltonian import adapt, move
from tutorkit.kernels.information import add_information
from tutorkit.kernels.missing_values import draw_missing_values
from tutorkit.kernels.random_effects import draw_covariance, draw_variance, redraw_root
from tutorkit.kernels.record import add_fit, fill_residual_sums, keep_imputation, record
from tutorkit.kernels.references import reference_types
from tutorkit.kernels.responses import draw_categories, draw_responses, draw_thresholds
from tutorkit.kernels.selection import hold
from tutorkit.kernels.terms import fill_residual


def compile_part(part: int, rng: object, plan: object, state: object, out: object) -> None:
    """Compile part 0 or 1 for arguments of these types and keep it in the cache.

    What both parts call is compiled twice, and both copies become part of `run_block`: so kernels
    that have much in common stand together. `run_block`, compiled afterwards, finds all of them.
    ``out`` is (n_iterations, n_columns).
    """
    generator = typeof(rng)
    by_reference = reference_types(plan, state)
    integer, number = types.int64, types.float64
    step = (generator, *by_reference, integer)
    on_state = (*by_reference, integer)
    parts = (
        (
            (add_information, on_state),
            (move, step),
            (adapt, (*by_reference, integer, number, integer)),
            (record, (generator, *by_reference, typeof(out[0]))),
            (add_fit, by_reference),
            (fill_residual_sums, by_reference),
            (keep_imputation, on_state),
        ),
        (
            (draw_missing_values, step),
            (hold, on_state),
            (draw_responses, step),
            (draw_categories, step),
            (draw_thresholds, step),
            (fill_products, on_state),
            (draw_variance, step),
            (draw_coefficients, step),
            (draw_covariance, step),
            (redraw_root, step),
            (fill_residual, on_state),
            (draw_residual_variance, step),
        ),
    )
    for function, signature in parts[part]:
        function.compile(signature)
