from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

import tidu as td
from tidu.perturbation.step_sizes import StepSizes


@given(st.lists(st.floats(-1e30, 1e30), min_size=1, max_size=5))
def test_the_steps_are_those_of_the_plain_gradient(values):
    v = np.array(values)
    steps = StepSizes.of(v, None)
    plain = td.gradient(lambda x: 0.0, v, full_output=True)
    assert_array_equal(steps.width, 2 * plain.step)
    assert_array_equal(steps.h_plus, plain.step)
    assert_array_equal(steps.h_minus, plain.step)


@given(st.floats(-1e6, 1e6), st.floats(1e-12, 1.0))
def test_a_given_step_is_what_it_comes_to(value, step):
    steps = StepSizes.of(np.array([value]), step)
    assert value + steps.h_plus[0] == value + step
    assert value - steps.h_minus[0] == value - step
    assert steps.width[0] == 2 * step


def test_times():
    v = np.array([0.3, -7.0])
    assert_array_equal(StepSizes.of(v, None, 64.0).width, 64 * StepSizes.of(v, None).width)


def test_parts():
    steps = StepSizes.of(np.arange(6.0), 0.5).view(slice(2, 6), (2, 2))
    assert steps.h_plus.shape == steps.h_minus.shape == steps.width.shape == (2, 2)
