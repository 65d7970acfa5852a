"""Smooth, kink or jump? One-sided slopes at a point, over shorter and shorter steps.

On a smooth curve the gap between the two is h·f'': a step 16 times shorter makes it 16 times
smaller. At a kink it stays and so do the slopes, at a jump or a vertical tangent it grows.
Beside a kink it stays until the step no longer reaches the kink, and is gone at once.
"""

from __future__ import annotations

import math
from typing import NamedTuple


class OneSidedSlopes(NamedTuple):
    """The slopes to the left and to the right over one step, and how far rounding moves them."""

    left: float
    right: float
    rounding_error: float
    h: float = 0.0

    @property
    def gap(self) -> float:
        """By how much they differ."""
        return abs(self.right - self.left)

    @property
    def middle(self) -> float:
        """The central difference."""
        return (self.left + self.right) / 2

    def still_grows(self, longer: OneSidedSlopes) -> bool:
        """Say whether a slope is twice what it was over a longer step: that one led off a hill."""
        before = max(abs(longer.left), abs(longer.right))
        return max(abs(self.left), abs(self.right)) > 2 * before + self.rounding_error


class NonSmoothness(NamedTuple):
    """What is not smooth at a point: a ``"kink"`` there or ``"beside"`` it, or a ``"jump"``.

    ``distance`` is how far away a kink is beside x, and how far it may be away at most else;
    ``steady`` says whether the gap is the same over several steps, which on a curve it is not.
    ``change`` is how much either slope differs from that over the step before, 16 times as long.
    """

    kind: str
    slopes: OneSidedSlopes
    distance: float = 0.0
    steady: bool = False
    change: float = 0.0


def non_smoothness(steps: list[OneSidedSlopes]) -> NonSmoothness | None:
    """Return what is not smooth, as seen at the shortest step at which rounding leaves a gap."""
    seen = [k for k, step in enumerate(steps) if step.gap > 4 * step.rounding_error]
    if len(seen) < 2:
        return None
    last = seen[-1]
    longer, step = steps[last - 1 : last + 1]
    steady = _is_steady(steps[max(last - 2, 0) : last + 1])
    was_steady = _is_steady(steps[max(last - 3, 0) : last])
    widest = math.inf  # that the gap of the next step can be, for all that rounding leaves to see
    if last + 1 < len(steps):
        shorter = steps[last + 1]
        widest = shorter.gap + 4 * shorter.rounding_error
        if widest < (longer if was_steady else step).gap / 64:
            distance = _distance(shorter, step, longer)
            return NonSmoothness("beside", shorter, distance, steady or was_steady)
    if step.gap > 2 * longer.gap and widest > 2 * step.gap:
        return NonSmoothness("jump", step)
    if step.gap > longer.gap / 2 and not step.still_grows(longer):
        change = max(abs(step.left - longer.left), abs(step.right - longer.right))
        return NonSmoothness("kink", step, step.h, steady, change)
    return NonSmoothness("kink", longer, longer.h, True) if was_steady else None


def _is_steady(steps: list[OneSidedSlopes]) -> bool:
    gaps = [step.gap for step in steps]
    return len(gaps) == 3 and min(gaps) > 0.5 * max(gaps)


def _distance(near: OneSidedSlopes, step: OneSidedSlopes, longer: OneSidedSlopes) -> float:
    """Return how far away a kink is that two steps lead over and the shorter ``near`` does not.

    With slope s up to the kink and b beyond it, a step h that leads over it changes f by
    s d + b (h − d); two such steps give b, and then d.
    """
    s = near.middle
    beyond = max((step.left, longer.left), (step.right, longer.right), key=lambda r: abs(r[0] - s))
    b = (longer.h * beyond[1] - step.h * beyond[0]) / (longer.h - step.h)
    d = step.h * (beyond[0] - b) / (s - b) if s != b else step.h
    return d if near.h <= d <= step.h else step.h


def is_confirmed(
    steps: list[OneSidedSlopes], numeric: float, analytic: float, scale: float = math.inf
) -> bool:
    """Say whether the shortest step that can tell two slopes apart is for the numeric one.

    Where x lies on a hill much narrower than the first steps, long ones may agree on a slope that
    is not that of the hill. A step longer than ``scale``, the size of what is moved, is not trusted
    to have seen it, nor one up to which the slope has grown as the steps became shorter.
    """
    apart = abs(numeric - analytic)
    able = [step for step in steps if step.rounding_error < apart / 8]
    if not able or able[-1].h > scale:
        return False
    shortest = able[-1]
    if shortest.still_grows(able[max(len(able) - 2, 0)]):
        return False
    return abs(shortest.middle - numeric) <= apart / 4
