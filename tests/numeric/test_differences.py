"""Lines and the tableau."""

import numpy as np

from tidu.numeric.differences import Line, extrapolated, vanished
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


def test_the_tableau_sums_a_series_of_even_powers():
    # s² + s⁴ + s⁶ is gone after three columns, up to rounding
    value, error, _ = extrapolated(
        lambda s: np.asarray(5 + s**2 + s**4 + s**6), lambda s: np.asarray(1e-16 / s)
    )
    assert abs(value - 5) <= error + 1e-14


def test_vanished_looks_at_each_line():
    x = np.array([1.0, 1e16])
    lines = [Line(i, 1e-4, abs(xi), literal=True) for i, xi in enumerate(x)]
    assert vanished(x, METHODS["central"], lines).tolist() == [False, True]
