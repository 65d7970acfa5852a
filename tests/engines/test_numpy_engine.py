"""The NumPy engine against the loop that a textbook prints, and its promises one by one."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidu.engines import NumpyEngine
from tidu.initializers import Normal
from tidu.layers import Affine, BatchNorm, Dropout, ReLU, Rescale, Sigmoid, Tanh
from tidu.losses import MeanSquaredError, SigmoidCrossEntropy, SoftmaxCrossEntropy, SumSquaredError
from tidu.network import Network
from tidu.optimizers import OPTIMIZERS, SGD, Adam, AdamW, ClipByNorm, ClipByValue
from tidu.penalties import L2
from tidu.training import Run

N, D, C = 23, 4, 3
RULES = [*(rule(0.05) for rule in OPTIMIZERS.values()), ClipByNorm(0.1, Adam(0.05)),
         ClipByValue(0.01, SGD(0.05))]  # fmt: skip
each_rule = pytest.mark.parametrize("rule", RULES, ids=repr)


def data(seed=0, n=N):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, D)), rng.integers(C, size=n)


def network(*layers, dtype="float64", **settings):
    layers = layers or (Affine(6), Sigmoid(), Affine(C))
    return Network(list(layers), D, SoftmaxCrossEntropy(), dtype=dtype, seed=1, **settings)


def noisy_network(dtype="float64"):
    return network(Affine(6), BatchNorm(), ReLU(), Dropout(0.3), Affine(C), dtype=dtype)


def begun(net, rule, seed=5):
    return Run(net.theta, net.state, rule, rule.init(net.theta), seed)


def steps(net, rule, x, t, k, batch_size=5, order=None, weights=None, run=None):
    run = run or begun(net, rule)
    order = np.arange(len(x)) if order is None else order
    engine = NumpyEngine(net, run.optimizer, batch_size)
    return engine.run(run, x, t, order, k, weights), run


def literal_loop(net, x, t, order, batch_size, lr, weights=None):
    """Two sigmoid-affine layers, softmax cross-entropy and SGD, as a textbook writes them."""
    W1, b1, W2, b2 = (net[name].copy() for name in ("W1", "b1", "W2", "b2"))
    w_all, losses = np.ones(len(x)) if weights is None else weights, []
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        w = w_all[rows, None] / w_all[rows].sum()
        h = 1 / (1 + np.exp(-(x[rows] @ W1 + b1)))
        e = np.exp(h @ W2 + b2)
        y, one_hot = e / e.sum(axis=1, keepdims=True), np.eye(C)[t[rows]]
        losses.append(-(w * one_hot * np.log(y)).sum())
        dy = w * (y - one_hot)
        dh = dy @ W2.T * h * (1 - h)
        W2, b2 = W2 - lr * h.T @ dy, b2 - lr * dy.sum(axis=0)
        W1, b1 = W1 - lr * x[rows].T @ dh, b1 - lr * dh.sum(axis=0)
    return losses, np.concatenate([W1.ravel(), b1, W2.ravel(), b2])


@pytest.mark.parametrize("weighted", [False, True])
@given(n=st.integers(1, 30), batch_size=st.integers(1, 12), seed=st.integers(0, 1000))
def test_is_the_literal_loop(weighted, n, batch_size, seed):
    x, t = data(seed, n)
    rng = np.random.default_rng(seed)
    order, weights = rng.permutation(n), rng.uniform(0.1, 3, n) if weighted else None
    net = network()
    losses, theta = literal_loop(net, x, t, order, batch_size, 0.3, weights)
    k = math.ceil(n / batch_size)
    found, run = steps(net, SGD(0.3), x, t, k, batch_size, order, weights)
    # The loop sums in another order and takes log(softmax) in two steps: rounding of float64
    # (2e-16), times the few steps and terms of a sum.
    np.testing.assert_allclose(found.losses, losses, rtol=1e-12)
    np.testing.assert_allclose(run.theta, theta, rtol=1e-11, atol=1e-13)
    assert run.step == k
    assert found.bad is None


def test_the_last_batch_may_be_smaller_and_counts_by_its_samples():
    x, t = data()
    found, _ = steps(network(), SGD(0.1), x, t, k=5)
    assert found.weights.tolist() == [5, 5, 5, 5, 3]


@pytest.mark.parametrize("kind", [int, float, np.float32])
def test_integer_weights_repeat_samples(kind):
    x, t = data(n=6)
    counts = np.array([1, 2, 3, 1, 2, 1])
    net, again = network(), network()
    found, _ = steps(net, SGD(0.3), x, t, 1, 6, weights=counts.astype(kind))
    rows = np.repeat(np.arange(6), counts)
    repeated, _ = steps(again, SGD(0.3), x[rows], t[rows], 1, 10)
    # the same sums in another order
    np.testing.assert_allclose(net.theta, again.theta, rtol=1e-12)
    np.testing.assert_allclose(found.losses, repeated.losses, rtol=1e-12)
    np.testing.assert_allclose(found.correct, repeated.correct, rtol=1e-12)
    assert found.weights == repeated.weights == [10]


def test_class_weights_count_in_loss_weight_and_hits_as_when_measuring():
    x, t = data()
    loss = SoftmaxCrossEntropy(class_weights=[1.0, 2.0, 5.0])
    net = Network([Affine(C)], D, loss, dtype="float64")
    measured = net.measure(x, t)
    found, _ = steps(net, SGD(0.0), x, t, 1, N)
    # the same sum in one piece; rounding alone
    np.testing.assert_allclose((found.losses[0], found.correct[0]), measured, rtol=1e-13)
    assert found.weights[0] == pytest.approx(np.array([1, 2, 5])[t].sum())


@each_rule
def test_k_steps_at_once_are_k_calls_of_one_step(rule):
    x, t = data()
    net, again = noisy_network(), noisy_network()
    whole, run = steps(net, rule, x, t, 5)
    other = begun(again, rule)
    order = np.arange(N)
    parts = [steps(again, rule, x, t, 1, order=order[5 * i : 5 * i + 5], run=other)[0]
             for i in range(5)]  # fmt: skip
    assert np.array_equal(run.theta, other.theta)
    assert np.array_equal(run.state, other.state)
    for name, vector in run.optimizer_state.items():
        assert np.array_equal(vector, other.optimizer_state[name])
    assert np.array_equal(whole.losses, np.concatenate([part.losses for part in parts]))
    assert np.array_equal(whole.correct, np.concatenate([part.correct for part in parts]))
    assert run.step == other.step == 5


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@each_rule
def test_keeps_dtypes_and_arguments(rule, dtype):
    x, t = data()
    x = x.astype(dtype)
    copies = x.copy(), t.copy()
    net = noisy_network(dtype)
    theta, state = net.theta, net.state
    _, run = steps(net, rule, x, t, 5)
    assert run.theta is theta
    assert run.state is state
    assert {v.dtype.name for v in (theta, state, *run.optimizer_state.values())} == {dtype}
    assert np.array_equal(x, copies[0])
    assert np.array_equal(t, copies[1])


@each_rule
def test_frozen_parameters_never_move(rule):
    x, t = data()
    net = network(Affine(6), BatchNorm(), Tanh(), Affine(C), penalty=L2(0.1))
    net.freeze("W1", "b2", "gamma1")
    before = {name: net[name].copy() for name in net.layout}
    run = begun(net, rule)
    for _ in range(3):
        steps(net, rule, x, t, 5, run=run)
    moved = {name for name in net.layout if not np.array_equal(net[name], before[name])}
    # b1 goes into a BatchNorm, which takes any shift away: its gradient is rounding noise.
    assert moved | {"b1"} == {"b1", "W2", "beta1"}


def test_unfrozen_parameters_learn_as_if_they_were_alone():
    x, t = data()
    net, free = network(), network()
    net.freeze("W1")
    gradient = free.gradient(x, t)
    steps(net, SGD(0.1), x, t, 1, N)
    np.testing.assert_array_equal(net["W2"], free["W2"] - 0.1 * gradient["W2"])


@each_rule
def test_a_rate_factor_is_a_rate_of_its_own(rule):
    x, t = data()
    net, slow, fast = network(), network(), network()
    net.set_rate_factors({"W1": 0.25})
    for each, factor in ((net, 1), (slow, 0.25), (fast, 1)):
        steps(each, rule.with_rate(factor * rule.rate(0)), x, t, 1)
    # One subtraction and one addition more, of numbers of size 1.
    np.testing.assert_allclose(net["W1"], slow["W1"], rtol=0, atol=1e-15)
    np.testing.assert_allclose(net["W2"], fast["W2"], rtol=0, atol=1e-15)


def test_what_decays_is_what_was_chosen():
    x, t = np.zeros((5, D)), np.zeros(5, int)
    net = network(Affine(6), BatchNorm(), Affine(C))
    net["b1"] = np.full(6, 0.5)
    net.set_decay({"b1": True, "W2": False})
    other, plain = net.copy(), net.copy()
    other.set_decay({"b1": False})
    steps(net, AdamW(0.1, weight_decay=lambda step: 0.2 / (step + 1)), x, t, 1)
    steps(other, AdamW(0.1, weight_decay=0.2), x, t, 1)
    steps(plain, AdamW(0.1, weight_decay=0.0), x, t, 1)
    # one subtraction more; rounding of numbers of size 1
    np.testing.assert_allclose(plain["b1"] - net["b1"], 0.1 * 0.2 * 0.5, atol=1e-15)
    np.testing.assert_array_equal(plain["W2"], net["W2"])
    np.testing.assert_array_equal(plain["b1"], other["b1"])


def test_weight_decay_touches_weights_only():
    x, t = np.zeros((5, D)), np.zeros(5, int)
    net = network(Affine(6), BatchNorm(), Affine(C))
    for name in ("b1", "b2", "beta1"):
        net[name] = np.full(net[name].shape, 0.5)
    before = {name: net[name].copy() for name in net.layout}
    decay, plain = AdamW(0.1, weight_decay=0.2), AdamW(0.1, weight_decay=0.0)
    other = net.copy()
    steps(net, decay, x, t, 1)
    steps(other, plain, x, t, 1)
    for name in net.layout:
        shrunk = 0.1 * 0.2 * before[name] if name.startswith("W") else 0.0
        # one subtraction more; rounding of numbers of size 1
        np.testing.assert_allclose(other[name] - net[name], shrunk + 0 * before[name], atol=1e-15)


def test_noise_depends_on_seed_and_step_alone():
    x, t = data()

    def first_loss(seed, step, before=0):
        net = noisy_network()
        run = begun(net, SGD(0.0), seed)
        for _ in range(before):
            steps(net, SGD(0.0), x, t, 3, run=run)
        run.step = step
        return steps(net, SGD(0.0), x, t, 1, run=run)[0].losses[0]

    assert first_loss(5, 7) == first_loss(5, 7) == first_loss(5, 7, before=2)
    assert len({first_loss(5, 7), first_loss(5, 8), first_loss(6, 7)}) == 3


def test_running_statistics_advance_by_the_batches_of_the_steps():
    x, t = data()
    net = network(BatchNorm(momentum=0.25), Affine(C))
    steps(net, SGD(0.1), x, t, 2)
    # of the second batch a quarter, of the first a quarter of three quarters
    shares = np.array([0.75 * 0.25, 0.25])
    batches = (x[:5], x[5:10])
    mean = np.average([rows.mean(axis=0) for rows in batches], axis=0, weights=shares)
    var = np.average([rows.var(axis=0, ddof=1) for rows in batches], axis=0, weights=shares)
    # the same formula, other order of sums
    np.testing.assert_allclose(net["running_mean1"], mean, rtol=1e-13)
    np.testing.assert_allclose(net["running_var1"], var, rtol=1e-13)


def test_batch_norm_state_stays_while_only_looking():
    x, t = data()
    net = network(BatchNorm(), Affine(C))
    before = net.state.copy()
    net.loss(x, t, training=True)
    net.gradient(x, t)
    net.predict(x)
    net.trace(x, training=True)
    assert np.array_equal(net.state, before)


REGRESSIONS = [MeanSquaredError(), SumSquaredError(), SigmoidCrossEntropy()]


@pytest.mark.parametrize("loss", REGRESSIONS, ids=repr)
def test_without_one_hot_targets_hits_are_those_of_the_loss(loss):
    x, _ = data()
    t = np.random.default_rng(1).uniform(size=(N, 2))
    net = Network([Affine(2)], D, loss, dtype="float64")
    found, _ = steps(net, SGD(0.1), x, t, 5)
    assert np.isnan(found.correct).all() == (loss.correct(t, t) is None)
    assert np.isfinite(found.losses).all()


def nan_in_input(x):
    x[12, 2] = np.nan
    return network(Affine(6), Sigmoid(), Affine(C)), SGD(0.1), "the input holds nan at (2, 2)"


def overflow_in_second_layer(x):
    x[10:15] *= 1e200
    net = network(Affine(6, initializer=Normal(1)), Rescale(1e200), Affine(C))
    net["b2"] = 0 * net["b2"]
    return net, SGD(0.0), "the output of Rescale1, Rescale(1e+200), is the first"


def overflow_in_gradient(x):
    x[10:15] = 1e300
    net = network(Affine(C, initializer="zeros"), Rescale(1e30))
    return net, SGD(0.0), "the gradient of W1 is the first that is not finite"


def overflow_in_update(x):
    x[10:15] = 1e300
    net = network(Affine(C, initializer="zeros"))
    return net, SGD(lambda step: 1e30 if step == 2 else 0.0), "the update overflows"


def overflow_in_optimizer_state(x):
    x[10:15] = 1e200
    return network(Affine(C, initializer="zeros")), Adam(1e-250), "the update overflows"


def overflow_in_statistics(x):
    x[10:15] *= 1e200
    return network(BatchNorm(), Affine(C)), SGD(0.1), "the update overflows"


FAILURES = [nan_in_input, overflow_in_second_layer, overflow_in_gradient, overflow_in_update,
            overflow_in_optimizer_state, overflow_in_statistics]  # fmt: skip


@pytest.mark.parametrize("failure", FAILURES, ids=lambda f: f.__name__)
def test_stops_before_the_step_that_is_not_finite_and_says_where(failure):
    x, t = data()
    net, rule, why = failure(x)
    good = net.copy()
    _, wanted = steps(good, rule, x, t, 2)
    found, run = steps(net, rule, x, t, 5)
    assert found.bad == 2
    assert why in found.why
    assert len(found.losses) == len(found.correct) == len(found.weights) == 2
    assert run.step == 2
    assert np.array_equal(run.theta, wanted.theta)
    assert np.array_equal(run.state, wanted.state)
    for name, vector in run.optimizer_state.items():
        assert np.array_equal(vector, wanted.optimizer_state[name])
    assert np.isfinite(run.theta).all()


def test_integer_and_memory_mapped_inputs_are_those_of_floats(tmp_path):
    x = np.random.default_rng(0).integers(256, size=(N, D), dtype=np.uint8)
    t = data()[1]
    mapped = np.memmap(tmp_path / "x.bin", np.uint8, "w+", shape=x.shape)
    mapped[:] = x
    ends = []
    for inputs in (x, mapped, x.astype(np.float64)):
        net = network(Rescale(1 / 255), Affine(C))
        steps(net, SGD(0.5), inputs, t, 5)
        ends.append(net.theta)
    assert np.array_equal(ends[0], ends[1])
    assert np.array_equal(ends[0], ends[2])
