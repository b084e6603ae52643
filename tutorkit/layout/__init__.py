"""From the joint model and its data to the flat arrays that the kernels read."""

from tutorkit.layout.compile import compile_plan

__all__ = ["compile_plan"]
