"""Loops over vectors, each of which the compiler turns into vector instructions."""

from tutorkit.kernels.jit import kernel


@kernel
def sum_of_products(x, y):
    """Return the sum of x[i] y[i] over the elements of y."""
    value = 0.0
    for i in range(y.size):
        value += x[i] * y[i]
    return value


@kernel
def copy(x, out):
    """Copy x to ``out``."""
    for i in range(out.size):
        out[i] = x[i]


@kernel
def add(weight, x, out):
    """Add ``weight`` times x to ``out``."""
    for i in range(out.size):
        out[i] += weight * x[i]


@kernel
def add_product(weight, x, y, out):
    """Add ``weight`` times x[i] y[i] to ``out``."""
    for i in range(out.size):
        out[i] += weight * x[i] * y[i]


@kernel
def multiply(x, out):
    """Multiply ``out`` by x."""
    for i in range(out.size):
        out[i] *= x[i]


@kernel
def divide(x, out):
    """Divide ``out`` by x."""
    for i in range(out.size):
        out[i] /= x[i]
