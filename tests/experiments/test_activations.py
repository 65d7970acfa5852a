import numpy as np
import pytest

from tidu.experiments import activations
from tidu.experiments.activations import ACTIVATIONS

NUMBERS = activations().numbers


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slopes_of_the_layers_are_those_measured(name):
    # The measured ones difference a sum of 200 terms of size up to 4: eps·|sum|/h, about 1e-8.
    assert NUMBERS[name]["difference from the measured slope"] < 1e-7


def test_well_known_values():
    sigma = 1 / (1 + np.exp(-1))
    np.testing.assert_allclose(NUMBERS["sigmoid"]["values"], [1 - sigma, 0.5, sigma], rtol=1e-15)
    assert NUMBERS["sigmoid"]["largest slope"] == 0.25
    assert NUMBERS["tanh"]["largest slope"] == 1
    assert NUMBERS["step"]["largest slope"] == 0
