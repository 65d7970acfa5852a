"""A start that suits the samples: spreads of 1, biases among the outputs, and no start twice."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import tidu as td

X = np.random.default_rng(0).normal(3, 50, size=(300, 4))
T = X[:, :1]


def network(seed=0, dtype="float64"):
    layers = [td.Affine(30), td.Parametric(td.SELU()), td.Dropout(0.5), td.Affine(20, bias=False),
              td.Tanh(), td.Affine(2)]  # fmt: skip
    return td.Network(layers, 4, "mean-squared-error", seed=seed, dtype=dtype)


def started(net, x=X, **settings):
    settings = {
        "optimizer": td.SGD(0.0),
        "epochs": 1,
        "callbacks": [td.DataDependentInit(x)],
    } | settings
    net.fit(X, np.hstack([T, T]), **settings)
    return net


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_outputs_spread_by_1_and_cross_0(dtype):
    trace = started(network(dtype=dtype)).trace(X)
    for name in ("Affine1", "Affine2", "Affine3"):
        # the spread of 300 numbers, whose sizes float32 rounds at 6e-8 of some hundred
        assert_allclose(trace[name].std(axis=0), 1, atol=1e-4)
    for name in ("Affine1", "Affine3"):
        assert (trace[name].min(axis=0) < 0).all()
        assert (trace[name].max(axis=0) > 0).all()


def test_columns_that_never_change_leave_their_weights():
    net = started(network(), x=np.ones((5, 4)))
    assert np.isfinite(net.theta).all()
    assert_array_equal(net["W1"], network()["W1"])


def test_it_follows_from_the_seed_alone():
    first, again, other = (started(network(seed)) for seed in (1, 1, 2))
    assert_array_equal(first.theta, again.theta)
    assert (first["W1"] != other["W1"]).all()


def test_many_networks_start_as_each_alone():
    settings = {"optimizer": td.SGD(0.01), "epochs": 2, "callbacks": [td.DataDependentInit(X)]}
    nets = [network(seed) for seed in range(3)]
    td.fit_many(nets, X, np.hstack([T, T]), **settings)
    for seed, net in enumerate(nets):
        alone = started(network(seed), threads=1, **settings)
        assert_array_equal(net.theta, alone.theta)


def test_a_run_that_goes_on_does_not_start_again():
    net = started(network(), optimizer=td.SGD(0.01))
    before = net.theta.copy()
    started(net, optimizer=td.SGD(0.0))
    assert_array_equal(net.theta, before)


def test_of_many_samples_some_are_drawn(monkeypatch):
    monkeypatch.setattr("tidu.training.data_start.MOST_SAMPLES", 100)
    spread = (X @ started(network())["W1"]).std(axis=0)
    assert not np.allclose(spread, 1, atol=1e-3)
    assert_allclose(spread, 1, atol=0.4)  # of 100 samples: ± 0.07
