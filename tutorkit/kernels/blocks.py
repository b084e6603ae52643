"""Blocks of iterations, as Python runs them: compiled, or loaded from the cache."""

from numba import config, typeof

from tutorkit.arrays import Floats
from tutorkit.kernels.jit import is_compiled
from tutorkit.kernels.steps import FIRST_HALF, compiled_steps
from tutorkit.kernels.sweep import run_iterations
from tutorkit.plan import Plan
from tutorkit.state import State


def run_block(
    rng: object, plan: Plan, state: State, out: Floats, start: int, stop: int, burn: int
) -> None:
    """Run iterations ``start`` to ``stop`` - 1, see `tutorkit.kernels.sweep.run_iterations`."""
    steps = compiled_steps(rng, plan, state)
    run_iterations(rng, plan, state, steps, out, start, stop, burn)


def is_ready(rng: object, plan: Plan, state: State, out: Floats) -> bool:
    """Return whether running a block would not compile anything."""
    if config.DISABLE_JIT:
        return True
    steps = compiled_steps(rng, plan, state)
    return is_compiled(run_iterations, _types(rng, plan, state, steps, out)) and all(
        step.is_compiled() for step in steps
    )


def compile_half(half: int, rng: object, plan: Plan, state: State, out: Floats) -> None:
    """Compile half 0 or 1 of all that running a block needs, and keep it in the cache."""
    steps = compiled_steps(rng, plan, state)
    for step in steps[:FIRST_HALF] if half == 0 else steps[FIRST_HALF:]:
        step.compile()
    if half == 1:
        run_iterations.compile(_types(rng, plan, state, steps, out))


def _types(*arguments: object) -> tuple:
    return (*(typeof(argument) for argument in arguments), *[typeof(0)] * 3)
