"""Fits of one focal model side by side."""

from tutorkit.comparison.focal import (
    Fit,
    comparable,
    focal_formula,
    true_formula,
    truth_fits,
)
from tutorkit.comparison.tables import (
    TRUTH,
    compare,
    difference,
    figure,
    focal_draws,
    focal_estimates,
    focal_values,
    is_coefficient,
    wide,
)

__all__ = [
    "TRUTH", "Fit", "comparable", "compare", "difference", "figure", "focal_draws",
    "focal_estimates", "focal_formula", "focal_values", "is_coefficient", "true_formula",
    "truth_fits", "wide",
]  # fmt: skip
