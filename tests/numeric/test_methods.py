"""The table of formulas: each is what its row says it is."""

import math

import numpy as np
import pytest

from tidu.errors import InputError
from tidu.numeric.methods import METHODS, base_step, method_named


@pytest.mark.parametrize("name", METHODS)
def test_the_weights_differentiate_polynomials_up_to_the_order(name):
    row = METHODS[name]
    order = 2 if row.refined else row.order
    for power in range(order + 1):
        total = sum(w * node**power for node, w in zip(row.nodes, row.weights, strict=True))
        assert np.real(total) / row.denominator == pytest.approx(
            1.0 if power == 1 else 0.0, abs=1e-15
        )


@pytest.mark.parametrize("name", METHODS)
def test_the_error_falls_with_the_order(name):
    row = METHODS[name]
    order = 2 if row.refined else row.order

    def error(h):
        total = sum(
            w * np.exp(0.5 + node * h) for node, w in zip(row.nodes, row.weights, strict=True)
        )
        return abs(np.real(total) / (row.denominator * h) - math.exp(0.5))

    # halving a step of 1/16 leaves a next term of relative size 1/16: the slope within 0.1
    assert math.log2(error(1 / 16) / error(1 / 32)) == pytest.approx(order, abs=0.1)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", METHODS)
def test_steps_are_powers_of_two_and_suit_the_dtype(name, dtype):
    row, eps = METHODS[name], float(np.finfo(dtype).eps)
    once, twice = (base_step(row, eps, np.dtype(dtype), times) for times in (1, 2))
    assert math.frexp(once)[0] == 0.5
    if row.is_complex:
        assert once**2 < eps**2
    else:
        # rounding down to a power of two at most halves the step
        assert 1 / 2 < once / eps ** (1 / (row.order + 1)) <= 1
        assert twice > once


def test_a_misspelt_method_is_answered_with_its_neighbour():
    with pytest.raises(InputError, match="did you mean 'richardson'"):
        method_named("richardsen")
