"""Activations over a row, forward and backward, made from the formulas in `activations`.

For each formula there is one loop, which the compiler turns into vectors; a code chooses among
them.
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

from tidu.engines.compiled.kernels.activations import ACTIVATIONS
from tidu.engines.compiled.kernels.views import leading
from tidu.native.jit import inlined, kernel


def _forward_loop(form):
    formula, taken = inlined(form.forward), leading(form.count)
    if form.stores_slope:

        @kernel
        def loop(row, slope, settings):
            s = taken(settings)
            for j in range(len(row)):
                row[j], slope[j] = formula(row[j], *s)

    else:

        @kernel
        def loop(row, slope, settings):
            s = taken(settings)
            for j in range(len(row)):
                row[j] = formula(row[j], *s)

    return loop


def _backward_loop(form):
    if form.stores_slope:

        @kernel
        def loop(dy, y, slope, settings):
            for j in range(len(dy)):
                dy[j] = dy[j] * slope[j]

        return loop
    formula, taken = inlined(form.backward), leading(form.count)

    @kernel
    def loop(dy, y, slope, settings):
        s = taken(settings)
        for j in range(len(dy)):
            dy[j] = formula(dy[j], y[j], *s)

    return loop


@inlined
def activate(code, settings, row, slope):
    """Apply an activation to a row, in place; store its slope, if its form does."""


@inlined
def activate_backward(code, settings, dy, y, slope):
    """Multiply dy by the activation's derivative, in place."""


def _forward_choice(number, loop, otherwise):
    @inlined
    def choose(code, settings, row, slope):
        if code == number:
            loop(row, slope, settings)
        else:
            otherwise(code, settings, row, slope)

    return choose


def _backward_choice(number, loop, otherwise):
    @inlined
    def choose(code, settings, dy, y, slope):
        if code == number:
            loop(dy, y, slope, settings)
        else:
            otherwise(code, settings, dy, y, slope)

    return choose


for _number, _form in enumerate(ACTIVATIONS.values()):
    activate = _forward_choice(_number, _forward_loop(_form), activate)
    activate_backward = _backward_choice(_number, _backward_loop(_form), activate_backward)
