"""Gradient, penalty and updates in single passes over flat vectors: see `tidu.optimizers`.

An update must not leave NaN or infinity behind. Checking the new vectors before the old ones are
lost would take a second copy of them at each step; so the sums of absolute values are watched
instead, which costs nothing. While all are below ``safe_below``, no update of a rule with safe
settings can overflow. Where one is above, the step is made with a copy at hand (see `steps`).
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

import math

import numpy as np

from tidu.engines.compiled.kernels.rules import RULES
from tidu.engines.compiled.kernels.views import leading
from tidu.native.jit import inlined, kernel, summing


@summing
def l1_norm(vector):
    """Return Σ|v|; NaN or infinity if any entry is."""
    s = vector.dtype.type(0)
    for i in range(len(vector)):
        s += abs(vector[i])
    return s


@kernel
def all_finite(vector):
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
def max_abs(vector):
    """Return max |v|."""
    top = vector.dtype.type(0)
    for i in range(len(vector)):
        top = max(top, abs(vector[i]))
    return top


@summing
def sum_of_squares(vector, unit):
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
def clip(vector, limit):
    """Clip a vector at ± the limit, in place."""
    for i in range(len(vector)):
        vector[i] = min(max(vector[i], -limit), limit)


def _loop(formula, vectors, scalars, constants):
    """Return a loop of one rule; it returns Σ|θ| and Σ|v| of its vectors, the new ones."""
    formula, scalar_of, constant_of = inlined(formula), leading(scalars), leading(constants)
    if vectors == 0:

        @summing
        def loop(theta, dtheta, first, second, scalar, constant):
            s, c = scalar_of(scalar), constant_of(constant)
            moved = theta.dtype.type(0)
            for i in range(len(theta)):
                theta[i] = formula(theta[i], dtheta[i], *s, *c)
                moved += abs(theta[i])
            return moved

    elif vectors == 1:

        @summing
        def loop(theta, dtheta, first, second, scalar, constant):
            s, c = scalar_of(scalar), constant_of(constant)
            moved = theta.dtype.type(0)
            for i in range(len(theta)):
                theta[i], first[i] = formula(theta[i], dtheta[i], first[i], *s, *c)
                moved += abs(theta[i]) + abs(first[i])
            return moved

    else:

        @summing
        def loop(theta, dtheta, first, second, scalar, constant):
            s, c = scalar_of(scalar), constant_of(constant)
            moved = theta.dtype.type(0)
            for i in range(len(theta)):
                theta[i], first[i], second[i] = formula(
                    theta[i], dtheta[i], first[i], second[i], *s, *c
                )
                moved += abs(theta[i]) + abs(first[i]) + abs(second[i])
            return moved

    return loop


@inlined
def update(code, scalar, constant, theta, dtheta, first, second):
    """Make one step of a rule; return Σ|θ| + Σ|v| of the new vectors."""
    return theta.dtype.type(0)


def _choice(number, loop, otherwise):
    @inlined
    def choose(code, scalar, constant, theta, dtheta, first, second):
        if code == number:
            return loop(theta, dtheta, first, second, scalar, constant)
        return otherwise(code, scalar, constant, theta, dtheta, first, second)

    return choose


for _number, (_kind, _form) in enumerate(RULES.items()):
    _rule = _kind()
    _made = _loop(
        _form.update,
        len(_kind.vectors),
        len(_form.scalars(_rule, np.ones(1), np.ones(1))),
        len(_form.constants(_rule)),
    )
    update = _choice(_number, _made, update)
