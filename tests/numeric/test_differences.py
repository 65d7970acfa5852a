"""Lines through x."""

import numpy as np
import pytest

from tidu.numeric.differences import Line, direction_line, step_vanishes
from tidu.numeric.evaluator import Evaluator
from tidu.numeric.methods import METHODS


def test_a_line_moves_a_copy():
    x = np.zeros((2, 2))
    moved = Line(3, 0.5, 0.0, literal=True).moved(x, 0.5)
    assert moved.tolist() == [[0, 0], [0, 0.5]]
    assert not x.any()
    assert Line(0, 1.0, 0.0, literal=True).moved(np.float32([1]), 1j).dtype == np.complex64


def test_a_line_along_a_column_of_a_transposed_array():
    x = np.arange(6.0).reshape(2, 3).T
    assert Line(1, 1.0, 3.0, literal=True).moved(x, 10.0)[0, 1] == 13.0


def test_step_vanishes_looks_at_each_line():
    x = np.array([1.0, 1e16])
    lines = [Line(i, 1e-4, abs(xi), literal=True) for i, xi in enumerate(x)]
    assert step_vanishes(x, METHODS["central"], lines).tolist() == [False, True]


@pytest.mark.parametrize(
    ("x", "v", "factor"),
    [
        ([1.0, 1e6], [1.0, 0.0], 1.0),  # the large entry does not move
        ([1.0, 1e6], [0.0, 1.0], 2.0**19),
        ([1.0, 1e6], [1.0, 1.0], 1.0),
        ([1.0, 1.0], [4.0, 1e-30], 0.25),
    ],
)
def test_the_step_along_a_direction_suits_the_entries_that_move(x, v, factor):
    evaluator, central = Evaluator(np.sum, np.array(x)), METHODS["central"]
    plain = direction_line(Evaluator(np.sum, np.ones(1)), np.ones(1), central)
    assert direction_line(evaluator, np.array(v), central).h == factor * plain.h
