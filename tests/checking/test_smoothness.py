"""Smooth, kink or jump."""

import numpy as np
import pytest

from tidu.checking.smoothness import OneSidedSlopes, is_confirmed, non_smoothness

STEPS = [16.0**-k for k in range(7)]


def over(f, x, room=1e-14):
    return [
        OneSidedSlopes((f(x) - f(x - h)) / h, (f(x + h) - f(x)) / h, room / h, h) for h in STEPS
    ]


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
    found = non_smoothness(over(f, x))
    assert (found and found.kind) == kind


def test_slopes_that_still_change_from_step_to_step_are_no_kink():
    # a hill in float32 of slope -13, beyond which the first two steps lead; the last drowns
    longest, longer = (
        OneSidedSlopes(-0.163, -0.146, 2e-4, 4.0),
        OneSidedSlopes(-2.60, -2.33, 4e-3, 0.25),
    )
    step, drowned = (
        OneSidedSlopes(-12.75, -12.375, 0.06, 2.0**-6),
        OneSidedSlopes(-12.5, -13.5, 0.9, 2.0**-10),
    )
    assert non_smoothness([longest, longer, step, drowned]) is None
    settled = OneSidedSlopes(-12.74, -12.38, 4e-3, 0.25)
    assert non_smoothness([longest, settled, step, drowned]).kind == "kink"


def test_the_sides_of_a_kink():
    assert non_smoothness(over(np.abs, 0.0)).slopes[:2] == (-1, 1)
    beside = non_smoothness(over(np.abs, 1e-4)).slopes
    assert beside.left == pytest.approx(1)
    assert beside.right == pytest.approx(1)


def test_the_shortest_step_that_can_tell_confirms():
    steps = over(lambda x: np.tanh(1e3 * x), 0.0)  # a hill a thousandth wide, of slope 1000
    assert is_confirmed(steps, 1000.0, 0.0)
    assert not is_confirmed(steps, 0.0, 1000.0)
    assert not is_confirmed(steps, 0.0, 1e-15)  # none can
    beyond = steps[:2]  # the slope is still 16 times larger at a step 16 times shorter
    assert not is_confirmed(beyond, beyond[-1].middle, 1000.0)


@pytest.mark.parametrize("x", [1e-9, -1e-7, 3e-5, 2e-3])
def test_how_far_away_a_kink_is(x):
    steps = [16.0**-k for k in range(10)]
    f = lambda x: np.maximum(x, 0) + 0.1 * x  # noqa: E731
    slopes = [
        OneSidedSlopes((f(x) - f(x - h)) / h, (f(x + h) - f(x)) / h, 1e-17 / h, h) for h in steps
    ]
    found = non_smoothness(slopes)
    assert found.kind == "beside"
    assert found.distance == pytest.approx(abs(x), rel=0.02)
