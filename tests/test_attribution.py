"""Which inputs a score rests on: against closed forms, against sums that are known, and torch."""

import warnings
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_allclose

import tidu as td
from tidu.layers.base import Layer

RNG = np.random.default_rng(0)
X = RNG.normal(size=(5, 6))


def network(activation=td.ReLU, inputs=6, outputs=3, seed=0):
    layers = [td.Affine(20), activation(), td.Affine(15), activation(), td.Affine(outputs)]
    return td.Network(layers, inputs, td.SoftmaxCrossEntropy(), seed=seed, dtype="float64")


@pytest.mark.parametrize("activation", [td.ReLU, td.Sigmoid, td.Tanh, td.LeakyReLU, td.GELU])
def test_the_gradient_is_that_of_the_score(activation):
    net = network(activation)
    found = net.input_gradient(X, 1)
    for i, x in enumerate(X):
        slope = td.gradient(lambda x: net.forward(x[None])[0, 1], x)
        assert_allclose(found.values[i], slope, atol=1e-8)
    assert_allclose(found.scores, net.forward(X)[:, 1])


def test_the_predicted_class_is_explained():
    net = network()
    for explain in (net.input_gradient, lambda x: td.integrated_gradients(net, x)):
        assert (explain(X).targets == net.predict(X)).all()


def test_each_sample_may_have_its_own_target():
    net, targets = network(), np.array([0, 1, 2, 1, 0])
    found = td.integrated_gradients(net, X, targets)
    for i, target in enumerate(targets):
        alone = td.integrated_gradients(net, X[i : i + 1], int(target))
        assert_allclose(found.values[i], alone.values[0], atol=1e-7)


@pytest.mark.parametrize("activation", [td.ReLU, td.Sigmoid, td.Tanh, td.LeakyReLU, td.ELU])
@pytest.mark.parametrize("baseline", [0.0, RNG.normal(size=6), RNG.normal(size=(5, 6))])
def test_contributions_are_complete(activation, baseline):
    net = network(activation)
    found = td.integrated_gradients(net, 3 * X, baseline=baseline)
    start = net.forward(np.broadcast_to(baseline, X.shape))
    rows = np.arange(len(X))
    change = (net.forward(3 * X) - start)[rows, found.targets]
    assert_allclose(found.values.sum(axis=1), change, rtol=1e-6, atol=1e-6)
    assert found.completeness_error.max() <= 1e-6 * max(1, np.abs(change).max())


def test_contributions_are_those_of_a_fine_sum():
    net = network(td.Tanh)
    alphas = (np.arange(4000) + 0.5) / 4000
    found = td.integrated_gradients(net, X, 2, tolerance=1e-9)
    for x, values in zip(X, found.values, strict=True):
        slopes = net.input_gradient(alphas[:, None] * x, 2).values
        assert_allclose(values, x * slopes.mean(axis=0), atol=1e-7)


def test_a_linear_network_contributes_weight_times_input():
    net = td.Network([td.Affine(2)], 3, td.MeanSquaredError(), dtype="float64")
    x = RNG.normal(size=(4, 3))
    expected = x * net["W1"][:, 1]
    for found in (td.integrated_gradients(net, x, 1), td.occlusion(net, x, 1)):
        assert_allclose(found.values, expected, atol=1e-12)


def test_a_score_that_jumps_is_said_to_miss_its_sum():
    @dataclass(frozen=True)
    class Jump(Layer):
        scope = "element"

        def forward(self, x):
            return (x > 0.3) * 1.0, ()

        def backward(self, dy, saved):
            return 0 * dy

    net = td.Network([Jump(), td.Affine(1)], 2, td.MeanSquaredError())
    net["W1"] = [[1.0], [2.0]]
    with pytest.warns(td.InaccurateDerivativeWarning, match="the score jumps"):
        found = td.integrated_gradients(net, [[1.0, 1.0]])
    assert found.completeness_error > 0.1


def test_a_patch_is_moved_over_an_image():
    net = td.Network([td.Flatten(), td.Affine(1, bias=False)], (4, 5), td.MeanSquaredError())
    net["W1"] = np.ones((20, 1))
    image = np.zeros((1, 4, 5))
    image[0, 0, 0] = 1.0
    found = td.occlusion(net, image, patch=2)
    assert found.evaluations == 1 + 1 + 12
    expected = np.zeros((4, 5))
    expected[:2, :2] = [[1, 1 / 2], [1 / 2, 1 / 4]]
    assert_allclose(found.values[0], expected, atol=1e-7)
    flat = td.Network([td.Affine(1, bias=False)], 20, td.MeanSquaredError())
    flat["W1"] = np.ones((20, 1))
    other = td.occlusion(flat, image.reshape(1, 20), patch=2, image_shape=(4, 5))
    assert_allclose(other.values.reshape(4, 5), expected, atol=1e-7)


def test_a_layer_that_sees_the_whole_batch_explains_each_sample_alone():
    @dataclass(frozen=True)
    class Centred(Layer):
        def forward(self, x):
            return x - x.mean(axis=0) / 2, ()

        def backward(self, dy, saved):
            return dy - dy.mean(axis=0) / 2

    net = td.Network([Centred(), td.Affine(2)], 3, td.MeanSquaredError(), dtype="float64")
    x = RNG.normal(size=(3, 3))
    assert_allclose(td.integrated_gradients(net, x, 0).values, x * net["W1"][:, 0] / 2)


@pytest.mark.parametrize("explain", [td.attribution.input_gradient, td.integrated_gradients])
def test_no_samples_give_no_values(explain):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert explain(network(), np.zeros((0, 6))).values.shape == (0, 6)


def test_the_network_is_left_as_it_was():
    net = network()
    before = net.theta.copy(), X.copy()
    td.integrated_gradients(net, X)
    td.occlusion(net, X)
    assert (net.theta == before[0]).all()
    assert (before[1] == X).all()
