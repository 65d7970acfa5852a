"""Check one slope: differences are taken until it is inside their error, or clearly outside.

First comes one central difference. Where a slope does not agree with it, estimates are
extrapolated from longer and shorter steps. The sharpest one that agrees accepts the slope; two that
agree with each other and not with the slope reject it, unless f is not smooth at that place.
Anything else is *cannot tell*, with the reason.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from tidu.checking.noise import jump_beside, step_height
from tidu.checking.progress import with_progress
from tidu.checking.smoothness import (
    NonSmoothness,
    OneSidedSlopes,
    is_confirmed,
    non_smoothness,
)
from tidu.errors import NonFiniteError
from tidu.numeric.differences import Line
from tidu.numeric.estimation import derivative_along
from tidu.numeric.evaluator import Evaluator
from tidu.numeric.methods import METHODS, base_step

RIGHT, WRONG, UNSURE = "right", "wrong", "cannot tell"

RESOLUTION = 5e-4
"""An estimate counts if its error is below this part of the slope, or of typical ones beside it."""

_FIRST_STEPS = (1.0, 2.0**-7, 2.0**-14, 2.0**-21, 2.0**6)  # of the extrapolations, in turn


@dataclass(frozen=True, slots=True)
class EntryResult:
    """What the differences say about one slope."""

    numeric: float
    error: float
    verdict: str
    reason: str = ""
    """A word that `tidu.checking.causes` turns into a sentence."""
    kink: NonSmoothness | None = None
    """At a kink, the slopes to the left and to the right, and how far away it may be."""


class SlopeEstimate(NamedTuple):
    """A slope as differences give it, and its error."""

    value: float
    error: float


def _sharpest(estimates: list[SlopeEstimate]) -> SlopeEstimate:
    return min(estimates, key=lambda estimate: estimate.error)


@dataclass(frozen=True)
class EntryChecker:
    """One function at one point, ready to be asked about any slope.

    Attributes
    ----------
    evaluator
        The function.
    noise
        By how much its values may be off.
    typical
        The size of a typical slope of the part, beside which smaller ones may drown.
    largest
        That of the part with the largest slopes; its rounding may stand in place of a zero.
    all_differences
        Where all central differences along entries are had faster than one by one: those with the
        line's step times a number.
    """

    evaluator: Evaluator
    noise: float
    typical: float
    largest: float
    all_differences: Callable[[float], np.ndarray] | None = None

    def check_all(self, lines: list[Line], analytic: np.ndarray) -> list[EntryResult]:
        """Check the slopes ``analytic`` of one part; central differences settle most of them."""
        first, gaps = self._central_differences(lines)
        typical = min(root_mean_square(first), root_mean_square(analytic))
        checker = replace(self, typical=typical)
        steps = np.array([float(line.step()) for line in lines])
        rounding = self._rounding_error(steps, first)
        # a slope that meets the difference to six digits has not met it by chance
        errors = rounding + 1e-6 * np.abs(first)
        sharp = rounding <= np.maximum(self._target * np.abs(first), 1e-6 * typical)
        bent = gaps > 0.05 * np.abs(first) + 8 * rounding
        sharp |= (analytic == first) & (rounding <= RESOLUTION * typical)
        met = checker._agrees(analytic, first, errors)
        settled = np.isfinite(analytic) & sharp & met & ~bent
        columns = (column.tolist() for column in (analytic, first, errors, settled, bent))
        rows = with_progress(zip(lines, *columns, strict=True), len(lines))
        return [
            EntryResult(slope, error, RIGHT)
            if clear
            else checker.check(line, a, slope, error, is_bent)
            for line, a, slope, error, clear, is_bent in rows
        ]

    def _central_differences(self, lines: list[Line]) -> tuple[np.ndarray, np.ndarray]:
        """Return the central differences, and how far the one-sided slopes are apart if known."""
        entries = [line.along for line in lines if isinstance(line.along, int)]
        if self.all_differences is not None and len(entries) == len(lines):
            return self.all_differences(1.0)[entries], np.zeros(len(lines))
        pairs = [
            self._one_step(line, float(line.step())) for line in with_progress(lines, len(lines))
        ]
        middles = [math.nan if pair is None else pair.middle for pair in pairs]
        gaps = [0.0 if pair is None else pair.gap for pair in pairs]
        return np.array(middles, dtype=float), np.array(gaps, dtype=float)

    def central_difference(self, line: Line, times: float = 1.0) -> float:
        """Return the central difference along ``line``; NaN where f is not finite."""
        if self.all_differences is not None and isinstance(line.along, int):
            return float(self.all_differences(times)[line.along])
        pair = self._one_step(line, float(line.step(times)))
        return math.nan if pair is None else pair.middle

    def check(
        self, line: Line, analytic: float, first: float, error: float, is_bent: bool = False
    ) -> EntryResult:
        """Check a slope that its central difference, ``first`` ± ``error``, did not settle.

        ``is_bent`` says that the one-sided slopes differ at the step of that difference.
        """
        if not math.isfinite(analytic):
            return EntryResult(first, error, WRONG, "not finite")
        if self._is_constant(line, analytic):
            return EntryResult(first, error, RIGHT)
        if is_bent:
            found = non_smoothness(self._one_sided(line))
            if found is not None and found.steady:
                return self._at_kink(line, analytic, found)
        result = self._by_estimates(line, analytic)
        if result.verdict == WRONG and self._is_residue(analytic, result.numeric):
            return replace(result, error=2 * self.evaluator.eps, verdict=UNSURE, reason="residue")
        if result.verdict == RIGHT or self.noise >= self.step_height:
            return result
        coarse = replace(self, noise=self.step_height)._by_estimates(line, analytic)
        if coarse.verdict == WRONG:
            return coarse
        return replace(coarse, error=self.step_height, verdict=UNSURE, reason="steps")

    @cached_property
    def step_height(self) -> float:
        """The height of the steps in which f moves, if it does."""
        return step_height(self.evaluator)

    def _by_estimates(self, line: Line, analytic: float) -> EntryResult:
        estimates: list[SlopeEstimate] = []
        slopes: list[OneSidedSlopes] | None = None
        for h in self._first_steps(line):
            estimate = self._estimate(line, h)
            if estimate is None:
                continue
            estimates.append(estimate)
            if self._accepts(analytic, *estimate):
                if estimate.error <= self._target * max(abs(analytic), abs(estimate.value)):
                    return EntryResult(*estimate, RIGHT)
                continue
            if self._rejects(analytic, estimates):
                slopes = self._one_sided(line) if slopes is None else slopes
                found = non_smoothness(slopes)
                smooth = found is None or found.kind == "jump"  # at a jump no two would have agreed
                if smooth and is_confirmed(slopes, estimate.value, analytic, self._scale(line)):
                    if self._may_be_rounded_away(analytic, estimates):
                        return EntryResult(0.0, self._input_rounding(), UNSURE, "noise")
                    return EntryResult(*_sharpest(estimates), WRONG)
        if estimates and self._accepts(analytic, *_sharpest(estimates)):
            return EntryResult(*_sharpest(estimates), RIGHT)
        slopes = self._one_sided(line) if slopes is None else slopes
        result = self._in_doubt(line, analytic, estimates, slopes)
        if result.verdict == WRONG and self._may_be_rounded_away(analytic, estimates):
            return EntryResult(0.0, self._input_rounding(), UNSURE, "noise")
        return result

    @property
    def _target(self) -> float:
        """The relative error of an estimate that leaves no doubt."""
        return max(1e-6, math.sqrt(self.evaluator.eps))

    def _is_constant(self, line: Line, analytic: float) -> bool:
        """Say whether f keeps its value over a quarter of max(1, |x|), as a slope of 0 claims.

        Such a slope has no size with which an error could be compared. Rounding may stand in its
        place, as it does in the gradient of a bias that batch normalization takes out again.
        """
        if abs(analytic) > 64 * self.evaluator.eps * self.largest:
            return False
        times = 0.25 / base_step(METHODS["central"], self.evaluator.eps, self.evaluator.x.dtype)
        moved = self.central_difference(line, times) * float(line.step(times))
        return abs(moved) <= 64 * self.evaluator.eps * abs(float(self.evaluator.value))

    def _scale(self, line: Line) -> float:
        """Return the size of the entry that is moved; inf where it is 0 or many are moved."""
        if not isinstance(line.along, int):
            return math.inf
        return abs(float(self.evaluator.x.reshape(-1)[line.along])) or math.inf

    def _may_be_rounded_away(self, analytic: float, estimates: list[SlopeEstimate]) -> bool:
        """Say whether f stands still over some steps because it rounds the slope away within.

        So does log(1 + e⁻⁵⁰) = 0: the value is exact to rounding, its slope is not seen in it.
        """
        still = any(value == 0 for value, _ in estimates)
        return still and abs(analytic) <= self._input_rounding()

    def _is_residue(self, analytic: float, numeric: float) -> bool:
        """Say whether a slope is what rounding leaves of a difference of numbers near 1.

        So is σ(35) - 1: a multiple of half of eps, right to that and to few digits.
        """
        eps = self.evaluator.eps
        small = 0 < abs(analytic) <= math.sqrt(eps)
        return small and analytic % (eps / 2) == 0 and abs(analytic - numeric) <= 2 * eps

    def _input_rounding(self) -> float:
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

    def _estimate(self, line: Line, h: float) -> SlopeEstimate | None:
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
        rounding = self._rounding_error(float(step), float(value), peak)
        return SlopeEstimate(float(value), float(error) + rounding)

    def _first_steps(self, line: Line) -> list[float]:
        """Return the steps from which the estimates start; the shortest is still above rounding."""
        eps, dtype = self.evaluator.eps, self.evaluator.x.dtype
        unit = line.h / base_step(METHODS["central"], eps, dtype)
        base = base_step(METHODS["richardson"], eps, dtype) * unit
        return [
            base * rung for rung in _FIRST_STEPS if base * rung / 128 > 8 * eps * float(line.size)
        ]

    def _rounding_error(self, h: Any, slope: Any, peak: float = 0.0) -> Any:
        """Return how far rounding may move a central difference with step h."""
        return max(self.noise, self.evaluator.eps * peak) / h + 4 * self.evaluator.eps * abs(slope)

    def _agrees(self, analytic: Any, numeric: Any, error: Any) -> Any:
        eps, tiny = self.evaluator.eps, float(np.finfo(self.evaluator.x.dtype).tiny)
        own_rounding = math.sqrt(eps) * abs(numeric) + 64 * eps * self.typical + tiny / eps
        return abs(analytic - numeric) <= error + own_rounding

    def _accepts(self, analytic: Any, numeric: Any, error: Any) -> Any:
        """Say whether an estimate agrees, and is sharp enough for that to mean something."""
        larger = np.maximum(abs(analytic), abs(numeric))
        sharp = error <= RESOLUTION * np.maximum(larger, self.typical)
        return sharp & self._agrees(analytic, numeric, error)

    def _rejects(self, analytic: float, estimates: list[SlopeEstimate]) -> bool:
        """Say whether the last estimate and an earlier one agree, and both are clear of it."""
        (value, error), *earlier = reversed(estimates)
        # float32 rounds many values near x alike, so that errors do not average out
        margin = 2 if self.evaluator.eps < 1e-10 else 8
        return not self._agrees(analytic, value, margin * error) and any(
            self._agrees(value, other, error + doubt)
            and not self._agrees(analytic, other, margin * doubt)
            for other, doubt in earlier
        )

    def _one_step(self, line: Line, h: float) -> OneSidedSlopes | None:
        """Return the slopes on the two sides over a step; None where f is not finite."""
        x, here = self.evaluator.x, float(self.evaluator.value)
        try:
            above, below = (float(self.evaluator(line.moved(x, o))) for o in (h, -h))
        except NonFiniteError:
            return None
        left, right = (here - below) / h, (above - here) / h
        rounding = self._rounding_error(h, max(abs(left), abs(right)))
        return OneSidedSlopes(left, right, rounding, h)

    def _one_sided(self, line: Line) -> list[OneSidedSlopes]:
        """Return the slopes on the two sides, from long steps to the shortest above rounding."""
        shortest = 8 * self.evaluator.eps * float(line.size)
        lengths = [h for k in range(12) if (h := float(line.step(1024 / 16**k))) > shortest]
        pairs = [self._one_step(line, h) for h in lengths]
        return [pair for pair in pairs if pair is not None]

    def _at_kink(self, line: Line, analytic: float, kink: NonSmoothness) -> EntryResult:
        """Compare a slope with those on the two sides of x.

        A number inside f that is near its rounding, as tanh(9) in float32, makes a staircase of f:
        flat ground, and a jump beside it. A slope that stays within one step up to there may be
        right.
        """
        low, high = sorted(kink.slopes[:2])
        nearest = min(max(analytic, low), high)
        apart = abs(analytic - nearest)
        room = 1e-3 * kink.slopes.gap + kink.slopes.rounding_error
        if self._agrees(analytic, nearest, room):
            return EntryResult(nearest, room, RIGHT, kink.kind, kink)
        if kink.kind == "beside":
            rounding = max(self.noise, self.evaluator.eps * abs(float(self.evaluator.value)))
            jump = jump_beside(self.evaluator, line, kink.slopes.h, 8 * rounding)
            if jump is not None and apart * jump.distance <= 2 * jump.height:
                return EntryResult(nearest, jump.height, UNSURE, "steps")
        if apart <= kink.change:  # curved beside the kink, and rounding allows no shorter step
            return EntryResult(nearest, kink.change, UNSURE, self._unresolved)
        return EntryResult(nearest, room, WRONG, kink.kind, kink)

    @property
    def _unresolved(self) -> str:
        """Why a slope that rounding covers cannot be judged."""
        return "float32" if self.evaluator.eps > 1e-10 else "noise"

    def _in_doubt(
        self,
        line: Line,
        analytic: float,
        estimates: list[SlopeEstimate],
        slopes: list[OneSidedSlopes],
    ) -> EntryResult:
        """Return what can be said of a slope that was neither accepted nor plainly rejected."""
        found = non_smoothness(slopes)
        if found is not None and found.kind != "jump":
            return self._at_kink(line, analytic, found)
        if not estimates:
            return EntryResult(math.nan, math.inf, UNSURE, "edge")
        value, error = _sharpest(estimates)
        if found is not None:
            return EntryResult(value, error, UNSURE, "jump")
        if not self._agrees(analytic, value, 2 * error):
            return EntryResult(value, error, UNSURE, "disagree")
        complex_slope = self._complex_slope(line)
        if complex_slope is not None and all(
            self._agrees(complex_slope, *estimate) for estimate in estimates
        ):
            error = 1e3 * self.evaluator.eps * abs(complex_slope)
            if self._accepts(analytic, complex_slope, error):
                return EntryResult(complex_slope, error, RIGHT)
        return EntryResult(value, error, UNSURE, self._unresolved)

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
    """Return the size of a typical slope, of those that are finite."""
    finite = slopes[np.isfinite(slopes)].astype(float)
    largest = float(np.abs(finite).max(initial=0.0))
    if not largest:
        return 0.0
    return largest * math.sqrt(np.mean(np.square(finite / largest)))  # whose squares are finite
