"""Data: `read_data` reads a csv file, `prepare` makes the arrays of a model and checks them."""

from tutorkit.data.prepare import ModelData, prepare
from tutorkit.data.read import read_data

__all__ = ["ModelData", "prepare", "read_data"]
