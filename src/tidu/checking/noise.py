"""How exact the values of f are: noise that is measured, and steps in which f moves."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from tidu.errors import NonFiniteError
from tidu.numeric.differences import Line
from tidu.numeric.evaluator import Evaluator

POINTS = 33
"""Points of a line on which steps are looked for."""
LENGTHS = (1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0)
"""Half the lengths of the lines, as parts of max(1, |x|)."""


def noise_of(evaluator: Evaluator) -> float:
    """Return by how much a value of f near x may be off: measured, and at least its rounding.

    Nine values at points a few roundings apart are a smooth curve and noise; their differences of
    order four to six are noise alone, times a known factor. Where neighbours are mostly equal, f
    rounds more coarsely than x, and the points are set further apart.

    References
    ----------
    J. Moré and S. Wild, "Estimating computational noise", SIAM J. Sci. Comput. 33 (2011).
    """
    x, rounding = evaluator.x, evaluator.eps * abs(float(evaluator.value))
    eps = float(np.finfo(x.dtype).eps)
    sizes = np.where(x == 0, np.abs(x).max(initial=0.0) or 1.0, np.abs(x))
    v = _signs(evaluator) * sizes
    first = spacing = 16 * eps
    noise = 0.0
    while x.size and spacing * sizes.max() <= eps**0.25 * max(1.0, sizes.max()):
        try:
            values = _nine_values(evaluator, spacing * v)
            if np.count_nonzero(np.diff(values)) >= 3:
                noise = _roughness(values)
                if spacing > first:  # a staircase: whole steps alone would look smooth
                    noise = max(noise, _roughness(_nine_values(evaluator, 0.3 * spacing * v)))
                break
        except NonFiniteError:
            break
        spacing *= 64
    return 4 * noise + rounding


def step_height(evaluator: Evaluator) -> float:
    """Return the height of the steps in which f moves, as a rounded loss does; 0 if it does not.

    On a line through x, f moves in steps if it stands still from most points to the next, and
    jumps between others by multiples of one height. Lines of several lengths are tried, since the
    width of the steps is not known; an f that moves from point to point on a short line is smooth.
    """
    x = evaluator.x
    v = _signs(evaluator) * np.maximum(1.0, np.abs(x))
    for length in LENGTHS if x.size else ():
        offsets = length * np.linspace(-1, 1, POINTS)
        try:
            values = np.array([float(evaluator((x + t * v).astype(x.dtype))) for t in offsets])
        except NonFiniteError:
            return 0.0
        jumps, rounding = np.abs(np.diff(values)), evaluator.eps * np.abs(values).max()
        stands, leaps = jumps <= 2 * rounding, jumps > 64 * rounding
        if np.count_nonzero(stands) < POINTS // 2 or not (stands | leaps).all():
            return 0.0
        if np.count_nonzero(leaps) >= 3 and not (leaps[1:] & leaps[:-1]).any():
            height = float(jumps[leaps].min())
            multiples = jumps[leaps] / height
            if np.abs(multiples - np.round(multiples)).max() < 1e-3:
                return height
    return 0.0


class Jump(NamedTuple):
    """A jump of f: how far away it is, and by how much f jumps."""

    distance: float
    height: float


def jump_beside(evaluator: Evaluator, line: Line, near: float, flat: float) -> Jump | None:
    """Return the nearest jump of an f that stands still up to ``near`` and not up to 16 times that.

    ``flat`` is how far f may move on flat ground. Bisection finds where it moves further; at a kink
    it does so little by little, at a jump at once.
    """
    here = float(evaluator.value)

    def moved(h: float) -> float:
        return abs(float(evaluator(line.moved(evaluator.x, h))) - here)

    found = []
    for side in (1, -1):
        low, high = near, 16 * near
        try:
            if moved(side * low) > flat or moved(side * high) <= flat:
                continue
            while high - low > max(4 * evaluator.eps * float(line.size), 1e-6 * high):
                middle = (low + high) / 2
                low, high = (middle, high) if moved(side * middle) <= flat else (low, middle)
            found.append(Jump(high, moved(side * high)))
        except NonFiniteError:
            continue
    return min(found, default=None)


def _signs(evaluator: Evaluator) -> np.ndarray:
    return np.random.default_rng(0).choice([-1.0, 1.0], evaluator.x.shape)


def _nine_values(evaluator: Evaluator, step: np.ndarray) -> np.ndarray:
    x = evaluator.x
    return np.array([float(evaluator((x + k * step).astype(x.dtype))) for k in range(-4, 5)])


def _roughness(values: np.ndarray) -> float:
    """Return the noise in equally spaced values of a smooth curve."""
    size = float(np.abs(values).max()) or 1.0
    scaled = values / size  # whose squares do not overflow
    measured = []
    for order in (4, 5, 6):
        factor = math.factorial(order) ** 2 / math.factorial(2 * order)
        measured.append(size * math.sqrt(factor * np.mean(np.diff(scaled, order) ** 2)))
    return float(np.median(measured))
