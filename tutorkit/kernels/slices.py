"""A slice step (Neal 2003, Ann. Statist. 31:705): stepping out, then shrinking."""

import math

from tutorkit.kernels.jit import kernel

MOST_STEPS_OUT = 100


@kernel
def slice_step(rng, log_density, plan, state, k, m, here, width, bounds):
    """Return the next value of a variable now at ``here``, between ``bounds`` (low, high).

    ``log_density(plan, state, k, m, x)`` is its log density up to a constant; k and m say of what.
    The number of steps out is split at random between both sides (Neal, figure 3), so the limit
    leaves the distribution as it is and a flat or broken density ends the step. Where the density
    is not finite at ``here`` the variable stays.
    """
    level = log_density(plan, state, k, m, here) - rng.standard_exponential()
    if not math.isfinite(level):
        return here
    low = here - width * rng.random()
    high = low + width
    left = int(MOST_STEPS_OUT * rng.random())
    right = MOST_STEPS_OUT - 1 - left
    while left > 0 and low > bounds[0] and log_density(plan, state, k, m, low) > level:
        low -= width
        left -= 1
    while right > 0 and high < bounds[1] and log_density(plan, state, k, m, high) > level:
        high += width
        right -= 1
    low, high = max(low, bounds[0]), min(high, bounds[1])
    while high > low:
        there = low + (high - low) * rng.random()
        if log_density(plan, state, k, m, there) >= level:
            return there
        if there < here:
            low = there
        elif there > here:
            high = there
        else:
            break
    return here
