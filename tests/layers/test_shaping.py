"""Flatten, Rescale and Clamp."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import tidu as td


@pytest.mark.parametrize("shape", [(0, 2, 3), (1, 2, 3), (4, 5), (2, 1, 1, 1)])
def test_flatten_and_back(shape):
    x = np.arange(float(np.prod(shape))).reshape(shape)
    y, saved = td.Flatten().forward(x)
    assert y.shape == (shape[0], int(np.prod(shape[1:])))
    assert_array_equal(td.Flatten().backward(y, saved), x)


def test_flatten_of_numbers_gives_a_column():
    assert td.Flatten().output_shape(()) == (1,)
    assert td.Flatten().forward(np.ones(3))[0].shape == (3, 1)


def test_rescale():
    layer = td.Rescale(2.0, offset=-1.0)
    assert_allclose(layer.forward(np.array([0.0, 3.0]))[0], [-1, 5])
    assert_allclose(layer.backward(np.array([1.0, 10.0]), ()), [2, 20])


def test_rescale_by_a_numpy_number_keeps_float32():
    x = np.array([[51.0, 255.0]], np.float32)
    layer = td.Rescale(1 / x.max().astype(np.float64))
    assert layer.forward(x)[0].dtype == np.float32
    assert layer == td.Rescale(1 / 255)


def test_pixels_in_bytes_are_scaled_within_the_network():
    net = td.Network([td.Rescale(1 / 255), td.Flatten()], (2, 2), td.SumSquaredError())
    x = np.array([[[0, 51], [102, 255]]], np.uint8)
    assert_allclose(net.predict(x), [[0, 0.2, 0.4, 1]], rtol=1e-6)  # float32


def test_clamp_holds_predictions_and_lets_learning_go_beyond():
    layer = td.Clamp((0.0, -1.0), (2.0, 1.0))
    x, dy = np.array([[-1.0, 5.0], [1.0, 0.5], [2.0, np.nan]]), np.ones((3, 2))
    y, saved = layer.forward(x, training=False)
    np.testing.assert_array_equal(y, [[0, 1], [1, 0.5], [2, np.nan]])
    np.testing.assert_array_equal(layer.backward(dy, saved), [[0, 0], [1, 1], [1, 0]])
    y, saved = layer.forward(x, training=True)
    np.testing.assert_array_equal(y, x)
    np.testing.assert_array_equal(layer.backward(dy, saved), dy)
