"""Activations and their derivatives over a row, as vectors: see `tidu.layers.activations`.

Sigmoid, tanh and ReLU have derivatives in terms of their own output. The others store the slope
beside it on the way forward, and the way back is one product.
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

from tidu.engines.compiled.kernels.operations import (
    ELU,
    GELU,
    IDENTITY,
    LEAKY_RELU,
    RELU,
    RESCALE,
    SIGMOID,
    SILU,
    SOFTPLUS,
    TANH,
)
from tidu.engines.compiled.kernels.transcendental import exp_falling, log1p_of_share, select, tanh
from tidu.functions import GELU_CUBIC, GELU_SCALE
from tidu.native.jit import kernel


@kernel
def activate(kind, a, b, row, slope):
    """Apply an activation with settings a and b to a row, in place; store its slope if asked."""
    number = row.dtype.type
    zero, one, two = number(0), number(1), number(2)
    n = len(row)
    if kind == SIGMOID:
        for j in range(n):
            e = exp_falling(-abs(row[j]))
            row[j] = select(row[j] < zero, e, one) / (one + e)
    elif kind == TANH:
        for j in range(n):
            row[j] = tanh(row[j])
    elif kind == RELU:
        for j in range(n):
            row[j] = select(row[j] < zero, zero, row[j])
    elif kind == LEAKY_RELU:
        for j in range(n):
            x = row[j]
            row[j] = select(x < zero, a * x, x)
            slope[j] = select(x > zero, one, a)
    elif kind == ELU:
        for j in range(n):
            x = row[j]
            below = select(x < zero, x, zero)
            y = select(x < zero, a * tanh(below / two) * (exp_falling(below) + one), x)
            row[j] = y
            slope[j] = select(x > zero, one, y + a)
    elif kind == GELU:
        scale, cubic, thrice = number(GELU_SCALE), number(GELU_CUBIC), number(3 * GELU_CUBIC)
        most = number(30)
        for j in range(n):
            x = row[j]
            held = select(x > most, most, select(x < -most, -most, x))
            u = two * scale * (held + cubic * held * held * held)
            e = exp_falling(-abs(u))
            s = select(u < zero, e, one) / (one + e)
            row[j] = select(s == zero, zero, x) * s
            inner = two * scale * (one + thrice * held * held)
            slope[j] = s + held * s * (one - s) * inner
    elif kind == SILU:
        for j in range(n):
            x = row[j]
            e = exp_falling(-abs(x))
            s = select(x < zero, e, one) / (one + e)
            y = select(s == zero, zero, x) * s
            row[j] = y
            slope[j] = s + y * (one - s)
    elif kind == SOFTPLUS:
        for j in range(n):
            x = row[j]
            e = exp_falling(-abs(x))
            row[j] = select(x < zero, zero, x) + log1p_of_share(e)
            slope[j] = select(x < zero, e, one) / (one + e)
    elif kind == RESCALE:
        for j in range(n):
            row[j] = a * row[j] + b


@kernel
def back(kind, a, dy, y, slope):
    """Multiply dy by the activation's derivative, in place."""
    number = dy.dtype.type
    zero, one = number(0), number(1)
    n = len(dy)
    if kind == SIGMOID:
        for j in range(n):
            dy[j] = dy[j] * y[j] * (one - y[j])
    elif kind == TANH:
        for j in range(n):
            dy[j] = dy[j] * (one - y[j] * y[j])
    elif kind == RELU:
        for j in range(n):
            dy[j] = select(y[j] > zero, dy[j], zero)
    elif kind == RESCALE:
        for j in range(n):
            dy[j] = a * dy[j]
    elif kind != IDENTITY:
        for j in range(n):
            dy[j] = dy[j] * slope[j]
