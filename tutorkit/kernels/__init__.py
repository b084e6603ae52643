"""Compiled full conditionals and one sweep of the sampler.

Symbols, the same in every kernel: ``e`` equation, ``t`` term, ``v`` column (a row of
``state.columns``), ``i`` row of the data, ``j`` cluster, ``s`` block (a probit equation), ``q`` an
equation that sees a column, ``rng`` a ``numpy.random.Generator``, ``plan`` what never changes in a
run (`tutorkit.plan.Plan`), ``state`` what does (`tutorkit.state.State`). Kernels change ``state``
in place and check nothing.

Loops over all rows run on whole vectors if their arrays are local variables and their formulas
pasted in (`tutorkit.kernels.jit.inlined`).
"""
