"""One formula with one step: the derivative, its truncation error and its rounding error.

The *truncation* error is what f has beyond the polynomial that the formula differentiates exactly.
It shows at one more point: f there, less the polynomial there, is the next divided difference of f
times known factors, and so is the error of the derivative. The *rounding* error is eps·|f|/h, with
the largest of the values that went into the formula.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tidu.arrays import Array
from tidu.errors import NonFiniteError
from tidu.numeric.differences import Line, stencil
from tidu.numeric.methods import Method
from tidu.numeric.tableau import corroborated, tableau

ValueAt = Callable[[float], Array]
"""f at an offset along a line through x."""

SAFETY = 3
"""The factor on an estimated truncation error, for what follows the leading term."""


@dataclass(frozen=True, slots=True)
class StepTrial:
    """What one step gives, for each value of f.

    Attributes
    ----------
    h
        The step, the first one of a refined method.
    value, truncation, rounding
        The derivative and the two parts of its error.
    floor
        The rounding error that would be left if f were nowhere larger than at x.
    step
        The step that the value rests on.
    """

    h: float
    value: Array
    truncation: Array
    rounding: Array
    floor: Array
    step: Array

    @property
    def is_flat(self) -> Array:
        """Where all values of f were equal."""
        return (self.value == 0) & (self.truncation == 0)


@dataclass(frozen=True, slots=True)
class Rounding:
    """How values of f near x round, along one line.

    Attributes
    ----------
    eps
        The relative spacing of numbers of the coarser of the dtypes of x and f(x).
    at_x
        |f(x)|.
    size
        |x| along the line: f is taken to round like f(x·(1 + eps)), too.
    """

    eps: float
    at_x: Array
    size: float

    def of(self, largest: Array, slope: Array) -> Array:
        """Return by how much a value may be off, where values are as large as ``largest``."""
        tiny = np.where(largest > 0, 5e-324, 0.0)  # what is smallest rounds no finer
        return self.eps * (largest + self.size * np.abs(slope)) + tiny

    def floor(self, slope: Array) -> Array:
        """Return by how much f(x) itself may be off."""
        return self.of(self.at_x, slope)


def difference(
    value_at: ValueAt, method: Method, line: Line, rounding: Rounding, both_sides: bool
) -> StepTrial:
    """Return a plain difference, its truncation error measured at one or two further points."""
    h = float(line.step())
    at = {offset: value_at(offset) for offset in [0.0, *_offsets(method, h)]}
    value = stencil(at.__getitem__, method, h)
    checks = [_check_offset(method, line)]
    if both_sides and method.order % 2 == 0:
        checks.append(-checks[0])
    truncation = np.max([_truncation(at, offset, value_at(offset)) for offset in checks], axis=0)
    largest = np.max([np.abs(y) for y in at.values()], axis=0)
    scale = method.amplification / h
    return _finite(
        StepTrial(
            h,
            value,
            SAFETY * truncation,
            rounding.of(largest, value) * scale,
            rounding.floor(value) * scale,
            np.full(np.shape(value), h),
        )
    )


def romberg(
    value_at: ValueAt, method: Method, line: Line, rounding: Rounding, halved: bool
) -> StepTrial:
    """Return differences with ever shorter steps, extrapolated to step 0.

    The steps are h, h/√5, h/5, ... as long as they help, or ``halved`` ones, as in textbooks.
    """
    at_x, bends = value_at(0.0), list[Array]()

    def at(s: float) -> tuple[Array, Array, Array]:
        h = float(line.step(s))
        values = {offset: value_at(offset) for offset in _offsets(method, h)}
        slope = stencil(values.__getitem__, method, h)
        largest = np.max([np.abs(y) for y in values.values()], axis=0)
        noise = _EXTRAPOLATED * rounding.of(largest, slope) / h
        bends.append(np.abs(sum(values.values()) - 2 * at_x) / (2 * h))
        return slope, noise, _kink(bends, noise)

    best = corroborated(tableau(at, 0.5, all_rows=True) if halved else tableau(at))
    h = float(line.step())
    floor = _EXTRAPOLATED * rounding.floor(best.value) / (best.s * h)
    return _finite(
        StepTrial(h, best.value, SAFETY * best.truncation, best.rounding, floor, best.s * h)
    )


def _kink(bends: list[Array], noise: Array) -> Array:
    """Return half the jump of the slope at x, 0 where there is none.

    Half the difference of the slopes to the right and to the left falls with the step where f is
    smooth, and does not where it has a kink.
    """
    before, now = bends[-2:] if len(bends) > 1 else (np.inf, bends[0])
    return np.where((now > 0.75 * before) & (now > 8 * noise), now, 0.0)


_EXTRAPOLATED = 2  # by how much the weights of the tableau multiply a rounding error, at most


def _offsets(method: Method, h: float) -> list[float]:
    return [node.real * h for node in method.nodes if node]


def _check_offset(method: Method, line: Line) -> float:
    node = method.check_node
    return math.copysign(float(line.step(abs(node))), node)


def _truncation(at: dict[float, Array], offset: float, y: Array) -> Array:
    """Return the error of the derivative at 0 of the polynomial through the values ``at``.

    It is f[t₀, ..., tₙ, t]·∏ tᵢ over the tᵢ other than 0, with the check point as t.
    """
    points = [*at, offset]
    if len(set(points)) < len(points):  # a step that vanished
        return np.zeros_like(y)
    ts = np.array(points) / offset  # free of units, so that no product overflows
    total = 0.0
    for t, value in zip(ts, [*at.values(), y], strict=True):
        total = total + (value - at[0.0]) / math.prod(t - other for other in ts if other != t)
    return np.abs(total) * (abs(math.prod(t for t in ts[:-1] if t)) / abs(offset))


def _finite(trial: StepTrial) -> StepTrial:
    if not (np.isfinite(trial.value) & np.isfinite(trial.truncation)).all():
        raise NonFiniteError("the differences of f overflow")
    return trial


def chosen(trials: Sequence[StepTrial], best: Array) -> StepTrial:
    """Return the trials' numbers, for each value of f those of the trial that is best for it."""

    def pick(name: str) -> Array:
        stacked = np.stack([getattr(trial, name) for trial in trials])
        return np.take_along_axis(stacked, np.asarray(best)[None], axis=0)[0]

    names = ("value", "truncation", "rounding", "floor", "step")
    return StepTrial(trials[0].h, *(pick(name) for name in names))
