"""The affine layer."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import tidu as td
from tidu.errors import ShapeError
from tidu.layers.base import backward


def test_the_formula():
    W, b = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([0.5, -0.5])
    x, dy = np.array([[1.0, 0.0, -1.0]]), np.array([[1.0, 10.0]])
    y, saved = td.Affine(2).forward(x, params={"W": W, "b": b})
    assert_allclose(y, [[-3.5, -4.5]])
    dx, dparams = td.Affine(2).backward(dy, saved, need_dx=True)
    assert_allclose(dx, [[21, 43, 65]])
    assert_allclose(dparams["W"], [[1, 10], [0, 0], [-1, -10]])
    assert_allclose(dparams["b"], [1, 10])


def test_the_gradient_is_a_sum_over_the_batch():
    rng = np.random.default_rng(0)
    params = {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=2)}
    x, dy = rng.normal(size=(4, 3)), rng.normal(size=(4, 2))

    def dparams(rows):
        _, saved = td.Affine(2).forward(x[rows], params=params)
        return td.Affine(2).backward(dy[rows], saved, need_dx=False)[1]

    for name in ("W", "b"):
        one_by_one = sum(dparams([i])[name] for i in range(4))
        assert_allclose(dparams(slice(None))[name], one_by_one)


def test_the_product_that_nobody_needs_is_not_done():
    _, saved = td.Affine(2).forward(np.ones((1, 3)), params={"W": np.ones((3, 2)), "b": np.ones(2)})
    assert backward(td.Affine(2), np.ones((1, 2)), saved, need_dx=False)[0] is None


def test_without_bias_there_is_no_b():
    assert set(td.Affine(2).parameters((3,))) == {"W", "b"}
    assert set(td.Affine(2, bias=False).parameters((3,))) == {"W"}


def test_kinds_and_shapes():
    parameters = td.Affine(2, initializer="he").parameters((3,))
    assert (parameters["W"].kind, parameters["W"].shape) == ("weight", (3, 2))
    assert (parameters["b"].kind, parameters["b"].shape) == ("bias", (2,))
    assert parameters["W"].initializer == td.He()
    assert parameters["b"].initializer == td.Zeros()


def test_images_are_pointed_to_flatten():
    with pytest.raises(ShapeError, match=r"\(28, 28\): put Flatten\(\) before"):
        td.Affine(2).output_shape((28, 28))


def test_whole_numbers_of_any_kind_are_units():
    assert td.Affine(np.int64(3)) == td.Affine(3)
    assert repr(td.Affine(np.int64(3))) == "Affine(3)"


def test_units_must_be_whole():
    with pytest.raises(TypeError, match=r"`units` must be an integer, got 3\.0"):
        td.Affine(3.0)


def test_inputs_given_as_in_other_libraries_are_noticed():
    with pytest.raises(TypeError, match=r"`bias` must be True or False, got 50"):
        td.Affine(784, 50)


def test_fresh_gradients_each_call():
    _, saved = td.Affine(1).forward(np.ones((1, 2)), params={"W": np.ones((2, 1)), "b": np.ones(1)})
    first, second = (td.Affine(1).backward(np.ones((1, 1)), saved, need_dx=True) for _ in range(2))
    assert first[1]["b"] is not second[1]["b"]
    assert_array_equal(first[1]["W"], second[1]["W"])
