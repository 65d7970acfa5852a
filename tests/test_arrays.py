"""Which library made an array, which dtype it is computed in, whether shapes fit."""

import array_api_strict
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from tidu.arrays import check_same_shape, described, float_dtype, namespace, promoted
from tidu.errors import InputError, ShapeError


def test_namespace():
    strict = array_api_strict.asarray([1.0])
    assert namespace(strict) is array_api_strict
    assert namespace(np.ones(2)) is np
    assert namespace(3.0, [1]) is np
    assert namespace() is np
    assert namespace(3.0, strict) is array_api_strict


@pytest.mark.parametrize(
    ("given", "dtype"),
    [
        (3, "float64"),
        (True, "float64"),
        ([1, 2], "float64"),
        ([1, 2.5], "float64"),
        (np.uint8(3), "float64"),
        (np.ones(2, np.int32), "float64"),
        (np.ones(2, bool), "float64"),
        (np.float16(1), "float16"),
        (np.float32(1), "float32"),
        (np.ones(2, np.float32), "float32"),
        (1j, "complex128"),
        (np.ones(2, np.complex64), "complex64"),
        ([], "float64"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_rule_of_promotion(given, dtype):
    assert promoted(given).dtype == dtype
    assert_array_equal(promoted(given), given)


def test_an_array_of_floats_is_handed_on_itself():
    x = np.ones(2, np.float32)
    assert promoted(x) is x
    strict = array_api_strict.asarray([1.0])
    assert promoted(strict) is strict


def test_promotion_copies_integers():
    x = np.array([1, 2])
    promoted(x)[0] = 5
    assert_array_equal(x, [1, 2])


@pytest.mark.parametrize(
    "given", ["a", ["a"], None, [None], object(), {"a": 1}], ids=lambda value: type(value).__name__
)
def test_what_is_not_numbers(given):
    with pytest.raises(TypeError, match="`w` must hold numbers, got"):
        promoted(given, "w")


def test_rows_that_differ_in_length():
    with pytest.raises(ShapeError, match="`w` is a list of rows that differ in length"):
        promoted([[1, 2], [3]], "w")


def test_described():
    assert described(np.zeros((2, 0), np.int8)) == "an int8 array of shape (2, 0)"
    assert described(np.float64(2)) == "a float64 array of shape ()"
    assert described([1, 2]) == "[1, 2] (list)"
    assert described(None) == "None (NoneType)"
    assert len(described("x" * 1000)) < 80


def test_check_same_shape():
    check_same_shape("a", np.ones(2), "b", np.zeros(2))
    with pytest.raises(ShapeError) as caught:
        check_same_shape("a", np.ones(2), "b", np.zeros((2, 1)), "transpose one")
    assert str(caught.value) == (
        "`a` has shape (2,) and `b` has shape (2, 1); they must be the same: transpose one"
    )


@pytest.mark.parametrize("given", ["float32", np.float32, np.dtype("f4"), np.dtype(">f4")], ids=str)
def test_float32_by_any_name(given):
    assert float_dtype(given) == np.dtype("float32")
    assert float_dtype(given).isnative


@pytest.mark.parametrize("given", ["float16", "int", "complex128", "flaot32", None, 32, object()])
def test_other_dtypes(given):
    with pytest.raises(InputError, match="`dtype` must be 'float32' or 'float64', got"):
        float_dtype(given)
