"""Learning rates over the steps, against closed forms."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidu.optimizers import (
    SGD,
    Constant,
    Cosine,
    Exponential,
    FlatCosine,
    LogCosine,
    OneCycle,
    StepDecay,
    WarmUp,
)

POINTS = [
    (Constant(0.3), 0, 0.3),
    (Constant(0.3), 10**9, 0.3),
    (StepDecay(1.0, every=10), 9, 1.0),
    (StepDecay(1.0, every=10), 10, 0.1),
    (StepDecay(1.0, every=10, factor=0.5), 35, 0.125),
    (Exponential(2.0, decay=0.5), 0, 2.0),
    (Exponential(2.0, decay=0.5), 3, 0.25),
    (Exponential(1.0, decay=0.5 ** (1 / 7)), 7, 0.5),
    (Cosine(1.0, steps=8), 0, 1.0),
    (Cosine(1.0, steps=8), 2, (1 + math.sqrt(0.5)) / 2),
    (Cosine(1.0, steps=8), 4, 0.5),
    (Cosine(1.0, steps=8), 8, 0.0),
    (Cosine(1.0, steps=8, final=0.2), 4, 0.6),
    (Cosine(1.0, steps=8, final=0.2), 99, 0.2),
    (OneCycle(1.0, steps=20, rise=0.4), 0, 0.04),
    (OneCycle(1.0, steps=20, rise=0.4), 4, 0.52),
    (OneCycle(1.0, steps=20, rise=0.4), 8, 1.0),
    (OneCycle(1.0, steps=20, rise=0.4), 14, 0.5),
    (OneCycle(1.0, steps=20, rise=0.4), 20, 0.0),
    (OneCycle(2.0, steps=20, rise=0.5, start=0.5, final=0.2), 0, 1.0),
    (OneCycle(2.0, steps=20, rise=0.5, start=0.5, final=0.2), 15, 1.1),
    (OneCycle(2.0, steps=20, rise=0.5, start=0.5, final=0.2), 999, 0.2),
    *((FlatCosine(2.0, steps=20), step, 2.0) for step in (0, 5, 10)),
    (FlatCosine(2.0, steps=20), 15, 1.0),
    *((FlatCosine(2.0, steps=20), step, 0.0) for step in (20, 999)),
    (FlatCosine(2.0, steps=20, flat=0.0), 5, 1 + math.sqrt(0.5)),
    (FlatCosine(2.0, steps=20, flat=0.8), 18, 1.0),
    # Waves of 1, 2, 4 and 8 fifteenths of the steps: 0 at their ends, lr where log2 is halfway.
    *((LogCosine(2.0, steps=15), step, 0.0) for step in (0, 1, 3, 7, 15, 99)),
    (LogCosine(2.0, steps=3, cycles=2), 0, 0.0),
    (LogCosine(2.0, steps=3, cycles=2), 2, 1 - math.cos(2 * math.pi * math.log2(3))),
    (OneCycle(1.0, steps=1), 0, 0.04),
    (OneCycle(1.0, steps=1), 1, 0.0),
    (WarmUp(4, 1.0), 0, 0.25),
    (WarmUp(4, 1.0), 3, 1.0),
    (WarmUp(4, 1.0), 4, 1.0),
    (WarmUp(4, Exponential(1.0, 0.5)), 1, 0.5),
    (WarmUp(4, Exponential(1.0, 0.5)), 4, 1.0),
    (WarmUp(4, Exponential(1.0, 0.5)), 5, 0.5),
    (WarmUp(4, lambda step: 8.0 - step), 6, 6.0),
]


@pytest.mark.parametrize(("schedule", "step", "expected"), POINTS)
def test_the_rate_at_a_step(schedule, step, expected):
    # At its end the cosine is 0 to one rounding of 1.
    assert schedule(step) == pytest.approx(expected, rel=1e-14, abs=1e-16)
    assert SGD(schedule).rate(step) == schedule(step)


SCHEDULES = [
    Constant(0.5),
    StepDecay(0.5, every=3),
    Exponential(0.5, decay=0.9),
    Cosine(0.5, steps=50, final=0.1),
    FlatCosine(0.5, steps=50),
]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=repr)
@given(step=st.integers(0, 100_000))
def test_never_rises_and_never_leaves_its_range(schedule, step):
    assert 0 <= schedule(step + 1) <= schedule(step) <= 0.5


@given(
    st.integers(1, 1000), st.floats(0.01, 0.99), st.floats(0, 1), st.floats(0, 1),
    st.integers(0, 2000),
)  # fmt: skip
def test_one_cycle_climbs_then_falls_between_its_rates(steps, rise, start, final, step):
    schedule, top = OneCycle(1.0, steps, rise, start, final), rise * steps
    assert min(start, final) - 1e-12 <= schedule(step) <= 1 + 1e-12
    if step + 1 < top:
        assert schedule(step) <= schedule(step + 1) + 1e-12
    elif step >= top:
        assert schedule(step) >= schedule(step + 1) - 1e-12


@pytest.mark.parametrize(
    "schedule", [*SCHEDULES, OneCycle(0.1, 10, start=0.5), WarmUp(5, Cosine(0.1, 10))], ids=repr
)
def test_prints_as_one_would_type_it(schedule):
    assert eval(repr(schedule)) == schedule
