import numpy as np
import pytest
from numpy.testing import assert_allclose

from tidu.experiments import vanishing, weight_init


@pytest.fixture(scope="module")
def std():
    return weight_init().numbers["std"]


# From draw to draw a layer's deviation differs by 2 % or so at the first and 10 % at the fifth;
# over ten draws by a third of that. The first column is E[φ(s)²] of a normal s, so exact.
@pytest.mark.parametrize(
    ("case", "first", "last"),
    [
        ("ReLU, √(2/n)", 0.83, 0.85),
        ("ReLU, 0.01", 0.058, 1.5e-6),
        ("tanh, 1/√n", 0.63, 0.32),
    ],
)
def test_printed_deviations(std, case, first, last):
    assert_allclose(std[case][0], first, rtol=0.02)
    assert_allclose(std[case][-1], last, rtol=0.1)


def test_sigmoid_saturates_with_large_weights(std):
    # Outputs that are 0 or 1 alone, and as often, have the deviation ½; some are between.
    assert min(std["sigmoid, 1"]) > 0.4


def test_relu_with_he_s_keeps_its_spread_and_with_lecun_s_halves_its_square(std):
    assert_allclose(std["ReLU, √(2/n)"], std["ReLU, √(2/n)"][0], rtol=0.1)
    ratios = np.array(std["ReLU, 1/√n"][1:]) / std["ReLU, 1/√n"][:-1]
    assert_allclose(ratios, np.sqrt(0.5), rtol=0.05)


def test_gradients_fall_by_four_or_five_a_layer():
    ratios = vanishing(samples=300).numbers["ratios"]
    assert {k: len(v) for k, v in ratios.items()} == {"2": 1, "3": 2, "4": 3}
    for values in ratios.values():
        # "About 4 to 5", rounded; other images and seeds differ by a tenth.
        assert all(3.5 <= ratio <= 5.5 for ratio in values)
