"""Measured figures of the sampler: ``python -m tests.benchmarks`` prints them as a table.

Everything goes through tutorkit's public interface, so what is measured is whatever sampler is
there. One module a benchmark; each has ``run(options) -> Result``.
"""
