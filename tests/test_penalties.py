"""Penalties: closed forms, gradients, and that they are nothing but functions of an array."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import tidu as td
from tests.tables import PENALTIES, is_strict, off_kinks, strict
from tidu.numeric import gradient

every_penalty = pytest.mark.parametrize("penalty", PENALTIES[1:], ids=repr)


@every_penalty
@given(size=st.integers(0, 6), seed=st.integers(0, 10**6))
def test_the_gradient_agrees_with_differences(penalty, size, seed):
    w = off_kinks(np.random.default_rng(seed), (size,))
    # |w| and w² have no third derivative, so only rounding is left: eps · value / h = 1e-10.
    assert_allclose(penalty.gradient(w), gradient(penalty.value, w), atol=1e-9)


@every_penalty
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(0,), (3,), (2, 3)])
def test_shape_and_dtype_are_kept_and_nothing_is_changed(penalty, dtype, shape):
    w = np.full(shape, -2.0, dtype)
    w.setflags(write=False)
    assert penalty.value(w).dtype == penalty.gradient(w).dtype == dtype
    assert penalty.value(w).shape == ()
    assert penalty.gradient(w).shape == shape
    assert_array_equal(w, -2)


@every_penalty
def test_runs_on_another_array_library(penalty):
    w = np.array([[1.0, -2.0, 0.0]])
    assert is_strict(penalty.gradient(strict(w)))
    assert_allclose(np.asarray(penalty.gradient(strict(w))), penalty.gradient(w))
    assert_allclose(float(penalty.value(strict(w))), penalty.value(w))


@every_penalty
def test_at_the_kink_the_slope_is_zero(penalty):
    assert_array_equal(penalty.gradient(np.zeros(2)), 0)
    assert penalty.value(np.zeros(2)) == 0


def test_closed_forms():
    w = np.array([3.0, -4.0])
    assert_allclose(td.L1(0.5).value(w), 3.5)
    assert_allclose(td.L2(0.5).value(w), 6.25)
    assert_allclose(td.ElasticNet(l1=0.5, l2=0.5).value(w), 9.75)
    assert_allclose(td.L1(0.5).gradient(w), [0.5, -0.5])
    assert_allclose(td.L2(0.5).gradient(w), [1.5, -2])
    assert_allclose(td.ElasticNet(0.5, 0.5).gradient(w), [2, -2.5])


def test_l1_is_a_sum_of_sizes_and_not_a_norm():
    assert td.L1(1.0).value(np.array([3.0, -4.0])) == 7


@every_penalty
def test_repr_makes_it_again(penalty):
    assert eval(repr(penalty), vars(td)) == penalty


def test_a_numpy_strength_keeps_float32():
    w = np.ones(2, np.float32)
    for penalty in (td.L1(np.float64(0.1)), td.L2(np.float64(0.1))):
        assert penalty.gradient(w).dtype == np.float32


def test_without_strength_nothing_happens():
    w = np.array([1.0, -2.0])
    for penalty in (td.L1(0), td.L2(0), td.ElasticNet(0, 0)):
        assert penalty.value(w) == 0
        assert_array_equal(penalty.gradient(w), 0)
