"""One pass sees what the network itself gives, layer by layer."""

import numpy as np
import pytest

import tidu as td
from tests.doctor.patients import HEALTHY, T, X
from tidu.doctor.observe import observe


@pytest.mark.parametrize("name", ["relu, Adam", "batch norm and dropout", "residual, with decay"])
def test_layers_are_those_of_a_trace(name):
    net = HEALTHY[name]().network
    x, t = net.batch(X[:50]), net.targets(T[:50], 50)
    seen = observe(net, x, t)
    trace = net.trace(x, training=True)
    inner = [key for key in trace if (key != "x" and not key.startswith("Chain")) or "." in key]
    assert [layer.name for layer in seen.layers] == inner
    for layer in seen.layers:
        assert layer.mean == pytest.approx(trace[layer.name].mean(), rel=1e-4, abs=1e-6)  # float32
        assert layer.std == pytest.approx(trace[layer.name].std(), rel=1e-4)
    assert {n for layer in seen.layers for n in layer.weights} == set(seen.sizes)


def test_loss_is_without_the_penalty():
    net = td.Network([td.Affine(10)], 64, td.SoftmaxCrossEntropy(), penalty=td.L2(1.0))
    seen = observe(net, net.batch(X), net.targets(T, len(T)))
    bare = td.Network([td.Affine(10)], 64, td.SoftmaxCrossEntropy())
    assert seen.loss == pytest.approx(bare.loss(X, T), rel=1e-5)  # float32, another order of sums


def test_gradient_is_that_of_the_loss_by_the_output():
    net = td.Network([td.Affine(3)], 4, td.SumSquaredError(), dtype="float64")
    x = np.random.default_rng(0).normal(size=(5, 4))
    seen = observe(net, x, np.zeros((5, 3)))
    assert seen.layers[0].gradient == pytest.approx(np.linalg.norm(net.forward(x) / 5))


def test_dead_and_saturated_are_counted():
    layers = [td.ReLU(), td.Affine(2), td.Sigmoid(), td.Affine(1)]
    net = td.Network(layers, 4, td.MeanSquaredError())
    net["b1"] = [0.0, 1000.0]
    net["W1"] = np.zeros((4, 2))
    x = np.array([[-1.0, 1, 1, -2], [-2, -1, 1, -1]], "float32")
    relu, _, sigmoid, _ = observe(net, x, np.zeros((2, 1), "float32")).layers
    assert (relu.dead, sigmoid.saturated) == (0.5, 0.5)
    assert np.isnan(relu.saturated)
    assert np.isnan(sigmoid.dead)


def test_nan_among_parameters_is_found_first():
    net = td.Network([td.Affine(3)], 4, td.SumSquaredError())
    net["b1"][1] = np.nan
    assert observe(net, np.eye(4, dtype="float32"), np.zeros((4, 3))).first_nonfinite == (
        "the parameter b1 itself"
    )
