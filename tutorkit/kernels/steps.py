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

from tutorkit.kernels import (
    coefficients,
    hamiltonian,
    information,
    missing_values,
    random_effects,
    responses,
    selection,
    terms,
)
from tutorkit.kernels import record as kept
from tutorkit.kernels.jit import is_compiled
from tutorkit.kernels.references import reference_types
from tutorkit.plan import Plan
from tutorkit.state import State


class Steps(NamedTuple):
    """All steps; the first FIRST_HALF and the others take about as long to compile."""

    hold: Callable = selection.hold
    add_information: Callable = information.add_information
    move: Callable = hamiltonian.move
    adapt: Callable = hamiltonian.adapt
    record: Callable = kept.record
    add_fit: Callable = kept.add_fit
    fill_residual_sums: Callable = kept.fill_residual_sums
    keep_imputation: Callable = kept.keep_imputation
    draw_missing_values: Callable = missing_values.draw_missing_values
    draw_responses: Callable = responses.draw_responses
    draw_categories: Callable = responses.draw_categories
    draw_thresholds: Callable = responses.draw_thresholds
    fill_products: Callable = coefficients.fill_products
    draw_variance: Callable = random_effects.draw_variance
    draw_coefficients: Callable = coefficients.draw_coefficients
    draw_covariance: Callable = random_effects.draw_covariance
    redraw_root: Callable = random_effects.redraw_root
    fill_residual: Callable = terms.fill_residual
    draw_residual_variance: Callable = coefficients.draw_residual_variance


FIRST_HALF = 8
_compiled: list[Steps] = []


class CompiledStep(types.WrapperAddressProtocol):
    """A step as a function that numba's code can be given: compiled or loaded when needed."""

    def __init__(self, function: Callable, of_parameter: dict[str, types.Type]) -> None:
        self._function = function
        names = inspect.signature(function.py_func).parameters
        self._arguments = tuple(of_parameter[name] for name in names)
        self._result = types.float64 if function is hamiltonian.move else types.none
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
        return Steps()
    if not _compiled:
        of_parameter = dict(zip(("plan", "state"), reference_types(plan, state), strict=True))
        of_parameter |= {
            "rng": typeof(rng),
            "out": typeof(state.sigma2),
            "probability": types.float64,
        }
        of_parameter |= dict.fromkeys(("s", "e", "v", "iteration"), types.int64)
        _compiled.append(Steps(*(CompiledStep(step, of_parameter) for step in Steps())))
    return _compiled[0]
