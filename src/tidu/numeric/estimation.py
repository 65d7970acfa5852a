"""From lines and a real formula to first derivatives with their errors.

Arrays in this module have the axes ``(*shape of f(x), one a line)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tidu.arrays import Array
from tidu.numeric.differences import Line, stencil
from tidu.numeric.evaluator import Evaluator
from tidu.numeric.formulas import SAFETY, Rounding, StepTrial, difference, romberg
from tidu.numeric.methods import Method, base_step
from tidu.numeric.search import NOISY, Range, search
from tidu.numeric.tableau import least_doubtful, tableau

Parts = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Values, errors and steps."""


@dataclass(frozen=True, slots=True)
class Derivatives:
    """Derivatives along lines, the two parts of their errors, and the steps they rest on.

    ``unresolved`` says where no step tried resolves f, ``limited`` where none can.
    """

    value: np.ndarray
    truncation: np.ndarray
    rounding: np.ndarray
    step: np.ndarray
    unresolved: np.ndarray
    limited: np.ndarray

    @property
    def error(self) -> np.ndarray:
        """The two errors together."""
        return self.truncation + self.rounding


@np.errstate(all="ignore")  # what overflows is seen in the result
def first_derivatives(
    evaluator: Evaluator, method: Method, lines: list[Line], *, fixed: bool, full: bool
) -> Derivatives:
    """Return the derivative of f along each line by a real method.

    Parameters
    ----------
    evaluator, method, lines
        The function, the formula, and where to evaluate it.
    fixed
        Take the steps of the lines as they are, without a search for better ones.
    full
        Measure the errors well. Without it a fixed step costs no call of f that the formula does
        not need, and its errors read 0.
    """
    shape = evaluator.value.shape
    if not lines:
        empty = np.zeros((*shape, 0))
        return Derivatives(*[empty] * 4, *[empty.astype(bool)] * 2)
    found = [_along(evaluator, method, line, fixed, full) for line in lines]
    trials, unresolved, limited = zip(*found, strict=True)
    value, truncation, rounding, step = (
        np.stack([np.broadcast_to(getattr(trial, name), shape) for trial in trials], axis=-1)
        for name in ("value", "truncation", "rounding", "step")
    )
    if full:  # x rounds inside f: its other entries, too
        sizes = np.array([line.size for line in lines], dtype=float)
        moved = np.abs(value) * sizes
        others = moved.sum(axis=-1, keepdims=True) - moved
        rounding = rounding + evaluator.eps * others * method.amplification / step
    return Derivatives(
        value, truncation, rounding, step, np.stack(unresolved, axis=-1), np.stack(limited, axis=-1)
    )


def _along(
    evaluator: Evaluator, method: Method, line: Line, fixed: bool, full: bool
) -> tuple[StepTrial, Array, Array]:
    """Return the derivative along one line, where it is unresolved, and where it must be."""

    def value_at(offset: float) -> Array:
        return evaluator.value if offset == 0 else evaluator(line.moved(evaluator.x, offset))

    rounding = Rounding(evaluator.eps, np.abs(evaluator.value), float(line.size))

    def attempt(h: float) -> StepTrial:
        at_h = replace(line, h=h)
        if method.refined:
            return romberg(value_at, method, at_h, rounding, halved=fixed)
        return difference(value_at, method, at_h, rounding, both_sides=full)

    if not fixed:
        tolerance = method.tolerance(evaluator.eps)
        clear = tolerance if method.refined else tolerance**1.5  # a tableau has seen more steps
        return search(attempt, _range(evaluator, method, line), tolerance, clear)
    nowhere = np.zeros(evaluator.value.shape, bool)
    if full or method.refined:
        trial = attempt(line.h)
        return trial, trial.truncation > NOISY * trial.rounding, nowhere
    value = stencil(value_at, method, line.h)
    none = np.zeros_like(value)
    return StepTrial(line.h, value, none, none, none, none + line.h), nowhere, nowhere


def _range(evaluator: Evaluator, method: Method, line: Line) -> Range:
    """Return the steps that a search along a line may try."""
    base = base_step(method, evaluator.eps, evaluator.x.dtype)
    size, finest = float(line.size), np.finfo(evaluator.x.dtype)
    scale = line.h / base  # what the step takes for the length over which f bends
    # a tableau gets rid of the truncation of a longer first step, and rounding is less there
    lead = 4.0 if method.refined else 1.0
    return Range(
        first=lead * line.h,
        natural=lead * base * size,
        smallest=max(8 * float(finest.eps) * size, float(finest.tiny) * 2**12),
        largest=2.0**10 * scale,
        coarse=evaluator.eps * scale,
        flat=scale / 4,
        both_sides=method.order % 2 == 0,
    )


def derivative_along(
    f: Callable[[np.ndarray], Array],
    at_x: Any,
    x: np.ndarray,
    method: Method,
    line: Line,
    noise: Any,
    full: bool,
) -> Parts:
    """Return the derivative along one line with its own step, its truncation error, and its step.

    ``at_x`` is f(x), and ``noise`` by how much a value of f may be off; the refined method
    weighs it.
    """

    def value_at(offset: Any) -> Array:
        return at_x if offset == 0 else f(line.moved(x, offset))

    def at(s: float) -> tuple[Array, Array]:
        h = line.step(s)
        return stencil(value_at, method, h), noise * method.amplification / float(h)

    value, truncation, _, s = refined(at, method, full)
    return value, truncation, s * float(line.step())


def refined(
    at: Callable[[float], tuple[Array, Array]], method: Method, full: bool
) -> tuple[Array, Array, Array, Array]:
    """Return a derivative, its truncation and rounding errors, and the ``s`` it rests on.

    ``at`` gives the derivative with the steps of the formula times s, and by how much rounding
    may move it. A plain formula takes s = 1; its truncation error, 0 unless asked for, is seen
    in s = 2.
    """
    if method.refined:
        best = least_doubtful(tableau(lambda s: (*at(s), 0.0), ratio=0.5, all_rows=True))
        return best.value, best.truncation, best.rounding, best.s
    value, rounding = at(1.0)
    if not full:
        return value, np.zeros_like(value), rounding, np.ones_like(value)
    # at(s) ≈ f' + c·sᵖ, so at(2) − at(1) = (2ᵖ − 1)·c
    truncation = SAFETY * np.abs(at(2.0)[0] - value) / (2**method.order - 1)
    return value, truncation, rounding, np.ones_like(value)
