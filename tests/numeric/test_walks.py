"""First and second derivatives with their errors."""

import numpy as np
import pytest

from tidu.numeric.differences import entry_lines
from tidu.numeric.methods import METHODS
from tidu.numeric.probe import Probe
from tidu.numeric.walks import curvatures, slopes


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_the_lines_are_the_last_axis(method):
    probe = Probe(lambda x: np.outer(x, x), np.array([1.0, 2.0, 3.0]), scalar_f=False)
    value, error, steps = slopes(probe, method, entry_lines(probe, method), full=True)
    assert value.shape == error.shape == (3, 3, 3)
    assert np.broadcast_shapes(steps.shape, value.shape) == value.shape


def test_nothing_to_walk():
    probe = Probe(np.sum, np.zeros((0, 2)))
    value, _, _ = slopes(probe, METHODS["central"], [], full=True)
    assert value.shape == (0,)


def test_curvatures_of_a_parabola():
    probe = Probe(lambda x: x[0] ** 2 + 3 * x[0] * x[1], np.array([1.0, 2.0]))
    row = METHODS["central"]
    lines = entry_lines(probe, row, times=2)
    value, error, _ = curvatures(probe, row, row, lines, lines, full=True)
    assert (np.abs(value - [2, 3, 3, 0]) <= error).all()
