"""The numbers that the course prints, each a test under its number; and its slips, done right."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import tidu as td
from tidu.errors import StepVanishedWarning
from tidu.functions import cross_entropy, softmax, squared_error

Y = [0.1, 0.05, 0.6, 0, 0.05, 0.1, 0, 0.1, 0, 0]
CLASS_2 = np.eye(10)[2]


def sum_of_squares(x):
    return x[0] ** 2 + x[1] ** 2


def test_fact_01_half_the_sum_of_squares():
    assert squared_error(Y, CLASS_2) == 0.09750000000000003


def test_fact_02_cross_entropy():
    assert_allclose(cross_entropy(Y, CLASS_2), 0.510825457099338, rtol=1e-15)
    assert_allclose(cross_entropy(Y, 2), 0.510825457099338, rtol=1e-15)


def test_fact_03_partial_derivative():
    slope = td.derivative(lambda x0: x0**2 + 4.0**2, 3.0, step=1e-4)
    assert slope == 6.00000000000378


def test_fact_04_gradient():
    # Central differences are exact for a parabola but for rounding, about eps·f/h = 6e-11.
    assert_allclose(td.gradient(sum_of_squares, [3.0, 4.0], step=1e-4), [6, 8], atol=1e-10)
    assert_allclose(td.gradient(sum_of_squares, [3, 4]), [6, 8], atol=1e-10)


def test_fact_05_descent():
    path = td.descend(sum_of_squares, [-3, 4], optimizer=td.SGD(0.1), steps=20, step=1e-4)
    assert_allclose(path.x, [-0.03458765, 0.04611686], atol=5e-9)  # as printed, to 8 decimals
    assert_allclose(path.x, np.array([-3, 4]) * 0.8**20, rtol=1e-9)
    assert path.path.shape == (21, 2)


def test_fact_06_descent_too_fast_with_the_textbooks_step():
    path = td.descend(sum_of_squares, [-3, 4], optimizer=td.SGD(10), steps=100, step=1e-4)
    assert_allclose(path.x, [-2.58983747e13, -1.29524862e12], rtol=5e-9)  # 9 digits are printed
    assert "Diverged" in path.status
    assert "vanished" in path.status
    assert "x[1] in iteration 10, x[0] in iteration 11" in path.status


def test_fact_06_descent_too_fast_with_a_step_that_suits():
    path = td.descend(sum_of_squares, [-3, 4], optimizer=td.SGD(10), steps=100)
    # 100 factors of −19, each rounded and differenced: central differences of a parabola are
    # right to about eps^(2/3) = 4e-11 of the slope, a hundred times over.
    assert_allclose(path.x, np.array([-3.0, 4.0]) * (-19.0) ** 100, rtol=1e-7)
    assert "Diverged" in path.status
    assert "vanish" not in path.status


def test_fact_06_a_vanished_step_is_a_named_warning():
    with pytest.warns(StepVanishedWarning, match="0.0001"):
        td.gradient(sum_of_squares, [1e13, 3.0], step=1e-4)


def test_fact_07_descent_too_slow():
    path = td.descend(sum_of_squares, [-3, 4], optimizer=td.SGD(1e-10), steps=100, step=1e-4)
    assert_allclose(path.x, [-2.99999994, 3.99999992], atol=5e-9)
    assert "Hardly moved" in path.status


ONE_LAYER = {
    8: (
        [[0.96028135, -1.10055385, -1.26426151], [0.4756395, 1.3477234, 0.45475418]],
        [1.00424436, 0.55261875, -0.34927815],
        1.992699002936635,
        [[0.31663563, 0.20156786, -0.51820349], [0.47495345, 0.30235179, -0.77730524]],
    ),
    9: (
        [[-0.66110535, -2.3121261, 0.61870626], [-0.43594672, 1.66798289, -1.09922476]],
        [-0.78901526, 0.11390894, -0.61807852],
        1.366622688011303,
        [[0.12894287, 0.31807705, -0.44701992], [0.19341431, 0.47711557, -0.67052988]],
    ),
}


@pytest.mark.parametrize("fact", [8, 9])
def test_fact_08_09_one_layer_in_the_textbooks_form(fact):
    W, scores, loss, dW = map(np.array, ONE_LAYER[fact])
    x, t = np.array([0.6, 0.9]), 2

    def textbook_loss(W):
        return cross_entropy(softmax(x @ W), t)

    assert_allclose(x @ W, scores, atol=1e-8)
    assert np.argmax(x @ W) == (0 if fact == 8 else 1)
    assert_allclose(textbook_loss(W), loss, atol=1e-8)
    assert_allclose(td.gradient(textbook_loss, W), dW, atol=1e-8)


@pytest.mark.parametrize("fact", [8, 9])
def test_fact_08_09_one_layer_as_a_network(fact):
    W, scores, loss, dW = map(np.array, ONE_LAYER[fact])
    x, t = np.array([[0.6, 0.9]]), [2]
    net = td.Network([td.Affine(3, bias=False)], 2, td.SoftmaxCrossEntropy(), dtype="float64")
    net["W1"] = W
    assert_allclose(net.forward(x)[0], scores, atol=1e-8)
    # SoftmaxCrossEntropy needs no eps; the textbook's 1e-7 shifts the loss by about eps/y.
    assert_allclose(net.loss(x, t), loss, atol=8e-7)
    assert abs(net.loss(x, t) - loss) > 1e-7
    assert_allclose(net.gradient(x, t)["W1"], dW, atol=8e-7)


@pytest.fixture(name="worked")
def worked_example():
    net = td.Network(
        [td.Affine(3), td.Sigmoid(), td.Affine(2), td.Sigmoid()],
        input_shape=2,
        loss=td.SumSquaredError(),
        dtype="float64",
    )
    net["W1"] = np.array([[0.1, 0.15], [0.2, 0.25], [0.3, 0.35]]).T  # rows are output units
    net["W2"] = np.array([[0.4, 0.45, 0.5], [0.55, 0.6, 0.65]]).T
    net["b1"], net["b2"] = np.full(3, 0.35), np.full(2, 0.65)
    net.freeze("b1", "b2")
    return net


X, T = np.array([[5.0, 10.0]]), np.array([[0.01, 0.99]])


def test_fact_10_the_first_forward_pass(worked):
    layers = worked.trace(X)
    assert_allclose(layers["Sigmoid1"][0], [0.91293423, 0.97916366, 0.99527429], atol=5e-9)
    assert_allclose(layers["Sigmoid2"][0], [0.87582065, 0.91579516], atol=5e-9)
    # The course prints Σ(o−t)²; the loss, whose gradient it takes, is half of that.
    assert_allclose(2 * worked.loss(X, T), 0.7551517636359693, rtol=1e-14)


@pytest.mark.parametrize("method", ["backprop", "numeric"])
def test_fact_11_the_first_gradients(worked, method):
    gradient = worked.gradient(X, T, method=method)
    dW1 = [[0.01371878, 0.02743755], [0.00397243, 0.00794485], [0.00101977, 0.00203954]]
    dW2 = [[0.08596704, 0.09220358, 0.09372065], [-0.00522405, -0.00560303, -0.00569522]]
    assert_allclose(gradient["W1"].T, dW1, atol=5.1e-9)
    assert_allclose(gradient["W2"].T, dW2, atol=5.1e-9)


@pytest.mark.parametrize(
    ("updates", "outputs", "error"),
    [
        (10, [0.56781887, 0.91516015], 0.31676289212881403),
        (100, [0.07346533, 0.94866675], 0.005736286176291658),
        (1000, [0.02295654, 0.97783745], 0.00031579943096304),
    ],
)
def test_fact_12_after_updates(worked, updates, outputs, error):
    worked.fit(X, T, optimizer=td.SGD(0.5), epochs=updates, batch_size=1)
    assert_allclose(worked.predict(X)[0], outputs, atol=5.1e-9)
    assert_allclose(2 * worked.loss(X, T), error, rtol=1e-11)  # 1,000 steps of rounding
    assert_array_equal(worked["b1"], np.full(3, 0.35))
    assert_array_equal(worked["b2"], np.full(2, 0.65))


def test_fact_13_the_weights_after_1000_updates(worked):
    worked.fit(X, T, optimizer=td.SGD(0.5), epochs=1000, batch_size=1)
    W1 = [[0.20974664, 0.36949327], [0.26197351, 0.37394702], [0.32365824, 0.39731647]]
    W2 = [[-1.4015885, -1.52114752, -1.4975089], [0.99297003, 1.05251699, 1.10514014]]
    assert_allclose(worked["W1"].T, W1, atol=5.1e-9)
    assert_allclose(worked["W2"].T, W2, atol=5.1e-9)


def test_fact_14_fit_a_matrix():
    x, y = np.array([2.0, 6.0]), np.array([14.0, 11.0])
    path = td.descend(
        lambda W: squared_error(W @ x, y),
        [[4, 5], [7, 2]],
        grad=lambda W: np.outer(W @ x - y, x),
        optimizer=td.SGD(0.01),
        steps=100,
    )
    assert_allclose(path.x, [[2.8, 1.4], [6.25, -0.25]], rtol=1e-14)
    assert path.value < 1e-29


def test_fact_15_fit_a_vector():
    A, y = np.array([[4.0, 5.0], [7.0, 2.0]]), np.array([14.0, 11.0])
    path = td.descend(
        lambda x: np.sum((A @ x - y) ** 2),
        [2, 6],
        grad=lambda x: 2 * A.T @ (A @ x - y),
        optimizer=td.SGD(0.001),
        steps=1000,
    )
    assert_allclose(path.x, [0.99999995, 2.00000008], atol=5e-9)
    # The loss is the square of a difference of 3e-7 between numbers of size 14: relative rounding
    # of the difference is eps·14/3e-7, about 1e-8.
    assert_allclose(path.values[-2], 8.498030310736862e-14, rtol=1e-7)


def parabola(x):
    return 0.01 * x**2 + 0.1 * x


def test_fact_16_a_step_can_be_too_small():
    with pytest.warns(StepVanishedWarning):
        assert td.derivative(parabola, 5.0, method="forward", step=1e-50) == 0
    assert abs(td.derivative(parabola, 5.0, step=1e-4) - 0.2) < 1e-10
    assert abs(td.derivative(parabola, 5.0) - 0.2) < 1e-10


def test_fact_17_the_shop_as_a_graph_of_small_steps():
    def multiply(a, b):
        return a * b, lambda dy: (dy * b, dy * a)

    def add(a, b):
        return a + b, lambda dy: (dy, dy)

    prices_and_counts = {"apple": 100, "apples": 2, "orange": 150, "oranges": 3, "tax": 1.1}
    v = prices_and_counts
    apples, apples_back = multiply(v["apple"], v["apples"])
    oranges, oranges_back = multiply(v["orange"], v["oranges"])
    fruit, fruit_back = add(apples, oranges)
    total, total_back = multiply(fruit, v["tax"])
    dfruit, dtax = total_back(1)
    dapples, doranges = fruit_back(dfruit)
    slopes = [*apples_back(dapples), *oranges_back(doranges), dtax]
    assert_allclose(total, 715, rtol=1e-15)
    assert_allclose(slopes, [2.2, 110, 3.3, 165, 650], rtol=1e-15)

    def shop(v):
        return (v[0] * v[1] + v[2] * v[3]) * v[4]

    # The witness: the total is linear in each, so differences are exact but for rounding.
    assert_allclose(td.gradient(shop, list(v.values())), slopes, rtol=1e-9)


# -- slips of the source texts, done right ---------------------------------------------------


def test_slip_integers_do_not_swallow_the_step():
    assert_allclose(td.gradient(lambda x: (x**2).sum(), np.array([3, 4])), [6, 8], rtol=1e-9)


def test_slip_targets_are_not_taken_from_the_inputs_nor_overwritten():
    x, t = np.eye(3), np.array([2, 0, 1])
    net = td.Network([td.Affine(3)], 3, td.SoftmaxCrossEntropy())
    net.fit(x, t, optimizer=td.SGD(1.0), epochs=200, batch_size=3)
    assert net.accuracy(x, t) == 1
    assert_array_equal(t, [2, 0, 1])
    assert_array_equal(net.predict(x), t)


def test_slip_initial_weights_are_gaussian_around_zero():
    weights = td.Normal(0.01)(np.random.default_rng(0), (1000, 100), np.dtype("float64"))
    assert abs(weights.mean()) < 5 * 0.01 / np.sqrt(weights.size)
    assert (weights < 0).mean() == pytest.approx(0.5, abs=5 * 0.5 / np.sqrt(weights.size))


def test_slip_relu_leaves_the_gradient_that_it_was_handed():
    _y, saved = td.ReLU().forward(np.array([[-1.0, 2.0]]))
    dy = np.array([[5.0, 5.0]])
    dy.flags.writeable = False
    assert_array_equal(td.ReLU().backward(dy, saved), [[0, 5]])


def test_slip_l1_subtracts_the_sign_and_costs_the_sum_of_sizes():
    w = np.array([[0.5, -0.25], [0.0, 2.0]])
    net = td.Network(
        [td.Affine(2, bias=False)], 2, td.SumSquaredError(), penalty=td.L1(0.1), dtype="float64"
    )
    net["W1"] = w
    x, t = np.zeros((4, 2)), np.zeros((4, 2))  # the data's own gradient is 0
    assert_allclose(net.loss(x, t), 0.1 * np.abs(w).sum(), rtol=1e-15)
    net.fit(x, t, optimizer=td.SGD(0.5), epochs=1, batch_size=4)
    assert_allclose(net["W1"], w - 0.5 * 0.1 * np.sign(w), rtol=1e-15)


def test_slip_dropout_scales_while_training_and_not_while_predicting():
    x = np.ones((1, 100_000))
    mask = td.Dropout(0.3).draw_noise(np.random.default_rng(0), x.shape, np.dtype("float64"))
    learning, _ = td.Dropout(0.3).forward(x, noise=mask, training=True)
    predicting, _ = td.Dropout(0.3).forward(x, noise=None, training=False)
    # Standard error of the mean: √(0.3/0.7/100000) = 0.002.
    assert learning.mean() == pytest.approx(predicting.mean(), abs=0.01)
    assert_array_equal(predicting, x)


def test_slip_vanished_steps_are_never_silent():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        td.gradient(sum_of_squares, [1e20, 1.0], step=1e-4)
    assert [w.category for w in caught] == [StepVanishedWarning]
