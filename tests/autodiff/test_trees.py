"""Containers of arrays: what is one, what is an array, and that they are rebuilt as they were."""

import numpy as np
import pytest

from tidu.autodiff.trees import leaves, rebuilt

W = np.zeros((2, 3))

CASES = {
    "an array": (W, 1),
    "a number": (2.0, 1),
    "a list of numbers": ([1.0, 2], 1),
    "a matrix as lists": ([[1, 2], [3, 4]], 1),
    "numbers of NumPy": ([np.float32(1), 2], 1),
    "a list of arrays": ([W, W], 2),
    "an array and a number": ([W, 2.0], 2),
    "layers": ([(W, [1.0, 2.0]), (W, W)], 4),
    "a dict": ({"W": W, "b": {"c": 1.0}}, 2),
    "a layer that has nothing": ([(W,), ()], 1),
    "nothing": ((), 0),
}


@pytest.mark.parametrize(("tree", "n"), CASES.values(), ids=CASES)
def test_leaves_and_rebuilt(tree, n):
    found = list(leaves(tree))
    assert len(found) == n
    again = rebuilt(tree, iter(found).__next__)
    assert type(again) is type(tree)
    assert repr(again) == repr(tree)
