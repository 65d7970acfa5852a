import numpy as np
import pytest
from numpy.testing import assert_allclose

from tidu.experiments import descent, learning_rate


def test_end_of_a_hundred_steps():
    # Nine digits are printed.
    assert_allclose(descent().numbers["end"], [-6.11110793e-10, 8.14814391e-10], rtol=1e-8)


def test_path_is_the_start_times_powers_of_one_factor():
    path = descent(steps=20).numbers["path"]
    exact = np.array([-3.0, 4.0]) * 0.8 ** np.arange(21)[:, None]
    assert_allclose(path, exact, atol=1e-10)  # rounding of differences: eps·f/h, about 5e-11


@pytest.mark.parametrize(
    ("lr", "end", "status"),
    [
        (10, [-2.58983747e13, -1.29524862e12], "Diverged"),
        (10, None, "vanished (x + 0.0001 is x, so the slope read 0) for x[1] in iteration 10"),
        (1e-10, [-2.99999994, 3.99999992], "Hardly moved"),
    ],
)
def test_rates_too_large_and_too_small(lr, end, status):
    walk = learning_rate(rates=[lr]).numbers["walks"][0]
    if end:
        assert_allclose(walk["end"], end, rtol=5e-9)  # as printed
    assert status in walk["status"]


def test_with_a_step_that_suits_it_runs_away_for_good():
    walk = learning_rate(rates=[10], h=0).numbers["walks"][0]
    # 100 factors of −19, each right to eps^(2/3) = 4e-11 or so.
    assert_allclose(walk["end"], np.array([-3.0, 4.0]) * (-19.0) ** 100, rtol=1e-7)
    assert "vanish" not in walk["status"]


def test_many_rates_are_drawn_in_rows():
    figure = learning_rate(rates=np.geomspace(0.01, 0.9, 7), steps=5).figure()
    assert sum(axes.axison for axes in figure.axes) == 7 + 1
