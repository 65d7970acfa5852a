"""Columns brought to mean 0 and spread 1, and back."""

import numpy as np
import pytest

import tidu as td
from tidu.errors import ShapeError

X = np.random.default_rng(0).normal(size=(50, 3)) * [1, 1e5, 1e-9] + [3, 2e9, 0]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_columns_of_any_unit_come_out_alike(dtype):
    y, _ = td.Standardize.of(X).forward(X.astype(dtype))
    assert y.dtype == dtype
    # float32 holds 2e9 to 128, a thousandth of that column's spread
    tolerance = {"float32": 3e-3, "float64": 1e-9}[dtype]
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=tolerance)
    np.testing.assert_allclose(y.std(axis=0), 1, atol=tolerance)


def test_the_inverse_is_the_way_back():
    there, back = td.Standardize.of(X), td.Standardize.of(X, inverse=True)
    np.testing.assert_allclose(back.forward(there.forward(X)[0])[0], X, rtol=1e-12)


@pytest.mark.parametrize("value", [0.0, 7.0, 0.1, 1e30, 123456789.3])
def test_a_column_that_never_changes_gives_0_whatever_comes_later(value):
    layer = td.Standardize.of(np.full((30, 1), value))
    assert layer.spread == (0.0,)
    assert layer.forward(np.array([[value], [value + 1], [0.0]]))[0].tolist() == [[0], [0], [0]]
    assert layer.backward(np.ones((1, 1)), layer.forward(np.ones((1, 1)))[1]) == 0
    back = td.Standardize.of(np.full((30, 1), value), inverse=True)
    assert back.forward(np.array([[5.0]]))[0] == pytest.approx(value, rel=1e-12)


def test_a_prediction_does_not_depend_on_what_is_predicted_beside_it():
    net = td.Network([td.Standardize.of(X), td.Affine(2)], 3, td.SoftmaxCrossEntropy())
    # rounding alone: products of a matrix and of a row are summed in another order
    np.testing.assert_allclose(net.predict_proba(X)[:1], net.predict_proba(X[:1]), rtol=1e-5)


def test_many_columns_are_shown_by_their_number():
    assert repr(td.Standardize([0] * 30, [1] * 30)) == "Standardize(<30 columns>)"
    assert "inverse=True" in repr(td.Standardize([0] * 30, [1] * 30, inverse=True))


def test_another_number_of_columns_does_not_fit():
    with pytest.raises(ShapeError, match="takes rows of 3 columns, got \\(4,\\)"):
        td.Network([td.Standardize.of(X)], 4, td.MeanSquaredError())
