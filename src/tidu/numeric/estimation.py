"""From lines and a formula to first and second derivatives with their errors.

Arrays in this module have the axes ``(*shape of f(x), one a line)``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tidu.arrays import Array
from tidu.errors import InputError, NonFiniteError
from tidu.numeric.differences import Line, direction_line, entry_lines, settled, stencil
from tidu.numeric.evaluator import Evaluator
from tidu.numeric.methods import METHODS, Method

Parts = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Values, errors and steps."""


def first_derivatives(evaluator: Evaluator, method: Method, lines: list[Line], full: bool) -> Parts:
    """Return the slope of f along each line."""
    noise = evaluator.eps * np.abs(evaluator.value)
    value, error, steps = _stacked(
        [
            derivative_along(evaluator, evaluator.value, evaluator.x, method, line, noise, full)
            for line in lines
        ],
        evaluator.value.shape,
    )
    if method.is_complex and lines:
        _refuse_unless_analytic(evaluator, lines, value)
    if full and method.is_complex:
        error = error + _complex_rounding(evaluator, method, lines, value)
    elif full:
        error = error + _noise(evaluator, lines, value)[..., None] * method.amplification / steps
    return value, error, steps


def second_derivatives(
    evaluator: Evaluator,
    outer: Method,
    inner: Method,
    outer_lines: list[Line],
    inner_lines: list[Line],
    full: bool,
) -> Parts:
    """Return the second derivative along each pair of lines, as a square of last axes made flat."""
    slope_method = inner if inner.is_complex else METHODS["central"]
    noise: Any = evaluator.eps * np.abs(evaluator.value)
    inner_error: Any = np.zeros(len(inner_lines))
    if full or inner.is_complex:  # the complex step also looks whether f is analytic
        first, inner_error, _ = first_derivatives(
            evaluator, slope_method, entry_lines(evaluator, slope_method), full
        )
        noise = _noise(evaluator, outer_lines, first)
    n = len(outer_lines)
    value, error, steps = np.zeros((3, n, n))
    for i, j in np.argwhere(np.triu(np.ones((n, n)))):
        H, truncation, s, rounding = _second_derivative(
            evaluator, outer, inner, outer_lines[i], inner_lines[j], noise, inner_error[j], full
        )
        value[i, j] = value[j, i] = H
        error[i, j] = error[j, i] = truncation + rounding
        steps[i, j] = steps[j, i] = outer_lines[i].step(float(s))
    return value.reshape(-1), error.reshape(-1), steps.reshape(-1)


def _second_derivative(
    evaluator: Evaluator,
    outer: Method,
    inner: Method,
    a: Line,
    b: Line,
    noise: Any,
    inner_error: Any,
    full: bool,
) -> tuple[Array, Array, Array, Array]:
    """Return ∂²f along two lines: value, truncation error, scale of the steps, rounding error."""

    def inner_step(s: float) -> Any:
        return b.step() if inner.is_complex else b.step(s)

    def at(s: float) -> Any:
        def slope_at(offset: Any) -> Any:
            point = a.moved(evaluator.x, offset)
            return stencil(lambda to: evaluator(b.moved(point, to)), inner, inner_step(s))

        return stencil(slope_at, outer, a.step(s))

    def rounding(s: float) -> Any:
        if inner.is_complex:
            return inner_error * outer.amplification / a.step(s)
        return noise * inner.amplification / inner_step(s) * outer.amplification / a.step(s)

    H, truncation, s = settled(at, outer, rounding, full)
    return H, truncation, s, rounding(float(s))


def derivative_along(
    f: Callable[[np.ndarray], Array],
    at_x: Any,
    x: np.ndarray,
    method: Method,
    line: Line,
    noise: Any,
    full: bool,
) -> Parts:
    """Return the slope of f along one line through x, its truncation error and its step.

    ``at_x`` is f(x), and ``noise`` by how much a value of f may be off; the refined method
    weighs it.
    """

    def value_at(offset: Any) -> Array:
        return at_x if offset == 0 else f(line.moved(x, offset))

    value, error, s = settled(
        lambda s: stencil(value_at, method, line.step(s)),
        method,
        lambda s: noise * method.amplification / float(line.step(s)),
        full,
    )
    return value, error, s * float(line.step())


def _stacked(parts: list[Parts], shape: tuple[int, ...]) -> Parts:
    """Return the parts of all lines along a last axis."""
    if not parts:
        return (np.zeros((*shape, 0)),) * 3
    value, error, steps = (np.stack(part, axis=-1) for part in zip(*parts, strict=True))
    return value, error, steps


def _noise(evaluator: Evaluator, lines: list[Line], slope: np.ndarray) -> np.ndarray:
    """Return by how much rounding moves f(x): its own, and that of x inside f, eps·Σ|x·∂f/∂x|."""
    sizes = np.array([line.size for line in lines], dtype=float)
    return evaluator.eps * (np.abs(evaluator.value) + np.sum(sizes * np.abs(slope), axis=-1))


def _complex_rounding(
    evaluator: Evaluator, method: Method, lines: list[Line], slope: np.ndarray
) -> np.ndarray:
    """Return the rounding of a complex step: eps·|f'|, and that of x inside f', eps·|x·f''|."""
    delta = math.sqrt(evaluator.eps)
    beside = np.asarray(evaluator.x * evaluator.x.dtype.type(1 + delta))
    moved, _, _ = _stacked(
        [
            derivative_along(evaluator, evaluator.value, beside, method, line, 0.0, full=False)
            for line in lines
        ],
        evaluator.value.shape,
    )
    return 4 * evaluator.eps * (np.abs(slope) + np.abs(moved - slope) / delta)


def _refuse_unless_analytic(evaluator: Evaluator, lines: list[Line], slope: np.ndarray) -> None:
    """Compare with a central difference along all the lines at once.

    Where they disagree the step may have been too long for f, so shorter ones may speak up too.
    """
    along = lines[0].along
    if isinstance(along, int):
        signs = np.random.default_rng(0).choice([-1.0, 1.0], evaluator.x.shape)
        v = (signs * np.maximum(1.0, np.abs(evaluator.x))).astype(evaluator.x.dtype)
        ours, scale = slope @ v.reshape(-1), np.abs(slope) @ np.abs(v.reshape(-1))
    else:
        v, ours, scale = along, slope[..., 0], np.abs(slope[..., 0])
    central = METHODS["central"]
    noise = evaluator.eps * (np.abs(evaluator.value) + scale)
    for shrink in (1, 2**-6, 2**-12, 2**-18):
        line = direction_line(evaluator, v, central, shrink=shrink)
        try:
            witness, truncation, h = derivative_along(
                evaluator, evaluator.value, evaluator.x, central, line, noise, full=True
            )
        except NonFiniteError:  # beyond the domain of f
            if shrink == 2**-18:
                raise
            continue
        doubt = (
            10 * (truncation + noise * central.amplification / h) + np.cbrt(evaluator.eps) * scale
        )
        excess = np.abs(ours - witness) - doubt
        if (excess <= 0).all():
            return
    worst = np.unravel_index(np.argmax(excess), np.shape(excess))
    raise InputError(
        f"`f` is not analytic here: the complex step gives a slope of {ours[worst]:.6g} where a "
        f"central difference gives {witness[worst]:.6g}; abs, comparisons, maximum, norms and "
        ".real break the complex step: use method='central' or 'richardson'"
    )
