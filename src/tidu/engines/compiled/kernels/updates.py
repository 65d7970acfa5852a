"""Gradient, penalty and update rules in single passes over flat vectors: see `tidu.optimizers`.

An update must not leave NaN or infinity behind. Looking at the new vectors before the old ones are
lost would take a second copy of them at each step; so the sums of absolute values are watched
instead, which costs nothing. While all are below ``CALM``, no update of a rule with tame settings
can overflow. Where one is above, the step is made with a copy at hand (see the interpreter).
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

import math

import numpy as np

from tidu.engines.compiled.kernels.operations import (
    ADAGRAD,
    ADAM,
    ADAMW,
    MOMENTUM,
    NESTEROV,
    RMSPROP,
    SGD,
)
from tidu.engines.compiled.kernels.transcendental import select
from tidu.native.jit import kernel, summing

LEAST_SINGLE, LEAST_DOUBLE = 2.0**-126, 2.0**-1022
"""The least numbers with all their digits. A mean that fades is soon below, and stays there, where
processors are slow; it is taken for 0."""


@summing
def size_of(vector):
    """Return Σ|v|; NaN or infinity if any entry is."""
    s = vector.dtype.type(0)
    for i in range(len(vector)):
        s += abs(vector[i])
    return s


@kernel
def finite(vector):
    """Return whether every entry is finite."""
    for i in range(len(vector)):
        if not math.isfinite(vector[i]):
            return False
    return True


@summing
def add_penalty(theta, dtheta, l1, l2):
    """Add λ₁ sign(w) + λ₂ w to the gradient; return λ₁ Σ|w| + ½ λ₂ Σw²."""
    absolute, squares = theta.dtype.type(0), theta.dtype.type(0)
    for i in range(len(theta)):
        w = theta[i]
        dtheta[i] += l1 * np.sign(w) + l2 * w
        absolute += abs(w)
        squares += w * w
    return l1 * absolute + theta.dtype.type(0.5) * l2 * squares


@summing
def largest_size(vector):
    """Return max |v|."""
    top = vector.dtype.type(0)
    for i in range(len(vector)):
        top = max(top, abs(vector[i]))
    return top


@summing
def squares_in(vector, unit):
    """Return Σ (v / unit)²."""
    s = vector.dtype.type(0)
    for i in range(len(vector)):
        v = vector[i] / unit
        s += v * v
    return s


@kernel
def scale(vector, factor):
    """Multiply a vector by a factor, in place."""
    for i in range(len(vector)):
        vector[i] *= factor


@kernel
def cut(vector, limit):
    """Cut a vector at ± the limit, in place."""
    for i in range(len(vector)):
        vector[i] = min(max(vector[i], -limit), limit)


@summing
def update(rule, settings, rate, first, second, theta, dtheta, a, b):
    """Make one step of a rule; a and b are its vectors. Return Σ|θ| + Σ|a| + Σ|b| of the new ones.

    ``first`` and ``second`` are what Adam's means are divided by.
    """
    number = theta.dtype.type
    n, one, moved, zero = len(theta), number(1), number(0), number(0)
    least = number(LEAST_SINGLE if theta.itemsize == 4 else LEAST_DOUBLE)
    if rule == SGD:
        for i in range(n):
            theta[i] -= rate * dtheta[i]
            moved += abs(theta[i])
    elif rule == MOMENTUM:
        momentum = settings[0]
        for i in range(n):
            m = momentum * a[i] + dtheta[i]
            a[i] = select(abs(m) < least, zero, m)
            theta[i] -= rate * a[i]
            moved += abs(theta[i]) + abs(a[i])
    elif rule == NESTEROV:
        momentum = settings[0]
        for i in range(n):
            m = momentum * a[i] + dtheta[i]
            a[i] = select(abs(m) < least, zero, m)
            theta[i] -= rate * (dtheta[i] + momentum * a[i])
            moved += abs(theta[i]) + abs(a[i])
    elif rule == ADAGRAD:
        eps = settings[0]
        for i in range(n):
            a[i] += dtheta[i] * dtheta[i]
            theta[i] -= rate * dtheta[i] / (math.sqrt(a[i]) + eps)
            moved += abs(theta[i]) + a[i]
    elif rule == RMSPROP:
        decay, rest, eps = settings[0], settings[1], settings[2]
        for i in range(n):
            g = dtheta[i]
            v = decay * a[i] + rest * g * g
            a[i] = select(v < least, zero, v)
            theta[i] -= rate * g / (math.sqrt(a[i]) + eps)
            moved += abs(theta[i]) + a[i]
    elif rule == ADAM or rule == ADAMW:
        beta1, rest1, beta2, rest2, eps = (
            settings[0], settings[1], settings[2], settings[3], settings[4],
        )  # fmt: skip
        rate_of_m, scale_of_v = rate / first, one / second
        for i in range(n):
            g = dtheta[i]
            m = beta1 * a[i] + rest1 * g
            v = beta2 * b[i] + rest2 * g * g
            m, v = select(abs(m) < least, zero, m), select(v < least, zero, v)
            a[i], b[i] = m, v
            theta[i] -= rate_of_m * m / (math.sqrt(v * scale_of_v) + eps)
            moved += abs(theta[i]) + abs(m) + v
    return moved
