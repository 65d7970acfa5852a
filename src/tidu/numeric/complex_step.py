"""The complex step: f'(x) = Im f(x + ih)/h, which subtracts nothing, for an f that is analytic.

An f that is not analytic (abs, comparisons, norms) silently gives a wrong number. So each of these
derivatives is compared with a central difference along the same line.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from tidu.arrays import Array
from tidu.errors import InputError
from tidu.numeric.differences import Line, direction_line, entry_lines, stencil
from tidu.numeric.estimation import Derivatives, first_derivatives
from tidu.numeric.evaluator import Evaluator, entry_name
from tidu.numeric.formulas import SAFETY
from tidu.numeric.methods import METHODS

_COMPLEX, _CENTRAL = METHODS["complex-step"], METHODS["central"]


@np.errstate(all="ignore")  # what overflows is seen in the result
def complex_derivatives(
    evaluator: Evaluator, lines: list[Line], *, fixed: bool, full: bool
) -> Derivatives:
    """Return the derivative of f along each line by a complex step.

    Parameters
    ----------
    evaluator, lines
        The function, and where to evaluate it.
    fixed
        Whether the steps were given, and are not to be changed.
    full
        Whether to measure the rounding of x inside f', too.

    Raises
    ------
    InputError
        If a central difference shows that f is not analytic.
    """
    central = first_derivatives(
        evaluator, _CENTRAL, _central_lines(evaluator, lines), fixed=False, full=full
    )
    value, step, truncation = np.zeros((3, *central.value.shape))
    for k, line in enumerate(lines):
        longest = 0.0 if fixed else _longest_step(evaluator, central, k)
        value[..., k], step[..., k] = _along(evaluator, line, longest)
        if fixed:  # at(s) ≈ f' + c·s²
            twice = _imaginary(evaluator, replace(line, h=2 * line.h))
            truncation[..., k] = SAFETY * np.abs(twice - value[..., k]) / 3
        else:
            ratio = step[..., k] / central.step[..., k]
            truncation[..., k] = central.truncation[..., k] * ratio**2
    _refuse_unless_analytic(evaluator, lines, value, truncation, central)
    rounding = 16 * evaluator.eps * np.abs(value) + 5e-324 / np.where(step > 0, step, 1.0)
    if full and lines:
        rounding = rounding + _noise(evaluator, lines, value, step)
        # f may be noisier than it rounds; then it is so over lengths of about max(1, |x|)
        scales = np.array([max(1.0, float(line.size)) for line in lines])
        rounding = rounding + 4 * central.truncation * central.step / scales
    # where differences cannot tell the derivative from 0, they cannot confirm it
    unconfirmed = (np.abs(value) <= 10 * central.error) | central.limited
    rounding = np.where(unconfirmed, np.abs(value - central.value) + central.error, rounding)
    nowhere = np.zeros(value.shape, bool)
    return Derivatives(value, truncation, rounding, step, nowhere, nowhere)


def _central_lines(evaluator: Evaluator, lines: list[Line]) -> list[Line]:
    along = [line.along for line in lines if not isinstance(line.along, int)]
    if along:
        return [direction_line(evaluator, v, _CENTRAL) for v in along]
    return entry_lines(evaluator, _CENTRAL)


def _along(evaluator: Evaluator, line: Line, longest: float) -> tuple[Array, Array]:
    """Return the derivatives along a line, and the step of each.

    An imaginary part that is too small to have all its digits is had again with the longest step
    whose square still vanishes beside 1.
    """
    value = _imaginary(evaluator, line)
    step = np.full(np.shape(value), line.h)
    tiny = np.finfo(np.float32 if evaluator.eps > 1e-10 else np.float64).tiny
    lost = np.abs(value) * line.h < tiny
    if line.h < longest and lost.any():
        again = _imaginary(evaluator, replace(line, h=longest))
        value, step = np.where(lost, again, value), np.where(lost, longest, step)
    return value, step


def _imaginary(evaluator: Evaluator, line: Line) -> Array:
    return stencil(lambda offset: evaluator(line.moved(evaluator.x, offset)), _COMPLEX, line.h)


def _longest_step(evaluator: Evaluator, central: Derivatives, k: int) -> float:
    """Return a step with a truncation error below eps, by that which the central one has."""
    size = np.abs(central.value[..., k])
    with np.errstate(divide="ignore", invalid="ignore"):
        shrink = np.sqrt(evaluator.eps * size / central.truncation[..., k])
    shrink = np.where(np.isfinite(shrink) & (shrink > 0), shrink, math.sqrt(evaluator.eps))
    return float(np.min(central.step[..., k] * np.minimum(shrink, 1.0), initial=math.inf))


def _noise(
    evaluator: Evaluator, lines: list[Line], slope: np.ndarray, step: np.ndarray
) -> np.ndarray:
    """Return by how much the rounding of x, and that inside f, moves the derivative.

    It is seen in the derivative where each entry of x is a few roundings larger.
    """
    beside = np.asarray(evaluator.x * evaluator.x.dtype.type(1 + 8 * evaluator.eps))

    def there(line: Line, h: float) -> Array:
        return stencil(lambda offset: evaluator(line.moved(beside, offset)), _COMPLEX, h)

    moved = np.stack(
        [there(line, float(step[..., k].max())) for k, line in enumerate(lines)], axis=-1
    )
    return 4 * np.abs(moved - slope)


def _refuse_unless_analytic(
    evaluator: Evaluator,
    lines: list[Line],
    value: np.ndarray,
    truncation: np.ndarray,
    central: Derivatives,
) -> None:
    room = 10 * (central.error + truncation) + 16 * evaluator.eps * np.abs(value)
    wrong = ((np.abs(value - central.value) > room) | central.unresolved) & ~central.limited
    if not wrong.any():
        return
    worst = tuple(np.argwhere(wrong)[0])
    along = lines[worst[-1]].along
    at = ""
    if isinstance(along, int) and evaluator.x.ndim:
        at = f" along {entry_name(np.unravel_index(along, evaluator.x.shape))}"
    raise InputError(
        f"`f` is not analytic here: the complex step gives a slope of {value[worst]:.6g}{at} where "
        f"a central difference gives {central.value[worst]:.6g} ± {central.error[worst]:.2g}; abs, "
        "comparisons, maximum, norms and .real break the complex step: use method='central' or "
        "'richardson'"
    )
