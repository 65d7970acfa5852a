"""Smooth, kink or jump? The slopes on the two sides of a point, over shorter and shorter steps.

On a smooth curve the gap between the two is h·f'': a step 16 times shorter makes it 16 times
smaller. At a kink it stays, at a jump or a vertical tangent it grows. Beside a kink it stays until
the step no longer reaches the kink, and is gone at once.
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
    if last + 1 < len(steps):
        shorter = steps[last + 1]
        if shorter.gap + 4 * shorter.room < step.gap / 64:
            return Bend("beside", shorter)
    if step.gap > 2 * longer.gap:
        return Bend("jump", step)
    if step.gap > longer.gap / 2:
        return Bend("kink", step)
    return None


def confirmed(steps: list[Sides], numeric: float, analytic: float, scale: float = math.inf) -> bool:
    """Say whether the shortest step that can tell two slopes apart is for the numeric one.

    Where x lies on a hill much narrower than the first steps, long ones may agree on a slope that
    is not that of the hill. A step longer than ``scale``, the size of what is moved, is not trusted
    to have seen it.
    """
    apart = abs(numeric - analytic)
    able = [step for step in steps if step.room < apart / 8]
    return bool(able) and able[-1].h <= scale and abs(able[-1].middle - numeric) <= apart / 4
