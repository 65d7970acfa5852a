"""How noise is measured, and what each slope is told."""

import math

import numpy as np
import pytest

from tidu.checking import check_gradient
from tidu.checking.entry_checker import RIGHT, WRONG, EntryChecker
from tidu.checking.noise import noise_of
from tidu.numeric.differences import entry_lines
from tidu.numeric.evaluator import Evaluator
from tidu.numeric.methods import METHODS


@pytest.mark.parametrize("offset", [1e3, 1e6, 1e9])
def test_noise_that_rounding_inside_f_makes_is_measured(offset):
    evaluator = Evaluator(
        lambda x: np.sum(np.sin(x) + offset) - 3 * offset, np.array([0.3, 0.5, 0.7])
    )
    quantum = np.spacing(3 * offset)
    assert quantum / 4 < noise_of(evaluator) < 20 * quantum


def test_a_smooth_function_is_not_called_noisy():
    evaluator = Evaluator(lambda x: np.sum(np.exp(x)), np.array([0.3, 0.5, 0.7]))
    assert noise_of(evaluator) < 16 * 2.0**-52 * evaluator.value


def test_noise_is_at_least_rounding():
    assert noise_of(Evaluator(lambda x: 3.0, np.array([1.0]))) == 3 * 2.0**-52
    assert noise_of(Evaluator(lambda x: 3.0, np.zeros(0))) == 3 * 2.0**-52


def examined(f, x, analytic):
    evaluator = Evaluator(f, np.array([x]))
    line = entry_lines(evaluator, METHODS["central"])[0]
    checker = EntryChecker(evaluator, noise_of(evaluator), typical=0.0, largest=1.0)
    return checker.check_all([line], np.array([analytic]))[0]


def test_a_wrong_slope_is_told_the_right_one():
    found = examined(np.sum, 1.0, 1.001)
    assert found.verdict == WRONG
    assert abs(found.numeric - 1) <= found.error < 1e-9


@pytest.mark.parametrize("width", [1e-6, 1e-3, 1.0, 1e3, 1e6])
def test_a_hill_of_any_width(width):
    f = lambda x: np.sum(np.tanh(x / width))  # noqa: E731
    slope = (1 - math.tanh(0.3 / width) ** 2) / width if width > 0.1 else None
    if slope is not None:
        assert examined(f, 0.3, slope).verdict == RIGHT
        assert examined(f, 0.3, 1.001 * slope).verdict == WRONG
    x = 0.3 * width  # on the hill
    slope = (1 - math.tanh(0.3) ** 2) / width
    assert examined(f, x, slope).verdict == RIGHT
    assert examined(f, x, 1.001 * slope).verdict == WRONG
    assert examined(f, x, 0.0).verdict == WRONG


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_not_finite_is_wrong(bad):
    found = examined(np.sum, 1.0, bad)
    assert (found.verdict, found.reason) == (WRONG, "not finite")


def test_rounding_in_place_of_a_zero():
    def f(x):  # moving all entries together changes nothing, as before a batch normalization
        y = np.array([1.0, 2.0, 4.0]) + x
        y = y - y.mean()
        return np.sum(y**3) / np.sum(y * y) + 2.0

    for slope in (0.0, 1e-17, -3e-17):
        assert examined(f, 0.5, slope).verdict == RIGHT
    assert examined(f, 0.5, 1e-8).verdict == WRONG
    tilted = lambda x: f(x) + 1e-12 * np.sum(x)  # noqa: E731
    assert examined(tilted, 0.5, 0.0).verdict != RIGHT


def test_a_slope_of_a_trillionth_is_seen_by_the_complex_step():
    f = lambda x: 1 + 1e-14 * np.sum(np.sin(x))  # noqa: E731
    assert examined(f, 1.0, 1e-14 * math.cos(1.0)).verdict == RIGHT


def test_a_slope_that_f_rounds_away_within_cannot_be_told():
    f = lambda x: np.log(1 + np.exp(-x)).sum()  # noqa: E731  # 0 where x is above 40
    report = check_gradient(f, [50.0], lambda x: -np.exp(-x))
    assert report.verdict == "cannot tell"
    assert "flat at this scale" in report.why[0]
    assert check_gradient(f, [50.0], [-1e-3]).verdict == "wrong"


def test_what_f_rounds_away_depends_on_the_largest_number_not_the_one_that_is_moved():
    def f(x):  # log(e³⁶ + 1) - 36: one rounding, and so flat, though its true value is 2.3e-16
        return np.log(np.exp(x[0]) + np.exp(x[1])) - x[0]

    slope = np.exp(-36.0)
    report = check_gradient(f, [36.0, 1e-5], [-slope, slope])
    assert report.verdict == "cannot tell"
    assert check_gradient(f, [36.0, 1e-5], [-slope, 1e-12]).verdict == "wrong"


@pytest.mark.parametrize("z", [[28.0], [20.0, 35.0], [35.2, 36.0]])
def test_a_gradient_of_which_rounding_leaves_few_digits_is_not_called_wrong(z):
    def f(z):
        return np.log1p(np.exp(-z)).sum()

    sigmoid = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731
    report = check_gradient(f, z, lambda z: sigmoid(z) - 1)
    assert report.verdict == "cannot tell"
    assert "is what rounding leaves of a difference of numbers near 1" in report.why[0]
    assert check_gradient(f, z, lambda z: -sigmoid(-z)).ok
    assert check_gradient(f, z, lambda z: -1.1 * sigmoid(-z)).verdict == "wrong"
    assert check_gradient(f, z, lambda z: 4 * (sigmoid(z) - 1)).verdict == "wrong"
