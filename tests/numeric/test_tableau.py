"""Romberg's tableau."""

import numpy as np
import pytest

from tidu.errors import NonFiniteError
from tidu.numeric.tableau import RATIO, ROWS, corroborated, least_doubtful, tableau


def at(value, rounding=lambda s: 1e-16 / s, lasting=0.0):
    return lambda s: (np.asarray(value(s)), np.asarray(rounding(s)), np.asarray(lasting))


@pytest.mark.parametrize("ratio", [0.5, RATIO])
@pytest.mark.parametrize("choose", [least_doubtful, corroborated])
def test_it_sums_a_series_of_even_powers(choose, ratio):
    # s² + s⁴ + s⁶ is gone after three columns, up to rounding
    best = choose(tableau(at(lambda s: 5 + s**2 + s**4 + s**6), ratio))
    assert abs(best.value - 5) <= best.truncation + 1e-14
    assert best.truncation < 1e-12


def test_it_ends_where_more_rows_do_not_help():
    steps = []

    def noisy(s):
        steps.append(s)
        return np.asarray(5 + s**2), np.asarray(1.0 / s), np.zeros(())

    tableau(noisy)
    assert steps == [RATIO**k for k in range(3)]
    steps.clear()
    tableau(noisy, 0.5, all_rows=True)
    assert steps == [0.5**k for k in range(ROWS)]


def test_an_error_that_lasts_is_not_extrapolated_away():
    assert least_doubtful(tableau(at(lambda s: 5.0, lasting=0.5))).truncation == 0.5


def test_noise_that_rounding_does_not_know_of_is_in_the_error():
    rng = np.random.default_rng(0)
    outside = 0
    for _ in range(200):
        best = corroborated(tableau(at(lambda s: 5 + s**2 + 1e-8 * rng.normal() / s)))
        outside += abs(best.value - 5) > 3 * best.truncation
    assert outside <= 2


def test_each_value_has_its_own_entry():
    curves = np.array([1.0, 100.0])
    best = corroborated(tableau(at(lambda s: 5 + np.sin(curves * s) ** 2, lambda s: 1e-16 / s)))
    assert best.value.shape == best.s.shape == (2,)
    assert (np.abs(best.value - 5) <= 3 * best.truncation + best.rounding).all()


def test_first_steps_outside_the_domain_are_passed_over():
    def edge(s):
        if s > 0.3:
            raise NonFiniteError("outside")
        return np.asarray(5 + s**2), np.asarray(0.0), np.zeros(())

    assert least_doubtful(tableau(edge)).value == pytest.approx(5)
    with pytest.raises(NonFiniteError, match="outside"):
        tableau(lambda s: edge(1.0))
    with pytest.raises(NonFiniteError, match="the smallest step alone"):
        tableau(lambda s: edge(s if s < RATIO ** (ROWS - 1.5) else 1.0))


def test_the_steps_share_no_period():
    ratios = RATIO ** np.arange(1, ROWS, 2)
    cycles = ratios * 2.0 ** np.arange(20)[:, None] % 1
    assert (np.minimum(cycles, 1 - cycles) > 1e-3).all()
