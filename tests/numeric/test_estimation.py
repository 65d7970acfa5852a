"""First and second derivatives with their errors."""

import numpy as np
import pytest

from tidu.numeric.differences import entry_lines
from tidu.numeric.estimation import first_derivatives, second_derivatives
from tidu.numeric.evaluator import Evaluator
from tidu.numeric.methods import METHODS


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_the_lines_are_the_last_axis(method):
    evaluator = Evaluator(lambda x: np.outer(x, x), np.array([1.0, 2.0, 3.0]), scalar_f=False)
    value, error, steps = first_derivatives(
        evaluator, method, entry_lines(evaluator, method), full=True
    )
    assert value.shape == error.shape == (3, 3, 3)
    assert np.broadcast_shapes(steps.shape, value.shape) == value.shape


def test_no_lines():
    evaluator = Evaluator(np.sum, np.zeros((0, 2)))
    value, _, _ = first_derivatives(evaluator, METHODS["central"], [], full=True)
    assert value.shape == (0,)


def test_curvatures_of_a_parabola():
    evaluator = Evaluator(lambda x: x[0] ** 2 + 3 * x[0] * x[1], np.array([1.0, 2.0]))
    row = METHODS["central"]
    lines = entry_lines(evaluator, row, times=2)
    value, error, _ = second_derivatives(evaluator, row, row, lines, lines, full=True)
    assert (np.abs(value - [2, 3, 3, 0]) <= error).all()
