"""A parametric activation is the activation, the identity, or between them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import tidu as td


@pytest.mark.parametrize("f", [td.SELU(), td.Mish(), td.LeakyReLU(0.2)], ids=repr)
def test_alpha_goes_from_the_identity_to_the_activation(f):
    x = np.linspace(-3, 3, 12).reshape(3, 4)
    y, _ = td.Parametric(f).forward(x, params={"alpha": np.array([0.0, 1.0, 0.5, -1.0])})
    of_x = f.forward(x)[0]
    assert_array_equal(y[:, 0], x[:, 0])
    assert_allclose(y[:, 1], of_x[:, 1], rtol=1e-15, atol=1e-15)  # x + (f − x) rounds twice
    assert_allclose(y[:, 2], (x + of_x)[:, 2] / 2, rtol=1e-15, atol=1e-15)
    assert_allclose(y[:, 3], (2 * x - of_x)[:, 3], rtol=1e-15, atol=1e-15)


def test_it_begins_as_the_activation_and_chooses_its_initializer():
    net = td.Network(
        [td.Affine(50), td.Parametric(td.ReLU()), td.Affine(2)], 40, "mean-squared-error"
    )
    plain = td.Network([td.Affine(50), td.ReLU(), td.Affine(2)], 40, "mean-squared-error")
    assert_array_equal(net["alpha1"], 1)
    assert_array_equal(net["W1"], plain["W1"])
