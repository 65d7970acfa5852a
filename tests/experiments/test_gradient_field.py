import numpy as np
import pytest

import tidu as td
from tidu.experiments import gradient_field


def test_gradients_of_the_course():
    for at, gradient in [((3, 4), [6, 8]), ((0, 2), [0, 4]), ((3, 0), [6, 0])]:
        found = gradient_field(at=at, arrows=2).numbers["gradient"]
        np.testing.assert_allclose(found, gradient, atol=1e-9)  # rounding: eps·f/h, about 1e-10


def test_field_of_a_function_of_ones_own():
    numbers = gradient_field(function="x**2/20 + y**2", extent=7, arrows=3).numbers
    x, y = np.meshgrid(numbers["x"], numbers["x"])
    exact = np.stack([x.ravel() / 10, 2 * y.ravel()], axis=1)
    np.testing.assert_allclose(numbers["field"], exact, atol=1e-9)


def test_where_there_is_no_gradient_there_is_no_arrow():
    result = gradient_field(function="log(x)", at=(1, 0), arrows=3)
    assert np.isnan(result.numbers["field"]).any(axis=1).sum() == 6  # two of three columns
    result.figure()
    with pytest.raises(td.InputError, match="has no gradient at"):
        gradient_field(function="log(x)", at=(-1, 0))


def test_a_constant_has_a_field_of_zeros():
    result = gradient_field(function="3", arrows=3)
    assert not result.numbers["field"].any()
    result.figure()
