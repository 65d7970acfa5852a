"""What all derivatives share: lines through x, and the formula on a line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidu.arrays import Array
from tidu.numeric.evaluator import Evaluator
from tidu.numeric.methods import Method, base_step
from tidu.numeric.tableau import RATIO, ROWS


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
    evaluator: Evaluator, v: np.ndarray, method: Method, step: float | None = None
) -> Line:
    """Return the line along v; the step chosen moves no entry farther than an entry's own would."""
    moves = v != 0
    sizes, lengths = np.abs(evaluator.x[moves]), np.abs(v[moves]).astype(float)
    if step is None:
        base = base_step(method, evaluator.eps, evaluator.x.dtype)
        step = base * float(np.min(_scale(sizes) / lengths))
    longest = lengths.max()
    counted = lengths >= evaluator.eps * longest  # of the others, no digit moves
    return Line(v, step, float(sizes[counted].max() / longest), literal=True)


def _scale(size: Any) -> Any:
    """Return max(1, |x|), rounded down to a power of two."""
    return np.ldexp(0.5, np.frexp(np.maximum(1.0, size))[1])


def step_vanishes(x: np.ndarray, method: Method, lines: list[Line]) -> np.ndarray:
    """Return where in x a step along one of the lines leads nowhere, as a mask."""
    lost = np.zeros(x.shape, dtype=bool)
    smallest = RATIO ** (ROWS - 1) if method.refined else 1.0
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
