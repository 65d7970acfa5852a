"""Judge a slope: differences are taken until it is inside their error, or clearly outside.

The first look is one central difference. A slope that does not agree with it is heard again, by
witnesses that extrapolate from longer and shorter steps. One witness that agrees, and sees sharply
enough, acquits; two that agree with each other and not with the slope convict, unless the two sides
of f differ in slope at that place (a kink). Anything else is *cannot tell*, with the reason.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tidu.checking.sides import Sides, bend_of, confirmed
from tidu.errors import NonFiniteError
from tidu.numeric.differences import Line
from tidu.numeric.estimation import derivative_along
from tidu.numeric.evaluator import Evaluator
from tidu.numeric.methods import METHODS, base_step

RIGHT, WRONG, UNSURE = "right", "wrong", "cannot tell"

SHARP = 5e-4
"""A witness counts if its error is below this part of the slope, or of a usual slope beside it."""

_LADDER = (1.0, 2.0**-7, 2.0**-14, 2.0**-21, 2.0**6)  # first steps of the extrapolating witnesses


@dataclass(frozen=True, slots=True)
class Finding:
    """What the differences say about one slope."""

    numeric: float
    error: float
    verdict: str
    reason: str = ""
    """A word that `tidu.checking.causes` turns into a sentence."""
    sides: Sides | None = None
    """At a kink, the slopes to the left and to the right."""


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
    v = np.random.default_rng(0).choice([-1.0, 1.0], x.shape) * sizes
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


def _nine_values(evaluator: Evaluator, step: np.ndarray) -> np.ndarray:
    x = evaluator.x
    return np.array([float(evaluator((x + k * step).astype(x.dtype))) for k in range(-4, 5)])


def _roughness(values: np.ndarray) -> float:
    """Return the noise in equally spaced values of a smooth curve."""
    measured = []
    for order in (4, 5, 6):
        factor = math.factorial(order) ** 2 / math.factorial(2 * order)
        measured.append(math.sqrt(factor * np.mean(np.diff(values, order) ** 2)))
    return float(np.median(measured))


@dataclass(frozen=True)
class Examiner:
    """One function at one point, ready to be asked about any slope.

    Attributes
    ----------
    evaluator
        The function.
    noise
        By how much its values may be off.
    usual
        The size of a usual slope of the part, beside which smaller ones may drown.
    largest
        That of the part with the largest slopes; its rounding may stand in place of a zero.
    known
        Where all central differences along entries are had faster than one by one: those with the
        line's step times a number.
    """

    evaluator: Evaluator
    noise: float
    usual: float
    largest: float
    known: Callable[[float], np.ndarray] | None = None

    def examine_all(self, lines: list[Line], analytic: np.ndarray) -> list[Finding]:
        """Judge the slopes ``analytic`` of one part; most are settled by the first look."""
        first = self._first_looks(lines)
        usual = min(root_mean_square(first), root_mean_square(analytic))
        examiner = replace(self, usual=usual)
        steps = np.array([float(line.step()) for line in lines])
        # a slope that meets the difference to six digits has not met it by chance
        errors = self._blur(steps, first) + 1e-6 * np.abs(first)
        settled = np.isfinite(analytic) & examiner._supports(analytic, first, errors)
        columns = (column.tolist() for column in (analytic, first, errors, settled))
        return [
            Finding(slope, error, RIGHT) if clear else examiner.examine(line, a, slope, error)
            for line, a, slope, error, clear in zip(lines, *columns, strict=True)
        ]

    def _first_looks(self, lines: list[Line]) -> np.ndarray:
        entries = [line.along for line in lines if isinstance(line.along, int)]
        if self.known is not None and len(entries) == len(lines):
            return self.known(1.0)[entries]
        return np.array([self.first_look(line) for line in lines], dtype=float)

    def first_look(self, line: Line, times: float = 1.0) -> float:
        """Return the central difference along ``line``; NaN where f is not finite."""
        if self.known is not None and isinstance(line.along, int):
            return float(self.known(times)[line.along])
        line = replace(line, h=times * line.h)
        try:
            value, _, _ = self._slope(self.evaluator, line, "central")
        except NonFiniteError:
            return math.nan
        return float(value)

    def examine(self, line: Line, analytic: float, first: float, error: float) -> Finding:
        """Judge a slope that its central difference, ``first`` ± ``error``, did not settle."""
        if not math.isfinite(analytic):
            return Finding(first, error, WRONG, "not finite")
        if self._stands_still(line, analytic):
            return Finding(first, error, RIGHT)
        witnesses: list[tuple[float, float]] = []
        sides: list[Sides] | None = None
        for h in self._first_steps(line):
            witness = self._witness(line, h)
            if witness is None:
                continue
            if self._supports(analytic, *witness):
                return Finding(*witness, RIGHT)
            witnesses.append(witness)
            if self._convict(analytic, witnesses):
                sides = self._sides(line) if sides is None else sides
                bend = bend_of(sides)
                smooth = bend is None or bend.kind == "jump"  # at a jump no two would have agreed
                if smooth and confirmed(sides, witness[0], analytic, self._scale(line)):
                    if self._may_be_swallowed(analytic, witnesses):
                        return Finding(0.0, self._grain(), UNSURE, "noise")
                    return Finding(*min(witnesses, key=lambda w: w[1]), WRONG)
        sides = self._sides(line) if sides is None else sides
        found = self._doubtful(line, analytic, witnesses, sides)
        if found.verdict == WRONG and self._may_be_swallowed(analytic, witnesses):
            return Finding(0.0, self._grain(), UNSURE, "noise")
        return found

    def _stands_still(self, line: Line, analytic: float) -> bool:
        """Say whether f keeps its value over a quarter of max(1, |x|), as a slope of 0 claims.

        Such a slope has no size with which an error could be compared. Rounding may stand in its
        place, as it does in the gradient of a bias that batch normalization takes out again.
        """
        if abs(analytic) > 64 * self.evaluator.eps * self.largest:
            return False
        times = 0.25 / base_step(METHODS["central"], self.evaluator.eps, self.evaluator.x.dtype)
        moved = self.first_look(line, times) * float(line.step(times))
        return abs(moved) <= 64 * self.evaluator.eps * abs(float(self.evaluator.value))

    def _scale(self, line: Line) -> float:
        """Return the size of the entry that is moved; inf where it is 0 or many are moved."""
        if not isinstance(line.along, int):
            return math.inf
        return abs(float(self.evaluator.x.reshape(-1)[line.along])) or math.inf

    def _may_be_swallowed(self, analytic: float, witnesses: list[tuple[float, float]]) -> bool:
        """Say whether f stands still over some steps because it rounds the slope away within.

        So does log(1 + e⁻⁵⁰) = 0: the value is exact to rounding, its slope is not seen in it.
        """
        still = any(value == 0 for value, _ in witnesses)
        return still and abs(analytic) <= self._grain()

    def _grain(self) -> float:
        """Return what numbers as large as the largest of x lose to rounding inside f.

        An f near 0 may be a difference of such numbers, of those that are not moved as well; its
        own size, and that of the entry that is moved, then say nothing about its rounding.
        """
        return self.evaluator.eps * float(np.abs(self.evaluator.x).max())

    def _slope(self, f: Any, line: Line, method: str) -> Any:
        at_x, x = self.evaluator.value, self.evaluator.x
        return derivative_along(
            f, at_x, x, METHODS[method], line, self.noise, full=method != "central"
        )

    def _witness(self, line: Line, h: float) -> tuple[float, float] | None:
        """Return a slope extrapolated from steps h, h/2, ..., h/128, and its error."""
        peak = 0.0

        def watched(point: np.ndarray) -> Any:
            nonlocal peak  # the largest |f| that goes into the differences sets their rounding
            value = self.evaluator(point)
            peak = max(peak, abs(float(value)))
            return value

        try:
            value, error, step = self._slope(watched, replace(line, h=h), "richardson")
        except NonFiniteError:
            return None
        return float(value), float(error) + self._blur(float(step), float(value), peak)

    def _first_steps(self, line: Line) -> list[float]:
        """Return the steps from which the witnesses start; the shortest is still above rounding."""
        eps, dtype = self.evaluator.eps, self.evaluator.x.dtype
        unit = line.h / base_step(METHODS["central"], eps, dtype)
        base = base_step(METHODS["richardson"], eps, dtype) * unit
        return [base * rung for rung in _LADDER if base * rung / 128 > 8 * eps * float(line.size)]

    def _blur(self, h: Any, slope: Any, peak: float = 0.0) -> Any:
        """Return how far rounding may move a central difference with step h."""
        return max(self.noise, self.evaluator.eps * peak) / h + 4 * self.evaluator.eps * abs(slope)

    def _agrees(self, analytic: Any, numeric: Any, error: Any) -> Any:
        eps, tiny = self.evaluator.eps, float(np.finfo(self.evaluator.x.dtype).tiny)
        own_rounding = math.sqrt(eps) * abs(numeric) + 64 * eps * self.usual + tiny / eps
        return abs(analytic - numeric) <= error + own_rounding

    def _supports(self, analytic: Any, numeric: Any, error: Any) -> Any:
        """Say whether a witness agrees, and is sharp enough for that to mean something."""
        larger = np.maximum(abs(analytic), abs(numeric))
        sharp = error <= SHARP * np.maximum(larger, self.usual)
        return sharp & self._agrees(analytic, numeric, error)

    def _convict(self, analytic: float, witnesses: list[tuple[float, float]]) -> bool:
        """Say whether the last witness and an earlier one agree, and both are clear of it."""
        (value, error), *earlier = reversed(witnesses)
        # float32 rounds many values near x alike, so that errors do not average out
        margin = 2 if self.evaluator.eps < 1e-10 else 8
        return not self._agrees(analytic, value, margin * error) and any(
            self._agrees(value, other, error + doubt)
            and not self._agrees(analytic, other, margin * doubt)
            for other, doubt in earlier
        )

    def _sides(self, line: Line) -> list[Sides]:
        """Return the slopes on the two sides, from long steps to the shortest above rounding."""
        here, steps = float(self.evaluator.value), []
        for k in range(12):
            h = float(line.step(1024 / 16**k))
            if h <= 8 * self.evaluator.eps * float(line.size):
                break
            try:
                above, below = (
                    float(self.evaluator(line.moved(self.evaluator.x, o))) for o in (h, -h)
                )
            except NonFiniteError:
                continue
            left, right = (here - below) / h, (above - here) / h
            steps.append(Sides(left, right, self._blur(h, max(abs(left), abs(right))), h))
        return steps

    def _doubtful(
        self,
        line: Line,
        analytic: float,
        witnesses: list[tuple[float, float]],
        sides: list[Sides],
    ) -> Finding:
        """Judge a slope that no witness acquitted, and that was not plainly convicted."""
        bend = bend_of(sides)
        if bend is not None and bend.kind != "jump":
            low, high = sorted(bend.sides[:2])
            nearest = min(max(analytic, low), high)
            room = 1e-3 * bend.sides.gap + bend.sides.room
            verdict = RIGHT if self._agrees(analytic, nearest, room) else WRONG
            if bend.kind == "beside":
                return Finding(nearest, room, verdict)
            return Finding(nearest, room, verdict, "kink", bend.sides)
        if not witnesses:
            return Finding(math.nan, math.inf, UNSURE, "edge")
        value, error = min(witnesses, key=lambda witness: witness[1])
        if bend is not None:
            return Finding(value, error, UNSURE, "jump")
        if not self._agrees(analytic, value, 2 * error):
            return Finding(value, error, UNSURE, "disagree")
        complex_slope = self._complex_slope(line)
        if complex_slope is not None and all(
            self._agrees(complex_slope, *witness) for witness in witnesses
        ):
            error = 1e3 * self.evaluator.eps * abs(complex_slope)
            if self._supports(analytic, complex_slope, error):
                return Finding(complex_slope, error, RIGHT)
        return Finding(value, error, UNSURE, "float32" if self.evaluator.eps > 1e-10 else "noise")

    def _complex_slope(self, line: Line) -> float | None:
        """Return the slope by a complex step, which sees sharper, where f is smooth."""
        if self.noise > 256 * self.evaluator.eps * abs(float(self.evaluator.value)):
            return None
        h = base_step(METHODS["complex-step"], self.evaluator.eps, self.evaluator.x.dtype)
        try:
            value, _, _ = self._slope(
                self.evaluator, Line(line.along, h, line.size, True), "complex-step"
            )
        except Exception:  # whatever it is that f cannot do with a complex number
            return None
        return float(value)


def root_mean_square(slopes: np.ndarray) -> float:
    """Return the size of a usual slope, of those that are finite."""
    finite = slopes[np.isfinite(slopes)].astype(float)
    return math.sqrt(np.mean(np.square(finite))) if finite.size else 0.0
