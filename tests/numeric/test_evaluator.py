"""The function under the differences."""

import numpy as np
import pytest

from tidu.errors import NonFiniteError
from tidu.numeric.evaluator import Evaluator, real_array


def test_it_counts_and_copies():
    x = np.array([1.0, 2.0])
    evaluator = Evaluator(np.sum, x)
    assert evaluator.value == 3.0
    assert evaluator(x + 1) == 5.0
    assert evaluator.evaluations == 2


def test_the_coarser_dtype_sets_eps():
    assert Evaluator(np.sum, np.ones(2)).eps == 2.0**-52
    assert Evaluator(np.sum, np.ones(2, np.float32)).eps == 2.0**-23
    assert Evaluator(lambda x: np.float32(1), np.ones(2)).eps == 2.0**-23


def test_real_array_is_fresh():
    x = np.ones(3)
    assert not np.shares_memory(real_array(x), x)
    with pytest.raises(NonFiniteError, match=r"entry \[2\] is inf"):
        real_array([1, 2, np.inf])
