"""Smooth, kink or jump? The slopes on the two sides of a point, over shorter and shorter steps.

On a smooth curve the gap between the two is h·f'': a step 16 times shorter makes it 16 times
smaller. At a kink it stays and so do the slopes, at a jump or a vertical tangent it grows.
Beside a kink it stays until the step no longer reaches the kink, and is gone at once.
"""

from __future__ import annotations

import math
from typing import NamedTuple


class Sides(NamedTuple):
    """The slopes to the left and to the right over one step, and how far rounding moves them."""

    left: float
    right: float
    room: float
    h: float = 0.0

    @property
    def gap(self) -> float:
        """By how much they differ."""
        return abs(self.right - self.left)

    @property
    def middle(self) -> float:
        """The central difference."""
        return (self.left + self.right) / 2

    def still_grows(self, longer: Sides) -> bool:
        """Say whether a slope is twice what it was over a longer step: that one led off a hill."""
        before = max(abs(longer.left), abs(longer.right))
        return max(abs(self.left), abs(self.right)) > 2 * before + self.room


class Bend(NamedTuple):
    """What is not smooth at a point: a ``"kink"`` there or ``"beside"`` it, or a ``"jump"``."""

    kind: str
    sides: Sides


def bend_of(steps: list[Sides]) -> Bend | None:
    """Return what is not smooth, judged at the shortest step at which rounding leaves a gap."""
    seen = [k for k, step in enumerate(steps) if step.gap > 4 * step.room]
    if len(seen) < 2:
        return None
    last = seen[-1]
    longer, step = steps[last - 1 : last + 1]
    widest = math.inf  # that the gap of the next step can be, for all that rounding leaves to see
    if last + 1 < len(steps):
        shorter = steps[last + 1]
        widest = shorter.gap + 4 * shorter.room
        if widest < step.gap / 64:
            return Bend("beside", shorter)
    if step.gap > 2 * longer.gap and widest > 2 * step.gap:
        return Bend("jump", step)
    if step.gap > longer.gap / 2 and not step.still_grows(longer):
        return Bend("kink", step)
    return None


def confirmed(steps: list[Sides], numeric: float, analytic: float, scale: float = math.inf) -> bool:
    """Say whether the shortest step that can tell two slopes apart is for the numeric one.

    Where x lies on a hill much narrower than the first steps, long ones may agree on a slope that
    is not that of the hill. A step longer than ``scale``, the size of what is moved, is not trusted
    to have seen it, nor one up to which the slope has grown as the steps became shorter.
    """
    apart = abs(numeric - analytic)
    able = [step for step in steps if step.room < apart / 8]
    if not able or able[-1].h > scale:
        return False
    shortest = able[-1]
    if shortest.still_grows(able[max(len(able) - 2, 0)]):
        return False
    return abs(shortest.middle - numeric) <= apart / 4
