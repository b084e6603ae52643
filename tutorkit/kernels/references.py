"""Plan and state passed by reference between kernels.

As tuples, each of their hundred arrays would be an argument of every call, which doubles the time
to compile. Python hands over the tuples; an entry point makes the references.
"""

from numba import typeof, types
from numba.experimental import structref

from tutorkit.plan import Plan
from tutorkit.state import State


@structref.register
class _PlanType(types.StructRef):
    """The numba type of a plan."""


@structref.register
class _StateType(types.StructRef):
    """The numba type of a state."""


class PlanRef(structref.StructRefProxy):
    """A `tutorkit.plan.Plan` inside the kernels: ``PlanRef(*plan)``."""

    def __new__(cls, *arrays):
        """Return the tuple itself: only plain Python, with JIT off, comes here."""
        return Plan(*arrays)


class StateRef(structref.StructRefProxy):
    """A `tutorkit.state.State` inside the kernels: ``StateRef(*state)``."""

    def __new__(cls, *arrays):
        """Return the tuple itself: only plain Python, with JIT off, comes here."""
        return State(*arrays)


structref.define_constructor(PlanRef, _PlanType, list(Plan._fields))
structref.define_constructor(StateRef, _StateType, list(State._fields))


def reference_types(plan: Plan, state: State) -> tuple[types.Type, types.Type]:
    """Return the numba types that plan and state have inside the kernels."""
    return _reference_type(_PlanType, plan), _reference_type(_StateType, state)


def _reference_type(kind: type, arrays: Plan | State) -> types.Type:
    return kind([(n, typeof(a)) for n, a in zip(arrays._fields, arrays, strict=True)])
