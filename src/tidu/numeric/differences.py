"""The core that all derivatives share: lines through x, a stencil on each, and its error.

A derivative here is a number ``at(s)`` that depends on the steps, all multiplied by ``s``. A plain
method takes ``at(1)`` and, where an error is asked for, compares it with ``at(2)``; the refined one
extrapolates from ``at(1), at(1/2), at(1/4), ...`` to ``at(0)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidu.arrays import Array
from tidu.errors import NonFiniteError
from tidu.numeric.evaluator import Evaluator
from tidu.numeric.methods import Method, base_step

ROWS = 8
"""Rows of the tableau: the steps go from the first to 1/128 of it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line through x, along one entry (its flat index) or along a direction (an array like x).

    ``h`` is the step and ``size`` the |x| that it is added to, both counted along the line. A step
    that is not ``literal`` is rounded so that ``x + h`` holds it to the last digit.
    """

    along: int | np.ndarray
    h: float
    size: Any
    literal: bool

    def step(self, s: float = 1.0) -> Any:
        """Return the step times ``s``."""
        h = self.h * s
        return h if self.literal else (self.size + h) - self.size

    def moved(self, x: np.ndarray, offset: Any) -> np.ndarray:
        """Return a copy of ``x`` moved along the line; an imaginary offset makes it complex."""
        kind = np.complex64 if np.iscomplexobj(offset) else x.dtype
        point = x.astype(np.result_type(x.dtype, kind), order="C")
        if isinstance(self.along, int):
            point.reshape(-1)[self.along] += offset
        else:
            point += offset * self.along
        return point


def entry_lines(
    evaluator: Evaluator, method: Method, step: float | None = None, times: int = 1
) -> list[Line]:
    """Return a line along each entry, with the step given or chosen for ``times`` differences."""
    sizes = np.abs(evaluator.x).reshape(-1)
    if step is not None:
        return [Line(i, step, size, literal=True) for i, size in enumerate(sizes)]
    base, literal = base_step(method, evaluator.eps, evaluator.x.dtype, times), method.is_complex
    steps = (base * _scale(sizes)).tolist()
    return [Line(i, h, size, literal) for i, (h, size) in enumerate(zip(steps, sizes, strict=True))]


def direction_line(
    evaluator: Evaluator,
    v: np.ndarray,
    method: Method,
    step: float | None = None,
    shrink: float = 1.0,
) -> Line:
    """Return the line along v; the step chosen moves the longest entry as far as an entry's own."""
    largest, longest = np.abs(evaluator.x).max(), np.abs(v).max()
    if step is None:
        base = base_step(method, evaluator.eps, evaluator.x.dtype)
        step = shrink * base * _scale(largest) / float(longest)
    return Line(v, step, largest / longest, literal=True)


def _scale(size: Any) -> Any:
    """Return max(1, |x|), rounded down to a power of two."""
    return np.ldexp(0.5, np.frexp(np.maximum(1.0, size))[1])


def vanished(x: np.ndarray, method: Method, lines: list[Line]) -> np.ndarray:
    """Return where in x a step along one of the lines leads nowhere, as a mask."""
    lost = np.zeros(x.shape, dtype=bool)
    smallest = 0.5 ** (ROWS - 1) if method.refined else 1.0
    for line in lines:
        for node in method.nodes:
            if node == 0:
                continue
            offset = node * line.step(smallest)
            if isinstance(line.along, int):
                here = x.reshape(-1)[line.along]
                lost.reshape(-1)[line.along] |= here + offset == here
            else:
                lost |= (x + offset * line.along == x) & (line.along != 0)
    return lost


def stencil(value_at: Callable[[Any], Array], method: Method, h: Any) -> Array:
    """Return ``Re Σ weights·value_at(nodes·h) / (denominator·h)``."""
    total: Any = 0
    for node, weight in zip(method.nodes, method.weights, strict=True):
        total = total + weight * value_at(node * h)
    return total.real / (method.denominator * float(h))


def settled(
    at: Callable[[float], Array], method: Method, rounding: Callable[[float], Array], full: bool
) -> tuple[Array, Array, Array]:
    """Return a derivative, its truncation error (0 unless asked for), and the ``s`` it rests on."""
    if method.refined:
        return extrapolated(at, rounding)
    value = at(1.0)
    if not full:
        return value, np.zeros_like(value), np.ones_like(value)
    # at(s) ≈ f' + c·sᵖ, so at(2) − at(1) = (2ᵖ − 1)·c; twice c, for the terms that follow.
    error = 2 * np.abs(at(2.0) - value) / (2**method.order - 1)
    return value, error, np.ones_like(value)


def extrapolated(
    at: Callable[[float], Array], rounding: Callable[[float], Array]
) -> tuple[Array, Array, Array]:
    """Extrapolate to step 0 by Romberg's tableau, and take its most trustworthy entry.

    Entry ``(k, m)`` has rid the central differences at steps h/2ᵏ of the errors h², ..., h²ᵐ. Its
    own error is taken to be its distance from the two entries it was made of (Ridders), which
    bounds it generously until rounding, growing as the steps shrink, takes over. First steps that
    leave the domain of f are passed over.
    """
    table: list[list[Array]] = []
    values, errors, scales = [], [], []
    for k in range(ROWS):
        s = 0.5**k
        try:
            row = [at(s)]
        except NonFiniteError:
            if table or k == ROWS - 1:
                raise
            continue
        if table:
            above = table[-1]
            for m in range(len(above)):
                row.append(row[m] + (row[m] - above[m]) / (4.0 ** (m + 1) - 1))
                values.append(row[-1])
                errors.append(np.maximum(np.abs(row[-1] - row[m]), np.abs(row[-1] - above[m])))
                scales.append(s)
        table.append(row)
    if not values:
        raise NonFiniteError("`f` is finite at the smallest step alone; give a smaller `step`")
    doubt = [error + rounding(s) for error, s in zip(errors, scales, strict=True)]
    best = np.argmin(doubt, axis=0)
    return (
        _chosen(best, values),
        _chosen(best, errors),
        np.asarray(scales)[best],
    )


def _chosen(best: Array, arrays: list[Array]) -> Array:
    return np.take_along_axis(np.stack(arrays), np.asarray(best)[None], axis=0)[0]
