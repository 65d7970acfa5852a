import functools

import pytest

from tidu.experiments import step_size
from tidu.experiments.step_size import METHODS

measured = functools.cache(step_size)


@pytest.mark.parametrize(
    ("method", "power"), [("forward", 1), ("central", 2), ("five-point", 4), ("complex-step", 2)]
)
def test_errors_of_long_steps_fall_with_their_power_of_h(method, power):
    # At h = 1/8 to 1/32 the next term of the series is of size h or h² beside the first.
    assert measured().numbers["float64"][method]["power of h"] == pytest.approx(power, abs=0.05)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_smallest_errors_are_of_the_size_that_theory_says(dtype, method):
    found = measured().numbers[dtype][method]
    # "Of the size": the constants of the formulas lie between 1/10 and 30 times the power of eps.
    assert found["smallest error"] < 30 * found["theory"]
    if method not in ("richardson", "complex-step"):
        assert found["smallest error"] > found["theory"] / 30


def test_a_vanished_step_reads_0_whatever_the_slope():
    assert measured().numbers["forward difference with h = 1e-50"] == 0
