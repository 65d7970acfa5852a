"""What a user is told of steps that vanish or lead too far."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

import tidu as td


def network(dtype="float64"):
    return td.Network([td.Affine(2), td.Tanh(), td.Affine(2)], 3, td.SumSquaredError(), dtype=dtype)


X, T = np.arange(6.0).reshape(2, 3) / 3, np.zeros((2, 2))


def test_a_step_that_vanishes_is_named():
    net = network()
    net["W1"][1, 0] = 1e6
    with pytest.warns(td.StepVanishedWarning, match=r"beside W1\[1, 0\] = 1e\+06") as caught:
        dtheta = net.gradient(X, T, "numeric", step=1e-11)
    assert caught[0].message.entries == [(2,)]
    assert caught[0].filename == __file__
    assert dtheta["W1"][1, 0] == 0


def test_a_step_that_leads_too_far_is_named():
    net = network()
    with pytest.raises(td.NonFiniteError, match=r"one step away at W2\[0, 0\].*smaller `step`"):
        net.gradient(X, T, "numeric", step=1e200)


def test_a_loss_that_is_not_finite_is_told_as_ever():
    net = network()
    net["b2"][1] = np.inf
    with pytest.raises(td.NonFiniteError, match="b2 holds NaN or infinite"):
        net.gradient(X, T, "numeric")


def test_the_step_belongs_to_the_numeric_method():
    with pytest.raises(td.InputError, match='goes with method="numeric"'):
        network().gradient(X, T, step=1e-4)


@pytest.mark.parametrize("step", [0, -1e-4, np.inf])
def test_a_step_is_positive(step):
    with pytest.raises(td.InputError, match="`step` must be above 0"):
        network().gradient(X, T, "numeric", step=step)


def test_a_float32_network_is_differenced_in_float64():
    net = network("float32")
    found, exact = net.gradient(X, T, "numeric"), net.astype("float64").gradient(X, T)
    assert found.vector.dtype == np.float64
    assert_allclose(found.vector, exact.vector, atol=1e-9)  # eps^(2/3), times a few
