"""The numeric engine takes the NumPy engine's steps without any backward function."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_allclose

import tidu as td


@dataclass(frozen=True)
class NoWayBack(td.Layer):
    def forward(self, x):
        return np.tanh(x), ()

    def backward(self, dy, saved):
        raise AssertionError("no gradient but the numeric one is asked for")


def trained(engine, layers, dtype="float64"):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 3)).astype(dtype)
    t = (x[:, 0] * x[:, 1] > 0).astype(int)
    net = td.Network(layers, 3, td.SoftmaxCrossEntropy(), penalty=td.L2(0.01), dtype=dtype, seed=1)
    net.freeze("b1")
    history = net.fit(
        x, t, optimizer=td.Momentum(0.1), epochs=3, batch_size=16, engine=engine, progress=False
    )
    return net, [row["loss"] for row in history.rows]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_way_is_that_of_backpropagation(dtype):
    layers = [td.Affine(6), td.BatchNorm(), td.Sigmoid(), td.Dropout(0.2), td.Affine(2)]
    numeric, losses = trained("numeric", layers, dtype)
    plain, expected = trained("numpy", layers, dtype)
    # a gradient is off by eps^(2/3) of double precision, or by the rounding of single precision
    close = {"float64": 1e-8, "float32": 1e-4}[dtype]
    assert_allclose(numeric.theta, plain.theta, atol=close)
    assert_allclose(numeric.state, plain.state, atol=close)
    assert_allclose(losses, expected, atol=close)
    assert numeric.theta.dtype == np.dtype(dtype)


def test_no_backward_is_needed():
    _, losses = trained("numeric", [td.Affine(6), NoWayBack(), td.Affine(2)])
    assert losses[-1] < losses[0]


def test_a_loss_that_is_not_finite_ends_the_run():
    net = td.Network([td.Affine(1)], 1, td.SumSquaredError(), dtype="float64")
    with pytest.warns(td.TrainingStoppedWarning, match="not finite"):
        net.fit(np.full((4, 1), 1e200), np.zeros(4), engine="numeric", progress=False)
