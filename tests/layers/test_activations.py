"""Activations: the values of `tidu.functions`, and what they do at kinks and far out."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import tidu as td
from tests.tables import ACTIVATIONS, FUNCTION_OF_LAYER
from tidu.errors import ShapeError
from tidu.initializers import He, LeCun, Xavier

RIGHT_SLOPES = {td.SELU: 1.0507009873554805}
"""The slope right of 0, where it is not 1."""
SELU_LEFT = 1.0507009873554805 * 1.6732632423543772
SUITED = {td.SELU: LeCun()}
"""What weights suit a layer, where it is not He's or Xavier's."""

every_activation = pytest.mark.parametrize("layer", ACTIVATIONS, ids=repr)


def slope_at(layer, x):
    x = np.array([x])
    _, saved = layer.forward(x)
    return float(layer.backward(np.ones(1), saved)[0])


@pytest.mark.parametrize("kind", FUNCTION_OF_LAYER, ids=lambda kind: kind.__name__)
def test_values_are_those_of_the_function(kind):
    x = np.linspace(-5, 5, 12).reshape(3, 4)
    assert_array_equal(kind().forward(x)[0], FUNCTION_OF_LAYER[kind](x))


def test_settings_reach_the_function():
    assert_allclose(td.LeakyReLU(0.3).forward(np.array([-2.0]))[0], [-0.6])
    assert_allclose(td.ELU(0.5).forward(np.array([-1000.0]))[0], [-0.5])


@pytest.mark.parametrize(
    ("layer", "slope"),
    [(td.ReLU(), 0.0), (td.LeakyReLU(0.3), 0.3), (td.ELU(0.7), 0.7), (td.SELU(), SELU_LEFT)],
    ids=repr,
)
@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_at_the_kink_the_slope_is_the_left_one(layer, slope, zero):
    assert slope_at(layer, zero) == slope
    assert slope_at(layer, 1e-300) == RIGHT_SLOPES.get(type(layer), 1.0)


@pytest.mark.parametrize(("x", "slope"), [(-3.0, 0.0), (3.0, 1.0)])
def test_at_the_kinks_of_hard_swish_the_slope_is_the_outer_one(x, slope):
    assert slope_at(td.HardSwish(), x) == slope
    assert slope_at(td.HardSwish(), x * (1 - 1e-9)) == pytest.approx(x / 3 + 0.5)


@every_activation
def test_slopes_agree_with_differences_from_end_to_end(layer):
    x, h = 0.013 + np.arange(-20, 20, 0.37), 1e-6  # no kink within h of a point
    _, saved = layer.forward(x)
    differences = (layer.forward(x + h)[0] - layer.forward(x - h)[0]) / (2 * h)
    # Rounding: a few units in the last place of y, which is at most 20, over 2h.
    assert_allclose(layer.backward(np.ones_like(x), saved), differences, rtol=0, atol=2e-8)


@every_activation
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_slopes_are_finite_over_the_whole_range(layer, dtype):
    largest = np.finfo(dtype).max
    x = np.array([-largest, -1e4, -50, -1e-40, 0, 1e-40, 50, 1e4, largest], dtype)
    _, saved = layer.forward(x)
    slopes = layer.backward(np.ones_like(x), saved)
    assert np.isfinite(slopes).all()
    # GELU, SiLU and Mish overshoot to 1.13, 1.10 and 1.09; no activation but SELU is steeper.
    assert (np.abs(slopes) <= (SELU_LEFT if isinstance(layer, td.SELU) else 1.13)).all()
    right = 0.0 if layer.saturates == "both" else RIGHT_SLOPES.get(type(layer), 1.0)
    assert_allclose(slopes[-1], right, atol=0)


def test_gelu_keeps_its_digits_in_the_tail():
    # Far to the left dy/dx = s (1 + 2 x u′) with s = σ(2u) ≈ e^(2u): no 1 − tanh² that cancels.
    x, c = -6.0, np.sqrt(2 / np.pi)
    s = 1 / (1 + np.exp(-2 * c * (x + 0.044715 * x**3)))
    expected = s + x * s * (1 - s) * 2 * c * (1 + 3 * 0.044715 * x**2)
    assert_allclose(slope_at(td.GELU(), x), expected, rtol=1e-13)


def test_softmax_rows_are_probabilities_and_a_common_shift_changes_nothing():
    x = np.random.default_rng(0).normal(size=(5, 4))
    y, saved = td.Softmax().forward(x)
    assert_allclose(y.sum(axis=1), 1)
    assert_allclose(td.Softmax().backward(np.ones_like(y), saved), 0, atol=1e-16)


def test_softmax_takes_rows_alone():
    with pytest.raises(ShapeError, match=r"takes rows of scores, got samples of shape \(2, 3\)"):
        td.Softmax().output_shape((2, 3))


def test_each_says_what_weights_suit_it():
    for layer in ACTIVATIONS:
        if isinstance(layer, td.Identity):
            assert layer.default_initializer is None
        else:
            default = SUITED.get(type(layer)) or (Xavier() if layer.saturates == "both" else He())
            assert layer.default_initializer == default


@pytest.mark.parametrize("number", [np.float64(0.3), np.float32(0.25), 1])
def test_settings_become_plain_numbers_so_that_float32_stays(number):
    for layer in (td.LeakyReLU(number), td.ELU(number)):
        x = np.array([-1.0, 1.0], np.float32)
        y, saved = layer.forward(x)
        assert y.dtype == layer.backward(x, saved).dtype == np.float32
        assert "np." not in repr(layer)
