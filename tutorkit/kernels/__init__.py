"""Compiled full conditionals and one sweep of the sampler.

Symbols, the same in every kernel: ``e`` equation, ``t`` term, ``v`` variable (a row of
``state.columns``), ``i`` row of the data, ``j`` cluster, ``s`` selection model, ``rng`` a
``numpy.random.Generator``, ``plan`` what never changes in a run (`tutorkit.plan.Plan`), ``state``
what does (`tutorkit.plan.State`). Kernels change ``state`` in place and check nothing.
"""
