"""Dropout: a mask drawn beforehand, used in both directions."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import tidu as td


def mask_of(rate, shape=(200, 100), dtype="float64", seed=0):
    return td.Dropout(rate).draw_noise(np.random.default_rng(seed), shape, np.dtype(dtype))


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_the_expectation_is_the_input(rate):
    mask = mask_of(rate)
    assert_allclose(np.unique(mask), [0, 1 / (1 - rate)])
    # The mean of n = 20,000 entries of variance rate / (1 − rate), to within four deviations.
    assert abs(mask.mean() - 1) < 4 * np.sqrt(rate / (1 - rate) / mask.size)


def test_the_same_mask_goes_forward_and_backward():
    mask = mask_of(0.5, (3, 4))
    x, dy = np.full((3, 4), 3.0), np.full((3, 4), 5.0)
    y, saved = td.Dropout(0.5).forward(x, noise=mask, training=True)
    assert_array_equal(y, 3 * mask)
    assert_array_equal(td.Dropout(0.5).backward(dy, saved), 5 * mask)


def test_predicting_leaves_the_input_as_it_is():
    x = np.arange(6.0).reshape(2, 3)
    y, saved = td.Dropout(0.5).forward(x, noise=None, training=False)
    assert_array_equal(y, x)
    assert_array_equal(td.Dropout(0.5).backward(x, saved), x)


def test_rate_zero_drops_nothing():
    assert_array_equal(mask_of(0), 1)


def test_the_mask_does_not_depend_on_the_dtype():
    # So that backprop in float32 and the numeric gradient in float64 speak of one function.
    half = mask_of(0.5, dtype="float32")
    assert half.dtype == np.float32
    assert_array_equal(half, mask_of(0.5, dtype="float64"))


def test_other_seeds_give_other_masks():
    assert (mask_of(0.5, seed=0) != mask_of(0.5, seed=1)).any()


def test_numeric_and_backprop_agree_in_a_float32_network():
    layers = [td.Affine(8), td.Tanh(), td.Dropout(0.5), td.Affine(2)]
    net = td.Network(layers, input_shape=3, loss=td.SoftmaxCrossEntropy())
    x, t = np.random.default_rng(0).normal(size=(4, 3)), [0, 1, 1, 0]
    ours, witness = (net.gradient(x, t, method, seed=3) for method in ("backprop", "numeric"))
    assert_allclose(ours.vector, witness.vector, atol=1e-6)  # float32 rounds at 6e-8 of about 1


def test_a_rate_may_change_from_step_to_step():
    layer = td.Dropout(td.FlatCosine(0.4, steps=100))
    rng = lambda: np.random.default_rng(0)  # noqa: E731
    shape, dtype = (50, 40), np.dtype("float64")
    for step, rate in ((0, 0.4), (50, 0.4), (75, 0.2), (100, 0.0)):
        assert_allclose(layer.draw_noise(rng(), shape, dtype, step=step), mask_of(rate, shape))
    block = td.Residual(td.Chain([layer]))
    assert_array_equal(td.Chain([block]).draw_noise(rng(), shape, dtype, step=100)[0][0], 1)


def test_a_network_draws_the_noise_of_the_step():
    net = td.Network([td.Dropout(td.FlatCosine(0.5, steps=4))], 100, "mean-squared-error")
    kept = [(net.draw_noise(50, seed=0, step=step)[0] > 0).mean() for step in range(5)]
    # 5,000 numbers: ± 0.007
    assert_allclose(kept, [0.5, 0.5, 0.5, 0.75, 1.0], atol=0.03)
