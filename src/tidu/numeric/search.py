"""The search for a step that suits f.

It is to be short beside the length over which f bends, and long beside the rounding of its values.
The first step is tried; if its error is small beside the derivative, that is all. Otherwise the
step is shortened where truncation (or a domain that ends) is what hurts, lengthened where rounding
does, and once both have been seen, set between the two. Nothing about f is assumed but that
truncation falls and rounding rises as the step gets shorter.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tidu.arrays import Array
from tidu.errors import NonFiniteError
from tidu.numeric.formulas import StepTrial, chosen

MOST_TRIALS = 16
"""Steps that are tried on one line, at most."""

GROWTH = 16.0
"""By how much a step grows at once. Much more could pass over the whole structure of f."""

RESOLVED = 0.25
"""A truncation error above this part of the derivative says that a step does not resolve f."""

NOISY = 4.0
"""A truncation error up to this many rounding errors may itself be rounding."""


@dataclass(frozen=True, slots=True)
class Range:
    """The steps that a search may try.

    Attributes
    ----------
    first
        The step to begin with.
    natural
        The step that would suit a function which bends over a length of |x|; 0 at x = 0.
    smallest, largest
        The limits.
    coarse
        The rounding of numbers as large as 1 and x. Where a longer step resolves f, none is tried
        at which they stand still inside f; and what scatters as much is taken for noise.
    flat
        How far to look at once where all values of f are equal.
    both_sides
        Whether the formula looks to both sides of x.
    """

    first: float
    natural: float
    smallest: float
    largest: float
    coarse: float
    flat: float
    both_sides: bool


@dataclass(frozen=True, slots=True)
class _Point:
    """A trial as one value of f sees it."""

    h: float
    value: float
    truncation: float
    rounding: float
    floor: float

    is_flat: bool

    @property
    def resolves(self) -> bool:
        """Whether the truncation error is small beside a derivative that there is."""
        return self.truncation <= RESOLVED * abs(self.value) and not self.is_flat


def search(
    attempt: Callable[[float], StepTrial], steps: Range, tolerance: float, clear: float
) -> tuple[StepTrial, Array, Array]:
    """Return the best trial, for each value of f; where none resolves f; where none could.

    The last is where f still scatters over the shortest step that moves x.

    Parameters
    ----------
    attempt
        Evaluates the formula with a step; raises ``NonFiniteError`` where that leaves the domain.
    steps
        Those that may be tried.
    tolerance
        The error, relative to the derivative, at which a trial is taken at once.
    clear
        The truncation error, relative to the derivative, up to which that is so where it stands
        clear of rounding. It may be the height of a ripple: one more step tells.

    Raises
    ------
    NonFiniteError
        If no step gave finite values.
    """
    trials: list[StepTrial] = []
    outside: list[float] = []
    failure: NonFiniteError | None = None
    h: float | None = steps.first
    while h is not None:
        try:
            trials.append(replace(attempt(h), h=h))  # not the h that x + h rounds it to
        except NonFiniteError as error:
            outside.append(h)
            failure = failure or error
        h = _next_step(trials, outside, steps, tolerance, clear)
    if not trials:
        assert failure is not None
        raise failure
    if len(trials) == 1 and not outside:
        nowhere = np.zeros(np.shape(trials[0].value), bool)
        return trials[0], nowhere, nowhere
    return _best(trials, steps)


_ERRORS = ("truncation", "rounding")


def _next_step(
    trials: list[StepTrial], outside: list[float], steps: Range, tolerance: float, clear: float
) -> float | None:
    """Return the step to try next, or None where none is wanted or left."""
    if len(trials) + len(outside) >= MOST_TRIALS:
        return None
    if not trials:
        return _shorter(outside, steps, steps.smallest)
    truncation, rounding = (np.stack([getattr(t, n) for t in trials]) for n in _ERRORS)
    sizes = np.abs(np.stack([t.value for t in trials]))
    good = truncation + rounding <= tolerance * sizes
    scatter = truncation * np.array([t.h for t in trials]).reshape(-1, *[1] * (sizes.ndim - 1))
    known = (truncation <= NOISY * rounding) | _is_unit_noise(scatter, steps)
    good &= known | (truncation <= clear * sizes)
    if len(trials) > 1:  # f may stand still only because it rounds coarsely
        flat = np.stack([t.is_flat for t in trials])
        good &= ~flat | flat[0]
    good = good.any(axis=0)
    for index in np.argwhere(~good):
        at = tuple(index)
        points = [_point(trial, at) for trial in trials]
        h = _next_for(points, outside, steps)
        if h is not None:
            return h
    return None


def _point(trial: StepTrial, at: tuple[int, ...]) -> _Point:
    return _Point(
        trial.h,
        float(trial.value[at]),
        float(trial.truncation[at]),
        float(trial.rounding[at]),
        float(trial.floor[at]),
        bool(trial.is_flat[at]),
    )


def _next_for(points: list[_Point], outside: list[float], steps: Range) -> float | None:
    """Return the step that one value of f wants tried."""
    seen = any(p.h > 8 * steps.coarse and p.resolves for p in points)
    smallest = max(steps.smallest, 8 * steps.coarse if seen else 0.0)
    noise = _measured_noise(points, smallest, steps) if steps.both_sides else 0.0
    long, short = list(outside), list[float]()
    for p in points:
        too_long = p.truncation + p.rounding > NOISY * max(p.floor, noise / p.h)
        (long if too_long else short).append(p.h)
    if long and short:
        low, high = max(short), min(long)
        return math.sqrt(low) * math.sqrt(high) if high > GROWTH * low else None
    if long:
        lost = all(abs(p.value) <= p.rounding for p in points)
        return None if lost and len(points) > 1 else _shorter(long, steps, smallest)
    low = max(short)
    if all(p.is_flat for p in points):
        return steps.flat if steps.flat > low else None
    return low * GROWTH if low * GROWTH <= steps.largest else None


def _shorter(long: list[float], steps: Range, smallest: float) -> float | None:
    """Return a shorter step: by a factor that squares itself, since scales may be far apart."""
    low, tries = min(long), len(long)
    if low <= smallest:
        return None
    h = low * 2.0 ** -(4 * 2 ** min(tries - 1, 6))
    if tries == 1 and smallest < steps.natural < low / GROWTH:
        h = steps.natural
    return max(h, smallest)


def _is_unit_noise(scatter: Array, steps: Range) -> Array:
    """Return whether values scatter as if numbers as large as 1 and x were rounded inside f."""
    return (scatter >= steps.coarse / 64) & (scatter <= 64 * steps.coarse)


def _measured_noise(points: list[_Point], smallest: float, steps: Range) -> float:
    """Return the noise of f if truncation errors show that it is more than rounding.

    Where f is resolved, a much shorter step leaves almost nothing of truncation times h. What is
    left of it with the shortest step that moves x is noise: f cancels large numbers inside. (A
    fast oscillation scatters, too, but is smooth over the shortest step.) Where nothing at all is
    left, and no derivative, f stands still between values that it rounds coarsely.
    """
    shortest = min(points, key=lambda p: p.h)
    noise = 0.0
    for p in points:
        scatter = p.truncation * p.h
        if not p.resolves:
            continue
        left = shortest.truncation * shortest.h
        if shortest.h > p.h / NOISY:
            noise = max(noise, scatter if _is_unit_noise(scatter, steps) else 0.0)
        elif shortest.is_flat:
            noise = max(noise, scatter)
        elif shortest.h <= 2 * smallest and left >= scatter / 16:
            noise = max(noise, scatter, left)
        elif _is_unit_noise(scatter, steps):
            noise = max(noise, scatter)
    return noise


def _best(trials: list[StepTrial], steps: Range) -> tuple[StepTrial, Array, Array]:
    """Return, for each value of f, the trial of least error that shorter steps do not contradict.

    A long step may see a smooth f that is not the one at x. The error of a short one is a sample of
    noise, which may be several times larger.
    """
    trials = sorted(trials, key=lambda trial: trial.h)
    trials = [_unless_coarse(trial, trials[k + 1 :], steps) for k, trial in enumerate(trials)]
    h = np.array([t.h for t in trials])
    value = np.stack([t.value for t in trials])
    truncation = np.stack([t.truncation for t in trials])
    rounding = np.stack([t.rounding for t in trials])
    error = truncation + rounding
    resolved = (truncation <= RESOLVED * np.abs(value)) | (truncation <= NOISY * rounding)
    rise, scatter = (np.abs(a) * h.reshape(-1, *[1] * (a.ndim - 1)) for a in (value, truncation))
    for k in range(1, len(trials)):  # a rise of no more than shorter steps scatter tells nothing
        resolved[k] &= (resolved[:k] | (rise[k] > 16 * scatter[:k])).all(axis=0)
    best = np.argmax(resolved, axis=0)
    least = np.take_along_axis(error, best[None], axis=0)[0]
    for k in range(1, len(trials)):
        apart = np.abs(value[:k] - value[k]) > NOISY * error[:k] + error[k]
        better = resolved[k] & (error[k] < least) & ~(apart & resolved[:k]).any(axis=0)
        best, least = np.where(better, k, best), np.where(better, error[k], least)
    # at a kink a shorter step leaves the truncation error as it is; towards a slope of 0 it falls
    reach = math.sqrt(h[0] / h[-1])
    unresolved = ~resolved.any(axis=0) & (truncation[0] >= reach * truncation[-1])
    limited = unresolved & (h[0] <= 2 * steps.smallest) & (scatter[0] > reach * scatter[-1])
    least_unresolved = np.argmin(error[h <= steps.first], axis=0)
    best = np.where(resolved.any(axis=0), best, least_unresolved)
    return chosen(trials, best), unresolved, limited


def _unless_coarse(trial: StepTrial, longer: list[StepTrial], steps: Range) -> StepTrial:
    """Return a trial where f stands still with the error that this has if f rounds coarsely.

    It may have moved by as much as it does over the next longer step that shows it move.
    """
    rounding, seen = trial.rounding, np.zeros(np.shape(trial.value), bool)
    for other in longer:
        if other.h > steps.first:
            break
        rise = (np.abs(other.value) + other.truncation) * other.h / trial.h
        first = trial.is_flat & ~other.is_flat & ~seen
        rounding, seen = np.where(first, rise, rounding), seen | first
    return replace(trial, rounding=rounding)
