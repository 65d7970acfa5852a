"""Second derivatives: a formula along one line, of a formula along another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tidu.arrays import Array
from tidu.numeric.complex_step import complex_derivatives
from tidu.numeric.differences import Line, entry_lines, stencil
from tidu.numeric.estimation import Derivatives, first_derivatives, refined
from tidu.numeric.evaluator import Evaluator
from tidu.numeric.methods import METHODS, Method
from tidu.numeric.search import NOISY


@np.errstate(all="ignore")  # what overflows is seen in the result
def second_derivatives(
    evaluator: Evaluator, method: Method, step: float | None, *, full: bool
) -> Derivatives:
    """Return the second derivative along each pair of entries, as a square of axes made flat.

    The complex step, which cannot be taken twice, is taken along one entry and a central
    difference along the other. Where no step is given, the first derivatives are had first: steps
    that are too long for them are too long for the second ones, by the same factor.
    """
    central = METHODS["central"]
    outer = central if method.is_complex else method
    inner_lines = entry_lines(evaluator, method, None if method.is_complex else step, times=2)
    lines = entry_lines(evaluator, outer, step, times=1 if method.is_complex else 2)
    first: Derivatives | None = None
    inner_error = np.zeros(len(lines))
    if step is None or full or method.is_complex:
        plain = entry_lines(evaluator, central)
        first = first_derivatives(evaluator, central, plain, fixed=False, full=full)
        if method.is_complex:
            inner_error = complex_derivatives(evaluator, inner_lines, fixed=False, full=full).error
        if step is None:
            short = [min(1.0, float(s) / a.h) for s, a in zip(first.step, plain, strict=True)]
            lines = [replace(a, h=a.h * s) for a, s in zip(lines, short, strict=True)]
    if not method.is_complex:
        inner_lines = lines
    size = 0.0  # by how much f moves where x rounds inside
    if first is not None:
        size = float(np.sum(np.abs(evaluator.x.reshape(-1) * first.value)))
    n = len(lines)
    value, truncation, rounding, steps = np.zeros((4, n, n))
    for i, j in np.argwhere(np.triu(np.ones((n, n)))):
        H, error, noise, s = _along_two(
            evaluator, (outer, method), (lines[i], inner_lines[j]), size, inner_error[j], full
        )
        value[i, j] = value[j, i] = H
        truncation[i, j] = truncation[j, i] = error
        rounding[i, j] = rounding[j, i] = noise
        steps[i, j] = steps[j, i] = lines[i].step(float(s))
    return Derivatives(
        value.reshape(-1),
        truncation.reshape(-1),
        rounding.reshape(-1),
        steps.reshape(-1),
        (truncation > NOISY * rounding).reshape(-1),
        np.zeros(n * n, bool),
    )


def _along_two(
    evaluator: Evaluator,
    methods: tuple[Method, Method],
    lines: tuple[Line, Line],
    size: float,
    inner_error: Any,
    full: bool,
) -> tuple[Array, Array, Array, Array]:
    """Return ∂²f along two lines: value, truncation and rounding error, scale of the steps."""
    (outer, inner), (a, b) = methods, lines

    def inner_step(s: float) -> Any:
        return b.step() if inner.is_complex else b.step(s)

    def at(s: float) -> tuple[Array, Array]:
        largest = 0.0

        def slope_at(offset: Any) -> Any:
            point = a.moved(evaluator.x, offset)

            def value_at(to: Any) -> Array:
                nonlocal largest
                y = evaluator(b.moved(point, to))
                largest = max(largest, abs(complex(y)))
                return y

            return stencil(value_at, inner, inner_step(s))

        H = stencil(slope_at, outer, a.step(s))
        if inner.is_complex:
            return H, inner_error * outer.amplification / float(a.step(s))
        noise = evaluator.eps * (largest + size) * inner.amplification / float(inner_step(s))
        return H, noise * outer.amplification / float(a.step(s))

    return refined(at, outer, full)
