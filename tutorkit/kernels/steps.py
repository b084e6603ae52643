"""The steps of an iteration: kernels that are compiled each by itself and called at an address.

Linked into one piece of machine code they would all be optimised and translated a second time.
"""

import inspect
from collections.abc import Callable
from typing import NamedTuple

from numba import config, typeof, types
from numba.core.compiler import CompileResult
from numba.core.typing import Signature
from numba.experimental import function_type  # noqa: F401  makes `typeof` know steps

from tutorkit.kernels.coefficients import (
    draw_coefficients,
    draw_residual_variance,
    fill_products,
)
from tutorkit.kernels.hamiltonian import adapt, move
from tutorkit.kernels.information import add_information
from tutorkit.kernels.jit import is_compiled
from tutorkit.kernels.missing_values import draw_missing_values
from tutorkit.kernels.random_effects import draw_covariance, draw_variance, redraw_root
from tutorkit.kernels.record import add_fit, fill_residual_sums, keep_imputation, record
from tutorkit.kernels.references import reference_types
from tutorkit.kernels.responses import draw_categories, draw_responses, draw_thresholds
from tutorkit.kernels.selection import hold
from tutorkit.kernels.terms import fill_residual
from tutorkit.plan import Plan
from tutorkit.state import State


class Steps(NamedTuple):
    """All steps; the first few and the others take about as long to compile."""

    hold: Callable
    add_information: Callable
    move: Callable
    adapt: Callable
    record: Callable
    add_fit: Callable
    fill_residual_sums: Callable
    keep_imputation: Callable
    draw_missing_values: Callable
    draw_responses: Callable
    draw_categories: Callable
    draw_thresholds: Callable
    fill_products: Callable
    draw_variance: Callable
    draw_coefficients: Callable
    draw_covariance: Callable
    redraw_root: Callable
    fill_residual: Callable
    draw_residual_variance: Callable


STEPS = Steps(
    hold, add_information, move, adapt, record, add_fit, fill_residual_sums, keep_imputation,
    draw_missing_values, draw_responses, draw_categories, draw_thresholds, fill_products,
    draw_variance, draw_coefficients, draw_covariance, redraw_root, fill_residual,
    draw_residual_variance,
)  # fmt: skip
FIRST_HALF = 8
_compiled: list[Steps] = []


class CompiledStep(types.WrapperAddressProtocol):
    """A step as a function that numba's code can be given: compiled or loaded when needed."""

    def __init__(self, function: Callable, of_parameter: dict[str, types.Type]) -> None:
        self._function = function
        names = inspect.signature(function.py_func).parameters
        self._arguments = tuple(of_parameter[name] for name in names)
        self._result = types.float64 if function is move else types.none
        self._address = 0

    def signature(self) -> Signature:
        """Return numba's signature of the step."""
        return self._result(*self._arguments)

    def compile(self) -> CompileResult:
        """Compile the step and keep it in the cache, or load it from there."""
        self._function.compile(self._arguments)
        return self._function.overloads[self._arguments]

    def is_compiled(self) -> bool:
        """Return whether using the step would not compile anything."""
        return is_compiled(self._function, self._arguments)

    def __wrapper_address__(self) -> int:
        """Return the address of the step's machine code, with the calling convention of C."""
        if not self._address:
            code = self.compile()
            name = code.fndesc.llvm_cfunc_wrapper_name
            self._address = code.library.get_pointer_to_function(name)
        return self._address


def compiled_steps(rng: object, plan: Plan, state: State) -> Steps:
    """Return the steps for arguments of these types, which are the same for every model."""
    if config.DISABLE_JIT:
        return STEPS
    if not _compiled:
        of_parameter = dict(zip(("plan", "state"), reference_types(plan, state), strict=True))
        of_parameter |= {
            "rng": typeof(rng),
            "out": typeof(state.sigma2),
            "probability": types.float64,
        }
        of_parameter |= dict.fromkeys(("s", "e", "v", "iteration"), types.int64)
        _compiled.append(Steps(*(CompiledStep(step, of_parameter) for step in STEPS)))
    return _compiled[0]
