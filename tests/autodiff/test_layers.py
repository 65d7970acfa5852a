"""What Tidu computes runs under a trace as it stands: functions, layers, losses, penalties.

The gradients are those of the layers' own backward functions, which share nothing with the tape.
"""

import numpy as np
import pytest

import tidu as td
from tests.autodiff.test_rules import checked
from tests.tables import ACTIVATIONS, FUNCTIONS, LAYERS, LOSSES, OUTPUTS, PENALTIES, Call, off_kinks
from tidu import functions
from tidu.layers import base


def close(dx, expected):
    scale = np.max(np.abs(expected), initial=1e-300)
    np.testing.assert_allclose(dx, expected, rtol=1e-12, atol=1e-13 * scale)


@pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.id)
def test_activations(row):
    x = off_kinks(np.random.default_rng(0), (2, 3))
    checked(lambda x: np.sum(row.function(x) * np.arange(1, 7).reshape(2, 3)), x)


@pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.id)
def test_activations_have_finite_gradients_everywhere(row):
    x = np.array([-1e300, -1000.0, -30.0, -1e-300, 1e-300, 30.0, 1000.0, 1e300])
    assert np.isfinite(td.grad(lambda x: np.sum(row.function(x)))(x)).all()


@pytest.mark.parametrize("layer", ACTIVATIONS, ids=repr)
def test_at_zero_activations_have_the_slope_of_their_backward_function(layer):
    x = np.zeros(3)
    _, saved = layer.forward(x)
    dx = td.grad(lambda x: np.sum(layer.forward(x)[0]))(x)
    np.testing.assert_array_equal(dx, layer.backward(np.ones(3), saved))


@pytest.mark.parametrize("row", LOSSES, ids=lambda row: row.id)
def test_at_zero_losses_have_the_slope_of_their_gradient(row):
    rng, scores = np.random.default_rng(2), np.zeros((4, OUTPUTS))
    t = row.loss.encode(row.targets(rng, 4, OUTPUTS), scores.shape, np.dtype("float64"))
    dscores = td.grad(lambda scores: np.sum(row.loss.values(scores, t)))(scores)
    close(dscores, row.loss.gradient(scores, t))


T = np.array([[0.0, 1.0, 0.0], [0.2, 0.3, 0.5]])

OF_ROWS = {
    "softmax": lambda x: np.sum(functions.softmax(x) ** 2),
    "softmax, axis 0": lambda x: np.sum(functions.softmax(x, axis=0) ** 2),
    "log_softmax": lambda x: np.sum(functions.log_softmax(x) * T),
    "squared_error": lambda x: functions.squared_error(x, T),
    "mean_squared_error": lambda x: functions.mean_squared_error(T, x),
    "cross_entropy": lambda x: functions.cross_entropy(functions.softmax(x), T),
    "cross_entropy of labels": lambda x: functions.cross_entropy(functions.softmax(x), [2, 0]),
}


@pytest.mark.parametrize("f", OF_ROWS.values(), ids=OF_ROWS)
def test_functions_of_rows(f):
    checked(f, off_kinks(np.random.default_rng(1), (2, 3)))


@pytest.mark.parametrize("training", [True, False], ids=["training", "predicting"])
@pytest.mark.parametrize("row", LAYERS, ids=lambda row: row.id)
def test_layers(row, training):
    call = Call.of(row, 3, 0, training)
    y, saved, _ = call.forward()
    dy = np.random.default_rng(1).normal(size=y.shape)
    dx, dparams = base.backward(row.layer, dy, saved, need_dx=True)
    value, pullback = td.vjp(lambda x, theta: call.forward(x, theta)[0], call.x, call.theta)
    np.testing.assert_array_equal(value, y)
    by_rules = pullback(dy)
    close(by_rules[0], dx)
    close(by_rules[1], call.layout.vector(dparams, like=call.theta))


@pytest.mark.parametrize("row", LOSSES, ids=lambda row: row.id)
def test_losses(row):
    rng = np.random.default_rng(2)
    scores = off_kinks(rng, (4, OUTPUTS))
    t = row.loss.encode(row.targets(rng, 4, OUTPUTS), scores.shape, np.dtype("float64"))
    dscores = td.grad(lambda scores: np.sum(row.loss.values(scores, t)))(scores)
    close(dscores, row.loss.gradient(scores, t))


@pytest.mark.parametrize("penalty", [p for p in PENALTIES if p], ids=repr)
def test_penalties(penalty):
    w = off_kinks(np.random.default_rng(3), (5,))
    close(td.grad(penalty.value)(w), penalty.gradient(w))


def test_a_gradient_penalty_is_differentiated_through_a_network():
    net = td.Network([td.Affine(4), td.Tanh(), td.Affine(1)], 3, td.SumSquaredError(), seed=1,
                     dtype="float64")  # fmt: skip
    x = np.random.default_rng(4).normal(size=(5, 3))

    def steepness(theta):
        scores = lambda x: np.sum(net.scores(theta, net.state, x, None, True))  # noqa: E731
        return np.sum(td.grad(scores)(x) ** 2)

    checked(steepness, net.theta)
