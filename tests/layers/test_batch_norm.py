"""Batch normalization: the batch's statistics while learning, the running ones while predicting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import tidu as td
from tidu.errors import InputError, ShapeError

shapes = pytest.mark.parametrize("shape", [(6, 3), (4, 3, 2, 5)], ids=["2-D", "4-D"])


def apart(x):
    """Return the values of each feature as one row, by plain loops."""
    return np.array([x[:, k].ravel() for k in range(x.shape[1])])


def call(layer, x, training, gamma=None, beta=None, state=None):
    d = x.shape[1]
    params = {
        "gamma": np.ones(d) if gamma is None else gamma,
        "beta": np.zeros(d) if beta is None else beta,
    }
    start = {"running_mean": np.zeros(d), "running_var": np.ones(d), "running_weight": np.zeros(d)}
    return layer.forward(x, params=params, state=state or start, training=training)


@shapes
def test_each_feature_ends_at_its_own_mean_and_spread(shape):
    rng = np.random.default_rng(0)
    x = rng.normal(5, 3, shape)
    gamma, beta = np.array([1.0, 2.0, 3.0]), np.array([-1.0, 0.0, 1.0])
    y, _, _ = call(td.BatchNorm(), x, True, gamma, beta)
    assert_allclose(apart(y).mean(axis=1), beta, atol=1e-14)
    assert_allclose(apart(y).std(axis=1), gamma, rtol=1e-4)  # eps = 1e-5 beside a variance of 9


@shapes
@pytest.mark.parametrize("momentum", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_running_statistics_as_pytorch_documents_them(shape, momentum, weight):
    rng = np.random.default_rng(1)
    layer = td.BatchNorm(momentum)
    mean, var = np.zeros(3), np.ones(3)
    state = {"running_mean": mean.copy(), "running_var": var.copy(),
             "running_weight": np.full(3, weight)}  # fmt: skip
    for _ in range(3):
        x = rng.normal(2, 3, shape)
        _, _, state = call(layer, x, True, state=state)
        for k, values in enumerate(apart(x)):
            m = len(values)
            unbiased = ((values - values.mean()) ** 2).sum() / (m - 1)
            mean[k] = (1 - momentum) * mean[k] + momentum * values.mean()
            var[k] = (1 - momentum) * var[k] + momentum * unbiased
    # PyTorch's keep a part of what they start from; ours have it with a weight of 1 alone.
    started = (1 - momentum) ** 3 * (1 - weight)
    assert_allclose(state["running_weight"], 1 - started)
    assert_allclose((1 - started) * state["running_mean"] + started * 0, mean)
    if momentum > 0:
        assert_allclose((1 - started) * state["running_var"] + started * 1, var)
    else:
        assert_array_equal(state["running_var"], 1)


@shapes
def test_running_statistics_are_those_of_one_batch_after_one_batch(shape):
    x = np.random.default_rng(7).normal(2000, 5, shape)
    _, _, state = call(td.BatchNorm(), x, True)
    assert_allclose(state["running_mean"], apart(x).mean(axis=1))
    assert_allclose(state["running_var"], apart(x).var(axis=1, ddof=1))


def test_running_statistics_are_right_after_few_batches():
    rng = np.random.default_rng(8)
    state = None
    for _ in range(3):
        _, _, state = call(td.BatchNorm(), rng.normal(2000, 5, (100, 1)), True, state=state)
    # Three batches of 100, nearly alike in weight: 5/√290 = 0.3, 25√(2/290) = 2; four of these.
    assert_allclose(state["running_mean"], 2000, atol=1.2)
    assert_allclose(state["running_var"], 25, atol=8)


@pytest.mark.parametrize("momentum", [0.1, 0.5, 1.0])
def test_a_batch_of_one_leaves_the_running_statistics(momentum):
    before = {"running_mean": np.array([1.0, 2]), "running_var": np.array([3.0, 4]),
              "running_weight": np.full(2, 0.5)}  # fmt: skip
    _, _, after = call(td.BatchNorm(momentum), np.array([[9.0, -9.0]]), True, state=before)
    for name, value in before.items():
        assert_array_equal(after[name], value)
    image = np.random.default_rng(0).normal(size=(1, 2, 3, 3))
    _, _, after = call(td.BatchNorm(momentum), image, True, state=before)
    assert (after["running_mean"] != before["running_mean"]).all()


@shapes
def test_predicting_uses_the_running_statistics_and_leaves_them(shape):
    x = np.random.default_rng(2).normal(size=shape)
    state = {"running_mean": np.array([1.0, 2, 3]), "running_var": np.array([4.0, 9, 16])}
    y, _, after = call(td.BatchNorm(eps=1e-12), x, False, state=state)
    for k in range(3):
        assert_allclose(y[:, k], (x[:, k] - (k + 1)) / (k + 2))
    assert after is state


def test_running_statistics_come_near_those_of_the_data():
    rng = np.random.default_rng(3)
    state = None
    for _ in range(200):
        _, _, state = call(td.BatchNorm(), rng.normal(5, 2, (50, 1)), True, state=state)
    # A running mean over about 2/r − 1 = 19 batches of 50: deviation 2/√950 = 0.07 of the mean,
    # 4√(2/950) = 0.18 of the variance; four of these.
    assert_allclose(state["running_mean"], 5, atol=0.28)
    assert_allclose(state["running_var"], 4, atol=0.75)


def test_a_batch_of_one_gives_beta_and_no_slope():
    y, saved, state = call(td.BatchNorm(), np.array([[3.0, -7.0]]), True, beta=np.array([1.0, 2.0]))
    assert_array_equal(y, [[1, 2]])
    dx, _ = td.BatchNorm().backward(np.array([[5.0, 5.0]]), saved)
    assert_array_equal(dx, 0)
    assert np.isfinite(state["running_var"]).all()


def test_a_feature_that_never_changes_is_not_divided_by_zero():
    y, _, _ = call(td.BatchNorm(), np.full((4, 2), 3.0), True)
    assert_array_equal(y, 0)


@given(st.integers(2, 6), st.integers(0, 10**6))
def test_the_gradient_by_x_sums_to_zero_and_is_at_right_angles_to_x_hat(n, seed):
    # Shifting or stretching a batch changes nothing, so the gradient has no such part.
    rng = np.random.default_rng(seed)
    x, dy = np.arange(n)[:, None] + 0.1 * rng.random((n, 2)), rng.normal(size=(n, 2))
    _, saved, _ = call(td.BatchNorm(eps=1e-12), x, True)
    dx, _ = td.BatchNorm(eps=1e-12).backward(dy, saved)
    assert_allclose(dx.sum(axis=0), 0, atol=1e-12)
    assert_allclose((dx * saved[0]).sum(axis=0), 0, atol=1e-9)  # but for eps beside the variance


def test_an_empty_batch():
    with pytest.raises(InputError, match="cannot learn from an empty batch"):
        call(td.BatchNorm(), np.zeros((0, 3)), True)
    y, _, _ = call(td.BatchNorm(), np.zeros((0, 3)), False)
    assert y.shape == (0, 3)


@pytest.mark.parametrize("shape", [(), (3, 4), (1, 2, 3, 4)])
def test_shapes_that_do_not_fit(shape):
    with pytest.raises(ShapeError, match=r"takes samples of shape \(d,\) or \(C, H, W\)"):
        td.BatchNorm().output_shape(shape)


def test_gamma_and_beta_are_no_weights():
    kinds = {p.kind for p in td.BatchNorm().parameters((3,)).values()}
    assert kinds == {"scale", "shift"}
