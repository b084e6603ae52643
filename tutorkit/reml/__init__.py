"""The frequentist baseline: the focal model by restricted maximum likelihood."""

from tutorkit.reml.fit import RemlFit, fit_reml

__all__ = ["RemlFit", "fit_reml"]
