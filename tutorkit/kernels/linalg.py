"""In-place linear algebra for matrices of a few rows; only the first ``n`` rows are used."""

import math

from tutorkit.kernels.jit import kernel


@kernel
def cholesky(a, n):
    """Overwrite the lower triangle of ``a`` with L, a = L L'.

    A pivot lost to rounding becomes the smallest one that still counts, so that a matrix which is
    singular to working precision gives a very wide draw instead of a NaN.
    """
    for c in range(n):
        floor = 1e-15 * abs(a[c, c])
        pivot = a[c, c]
        for k in range(c):
            pivot -= a[c, k] * a[c, k]
        root = math.sqrt(max(pivot, floor, 1e-300))
        a[c, c] = root
        for r in range(c + 1, n):
            total = a[r, c]
            for k in range(c):
                total -= a[r, k] * a[c, k]
            a[r, c] = total / root


@kernel
def solve_lower(chol, b, n):
    """Overwrite ``b`` with the solution x of L x = b."""
    for r in range(n):
        total = b[r]
        for k in range(r):
            total -= chol[r, k] * b[k]
        b[r] = total / chol[r, r]


@kernel
def solve_upper(chol, b, n):
    """Overwrite ``b`` with the solution x of L' x = b."""
    for r in range(n - 1, -1, -1):
        total = b[r]
        for k in range(r + 1, n):
            total -= chol[k, r] * b[k]
        b[r] = total / chol[r, r]


@kernel
def draw_from_precision(rng, precision, b, n):
    """Overwrite ``b`` with a draw from N(P^-1 b, P^-1); ``precision`` P becomes its factor."""
    cholesky(precision, n)
    solve_lower(precision, b, n)
    for r in range(n):
        b[r] += rng.standard_normal()
    solve_upper(precision, b, n)


@kernel
def quadratic(matrix, x, n):
    """Return x' M x."""
    total = 0.0
    for a in range(n):
        for b in range(n):
            total += x[a] * matrix[a, b] * x[b]
    return total


@kernel
def copy_lower(source, target, n):
    """Copy the lower triangle of ``source`` to ``target``."""
    for a in range(n):
        for b in range(a + 1):
            target[a, b] = source[a, b]
