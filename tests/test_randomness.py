"""Random numbers that depend on a seed and a place, and on nothing else."""

import itertools

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from tidu.errors import InputError
from tidu.randomness import _PURPOSES, stream


def numbers(*place):
    return stream(*place).integers(0, 2**63, 4)


@pytest.mark.parametrize("purpose", _PURPOSES)
def test_the_same_place_gives_the_same_numbers(purpose):
    assert_array_equal(numbers(7, purpose, 3), numbers(7, purpose, 3))


def test_every_place_has_numbers_of_its_own():
    places = itertools.product((0, 1, 2**40), _PURPOSES, (0, 1, 2**40))
    seen = {tuple(numbers(*place)) for place in places}
    assert len(seen) == 3 * len(_PURPOSES) * 3


def test_nothing_global_is_touched():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    numbers(0, "order", 1)
    assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_any_kind_of_whole_number_is_a_seed():
    assert_array_equal(numbers(np.int64(3), "noise"), numbers(3, "noise"))


def test_bad_seeds():
    with pytest.raises(InputError, match="`seed` must be zero or a positive integer, got -1"):
        stream(-1, "order")
    with pytest.raises(TypeError, match="`seed` must be an integer, got None"):
        stream(None, "order")


def test_an_order_that_never_changes():
    # A different NumPy must not shuffle old runs anew in silence.
    assert stream(0, "order", 3).permutation(6).tolist() == [2, 0, 1, 3, 5, 4]
