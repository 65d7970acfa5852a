"""Smooth, kink or jump."""

import numpy as np
import pytest

from tidu.checking.sides import Sides, bend_of, confirmed

STEPS = [16.0**-k for k in range(7)]


def over(f, x, room=1e-14):
    return [Sides((f(x) - f(x - h)) / h, (f(x + h) - f(x)) / h, room / h, h) for h in STEPS]


@pytest.mark.parametrize(
    ("f", "x", "kind"),
    [
        (np.sin, 1.0, None),
        (np.exp, 0.0, None),
        (lambda x: 3 * x, 1.0, None),
        (lambda x: 1.0, 1.0, None),
        (np.abs, 0.0, "kink"),
        (lambda x: np.maximum(x, 0) + x * x, 0.0, "kink"),
        (np.abs, 1e-4, "beside"),
        (lambda x: np.sqrt(np.abs(x)), 0.0, "jump"),
        (lambda x: float(x > 0), 0.0, "jump"),
    ],
)
def test_what_is_not_smooth(f, x, kind):
    bend = bend_of(over(f, x))
    assert (bend and bend.kind) == kind


def test_slopes_that_still_change_from_step_to_step_are_no_kink():
    # a hill in float32 of slope -13, beyond which the first two steps lead; the last drowns
    longest, longer = Sides(-0.163, -0.146, 2e-4, 4.0), Sides(-2.60, -2.33, 4e-3, 0.25)
    step, drowned = Sides(-12.75, -12.375, 0.06, 2.0**-6), Sides(-12.5, -13.5, 0.9, 2.0**-10)
    assert bend_of([longest, longer, step, drowned]) is None
    settled = Sides(-12.74, -12.38, 4e-3, 0.25)
    assert bend_of([longest, settled, step, drowned]).kind == "kink"


def test_the_sides_of_a_kink():
    assert bend_of(over(np.abs, 0.0)).sides[:2] == (-1, 1)
    beside = bend_of(over(np.abs, 1e-4)).sides
    assert beside.left == pytest.approx(1)
    assert beside.right == pytest.approx(1)


def test_the_shortest_step_that_can_tell_confirms():
    steps = over(lambda x: np.tanh(1e3 * x), 0.0)  # a hill a thousandth wide, of slope 1000
    assert confirmed(steps, 1000.0, 0.0)
    assert not confirmed(steps, 0.0, 1000.0)
    assert not confirmed(steps, 0.0, 1e-15)  # none can
    beyond = steps[:2]  # the slope is still 16 times larger at a step 16 times shorter
    assert not confirmed(beyond, beyond[-1].middle, 1000.0)
