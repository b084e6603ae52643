"""Simulated data, and values deleted from them by known mechanisms."""

from tutorkit.simulation.deletion import delete_mar, delete_mcar, delete_mnar
from tutorkit.simulation.simulate import Simulated, simulate

__all__ = ["Simulated", "delete_mar", "delete_mcar", "delete_mnar", "simulate"]
