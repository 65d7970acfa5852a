import numpy as np
import pytest
from numpy.testing import assert_allclose

from tidu.experiments import one_layer

PRINTED = [
    {
        "scores": [1.00424436, 0.55261875, -0.34927815],
        "loss": 1.992699002936635,
        "dW measured": [
            [0.31663563, 0.20156786, -0.51820349],
            [0.47495345, 0.30235179, -0.77730524],
        ],
        "predicted": 0,
    },
    {
        "scores": [-0.78901526, 0.11390894, -0.61807852],
        "loss": 1.366622688011303,
        "dW measured": [
            [0.12894287, 0.31807705, -0.44701992],
            [0.19341431, 0.47711557, -0.67052988],
        ],
        "predicted": 1,
    },
]


@pytest.mark.parametrize("draw", [0, 1])
def test_numbers_of_the_course(draw):
    found = one_layer().numbers["passes"][draw]
    for name, value in PRINTED[draw].items():
        assert_allclose(found[name], value, atol=1e-8)  # W is printed to 8 digits


@pytest.mark.parametrize("draw", [0, 1])
def test_backward_pass_agrees_with_differences(draw):
    found = one_layer().numbers["passes"][draw]
    # The loss measured has eps = 1e-7 in its logarithm, which shifts slopes by about eps/y = 7e-7.
    assert_allclose(found["dW"], found["dW measured"], atol=1e-6)
    assert_allclose(np.sum(found["dscores"]), 0, atol=1e-15)
