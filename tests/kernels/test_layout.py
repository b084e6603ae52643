"""A seed's draws do not depend on where arrays happen to lie in memory."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import pytest
from test_compilation import MODELS, read

from tutorkit.data import prepare
from tutorkit.kernels.blocks import run_block
from tutorkit.layout import compile_plan
from tutorkit.model.script import parse
from tutorkit.parameters import recorded
from tutorkit.start import initial_state

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="needs compiled kernels")


def packed(arrays: NamedTuple, gap: int, backwards: bool) -> NamedTuple:
    """Return copies of all arrays in one piece of memory, ``gap`` bytes apart."""
    order = arrays._fields[::-1] if backwards else arrays._fields
    size = sum(getattr(arrays, name).nbytes + gap for name in order)
    memory, at, copies = np.zeros(size + 8, dtype=np.uint8), 0, {}
    for name in order:
        array = getattr(arrays, name)
        copies[name] = memory[at : at + array.nbytes].view(array.dtype).reshape(array.shape)
        copies[name][:] = array
        at += array.nbytes + gap
    return arrays._replace(**copies)


def test_terms_of_probit_equations_are_not_centred():
    """Their prior is not flat, so that it would change the model."""
    spec = parse("CLUSTERID: j; MODEL: y ~ far x3i; far ~ x3i; y.missing ~ far x3i;")
    prepared = prepare(spec, read())
    plan = compile_plan(prepared.model, prepared, spec.priors)
    centred = plan.term_equation[plan.centre != 0]
    assert plan.probit.any()
    assert centred.size
    assert not plan.probit[centred].any()


@pytest.mark.parametrize("name", MODELS)
def test_draws_do_not_depend_on_where_arrays_lie(name):
    """Side by side, in either order, against far apart.

    The compiler makes two versions of a loop that writes: a fast one for arrays that it can tell
    apart by their addresses, and a plain one that sums in another order.
    """
    dataset, script = MODELS[name]
    spec = parse(script)
    prepared = prepare(spec, read(dataset))
    plan = compile_plan(prepared.model, prepared, spec.priors, prepared.model.described)
    out = np.full((3, 12, len(recorded(prepared.model))), np.nan)
    for way, (gap, backwards) in enumerate([(1 << 16, False), (0, False), (0, True)]):
        rng = np.random.default_rng(3)
        state = packed(initial_state(plan, rng, 6), gap, backwards)
        run_block(rng, packed(plan, gap, backwards), state, out[way], 0, 12, 6)
    assert np.isfinite(out).all()
    np.testing.assert_array_equal(out[1], out[0])
    np.testing.assert_array_equal(out[2], out[0])
