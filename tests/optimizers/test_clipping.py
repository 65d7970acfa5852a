"""What clipping does to a gradient; that it is an optimizer like others stands in test_rules."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidu.optimizers import SGD, ClipByNorm, ClipByValue, Momentum

LIMITS = st.floats(1e-3, 1e3)


@given(seed=st.integers(0, 10_000), limit=LIMITS, exponent=st.integers(-30, 30))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_norm_is_at_most_the_limit_and_the_direction_stays(seed, limit, exponent, dtype):
    dtheta = (np.random.default_rng(seed).normal(size=5) * 10.0**exponent).astype(dtype)
    clipped = ClipByNorm(limit, SGD()).clipped(dtheta).astype(np.float64)
    exact = dtheta.astype(np.float64)
    norm = np.linalg.norm(exact)
    expected = exact * min(1, limit / norm)
    # A few roundings in the dtype of the gradient.
    np.testing.assert_allclose(clipped, expected, rtol=10 * np.finfo(dtype).eps)


def test_a_gradient_within_the_limit_is_left_as_it_is():
    dtheta = np.array([0.1, 0.2, 0.3])
    assert ClipByNorm(1, SGD()).clipped(dtheta).tolist() == dtheta.tolist()
    assert ClipByValue(1, SGD()).clipped(dtheta).tolist() == dtheta.tolist()


def test_a_zero_gradient_and_an_empty_one_stay_so():
    assert ClipByNorm(1, SGD()).clipped(np.zeros(2)).tolist() == [0, 0]
    assert ClipByNorm(1, SGD()).clipped(np.zeros(0)).tolist() == []


def test_squares_beyond_the_range_do_not_hide_the_gradient():
    clipped = ClipByNorm(1, SGD()).clipped(np.array([3e30, -4e30], np.float32))
    np.testing.assert_allclose(clipped, [0.6, -0.8], rtol=1e-6)  # float32 rounds at 1e-7


def test_values_are_cut_entry_by_entry():
    clipped = ClipByValue(1, SGD()).clipped(np.array([-5.0, -1.0, 0.5, 7.0]))
    assert clipped.tolist() == [-1, -1, 0.5, 1]


def test_the_outer_limit_comes_first():
    theta, dtheta = np.zeros(2), np.array([30.0, 4.0])
    by_value_first, _ = ClipByValue(4, ClipByNorm(1, SGD(1))).update(theta, dtheta, {}, 0)
    by_norm_first, _ = ClipByNorm(1, ClipByValue(4, SGD(1))).update(theta, dtheta, {}, 0)
    np.testing.assert_allclose(by_value_first, -np.array([1, 1]) / np.sqrt(2), rtol=1e-15)
    np.testing.assert_allclose(by_norm_first, -dtheta / np.hypot(30, 4), rtol=1e-15)


def test_rate_and_state_are_those_of_the_optimizer_inside():
    clipped = ClipByNorm(1, Momentum(lambda step: 1 / (1 + step)))
    assert clipped.rate(3) == 0.25
    assert list(clipped.init(np.zeros(2))) == ["v"]
