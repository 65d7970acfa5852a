"""First and second derivatives with their errors."""

import numpy as np
import pytest

from tidu.numeric.complex_step import complex_derivatives
from tidu.numeric.differences import entry_lines
from tidu.numeric.estimation import derivative_along, first_derivatives
from tidu.numeric.evaluator import Evaluator
from tidu.numeric.methods import METHODS
from tidu.numeric.second import second_derivatives

REAL = {name: row for name, row in METHODS.items() if not row.is_complex}


@pytest.mark.parametrize("fixed", [False, True])
@pytest.mark.parametrize("method", REAL.values(), ids=REAL)
def test_the_lines_are_the_last_axis(method, fixed):
    evaluator = Evaluator(lambda x: np.outer(x, x), np.array([1.0, 2.0, 3.0]), scalar_f=False)
    lines = entry_lines(evaluator, method)
    found = first_derivatives(evaluator, method, lines, fixed=fixed, full=True)
    assert found.value.shape == found.error.shape == found.step.shape == (3, 3, 3)
    assert found.limited.shape == (3, 3, 3)


def test_the_lines_are_the_last_axis_of_complex_steps():
    evaluator = Evaluator(lambda x: np.outer(x, x), np.array([1.0, 2.0, 3.0]), scalar_f=False)
    lines = entry_lines(evaluator, METHODS["complex-step"])
    found = complex_derivatives(evaluator, lines, fixed=False, full=True)
    assert found.value.shape == found.error.shape == found.step.shape == (3, 3, 3)


@pytest.mark.parametrize("full", [False, True])
def test_no_lines(full):
    evaluator = Evaluator(np.sum, np.zeros((0, 2)))
    found = first_derivatives(evaluator, METHODS["central"], [], fixed=False, full=full)
    assert found.value.shape == found.limited.shape == (0,)
    assert complex_derivatives(evaluator, [], fixed=False, full=full).value.shape == (0,)


def test_second_derivatives_of_a_parabola():
    evaluator = Evaluator(lambda x: x[0] ** 2 + 3 * x[0] * x[1], np.array([1.0, 2.0]))
    found = second_derivatives(evaluator, METHODS["central"], None, full=True)
    assert (np.abs(found.value - [2, 3, 3, 0]) <= found.error).all()


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_a_derivative_along_a_line_with_its_own_step(method):
    x = np.array([0.7])
    evaluator = Evaluator(lambda x: np.sum(np.sin(x)), x)
    (line,) = entry_lines(evaluator, method)
    value, truncation, step = derivative_along(
        evaluator, evaluator.value, x, method, line, 1e-16, full=True
    )
    assert abs(value - np.cos(0.7)) <= truncation + 1e-15 * method.amplification / step
    assert 0 < step <= line.h
